//! Temporary keys: issued, sent, tried, spent once, killed.

use crate::fixture::{
    ANA, BEA, Fixture, account, account_id, at, browser, email, holder, hours, key, key_id,
};
use zaguan_domain::change::Change;
use zaguan_domain::flow::Purpose;
use zaguan_domain::id::KeyId;
use zaguan_domain::key::{Key, Typist};

fn same(one: &Key, other: &Key) {
    assert_eq!(one.id, other.id);
    assert_eq!(one.nonce, other.nonce);
    assert_eq!(one.secret, other.secret);
    assert_eq!(one.purpose, other.purpose);
    assert_eq!(one.holder, other.holder);
    assert_eq!(one.account, other.account);
    assert_eq!(one.email, other.email);
    assert_eq!(one.browser, other.browser);
    assert_eq!(one.issued_at, other.issued_at);
    assert_eq!(one.expires_at, other.expires_at);
    assert_eq!((one.own_tries, one.other_tries), (other.own_tries, other.other_tries));
    assert_eq!(one.spent_at, other.spent_at);
    assert_eq!(one.killed_at, other.killed_at);
}

fn spent(number: u8, seconds: i64) -> Change {
    Change::KeySpent { key: key_id(number), at: at(seconds) }
}

fn killed(number: u8, seconds: i64) -> Change {
    Change::KeyKilled { key: key_id(number), at: at(seconds) }
}

fn sent(number: u8, expires_at: i64) -> Change {
    Change::KeySent { key: key_id(number), expires_at: at(expires_at) }
}

fn tried(number: u8, typist: Typist, seen: u8) -> Change {
    Change::KeyTried { key: key_id(number), typist, seen }
}

fn confirmed(number: u8, typist: Typist, seen: u8) -> Change {
    Change::KeyConfirmed { key: key_id(number), typist, seen }
}

/// Four keys: one lives, one is spent, one is killed, and one lives for somebody else.
async fn four_keys() -> Fixture {
    let fixture = Fixture::with((1..=4).map(|number| Change::KeyIssued(key(number))).collect()).await;
    fixture.commits(vec![spent(2, 1), killed(3, 1)]).await;
    fixture
}

#[tokio::test]
async fn keys_come_back_whole() {
    let full = Key {
        nonce: [0xff; 16],
        secret: u32::MAX,
        purpose: Purpose::Recover,
        holder: holder(BEA, "Ñ «女» \u{1f431}"),
        account: Some(account_id(1)),
        email: Some(email("O'Higgins+x@example.com.ar")),
        expires_at: Some(at(1)),
        own_tries: 255,
        other_tries: 3,
        spent_at: Some(at(2)),
        killed_at: Some(at(3)),
        ..key(1)
    };
    let decoy = Key { nonce: [0; 16], secret: 0, email: None, ..key(2) };
    let changes = vec![
        Change::AccountOpened(account(1, BEA)),
        Change::KeyIssued(full.clone()),
        Change::KeyIssued(decoy.clone()),
    ];
    let fixture = Fixture::with(changes).await;
    same(&fixture.key(1).await, &full);
    same(&fixture.key(2).await, &decoy);
    assert!(fixture.store.key(key_id(3)).await.unwrap().is_none());
}

#[tokio::test]
async fn an_identifier_names_one_key() {
    let fixture = Fixture::with(vec![Change::KeyIssued(key(1))]).await;
    fixture.conflicts(Change::KeyIssued(Key { holder: holder(BEA, ""), ..key(1) })).await;
    same(&fixture.key(1).await, &key(1));
}

#[tokio::test]
async fn a_key_lives_from_when_its_letter_leaves_and_longer_when_it_leaves_again() {
    let fixture = four_keys().await;
    for expires_at in [1800, 3600] {
        fixture.commits(vec![sent(1, expires_at)]).await;
        same(&fixture.key(1).await, &Key { expires_at: Some(at(expires_at)), ..key(1) });
    }
    same(&fixture.key(4).await, &key(4));
}

