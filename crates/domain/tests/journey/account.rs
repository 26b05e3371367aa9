//! What somebody who is signed in does with their own account, each with what can go wrong in it.

use crate::model::{Conflict, Model, ana};
use zaguan_domain::account::{Account, StoredPassword};
use zaguan_domain::change::{Change, Step};
use zaguan_domain::change_password::{ChangePasswordAnswer, ChangePasswordFacts, change_password};
use zaguan_domain::close_account::{CloseAccountAnswer, CloseAccountFacts, close_account};
use zaguan_domain::email::EmailAddress;
use zaguan_domain::email_change::{
    AskEmailChange, AskEmailChangeAnswer, ConfirmEmailChangeAnswer, EmailChange, EmailChangeFacts,
    ask_email_change, confirm_email_change,
};
use zaguan_domain::enter_key::EnterKeyAnswer;
use zaguan_domain::key::TemporaryKey;
use zaguan_domain::letter::LetterKind;
use zaguan_domain::my_data::{
    AskCorrectionAnswer, CorrectionRefusal, LONGEST_CORRECTION, ask_correction, read_correction,
};
use zaguan_domain::my_sessions::{end_other_sessions, end_session};
use zaguan_domain::prove::{ProveAnswer, prove};
use zaguan_domain::session::Session;
use zaguan_domain::sign_in::{SignIn, SignInAnswer, SignInFacts, Tried, sign_in};
use zaguan_domain::token::TokenHash;

const RIGHT: Tried<'static> = Tried { right: &[true], typed_key: None, rehashed: None };

fn email(text: &str) -> EmailAddress {
    EmailAddress::read(text).unwrap()
}

fn password(text: &str) -> StoredPassword {
    StoredPassword { phc: text.to_owned(), pepper: 1 }
}

/// A model in which Ana has an account with the password "one".
fn with_account(seed: u64) -> (Model, Account) {
    let mut model = Model::new(seed);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.key_in_last_letter();
    let EnterKeyAnswer::Opens { pass, .. } = model.enter(browser, ana(), &key) else {
        panic!("the key opens");
    };
    model.set_password(browser, &pass, "one").expect("the key works");
    let account = model.tables.accounts[0].clone();
    model.later(60);
    (model, account)
}

fn session(model: &mut Model) -> Session {
    let browser = model.browser();
    let facts = SignInFacts {
        accounts: model.tables.accounts.clone(),
        keys: Vec::new(),
        devices: Vec::new(),
        mailboxes: model.mailboxes(),
    };
    let input = SignIn { document: ana(), browser, session: None };
    let step = model.step(|_, moment| sign_in(input, &RIGHT, &facts, moment));
    let SignInAnswer::Welcome { token, .. } = model.settle(step) else { panic!("signed in") };
    let sessions = model.tables.sessions.iter();
    sessions.clone().find(|session| session.token == token.hash()).unwrap().clone()
}

fn facts(model: &Model) -> EmailChangeFacts {
    EmailChangeFacts {
        account: model.tables.accounts.first().cloned(),
        latest: model.tables.email_changes.last().cloned(),
        mailboxes: model.mailboxes(),
    }
}

fn ask(model: &mut Model, to: &str) -> AskEmailChangeAnswer {
    let facts = facts(model);
    let proven = facts.account.as_ref().unwrap().password.clone();
    let input = AskEmailChange { email: email(to), insists_on_email: false };
    let step = model.step(|_, moment| ask_email_change(&input, &proven, &facts, moment));
    model.settle(step)
}

fn confirm_step(model: &mut Model, typed: &TemporaryKey) -> Step<ConfirmEmailChangeAnswer> {
    let facts = facts(model);
    model.step(|_, moment| confirm_email_change(typed, &facts, moment))
}

fn confirm(model: &mut Model, typed: &TemporaryKey) -> ConfirmEmailChangeAnswer {
    let step = confirm_step(model, typed);
    model.settle(step)
}

fn key_of(model: &Model) -> TemporaryKey {
    model.tables.email_changes.last().unwrap().key(&model.secrets).unwrap()
}

fn wrong_key() -> TemporaryKey {
    TemporaryKey::read("0000-0000").unwrap()
}

fn kinds_to(model: &Model, to: &str) -> Vec<LetterKind> {
    model.tables.letters.iter().filter(|letter| letter.to == email(to)).map(|letter| letter.kind).collect()
}

