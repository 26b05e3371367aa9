//! The writer groups what waits, and another process that writes is waited for, but not for ever.

use crate::fixture::{Fixture, at, letter};
use std::time::{Duration, Instant};
use zaguan_domain::change::Change;
use zaguan_store::{CommitError, LetterFilter, StoreFault};

fn letters(count: u8) -> Vec<Change> {
    (1..=count).map(|number| Change::LetterQueued(letter(number))).collect()
}

#[tokio::test]
async fn what_waits_is_written_in_few_transactions() {
    let fixture = Fixture::new().await;
    let before = fixture.store.metrics();
    assert_eq!((before.commits, before.batches), (0, 0));
    let held = fixture.other_program().hold();
    let callers = fixture.commits_at_once(letters(200)).await;
    held.let_go();
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    let metrics = fixture.store.metrics();
    assert_eq!(metrics.commits, 200);
    assert_eq!(metrics.batches, 4, "64, 64, 64 and 8");
}

#[tokio::test]
async fn one_after_the_other_they_get_a_transaction_each() {
    let fixture = Fixture::new().await;
    for number in 1..=5 {
        fixture.commits(vec![Change::LetterQueued(letter(number))]).await;
    }
    let metrics = fixture.store.metrics();
    assert_eq!((metrics.commits, metrics.batches), (5, 5));
    fixture.conflicts(Change::LetterQueued(letter(1))).await;
    assert_eq!(fixture.store.metrics(), metrics);
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for_and_reading_goes_on_meanwhile() {
    let fixture = Fixture::new().await;
    let held = fixture.other_program().hold();
    let callers = fixture.commits_at_once(letters(3)).await;
    assert_eq!(fixture.store.letters(LetterFilter::All, 10).await.unwrap().len(), 0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    fixture.store.ping().await.unwrap();
    held.let_go();
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(fixture.store.letters(LetterFilter::All, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_process_that_never_lets_go_is_a_fault_for_all_who_wait_and_nothing_hangs() {
    let fixture = Fixture::new().await;
    let held = fixture.other_program().hold();
    let began = Instant::now();
    let callers = fixture.commits_at_once(letters(100)).await;
    let answers = callers.join_all().await;
    assert!(began.elapsed() < Duration::from_secs(20), "they do not wait one after the other");
    assert_eq!(answers.len(), 100);
    let is_busy =
        |answer: &Result<(), CommitError>| matches!(answer, Err(CommitError::Fault(StoreFault::Busy)));
    assert!(answers.iter().all(is_busy), "{answers:?}");
    held.let_go();
    fixture.commits(vec![Change::LetterQueued(letter(1))]).await;
    assert_eq!(fixture.store.claim_letters(at(0), at(60), 10).await.unwrap().len(), 1);
}
