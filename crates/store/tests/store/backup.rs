//! Backups: one state is copied whole, and a database put back from one revives nothing.

use crate::fixture::{
    ANA, Fixture, account, account_id, at, begun, browser, connection, email, flow, hours, key, key_id,
    letter, letter_id, password, session,
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::Path;
use tempfile::TempDir;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::device::Device;
use zaguan_domain::email_change::EmailChange;
use zaguan_domain::id::EmailChangeId;
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_store::{
    AuditFilter, Begun, Epoch, LetterFilter, Replacement, Snapshot, Store, StoreError, StoreFault,
    StoreSettings, Voided, prove_database,
};

/// Copies the state that a database has now to where none is.
async fn copy(settings: &StoreSettings, to: &Path) -> Snapshot {
    let snapshot = Snapshot::take(settings).unwrap();
    File::create(to).unwrap();
    snapshot.copy_database(to, async |_| Ok::<_, StoreFault>(())).await.unwrap();
    snapshot
}

fn epoch() -> Epoch<'static> {
    Epoch { at: at(100), detail: "from a test", before: None, lost_generations: &[] }
}

fn replacement(place: &StoreSettings) -> Replacement {
    let begun = match Replacement::begin(place).unwrap() {
        Begun::Place(replacement) => Some(replacement),
        Begun::EndedEarlier { .. } => None,
    };
    begun.unwrap()
}

/// Puts a copy in a place, where a database may be.
fn put_back(copy: &Path, place: &StoreSettings) -> Voided {
    let replacement = replacement(place);
    fs::copy(copy, replacement.database()).unwrap();
    let voided = replacement.raise_epoch(&epoch()).unwrap();
    replacement.put_in_place("test").unwrap();
    voided
}

fn place() -> (TempDir, StoreSettings) {
    let directory = tempfile::tempdir().unwrap();
    let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
    (directory, settings)
}

#[tokio::test]
async fn what_is_written_while_a_copy_is_made_is_not_in_it_and_nobody_waits() {
    let fixture = Fixture::with(vec![begun(flow(1, 1))]).await;
    let (directory, _) = place();
    let to = directory.path().join("copy.db");
    let snapshot = Snapshot::take(&fixture.settings()).unwrap();
    fixture.commits(vec![begun(flow(2, 2))]).await;
    File::create(&to).unwrap();
    snapshot.copy_database(&to, async |_| Ok::<_, StoreFault>(())).await.unwrap();
    let proof = prove_database(&to).unwrap();
    assert_eq!(proof.contents, *snapshot.contents());
    assert_eq!(proof.contents.rows["flow"], 1);
    assert!(!directory.path().join("copy.db-wal").exists());
}

#[tokio::test]
async fn a_copy_that_is_stopped_says_why() {
    let fixture = Fixture::new().await;
    // Large enough for two steps.
    connection(&fixture.path())
        .execute_batch(
            "insert into migration (version, name, hash) values (99, hex(zeroblob(4500000)), x'00')",
        )
        .unwrap();
    let (directory, _) = place();
    let to = directory.path().join("copy.db");
    File::create(&to).unwrap();
    let snapshot = Snapshot::take(&fixture.settings()).unwrap();
    let mut steps = 0;
    let stopped = snapshot.copy_database(&to, async |copied| {
        steps += 1;
        assert!(copied.bytes < copied.of, "{copied:?}");
        Err(StoreFault::Stopped)
    });
    assert!(matches!(stopped.await, Err(StoreFault::Stopped)));
    assert_eq!(steps, 1);
}

#[tokio::test]
async fn a_damaged_copy_is_no_copy() {
    let fixture = Fixture::with((1..60).map(|number| begun(flow(number, number))).collect()).await;
    let (directory, _) = place();
    let to = directory.path().join("copy.db");
    drop(copy(&fixture.settings(), &to).await);
    let whole = fs::read(&to).unwrap();
    prove_database(&to).unwrap();
    for damage in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        // The head of a page tells what is on it.
        bytes[damage * 4096..damage * 4096 + 8].fill(0xa5);
        fs::write(&to, &bytes).unwrap();
        let refusal = prove_database(&to).unwrap_err();
        assert!(matches!(refusal, StoreError::Damaged(_)), "page {damage}: {refusal}");
    }
}

fn spent() -> Key {
    Key { id: key_id(2), spent_at: Some(at(1)), ..key(2) }
}