#[test]
fn an_address_changes_only_with_the_key_that_the_new_one_got_and_the_old_one_is_told_twice() {
    let (mut model, _) = with_account(1);
    assert_eq!(ask(&mut model, "nueva@gmail.com"), AskEmailChangeAnswer::LetterOnItsWay);
    assert_eq!(model.tables.accounts[0].email, email("ana@gmail.com"));
    assert_eq!(confirm(&mut model, &wrong_key()), ConfirmEmailChangeAnswer::Wrong { tries_left: 4 });
    let key = key_of(&model);
    assert_eq!(confirm(&mut model, &key), ConfirmEmailChangeAnswer::Changed);
    assert_eq!(model.tables.accounts[0].email, email("nueva@gmail.com"));
    assert_eq!(kinds_to(&model, "nueva@gmail.com"), [LetterKind::EmailChangeKey]);
    let to_old = kinds_to(&model, "ana@gmail.com");
    assert_eq!(to_old[to_old.len() - 2..], [LetterKind::EmailChangeAsked, LetterKind::EmailChanged]);
    assert_eq!(confirm(&mut model, &key), ConfirmEmailChangeAnswer::NothingAsked, "a key works once");
}

#[test]
fn a_key_of_a_new_address_has_five_tries_and_half_an_hour() {
    let (mut model, _) = with_account(2);
    ask(&mut model, "nueva@gmail.com");
    for left in [4, 3, 2, 1] {
        assert_eq!(confirm(&mut model, &wrong_key()), ConfirmEmailChangeAnswer::Wrong { tries_left: left });
    }
    assert_eq!(confirm(&mut model, &wrong_key()), ConfirmEmailChangeAnswer::NoTriesLeft);
    let key = key_of(&model);
    assert_eq!(confirm(&mut model, &key), ConfirmEmailChangeAnswer::NoTriesLeft);
    ask(&mut model, "nueva@gmail.com");
    model.later(30 * 60);
    let key = key_of(&model);
    assert_eq!(confirm(&mut model, &key), ConfirmEmailChangeAnswer::Expired);
}

#[test]
fn guesses_at_the_same_moment_share_no_try() {
    let (mut model, _) = with_account(3);
    ask(&mut model, "nueva@gmail.com");
    let (first, second) = (confirm_step(&mut model, &wrong_key()), confirm_step(&mut model, &wrong_key()));
    assert_eq!(model.commit(first.changes), Ok(()));
    assert_eq!(model.commit(second.changes), Err(Conflict));
}

#[test]
fn asking_again_calls_the_first_wish_off_and_pressing_twice_is_one_wish() {
    let (mut model, _) = with_account(4);
    ask(&mut model, "nueva@gmail.com");
    ask(&mut model, "nueva@gmail.com");
    assert_eq!(model.tables.email_changes.len(), 1);
    let first = key_of(&model);
    ask(&mut model, "otra@gmail.com");
    assert_eq!(model.tables.email_changes.len(), 2);
    assert!(model.tables.email_changes[0].ended_at.is_some());
    assert_eq!(confirm(&mut model, &first), ConfirmEmailChangeAnswer::Wrong { tries_left: 4 });
    let second = key_of(&model);
    assert_eq!(confirm(&mut model, &second), ConfirmEmailChangeAnswer::Changed);
    assert_eq!(model.tables.accounts[0].email, email("otra@gmail.com"));
}

#[test]
fn a_wish_is_the_same_for_a_minute_and_while_its_key_has_tries() {
    let (mut model, _) = with_account(16);
    ask(&mut model, "nueva@gmail.com");
    for (seconds, wishes) in [(59, 1), (1, 2)] {
        model.later(seconds);
        ask(&mut model, "nueva@gmail.com");
        assert_eq!(model.tables.email_changes.len(), wishes);
    }
    for _ in 0..5 {
        confirm(&mut model, &wrong_key());
    }
    ask(&mut model, "nueva@gmail.com");
    assert_eq!(model.tables.email_changes.len(), 3);
}

#[test]
fn a_slip_in_the_new_address_is_asked_about_and_the_same_one_is_told() {
    let (mut model, _) = with_account(5);
    let suggestion = email("nueva@gmail.com");
    assert_eq!(ask(&mut model, "nueva@gmial.com"), AskEmailChangeAnswer::DidYouMean { suggestion });
    assert_eq!(ask(&mut model, "ANA@gmail.com"), AskEmailChangeAnswer::Same);
    assert!(model.tables.email_changes.is_empty());
}

