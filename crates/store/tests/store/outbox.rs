//! The outbox: letters are claimed with a lease, and never by two at once.

use crate::fixture::{Fixture, at, letter, letter_id};
use std::collections::BTreeSet;
use tokio::task::JoinSet;
use zaguan_domain::change::Change;
use zaguan_domain::id::LetterId;
use zaguan_domain::letter::{Letter, LetterState};
use zaguan_store::{LetterFilter, OutboxCounts, RetryLetters};

fn queued(number: u8, seconds: i64) -> Change {
    Change::LetterQueued(Letter { queued_at: at(seconds), leaves_at: at(seconds), ..letter(number) })
}

fn settled(number: u8, state: LetterState) -> Change {
    Change::LetterSettled { letter: letter_id(number), state }
}

fn refused() -> LetterState {
    LetterState::Refused { at: at(5), reply: "550 No".to_owned() }
}

async fn claimed(fixture: &Fixture, now: i64, until: i64, limit: u32) -> Vec<(LetterId, u32)> {
    let claimed = fixture.store.claim_letters(at(now), at(until), limit).await.unwrap();
    claimed.into_iter().map(|(letter, attempts)| (letter.id, attempts)).collect()
}

async fn next_due(fixture: &Fixture) -> Option<jiff::Timestamp> {
    fixture.store.next_letter_due().await.unwrap()
}

#[tokio::test]
async fn letters_are_claimed_when_they_are_due_the_longest_due_first() {
    let fixture = Fixture::with(vec![queued(1, 30), queued(2, 10), queued(3, 20), queued(4, 99)]).await;
    assert_eq!(claimed(&fixture, 9, 500, 10).await, []);
    assert_eq!(claimed(&fixture, 30, 500, 2).await, [(letter_id(2), 0), (letter_id(3), 0)]);
    assert_eq!(claimed(&fixture, 30, 500, 10).await, [(letter_id(1), 0)]);
    assert_eq!(claimed(&fixture, 30, 500, 10).await, []);
}

#[tokio::test]
async fn a_claimed_letter_is_whole() {
    let fixture = Fixture::with(vec![queued(1, 0)]).await;
    let claimed = fixture.store.claim_letters(at(0), at(60), 10).await.unwrap();
    let (found, attempts) = &claimed[0];
    assert_eq!((found.id, found.kind, found.document), (letter_id(1), letter(1).kind, letter(1).document));
    assert_eq!((&found.to, found.queued_at, *attempts), (&letter(1).to, at(0), 0));
}

#[tokio::test]
async fn a_letter_whose_lease_is_over_is_claimed_again() {
    let fixture = Fixture::with(vec![queued(1, 0)]).await;
    assert_eq!(claimed(&fixture, 0, 60, 10).await.len(), 1);
    assert_eq!(claimed(&fixture, 59, 120, 10).await, []);
    assert_eq!(claimed(&fixture, 60, 120, 10).await, [(letter_id(1), 0)]);
    assert_eq!(claimed(&fixture, 119, 180, 10).await, []);
}

#[tokio::test]
async fn a_letter_put_off_loses_its_lease_and_comes_again_with_its_attempts() {
    let fixture = Fixture::with(vec![queued(1, 0)]).await;
    claimed(&fixture, 0, 1000, 10).await;
    let later = LetterState::Waiting { attempts: 1, next_at: at(15), reply: Some("450 Later".to_owned()) };
    fixture.commits(vec![settled(1, later)]).await;
    assert_eq!(claimed(&fixture, 14, 1000, 10).await, []);
    assert_eq!(claimed(&fixture, 15, 1000, 10).await, [(letter_id(1), 1)]);
}

#[tokio::test]
async fn a_settled_letter_is_not_claimed() {
    let fixture = Fixture::with(vec![queued(1, 0), queued(2, 0), queued(3, 0)]).await;
    let accepted =
        LetterState::Accepted { at: at(1), server: "mx.example.com".to_owned(), reply: "250 Ok".to_owned() };
    fixture
        .commits(vec![
            settled(1, accepted),
            settled(2, refused()),
            settled(3, LetterState::Dropped { at: at(1) }),
        ])
        .await;
    assert_eq!(claimed(&fixture, 9999, 99999, 10).await, []);
    assert_eq!(next_due(&fixture).await, None);
}

#[tokio::test]
async fn the_next_due_is_the_next_attempt_or_the_end_of_a_lease() {
    let fixture = Fixture::new().await;
    assert_eq!(next_due(&fixture).await, None);
    fixture.commits(vec![queued(1, 30), queued(2, 10)]).await;
    assert_eq!(next_due(&fixture).await, Some(at(10)));
    claimed(&fixture, 10, 70, 10).await;
    assert_eq!(next_due(&fixture).await, Some(at(30)));
    claimed(&fixture, 30, 90, 10).await;
    assert_eq!(next_due(&fixture).await, Some(at(70)));
    let later = LetterState::Waiting { attempts: 1, next_at: at(45), reply: None };
    fixture.commits(vec![settled(1, later)]).await;
    assert_eq!(next_due(&fixture).await, Some(at(45)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_claim_never_share_a_letter() {
    let letters = (1..=200).map(|number| queued(number, 0)).collect();
    let fixture = Fixture::with(letters).await;
    let stores = [fixture.store.clone(), fixture.other_store().await];
    let mut postmen = JoinSet::new();
    for number in 0..8 {
        let store = stores[number % 2].clone();
        postmen.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store.claim_letters(at(1), at(60), 7).await.unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed.into_iter().map(|(letter, _)| letter.id));
            }
        });
    }
    let all = postmen.join_all().await.concat();
    assert_eq!(all.len(), 200);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 200);
}

