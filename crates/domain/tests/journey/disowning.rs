//! "No fui yo" and "Sí, fui yo": what each letter lets its reader stop or let go, and what it does not.

use crate::model::{Model, ana, policy, register_input};
use jiff::SignedDuration;
use zaguan_domain::account::Account;
use zaguan_domain::audit::Event;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::device::Device;
use zaguan_domain::disown::{DisownAnswer, DisownFacts, DisownLook, Stopped, disown, look_at_disowning};
use zaguan_domain::email_change::{
    AskEmailChange, ConfirmEmailChangeAnswer, EmailChangeFacts, ask_email_change, confirm_email_change,
};
use zaguan_domain::hold::{EmailOnFile, ReleaseAnswer, ReleaseFacts, look_at_release, release_by_letter};
use zaguan_domain::id::LetterId;
use zaguan_domain::key::{Key, KeyState};
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_domain::letter_token::{LETTER_TOKEN_LIFE, LetterToken};
use zaguan_domain::mailbox::Cause;
use zaguan_domain::policy::Policy;
use zaguan_domain::secret::Use;
use zaguan_domain::session::Session;
use zaguan_domain::token::TokenHash;

/// Ana has an account, a session, a browser that it knows, a key to recover with and a new address that waits.
fn whole() -> (Model, Account) {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.registered(browser, "one");
    model.later(600);
    model.recover(browser, ana());
    let account = model.tables.accounts[0].clone();
    let token = TokenHash::from_bytes([5; 32]);
    model.tables.sessions.push(Session {
        token,
        account: account.id,
        opened_at: model.now,
        seen_at: model.now,
        browser: BrowserKind::UNKNOWN,
        proven_at: model.now,
    });
    model.tables.devices.push(Device {
        account: account.id,
        token,
        browser: BrowserKind::UNKNOWN,
        first_seen_at: model.now,
        seen_at: model.now,
    });
    ask_for(&mut model, "nueva@gmail.com");
    (model, account)
}

fn email_facts(model: &Model) -> EmailChangeFacts {
    EmailChangeFacts {
        account: model.tables.accounts.first().cloned(),
        latest: model.tables.email_changes.last().cloned(),
        mailboxes: model.mailboxes(),
    }
}

fn ask_for(model: &mut Model, email: &str) {
    let facts = email_facts(model);
    let proven = facts.account.clone().unwrap().password;
    let input = AskEmailChange { email: register_input(email).email, insists_on_email: true };
    let step = model.step(|_, moment| ask_email_change(&input, &proven, &facts, moment));
    model.settle(step);
}

fn letter(model: &Model, kind: LetterKind, account: Option<&Account>, to: &str) -> Letter {
    Letter {
        id: LetterId::from_bytes([7; 16]),
        kind,
        flow: None,
        key: None,
        account: account.map(|account| account.id),
        document: ana(),
        to: register_input(to).email,
        cause: Cause::Notice,
        browser: None,
        queued_at: model.now,
        leaves_at: model.now,
    }
}

fn facts(model: &Model, letter: &Letter) -> DisownFacts {
    let disowned = model.tables.disowned.iter().find(|(id, _)| *id == letter.id);
    DisownFacts {
        letter: Some(letter.clone()),
        disowned_at: disowned.map(|(_, at)| *at),
        restored_at: None,
        key: model.tables.keys.iter().find(|key| Some(key.id) == letter.key).cloned(),
        accounts: model.tables.accounts.clone(),
        policies: model.policies.clone(),
        email_changes: model.tables.email_changes.clone(),
    }
}

fn look(model: &mut Model, letter: &Letter) -> DisownLook {
    let facts = facts(model, letter);
    let token = LetterToken::of(letter.id, Use::Disown, &model.secrets).unwrap();
    model.step(|_, moment| look_at_disowning(&token, &facts, moment))
}

fn press(model: &mut Model, letter: &Letter) -> DisownAnswer {
    let facts = facts(model, letter);
    let token = LetterToken::of(letter.id, Use::Disown, &model.secrets).unwrap();
    let step = model.step(|_, moment| disown(&token, &facts, moment));
    model.settle(step)
}

fn stopped(kind: LetterKind, is_locked: bool, is_taken: bool) -> DisownAnswer {
    DisownAnswer::Done(Stopped { kind, is_locked, is_taken })
}

fn events(model: &Model) -> Vec<Event> {
    model.tables.records.iter().map(|record| record.event).collect()
}

