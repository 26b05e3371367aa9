//! The watched folder: a book that is dropped there is loaded once, when it has stopped growing, and only if it is
//! believed.

use crate::support::{Place, Running, get, pause};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::time::{Duration, Instant};

const NOBODY: &str = "smtp.url = \"smtp://127.0.0.1:9?tls=none\"";

fn book_of(policies: u32) -> String {
    let rows = (0..policies).map(|row| format!("{},rc,{row}\n", 10_000_007 + row));
    format!("documento,ramo,poliza\n{}", rows.collect::<String>())
}

/// A portal that watches the folder `entrada`.
fn watching() -> (Place, Running) {
    let place = Place::with_configuration(&format!(
        "{NOBODY}\npolicies.watch.folder = \"entrada\"\npolicies.watch.settle_seconds = 1"
    ));
    fs::create_dir(place.path("entrada")).expect("made");
    let running = place.start(&["serve"], 1);
    (place, running)
}

fn listed(place: &Place) -> usize {
    let done = place.run(&["policies", "list", "--json"]);
    serde_json::from_str::<Vec<serde_json::Value>>(&done.out).expect("JSON").len()
}

#[test]
fn a_dropped_book_is_loaded_once_and_measured() {
    let (place, running) = watching();
    place.write("entrada/otro.txt", "no policy book");
    place.write("entrada/padron.csv", book_of(50));
    running.wait_for("load", |running| running.logged().contains("the policy book was loaded"));
    assert_eq!(listed(&place), 1);
    let metrics = get(running.addresses()[1], "/metrics").body;
    for line in [
        "zaguan_book_loads_total{outcome=\"loaded\"} 1",
        "zaguan_book_last_load_rows 50",
        "zaguan_book_last_load_rejected 0",
        "zaguan_book_policies 50",
        "zaguan_book_age_seconds ",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    place.write("entrada/copia.csv", book_of(50));
    running.wait_for("look at the copy", |running| running.logged().contains("is left alone"));
    assert_eq!(listed(&place), 1);
    assert!(place.path("entrada/padron.csv").exists(), "nothing is moved");
}

#[test]
fn a_book_that_is_not_believed_is_not_loaded() {
    let (place, running) = watching();
    place.write("entrada/1.csv", book_of(50));
    running.wait_for("load", |running| running.logged().contains("the policy book was loaded"));
    place.write("entrada/2.csv", book_of(20));
    running.wait_for("brake", |running| running.logged().contains("a policy book was not believed"));
    assert!(running.logged().contains("el archivo trae 60 % menos pólizas que ayer"), "{}", running.logged());
    place.write("entrada/3.csv", "nothing of the kind\n");
    running.wait_for("refusal", |running| running.logged().contains("a policy book was not loaded"));
    assert_eq!(listed(&place), 1);
    let metrics = get(running.addresses()[1], "/metrics").body;
    assert!(metrics.contains("zaguan_book_loads_total{outcome=\"braked\"} 1"), "{metrics}");
    assert!(metrics.contains("zaguan_book_loads_total{outcome=\"refused\"} 1"), "{metrics}");
}

#[test]
fn a_book_that_still_grows_is_waited_for() {
    let (place, running) = watching();
    let path = place.write("entrada/padron.csv", book_of(10));
    for row in 0..8 {
        let mut file = OpenOptions::new().append(true).open(&path).expect("there");
        writeln!(file, "2000000{row},rc,x{row}").expect("written");
        drop(file);
        for _ in 0..30 {
            pause();
        }
    }
    running.wait_for("load", |running| running.logged().contains("the policy book was loaded"));
    assert_eq!(listed(&place), 1, "it was loaded whole, and not in pieces");
    assert_eq!(place.run(&["policies", "show", "20000007"]).out.lines().count(), 1);
    assert!(!place.run(&["policies", "show", "20000007"]).out.contains("no policy"), "its last row is there");
}

#[test]
fn a_failure_of_the_store_is_told_once_and_a_changed_file_is_tried_at_once() {
    let (place, running) = watching();
    fs::create_dir_all(place.path("zaguan.db.book")).expect("made");
    let held = File::create(place.path("zaguan.db.book/lock")).expect("made");
    held.lock().expect("held, as by another import");
    place.write("entrada/padron.csv", book_of(10));
    let failures = |running: &Running| running.logged().matches("a policy book could not be loaded").count();
    running.wait_for("failure", |running| failures(running) == 1);
    assert!(running.logged().contains("another import of the policy book is under way"));
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        pause();
    }
    assert_eq!(failures(&running), 1, "it is looked at four times a second, and left alone for a minute");
    drop(held);
    place.write("entrada/padron.csv", book_of(11));
    running.wait_for("load", |running| running.logged().contains("the policy book was loaded"));
    assert_eq!(listed(&place), 1);
}

#[test]
fn the_check_of_the_configuration_says_what_is_wrong_with_the_folder() {
    let place = Place::empty();
    place.write("file", "x");
    fs::create_dir(place.path("entrada")).expect("made");
    // Nobody can make files in /proc, whatever the rights.
    for (folder, told) in [
        ("nowhere", "is not there; make the folder, or name another one"),
        ("file", "is no folder; name the folder in which the files arrive"),
        ("/proc", "cannot be written"),
    ] {
        let place = Place::with_configuration(&format!(
            "{NOBODY}\npolicies.watch.folder = \"{}\"",
            place.path(folder).display()
        ));
        let done = place.run(&["config", "check"]);
        assert_eq!(done.status, 2, "{folder}: {}", done.out);
        assert!(
            done.err.contains("policies.watch.folder: ") && done.err.contains(told),
            "{folder}: {}",
            done.err
        );
    }
    let before = fs::read_dir(place.path("entrada")).expect("there").count();
    let right = Place::with_configuration(&format!(
        "{NOBODY}\npolicies.watch.folder = \"{}\"",
        place.path("entrada").display()
    ));
    assert_eq!(right.run(&["config", "check"]).status, 0);
    assert_eq!(fs::read_dir(place.path("entrada")).expect("there").count(), before, "nothing is left in it");
}
