//! Held keys and letters that somebody disowned: who may let go, once, and what that makes due.

use crate::fixture::*;
use zaguan_domain::change::Change;
use zaguan_domain::flow::Flow;
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_store::CommitError;

fn letter_of_key(number: u8) -> Letter {
    Letter { flow: None, key: Some(key_id(1)), kind: LetterKind::RegistrationKey, ..letter(number) }
}

fn held(until: i64) -> Vec<Change> {
    let key = Key { held_until: Some(at(until)), ..key(1) };
    let flow = Flow { held_until: Some(at(until)), key: Some(key_id(1)), ..flow(1, 1) };
    let told = Letter { kind: LetterKind::RegistrationHeld, ..letter_of_key(2) };
    vec![
        Change::KeyIssued(key),
        begun(flow),
        Change::LetterQueued(Letter { leaves_at: at(until), ..letter_of_key(1) }),
        Change::LetterQueued(told),
    ]
}

fn released(now: i64) -> Change {
    Change::HoldReleased { key: key_id(1), at: at(now) }
}

#[tokio::test]
async fn the_letter_of_a_held_key_is_due_when_the_wait_is_over_and_the_one_that_tells_of_it_at_once() {
    let fixture = Fixture::with(held(100)).await;
    let claimed = fixture.store.claim_letters(at(50), at(60), 9).await.unwrap();
    assert_eq!(claimed.iter().map(|(letter, _)| letter.id).collect::<Vec<_>>(), [letter_id(2)]);
    let claimed = fixture.store.claim_letters(at(100), at(200), 9).await.unwrap();
    assert!(claimed.iter().any(|(letter, _)| letter.id == letter_id(1)));
}

#[tokio::test]
async fn a_key_that_is_let_go_makes_its_letter_due_and_its_page_say_so_once() {
    let fixture = Fixture::with(held(100)).await;
    fixture.commits(vec![released(50)]).await;
    let claimed = fixture.store.claim_letters(at(50), at(60), 9).await.unwrap();
    assert_eq!(claimed.len(), 2);
    let key = fixture.store.key(key_id(1)).await.unwrap().unwrap();
    let flow = fixture.store.flow_of(&browser(1), zaguan_domain::flow::Purpose::Register).await.unwrap();
    assert_eq!((key.held_until, flow.unwrap().held_until), (Some(at(50)), Some(at(50))));
    for late in [50, 60, 200] {
        assert!(matches!(fixture.store.commit(vec![released(late)]).await, Err(CommitError::Conflict)));
    }
}

#[tokio::test]
async fn a_key_that_waits_longer_makes_its_letter_due_then_and_its_page_say_so_unless_it_has_left() {
    let fixture = Fixture::with(held(100)).await;
    let prolonged = |until: i64| Change::HoldProlonged { key: key_id(1), until: at(until) };
    fixture.commits(vec![prolonged(200)]).await;
    assert!(matches!(fixture.store.commit(vec![prolonged(150)]).await, Err(CommitError::Conflict)));
    assert_eq!(fixture.store.claim_letters(at(199), at(200), 9).await.unwrap().len(), 1, "the notice");
    let flow = fixture.store.flow_of(&browser(1), zaguan_domain::flow::Purpose::Register).await.unwrap();
    assert_eq!((fixture.key(1).await.held_until, flow.unwrap().held_until), (Some(at(200)), Some(at(200))));
    let state = LetterState::Accepted { at: at(200), server: String::new(), reply: String::new() };
    fixture.commits(vec![Change::LetterSettled { letter: letter_id(1), state }]).await;
    assert!(matches!(fixture.store.commit(vec![prolonged(300)]).await, Err(CommitError::Conflict)));
    assert_eq!(fixture.key(1).await.held_until, Some(at(200)), "what has left is not called back");
}

#[tokio::test]
async fn a_key_that_was_stopped_or_spent_is_not_let_go() {
    let (key, at_once) = (key_id(1), at(10));
    for over in [Change::KeyKilled { key, at: at_once }, Change::KeySpent { key, at: at_once }] {
        let fixture = Fixture::with(held(100)).await;
        fixture.commits(vec![over]).await;
        assert!(matches!(fixture.store.commit(vec![released(20)]).await, Err(CommitError::Conflict)));
        assert_eq!(fixture.key(1).await.held_until, Some(at(100)));
    }
}

#[tokio::test]
async fn a_letter_is_disowned_once_and_bars_its_mailbox_for_a_day_if_it_brought_a_key() {
    let fixture = Fixture::with(held(100)).await;
    let disowned = |number: u8| Change::LetterDisowned { letter: letter_id(number), at: at(10) };
    fixture.commits(vec![disowned(1)]).await;
    fixture.commits(vec![disowned(2)]).await;
    for again in [1, 2] {
        assert!(matches!(fixture.store.commit(vec![disowned(again)]).await, Err(CommitError::Conflict)));
    }
    let barred = async |seconds: i64| {
        let wish = Flow { asked_at: at(seconds), ..flow(1, 1) };
        fixture.store.resolve_facts(&wish).await.unwrap().barred
    };
    assert_eq!(barred(20).await, [letter(1).to.mailbox()]);
    assert_eq!(barred(10 + 24 * 3600).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_tells_of_a_key_is_not_taken_for_its_letter() {
    let fixture = Fixture::with(held(100)).await;
    let flow = fixture.store.flow_of(&browser(1), zaguan_domain::flow::Purpose::Register).await.unwrap();
    let (letter, _) = fixture.store.letter_of_flow(&flow.unwrap()).await.unwrap().unwrap();
    assert_eq!(letter.id, letter_id(1));
}

#[tokio::test]
async fn a_locked_account_says_since_when_until_it_gets_a_new_password() {
    let fixture = Fixture::with(vec![Change::AccountOpened(account(1, ANA))]).await;
    fixture.commits(vec![Change::AccountLocked { account: account_id(1), at: at(5) }]).await;
    let stored = fixture.store.account(account_id(1)).await.unwrap().unwrap();
    assert_eq!(stored.locked_at, Some(at(5)));
    let new = Change::PasswordSet { account: account_id(1), password: password("two"), at: at(9) };
    fixture.commits(vec![new]).await;
    assert_eq!(fixture.store.account(account_id(1)).await.unwrap().unwrap().locked_at, None);
    let nobody = Change::AccountLocked { account: account_id(9), at: at(5) };
    assert!(matches!(fixture.store.commit(vec![nobody]).await, Err(CommitError::Conflict)));
}
