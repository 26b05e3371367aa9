//! What was answered is there, whatever happens to the process.

use crate::fixture::{ANA, Fixture, account, account_id, at, book_row, browser, letter, password, session};
use std::fs;
use tokio::task::JoinSet;
use zaguan_domain::change::Change;
use zaguan_domain::letter::Letter;
use zaguan_domain::line::LineOfBusiness;
use zaguan_store::{CommitError, LetterFilter, Store, StoreFault, StoreSettings};

fn signed_in() -> Vec<Change> {
    vec![
        Change::AccountOpened(account(1, ANA)),
        Change::SessionOpened { session: session(1, 1), seen_password: password("one") },
    ]
}

#[tokio::test]
async fn what_was_committed_is_there_after_closing_and_opening() {
    let fixture = Fixture::with(signed_in()).await;
    fixture.store.clone().close().await;
    let reopened = fixture.other_store().await;
    let (_, account) = reopened.session(&browser(1)).await.unwrap().unwrap();
    assert_eq!((account.id, account.opened_at), (account_id(1), at(0)));
}

#[tokio::test]
async fn closing_copies_the_log_into_the_database() {
    let fixture = Fixture::with(signed_in()).await;
    // A connection that goes on reading keeps SQLite from doing it by itself.
    fixture.store.ping().await.unwrap();
    let log = fixture.path().with_extension("db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    fixture.store.clone().close().await;
    assert_eq!(fs::metadata(&log).map_or(0, |log| log.len()), 0);
}

#[tokio::test]
async fn what_is_written_is_copied_from_the_log_into_the_database_while_the_store_is_open() {
    let fixture = Fixture::new().await;
    fixture.commits(vec![Change::LetterQueued(letter(1))]).await;
    let copies = tempfile::tempdir().unwrap();
    let is_in_the_database = || {
        let copy = copies.path().join("copy.db");
        fs::copy(fixture.path(), &copy).unwrap();
        let alone = rusqlite::Connection::open(&copy).unwrap();
        alone.query_row("select count(*) from letter", [], |row| row.get::<_, u32>(0)) == Ok(1)
    };
    let begun = std::time::Instant::now();
    while !is_in_the_database() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "nobody copies");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_was_answered_is_on_the_disk_when_the_process_is_killed_then() {
    let fixture = Fixture::new().await;
    let copies = tempfile::tempdir().unwrap();
    for number in 1..=20 {
        fixture.commits(vec![Change::LetterQueued(letter(number))]).await;
        // What a process that is killed now leaves behind: its files, and nothing that it still had in mind.
        let copy = copies.path().join(format!("{number}.db"));
        fs::copy(fixture.path(), &copy).unwrap();
        fs::copy(fixture.path().with_extension("db-wal"), copy.with_extension("db-wal")).unwrap();
        let left = Store::open(StoreSettings::sqlite(copy)).await.unwrap();
        let letters = left.letters(LetterFilter::Waiting, 100).await.unwrap();
        assert_eq!(letters.len(), usize::from(number));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_dropped_in_full_work_leaves_whole_commits_only() {
    let fixture = Fixture::new().await;
    let store = fixture.other_store().await;
    let mut callers = JoinSet::new();
    for number in 1..=100 {
        let store = store.clone();
        callers.spawn(async move {
            let pair = [number, number + 100].map(|number| {
                Change::LetterQueued(Letter {
                    queued_at: at(i64::from(number)),
                    leaves_at: at(i64::from(number)),
                    ..letter(number)
                })
            });
            store.commit(pair.to_vec()).await
        });
    }
    let first = callers.join_next().await.unwrap().unwrap();
    callers.abort_all();
    drop(store);
    while callers.join_next().await.is_some() {}
    first.unwrap();
    let letters = fixture.store.letters(LetterFilter::All, 1000).await.unwrap();
    assert!(!letters.is_empty());
    let is_there = |number: u8| letters.iter().any(|(found, _)| found.id == letter(number).id);
    for number in 1..=100 {
        assert_eq!(is_there(number), is_there(number + 100), "{number}");
    }
}

#[tokio::test]
async fn closing_writes_what_waits_and_refuses_what_comes_later() {
    let fixture = Fixture::new().await;
    let letters = (1..=100).map(|number| Change::LetterQueued(letter(number))).collect();
    let waiting = fixture.commits_at_once(letters).await;
    fixture.store.clone().close().await;
    assert!(waiting.join_all().await.iter().all(Result::is_ok));
    let late = fixture.store.commit(vec![Change::LetterQueued(letter(101))]).await;
    assert!(matches!(late, Err(CommitError::Fault(StoreFault::Closed))));
    assert!(matches!(fixture.store.ping().await, Err(StoreFault::Closed)));
    fixture.store.clone().close().await;
    assert_eq!(fixture.store.letters(LetterFilter::Waiting, 1000).await.unwrap().len(), 100);
}

#[tokio::test]
async fn an_open_store_answers_a_ping() {
    let fixture = Fixture::new().await;
    fixture.store.ping().await.unwrap();
    let rows = vec![book_row(ANA, LineOfBusiness::Motor, "1234")];
    fixture.store.replace_book(rows.into_iter(), at(0)).await.unwrap();
    fixture.store.ping().await.unwrap();
}
