//! The steps of the journey, each with what can go wrong in it.

use crate::model::{Model, ana, policy, register_input};
use zaguan_domain::change::Change;
use zaguan_domain::enter_key::EnterKeyAnswer;
use zaguan_domain::flow::Purpose;
use zaguan_domain::key::TemporaryKey;
use zaguan_domain::letter::LetterKind;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::link::{LinkAnswer, open_link};
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_domain::register::{
    AskAgainAnswer, CorrectEmail, RegisterAnswer, RegisterFacts, correct_email, register, resend,
};
use zaguan_domain::set_password::SetPasswordAnswer;
use zaguan_domain::sign_in::{SignIn, SignInAnswer, SignInFacts, Tried, sign_in};
use zaguan_domain::token::TokenHash;

const RIGHT: Tried<'static> = Tried { right: &[true], typed_key: None, rehashed: None };

fn kinds(model: &Model) -> Vec<LetterKind> {
    model.tables.letters.iter().map(|letter| letter.kind).collect()
}

#[test]
fn a_registration_pressed_twice_is_one_registration_and_one_letter() {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    model.later(5);
    model.register(browser, "ana@gmail.com");
    assert_eq!(kinds(&model), [LetterKind::RegistrationKey]);
    assert_eq!(model.tables.flows.len(), 1);
}

#[test]
fn two_presses_at_the_same_moment_cannot_both_begin() {
    let mut model = Model::new(1);
    let browser = model.browser();
    let facts = RegisterFacts { policies: model.policies.clone(), flow: None };
    let input = register_input("ana@gmail.com");
    let press = |model: &mut Model| model.step(|_, moment| register(&input, browser, &facts, moment));
    let (first, second) = (press(&mut model), press(&mut model));
    assert!(model.commit(first.changes).is_ok());
    assert!(model.commit(second.changes).is_err());
}

#[test]
fn another_browser_that_asks_the_same_gets_the_same_key_and_no_second_letter_within_the_minute() {
    let mut model = Model::new(1);
    let (first, second) = (model.browser(), model.browser());
    model.register(first, "ana@gmail.com");
    let key = model.key_in_last_letter();
    model.register(second, "ana@gmail.com");
    assert_eq!(model.tables.letters.len(), 1);
    model.later(61);
    let third = model.browser();
    model.register(third, "ana@gmail.com");
    assert_eq!(model.tables.letters.len(), 2);
    assert_eq!(model.key_in_last_letter(), key);
    assert!(matches!(model.enter(first, ana(), &key), EnterKeyAnswer::Opens { .. }));
}

#[test]
fn an_unfinished_registration_reserves_nothing() {
    let mut model = Model::new(1);
    let (stranger, own) = (model.browser(), model.browser());
    model.register(stranger, "otro@gmail.com");
    model.registered(own, "mine");
    assert_eq!(model.tables.accounts.len(), 1);
    assert_eq!(model.tables.accounts[0].email.as_str(), "ana@gmail.com");
    let theirs = model.tables.keys.iter().find(|key| key.browser == stranger).unwrap();
    assert!(!theirs.is_alive(model.now), "the stranger's key died when the account was opened");
}

#[test]
fn a_wrong_policy_or_line_is_said_at_once_and_only_recorded() {
    let mut model = Model::new(1);
    let browser = model.browser();
    let facts = RegisterFacts { policies: model.policies.clone(), flow: None };
    let mut other_number = register_input("ana@gmail.com");
    other_number.number = PolicyNumber::read("7654321").unwrap();
    let mut other_line = register_input("ana@gmail.com");
    other_line.line = LineOfBusiness::from_slug("sepelio");
    for input in [other_number, other_line] {
        let step = model.step(|_, moment| register(&input, browser, &facts, moment));
        assert!(matches!(step.answer, RegisterAnswer::NoPolicy { .. }));
        assert!(matches!(&step.changes[..], [Change::Recorded(_)]));
    }
}

#[test]
fn the_paper_of_before_the_renewal_still_opens() {
    let mut model = Model::new(1);
    let browser = model.browser();
    let number = |text| PolicyNumber::read(text).unwrap();
    model.policies =
        vec![Policy { previous: vec![number("59/000777"), number("888")], ..policy("1234567", "") }];
    for (typed, finds) in [("1234567", true), ("59-777", true), ("0888", true), ("777", false)] {
        let facts = RegisterFacts { policies: model.policies.clone(), flow: None };
        let mut input = register_input("ana@gmail.com");
        input.number = number(typed);
        let step = model.step(|_, moment| register(&input, browser, &facts, moment));
        assert_eq!(!matches!(step.answer, RegisterAnswer::NoPolicy { .. }), finds, "{typed}");
    }
}

