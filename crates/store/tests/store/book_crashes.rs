//! Whatever ends an import leaves the book in use, and nobody who reads meanwhile sees two books.

use crate::fixture::{ANA, Fixture, at, book_row};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::origin::Actor;
use zaguan_store::{BookRow, BookSource, Migrated, Store, StoreSettings};

/// The policies of each of the books, all with the book's name as their holder.
const POLICIES: u32 = 50;

fn source() -> BookSource {
    BookSource { name: "padron.csv".to_owned(), sha256: None }
}

fn rows(book: u32, documents: u32) -> impl Iterator<Item = BookRow> + Send {
    (0..documents * POLICIES).map(move |number| {
        let document = Document::Person(20_000_000 + number % documents);
        let mut row = book_row(document, LineOfBusiness::Motor, &(number + 1).to_string());
        row.policy.holder = format!("BOOK {book}");
        row
    })
}

/// The book that a document's policies are from, of which all must be there.
async fn whole_book(store: &Store, document: u32) -> String {
    let policies = store.policies_of(Document::Person(20_000_000 + document)).await.unwrap();
    assert_eq!(policies.len(), usize::try_from(POLICIES).unwrap());
    let first = policies[0].holder.clone();
    assert!(policies.iter().all(|policy| policy.holder == first));
    first
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// What a process that is killed now leaves behind must be the old book, and the next import must go well.
async fn dies_here(fixture: &Fixture, expected: &str) {
    let left = tempfile::tempdir().unwrap();
    copy(fixture.path().parent().unwrap(), left.path());
    let store = Store::open(StoreSettings::sqlite(left.path().join("zaguan.db"))).await.unwrap();
    assert_eq!(whole_book(&store, 0).await, expected);
    let mut next = store.new_generation(source(), at(9)).unwrap();
    assert!(fs::read_dir(left.path().join("zaguan.db.book/building")).unwrap().next().is_none());
    rows(9, 3).for_each(|row| next.add(&row).unwrap());
    next.finish(3).unwrap().switch(Actor::Operator).await.unwrap();
    assert_eq!(whole_book(&store, 0).await, "BOOK 9");
    assert!(!left.path().join("zaguan.db.book/building").exists());
}

#[tokio::test]
async fn a_process_that_dies_at_any_step_leaves_the_old_book() {
    let fixture = Fixture::new().await;
    fixture.store.replace_book(rows(1, 3), at(1)).await.unwrap();
    let mut generation = fixture.store.new_generation(source(), at(2)).unwrap();
    dies_here(&fixture, "BOOK 1").await;
    rows(2, 3).for_each(|row| generation.add(&row).unwrap());
    dies_here(&fixture, "BOOK 1").await;
    let ready = generation.finish(3).unwrap();
    dies_here(&fixture, "BOOK 1").await;
    ready.switch(Actor::Operator).await.unwrap();
    dies_here(&fixture, "BOOK 2").await;
    fixture.store.undo_generation(at(3), Actor::Operator).await.unwrap();
    dies_here(&fixture, "BOOK 1").await;
    fixture.store.prune_generations(1).await.unwrap();
    dies_here(&fixture, "BOOK 1").await;
}

#[tokio::test]
#[ignore = "another test starts it as a process of its own, to kill it"]
async fn child_that_loads_books_for_ever() {
    let store = Store::open(StoreSettings::sqlite("zaguan.db")).await.unwrap();
    for book in 2.. {
        store.replace_book(rows(book, 40), at(i64::from(book))).await.unwrap();
    }
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_loads_leaves_a_whole_book() {
    let fixture = Fixture::new().await;
    fixture.store.replace_book(rows(1, 40), at(1)).await.unwrap();
    let mut books = Vec::new();
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "book_crashes::child_that_loads_books_for_ever", "--ignored"])
            .current_dir(fixture.path().parent().unwrap())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(60 + 17 * round)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let book = whole_book(&fixture.store, 0).await;
        for document in 1..40 {
            assert_eq!(whole_book(&fixture.store, document).await, book);
        }
        books.push(book);
    }
    books.dedup();
    assert!(books.len() > 1, "the child never loaded a book: {books:?}");
    fixture.store.replace_book(rows(1, 40), at(1)).await.unwrap();
    let kept = fixture.store.generations().await.unwrap().len();
    // Nothing but the generations and the lock.
    assert_eq!(fs::read_dir(fixture.path().with_extension("db.book")).unwrap().count(), kept + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn who_reads_while_books_are_switched_sees_one_book_whole() {
    let fixture = Fixture::new().await;
    fixture.store.replace_book(rows(1, 3), at(1)).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for store in [fixture.store.clone(), fixture.other_store().await] {
        let done = Arc::clone(&done);
        readers.spawn(async move {
            let mut seen = 0;
            let mut last = String::new();
            while !done.load(Ordering::Relaxed) {
                let book = whole_book(&store, 2).await;
                seen += usize::from(book != last);
                last = book;
                tokio::task::yield_now().await;
            }
            seen
        });
    }
    for book in 2..40 {
        fixture.store.replace_book(rows(book, 3), at(i64::from(book))).await.unwrap();
        if book % 5 == 0 {
            fixture.store.undo_generation(at(50), Actor::Operator).await.unwrap();
        }
    }
    done.store(true, Ordering::Relaxed);
    for seen in readers.join_all().await {
        assert!(seen > 1, "a reader saw {seen} books");
    }
}

/// A database as the first schema was.
fn first_schema(path: &Path) -> Connection {
    let database = Connection::open(path).unwrap();
    let text = include_str!("../../migrations/0001_the_journey.sql");
    database.execute_batch(text).unwrap();
    let hash = <sha2::Sha256 as sha2::Digest>::digest(text);
    database.execute("insert into migration values (1, 'the journey', ?1)", [hash.as_slice()]).unwrap();
    database.pragma_update(None, "user_version", 1).unwrap();
    database.pragma_update(None, "application_id", 0x5a41_4755).unwrap();
    database
}

#[tokio::test]
async fn the_book_of_the_first_schema_is_taken_over() {
    let directory = tempfile::tempdir().unwrap();
    let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
    let database = first_schema(settings.file().unwrap());
    database
        .execute_batch(
            "insert into policy values
                ('12345678', 'automotores', '1', '0001', '2026-01-01', null, 'in-force', 'PAZ, ANA', 'F',
                    'ana@example.com'),
                ('23456789', 'automotores', '2', '2', null, null, null, '', '', null);
            insert into book_line values ('automotores');
            insert into book values (1, 2, 2, 1790000007000)",
        )
        .unwrap();
    database.close().unwrap();
    assert_eq!(Store::migrate(&settings).await.unwrap(), Migrated { from: 1, to: 6 });
    let store = Store::open(settings).await.unwrap();
    let policies = store.policies_of(ANA).await.unwrap();
    assert_eq!(policies.len(), 1);
    assert_eq!((policies[0].number.as_str(), policies[0].discriminator.as_str()), ("0001", "F"));
    assert_eq!(policies[0].email.as_ref().unwrap().as_str(), "ana@example.com");
    let counts = store.book_counts().await.unwrap();
    assert_eq!((counts.policies, counts.holders, counts.loaded_at), (2, 2, Some(at(7))));
    assert_eq!(store.lines_in_book().await.unwrap(), [LineOfBusiness::Motor]);
    assert_eq!(store.undo_generation(at(8), Actor::Operator).await.unwrap(), None);
}

#[tokio::test]
async fn a_first_schema_without_a_book_has_no_generation() {
    let directory = tempfile::tempdir().unwrap();
    let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
    first_schema(settings.file().unwrap()).close().unwrap();
    Store::migrate(&settings).await.unwrap();
    let store = Store::open(settings).await.unwrap();
    assert_eq!(store.generations().await.unwrap(), []);
    assert_eq!(store.book_counts().await.unwrap().loaded_at, None);
}