/// Whether Ana's session, her known browser, her key and the address that waits are still there.
fn left(model: &Model) -> [bool; 4] {
    let tables = &model.tables;
    let key = tables.keys.iter().any(|key| key.is_alive(model.now));
    let waits = tables.email_changes.iter().any(|change| change.is_pending(model.now));
    [!tables.sessions.is_empty(), tables.devices.iter().any(|d| d.token.as_bytes() == &[5; 32]), key, waits]
}

#[test]
fn a_letter_to_the_account_ends_all_that_is_open_and_locks_a_password_that_it_told_of() {
    for (kind, is_locked) in [
        (LetterKind::AlreadyRegistered, false),
        (LetterKind::RecoverySteps, false),
        (LetterKind::PasswordChanged, true),
        (LetterKind::NewBrowser, true),
        (LetterKind::EmailChangeAsked, true),
    ] {
        let (mut model, account) = whole();
        let letter = letter(&model, kind, Some(&account), "ana@gmail.com");
        assert_eq!(left(&model), [true; 4]);
        assert_eq!(press(&mut model, &letter), stopped(kind, is_locked, false));
        assert_eq!(left(&model), [false; 4], "{kind:?}");
        let after = &model.tables.accounts[0];
        assert_eq!((after.locked_at, &after.email), (is_locked.then_some(model.now), &account.email));
        let told = model.tables.records.iter().find(|record| record.event == Event::Disowned).unwrap();
        assert_eq!((told.account, told.detail.as_str()), (Some(account.id), kind.to_stored()));
        assert_eq!(events(&model).contains(&Event::AccountLocked), is_locked);
        assert!(!events(&model).contains(&Event::EmailRestored));
    }
}

#[test]
fn a_mailbox_that_anybody_may_have_typed_stops_its_own_key_alone() {
    let (mut model, account) = whole();
    for (kind, to) in
        [(LetterKind::RegistrationKey, "otro@gmail.com"), (LetterKind::AccountClosed, "ana@gmail.com")]
    {
        let letter = letter(&model, kind, None, to);
        assert_eq!(press(&mut model, &letter), stopped(kind, false, false));
        assert_eq!(left(&model), [true; 4], "{kind:?}");
        model.tables.disowned.clear();
    }
    let key = model.tables.keys.iter().find(|key| key.is_alive(model.now)).cloned().unwrap();
    let with_key =
        Letter { key: Some(key.id), ..letter(&model, LetterKind::RegistrationKey, None, "otro@gmail.com") };
    press(&mut model, &with_key);
    assert_eq!(left(&model), [true, true, false, true]);
    assert_eq!(model.key(key.id).killed_at, Some(model.now));
    assert_eq!(model.tables.accounts[0].locked_at, account.locked_at);
}

#[test]
fn a_mailbox_stops_the_account_that_was_opened_with_its_key_and_no_other() {
    for (to, earlier, is_locked) in [
        ("ana@gmail.com", 0, true),
        ("ana@gmail.com", 1, true),
        ("ana@gmail.com", -1, false),
        ("otro@gmail.com", 0, false),
    ] {
        let (mut model, account) = whole();
        let key = model.tables.keys[0].id;
        let queued_at = account.opened_at - SignedDuration::from_secs(earlier);
        let letter =
            Letter { key: Some(key), queued_at, ..letter(&model, LetterKind::RegistrationKey, None, to) };
        model.tables.keys[0].spent_at = None;
        assert_eq!(press(&mut model, &letter), stopped(LetterKind::RegistrationKey, is_locked, false));
        assert_eq!(left(&model)[0], !is_locked, "{to} {earlier}");
    }
}

#[test]
fn the_new_address_calls_its_own_change_off_and_nothing_else() {
    let (mut model, _) = whole();
    let key_letter = model
        .tables
        .letters
        .iter()
        .rfind(|letter| letter.kind == LetterKind::EmailChangeKey)
        .cloned()
        .unwrap();
    model.later(24 * 3600 - 1);
    model.tables.email_changes[0].expires_at = model.now + SignedDuration::from_secs(1);
    assert_eq!(press(&mut model, &key_letter), stopped(LetterKind::EmailChangeKey, false, false));
    let [session, device, _, waits] = left(&model);
    assert_eq!((session, device, waits), (true, true, false));
    let (mut model, _) = whole();
    let key_letter = model
        .tables
        .letters
        .iter()
        .rfind(|letter| letter.kind == LetterKind::EmailChangeKey)
        .cloned()
        .unwrap();
    model.later(24 * 3600);
    press(&mut model, &key_letter);
    assert_eq!(model.tables.email_changes[0].ended_at, None, "it is over by itself");
}

