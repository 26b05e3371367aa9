//! "No fui yo": whoever got a letter says that they did not cause it.

use crate::account::{Account, Holder};
use crate::audit::{Event, Record, record};
use crate::change::{Change, Step};
use crate::email_change::{EmailChange, told_by};
use crate::hold::addresses_on_file;
use crate::key::Key;
use crate::letter::{Letter, LetterKind};
use crate::letter_token::{LETTER_TOKEN_LIFE, LetterToken};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::secret::Use;
use jiff::Timestamp;

/// What disowning a letter looks at.
#[derive(Clone, Debug, Default)]
pub struct DisownFacts {
    /// The letter that the token names.
    pub letter: Option<Letter>,
    /// When somebody said of it already that they did not cause it.
    pub disowned_at: Option<Timestamp>,
    /// When the database was last put back from a backup.
    pub restored_at: Option<Timestamp>,
    /// The key that it carries or tells of.
    pub key: Option<Key>,
    /// The accounts of its document.
    pub accounts: Vec<Account>,
    /// The policies of its document.
    pub policies: Vec<Policy>,
    /// The changes of address of its account.
    pub email_changes: Vec<EmailChange>,
}

/// What a person who opened "No fui yo" is told. Opening it changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisownLook {
    /// The button works.
    Asks {
        /// What the letter said.
        kind: LetterKind,
        /// When it was written.
        written_at: Timestamp,
    },
    /// It was pressed already.
    AlreadyDone {
        /// What the letter said.
        kind: LetterKind,
    },
    /// The letter is too old, or was sent before the database was put back from a backup.
    TooOld,
    /// The link is cut short or mistyped.
    Unknown,
}

/// What came of pressing "No fui yo".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisownAnswer {
    /// It was stopped.
    Done(Stopped),
    /// Nothing, for the reason given.
    Nothing(DisownLook),
}

/// What was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// What the letter said.
    pub kind: LetterKind,
    /// The password opens nothing any more: a new one has to be chosen.
    pub is_locked: bool,
    /// Somebody else had a user in the holder's name by then: it has the address on file now, by which a new password is
    /// chosen.
    pub is_taken: bool,
}

/// Whom whoever reads a letter speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    /// A mailbox that anybody may have typed: for itself and the key that it got.
    Mailbox,
    /// The address that the book has for the holder: for the holder.
    Holder,
    /// The address of an account: for the account.
    Account,
}

fn reader(kind: LetterKind) -> Reader {
    match kind {
        LetterKind::RegistrationKey | LetterKind::EmailChangeKey | LetterKind::AccountClosed => {
            Reader::Mailbox
        }
        LetterKind::RegistrationHeld | LetterKind::RegistrationTold => Reader::Holder,
        LetterKind::AlreadyRegistered
        | LetterKind::RecoverySteps
        | LetterKind::PasswordChanged
        | LetterKind::NewBrowser
        | LetterKind::EmailChangeAsked
        | LetterKind::EmailChanged => Reader::Account,
    }
}

/// Whether the letter told of a password that somebody used or chose: if it was not its reader, it must not open again.
fn tells_of_a_password(kind: LetterKind) -> bool {
    match kind {
        LetterKind::PasswordChanged
        | LetterKind::NewBrowser
        | LetterKind::EmailChangeAsked
        | LetterKind::EmailChanged => true,
        LetterKind::RegistrationKey
        | LetterKind::RegistrationHeld
        | LetterKind::RegistrationTold
        | LetterKind::AlreadyRegistered
        | LetterKind::RecoverySteps
        | LetterKind::EmailChangeKey
        | LetterKind::AccountClosed => false,
    }
}

/// Looks at the link "No fui yo" of a letter. Nothing is written, whoever opens it and however often.
pub fn look_at_disowning(token: &LetterToken, facts: &DisownFacts, moment: &Moment<'_>) -> DisownLook {
    let letter = facts.letter.as_ref().filter(|letter| letter.id == token.letter());
    let Some(letter) = letter.filter(|_| token.is_proven(Use::Disown, moment.secrets)) else {
        return DisownLook::Unknown;
    };
    if facts.disowned_at.is_some() {
        DisownLook::AlreadyDone { kind: letter.kind }
    } else if moment.now.duration_since(letter.queued_at) > LETTER_TOKEN_LIFE
        || facts.restored_at.is_some_and(|restored_at| letter.leaves_at < restored_at)
        || (letter.kind == LetterKind::EmailChanged
            && address_to_restore(letter, facts, moment.now).is_none())
    {
        DisownLook::TooOld
    } else {
        DisownLook::Asks { kind: letter.kind, written_at: letter.queued_at }
    }
}

