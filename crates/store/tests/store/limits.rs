//! Buckets of tokens, the room in mailboxes, and what is forgotten.

use crate::fixture::{
    ANA, Fixture, account, account_id, at, begun, browser, flow, hours, key, key_id, letter, letter_id,
    session,
};
use jiff::SignedDuration;
use zaguan_domain::allowance::{Allowance, Subject, Take};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::device::Device;
use zaguan_domain::flow::Flow;
use zaguan_domain::id::{FlowId, KeyId, LetterId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterState};
use zaguan_domain::limit::Rules;
use zaguan_domain::session::Session;
use zaguan_store::{LetterFilter, Taken};

fn take(subject: Subject, at_once: u32) -> Take {
    Take { subject, allowance: Allowance { at_once, one_more_each: SignedDuration::from_mins(1) } }
}

pub(crate) fn of_ana(at_once: u32) -> Take {
    take(Subject::SignInOfDocument(ANA), at_once)
}

#[tokio::test]
async fn tokens_are_taken_all_or_none_and_the_limit_that_lacks_one_longest_is_named() {
    let fixture = Fixture::new().await;
    let from = || take(Subject::SignInFrom("203.0.113.9".to_owned()), 1);
    let both = || vec![of_ana(3), from()];
    assert_eq!(fixture.store.take(both(), at(0)).await.unwrap(), Taken::All);
    let refused = fixture.store.take(both(), at(1)).await.unwrap();
    assert_eq!(refused, Taken::NotYet { limit: "sign_in_network", until: at(60) });
    for _ in 0..2 {
        assert_eq!(fixture.store.take(vec![of_ana(3)], at(1)).await.unwrap(), Taken::All, "none was lost");
    }
    assert!(matches!(fixture.store.take(vec![of_ana(3)], at(1)).await.unwrap(), Taken::NotYet { .. }));
    assert_eq!(fixture.store.take(both(), at(180)).await.unwrap(), Taken::All);
}

#[tokio::test]
async fn another_process_and_a_restart_forget_no_try_and_a_success_gives_them_back() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.store.take(vec![of_ana(1)], at(0)).await.unwrap(), Taken::All);
    let other = fixture.other_store().await;
    assert!(matches!(other.take(vec![of_ana(1)], at(1)).await.unwrap(), Taken::NotYet { .. }));
    fixture.store.clone().close().await;
    other.commit(vec![Change::AllowanceRestored(Subject::SignInOfDocument(ANA))]).await.unwrap();
    assert_eq!(other.take(vec![of_ana(1)], at(2)).await.unwrap(), Taken::All);
}

#[tokio::test]
async fn a_letter_is_queued_only_if_its_mailbox_is_as_it_was_read() {
    let fixture = Fixture::with(vec![Change::LetterQueued(letter(1))]).await;
    let mailbox = letter(1).to.mailbox();
    let seen = |letters, since| Change::MailboxSeen { mailbox: mailbox.clone(), since, letters };
    fixture.commits(vec![seen(1, at(-1)), seen(0, at(0))]).await;
    fixture.conflicts(seen(0, at(-1))).await;
    fixture.conflicts(seen(2, at(-1))).await;
    let dropped = Change::LetterSettled { letter: letter_id(1), state: LetterState::Dropped { at: at(1) } };
    fixture.commits(vec![dropped, seen(0, at(-1))]).await;
}

#[tokio::test]
async fn a_key_that_is_kept_works_on_and_is_nobodys() {
    let fixture = Fixture::with(vec![Change::KeyIssued(key(1))]).await;
    fixture.commits(vec![Change::KeyKept { key: key_id(1), expires_at: at(99) }]).await;
    let kept = fixture.key(1).await;
    assert_eq!((kept.browser, kept.expires_at), (Key::NOBODYS, Some(at(99))));
    fixture.commits(vec![Change::KeyKilled { key: key_id(1), at: at(1) }]).await;
    fixture.conflicts(Change::KeyKept { key: key_id(1), expires_at: at(99) }).await;
}

/// An identifier made at a time, whose last byte is this.
fn named(days: i64, number: u8) -> [u8; 16] {
    let milliseconds = u64::try_from((at(0) - hours(24 * days)).as_millisecond()).unwrap();
    let mut name = [number; 16];
    name[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
    name
}

#[tokio::test]
async fn what_is_of_no_more_use_is_forgotten_and_nothing_else() {
    let fixture = Fixture::with(vec![Change::AccountOpened(account(1, ANA))]).await;
    let old_flow = Flow { id: FlowId::from_bytes(named(3, 1)), asked_at: at(0) - hours(72), ..flow(1, 1) };
    let new_flow = Flow { id: FlowId::from_bytes(named(1, 2)), asked_at: at(0) - hours(24), ..flow(1, 2) };
    let of_key = |days, number| Key { id: KeyId::from_bytes(named(days, number)), ..key(1) };
    let of_letter = |days, number, key: Option<&Key>| Letter {
        id: LetterId::from_bytes(named(days, number)),
        key: key.map(|key| key.id),
        ..letter(1)
    };
    let keys = [of_key(91, 1), of_key(91, 2), of_key(89, 3)];
    let letters =
        [of_letter(91, 1, Some(&keys[0])), of_letter(91, 2, Some(&keys[1])), of_letter(89, 3, None)];
    let settled = |letter: &Letter| Change::LetterSettled {
        letter: letter.id,
        state: LetterState::Refused { at: at(0), reply: "no".to_owned() },
    };
    let opened = |number, ago| Change::SessionOpened {
        session: Session { opened_at: at(0) - ago, ..session(number, 1) },
        seen_password: account(1, ANA).password,
    };
    let device = |number, seen_at| {
        Change::DeviceKnown(Device {
            account: account_id(1),
            token: browser(number),
            browser: BrowserKind::UNKNOWN,
            first_seen_at: seen_at,
            seen_at,
        })
    };
    let changes = [
        keys.clone().map(Change::KeyIssued).to_vec(),
        vec![begun(old_flow), begun(new_flow)],
        letters.clone().map(Change::LetterQueued).to_vec(),
        // The second letter waits still: for a mail server that is down, or for an operator.
        vec![settled(&letters[0]), settled(&letters[2])],
        vec![opened(1, hours(13)), opened(2, hours(11))],
        vec![device(1, at(0) - hours(24 * 401)), device(2, at(0) - hours(24 * 399))],
    ];
    fixture.commits(changes.concat()).await;
    let (full, other) = (of_ana(1), take(Subject::SignInAnywhere, 2));
    fixture.store.take(vec![full, other], at(-50)).await.unwrap();
    let rules = Rules::default();
    let forgotten = fixture.store.forget_stale(at(0), &rules).await.unwrap();
    assert_eq!(forgotten, 5, "a flow, a letter, its key, a session and a device");
    assert_eq!(fixture.store.forget_stale(at(0), &rules).await.unwrap(), 0);
    assert_eq!(fixture.store.forget_stale(at(10), &rules).await.unwrap(), 2, "the buckets are full again");
    assert!(fixture.store.key(keys[0].id).await.unwrap().is_none());
    for key in &keys[1..] {
        assert!(fixture.store.key(key.id).await.unwrap().is_some());
    }
    assert_eq!(fixture.store.letters(LetterFilter::All, 9).await.unwrap().len(), 2);
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_none());
    assert!(fixture.store.session(&browser(2)).await.unwrap().is_some());
    assert_eq!(fixture.store.devices_of_account(account_id(1)).await.unwrap().len(), 1);
}
