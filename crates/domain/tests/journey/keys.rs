//! Temporary keys: how they are read, how they live, and that they work once.

use crate::model::{Model, ana};
use proptest::prelude::*;
use zaguan_domain::audit::Event;
use zaguan_domain::enter_key::EnterKeyAnswer;
use zaguan_domain::key::{KeyRefusal, KeyToken, TemporaryKey};
use zaguan_domain::set_password::{KeyNeeded, SetPasswordAnswer};

fn wrong() -> TemporaryKey {
    TemporaryKey::read("ZZZZ-ZZZZ").unwrap()
}

fn begun() -> (Model, zaguan_domain::token::TokenHash, TemporaryKey) {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.key_in_last_letter();
    (model, browser, key)
}

#[test]
fn a_key_is_read_as_people_paste_it() {
    for typed in
        ["0a1b-2c3d", " 0A1B2C3D ", "oAiB 2C3D", "«0AlB–2C3D»", "0A1B\u{a0}2C3D.", "０Ａ１Ｂ－２Ｃ３Ｄ"]
    {
        let read = TemporaryKey::read(typed);
        assert_eq!(read.map(|key| key.shown()), Ok("0A1B-2C3D".to_owned()), "{typed:?}");
    }
    assert_eq!(TemporaryKey::read("0A1B-2C3\0"), Err(KeyRefusal::BadCharacter { character: '\0' }));
    assert_eq!(TemporaryKey::read("  -  "), Err(KeyRefusal::Empty));
    assert_eq!(TemporaryKey::read("0A1B-2C3"), Err(KeyRefusal::WrongLength { has: 7 }));
    assert_eq!(TemporaryKey::read(&"7".repeat(10_000)), Err(KeyRefusal::WrongLength { has: 10_000 }));
    assert_eq!(TemporaryKey::read("0A1B-2C3U"), Err(KeyRefusal::BadCharacter { character: 'U' }));
}

proptest! {
    #[test]
    fn reading_a_key_never_panics_and_reads_what_it_shows(typed in any::<String>()) {
        if let Ok(key) = TemporaryKey::read(&typed) {
            prop_assert_eq!(TemporaryKey::read(&key.shown()), Ok(key));
        }
    }

    #[test]
    fn reading_a_link_never_panics(typed in any::<String>()) {
        let _ = KeyToken::read(&typed);
    }
}

#[test]
fn the_right_key_opens_in_any_browser_and_is_not_spent_by_typing_it() {
    let (mut model, own, key) = begun();
    let other = model.browser();
    for browser in [own, other, own] {
        assert!(matches!(model.enter(browser, ana(), &key), EnterKeyAnswer::Opens { .. }));
    }
}

#[test]
fn a_refused_key_is_recorded_and_the_right_one_is_not_refused() {
    let (mut model, own, key) = begun();
    let refused = |model: &Model| {
        let records = model.tables.records.iter();
        records.filter(|record| record.event == Event::KeyRefused && record.document == Some(ana())).count()
    };
    model.enter(own, ana(), &key);
    assert_eq!(refused(&model), 0);
    model.enter(own, ana(), &wrong());
    assert_eq!(refused(&model), 1);
}

#[test]
fn five_wrong_tries_in_the_browser_that_began_are_counted_down_and_then_it_is_over() {
    let (mut model, own, key) = begun();
    for left in [4, 3, 2, 1] {
        let answer = model.enter(own, ana(), &wrong());
        assert!(matches!(answer, EnterKeyAnswer::Wrong { tries_left } if tries_left == left), "{answer:?}");
    }
    assert!(matches!(model.enter(own, ana(), &wrong()), EnterKeyAnswer::NoTriesLeft));
    assert!(matches!(model.enter(own, ana(), &key), EnterKeyAnswer::NoTriesLeft));
}

#[test]
fn strangers_burn_only_the_tries_of_strangers() {
    let (mut model, own, key) = begun();
    for _ in 0..20 {
        let stranger = model.browser();
        assert!(matches!(model.enter(stranger, ana(), &wrong()), EnterKeyAnswer::DoesNotOpen));
    }
    let stranger = model.browser();
    assert!(matches!(model.enter(stranger, ana(), &key), EnterKeyAnswer::DoesNotOpen));
    assert!(matches!(model.enter(own, ana(), &key), EnterKeyAnswer::Opens { .. }));
}

