//! Letters: queued with what they tell, settled once, listed, and found by their flow.

use crate::fixture::{
    BEA, Fixture, account, account_id, at, begun, browser, email, flow, flow_id, key, key_id, letter,
    letter_id,
};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::id::LetterId;
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_domain::mailbox::Cause;
use zaguan_store::LetterFilter;

fn same(one: &Letter, other: &Letter) {
    assert_eq!(one.id, other.id);
    assert_eq!(one.kind, other.kind);
    assert_eq!(one.flow, other.flow);
    assert_eq!(one.key, other.key);
    assert_eq!(one.account, other.account);
    assert_eq!(one.document, other.document);
    assert_eq!(one.to, other.to);
    assert_eq!(one.cause, other.cause);
    assert_eq!(one.browser, other.browser);
    assert_eq!(one.queued_at, other.queued_at);
    assert_eq!(one.leaves_at, other.leaves_at);
}

fn settled(number: u8, state: LetterState) -> Change {
    Change::LetterSettled { letter: letter_id(number), state }
}

fn accepted() -> LetterState {
    LetterState::Accepted {
        at: at(9),
        server: "mx.example.com".to_owned(),
        reply: "250 2.0.0 Ok: «ñ» \u{1f431}".to_owned(),
    }
}

async fn listed(fixture: &Fixture, filter: LetterFilter) -> Vec<(Letter, LetterState)> {
    fixture.store.letters(filter, 100).await.unwrap()
}

fn names(letters: &[(Letter, LetterState)]) -> Vec<LetterId> {
    letters.iter().map(|(letter, _)| letter.id).collect()
}

#[tokio::test]
async fn letters_come_back_whole_and_wait() {
    let full = Letter {
        kind: LetterKind::RegistrationKey,
        flow: Some(flow_id(1)),
        key: Some(key_id(1)),
        account: Some(account_id(1)),
        document: BEA,
        to: email("O'Higgins+x@example.com.ar"),
        cause: Cause::Holder,
        browser: Some(BrowserKind::from_stored("chrome/android")),
        queued_at: at(77),
        leaves_at: at(99),
        ..letter(1)
    };
    let bare = letter(2);
    let fixture = Fixture::with(vec![
        Change::AccountOpened(account(1, BEA)),
        Change::KeyIssued(key(1)),
        begun(flow(1, 1)),
        Change::LetterQueued(full.clone()),
        Change::LetterQueued(bare.clone()),
    ])
    .await;
    let found = listed(&fixture, LetterFilter::All).await;
    assert_eq!(names(&found), [letter_id(2), letter_id(1)]);
    for ((found, state), expected) in found.iter().zip([bare, full]) {
        same(found, &expected);
        let waiting = LetterState::Waiting { attempts: 0, next_at: expected.leaves_at, reply: None };
        assert_eq!(*state, waiting);
    }
}

#[tokio::test]
async fn every_kind_of_letter_comes_back() {
    let numbered = LetterKind::ALL.into_iter().zip(1..);
    let changes =
        numbered.map(|(kind, number)| Change::LetterQueued(Letter { kind, ..letter(number) })).collect();
    let found = listed(&Fixture::with(changes).await, LetterFilter::All).await;
    let mut kinds: Vec<_> = found.iter().map(|(letter, _)| letter.kind).collect();
    kinds.reverse();
    assert_eq!(kinds, LetterKind::ALL);
}

#[tokio::test]
async fn an_identifier_names_one_letter() {
    let fixture = Fixture::with(vec![Change::LetterQueued(letter(1))]).await;
    fixture.conflicts(Change::LetterQueued(Letter { document: BEA, ..letter(1) })).await;
    same(&listed(&fixture, LetterFilter::All).await[0].0, &letter(1));
}

#[tokio::test]
async fn what_became_of_a_letter_comes_back_whole() {
    let states = [
        LetterState::Waiting { attempts: 3, next_at: at(60), reply: Some("450 4.2.0 Greylisted".to_owned()) },
        LetterState::Waiting { attempts: u32::MAX, next_at: at(60), reply: None },
        accepted(),
        LetterState::Accepted { at: at(8), server: String::new(), reply: String::new() },
        LetterState::Refused { at: at(7), reply: "550 5.1.1 User unknown".to_owned() },
        LetterState::Refused { at: at(7), reply: String::new() },
        LetterState::Dropped { at: at(6) },
    ];
    for state in states {
        let fixture = Fixture::with(vec![Change::LetterQueued(letter(1))]).await;
        fixture.commits(vec![settled(1, state.clone())]).await;
        let found = listed(&fixture, LetterFilter::All).await;
        assert_eq!(found[0].1, state);
        same(&found[0].0, &letter(1));
    }
}

