//! Opening: what is made, and what is refused, each with what to do.

use crate::fixture::{Fixture, begun, connection, flow};
use rusqlite::Connection;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zaguan_store::{Migrated, Store, StoreError, StoreSettings, StoreUrlError};

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("zaguan.db");
    (directory, path)
}

fn settings(path: &Path) -> StoreSettings {
    StoreSettings::sqlite(path.to_owned())
}

/// Why neither opening nor migrating does; the file must be as it was.
async fn refused(path: &Path) -> StoreError {
    let before = fs::read(path).ok();
    let migrating = Store::migrate(&settings(path)).await.unwrap_err();
    let opening = Store::open(settings(path)).await.unwrap_err();
    assert_eq!(migrating.to_string(), opening.to_string());
    assert_eq!(fs::read(path).ok(), before);
    opening
}

#[test]
fn a_url_names_a_file() {
    let cases = [
        ("sqlite:zaguan.db", "zaguan.db"),
        ("sqlite:/var/lib/zaguan/zaguan.db", "/var/lib/zaguan/zaguan.db"),
        ("sqlite:///var/lib/zaguan.db", "///var/lib/zaguan.db"),
        ("sqlite:./mis datos/ñandú?.db", "./mis datos/ñandú?.db"),
    ];
    for (url, path) in cases {
        let settings = StoreSettings::parse(url, None, Path::new("/etc/zaguan")).unwrap();
        assert_eq!(settings.file().unwrap(), Path::new("/etc/zaguan").join(path), "{url}");
    }
}

#[test]
fn a_url_that_names_no_file_is_refused_with_what_to_write() {
    let cases = [
        ("sqlite:", StoreUrlError::NoPath),
        ("sqlite:/var/lib/zaguan/", StoreUrlError::NoPath),
        ("sqlite::memory:", StoreUrlError::InMemory),
        ("sqlite://zaguan.db", StoreUrlError::Host),
        ("mysql://db/zaguan", StoreUrlError::Unknown),
        ("/var/lib/zaguan.db", StoreUrlError::Unknown),
        ("", StoreUrlError::Unknown),
    ];
    for (url, expected) in cases {
        let refusal = StoreSettings::parse(url, None, Path::new("")).unwrap_err();
        assert_eq!(refusal, expected, "{url}");
        let sentence = refusal.to_string();
        assert!(sentence.contains("write sqlite:"), "{sentence}");
    }
}

#[test]
fn a_url_of_a_server_shows_neither_user_nor_password() {
    let urls = [
        "postgres://zaguan:secreta@db/zaguan?sslmode=disable",
        "postgresql://zaguan@db:5432,db2:6000/zaguan?target_session_attrs=read-write&sslrootcert=ca.pem",
        "postgres://zaguan@127.0.0.1/zaguan",
        "postgres://zaguan@/zaguan?host=/run/postgresql",
    ];
    for url in urls {
        let settings = StoreSettings::parse(url, Some("secreta"), Path::new("/etc")).unwrap();
        let shown = format!("{settings} {settings:?}");
        assert!(shown.contains("/zaguan") && !shown.contains("secreta"), "{shown}");
        assert_eq!(settings.file(), None);
    }
}

#[test]
fn a_url_of_a_server_that_cannot_be_trusted_or_read_is_refused_without_its_password() {
    let cases = [
        ("postgres://zaguan:secreta@db/zaguan?sslmode=require", StoreUrlError::Encryption),
        ("postgres://zaguan:secreta@db/zaguan?sslmode=prefer", StoreUrlError::Encryption),
        ("postgres://zaguan:secreta@db", StoreUrlError::PostgreSql),
        ("postgres://db/zaguan", StoreUrlError::PostgreSql),
        ("postgres://zaguan:secreta@db/zaguan?warp=9", StoreUrlError::PostgreSql),
        ("postgres://zaguan:secreta@db:port/zaguan", StoreUrlError::PostgreSql),
    ];
    for (url, expected) in cases {
        let refusal = StoreSettings::parse(url, None, Path::new("")).unwrap_err();
        assert_eq!(refusal, expected, "{url}");
        assert!(!refusal.to_string().contains("secreta"));
    }
}

#[tokio::test]
async fn migrating_makes_the_database_once_and_for_its_owner_only() {
    let (_directory, path) = place();
    let made = Store::migrate(&settings(&path)).await.unwrap();
    assert_eq!(made, Migrated { from: 0, to: 6 });
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let again = Store::migrate(&settings(&path)).await.unwrap();
    assert_eq!(again, Migrated { from: 6, to: 6 });
    let store = Store::open(settings(&path)).await.unwrap();
    assert!(format!("{store:?}").contains("zaguan.db"));
}

