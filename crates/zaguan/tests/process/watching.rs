//! The watched folder: a book that is dropped there is loaded once, when it has stopped growing, and only if it is
//! believed.

use crate::support::{Place, Running, get};
use std::fs::{self, OpenOptions};
use std::io::Write as _;

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
            crate::support::pause();
        }
    }
    running.wait_for("load", |running| running.logged().contains("the policy book was loaded"));
    assert_eq!(listed(&place), 1, "it was loaded whole, and not in pieces");
    assert_eq!(place.run(&["policies", "show", "20000007"]).out.lines().count(), 1);
    assert!(!place.run(&["policies", "show", "20000007"]).out.contains("no policy"), "its last row is there");
}