#[tokio::test]
async fn a_claimed_letter_is_put_back_by_whoever_still_has_it_and_is_not_due_before_its_time() {
    let fixture = Fixture::with((1..=3).map(|number| queued(number, 0)).collect()).await;
    assert_eq!(claimed(&fixture, 0, 120, 10).await.len(), 3);
    let put_back = async |number, lease_until, due| {
        fixture.store.put_letter_back(letter_id(number), at(lease_until), at(due)).await.unwrap();
    };
    put_back(1, 120, 5).await;
    put_back(2, 120, 60).await;
    // Its lease was over, and somebody else has it.
    put_back(3, 110, 5).await;
    assert_eq!(claimed(&fixture, 5, 130, 10).await, [(letter_id(1), 0)]);
    assert_eq!(claimed(&fixture, 60, 190, 10).await, [(letter_id(2), 0)]);
    fixture.commits(vec![settled(1, refused())]).await;
    put_back(1, 130, 5).await;
    assert_eq!(claimed(&fixture, 119, 500, 10).await, []);
    assert_eq!(claimed(&fixture, 120, 500, 10).await, [(letter_id(3), 0)]);
    put_back(3, 500, -9).await;
    assert_eq!(fixture.store.next_letter_due().await.unwrap(), Some(at(0)), "not before it was written");
}

#[tokio::test]
async fn all_refused_letters_are_tried_again_as_if_they_were_new() {
    let fixture = Fixture::with((1..=4).map(|number| queued(number, 0)).collect()).await;
    let put_off = LetterState::Waiting { attempts: 5, next_at: at(900), reply: None };
    fixture
        .commits(vec![
            settled(1, put_off.clone()),
            settled(2, put_off),
            settled(2, refused()),
            settled(3, refused()),
            settled(4, LetterState::Dropped { at: at(5) }),
        ])
        .await;
    let count = fixture.store.retry_letters(RetryLetters::AllRefused, at(100)).await.unwrap();
    assert_eq!(count, 2);
    assert_eq!(fixture.store.letters(LetterFilter::Refused, 10).await.unwrap().len(), 0);
    assert_eq!(fixture.store.letters(LetterFilter::Dropped, 10).await.unwrap().len(), 1);
    assert_eq!(claimed(&fixture, 99, 500, 10).await, []);
    assert_eq!(claimed(&fixture, 100, 500, 10).await, [(letter_id(2), 0), (letter_id(3), 0)]);
}

#[tokio::test]
async fn one_letter_is_tried_again_when_it_was_refused_or_waits_and_nobody_is_at_it() {
    let fixture = Fixture::with((1..=5).map(|number| queued(number, 0)).collect()).await;
    fixture
        .commits(vec![
            settled(1, refused()),
            settled(2, refused()),
            settled(3, LetterState::Waiting { attempts: 5, next_at: at(900), reply: None }),
            settled(4, LetterState::Dropped { at: at(5) }),
        ])
        .await;
    assert_eq!(claimed(&fixture, 0, 500, 10).await, [(letter_id(5), 0)]);
    for (number, expected) in [(1, 1), (3, 1), (4, 0), (5, 0), (6, 0)] {
        let retried = fixture.store.retry_letters(RetryLetters::One(letter_id(number)), at(100)).await;
        assert_eq!(retried.unwrap(), expected, "{number}");
    }
    assert_eq!(claimed(&fixture, 100, 600, 10).await, [(letter_id(1), 0), (letter_id(3), 0)]);
    assert_eq!(fixture.store.letters(LetterFilter::Refused, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_outbox_counts_what_waits_and_what_was_refused_and_since_when() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.store.outbox_counts().await.unwrap(), OutboxCounts::default());
    fixture.commits((1..=6).map(|number| queued(number, i64::from(number) * 10)).collect()).await;
    let put_off = LetterState::Waiting { attempts: 5, next_at: at(900), reply: None };
    let accepted = LetterState::Accepted { at: at(5), server: String::new(), reply: String::new() };
    fixture
        .commits(vec![
            settled(1, accepted),
            settled(2, refused()),
            settled(3, put_off),
            settled(4, LetterState::Dropped { at: at(5) }),
        ])
        .await;
    let expected = OutboxCounts { waiting: 3, refused: 1, oldest_waiting: Some(at(30)) };
    assert_eq!(fixture.store.outbox_counts().await.unwrap(), expected);
}