#[tokio::test]
async fn two_processes_that_migrate_at_once_do_it_once() {
    for _ in 0..10 {
        let (_directory, path) = place();
        let both: Vec<_> = std::thread::scope(|scope| {
            let migrate = || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(Store::migrate(&settings(&path))).unwrap()
            };
            let threads = [scope.spawn(migrate), scope.spawn(migrate)];
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut from: Vec<_> = both.iter().map(|migrated| migrated.from).collect();
        from.sort_unstable();
        assert_eq!(from, [0, 6]);
    }
}

#[tokio::test]
async fn an_open_database_uses_a_write_ahead_log() {
    let fixture = Fixture::with(vec![begun(flow(1, 1))]).await;
    let mode: String =
        connection(&fixture.path()).pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made_by_opening() {
    let (_directory, path) = place();
    let refusal = Store::open(settings(&path)).await.unwrap_err();
    assert!(matches!(refusal, StoreError::NotMade(_)), "{refusal}");
    assert!(refusal.to_string().contains("zaguan migrate"));
    assert!(!path.exists());
}

#[tokio::test]
async fn an_empty_file_becomes_a_database_by_migrating_only() {
    let (_directory, path) = place();
    fs::write(&path, "").unwrap();
    let refusal = Store::open(settings(&path)).await.unwrap_err();
    assert!(matches!(refusal, StoreError::NotMade(_)), "{refusal}");
    Store::migrate(&settings(&path)).await.unwrap();
    Store::open(settings(&path)).await.unwrap();
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_named() {
    let (directory, _) = place();
    let missing = directory.path().join("no").join("zaguan.db");
    let refusal = refused(&missing).await;
    assert!(matches!(&refusal, StoreError::DirectoryMissing(named) if *named == directory.path().join("no")));
    assert!(refusal.to_string().contains("make it, or correct store.url"));
}

#[tokio::test]
async fn a_directory_is_no_database() {
    let (directory, _) = place();
    let refusal = Store::open(settings(directory.path())).await.unwrap_err();
    assert!(matches!(refusal, StoreError::CannotOpen(_)), "{refusal}");
}

#[tokio::test]
async fn a_file_that_is_something_else_is_refused_and_left_as_it_is() {
    let (_directory, path) = place();
    fs::write(&path, "documento;ramo;poliza\n12345678;automotores;1234\n".repeat(100)).unwrap();
    let refusal = refused(&path).await;
    assert!(matches!(refusal, StoreError::NotADatabase(_)), "{refusal}");
}

#[tokio::test]
async fn the_database_of_another_application_is_refused_and_left_as_it_is() {
    for set in ["create table bookmark (url text)", "pragma application_id = 1234"] {
        let (_directory, path) = place();
        Connection::open(&path).unwrap().execute_batch(set).unwrap();
        let refusal = refused(&path).await;
        assert!(matches!(refusal, StoreError::OtherApplication(_)), "{set}: {refusal}");
        assert!(refusal.to_string().contains("name another file in store.url"));
    }
}

async fn closed_database() -> (TempDir, PathBuf) {
    let (directory, path) = place();
    Store::migrate(&settings(&path)).await.unwrap();
    (directory, path)
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_as_it_is() {
    let (_directory, path) = closed_database().await;
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 7).unwrap();
    newer.close().unwrap();
    let refusal = refused(&path).await;
    assert!(matches!(refusal, StoreError::NewerSchema { found: 7, known: 6, .. }), "{refusal}");
    assert!(refusal.to_string().contains("run the newer program"));
}

#[tokio::test]
async fn a_schema_of_another_build_is_refused_and_left_as_it_is() {
    for change in ["update migration set hash = x'00'", "delete from migration"] {
        let (_directory, path) = closed_database().await;
        let other = Connection::open(&path).unwrap();
        other.execute_batch(change).unwrap();
        other.close().unwrap();
        let refusal = refused(&path).await;
        assert!(matches!(refusal, StoreError::OtherMigration { version: 1, .. }), "{refusal}");
    }
}

#[tokio::test]
async fn a_half_migrated_database_is_refused_and_left_as_it_is() {
    // The version was set and nothing made; all was made and the version not set; by hand; in part; something else in it.
    for (change, told) in [
        ("drop table epoch", "calls itself schema 6, and the table epoch is missing"),
        (
            "delete from migration where version = 6; pragma user_version = 5",
            "the table migration is another",
        ),
        ("alter table epoch add column reason text", "the table epoch is another"),
        ("drop index letter_of_mailbox", "the index letter_of_mailbox is missing"),
        ("create table bookmark (url text)", "the table bookmark is not of that schema"),
    ] {
        let (_directory, path) = closed_database().await;
        let other = Connection::open(&path).unwrap();
        other.execute_batch(change).unwrap();
        other.close().unwrap();
        let refusal = refused(&path).await;
        assert!(matches!(refusal, StoreError::HalfMade { .. }), "{change}: {refusal}");
        let sentence = refusal.to_string();
        assert!(sentence.contains(told), "{sentence}");
        assert!(sentence.contains("put back a backup (zaguan restore DIR)"), "{sentence}");
    }
}

#[tokio::test]
async fn a_database_that_sqlite_keeps_statistics_of_is_opened() {
    let (_directory, path) = closed_database().await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("insert into epoch values (1, 1); analyze").unwrap();
    other.close().unwrap();
    Store::open(settings(&path)).await.unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let (_directory, path) = closed_database().await;
    let mut bytes = fs::read(&path).unwrap();
    // The head stays, so that it still looks like a database; the list of its tables is overwritten.
    bytes[100..4096].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let refusal = refused(&path).await;
    assert!(matches!(refusal, StoreError::Damaged(_)), "{refusal}");
    assert!(refusal.to_string().contains("backup"));
}

#[tokio::test]
async fn a_copy_that_lost_its_write_ahead_log_gets_it_back() {
    let (_directory, path) = closed_database().await;
    let other = Connection::open(&path).unwrap();
    other.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(())).unwrap();
    other.close().unwrap();
    Store::open(settings(&path)).await.unwrap();
    let mode: String =
        Connection::open(&path).unwrap().pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}
