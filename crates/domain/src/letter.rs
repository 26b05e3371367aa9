//! Letters: what the portal tells people by e-mail, written in the same commit as what it tells.

use crate::browser::BrowserKind;
use crate::document::Document;
use crate::email::EmailAddress;
use crate::id::{AccountId, FlowId, KeyId, LetterId};
use crate::mailbox::Cause;
use crate::moment::Moment;
use jiff::{SignedDuration, Timestamp};

/// What a letter says. Its text is made when it is sent, so the outbox holds no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LetterKind {
    /// The temporary key to register with.
    RegistrationKey,
    /// To the addresses on file: somebody registers with another one, and their key waits.
    RegistrationHeld,
    /// To the addresses on file: somebody registers with another one, and their key is on its way.
    RegistrationTold,
    /// To somebody who registered again: you already have a user.
    AlreadyRegistered,
    /// The steps, with a temporary key, to choose a new password.
    RecoverySteps,
    /// A password was chosen for your user.
    PasswordChanged,
    /// Somebody signed in with a browser that your user does not know.
    NewBrowser,
    /// To a new address: the key that confirms it.
    EmailChangeKey,
    /// To the address of an account: another one was asked for.
    EmailChangeAsked,
    /// To the address from before: it was changed, and can be put back.
    EmailChanged,
    /// The account is closed.
    AccountClosed,
}

impl LetterKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::RegistrationKey,
        Self::RegistrationHeld,
        Self::RegistrationTold,
        Self::AlreadyRegistered,
        Self::RecoverySteps,
        Self::PasswordChanged,
        Self::NewBrowser,
        Self::EmailChangeKey,
        Self::EmailChangeAsked,
        Self::EmailChanged,
        Self::AccountClosed,
    ];

    /// The word that the store keeps.
    pub fn to_stored(self) -> &'static str {
        match self {
            Self::RegistrationKey => "registration-key",
            Self::RegistrationHeld => "registration-held",
            Self::RegistrationTold => "registration-told",
            Self::AlreadyRegistered => "already-registered",
            Self::RecoverySteps => "recovery-steps",
            Self::PasswordChanged => "password-changed",
            Self::NewBrowser => "new-browser",
            Self::EmailChangeKey => "email-change-key",
            Self::EmailChangeAsked => "email-change-asked",
            Self::EmailChanged => "email-changed",
            Self::AccountClosed => "account-closed",
        }
    }

    /// Whether it only tells of its key, which goes to somebody else.
    pub fn only_tells_of_its_key(self) -> bool {
        match self {
            Self::RegistrationHeld | Self::RegistrationTold => true,
            Self::RegistrationKey
            | Self::AlreadyRegistered
            | Self::RecoverySteps
            | Self::PasswordChanged
            | Self::NewBrowser
            | Self::EmailChangeKey
            | Self::EmailChangeAsked
            | Self::EmailChanged
            | Self::AccountClosed => false,
        }
    }

    /// Whether it tells of a change of address.
    pub fn is_of_email_change(self) -> bool {
        matches!(self, Self::EmailChangeKey | Self::EmailChangeAsked | Self::EmailChanged)
    }

    /// The kind that this word stands for.
    pub fn from_stored(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.to_stored() == word)
    }
}

/// A letter in the outbox.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its name; the Message-ID comes from it.
    pub id: LetterId,
    /// What it says.
    pub kind: LetterKind,
    /// The flow that asked for it, whose page tells what became of it.
    pub flow: Option<FlowId>,
    /// The key that it carries, or only tells of ([`LetterKind::only_tells_of_its_key`]).
    pub key: Option<KeyId>,
    /// The account that it is about.
    pub account: Option<AccountId>,
    /// The document that it is about, to be shown masked.
    pub document: Document,
    /// Where it goes.
    pub to: EmailAddress,
    /// Who caused it, which decides how much room it finds in its mailbox.
    pub cause: Cause,
    /// The browser that it tells of.
    pub browser: Option<BrowserKind>,
    /// When it was written.
    pub queued_at: Timestamp,
    /// When it may leave.
    pub leaves_at: Timestamp,
}

impl Letter {
    /// A letter about a document, written now, to leave at once. It is queued by
    /// [`Mailboxes::queue`](crate::mailbox::Mailboxes::queue), which knows the room in its mailbox.
    pub fn new(
        kind: LetterKind,
        cause: Cause,
        document: Document,
        to: EmailAddress,
        moment: &mut Moment<'_>,
    ) -> Self {
        Self {
            id: LetterId::new(moment.now, moment.rng),
            kind,
            flow: None,
            key: None,
            account: None,
            document,
            to,
            cause,
            browser: None,
            queued_at: moment.now,
            leaves_at: moment.now,
        }
    }

