//! The portal and its commands fail at every named place, in every way: what was acknowledged is there, and whatever was
//! cut short can be done again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use zaguan_testing::reliability::crash::{self, Failing, Plan};
use zaguan_testing::reliability::{Engine, FAST_HASHES, Place};

/// Ends, panics, fails, waits.
const WAYS: [&str; 4] = ["return(abort)", "panic", "return", "delay(300)"];

/// Places on the way of requests and letters, and whether a panic there has to end the process: who stands there is
/// missed by everybody.
const OF_THE_PORTAL: [(&str, bool); 11] = [
    ("commit.begin", true),
    ("commit.before", true),
    ("commit.after", true),
    ("checkpoint.before", true),
    ("checkpoint.after", true),
    ("flow.resolved", true),
    ("letter.leaving", false),
    ("smtp.mail", false),
    ("smtp.rcpt", false),
    ("smtp.data", false),
    ("letter.left", false),
];

const OF_THE_SECRET: [&str; 4] = ["secret.begin", "secret.written", "secret.durable", "secret.named"];
/// Where the test of power cuts has commits not wait for the disk.
const OF_POWER: [&str; 1] = ["synchronous"];
const OF_AN_IMPORT: [&str; 5] =
    ["book.made", "book.written", "book.switch", "book.forgotten", "commit.after"];
const OF_A_BACKUP: [&str; 3] = ["backup.database", "backup.books", "backup.manifest"];
const OF_A_RESTORE: [&str; 5] =
    ["restore.copied", "restore.raised", "replace.prepared", "replace.move", "replace.moved"];

fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_zaguan"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_that_fails_at_any_named_place_keeps_its_word() {
    keeps_its_word(Engine::Sqlite, &OF_THE_PORTAL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_on_postgresql_that_fails_at_any_named_place_keeps_its_word() {
    // A server copies its log itself.
    let places = OF_THE_PORTAL.into_iter().filter(|(place, _)| !place.starts_with("checkpoint"));
    keeps_its_word(Engine::Postgres, &places.collect::<Vec<_>>()).await;
}

async fn keeps_its_word(engine: Engine, places: &[(&str, bool)]) {
    let directory = TempDir::new().expect("a directory");
    let mut failing = Vec::new();
    for &(place, is_indispensable) in places {
        for way in WAYS {
            let ends = way == "return(abort)" || way == "panic" && is_indispensable;
            // What is kept in order at the start makes some commits.
            let times = match place.split('.').next() {
                Some("commit") => "25*off->",
                Some("checkpoint") => "",
                _ => "3*off->",
            };
            failing.push(Failing { place: place.to_owned(), how: format!("{times}1*{way}->off"), ends });
        }
    }
    let plan = Plan {
        binary: binary(),
        engine,
        rounds: failing.len() as u64,
        within: Duration::from_secs(5),
        seed: 1,
        wait_for_letters: false,
        sabotage: Vec::new(),
    };
    let report = crash::fail_everywhere(plan, &failing, directory.path()).await;
    println!("{:#}", report.told);
    let broken: Vec<_> = report.violations.iter().filter(|told| !told.contains("ready only after")).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// A portal of five people that never ran, in a directory that goes with the test.
fn place() -> (TempDir, Place) {
    let directory = TempDir::new().expect("a directory");
    let place = Place::prepare(&binary(), directory.path(), 5, 9, FAST_HASHES);
    (directory, place)
}

/// Runs a command that fails there.
fn fail_at(place: &Place, arguments: &[&str], named: &str, way: &str) {
    let mut command = place.command(arguments);
    command.env("FAILPOINTS", format!("{named}=1*{way}->off"));
    let done = command.output().expect("it runs");
    // A generation that is of no more use and cannot be removed keeps no import from its end.
    let goes_on = way == "delay(300)" || (named, way) == ("book.forgotten", "return");
    if goes_on {
        assert!(done.status.success(), "{named}={way}: {}", String::from_utf8_lossy(&done.stderr));
    } else {
        assert!(!done.status.success(), "{named}={way} was not reached by {arguments:?}");
    }
}

/// The database is whole, its audit trail too, and the book in use is one of these.
fn assert_whole(place: &Place, policies: &[&str], context: &str) {
    place.must(&["audit", "verify"]);
    let list = place.must(&["policies", "list"]);
    let shown = |count: &&&str| list.contains(&format!("{count} policies"));
    assert!(policies.iter().any(|count| shown(&count)), "{context}: {list}");
}

#[test]
fn a_secret_file_that_was_cut_short_is_made_by_the_next_try() {
    for named in OF_THE_SECRET {
        for way in WAYS {
            let (_directory, place) = place();
            fail_at(&place, &["backup", "copy"], named, way);
            if way != "delay(300)" {
                place.must(&["backup", "copy-again"]);
            }
            let secret = fs::read_to_string(place.path("zaguan.secret")).expect("made");
            assert!(secret.contains("[[secret]]"), "{named}={way}: {secret}");
        }
    }
}

#[test]
fn an_import_that_fails_at_any_named_place_leaves_a_whole_book_and_the_next_one_works() {
    let (_directory, place) = place();
    let mut other = fs::read_to_string(place.path("book.csv")).expect("the book");
    other.push_str("30123456,automotores,99,OTRA,2099-12-31\n");
    fs::write(place.path("other.csv"), other).expect("written");
    for named in OF_AN_IMPORT {
        for way in WAYS {
            fail_at(&place, &["policies", "import", "other.csv"], named, way);
            assert_whole(&place, &["5", "6"], &format!("{named}={way}"));
            place.must(&["policies", "import", "book.csv", "--accept-shrink"]);
            assert_whole(&place, &["5"], &format!("{named}={way}, and again"));
        }
    }
}

#[test]
fn a_backup_that_fails_at_any_named_place_is_none_and_the_next_one_is_whole() {
    let (_directory, place) = place();
    place.must(&["backup", "first"]);
    for (number, named) in OF_A_BACKUP.into_iter().enumerate() {
        for way in WAYS {
            let copy = format!("copy-{number}-{}", way.len());
            fail_at(&place, &["backup", &copy], named, way);
            // After the manifest it is whole, whatever happens then.
            let is_whole = place.run(&["restore", &copy, "--dry-run"]).status.success();
            assert_eq!(
                is_whole,
                way == "delay(300)"
                    || named == "backup.manifest" && way == "return(abort)"
                    || named == "backup.manifest" && way == "panic",
                "{named}={way}"
            );
            let again = format!("again-{number}-{}", way.len());
            place.must(&["backup", &again]);
            place.must(&["restore", &again, "--dry-run"]);
        }
    }
}

#[test]
fn a_restore_that_fails_at_any_named_place_is_ended_by_the_next_one() {
    let (_directory, place) = place();
    place.must(&["backup", "copy"]);
    for named in OF_A_RESTORE {
        for way in WAYS {
            let context = format!("{named}={way}");
            fail_at(&place, &["restore", "copy"], named, way);
            place.must(&["restore", "copy"]);
            assert_whole(&place, &["5"], &context);
            assert!(!place.path("zaguan.db.restoring").exists(), "{context}");
        }
    }
}

#[test]
fn every_named_place_is_in_a_table() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crates");
    let mut named = BTreeSet::new();
    for name in ["store", "zaguan"] {
        collect(&crates.join(name).join("src"), &mut named);
    }
    let tables: [&[&str]; 5] = [&OF_POWER, &OF_THE_SECRET, &OF_AN_IMPORT, &OF_A_BACKUP, &OF_A_RESTORE];
    let tested: BTreeSet<String> = OF_THE_PORTAL
        .iter()
        .map(|(place, _)| *place)
        .chain(tables.into_iter().flatten().copied())
        .map(str::to_owned)
        .collect();
    assert_eq!(named, tested);
}

/// The places that the sources of a directory pass by.
fn collect(directory: &Path, named: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, named);
        } else {
            let text = fs::read_to_string(&path).expect("a source");
            for call in ["reach(\"", "pass(\""] {
                let places = text.split(call).skip(1).filter_map(|rest| rest.split('"').next());
                named.extend(places.map(str::to_owned));
            }
        }
    }
}