/// Stops what a letter told of: keys and links die, sessions end, browsers are forgotten, changes that wait come to
/// nothing, and a password that somebody else chose opens nothing any more.
pub fn disown(token: &LetterToken, facts: &DisownFacts, moment: &mut Moment<'_>) -> Step<DisownAnswer> {
    let look = look_at_disowning(token, facts, moment);
    let (DisownLook::Asks { kind, .. }, Some(letter)) = (look, &facts.letter) else {
        return Step::only(DisownAnswer::Nothing(look));
    };
    let at = moment.now;
    let mut changes = vec![Change::LetterDisowned { letter: letter.id, at }];
    let told = record(Event::Disowned, moment).of_document(letter.document).with_detail(kind.to_stored());
    let account = account_spoken_for(letter, facts);
    let told = account.iter().fold(told, |told, account| told.of_account(account.id, &account.holder));
    changes.push(told.into_change());
    changes.extend(dead_keys(letter, facts, at));
    changes.extend(restored_address(letter, facts, moment));
    let mut stopped = Stopped { kind, is_locked: false, is_taken: false };
    if let Some(account) = account {
        changes.push(Change::AccountSessionsEnded { account: account.id });
        changes.push(Change::DevicesForgotten { account: account.id, except: None });
        changes.push(Change::EmailChangesEnded { account: account.id, at });
        if reader(kind) == Reader::Holder {
            stopped.is_taken = true;
            changes.push(Change::AccountReclaimed { account: account.id, email: letter.to.clone() });
            let restored = record(Event::EmailRestored, moment).of_account(account.id, &account.holder);
            let detail = format!("from {} to {}, on file", account.email.masked(), letter.to.masked());
            changes.push(restored.with_detail(detail).into_change());
        }
        if reader(kind) != Reader::Account || tells_of_a_password(kind) {
            stopped.is_locked = true;
            changes.push(Change::AccountLocked { account: account.id, at });
            let locked = record(Event::AccountLocked, moment).of_account(account.id, &account.holder);
            changes.push(locked.with_detail(kind.to_stored()).into_change());
        }
    }
    Step::with(DisownAnswer::Done(stopped), changes)
}

/// The change that brought another address, while the one that this letter went to can be put back.
fn address_to_restore<'a>(
    letter: &Letter,
    facts: &'a DisownFacts,
    now: Timestamp,
) -> Option<&'a EmailChange> {
    told_by(letter, &facts.email_changes).filter(|change| change.can_be_restored(now))
}

/// The address from before is put back; a change that its new address disowns is called off.
fn restored_address(letter: &Letter, facts: &DisownFacts, moment: &mut Moment<'_>) -> Vec<Change> {
    let at = moment.now;
    if letter.kind == LetterKind::EmailChangeKey {
        let pending = told_by(letter, &facts.email_changes).filter(|change| change.can_be_sent(at));
        let ended = pending.map(|change| Change::EmailChangesEnded { account: change.account, at });
        return ended.into_iter().collect();
    }
    let Some(change) = address_to_restore(letter, facts, at) else { return Vec::new() };
    let detail = format!("from {} to {}", change.new_email.masked(), change.old_email.masked());
    let restored = record(Event::EmailRestored, moment).of_document(letter.document).with_detail(detail);
    let restored = Record { account: letter.account, ..restored };
    vec![Change::EmailRestored { change: change.id, at }, restored.into_change()]
}

/// The keys that die. A mailbox that anybody may have typed speaks for its own key alone.
fn dead_keys(letter: &Letter, facts: &DisownFacts, at: Timestamp) -> Option<Change> {
    let holder = holder_of(letter, facts);
    match (reader(letter.kind), holder, letter.key) {
        (Reader::Mailbox, _, Some(key)) => Some(Change::KeyKilled { key, at }),
        (Reader::Holder | Reader::Account, Some(holder), _) => Some(Change::HolderKeysKilled { holder, at }),
        (Reader::Mailbox, _, None) | (Reader::Holder | Reader::Account, None, _) => None,
    }
}

fn holder_of(letter: &Letter, facts: &DisownFacts) -> Option<Holder> {
    let of_account = || {
        let account = facts.accounts.iter().find(|account| Some(account.id) == letter.account)?;
        Some(account.holder.clone())
    };
    facts.key.as_ref().map(|key| key.holder.clone()).or_else(of_account)
}

/// The account whose sessions end: the one that the letter is about, or one that was opened with the key of the letter.
fn account_spoken_for<'a>(letter: &Letter, facts: &'a DisownFacts) -> Option<&'a Account> {
    let opened_since = || {
        let holder = holder_of(letter, facts)?;
        let of_holder = facts.accounts.iter().find(|account| account.holder == holder)?;
        Some(of_holder).filter(|account| account.opened_at >= letter.queued_at)
    };
    match reader(letter.kind) {
        Reader::Account => facts.accounts.iter().find(|account| Some(account.id) == letter.account),
        Reader::Mailbox => opened_since().filter(|account| account.email == letter.to),
        Reader::Holder => opened_since().filter(|account| {
            // The holder may have registered since, with an address of their own.
            !addresses_on_file(&facts.policies, &account.holder.discriminator).contains(&account.email)
        }),
    }
}