#[test]
fn the_line_only_breaks_ties_when_the_person_does_not_know_it() {
    let mut model = Model::new(1);
    let browser = model.browser();
    let mut namesake = policy("1234567", "F");
    namesake.line = LineOfBusiness::from_slug("sepelio").unwrap();
    model.policies.push(namesake);
    assert!(matches!(model.register(browser, "ana@gmail.com"), RegisterAnswer::LineNeeded));
    let facts = RegisterFacts { policies: model.policies.clone(), flow: None };
    let mut input = register_input("ana@gmail.com");
    input.line = LineOfBusiness::from_slug("sepelio");
    let step = model.step(|_, moment| register(&input, browser, &facts, moment));
    let Some(Change::FlowBegun { flow, .. }) = step.changes.first() else { panic!("it begins") };
    assert_eq!(flow.discriminator.as_deref(), Some("F"));
}

#[test]
fn a_policy_that_ended_long_ago_opens_no_door_and_one_that_ended_lately_does() {
    for (ended, opens) in [("2026-11-22", true), ("2024-12-01", true), ("2024-10-01", false)] {
        let mut model = Model::new(1);
        let browser = model.browser();
        model.policies[0].to = Some(ended.parse().unwrap());
        model.policies[0].state = Some(PolicyState::Expired);
        let answer = model.register(browser, "ana@gmail.com");
        assert_eq!(matches!(answer, RegisterAnswer::LetterOnItsWay), opens, "{ended}: {answer:?}");
    }
}

#[test]
fn an_address_that_looks_like_a_slip_is_asked_about_once() {
    let mut model = Model::new(1);
    let browser = model.browser();
    let RegisterAnswer::DidYouMean { suggestion } = model.register(browser, "ana@gmial.com") else {
        panic!("it asks")
    };
    assert_eq!(suggestion.as_str(), "ana@gmail.com");
    let facts = RegisterFacts { policies: model.policies.clone(), flow: None };
    let mut input = register_input("ana@gmial.com");
    input.insists_on_email = true;
    let step = model.step(|_, moment| register(&input, browser, &facts, moment));
    assert!(matches!(step.answer, RegisterAnswer::LetterOnItsWay));
}

#[test]
fn who_is_registered_already_is_written_to_at_the_address_of_the_account() {
    let mut model = Model::new(1);
    let own = model.browser();
    model.registered(own, "mine");
    let stranger = model.browser();
    let answer = model.register(stranger, "otro@gmail.com");
    assert!(matches!(answer, RegisterAnswer::LetterOnItsWay));
    let last = model.tables.letters.last().unwrap();
    assert_eq!((last.kind, last.to.as_str()), (LetterKind::AlreadyRegistered, "ana@gmail.com"));
}

#[test]
fn asking_again_waits_a_minute_and_sends_the_same_key() {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.key_in_last_letter();
    let ask = |model: &mut Model| {
        let flow = model.flow(&browser, Purpose::Register);
        let step = model.step(|_, moment| resend(flow.as_ref(), moment));
        let answer = model.settle(step);
        model.resolve();
        answer
    };
    assert!(matches!(ask(&mut model), AskAgainAnswer::TooEarly));
    model.later(60);
    assert!(matches!(ask(&mut model), AskAgainAnswer::LetterOnItsWay));
    assert_eq!(model.tables.letters.len(), 2);
    assert_eq!(model.key_in_last_letter(), key);
}

fn ask_again(model: &mut Model, browser: &TokenHash) {
    let flow = model.flow(browser, Purpose::Register);
    let step = model.step(|_, moment| resend(flow.as_ref(), moment));
    model.settle(step);
    model.resolve();
}

#[test]
fn asking_again_after_the_tries_are_used_up_or_the_key_expired_brings_a_new_key() {
    for expired in [false, true] {
        let mut model = Model::new(1);
        let browser = model.browser();
        model.register(browser, "ana@gmail.com");
        let old = model.key_in_last_letter();
        if expired {
            model.later(31 * 60);
        } else {
            let wrong = TemporaryKey::read("ZZZZZZZZ").unwrap();
            for _ in 0..5 {
                model.enter(browser, ana(), &wrong);
            }
            model.later(61);
        }
        ask_again(&mut model, &browser);
        let new = model.key_in_last_letter();
        assert_ne!(new, old);
        assert!(matches!(model.enter(browser, ana(), &new), EnterKeyAnswer::Opens { .. }));
    }
}