#[test]
fn the_address_from_before_is_put_back_within_three_days_and_the_password_locked() {
    for (hours, is_back) in [(0, true), (71, true), (72, false)] {
        let (mut model, account) = whole();
        let facts = email_facts(&model);
        let typed = facts.latest.as_ref().unwrap().key(&model.secrets).unwrap();
        let step = model.step(|_, moment| confirm_email_change(&typed, &facts, moment));
        assert_eq!(model.settle(step), ConfirmEmailChangeAnswer::Changed);
        let told = model.tables.letters.last().cloned().unwrap();
        assert_eq!((told.kind, &told.to), (LetterKind::EmailChanged, &account.email));
        model.later(hours * 3600);
        if is_back {
            assert_eq!(press(&mut model, &told), stopped(LetterKind::EmailChanged, true, false));
            assert_eq!(model.tables.accounts[0].email, account.email);
            let restored =
                model.tables.records.iter().find(|told| told.event == Event::EmailRestored).unwrap();
            assert_eq!(restored.account, Some(account.id));
        } else {
            assert_eq!(look(&mut model, &told), DisownLook::TooOld);
            assert_eq!(press(&mut model, &told), DisownAnswer::Nothing(DisownLook::TooOld));
            assert_eq!(model.tables.accounts[0].email.as_str(), "nueva@gmail.com");
        }
    }
}

/// Somebody registers with another address than the one on file: the letter that tells of it.
fn told_on_file(model: &mut Model, rule: EmailOnFile) -> Letter {
    let on_file = register_input("titular@correo.com.ar").email;
    model.policies = vec![Policy { email: Some(on_file), ..policy("1234567", "M") }];
    model.rules.hold.email_on_file = rule;
    let browser = model.browser();
    model.register(browser, "otra@gmail.com");
    let only_tells = |letter: &&Letter| letter.kind.only_tells_of_its_key();
    model.tables.letters.iter().rfind(only_tells).cloned().expect("the address on file is told")
}

#[test]
fn the_address_on_file_stops_the_keys_of_its_holder() {
    for rule in [EmailOnFile::Hold, EmailOnFile::Send] {
        let mut model = Model::new(1);
        let told = told_on_file(&mut model, rule);
        let kind = told.kind;
        assert_eq!(press(&mut model, &told), stopped(kind, false, false));
        assert!(model.tables.keys.iter().all(|key| key.state(model.now) == KeyState::Killed));
    }
}

#[test]
fn the_address_on_file_takes_the_account_that_somebody_else_opened_and_not_the_holders_own() {
    for (email, is_taken) in [("otra@gmail.com", true), ("titular@correo.com.ar", false)] {
        let mut model = Model::new(1);
        let told = told_on_file(&mut model, EmailOnFile::Send);
        let holder = model.tables.keys[0].holder.clone();
        let (_, account) = whole();
        let opened_at = model.now;
        let email = register_input(email).email;
        model.tables.accounts.push(Account { holder, email: email.clone(), opened_at, ..account });
        let kind = LetterKind::RegistrationTold;
        assert_eq!(press(&mut model, &told), stopped(kind, is_taken, is_taken));
        let after = &model.tables.accounts[0];
        assert_eq!(after.locked_at.is_some(), is_taken);
        assert_eq!(after.email, if is_taken { told.to.clone() } else { email });
        assert_eq!(events(&model).contains(&Event::EmailRestored), is_taken);
    }
}

#[test]
fn a_button_is_pressed_once_and_no_later_than_thirty_days_and_only_with_its_own_token() {
    let (mut model, account) = whole();
    let kind = LetterKind::NewBrowser;
    let told = letter(&model, kind, Some(&account), "ana@gmail.com");
    let asks = DisownLook::Asks { kind, written_at: told.queued_at };
    assert_eq!(look(&mut model, &told), asks);
    model.now = told.queued_at + LETTER_TOKEN_LIFE;
    assert_eq!(look(&mut model, &told), asks);
    model.now += SignedDuration::from_nanos(1);
    assert_eq!(press(&mut model, &told), DisownAnswer::Nothing(DisownLook::TooOld));
    model.now = told.queued_at;
    let of_facts = facts(&model, &told);
    let release = LetterToken::of(told.id, Use::Release, &model.secrets).unwrap();
    let other = LetterToken::of(LetterId::from_bytes([8; 16]), Use::Disown, &model.secrets).unwrap();
    for token in [release, other] {
        let step = model.step(|_, moment| disown(&token, &of_facts, moment));
        assert_eq!(step.answer, DisownAnswer::Nothing(DisownLook::Unknown));
        assert!(step.changes.is_empty());
    }
    press(&mut model, &told);
    assert_eq!(press(&mut model, &told), DisownAnswer::Nothing(DisownLook::AlreadyDone { kind }));
}

