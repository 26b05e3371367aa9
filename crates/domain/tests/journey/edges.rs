//! The edges of the rules of keys and flows: the last moment, the first one after, and whom a wish belongs to.

use crate::model::{Model, ana, policy, register_input};
use jiff::SignedDuration;
use zaguan_domain::account::Holder;
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::flow::Purpose;
use zaguan_domain::id::KeyId;
use zaguan_domain::key::{Key, KeyState, KeyToken, TemporaryKey};
use zaguan_domain::limit::KEY_LIFE_AT_MOST;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::register::{AskAgainAnswer, CorrectEmail, LineRefusal, correct_email, read_line, resend};

fn issued() -> (Model, Key) {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.tables.keys.first().cloned().expect("a key");
    (model, key)
}

#[test]
fn a_letter_carries_a_key_until_its_last_moment_and_never_one_that_is_over() {
    let (_, key) = issued();
    let last = key.issued_at + KEY_LIFE_AT_MOST;
    let before = last - SignedDuration::from_nanos(1);
    assert!(key.can_be_sent(key.issued_at) && key.can_be_sent(before));
    assert!(!key.can_be_sent(last) && !key.can_be_sent(last + SignedDuration::from_secs(1)));
    let spent = Key { spent_at: Some(key.issued_at), ..key.clone() };
    let killed = Key { killed_at: Some(key.issued_at), ..key.clone() };
    assert!(!spent.can_be_sent(before) && !killed.can_be_sent(before));
}

#[test]
fn a_key_may_live_as_long_as_a_new_one_while_a_whole_life_is_left_of_its_day() {
    let (mut model, key) = issued();
    let last = key.issued_at + KEY_LIFE_AT_MOST - model.rules.key_life;
    for (now, lives_on) in [(last, true), (last + SignedDuration::from_nanos(1), false)] {
        model.now = now;
        assert_eq!(model.step(|_, moment| key.lives_on(moment)), lives_on);
    }
}

#[test]
fn a_decoy_is_opened_by_nothing_not_even_by_its_own_text() {
    let mut model = Model::new(1);
    let browser = model.browser();
    let nobody = Document::Person(98_765_432);
    model.recover(browser, nobody);
    let decoy = model.tables.keys.first().cloned().expect("a decoy");
    let text = decoy.text(&model.secrets).expect("a text");
    assert!(decoy.is_decoy() && !decoy.opens_with(&text, &model.secrets));
    let (model, key) = issued();
    let text = key.text(&model.secrets).expect("a text");
    assert!(!key.is_decoy() && key.opens_with(&text, &model.secrets));
}

#[test]
fn a_token_is_read_as_it_was_written_and_proves_only_itself() {
    let (mut model, key) = issued();
    let link = key.link(&model.secrets).expect("a link");
    let text = link.to_text();
    assert_eq!(text.len(), 64);
    let read = KeyToken::read(&text).expect("a token");
    assert!(read.key() == key.id && read.proves(Some(&link)) && !read.proves(None));
    let browser = model.browser();
    let pass = key.pass(&browser, &model.secrets).expect("a pass");
    assert!(!read.proves(Some(&pass)), "a link is no pass");
    assert!(KeyToken::read(&text[1..]).is_none() && KeyToken::read(&format!("{text}AAAA")).is_none());
}

#[test]
fn a_recovery_asked_for_twice_within_the_wait_is_one_and_afterwards_another() {
    let mut model = Model::new(1);
    let browser = model.browser();
    let asked_at = |model: &Model| model.flow(&browser, Purpose::Recover).expect("a flow").asked_at;
    model.recover(browser, ana());
    let first = asked_at(&model);
    model.later(59);
    model.recover(browser, ana());
    assert_eq!(asked_at(&model), first, "the button was pressed twice");
    let somebody = Document::Person(23_456_789);
    model.recover(browser, somebody);
    let flow = model.flow(&browser, Purpose::Recover).expect("a flow");
    assert_eq!((flow.document, flow.asked_at), (somebody, model.now), "somebody else's is another wish");
    model.later(60);
    model.recover(browser, somebody);
    assert_eq!(asked_at(&model), model.now, "after the wait it is asked for again");
}

#[test]
fn a_registration_sent_twice_is_one_while_its_key_could_live_and_another_with_other_data() {
    let mut model = Model::new(1);
    model.policies.push(policy("7654321", "F"));
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let first = model.flow(&browser, Purpose::Register).expect("a flow").id;
    let flow = |model: &Model| model.flow(&browser, Purpose::Register).expect("a flow").id;
    model.later(30 * 60 - 1);
    model.register(browser, "ana@gmail.com");
    assert_eq!(flow(&model), first, "the same form again");
    model.register(browser, "ana.perez@gmail.com");
    let corrected = flow(&model);
    assert_ne!(corrected, first, "another address");
    model.later(30 * 60);
    model.register(browser, "ana.perez@gmail.com");
    assert_ne!(flow(&model), corrected, "its key is over");
}

