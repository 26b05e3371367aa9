//! What a wish leads to, where it is easy to get wrong: barred mailboxes, known browsers, stand-ins, and the trail.

use crate::model::{Model, ana, policy, register_input};
use jiff::SignedDuration;
use zaguan_domain::audit::Event;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::device::Device;
use zaguan_domain::document::Document;
use zaguan_domain::flow::Purpose;
use zaguan_domain::hold::EmailOnFile;
use zaguan_domain::id::AccountId;
use zaguan_domain::key::{Key, KeyState, TemporaryKey};
use zaguan_domain::letter::LetterKind;
use zaguan_domain::mailbox::Cause;
use zaguan_domain::origin::Origin;
use zaguan_domain::policy::Policy;
use zaguan_domain::recover::recover;
use zaguan_domain::register::resend;
use zaguan_domain::resolve::BARRED_FOR;
use zaguan_domain::token::TokenHash;

#[test]
fn a_mailbox_that_did_not_ask_gets_no_other_key_of_that_document_for_a_day() {
    let mut model = Model::new(1);
    let (first, second, third) = (model.browser(), model.browser(), model.browser());
    model.register(first, "ana@gmail.com");
    let (letter, disowned_at) = (model.tables.letters[0].id, model.now);
    model.tables.disowned.push((letter, disowned_at));
    model.later(60);
    model.register(second, "ana@gmail.com");
    assert_eq!(model.tables.letters.len(), 1);
    assert_eq!(model.tables.keys.last().unwrap().state(model.now), KeyState::Killed);
    model.register(second, "ana.perez@gmail.com");
    assert_eq!(model.tables.letters.len(), 2, "another mailbox may get one");
    model.now = disowned_at + BARRED_FOR;
    model.register(third, "ana@gmail.com");
    assert_eq!(model.tables.letters.len(), 3);
    assert_eq!(BARRED_FOR, SignedDuration::from_hours(24));
}

#[test]
fn a_letter_that_a_known_browser_asks_for_is_its_holders_and_that_of_any_other_a_strangers() {
    let token = TokenHash::from_bytes([5; 32]);
    for (is_own, cause) in [(true, Cause::Holder), (false, Cause::Stranger)] {
        let mut model = Model::new(1);
        let browser = model.browser();
        model.registered(browser, "one");
        let own = model.tables.accounts[0].id;
        let account = if is_own { own } else { AccountId::from_bytes([9; 16]) };
        let seen_at = model.now;
        let browser_kind = BrowserKind::UNKNOWN;
        model.tables.devices =
            vec![Device { account, token, browser: browser_kind, first_seen_at: seen_at, seen_at }];
        let step = model.step(|_, moment| {
            moment.origin = Origin::PORTAL.on_device(Some(token));
            recover(ana(), browser, None, moment)
        });
        model.settle(step);
        model.resolve();
        let letter = model.tables.letters.last().unwrap();
        assert_eq!((letter.kind, letter.cause), (LetterKind::RecoverySteps, cause));
    }
}

#[test]
fn a_key_that_is_issued_or_waits_is_recorded_and_of_a_decoy_there_is_no_record() {
    let events = |model: &Model| -> Vec<(Event, String)> {
        let told = model.tables.records.iter();
        let told = told.filter(|record| [Event::KeyIssued, Event::KeyHeld].contains(&record.event));
        told.map(|record| (record.event, record.detail.clone())).collect()
    };
    let mut model = Model::new(1);
    let browser = model.browser();
    model.recover(browser, Document::Person(98_765_432));
    assert!(model.tables.keys[0].is_decoy() && events(&model).is_empty());
    model.register(browser, "ana@gmail.com");
    let told = model.tables.records.iter().find(|record| record.event == Event::KeyIssued).unwrap();
    assert_eq!((told.document, told.account), (Some(ana()), None));
    assert_eq!(events(&model), [(Event::KeyIssued, "to register: a•••a@g•••.com".to_owned())]);
    let mut model = Model::new(1);
    let on_file = register_input("titular@correo.com.ar").email;
    model.policies = vec![Policy { email: Some(on_file), ..policy("1234567", "M") }];
    model.rules.hold.email_on_file = EmailOnFile::Hold;
    model.register(browser, "ana@gmail.com");
    let until = model.tables.keys[0].held_until.unwrap();
    assert_eq!(events(&model), [(Event::KeyHeld, format!("for a•••a@g•••.com, until {until}"))]);
    let mut model = Model::new(1);
    model.registered(browser, "one");
    let account = model.tables.accounts[0].id;
    model.recover(browser, ana());
    let told = model.tables.records.iter().rfind(|record| record.event == Event::KeyIssued).unwrap();
    assert_eq!((told.account, told.detail.starts_with("to recover: ")), (Some(account), true));
}

#[test]
fn a_browser_that_types_at_a_stand_in_goes_on_doing_so_when_the_key_behind_it_is_another() {
    let mut model = Model::new(1);
    model.rules.letters.by_strangers.per_hour = 1;
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let first = model.tables.keys[0].id;
    for _ in 0..5 {
        model.enter(browser, ana(), &TemporaryKey::read("ZZZZ-ZZZZ").unwrap());
    }
    let ask_again = |model: &mut Model| {
        model.later(61);
        let flow = model.flow(&browser, Purpose::Register);
        let step = model.step(|_, moment| resend(flow.as_ref(), moment));
        model.settle(step);
        model.resolve();
    };
    ask_again(&mut model);
    let stand_in = model.tables.keys.iter().find(|key| key.is_alive(model.now) && key.is_decoy()).cloned();
    let stand_in = stand_in.expect("the mailbox is full, so the first key is kept");
    let killed = Change::KeyKilled { key: first, at: model.now };
    assert_eq!(model.commit(vec![killed]), Ok(()));
    model.rules.letters.by_strangers.per_hour = 10;
    ask_again(&mut model);
    let new = model.tables.keys.last().unwrap();
    assert!(!new.is_decoy() && new.id != first);
    assert_eq!(new.browser, Key::NOBODYS);
    assert_eq!(model.tables.letters.last().unwrap().key, Some(new.id));
    assert!(model.key(stand_in.id).is_alive(model.now));
}
