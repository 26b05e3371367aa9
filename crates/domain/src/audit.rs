//! The audit trail: what happened, in the same commit as what it tells. No record holds a secret.

use crate::account::Holder;
use crate::browser::BrowserKind;
use crate::change::Change;
use crate::document::Document;
use crate::id::AccountId;
use crate::moment::Moment;
use crate::origin::Actor;
use jiff::Timestamp;
use std::net::IpAddr;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Somebody asked for a user with the data of a policy.
    RegistrationAsked,
    /// Data that fit no policy were typed.
    RegistrationRefused,
    /// A key waits, because the book has another address for its holder.
    KeyHeld,
    /// The address on file let a held key go.
    HoldReleased,
    /// Somebody asked for the steps to choose a new password.
    RecoveryAsked,
    /// A temporary key was issued.
    KeyIssued,
    /// A letter was not written, for want of room in its mailbox.
    LetterDropped,
    /// A temporary key was typed wrong.
    KeyRefused,
    /// An account was opened.
    AccountOpened,
    /// A password was set with a temporary key.
    PasswordSet,
    /// A password was changed by somebody who is signed in.
    PasswordChanged,
    /// Somebody signed in.
    SignedIn,
    /// A password was wrong.
    SignInRefused,
    /// Somebody signed out.
    SignedOut,
    /// Sessions were ended.
    SessionsEnded,
    /// A change of address was asked for.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
    /// The address from before was put back.
    EmailRestored,
    /// Somebody said of a letter that they did not cause it.
    Disowned,
    /// The password opens nothing any more, until a new one is set.
    AccountLocked,
    /// The operator let an account in again.
    AccountUnlocked,
    /// An account was closed.
    AccountClosed,
    /// Somebody looked at all of their data.
    DataShown,
    /// A correction of data was asked for.
    CorrectionAsked,
    /// An operator did what was asked for.
    CorrectionAnswered,
    /// The present password was typed wrong by somebody who is signed in.
    ProofRefused,
    /// An operator looked at the data of a document.
    DataLookedUp,
    /// A policy book was put into use.
    BookSwitched,
    /// The database was put back from a backup.
    Restored,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::RegistrationAsked,
        Self::RegistrationRefused,
        Self::KeyHeld,
        Self::HoldReleased,
        Self::RecoveryAsked,
        Self::KeyIssued,
        Self::LetterDropped,
        Self::KeyRefused,
        Self::AccountOpened,
        Self::PasswordSet,
        Self::PasswordChanged,
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::SessionsEnded,
        Self::EmailChangeAsked,
        Self::EmailChanged,
        Self::EmailRestored,
        Self::Disowned,
        Self::AccountLocked,
        Self::AccountUnlocked,
        Self::AccountClosed,
        Self::DataShown,
        Self::CorrectionAsked,
        Self::CorrectionAnswered,
        Self::ProofRefused,
        Self::DataLookedUp,
        Self::BookSwitched,
        Self::Restored,
    ];

    /// The word that the store keeps.
    pub fn to_stored(self) -> &'static str {
        match self {
            Self::RegistrationAsked => "registration-asked",
            Self::RegistrationRefused => "registration-refused",
            Self::KeyHeld => "key-held",
            Self::HoldReleased => "hold-released",
            Self::RecoveryAsked => "recovery-asked",
            Self::KeyIssued => "key-issued",
            Self::LetterDropped => "letter-dropped",
            Self::KeyRefused => "key-refused",
            Self::AccountOpened => "account-opened",
            Self::PasswordSet => "password-set",
            Self::PasswordChanged => "password-changed",
            Self::SignedIn => "signed-in",
            Self::SignInRefused => "sign-in-refused",
            Self::SignedOut => "signed-out",
            Self::SessionsEnded => "sessions-ended",
            Self::EmailChangeAsked => "email-change-asked",
            Self::EmailChanged => "email-changed",
            Self::EmailRestored => "email-restored",
            Self::Disowned => "disowned",
            Self::AccountLocked => "account-locked",
            Self::AccountUnlocked => "account-unlocked",
            Self::AccountClosed => "account-closed",
            Self::DataShown => "data-shown",
            Self::CorrectionAsked => "correction-asked",
            Self::CorrectionAnswered => "correction-answered",
            Self::ProofRefused => "proof-refused",
            Self::DataLookedUp => "data-looked-up",
            Self::BookSwitched => "book-switched",
            Self::Restored => "restored",
        }
    }

    /// The event that this word stands for.
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.to_stored() == word)
    }
}

/// An address as a record holds it: with chance, so that the record stays bound to it after it was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedAddress {
    /// The address.
    pub address: IpAddr,
    /// Chance that goes into its hash.
    pub chance: [u8; 16],
}

/// One record of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
    /// Who acted.
    pub actor: Actor,
    /// About which document, whether or not anybody has it.
    pub document: Option<Document>,
    /// About which account.
    pub account: Option<AccountId>,
    /// With what browser.
    pub browser: Option<BrowserKind>,
    /// From where.
    pub address: Option<RecordedAddress>,
    /// More of it, for operators, in English: never a secret, and addresses of people only masked.
    pub detail: String,
}

/// Records an event of this moment.
pub fn record(event: Event, moment: &mut Moment<'_>) -> Record {
    let address = moment.origin.address.map(|address| {
        let mut chance = [0; 16];
        moment.rng.fill_bytes(&mut chance);
        RecordedAddress { address, chance }
    });
    Record {
        at: moment.now,
        event,
        actor: moment.origin.actor,
        document: None,
        account: None,
        browser: moment.origin.browser,
        address,
        detail: String::new(),
    }
}

impl Record {
    /// About this document.
    #[must_use]
    pub fn of_document(self, document: Document) -> Self {
        Self { document: Some(document), ..self }
    }

    /// About this account of this holder.
    #[must_use]
    pub fn of_account(self, account: AccountId, holder: &Holder) -> Self {
        Self { document: Some(holder.document), account: Some(account), ..self }
    }

    /// With more words.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// As a change.
    pub fn into_change(self) -> Change {
        Change::Recorded(self)
    }
}