#[test]
fn correcting_the_address_kills_this_browsers_keys_of_this_registration_alone() {
    let (mut model, key) = issued();
    let browser = key.browser;
    let flow = model.flow(&browser, Purpose::Register);
    let (other, stranger) = (Document::Person(23_456_789), model.browser());
    let named = |number| KeyId::from_bytes([number; 16]);
    let keys = [
        key.clone(),
        Key { id: named(1), purpose: Purpose::Recover, ..key.clone() },
        Key { id: named(2), holder: Holder { document: other, ..key.holder.clone() }, ..key.clone() },
        Key { id: named(3), browser: stranger, ..key.clone() },
        Key { id: named(4), browser: Key::NOBODYS, nonce: [9; 16], ..key.clone() },
        Key { id: named(5), spent_at: Some(model.now), ..key.clone() },
    ];
    let email = register_input("ana@gmial.com").email;
    let mut input = CorrectEmail { email, insists_on_email: false };
    let step = model.step(|_, moment| correct_email(&input, flow.as_ref(), &[], &keys, moment));
    assert!(matches!(step.answer, AskAgainAnswer::DidYouMean { .. }) && step.changes.is_empty());
    input.insists_on_email = true;
    let step = model.step(|_, moment| correct_email(&input, flow.as_ref(), &[], &keys, moment));
    assert!(matches!(step.answer, AskAgainAnswer::LetterOnItsWay));
    let killed: Vec<KeyId> = step
        .changes
        .iter()
        .filter_map(|change| {
            let Change::KeyKilled { key, .. } = change else { return None };
            Some(*key)
        })
        .collect();
    assert_eq!(killed, [key.id]);
}

#[test]
fn correcting_the_address_kills_a_key_that_was_kept_in_a_full_mailbox_if_this_browser_began_it() {
    let mut model = Model::new(1);
    model.rules.letters.by_strangers.per_hour = 1;
    let (own, stranger) = (model.browser(), model.browser());
    model.register(own, "anna@gmail.com");
    model.register(stranger, "anna@gmail.com");
    let key = model.tables.keys[0].clone();
    for _ in 0..5 {
        model.enter(own, ana(), &TemporaryKey::read("ZZZZ-ZZZZ").unwrap());
    }
    model.later(61);
    let flow = model.flow(&own, Purpose::Register);
    let step = model.step(|_, moment| resend(flow.as_ref(), moment));
    model.settle(step);
    model.resolve();
    assert_eq!(model.key(key.id).browser, Key::NOBODYS, "the mailbox is full, and the key is kept");
    let seen: Vec<(bool, KeyState)> =
        model.tables.keys[1..].iter().map(|key| (key.is_decoy(), key.state(model.now))).collect();
    assert_eq!(seen, [(true, KeyState::Alive), (true, KeyState::Killed)], "what the browser sees instead");
    assert!(model.tables.keys[1..].iter().all(|seen| seen.id != key.id && seen.browser == own));
    for (browser, is_alive) in [(stranger, true), (own, false)] {
        let (flow, keys) = (model.flow(&browser, Purpose::Register), model.keys_for(&browser, ana()));
        let email = register_input("ana@gmail.com").email;
        let input = CorrectEmail { email, insists_on_email: false };
        let step = model.step(|_, moment| correct_email(&input, flow.as_ref(), &[], &keys, moment));
        assert!(matches!(model.settle(step), AskAgainAnswer::LetterOnItsWay));
        assert_eq!(model.key(key.id).is_alive(model.now), is_alive);
    }
}

#[test]
fn a_key_in_a_full_mailbox_is_sent_again_only_if_it_never_was_sent() {
    for was_sent in [true, false] {
        let mut model = Model::new(1);
        model.rules.letters.by_strangers.per_hour = 1;
        let (own, other) = (model.browser(), model.browser());
        model.register(own, "ana@gmail.com");
        if !was_sent {
            // The room was taken by something else.
            model.tables.letters[0].key = None;
        }
        model.later(61);
        model.register(other, "ana@gmail.com");
        let second = model.tables.letters.get(1).map(|letter| (letter.key, letter.leaves_at > model.now));
        let waits_for_room = (model.tables.keys.first().map(|key| key.id), true);
        assert_eq!(second, (!was_sent).then_some(waits_for_room));
    }
}

#[test]
fn in_a_full_mailbox_a_key_is_kept_only_if_it_may_live_as_long_as_a_new_one() {
    let mut model = Model::new(1);
    model.rules.letters.by_strangers.per_day = 1;
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let old = model.tables.keys[0].id;
    model.later((23 * 60 + 45) * 60);
    model.register(browser, "ana@gmail.com");
    assert_eq!(model.key(old).state(model.now), KeyState::Killed);
    let new = model.tables.keys.last().map(|key| key.id);
    let letter = model.tables.letters.last().map(|letter| (letter.key, letter.leaves_at > model.now));
    assert_eq!(letter, Some((new, true)), "the new one leaves when there is room");
}

#[test]
fn a_decoy_in_a_full_mailbox_is_not_kept_but_gives_way_to_another_without_a_letter() {
    let mut model = Model::new(1);
    let (own, stranger) = (model.browser(), model.browser());
    model.registered(own, "one");
    model.later(3601);
    model.rules.letters.by_strangers.per_hour = 1;
    model.register(stranger, "otro@gmail.com");
    let letters = model.tables.letters.len();
    let decoy = model.tables.keys.last().cloned().unwrap();
    assert!(decoy.is_decoy());
    for _ in 0..5 {
        model.enter(stranger, ana(), &TemporaryKey::read("ZZZZ-ZZZZ").unwrap());
    }
    model.later(61);
    let flow = model.flow(&stranger, Purpose::Register);
    let step = model.step(|_, moment| resend(flow.as_ref(), moment));
    model.settle(step);
    model.resolve();
    assert_eq!(model.key(decoy.id).state(model.now), KeyState::Killed);
    let other = model.tables.keys.last().unwrap();
    assert!(other.is_decoy() && other.id != decoy.id && other.browser == stranger);
    assert_eq!(model.tables.letters.len(), letters);
}

#[test]
fn what_is_insured_is_read_from_the_choices_and_nothing_else() {
    assert_eq!(read_line(" automotores "), Ok(Some(LineOfBusiness::Motor)));
    assert_eq!(read_line("no-se"), Ok(None));
    assert_eq!(read_line(" "), Err(LineRefusal::Empty));
    assert_eq!(read_line("naves-espaciales"), Err(LineRefusal::Unknown));
}