#[tokio::test]
async fn a_key_that_is_spent_or_killed_or_unknown_does_not_leave() {
    let fixture = four_keys().await;
    for number in [2, 3, 5] {
        fixture.conflicts(sent(number, 1800)).await;
    }
    assert_eq!(fixture.key(2).await.expires_at, None);
    assert_eq!(fixture.key(3).await.expires_at, None);
}

#[tokio::test]
async fn a_key_that_is_spent_or_killed_or_unknown_works_no_longer_in_its_mailbox() {
    let fixture = four_keys().await;
    let kept = |number| Change::KeyKept { key: key_id(number), expires_at: at(1800) };
    fixture.commits(vec![kept(1)]).await;
    same(&fixture.key(1).await, &Key { browser: Key::NOBODYS, expires_at: Some(at(1800)), ..key(1) });
    for number in [2, 3, 5] {
        fixture.conflicts(kept(number)).await;
    }
    assert_eq!(fixture.key(2).await.expires_at, None);
    assert_eq!(fixture.key(3).await.expires_at, None);
}

#[tokio::test]
async fn tries_of_the_browser_that_began_and_of_others_are_counted_apart() {
    let fixture = four_keys().await;
    fixture.commits(vec![tried(1, Typist::Own, 0)]).await;
    fixture.commits(vec![tried(1, Typist::Own, 1), tried(1, Typist::Other, 0)]).await;
    same(&fixture.key(1).await, &Key { own_tries: 2, other_tries: 1, ..key(1) });
    same(&fixture.key(4).await, &key(4));
}

#[tokio::test]
async fn a_try_is_not_counted_when_another_was_counted_meanwhile() {
    let fixture = four_keys().await;
    fixture.commits(vec![tried(1, Typist::Own, 0), tried(1, Typist::Other, 0)]).await;
    for (typist, seen) in [(Typist::Own, 0), (Typist::Other, 0), (Typist::Own, 2), (Typist::Other, 2)] {
        fixture.conflicts(tried(1, typist, seen)).await;
    }
    same(&fixture.key(1).await, &Key { own_tries: 1, other_tries: 1, ..key(1) });
}

#[tokio::test]
async fn tries_at_a_key_that_is_spent_or_killed_or_unknown_conflict() {
    let fixture = four_keys().await;
    for number in [2, 3, 5] {
        for typist in [Typist::Own, Typist::Other] {
            fixture.conflicts(tried(number, typist, 0)).await;
            fixture.conflicts(confirmed(number, typist, 0)).await;
        }
    }
}

#[tokio::test]
async fn a_right_key_is_confirmed_only_when_no_try_was_counted_meanwhile_and_writes_nothing() {
    let fixture = four_keys().await;
    fixture.commits(vec![tried(1, Typist::Own, 0)]).await;
    fixture.commits(vec![confirmed(1, Typist::Own, 1), confirmed(1, Typist::Other, 0)]).await;
    fixture.conflicts(confirmed(1, Typist::Own, 0)).await;
    fixture.conflicts(confirmed(1, Typist::Other, 1)).await;
    same(&fixture.key(1).await, &Key { own_tries: 1, ..key(1) });
}

#[tokio::test]
async fn a_key_is_spent_once() {
    let fixture = four_keys().await;
    fixture.commits(vec![spent(1, 5)]).await;
    fixture.conflicts(spent(1, 6)).await;
    same(&fixture.key(1).await, &Key { spent_at: Some(at(5)), ..key(1) });
    same(&fixture.key(4).await, &key(4));
}

#[tokio::test]
async fn a_key_that_is_killed_or_unknown_is_not_spent() {
    let fixture = four_keys().await;
    fixture.conflicts(spent(3, 5)).await;
    fixture.conflicts(spent(5, 5)).await;
    assert_eq!(fixture.key(3).await.spent_at, None);
}

