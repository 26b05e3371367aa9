//! The secret file: made once, never overwritten, refused when it is open to others or damaged.
#![cfg(test)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Barrier;
use std::thread;
use tempfile::TempDir;
use zaguan::secret_file::{Damage, Missing, SecretFileError, open};
use zaguan::world::RealWorld;
use zaguan_domain::document::Document;
use zaguan_domain::secret::Secrets;

fn place() -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("zaguan.secret");
    (directory, path)
}

/// Something derived from the secret, by which two secrets are told apart.
fn mark(secrets: &Secrets) -> [u8; 16] {
    secrets.salt(Document::Person(12_345_678))
}

fn mode(path: &PathBuf) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

#[test]
fn the_first_start_makes_it_for_its_owner_only_and_later_starts_read_it() {
    let (directory, path) = place();
    let first = open(&path, Missing::Make, &RealWorld).expect("made");
    assert_eq!(mode(&path), 0o600);
    let second = open(&path, Missing::Refuse, &RealWorld).expect("read");
    assert_eq!(mark(&first), mark(&second));
    assert_eq!(first.current(), 1);
    let files: Vec<_> = fs::read_dir(directory.path()).expect("read").collect();
    assert_eq!(files.len(), 1, "nothing else is left behind");
}

#[test]
fn two_portals_have_two_secrets() {
    let ((_one, one), (_other, other)) = (place(), place());
    let open = |path| mark(&open(path, Missing::Make, &RealWorld).expect("made"));
    assert_ne!(open(&one), open(&other));
}

#[test]
fn many_first_starts_at_once_agree_on_one_secret() {
    let (_directory, path) = place();
    let (path, barrier) = (&path, &Barrier::new(8));
    let marks: Vec<_> = thread::scope(|scope| {
        let start = || {
            scope.spawn(move || {
                barrier.wait();
                mark(&open(path, Missing::Make, &RealWorld).expect("made or read"))
            })
        };
        let starts: Vec<_> = (0..8).map(|_| start()).collect();
        starts.into_iter().map(|start| start.join().expect("ended")).collect()
    });
    assert!(marks.iter().all(|mark| *mark == marks[0]));
}

#[test]
fn it_is_refused_when_anybody_else_can_touch_it() {
    let (_directory, path) = place();
    open(&path, Missing::Make, &RealWorld).expect("made");
    for mode in [0o644, 0o640, 0o604, 0o660, 0o602, 0o601, 0o777] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("set");
        let error = open(&path, Missing::Make, &RealWorld).expect_err("refused");
        assert!(matches!(error, SecretFileError::OpenToOthers { .. }), "{mode:o}: {error}");
        assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
    }
    for mode in [0o600, 0o400] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("set");
        open(&path, Missing::Make, &RealWorld).expect("its owner's own");
    }
}

#[test]
fn a_damaged_one_is_refused_and_left_as_it_is() {
    let (_directory, path) = place();
    open(&path, Missing::Make, &RealWorld).expect("made");
    let whole = fs::read(&path).expect("read");
    for end in [0, 1, 40, whole.len() / 2, whole.len() - 3] {
        fs::write(&path, &whole[..end]).expect("cut");
        let error = open(&path, Missing::Make, &RealWorld).expect_err("refused");
        assert!(matches!(error, SecretFileError::Damaged { .. }), "cut at {end}: {error}");
        assert!(error.to_string().contains("backup"), "{error}");
        assert_eq!(fs::read(&path).expect("there"), &whole[..end], "never overwritten");
    }
}

#[test]
fn one_that_somebody_made_up_is_refused() {
    let (_directory, path) = place();
    open(&path, Missing::Make, &RealWorld).expect("made");
    fs::write(&path, "[[secret]]\nversion = 1\nsecret = \"Y2hhbmdlbWVjaGFuZ2VtZWNoYW5nZW1lY2hhbmdlbWU=\"\n")
        .expect("written");
    match open(&path, Missing::Make, &RealWorld) {
        Err(SecretFileError::Damaged { why, .. }) => assert_eq!(why, Damage::NotRandom),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lost_one_is_not_made_anew_where_the_database_was_used() {
    let (_directory, path) = place();
    let error = open(&path, Missing::Refuse, &RealWorld).expect_err("refused");
    assert!(matches!(error, SecretFileError::Lost { .. }), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_place_where_it_cannot_be_made_is_told() {
    let (directory, _) = place();
    let error = open(&directory.path().join("no/such/zaguan.secret"), Missing::Make, &RealWorld)
        .expect_err("refused");
    assert!(matches!(error, SecretFileError::NotMade { .. }), "{error}");
    let error = open(directory.path(), Missing::Make, &RealWorld).expect_err("a directory");
    assert!(error.to_string().contains("secret file"), "{error}");
}