#[test]
fn a_password_that_changed_meanwhile_opens_nothing_more() {
    let (mut model, account) = with_account(6);
    let old = account.password.clone();
    let facts = facts(&model);
    let input = AskEmailChange { email: email("nueva@gmail.com"), insists_on_email: false };
    let asked = model.step(|_, moment| ask_email_change(&input, &old, &facts, moment));
    let to_close = CloseAccountFacts { account: Some(account.clone()), mailboxes: model.mailboxes() };
    let closed = model.step(|_, moment| close_account(&old, &to_close, moment));
    let here = session(&mut model);
    let proven = model.step(|_, moment| prove(&old, Some(&(here, account.clone())), moment));
    change(&mut model, &old, "two");
    for changes in [asked.changes, closed.changes, proven.changes] {
        assert_eq!(model.commit(changes), Err(Conflict));
    }
    let now = CloseAccountFacts { account: model.tables.accounts.first().cloned(), ..to_close };
    let late = model.step(|_, moment| close_account(&old, &now, moment));
    assert_eq!(late.answer, CloseAccountAnswer::PasswordChanged);
}

fn change(model: &mut Model, proven: &StoredPassword, new: &str) -> ChangePasswordAnswer {
    let accounts = model.tables.accounts.clone();
    let id = accounts[0].id;
    let facts = ChangePasswordFacts { accounts, mailboxes: model.mailboxes() };
    let step = model.step(|_, moment| change_password((id, proven), password(new), &facts, moment));
    model.settle(step)
}

#[test]
fn another_password_ends_all_sessions_but_gives_this_browser_a_new_one_and_kills_keys() {
    let (mut model, account) = with_account(7);
    let before = [session(&mut model), session(&mut model)];
    let browser = model.browser();
    model.recover(browser, ana());
    let ChangePasswordAnswer::Done { token } = change(&mut model, &account.password, "two") else {
        panic!("changed");
    };
    let after: Vec<TokenHash> = model.tables.sessions.iter().map(|session| session.token).collect();
    assert_eq!(after, [token.hash()]);
    assert!(before.iter().all(|session| session.token != token.hash()));
    assert!(model.tables.keys.iter().all(|key| !key.is_alive(model.now)));
    assert_eq!(model.tables.letters.last().unwrap().kind, LetterKind::PasswordChanged);
    assert!(matches!(change(&mut model, &account.password, "three"), ChangePasswordAnswer::PasswordChanged));
}

#[test]
fn a_namesakes_password_is_not_taken() {
    let (mut model, account) = with_account(8);
    let mut namesake = account.clone();
    namesake.id = zaguan_domain::id::AccountId::from_bytes([9; 16]);
    namesake.holder.discriminator = "F".to_owned();
    namesake.password = password("hers");
    model.tables.accounts.push(namesake);
    assert!(matches!(change(&mut model, &account.password, "hers"), ChangePasswordAnswer::TakenByNamesake));
    assert_eq!(model.tables.accounts[0].password, account.password);
}

#[test]
fn the_same_password_again_is_nobody_elses() {
    let (mut model, account) = with_account(14);
    let again = change(&mut model, &account.password, "one");
    assert!(matches!(again, ChangePasswordAnswer::Done { .. }));
}

#[test]
fn a_session_that_was_proven_goes_on_under_a_new_token() {
    let (mut model, account) = with_account(9);
    let here = session(&mut model);
    model.later(301);
    assert!(!here.is_proven(model.now));
    let found = (here.clone(), account.clone());
    let step = model.step(|_, moment| prove(&account.password, Some(&found), moment));
    let ProveAnswer::Proven { token } = model.settle(step) else { panic!("proven") };
    let after = &model.tables.sessions[0];
    assert_eq!((after.token, after.opened_at), (token.hash(), here.opened_at));
    assert!(after.is_proven(model.now) && after.token != here.token);
    let gone = model.step(|_, moment| prove(&account.password, None, moment));
    assert!(matches!(gone.answer, ProveAnswer::SignInAgain));
}

#[test]
fn sessions_end_one_by_one_or_all_others() {
    let (mut model, account) = with_account(10);
    let (here, phone, old) = (session(&mut model), session(&mut model), session(&mut model));
    let sessions = model.tables.sessions.clone();
    let step = model.step(|_, moment| end_session(&phone.name(), &account, &sessions, moment));
    model.settle(step);
    assert!(model.tables.sessions.iter().all(|session| session.token != phone.token));
    let unknown = model.step(|_, moment| end_session("no such name", &account, &sessions, moment));
    assert!(unknown.changes.is_empty());
    let step = model.step(|_, moment| end_other_sessions(here.token, &account, moment));
    model.settle(step);
    let left: Vec<TokenHash> = model.tables.sessions.iter().map(|session| session.token).collect();
    assert_eq!(left, [here.token]);
    assert_ne!(here.name(), old.name());
}

