//! `zaguan backup`: beside a portal that people use, for its owner only, and never over anything.

use crate::serving::to_mail_server;
use crate::support::{Place, post, request};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use zaguan_testing::scripted_mail_server::ScriptedMailServer;

/// The policies of the book; each is registered once at most.
const PEOPLE: u64 = 400;

fn book() -> String {
    let mut book = String::from("documento,ramo,poliza,titular,hasta\n");
    for person in 0..PEOPLE {
        let _ = writeln!(book, "{},automotores,{person},PAZ,2099-12-31", 20_000_000 + person);
    }
    book
}

/// Begins a registration, from an address of its own; durable when it is answered.
fn register(portal: SocketAddr, person: u64) {
    let headers = |cookies: &[String]| {
        [
            "Content-Type: application/x-www-form-urlencoded".to_owned(),
            "Sec-Fetch-Site: same-origin".to_owned(),
            format!("Cookie: {}", cookies.join("; ")),
            format!("X-Forwarded-For: 198.18.{}.{}", person / 250, person % 250),
        ]
    };
    let cookies = request(portal, "GET /registro", &headers(&[]), "").cookies();
    let form = format!(
        "documento={}&ramo=automotores&poliza={person}&email=p{person}%40example.com",
        20_000_000 + person
    );
    let answer = request(portal, "POST /registro", &headers(&cookies), &form);
    assert_eq!(answer.status, 303, "{}", answer.body);
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    let done = place.run(&[arguments, &["--json"]].concat());
    assert_eq!(done.status, 0, "{arguments:?}: {}", done.err);
    serde_json::from_str(&done.out).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_was_acknowledged_before_a_backup_began_is_in_it_and_people_are_served_meanwhile() {
    let server = ScriptedMailServer::start().await;
    let more = "server.trusted_proxies = [\"127.0.0.1\"]";
    let place = Place::with_configuration(&to_mail_server(&server, more));
    place.write("padron.csv", book());
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    let running = place.start(&["serve"], 1);
    let portal = running.addresses()[0];
    let (acknowledged, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut served_meanwhile = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            for person in 0..PEOPLE {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                register(portal, person);
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        });
        for name in ["one", "two", "three"] {
            let before = acknowledged.load(Ordering::SeqCst);
            let manifest = json(&place, &["backup", name]);
            let after = acknowledged.load(Ordering::SeqCst);
            let flows = manifest["rows"]["flow"].as_u64().expect("a count");
            assert!((before..=after + 1).contains(&flows), "{before} {flows} {after}");
            served_meanwhile += after - before;
            assert_eq!(manifest, json(&place, &["restore", "--dry-run", name]), "it is proven");
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(served_meanwhile > 0, "nobody was served while the backups were made");
}

/// Each file and directory under a path.
fn everything_under(path: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![path.to_owned()];
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("a directory");
        found.extend(entries.flat_map(|entry| everything_under(&entry.expect("an entry").path())));
    }
    found
}

#[test]
fn a_backup_is_for_its_owner_only_and_the_secret_is_not_in_it() {
    let place = Place::with_configuration("smtp.url = \"smtp://127.0.0.1:9?tls=none\"");
    place.write("padron.csv", crate::support::BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    let done = place.run(&["backup", "one"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("zaguan.secret is NOT in it"), "{}", done.out);
    let secret_file = fs::read_to_string(place.path("zaguan.secret")).expect("the secret file");
    let secret = secret_file.split('"').nth(1).expect("a secret");
    let found = everything_under(&place.path("one"));
    assert_eq!(found.len(), 5, "{found:?}");
    for path in found {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        let mode = fs::metadata(&path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, wanted, "{}", path.display());
        if path.is_file() {
            let bytes = fs::read(&path).expect("a file");
            assert!(memchr::memmem::find(&bytes, secret.as_bytes()).is_none(), "{}", path.display());
        }
    }
    assert!(!done.out.contains(secret) && !done.err.contains(secret));
}

#[test]
fn nothing_is_backed_up_over_anything_and_no_half_backup_is_left() {
    let place = Place::with_configuration("smtp.url = \"smtp://127.0.0.1:9?tls=none\"");
    let done = place.run(&["backup", "one"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("zaguan migrate"), "{}", done.err);
    assert!(!place.path("one").exists());
    place.write("padron.csv", crate::support::BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);

    fs::create_dir(place.path("full")).expect("made");
    place.write("full/letter.txt", "mine");
    let done = place.run(&["backup", "full"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("is not empty; name a new one"), "{}", done.err);
    assert_eq!(fs::read_to_string(place.path("full/letter.txt")).expect("it is there"), "mine");

    // The policy book in use is gone, so there is nothing whole to copy.
    fs::rename(place.path("zaguan.db.book/1.sqlite"), place.path("elsewhere")).expect("moved");
    let done = place.run(&["backup", "two"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("is not there"), "{}", done.err);
    assert!(!place.path("two").exists(), "what was begun is taken away");
    fs::rename(place.path("elsewhere"), place.path("zaguan.db.book/1.sqlite")).expect("moved");
    assert_eq!(place.run(&["backup", "two"]).status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_secret_file_is_noticed_by_the_next_backup() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (_running, portal, _) = crate::accounts::with_ana(&server, &place).await;
    fs::rename(place.path("zaguan.secret"), place.path("elsewhere")).expect("moved");
    let done = place.run(&["backup", "one"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("put the copy from your backup in its place"), "{}", done.err);
    assert!(!place.path("zaguan.secret").exists(), "no other one is made");
    let form = format!("usuario=12345678&clave={}", crate::accounts::PASSWORD);
    assert_eq!(post(portal, "/ingreso", &[], &form).status, 303, "the portal goes on");
}

#[test]
fn the_portal_tells_when_the_newest_whole_backup_was_made_and_so_does_the_doctor() {
    let place = Place::with_configuration("smtp.url = \"smtp://127.0.0.1:9?tls=none\"");
    place.write("padron.csv", crate::support::BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    let running = place.start(&["serve"], 1);
    let told = || {
        let metrics = request(running.addresses()[1], "GET /metrics", &[], "").body;
        let line = metrics.lines().find_map(|line| line.strip_prefix("zaguan_backup_made_seconds "));
        line.and_then(|seconds| seconds.parse().ok()).map(jiff::Timestamp::from_second)
    };
    assert_eq!(told().and_then(Result::ok), Some(jiff::Timestamp::UNIX_EPOCH), "none was made");

    let made_at = |manifest: &Value| manifest["made_at"].as_str().and_then(|text| text.parse().ok());
    let manifest = json(&place, &["backup", "one"]);
    assert!(made_at(&manifest).is_some());
    assert_eq!(told().and_then(Result::ok), made_at(&manifest));

    let noted = fs::read(place.path("zaguan.db.backed-up")).expect("a note");
    fs::rename(place.path("zaguan.db.book/1.sqlite"), place.path("elsewhere")).expect("moved");
    assert_eq!(place.run(&["backup", "two"]).status, 1);
    fs::rename(place.path("elsewhere"), place.path("zaguan.db.book/1.sqlite")).expect("moved");
    assert_eq!(fs::read(place.path("zaguan.db.backed-up")).expect("a note"), noted, "that one was not whole");
    let doctor = place.run(&["doctor"]).out;
    assert!(doctor.contains("good     backup: the newest was made 0 hours ago"), "{doctor}");
}