#[test]
fn two_guesses_never_share_one_try() {
    let (mut model, own, _) = begun();
    let keys = model.keys_for(&own, ana());
    let guess = |model: &mut Model| {
        model.step(|_, moment| zaguan_domain::enter_key::enter_key(&wrong(), ana(), &own, &keys, moment))
    };
    let (first, second) = (guess(&mut model), guess(&mut model));
    assert!(model.commit(first.changes).is_ok());
    assert!(model.commit(second.changes).is_err());
}

#[test]
fn a_right_guess_made_beside_wrong_ones_conflicts_with_them() {
    let (mut model, own, key) = begun();
    let keys = model.keys_for(&own, ana());
    let right = model.step(|_, moment| zaguan_domain::enter_key::enter_key(&key, ana(), &own, &keys, moment));
    model.enter(own, ana(), &wrong());
    assert!(model.commit(right.changes).is_err());
}

#[test]
fn a_key_expires_thirty_minutes_after_its_letter_left() {
    let (mut model, own, key) = begun();
    model.later(30 * 60 - 1);
    assert!(matches!(model.enter(own, ana(), &key), EnterKeyAnswer::Opens { .. }));
    model.later(1);
    assert!(matches!(model.enter(own, ana(), &key), EnterKeyAnswer::Expired));
}

#[test]
fn a_key_sent_again_and_again_dies_a_day_after_it_was_issued() {
    let (mut model, own, key) = begun();
    let asked = model.tables.keys[0].clone();
    for _ in 0..47 {
        model.later(29 * 60 + 59);
        let expires_at = asked.expiry_if_sent(model.now, &model.rules);
        model.commit(vec![zaguan_domain::change::Change::KeySent { key: asked.id, expires_at }]).unwrap();
    }
    assert!(matches!(model.enter(own, ana(), &key), EnterKeyAnswer::Opens { .. }));
    model.later(31 * 60);
    assert!(matches!(model.enter(own, ana(), &key), EnterKeyAnswer::Expired));
}

#[test]
fn a_key_works_once() {
    let (mut model, own, key) = begun();
    let EnterKeyAnswer::Opens { pass, .. } = model.enter(own, ana(), &key) else { panic!("it opens") };
    let done = model.set_password(own, &pass, "first");
    assert!(matches!(done, Ok(SetPasswordAnswer::Done { document, .. }) if document == ana()));
    let again = model.set_password(own, &pass, "second");
    assert_eq!(again, Err(KeyNeeded::AlreadyUsed { document: ana() }));
    assert!(matches!(model.enter(own, ana(), &key), EnterKeyAnswer::AlreadyUsed));
    assert_eq!(model.tables.accounts[0].password.phc, "first");
}

#[test]
fn the_pass_of_one_browser_is_worthless_in_another() {
    let (mut model, own, key) = begun();
    let EnterKeyAnswer::Opens { pass, .. } = model.enter(own, ana(), &key) else { panic!("it opens") };
    let thief = model.browser();
    assert_eq!(model.set_password(thief, &pass, "stolen"), Err(KeyNeeded::Missing));
}

#[test]
fn a_link_is_no_pass_and_a_pass_no_link() {
    let (mut model, own, key) = begun();
    let EnterKeyAnswer::Opens { pass, .. } = model.enter(own, ana(), &key) else { panic!("it opens") };
    let row = model.key(pass.key());
    let link = row.link(&model.secrets).unwrap();
    assert!(link.proves(row.link(&model.secrets).as_ref()));
    assert!(!pass.proves(row.link(&model.secrets).as_ref()));
    assert_eq!(model.set_password(own, &link, "x"), Err(KeyNeeded::Missing));
}

#[test]
fn keys_are_spread_over_all_symbols() {
    let mut model = Model::new(3);
    let mut seen = std::collections::BTreeSet::new();
    let mut all = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let browser = model.browser();
        model.later(25 * 3600);
        model.register(browser, "ana@gmail.com");
        let text = model.key_in_last_letter().shown();
        seen.extend(text.chars().filter(|symbol| *symbol != '-'));
        assert!(all.insert(text), "no key comes twice");
    }
    assert_eq!(seen.len(), 32);
}
