//! The files of generations of the policy book: left over, lost, and for their owner only.

use crate::fixture::{ANA, Fixture, at};
use crate::generations::{load, motor, numbers, source};
use std::fs;
use std::path::PathBuf;
use zaguan_store::{Store, StoreFault};

fn book(fixture: &Fixture) -> PathBuf {
    fixture.path().with_extension("db.book")
}

/// The names of what is in the book's directory, but for the lock.
fn files(fixture: &Fixture) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(book(fixture))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "lock")
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_a_build_left_that_did_not_end_is_removed_unless_one_is_under_way() {
    let fixture = Fixture::new().await;
    load(&fixture.store, &[motor(ANA, "1")]).await;
    let leftover = || fs::write(book(&fixture).join("2.sqlite"), "x").unwrap();
    leftover();
    fixture.store.remove_unfinished_generations().unwrap();
    assert_eq!(files(&fixture), ["1.sqlite"]);
    let building = fixture.other_store().await.new_generation(source("x"), at(8)).unwrap();
    leftover();
    fixture.store.remove_unfinished_generations().unwrap();
    assert_eq!(files(&fixture), ["1.sqlite", "2.sqlite", "building"]);
    drop(building);
}

#[tokio::test]
async fn a_book_whose_file_is_lost_is_told_and_can_be_imported_again() {
    let fixture = Fixture::new().await;
    load(&fixture.store, &[motor(ANA, "1")]).await;
    fs::remove_file(book(&fixture).join("1.sqlite")).unwrap();
    let lost = fixture.store.policies_of(ANA).await.unwrap_err();
    assert!(matches!(lost, StoreFault::GenerationMissing { number: 1, .. }), "{lost}");
    assert!(lost.to_string().contains("from a backup, or import a whole book"));
    assert!(fixture.store.ping().await.is_err());
    let delta = fixture.store.new_delta(source("novedades.csv"), at(8)).unwrap();
    assert!(matches!(delta.finish(3), Err(StoreFault::GenerationMissing { .. })));
    load(&fixture.store, &[motor(ANA, "2")]).await;
    assert_eq!(numbers(&fixture.store, ANA).await, ["2"]);
}

#[tokio::test]
async fn previous_numbers_come_back_and_their_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new().await;
    let mut row = motor(ANA, "59/137418");
    row.policy.previous = vec![motor(ANA, "59/1").policy.number, motor(ANA, "A-2").policy.number];
    load(&fixture.store, std::slice::from_ref(&row)).await;
    assert_eq!(fixture.store.policies_of(ANA).await.unwrap(), [row.policy]);
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(book(&fixture)), mode(book(&fixture).join("1.sqlite"))), (0o700, 0o600));
}

#[tokio::test]
async fn a_path_with_signs_that_mean_something_in_a_name_of_sqlite_is_only_a_path() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("año 1?mode=ro#x%20.db");
    let settings = zaguan_store::StoreSettings::sqlite(path);
    Store::migrate(&settings).await.unwrap();
    let store = Store::open(settings).await.unwrap();
    load(&store, &[motor(ANA, "1")]).await;
    assert_eq!(numbers(&store, ANA).await, ["1"]);
}
