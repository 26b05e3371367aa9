//! A backup that was tampered with, in every file and every way, is refused, and nothing is changed.

use crate::support::{BOOK, Place};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const NOBODY: &str = "smtp.url = \"smtp://127.0.0.1:9?tls=none\"";

const FILES: [&str; 3] = ["manifest.json", "zaguan.db", "zaguan.db.book/1.sqlite"];

fn with_backup() -> Place {
    let place = Place::with_configuration(NOBODY);
    place.write("padron.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    assert_eq!(place.run(&["backup", "copy"]).status, 0);
    place
}

/// Every file in a directory of the place, but for locks, with what is in it.
fn contents(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    fn add(path: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
        if path.is_dir() {
            for entry in fs::read_dir(path).expect("a directory") {
                add(&entry.expect("an entry").path(), found);
            }
        } else if !path.ends_with("zaguan.db.lock") {
            found.insert(path.to_owned(), fs::read(path).expect("a file"));
        }
    }
    let mut found = BTreeMap::new();
    add(place.directory(), &mut found);
    found
}

/// A restore is refused, and a trial of it too, for the same reason; everything is as it was.
fn refused(place: &Place, what: &str) -> String {
    let before = contents(place);
    let trial = place.run(&["restore", "--dry-run", "copy"]);
    let done = place.run(&["restore", "copy"]);
    assert_eq!((trial.status, done.status), (1, 1), "{what}: {}", done.out);
    assert_eq!(trial.err, done.err, "{what}");
    assert_eq!(done.err.lines().count(), 1, "{what}: {}", done.err);
    assert!(contents(place) == before, "{what}: something was changed");
    done.err
}

#[test]
fn whatever_is_done_to_a_file_of_a_backup_it_is_refused() {
    let place = with_backup();
    for file in FILES {
        let path = place.path("copy").join(file);
        let whole = fs::read(&path).expect("a file");
        let flipped = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            bytes
        };
        let length = whole.len();
        for (what, bytes) in [
            ("cut in half", whole[..length / 2].to_vec()),
            ("cut by a byte", whole[..length - 1].to_vec()),
            ("emptied", Vec::new()),
            ("longer", [&whole[..], b"x"].concat()),
            ("first byte flipped", flipped(0)),
            ("a byte in the middle flipped", flipped(length / 2)),
            ("a byte near the end flipped", flipped(length - 9)),
        ] {
            fs::write(&path, bytes).expect("written");
            refused(&place, &format!("{file} {what}"));
        }
        fs::remove_file(&path).expect("removed");
        let told = refused(&place, &format!("{file} missing"));
        let says = if file == "manifest.json" { "cut short before its end" } else { "is missing" };
        assert!(told.contains(says), "{told}");
        fs::write(&path, whole).expect("written");
    }
    assert_eq!(place.run(&["restore", "copy"]).status, 0, "as it was made, it is whole");
}

#[test]
fn every_single_letter_of_the_manifest_counts() {
    let place = with_backup();
    let path = place.path("copy/manifest.json");
    let whole = fs::read_to_string(&path).expect("a manifest");
    for (what, from, to) in [
        ("date", "\"made_at\": \"2", "\"made_at\": \"3"),
        ("program", "\"portal\": \"0.1.0", "\"portal\": \"0.1.1"),
        ("rows", "\"account\": 0", "\"account\": 1"),
        ("end of the trail", "\"audit_head\": \"1:", "\"audit_head\": \"2:"),
        ("another key", "\"schema\"", "\"more\": 1, \"schema\""),
    ] {
        assert!(whole.contains(from), "{what}: {whole}");
        fs::write(&path, whole.replacen(from, to, 1)).expect("written");
        let told = refused(&place, what);
        assert!(told.contains("was changed or damaged; take another backup"), "{what}: {told}");
    }
    fs::write(&path, whole.replacen("\"format\": 1", "\"format\": 2", 1)).expect("written");
    assert!(refused(&place, "newer").contains("made by a newer program"));
}

#[test]
fn a_foreign_file_in_a_backup_is_named() {
    let place = with_backup();
    for name in ["copy/zaguan.db-wal", "copy/zaguan.db.book/2.sqlite", "copy/notes.txt"] {
        place.write(name, "foreign");
        let told = refused(&place, name);
        assert!(told.contains(&format!("{} does not belong to it", &name["copy/".len()..])), "{told}");
        fs::remove_file(place.path(name)).expect("removed");
    }
}

#[test]
fn a_backup_needs_the_secret_file_of_its_portal() {
    let (place, other) = (with_backup(), with_backup());
    fs::rename(place.path("zaguan.secret"), place.path("mine")).expect("moved");
    assert!(refused(&place, "no secret file").contains("is missing"));
    fs::copy(other.path("zaguan.secret"), place.path("zaguan.secret")).expect("copied");
    let told = refused(&place, "another secret file");
    assert!(told.contains("does not belong to this backup"), "{told}");
    fs::copy(place.path("mine"), place.path("zaguan.secret")).expect("copied");
    assert_eq!(place.run(&["restore", "copy"]).status, 0);
}

#[test]
fn a_book_of_another_backup_is_refused_whatever_the_manifest() {
    let (place, other) = (with_backup(), with_backup());
    for file in ["zaguan.db", "manifest.json"] {
        let mine = fs::read(place.path("copy").join(file)).expect("a file");
        fs::copy(other.path("copy").join(file), place.path("copy").join(file)).expect("copied");
        refused(&place, file);
        fs::write(place.path("copy").join(file), mine).expect("written");
    }
    assert_eq!(place.run(&["restore", "copy"]).status, 0);
}