#[test]
fn a_letter_from_before_the_database_was_put_back_from_a_backup_stops_nothing() {
    let (mut model, account) = whole();
    let told = letter(&model, LetterKind::NewBrowser, Some(&account), "ana@gmail.com");
    let token = LetterToken::of(told.id, Use::Disown, &model.secrets).unwrap();
    for (later, is_too_old) in [(0, false), (1, true)] {
        let restored_at = Some(told.leaves_at + SignedDuration::from_nanos(later));
        let facts = DisownFacts { restored_at, ..facts(&model, &told) };
        let look = model.step(|_, moment| look_at_disowning(&token, &facts, moment));
        assert_eq!(look == DisownLook::TooOld, is_too_old);
    }
}

fn release(model: &mut Model, told: &Letter, key: Option<Key>, usage: Use) -> ReleaseAnswer {
    let facts = ReleaseFacts { letter: Some(told.clone()), key };
    let token = LetterToken::of(told.id, usage, &model.secrets).unwrap();
    model.step(|_, moment| look_at_release(&token, &facts, moment))
}

#[test]
fn a_held_key_is_let_go_by_its_letter_alone_and_once() {
    let mut model = Model::new(1);
    let told = told_on_file(&mut model, EmailOnFile::Hold);
    let key = model.tables.keys[0].clone();
    let (to, until) = (key.email.clone().unwrap(), key.held_until.unwrap());
    let asks = ReleaseAnswer::Asks { to: to.clone(), until };
    assert_eq!(release(&mut model, &told, Some(key.clone()), Use::Release), asks);
    assert_eq!(release(&mut model, &told, Some(key.clone()), Use::Disown), ReleaseAnswer::Unknown);
    assert_eq!(release(&mut model, &told, None, Use::Release), ReleaseAnswer::Unknown);
    let another = Key { id: zaguan_domain::id::KeyId::from_bytes([9; 16]), ..key.clone() };
    assert_eq!(release(&mut model, &told, Some(another), Use::Release), ReleaseAnswer::Unknown);
    let decoy = Key { email: None, ..key.clone() };
    assert_eq!(release(&mut model, &told, Some(decoy), Use::Release), ReleaseAnswer::Unknown);
    let other_kind = Letter { kind: LetterKind::RegistrationTold, ..told.clone() };
    assert_eq!(release(&mut model, &other_kind, Some(key.clone()), Use::Release), ReleaseAnswer::Unknown);
    let killed = Key { killed_at: Some(model.now), ..key.clone() };
    assert_eq!(release(&mut model, &told, Some(killed), Use::Release), ReleaseAnswer::Stopped);
    let facts = ReleaseFacts { letter: Some(told.clone()), key: Some(key.clone()) };
    let token = LetterToken::of(told.id, Use::Release, &model.secrets).unwrap();
    let step = model.step(|_, moment| release_by_letter(&token, &facts, moment));
    assert_eq!(model.settle(step), ReleaseAnswer::Released { to });
    let gone = model.key(key.id);
    assert_eq!((gone.held_until, gone.state(model.now)), (Some(model.now), KeyState::Alive));
    let facts = ReleaseFacts { key: Some(gone), ..facts };
    let again = model.step(|_, moment| release_by_letter(&token, &facts, moment));
    assert_eq!((again.answer, again.changes.len()), (ReleaseAnswer::AlreadyLeft, 0));
}

#[test]
fn a_letter_lets_a_key_go_for_thirty_days() {
    let mut model = Model::new(1);
    let told = told_on_file(&mut model, EmailOnFile::Hold);
    let end = told.queued_at + LETTER_TOKEN_LIFE;
    let key = Key { held_until: Some(end + SignedDuration::from_hours(1)), ..model.tables.keys[0].clone() };
    model.now = end;
    assert!(matches!(
        release(&mut model, &told, Some(key.clone()), Use::Release),
        ReleaseAnswer::Asks { .. }
    ));
    model.now = end + SignedDuration::from_nanos(1);
    assert_eq!(release(&mut model, &told, Some(key), Use::Release), ReleaseAnswer::Unknown);
    assert_eq!(LETTER_TOKEN_LIFE, SignedDuration::from_hours(720));
}

#[test]
fn an_operators_word_for_the_hold_is_one_of_three() {
    let read = ["hold", "send", "require", "", "Hold"].map(EmailOnFile::read);
    let words = [Some(EmailOnFile::Hold), Some(EmailOnFile::Send), Some(EmailOnFile::Require), None, None];
    assert_eq!(read, words);
}