/// An account with all that was ever given out to it, and letters of which some carry something.
fn given_out() -> Vec<Change> {
    let device = Device {
        account: account_id(1),
        token: browser(7),
        browser: BrowserKind::UNKNOWN,
        first_seen_at: at(0),
        seen_at: at(0),
    };
    let change = EmailChange {
        id: EmailChangeId::from_bytes([1; 16]),
        account: account_id(1),
        old_email: email("ana@example.com"),
        new_email: email("otra@example.com"),
        nonce: [1; 16],
        secret: 1,
        asked_at: at(0),
        expires_at: at(1_000),
        tries: 0,
        confirmed_at: None,
        ended_at: None,
    };
    let kinds = LetterKind::ALL.into_iter().zip(1..);
    let letters = kinds.map(|(kind, number)| {
        let key = (kind == LetterKind::RecoverySteps).then(|| key_id(1));
        Change::LetterQueued(Letter { kind, key, ..letter(number) })
    });
    let one = [
        Change::AccountOpened(account(1, ANA)),
        Change::SessionOpened { session: session(1, 1), seen_password: password("one") },
        Change::DeviceKnown(device),
        Change::EmailChangeAsked { change, seen_password: password("one") },
        begun(flow(1, 1)),
        Change::KeyIssued(key(1)),
        Change::KeyIssued(spent()),
    ];
    one.into_iter().chain(letters).collect()
}

#[tokio::test]
async fn a_database_that_is_put_back_revives_nothing() {
    let fixture = Fixture::with(given_out()).await;
    let (directory, settings) = place();
    let to = directory.path().join("copy.db");
    drop(copy(&fixture.settings(), &to).await);
    let voided = put_back(&to, &settings);
    let expected = Voided { keys: 1, sessions: 1, devices: 1, letters: 7, locked: None };
    assert_eq!(voided, expected);

    let store = Store::open(settings).await.unwrap();
    assert!(store.session(&browser(1)).await.unwrap().is_none());
    assert_eq!(store.key(key_id(1)).await.unwrap().unwrap().killed_at, Some(at(100)));
    assert_eq!(store.key(key_id(2)).await.unwrap().unwrap().killed_at, None, "it is spent");
    assert!(store.devices_of_account(account_id(1)).await.unwrap().is_empty());
    let change = &store.email_changes_of(account_id(1)).await.unwrap()[0];
    assert_eq!(change.ended_at, Some(at(100)));
    assert!(store.disown_facts(letter_id(1)).await.unwrap().restored_at == Some(at(100)));
    assert_eq!(store.accounts_of(ANA).await.unwrap()[0].password, password("one"));
    let verified = store.verify_audit(None).await.unwrap();
    assert_eq!(verified.faults, []);
    let (_, record) = &store.audit(AuditFilter::All, 1).await.unwrap()[0];
    assert_eq!((record.event.to_stored(), record.detail.as_str()), ("restored", "from a test"));
}

#[tokio::test]
async fn of_the_letters_that_waited_the_notices_leave_and_the_others_are_dropped() {
    let fixture = Fixture::with(given_out()).await;
    let (directory, settings) = place();
    let to = directory.path().join("copy.db");
    drop(copy(&fixture.settings(), &to).await);
    put_back(&to, &settings);
    let store = Store::open(settings).await.unwrap();
    let kinds = |letters: Vec<(Letter, _)>| {
        let mut kinds: Vec<_> = letters.iter().map(|(letter, _)| letter.kind.to_stored()).collect();
        kinds.sort_unstable();
        kinds
    };
    let waiting = store.letters(LetterFilter::Waiting, 20).await.unwrap();
    assert!(waiting.iter().all(|(letter, _)| letter.leaves_at == at(100)), "their buttons are of this epoch");
    assert_eq!(kinds(waiting), ["account-closed", "email-changed", "new-browser", "password-changed"]);
    assert_eq!(store.letters(LetterFilter::Dropped, 20).await.unwrap().len(), 7);
    assert_eq!(store.claim_letters(at(101), at(200), 20).await.unwrap().len(), 4);
}

#[tokio::test]
async fn accounts_that_changed_after_the_copy_are_locked_where_the_database_from_before_tells() {
    let accounts = [account(1, ANA), account(2, crate::fixture::BEA)];
    let fixture = Fixture::with(accounts.map(Change::AccountOpened).to_vec()).await;
    let settings = fixture.settings();
    let (directory, _) = place();
    let to = directory.path().join("copy.db");
    drop(copy(&settings, &to).await);
    let set = Change::PasswordSet { account: account_id(1), password: password("two"), at: at(50) };
    fixture.commits(vec![set]).await;
    let Fixture { store, place: _kept } = fixture;
    store.close().await;
    let voided = put_back(&to, &settings);
    assert_eq!(voided.locked, Some(1));
    let store = Store::open(settings).await.unwrap();
    let locked_at = async |number| store.account(account_id(number)).await.unwrap().unwrap().locked_at;
    assert_eq!((locked_at(1).await, locked_at(2).await), (Some(at(100)), None));
}

