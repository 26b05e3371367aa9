//! What operators run the portal with: the service manager is told, the package's files are right, and the alarms look
//! at what is really measured.

use crate::serving::{register, serve};
use crate::support::{Place, Running, get, pause, post};
use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

const ALARMS: &str = include_str!("../../../../packaging/alerts.yaml");
const BOOK_OF_THE_ALARMS: &str = include_str!("../../../../docs/operator/watching.md");
const UNIT: &str = include_str!("../../../../packaging/zaguan.service");
const NOBODY: &str = "smtp.url = \"smtp://127.0.0.1:9?tls=none\"";
const SOON: Duration = Duration::from_secs(20);

/// Every name of a metric in a text.
fn metrics_in(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("zaguan_")).collect()
}

/// The names that samples have.
fn samples_in(metrics: &str) -> BTreeSet<&str> {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split(['{', ' ']).next()).collect()
}

/// What is measured, once it is like this.
fn metrics_with(ops: SocketAddr, is_so: impl Fn(&str) -> bool) -> String {
    let started = Instant::now();
    loop {
        let metrics = get(ops, "/metrics").body;
        if is_so(&metrics) {
            return metrics;
        }
        assert!(started.elapsed() < SOON, "{metrics}");
        pause();
    }
}

#[test]
fn every_alarm_and_the_operators_book_name_only_metrics_that_there_are() {
    let place =
        Place::with_configuration(&format!("{NOBODY}\nlimits.register_network = \"1, one more each 1h\""));
    let (_running, portal, ops) = serve(&place);
    register(portal, "ana@example.com");
    let cookies = get(portal, "/registro").cookies();
    let form = "documento=12345678&ramo=automotores&poliza=1234&email=ana%40example.com";
    assert_eq!(post(portal, "/registro", &cookies, form).status, 429);
    let metrics = metrics_with(ops, |metrics| metrics.contains("zaguan_letters_waiting 1"));
    let samples = samples_in(&metrics);
    // A page may speak of a histogram as a whole, an alarm only of its samples.
    let histograms =
        metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" histogram"));
    let with_histograms = samples.iter().copied().chain(histograms).collect();
    for (name, text, known) in
        [("the alarms", ALARMS, &samples), ("watching.md", BOOK_OF_THE_ALARMS, &with_histograms)]
    {
        let named = metrics_in(text);
        assert!(named.len() > 8, "{name}: {named:?}");
        let unknown: Vec<_> = named.difference(known).collect();
        assert!(unknown.is_empty(), "{name} look at {unknown:?}, which is nowhere in:\n{metrics}");
    }
}

#[test]
fn the_alarms_that_wait_for_growth_find_their_counts_at_zero() {
    let place = Place::with_configuration(NOBODY);
    let (running, _, ops) = serve(&place);
    running.wait_for("the end of the audit trail", |running| running.logged().contains("audit head"));
    let metrics = metrics_with(ops, |metrics| !metrics.contains("zaguan_audit_noted_seconds 0"));
    for line in [
        "zaguan_letters_total{kind=\"recovery-steps\",outcome=\"refused\"} 0",
        "zaguan_book_loads_total{outcome=\"braked\"} 0",
        "zaguan_breached_lookups_total{outcome=\"failed\"} 0",
        "zaguan_certificate_expires_seconds 0",
    ] {
        assert!(metrics.contains(line), "{line} in:\n{metrics}");
    }
    let value = |name: &str| -> f64 {
        let line = metrics.lines().find(|line| line.split(' ').next() == Some(name)).expect(name);
        line.split(' ').nth(1).expect("a value").parse().expect("a number")
    };
    assert!(value("zaguan_disk_size_bytes") > value("zaguan_disk_free_bytes"), "{metrics}");
}

#[test]
fn the_service_manager_is_told_of_the_start_of_life_and_of_the_stop() {
    let place = Place::with_configuration(NOBODY);
    let socket = place.path("notify");
    let manager = UnixDatagram::bind(&socket).expect("a socket");
    manager.set_read_timeout(Some(SOON)).expect("a timeout");
    let told = || {
        let mut bytes = [0; 64];
        let length = manager.recv(&mut bytes).expect("word from the portal");
        String::from_utf8(bytes[..length].to_vec()).expect("text")
    };
    let mut command = place.command(&["serve"]);
    command.env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "400000");
    assert_eq!(place.run(&["migrate"]).status, 0);
    let running = Running::new(&mut command, 1);
    assert_eq!(told(), "READY=1\n");
    assert_eq!(get(running.addresses()[1], "/readyz").status, 200);
    assert_eq!([told(), told()], ["WATCHDOG=1\n", "WATCHDOG=1\n"]);
    running.signal("TERM");
    while told() != "STOPPING=1\n" {}
    let (status, _, log) = running.end();
    assert!(status.success(), "{log}");
}

#[test]
fn the_unit_runs_commands_that_there_are_and_waits_for_word() {
    let place = Place::empty();
    let commands = UNIT.lines().filter_map(|line| line.split_once("=/usr/bin/zaguan "));
    let mut count = 0;
    for (_, words) in commands {
        let words: Vec<&str> = words.split_whitespace().take_while(|word| !word.starts_with("--")).collect();
        let done = place.run(&[&words[..], &["--help"]].concat());
        assert_eq!(done.status, 0, "{words:?}: {}", done.err);
        count += 1;
    }
    assert_eq!(count, 2, "the check, and the portal");
    for line in ["Type=notify", "WatchdogSec=60s", "User=zaguan", "ProtectSystem=strict"] {
        assert!(UNIT.lines().any(|there| there == line), "{line}");
    }
}

#[test]
fn the_files_of_a_package_are_written_by_the_program() {
    let place = Place::empty();
    let done = place.run(&["package-files", "package"]);
    assert_eq!(done.status, 0, "{}", done.err);
    let read = |name: &str| fs::read_to_string(place.path("package").join(name)).expect(name);
    let checked = place.run(&["config", "check", "--config", "package/zaguan.toml"]);
    assert_eq!(checked.status, 0, "{}", checked.err);
    let shown = place.run(&["config", "show", "--config", "package/zaguan.toml"]).out;
    assert!(shown.contains("store.url = \"sqlite:/var/lib/zaguan/zaguan.db\""), "{shown}");
    assert!(shown.contains("server.secret_file = \"/var/lib/zaguan/zaguan.secret\""), "{shown}");
    assert!(read("man/zaguan.1").contains(".TH zaguan 1"));
    assert!(read("man/zaguan-policies-import.1").contains("accept\\-shrink"));
    for name in ["zaguan.bash", "_zaguan", "zaguan.fish"] {
        let completions = read(&format!("completions/{name}"));
        assert!(completions.contains("accounts"), "{name}");
    }
    assert!(!place.path("package/man/zaguan-package-files.1").exists(), "that one is nobody's to use");
}