    /// With this key.
    #[must_use]
    pub fn with_key(self, key: KeyId) -> Self {
        Self { key: Some(key), ..self }
    }

    /// About this account.
    #[must_use]
    pub fn of_account(self, account: Option<AccountId>) -> Self {
        Self { account, ..self }
    }

    /// Asked for by this flow.
    #[must_use]
    pub fn of_flow(self, flow: FlowId) -> Self {
        Self { flow: Some(flow), ..self }
    }

    /// About this browser.
    #[must_use]
    pub fn about_browser(self, browser: Option<BrowserKind>) -> Self {
        Self { browser, ..self }
    }
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterState {
    /// It waits for its first or next attempt.
    Waiting {
        /// How often it was tried.
        attempts: u32,
        /// When it will be tried next.
        next_at: Timestamp,
        /// What the mail server said last time.
        reply: Option<String>,
    },
    /// A mail server took it.
    Accepted {
        /// When.
        at: Timestamp,
        /// Which server.
        server: String,
        /// What the server said.
        reply: String,
    },
    /// A mail server will not take it, ever.
    Refused {
        /// When.
        at: Timestamp,
        /// What the server said.
        reply: String,
    },
    /// It was not sent, because what it carries was over before it could leave.
    Dropped {
        /// When.
        at: Timestamp,
    },
}

/// How long to wait after the given number of failed attempts: 15 seconds, doubling, half an hour at most.
/// A mail server that defers unknown senders (greylisting) usually accepts after one to five minutes.
pub fn wait_after(attempts: u32) -> SignedDuration {
    let seconds = 15_i64.saturating_mul(1_i64 << attempts.saturating_sub(1).min(16));
    SignedDuration::from_secs(seconds.min(30 * 60))
}

/// After this long without success a letter is refused for good (RFC 5321, section 4.5.4.1: at least four to five days).
/// What it carries may be over before; it tells that then.
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Why a mail server will not take a letter, as far as its words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailRefusal {
    /// There is no such mailbox, or no such domain.
    NoSuchMailbox,
    /// The mailbox is full.
    MailboxFull,
    /// Another reason, in the server's own words.
    Other,
}

/// Reads a mail server's refusal: first the enhanced status codes of RFC 3463, then the words that servers without
/// them use.
pub fn read_refusal(reply: &str) -> MailRefusal {
    let reply = reply.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| reply.contains(phrase));
    if says(&["5.2.2", "quota", "mailbox full", "mailbox is full", "insufficient storage"]) {
        MailRefusal::MailboxFull
    } else if says(&[
        "5.1.1",
        "5.1.2",
        "5.1.10",
        "user unknown",
        "unknown user",
        "unknown recipient",
        "recipient unknown",
        "no such user",
        "no such mailbox",
        "no mailbox",
        "does not exist",
        "not found",
        "unrouteable",
        "invalid recipient",
    ]) {
        MailRefusal::NoSuchMailbox
    } else {
        MailRefusal::Other
    }
}

#[cfg(test)]
mod tests {
    use super::{MailRefusal, read_refusal, wait_after};

    #[test]
    fn a_refusal_is_read_by_its_code_or_by_its_words() {
        for (reply, meant) in [
            ("550 5.1.1 <a@b.c>: Recipient address rejected: User unknown", MailRefusal::NoSuchMailbox),
            ("550 no such mailbox here", MailRefusal::NoSuchMailbox),
            ("550 Unrouteable address", MailRefusal::NoSuchMailbox),
            ("552 5.2.2 The email account is over QUOTA", MailRefusal::MailboxFull),
            ("452 4.2.2 Mailbox full", MailRefusal::MailboxFull),
            ("554 5.7.1 Message rejected as spam", MailRefusal::Other),
            ("", MailRefusal::Other),
        ] {
            assert_eq!(read_refusal(reply), meant, "{reply}");
        }
    }

    #[test]
    fn waits_double_from_fifteen_seconds_to_half_an_hour() {
        let seconds: Vec<i64> = (1..=9).map(|attempts| wait_after(attempts).as_secs()).collect();
        assert_eq!(seconds, [15, 30, 60, 120, 240, 480, 960, 1800, 1800]);
        assert_eq!(wait_after(u32::MAX).as_secs(), 1800);
    }
}