/// A database of an older schema.
fn older(path: &Path) -> Connection {
    let database = Connection::open(path).unwrap();
    let migrations = [
        ("the journey", include_str!("../../migrations/0001_the_journey.sql")),
        ("generations", include_str!("../../migrations/0002_generations.sql")),
        ("security", include_str!("../../migrations/0003_security.sql")),
    ];
    for (version, (name, text)) in (1..).zip(migrations) {
        database.execute_batch(text).unwrap();
        let hash = Sha256::digest(text);
        let values = (version, name, hash.as_slice());
        database.execute("insert into migration values (?1, ?2, ?3)", values).unwrap();
    }
    // The second migration takes the book over, and these away.
    database.execute_batch("drop table policy; drop table book_line; drop table book").unwrap();
    database.pragma_update(None, "user_version", 3).unwrap();
    database.pragma_update(None, "application_id", 0x5a41_4755).unwrap();
    database
}

#[tokio::test]
async fn a_copy_of_an_older_schema_is_proven_and_brought_up_to_date() {
    let (directory, settings) = place();
    older(settings.file().unwrap()).close().unwrap();
    let to = directory.path().join("copy.db");
    drop(copy(&settings, &to).await);
    assert_eq!(prove_database(&to).unwrap().contents.schema, 3);
    put_back(&to, &settings);
    let store = Store::open(settings).await.unwrap();
    let facts = store.disown_facts(letter_id(1)).await.unwrap();
    assert!(facts.letter.is_none());
    assert_eq!(store.verify_audit(None).await.unwrap().records, 1);
}

#[tokio::test]
async fn a_copy_of_a_newer_schema_is_refused() {
    let (_directory, settings) = place();
    Store::migrate(&settings).await.unwrap();
    let newer = Connection::open(settings.file().unwrap()).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.close().unwrap();
    let refusal = prove_database(settings.file().unwrap()).unwrap_err();
    assert!(matches!(refusal, StoreError::NewerSchema { found: 99, .. }), "{refusal}");
    assert!(matches!(Snapshot::take(&settings).unwrap_err(), StoreError::NewerSchema { .. }));
}

/// A database that a newer program, beside which this one may serve, has migrated.
async fn of_a_newer_program(settings: &StoreSettings) -> Connection {
    Store::migrate(settings).await.unwrap();
    let newer = Connection::open(settings.file().unwrap()).unwrap();
    newer
        .execute_batch(
            "create table later (id integer not null primary key) strict; insert into later values (1);
             insert into migration (version, name, hash, works_with) values (99, 'later', x'00', 6);
             pragma user_version = 99",
        )
        .unwrap();
    newer
}

#[tokio::test]
async fn a_newer_database_is_copied_whole_and_not_put_back_by_an_older_program() {
    let (directory, settings) = place();
    of_a_newer_program(&settings).await.close().unwrap();
    let to = directory.path().join("copy.db");
    drop(copy(&settings, &to).await);
    let contents = prove_database(&to).unwrap().contents;
    assert_eq!((contents.schema, contents.rows["later"]), (99, 1));
    let before = fs::read(settings.file().unwrap()).unwrap();
    let place = replacement(&settings);
    fs::copy(&to, place.database()).unwrap();
    let refusal = place.raise_epoch(&epoch()).unwrap_err();
    assert!(matches!(refusal, StoreError::NotByOlder { found: 99, .. }), "{refusal}");
    assert!(refusal.to_string().contains("do zaguan restore with the newer program"), "{refusal}");
    drop(place);
    assert_eq!(fs::read(settings.file().unwrap()).unwrap(), before);
}

#[tokio::test]
async fn nobody_restores_over_a_store_that_is_open() {
    let fixture = Fixture::new().await;
    let refusal = Replacement::begin(&fixture.settings()).unwrap_err();
    assert!(matches!(refusal, StoreError::InUse(_)), "{refusal}");
    assert!(refusal.to_string().contains("stop the portal"));
    fixture.commits(vec![Change::KeyIssued(Key { issued_at: at(0) + hours(1), ..key(1) })]).await;
}