#[test]
fn correcting_the_address_kills_the_key_that_went_to_the_wrong_one() {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "anna@gmail.com");
    let old = model.key_in_last_letter();
    let email = register_input("ana@gmail.com").email;
    let (flow, keys) = (model.flow(&browser, Purpose::Register), model.keys_for(&browser, ana()));
    let input = CorrectEmail { email, insists_on_email: false };
    let step = model.step(|_, moment| correct_email(&input, flow.as_ref(), &[], &keys, moment));
    assert!(matches!(model.settle(step), AskAgainAnswer::LetterOnItsWay));
    model.resolve();
    assert_eq!(model.tables.letters.last().unwrap().to.as_str(), "ana@gmail.com");
    assert!(!matches!(model.enter(browser, ana(), &old), EnterKeyAnswer::Opens { .. }));
    let new = model.key_in_last_letter();
    assert!(matches!(model.enter(browser, ana(), &new), EnterKeyAnswer::Opens { .. }));
}

#[test]
fn recovery_writes_to_each_of_two_people_with_one_number_and_each_key_opens_its_own_account() {
    let mut model = Model::new(1);
    let (his, hers) = (model.browser(), model.browser());
    model.registered(his, "his");
    model.policies = vec![policy("1234567", "F")];
    model.registered(hers, "hers");
    assert_eq!(model.tables.accounts.len(), 2);
    let before = model.tables.letters.len();
    let browser = model.browser();
    model.recover(browser, ana());
    assert_eq!(kinds(&model)[before..], [LetterKind::RecoverySteps, LetterKind::RecoverySteps]);
    let key = model.key_in_last_letter();
    let EnterKeyAnswer::Opens { pass, .. } = model.enter(browser, ana(), &key) else { panic!("it opens") };
    model.set_password(browser, &pass, "new").expect("it is set");
    let passwords: Vec<&str> = model.tables.accounts.iter().map(|a| a.password.phc.as_str()).collect();
    assert_eq!(passwords, ["his", "new"]);
}

#[test]
fn a_password_that_a_namesake_has_is_not_taken_and_ones_own_is() {
    let mut model = Model::new(1);
    let (his, hers) = (model.browser(), model.browser());
    model.registered(his, "his");
    model.policies = vec![policy("1234567", "F")];
    model.registered(hers, "hers");
    let browser = model.browser();
    model.recover(browser, ana());
    let key = model.key_in_last_letter();
    let EnterKeyAnswer::Opens { pass, .. } = model.enter(browser, ana(), &key) else { panic!("it opens") };
    assert_eq!(model.set_password(browser, &pass, "his"), Ok(SetPasswordAnswer::TakenByNamesake));
    assert!(matches!(model.set_password(browser, &pass, "hers"), Ok(SetPasswordAnswer::Done { .. })));
}

#[test]
fn setting_a_password_ends_sessions_kills_keys_and_writes_the_notice() {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.registered(browser, "old");
    let facts = SignInFacts {
        accounts: model.tables.accounts.clone(),
        mailboxes: model.mailboxes(),
        ..SignInFacts::default()
    };
    let from = SignIn { document: ana(), browser, session: None };
    let step = model.step(|_, moment| sign_in(from, &RIGHT, &facts, moment));
    assert!(matches!(model.settle(step), SignInAnswer::Welcome { .. }));
    assert_eq!(model.tables.sessions.len(), 1);
    let stale = model.step(|_, moment| sign_in(from, &RIGHT, &facts, moment));
    model.recover(browser, ana());
    let key = model.key_in_last_letter();
    let EnterKeyAnswer::Opens { pass, .. } = model.enter(browser, ana(), &key) else { panic!("it opens") };
    model.set_password(browser, &pass, "new").expect("it is set");
    assert!(model.tables.sessions.is_empty());
    assert_eq!(model.tables.letters.last().unwrap().kind, LetterKind::PasswordChanged);
    assert!(model.commit(stale.changes).is_err(), "no session opens with the old password");
}

#[test]
fn the_temporary_key_typed_as_a_password_leads_on() {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.key_in_last_letter();
    let facts = SignInFacts { keys: model.keys_for(&browser, ana()), ..SignInFacts::default() };
    let from = SignIn { document: ana(), browser, session: None };
    let tried = Tried { right: &[], typed_key: Some(&key), rehashed: None };
    let step = model.step(|_, moment| sign_in(from, &tried, &facts, moment));
    assert!(matches!(model.settle(step), SignInAnswer::SetPassword { .. }));
}

#[test]
fn opening_the_link_a_hundred_times_spends_nothing_and_it_says_when_it_is_over() {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.tables.keys[0].clone();
    let link = key.link(&model.secrets).unwrap();
    for _ in 0..100 {
        let scanner = model.browser();
        let answer = model.step(|_, moment| open_link(&link, &scanner, Some(&key), moment));
        assert!(matches!(answer, LinkAnswer::Opens { .. }));
    }
    let other = model.step(|_, moment| open_link(&link, &browser, None, moment));
    assert!(matches!(other, LinkAnswer::Unknown));
    model.later(31 * 60);
    let late = model.step(|_, moment| open_link(&link, &browser, Some(&key), moment));
    assert!(matches!(late, LinkAnswer::Expired { purpose: Purpose::Register }));
}
