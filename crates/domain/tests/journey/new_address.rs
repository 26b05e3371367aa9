//! A change of address at its edges: how long its key works and its way back lasts, and which letter tells of it.

use crate::model::{Model, ana, register_input};
use jiff::{SignedDuration, Timestamp};
use zaguan_domain::email_change::{EmailChange, told_by};
use zaguan_domain::id::{AccountId, EmailChangeId, LetterId};
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_domain::mailbox::Cause;

fn at(minutes: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    begin + SignedDuration::from_mins(minutes)
}

fn just_before(at: Timestamp) -> Timestamp {
    at - SignedDuration::from_nanos(1)
}

/// Asked for at this minute, from one address to another.
fn change(number: u8, minutes: i64, new_email: &str) -> EmailChange {
    EmailChange {
        id: EmailChangeId::from_bytes([number; 16]),
        account: AccountId::from_bytes([1; 16]),
        old_email: register_input("ana@gmail.com").email,
        new_email: register_input(new_email).email,
        nonce: [number; 16],
        secret: 1,
        asked_at: at(minutes),
        expires_at: at(minutes + 30),
        tries: 0,
        confirmed_at: None,
        ended_at: None,
    }
}

#[test]
fn the_key_of_a_new_address_works_for_half_an_hour_and_its_letter_may_leave_within_a_day() {
    let waits = change(1, 0, "nueva@gmail.com");
    assert!(waits.is_pending(just_before(at(30))) && !waits.is_pending(at(30)));
    let day = 24 * 60;
    assert!(waits.can_be_sent(just_before(at(day))) && !waits.can_be_sent(at(day)));
    let confirmed = EmailChange { confirmed_at: Some(at(1)), ..waits.clone() };
    let ended = EmailChange { ended_at: Some(at(1)), ..waits.clone() };
    for over in [confirmed, ended] {
        assert!(!over.is_pending(at(2)) && !over.can_be_sent(at(2)));
    }
    let rules = Model::new(1).rules;
    assert_eq!(waits.expiry_if_sent(at(60), &rules), at(90));
    assert_eq!(
        waits.expiry_if_sent(at(day - 10), &rules),
        at(day),
        "no longer than a day after it was asked for"
    );
}

#[test]
fn the_address_from_before_can_be_put_back_for_three_days_once() {
    let waits = change(1, 0, "nueva@gmail.com");
    let confirmed = EmailChange { confirmed_at: Some(at(10)), ..waits.clone() };
    let end = at(10 + 72 * 60);
    assert!(confirmed.can_be_restored(just_before(end)) && !confirmed.can_be_restored(end));
    assert!(!waits.can_be_restored(at(11)), "nothing was changed yet");
    let restored = EmailChange { ended_at: Some(at(11)), ..confirmed };
    assert!(!restored.can_be_restored(at(12)));
}

#[test]
fn each_change_has_a_key_of_its_own() {
    let secrets = Model::new(1).secrets;
    let first = change(1, 0, "nueva@gmail.com");
    let key = |change: &EmailChange| change.key(&secrets).map(|key| key.shown());
    assert!(key(&first).is_some());
    let other_chance = EmailChange { nonce: [9; 16], ..first.clone() };
    let other_address = EmailChange { new_email: register_input("otra@gmail.com").email, ..first.clone() };
    let other_account = EmailChange { account: AccountId::from_bytes([2; 16]), ..first.clone() };
    for other in [other_chance, other_address, other_account] {
        assert_ne!(key(&other), key(&first));
    }
    assert_eq!(key(&EmailChange { secret: 2, ..first }), None, "its secret is gone");
}

#[test]
fn a_letter_tells_of_the_change_that_was_written_with_it_to_its_address() {
    let first = EmailChange { confirmed_at: Some(at(5)), ..change(1, 0, "una@gmail.com") };
    let second = change(2, 60, "otra@gmail.com");
    let changes = [first.clone(), second.clone()];
    let told = |kind, minutes, to: &str| {
        let letter = Letter {
            id: LetterId::from_bytes([1; 16]),
            kind,
            flow: None,
            key: None,
            account: Some(first.account),
            document: ana(),
            to: register_input(to).email,
            cause: Cause::Notice,
            browser: None,
            queued_at: at(minutes),
            leaves_at: at(minutes),
        };
        told_by(&letter, &changes).map(|change| change.id)
    };
    let (old, one, two) = ("ana@gmail.com", Some(first.id), Some(second.id));
    for (kind, minutes, to, expected) in [
        (LetterKind::EmailChangeKey, 0, "una@gmail.com", one),
        (LetterKind::EmailChangeKey, 60, "otra@gmail.com", two),
        (LetterKind::EmailChangeKey, 60, "una@gmail.com", None),
        (LetterKind::EmailChangeKey, 0, old, None),
        (LetterKind::EmailChangeAsked, 0, old, one),
        (LetterKind::EmailChangeAsked, 60, old, two),
        (LetterKind::EmailChangeAsked, 61, old, None),
        (LetterKind::EmailChangeAsked, 60, "otra@gmail.com", None),
        (LetterKind::EmailChanged, 5, old, one),
        (LetterKind::EmailChanged, 60, old, None),
        (LetterKind::EmailChanged, 5, "una@gmail.com", None),
        (LetterKind::PasswordChanged, 0, old, None),
    ] {
        assert_eq!(told(kind, minutes, to), expected, "{kind:?} {minutes} {to}");
    }
}