#[tokio::test]
async fn a_key_is_spent_until_the_moment_that_it_expires() {
    let fixture = four_keys().await;
    fixture.commits(vec![sent(1, 1800), sent(4, 1800)]).await;
    fixture.conflicts(spent(1, 1800)).await;
    fixture.conflicts(spent(1, 9999)).await;
    let last = at(1800).checked_sub(jiff::SignedDuration::from_millis(1)).unwrap();
    fixture.commits(vec![Change::KeySpent { key: key_id(1), at: last }]).await;
    assert_eq!(fixture.key(1).await.spent_at, Some(last));
}

#[tokio::test]
async fn a_key_is_killed_unless_it_is_spent_and_dies_once() {
    let fixture = four_keys().await;
    fixture.commits(vec![killed(1, 5), killed(2, 5), killed(3, 5), killed(5, 5)]).await;
    assert_eq!(fixture.key(1).await.killed_at, Some(at(5)));
    assert_eq!(fixture.key(2).await.killed_at, None);
    assert_eq!(fixture.key(3).await.killed_at, Some(at(1)));
    assert_eq!(fixture.key(4).await.killed_at, None);
}

#[tokio::test]
async fn the_unspent_keys_of_a_holder_die_and_nobody_elses() {
    let fixture = four_keys().await;
    let namesake = Key { holder: holder(ANA, "M"), ..key(5) };
    let other = Key { holder: holder(BEA, ""), ..key(6) };
    let recovery = Key { purpose: Purpose::Recover, ..key(7) };
    fixture.commits([namesake, other, recovery].map(Change::KeyIssued).to_vec()).await;
    fixture.commits(vec![Change::HolderKeysKilled { holder: holder(ANA, ""), at: at(5) }]).await;
    let mut killed_at = Vec::new();
    for number in 1..=7 {
        killed_at.push(fixture.key(number).await.killed_at);
    }
    let [now, before, never] = [Some(at(5)), Some(at(1)), None];
    assert_eq!(killed_at, [now, never, before, now, never, never, now]);
}

#[tokio::test]
async fn keys_are_found_by_document_and_by_browser_the_oldest_first() {
    let keys = [
        Key { issued_at: at(3), ..key(1) },
        Key { issued_at: at(2), browser: browser(2), ..key(2) },
        Key { issued_at: at(1), holder: holder(BEA, ""), ..key(3) },
        Key { issued_at: at(0), holder: holder(BEA, ""), browser: browser(2), ..key(4) },
        Key { issued_at: at(4), holder: holder(ANA, "M"), browser: browser(3), ..key(5) },
    ];
    let fixture = Fixture::with(keys.map(Change::KeyIssued).to_vec()).await;
    fixture.commits(vec![spent(2, 5), killed(3, 5)]).await;
    let asked = [
        (Some(ANA), 1, vec![3, 2, 1, 5]),
        (Some(ANA), 9, vec![2, 1, 5]),
        (None, 1, vec![3, 1]),
        (None, 2, vec![4, 2]),
        (None, 9, vec![]),
    ];
    for (document, browser_number, expected) in asked {
        let found = fixture.store.keys_for(document, &browser(browser_number), at(10)).await.unwrap();
        let names: Vec<KeyId> = found.iter().map(|key| key.id).collect();
        let expected: Vec<KeyId> = expected.into_iter().map(key_id).collect();
        assert_eq!(names, expected, "{document:?} {browser_number}");
    }
}

#[tokio::test]
async fn keys_of_more_than_nine_days_ago_are_left_out() {
    let fixture = Fixture::with(vec![Change::KeyIssued(key(1))]).await;
    for (age, expected) in [(0, 1), (215, 1), (216, 0), (1000, 0)] {
        for document in [Some(ANA), None] {
            let now = at(0).checked_add(hours(age)).unwrap();
            let found = fixture.store.keys_for(document, &browser(1), now).await.unwrap();
            assert_eq!(found.len(), expected, "{age} hours, {document:?}");
        }
    }
}