#[test]
fn of_eleven_sessions_the_one_that_was_not_used_for_longest_ends() {
    let (mut model, _) = with_account(15);
    let first = session(&mut model);
    let mut opened = Vec::new();
    for _ in 0..10 {
        model.later(60);
        opened.push(session(&mut model).token);
    }
    let left: Vec<TokenHash> = model.tables.sessions.iter().map(|session| session.token).collect();
    assert_eq!(left.len(), 10);
    assert!(!left.contains(&first.token) && opened.iter().all(|token| left.contains(token)));
}

#[test]
fn a_closed_account_leaves_one_letter_and_the_trail_and_its_holder_registers_again() {
    let (mut model, account) = with_account(11);
    session(&mut model);
    let browser = model.browser();
    model.recover(browser, ana());
    ask(&mut model, "nueva@gmail.com");
    let facts = CloseAccountFacts { account: Some(account.clone()), mailboxes: model.mailboxes() };
    let step = model.step(|_, moment| close_account(&account.password, &facts, moment));
    assert_eq!(model.settle(step), CloseAccountAnswer::Closed);
    let tables = &model.tables;
    assert!(tables.accounts.is_empty() && tables.sessions.is_empty() && tables.keys.is_empty());
    assert!(tables.email_changes.is_empty() && tables.devices.is_empty());
    let kinds: Vec<LetterKind> = tables.letters.iter().map(|letter| letter.kind).collect();
    assert_eq!(kinds, [LetterKind::AccountClosed]);
    assert!(tables.records.len() > 3);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.key_in_last_letter();
    assert!(matches!(model.enter(browser, ana(), &key), EnterKeyAnswer::Opens { .. }));
}

#[test]
fn an_address_is_put_back_once_and_within_three_days() {
    let (mut model, _) = with_account(12);
    ask(&mut model, "nueva@gmail.com");
    let key = key_of(&model);
    confirm(&mut model, &key);
    let change: EmailChange = model.tables.email_changes[0].clone();
    assert!(change.can_be_restored(model.now));
    model.later(72 * 3600);
    assert!(!change.can_be_restored(model.now));
    let restored = Change::EmailRestored { change: change.id, at: model.now };
    assert_eq!(model.commit(vec![restored.clone()]), Ok(()));
    assert_eq!(model.tables.accounts[0].email, email("ana@gmail.com"));
    assert_eq!(model.commit(vec![restored]), Err(Conflict));
}

#[test]
fn a_correction_is_due_in_five_business_days_and_at_most_five_wait() {
    let (mut model, account) = with_account(13);
    let step = |model: &mut Model, text: &str| {
        let requests = model.tables.requests.clone();
        model.step(|_, moment| ask_correction(text, &account, &requests, moment))
    };
    let (first, second) = (step(&mut model, "Mi apellido"), step(&mut model, "Mi nombre"));
    assert_eq!(model.commit(first.changes), Ok(()));
    assert_eq!(model.commit(second.changes), Err(Conflict), "each is decided on what the other left");
    // Monday 23 November 2026 is a holiday.
    assert_eq!(model.tables.requests[0].due_on, jiff::civil::date(2026, 11, 30));
    assert!(step(&mut model, "Mi apellido").changes.is_empty(), "sent twice, it is one");
    for text in ["2", "3", "4", "5"] {
        let asked = step(&mut model, text);
        assert_eq!(model.settle(asked), AskCorrectionAnswer::Asked);
    }
    assert_eq!(step(&mut model, "6").answer, AskCorrectionAnswer::TooMany);
}

#[test]
fn a_correction_is_any_text_of_some_length() {
    assert_eq!(read_correction(" \r\n "), Err(CorrectionRefusal::Empty));
    assert_eq!(read_correction(" uno\r\ndos\u{7}\0 "), Ok("uno\ndos".to_owned()));
    assert!(read_correction(&"ñ".repeat(LONGEST_CORRECTION)).is_ok());
    assert_eq!(read_correction(&"ñ".repeat(LONGEST_CORRECTION + 1)), Err(CorrectionRefusal::TooLong));
}
