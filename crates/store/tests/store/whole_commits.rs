//! A commit is whole or not there at all.

use crate::fixture::{
    ANA, BEA, Fixture, account, account_id, at, begun, browser, flow, holder, key, key_id, letter, letter_id,
    password, session,
};
use zaguan_domain::change::Change;
use zaguan_domain::flow::Purpose;
use zaguan_domain::letter::Letter;
use zaguan_store::{CommitError, LetterFilter, StoreFault};

/// What setting a password for the first time writes.
fn password_set(key: u8, account_number: u8) -> Vec<Change> {
    vec![
        Change::KeySpent { key: key_id(key), at: at(5) },
        Change::AccountOpened(account(account_number, ANA)),
        Change::HolderKeysKilled { holder: holder(ANA, ""), at: at(5) },
        Change::AccountSessionsEnded { account: account_id(account_number) },
        Change::LetterQueued(Letter { account: Some(account_id(account_number)), ..letter(account_number) }),
    ]
}

#[tokio::test]
async fn all_changes_of_a_commit_are_there() {
    let fixture = Fixture::with(vec![Change::KeyIssued(key(1)), Change::KeyIssued(key(2))]).await;
    fixture.commits(password_set(1, 1)).await;
    assert_eq!(fixture.key(1).await.spent_at, Some(at(5)));
    assert_eq!(fixture.key(2).await.killed_at, Some(at(5)));
    assert_eq!(fixture.store.accounts_of(ANA).await.unwrap().len(), 1);
    assert_eq!(fixture.store.letters(LetterFilter::Waiting, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn whichever_change_conflicts_none_is_written() {
    let last = || Change::LetterQueued(letter(1));
    for place in 0..=5 {
        let fixture = Fixture::with(vec![Change::KeyIssued(key(1)), last()]).await;
        let mut changes = password_set(1, 2);
        changes.insert(place, last());
        let refused = fixture.store.commit(changes).await;
        assert!(matches!(refused, Err(CommitError::Conflict)), "{place}");
        assert_eq!(fixture.key(1).await.spent_at, None, "{place}");
        assert_eq!(fixture.key(1).await.killed_at, None, "{place}");
        assert!(fixture.store.accounts_of(ANA).await.unwrap().is_empty(), "{place}");
        assert_eq!(fixture.store.letters(LetterFilter::All, 10).await.unwrap().len(), 1, "{place}");
        fixture.commits(password_set(1, 2)).await;
    }
}

#[tokio::test]
async fn a_fault_leaves_nothing_written_and_the_store_going_on() {
    let fixture = Fixture::new().await;
    let nobody = Letter { account: Some(account_id(9)), ..letter(2) };
    let changes = vec![begun(flow(1, 1)), Change::LetterQueued(letter(1)), Change::LetterQueued(nobody)];
    let refused = fixture.store.commit(changes).await;
    let is_the_databases = |fault: &StoreFault| {
        matches!(fault, StoreFault::Database(_)) || matches!(fault, StoreFault::Server { .. })
    };
    assert!(matches!(&refused, Err(CommitError::Fault(fault)) if is_the_databases(fault)), "{refused:?}");
    assert!(fixture.store.flow_of(&browser(1), Purpose::Register).await.unwrap().is_none());
    assert!(fixture.store.letters(LetterFilter::All, 10).await.unwrap().is_empty());
    fixture.commits(vec![Change::LetterQueued(letter(1))]).await;
}

#[tokio::test]
async fn a_conflict_is_one_wherever_it_stands_among_changes_that_read_and_those_that_write() {
    let recorded = || Change::Recorded(crate::audit::record(1));
    let spent = || Change::KeySpent { key: key_id(9), at: at(1) };
    let queued = |number| Change::LetterQueued(letter(number));
    let fixture = Fixture::new().await;
    for changes in [
        vec![spent(), recorded(), queued(1)],
        vec![recorded(), spent(), recorded()],
        vec![queued(1), recorded(), spent()],
        vec![recorded(), queued(1), spent(), recorded(), queued(2)],
        // What comes after would be refused for want of what the guard was about.
        vec![spent(), Change::LetterQueued(Letter { account: Some(account_id(9)), ..letter(3) })],
        vec![spent(), Change::LetterQueued(Letter { account: Some(account_id(9)), ..letter(3) }), recorded()],
    ] {
        let refused = fixture.store.commit(changes.clone()).await;
        assert!(matches!(refused, Err(CommitError::Conflict)), "{changes:?}: {refused:?}");
        fixture.commits(vec![recorded()]).await;
    }
    assert!(fixture.store.letters(LetterFilter::All, 10).await.unwrap().is_empty());
    let verified = fixture.store.verify_audit(None).await.unwrap();
    assert_eq!((verified.records, verified.faults), (6, Vec::new()));
}

#[tokio::test]
async fn a_change_sees_those_before_it_in_its_commit() {
    let fixture = Fixture::new().await;
    let opened = Change::SessionOpened { session: session(1, 1), seen_password: password("two") };
    fixture
        .commits(vec![
            Change::AccountOpened(account(1, BEA)),
            Change::PasswordSet { account: account_id(1), password: password("two"), at: at(1) },
            opened,
        ])
        .await;
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_commit_of_nothing_is_done_at_once() {
    let fixture = Fixture::new().await;
    let before = fixture.store.metrics();
    fixture.commits(Vec::new()).await;
    assert_eq!(fixture.store.metrics(), before);
}

#[tokio::test]
async fn a_conflict_of_one_caller_does_not_touch_those_who_share_the_transaction() {
    let fixture = Fixture::with(vec![Change::LetterQueued(letter(1))]).await;
    let good = |number| fixture.store.commit(vec![Change::LetterQueued(letter(number))]);
    let bad =
        || fixture.store.commit(vec![Change::LetterQueued(letter(100)), Change::LetterQueued(letter(1))]);
    let done = tokio::join!(good(2), bad(), good(3), bad(), good(4));
    assert!(done.0.is_ok() && done.2.is_ok() && done.4.is_ok());
    assert!(matches!(done.1, Err(CommitError::Conflict)));
    assert!(matches!(done.3, Err(CommitError::Conflict)));
    let names: Vec<_> = fixture
        .store
        .letters(LetterFilter::All, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|(letter, _)| letter.id)
        .collect();
    assert_eq!(names, [letter_id(4), letter_id(3), letter_id(2), letter_id(1)]);
}