#[tokio::test]
async fn a_letter_is_settled_for_good_once() {
    let ends = [
        accepted(),
        LetterState::Refused { at: at(7), reply: String::new() },
        LetterState::Dropped { at: at(6) },
    ];
    for end in ends {
        let fixture = Fixture::with(vec![Change::LetterQueued(letter(1))]).await;
        let again = LetterState::Waiting { attempts: 1, next_at: at(1), reply: None };
        fixture.commits(vec![settled(1, again.clone()), settled(1, end.clone())]).await;
        fixture.conflicts(settled(1, accepted())).await;
        fixture.conflicts(settled(1, again)).await;
        assert_eq!(listed(&fixture, LetterFilter::All).await[0].1, end);
    }
}

#[tokio::test]
async fn a_letter_that_is_not_there_is_not_settled() {
    let fixture = Fixture::with(vec![Change::LetterQueued(letter(1))]).await;
    fixture.conflicts(settled(2, accepted())).await;
    assert_eq!(listed(&fixture, LetterFilter::Waiting).await.len(), 1);
}

#[tokio::test]
async fn letters_are_listed_by_what_became_of_them_the_newest_first() {
    let fixture = Fixture::with((1..=6).map(|number| Change::LetterQueued(letter(number))).collect()).await;
    fixture
        .commits(vec![
            settled(1, accepted()),
            settled(4, accepted()),
            settled(2, LetterState::Refused { at: at(7), reply: String::new() }),
            settled(3, LetterState::Dropped { at: at(6) }),
        ])
        .await;
    let expected = [
        (LetterFilter::All, vec![6, 5, 4, 3, 2, 1]),
        (LetterFilter::Waiting, vec![6, 5]),
        (LetterFilter::Accepted, vec![4, 1]),
        (LetterFilter::Refused, vec![2]),
        (LetterFilter::Dropped, vec![3]),
    ];
    for (filter, expected) in expected {
        let expected: Vec<_> = expected.into_iter().map(letter_id).collect();
        assert_eq!(names(&listed(&fixture, filter).await), expected, "{filter:?}");
    }
    let two = fixture.store.letters(LetterFilter::All, 2).await.unwrap();
    assert_eq!(names(&two), [letter_id(6), letter_id(5)]);
    assert_eq!(names(&fixture.store.letters(LetterFilter::Accepted, 1).await.unwrap()), [letter_id(4)]);
}

#[tokio::test]
async fn a_flow_tells_of_the_latest_letter_of_its_key_whoever_asked_for_it() {
    let of_key = |number, key: u8, queued_at| Letter {
        kind: LetterKind::RegistrationKey,
        key: Some(key_id(key)),
        queued_at: at(queued_at),
        ..letter(number)
    };
    let fixture = Fixture::with(vec![
        Change::KeyIssued(key(1)),
        Change::KeyIssued(key(2)),
        begun(Flow { key: Some(key_id(1)), ..flow(1, 1) }),
        begun(flow(2, 2)),
        Change::LetterQueued(of_key(3, 1, 10)),
        Change::LetterQueued(of_key(2, 1, 20)),
        Change::LetterQueued(of_key(4, 2, 30)),
        Change::LetterQueued(letter(5)),
    ])
    .await;
    fixture.commits(vec![settled(2, accepted())]).await;
    let flow = fixture.store.flow_of(&browser(1), Purpose::Register).await.unwrap().unwrap();
    let (found, state) = fixture.store.letter_of_flow(&flow).await.unwrap().unwrap();
    assert_eq!((found.id, state), (letter_id(2), accepted()));
    let without = fixture.store.flow_of(&browser(2), Purpose::Register).await.unwrap().unwrap();
    assert!(fixture.store.letter_of_flow(&without).await.unwrap().is_none());
}

#[tokio::test]
async fn a_letter_outlives_the_flow_that_asked_for_it() {
    let asked = Letter { flow: Some(flow_id(1)), ..letter(1) };
    let fixture = Fixture::with(vec![begun(flow(1, 1)), Change::LetterQueued(asked)]).await;
    fixture.commits(vec![Change::FlowBegun { flow: flow(2, 1), replaces: Some(flow_id(1)) }]).await;
    same(&listed(&fixture, LetterFilter::Waiting).await[0].0, &letter(1));
}
