//! The hold, decided by the book alone: where a key goes, when, and who hears of it.

use crate::model::{Model, ana, filtered, policy, register_input};
use jiff::SignedDuration;
use zaguan_domain::audit::Event;
use zaguan_domain::change::Change;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::enter_key::EnterKeyAnswer;
use zaguan_domain::flow::Purpose;
use zaguan_domain::hold::{
    EmailOnFile, KeyRoute, addresses_on_file, hold_from_notice, key_route, release_hold,
};
use zaguan_domain::key::KeyState;
use zaguan_domain::letter::LetterKind;
use zaguan_domain::policy::Policy;
use zaguan_domain::register::{AskAgainAnswer, resend};

fn email(text: &str) -> EmailAddress {
    register_input(text).email
}

fn on_file(address: &str, discriminator: &str, email_shared: bool) -> Policy {
    Policy { email: Some(email(address)), email_shared, ..policy("1234567", discriminator) }
}

fn held_model() -> Model {
    let mut model = Model::new(3);
    model.policies = vec![on_file("ana@correo.com.ar", "M", false)];
    model
}

const DAY: i64 = 24 * 3600;

#[test]
fn where_a_key_goes_is_decided_by_the_rule_and_by_the_addresses_that_are_the_holders_own() {
    let own = on_file("ana@correo.com.ar", "M", false);
    let nothing = policy("1", "M");
    let shared = on_file("productor@correo.com.ar", "M", true);
    let somebody_elses = on_file("raul@correo.com.ar", "F", false);
    let mut model = Model::new(1);
    let held = KeyRoute::Held { until: model.now + SignedDuration::from_hours(24) };
    let to_own = KeyRoute::OnFile(email("ana@correo.com.ar"));
    let table = [
        (EmailOnFile::Hold, &own, "Ana@Correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Hold, &own, "otra@correo.com.ar", held),
        (EmailOnFile::Hold, &nothing, "otra@correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Hold, &shared, "otra@correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Hold, &shared, "productor@correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Hold, &somebody_elses, "otra@correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Send, &own, "otra@correo.com.ar", KeyRoute::AtOnceAndTold),
        (EmailOnFile::Send, &own, "ana@correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Send, &nothing, "otra@correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Require, &own, "otra@correo.com.ar", to_own),
        (EmailOnFile::Require, &own, "ana@correo.com.ar", KeyRoute::AtOnce),
        (EmailOnFile::Require, &nothing, "otra@correo.com.ar", KeyRoute::Nowhere),
        (EmailOnFile::Require, &shared, "productor@correo.com.ar", KeyRoute::Nowhere),
    ];
    for (rule, policy, typed, expected) in table {
        model.rules.hold.email_on_file = rule;
        let policies = [policy.clone()];
        let route = model.step(|_, moment| key_route(&policies, "M", &email(typed), moment));
        assert_eq!(route, expected, "{rule:?} {typed} {policy:?}");
    }
}

#[test]
fn the_addresses_on_file_are_told_apart_without_regard_to_case() {
    let policies = ["ana@a.com", "ANA@a.com", "otra@a.com"].map(|address| on_file(address, "M", false));
    assert_eq!(addresses_on_file(&policies, "M"), [email("ana@a.com"), email("otra@a.com")]);
}

#[test]
fn a_held_key_can_neither_be_guessed_nor_used_up_and_lives_from_when_it_is_let_go() {
    let mut model = held_model();
    let browser = model.browser();
    model.register(browser, "otra@correo.com.ar");
    let key = model.tables.keys.last().cloned().unwrap();
    assert_eq!(key.state(model.now), KeyState::Held);
    let text = key.text(&model.secrets).unwrap();
    for _ in 0..20 {
        assert!(matches!(model.enter(browser, ana(), &text), EnterKeyAnswer::Held));
    }
    model.later(DAY);
    model.post();
    assert_eq!(model.sent_to("otra@correo.com.ar").len(), 1);
    let key = model.key(key.id);
    assert_eq!((key.own_tries, key.expires_at), (0, Some(model.now + model.rules.key_life)));
    assert!(matches!(model.enter(browser, ana(), &text), EnterKeyAnswer::Opens { .. }));
}

#[test]
fn who_comes_late_for_a_key_that_was_let_go_gets_another_without_waiting_again() {
    let mut model = held_model();
    let browser = model.browser();
    model.register(browser, "otra@correo.com.ar");
    model.later(DAY);
    model.post();
    model.later(3 * 3600);
    let flow = model.flow(&browser, Purpose::Register);
    let step = model.step(|_, moment| resend(flow.as_ref(), moment));
    assert!(matches!(model.settle(step), AskAgainAnswer::LetterOnItsWay));
    model.resolve();
    assert_eq!(model.sent_to("otra@correo.com.ar").len(), 2);
    assert_eq!(model.sent_to("ana@correo.com.ar").len(), 1, "the address on file was told once");
}

#[test]
fn a_wait_that_is_over_is_over_for_a_day_and_whoever_asks_after_that_waits_again() {
    for (late, waits_again) in [(DAY - 1, false), (DAY, true)] {
        let mut model = held_model();
        let browser = model.browser();
        model.register(browser, "otra@correo.com.ar");
        let until = model.flow(&browser, Purpose::Register).unwrap().held_until.unwrap();
        model.later(DAY + late);
        let flow = model.flow(&browser, Purpose::Register);
        let step = model.step(|_, moment| resend(flow.as_ref(), moment));
        model.settle(step);
        let again = model.now + SignedDuration::from_hours(24);
        let expected = if waits_again { again } else { until };
        assert_eq!(model.flow(&browser, Purpose::Register).unwrap().held_until, Some(expected));
    }
}

#[test]
fn who_types_one_of_two_addresses_on_file_gets_the_key_and_the_other_is_not_told() {
    for rule in [EmailOnFile::Hold, EmailOnFile::Send] {
        let mut model = held_model();
        model.policies.push(on_file("ana@trabajo.com.ar", "M", false));
        model.rules.hold.email_on_file = rule;
        let browser = model.browser();
        model.register(browser, "ana@correo.com.ar");
        let letters: Vec<_> = model.tables.letters.iter().map(|letter| (letter.kind, &letter.to)).collect();
        assert_eq!(letters, [(LetterKind::RegistrationKey, &email("ana@correo.com.ar"))]);
    }
}

#[test]
fn asking_again_while_the_key_waits_changes_nothing() {
    let mut model = held_model();
    let browser = model.browser();
    model.register(browser, "otra@correo.com.ar");
    model.later(3600);
    let flow = model.flow(&browser, Purpose::Register);
    let step = model.step(|_, moment| resend(flow.as_ref(), moment));
    assert!(matches!(step.answer, AskAgainAnswer::Held) && step.changes.is_empty());
    model.register(browser, "otra@correo.com.ar");
    let stranger = model.browser();
    model.register(stranger, "otra@correo.com.ar");
    assert_eq!((model.tables.keys.len(), model.tables.letters.len()), (1, 2));
}

#[test]
fn where_the_address_on_file_cannot_be_told_soon_the_key_waits_longer_and_else_never_leaves() {
    let mut model = held_model();
    for number in 0..12 {
        let browser = model.browser();
        model.register(browser, &format!("extranio{number}@correo.com.ar"));
    }
    let told = filtered(&model.tables.letters, |letter| letter.kind == LetterKind::RegistrationHeld);
    // Three now, three in an hour, and three as the first ones are a day old; later is too late.
    assert_eq!(told.len(), 9, "a mailbox is not filled");
    for key in model.tables.keys.clone() {
        let heard_at = told.iter().filter(|letter| letter.key == Some(key.id)).map(|l| l.leaves_at).min();
        if let Some(at) = heard_at {
            assert!(key.held_until.unwrap() >= at + SignedDuration::from_hours(24));
        } else {
            assert_eq!(key.state(model.now), KeyState::Killed);
            assert!(key.is_held(model.now), "whoever waits for it is told that it waits");
        }
    }
}

#[test]
fn the_operator_lets_a_key_go_and_it_is_recorded() {
    let mut model = held_model();
    let browser = model.browser();
    model.register(browser, "otra@correo.com.ar");
    let keys = model.tables.keys.clone();
    let step = model.step(|_, moment| release_hold(&keys, moment));
    assert!(step.changes.iter().any(|change| matches!(change, Change::HoldReleased { .. })));
    assert_eq!(model.settle(step), ["o•••a@c•••.com.ar"]);
    model.post();
    assert_eq!(model.sent_to("otra@correo.com.ar").len(), 1);
    assert!(!model.flow(&browser, Purpose::Register).unwrap().is_held(model.now));
    assert!(model.tables.records.iter().any(|record| record.event == Event::HoldReleased));
    let keys = model.tables.keys.clone();
    let again = model.step(|_, moment| release_hold(&keys, moment));
    assert!(again.answer.is_empty() && again.changes.is_empty());
}

#[test]
fn a_notice_that_leaves_late_leaves_half_a_hold_to_say_no_in_and_none_where_the_key_was_let_go() {
    let mut model = held_model();
    let rules = model.rules.hold;
    let browser = model.browser();
    model.register(browser, "otra@correo.com.ar");
    model.resolve();
    let mut key = model.tables.keys[0].clone();
    let notices = filtered(&model.tables.letters, |letter| letter.kind == LetterKind::RegistrationHeld);
    let notice = &notices[0];
    let queued_at = notice.queued_at;
    let after = |hours: i64| queued_at + SignedDuration::from_hours(hours);
    for (until, now, wanted) in [
        (24, 0, None),
        (24, 12, None),
        (24, 13, Some(37)),
        (24, 30, Some(54)),
        (37, 20, None),
        (54, 60, Some(72)),
        (72, 71, None),
        (72, 90, None),
        (5, 30, None),
    ] {
        key.held_until = Some(after(until));
        assert_eq!(hold_from_notice(&key, notice, after(now), &rules), wanted.map(after), "{until} {now}");
    }
    key.held_until = None;
    assert_eq!(hold_from_notice(&key, notice, after(30), &rules), None);
}
