//! The letters: each is a typed context with samples, and a template for its text and one for its HTML.

use crate::fault::WordsError;
use crate::message::Message;
use crate::samples;
use crate::words::Words;
use jiff::Timestamp;
use minijinja::{Value, context};
use std::fmt;
use zaguan_domain::browser::{BrowserKind, Program, System};
use zaguan_domain::document::Document;
use zaguan_domain::email_change::WAY_BACK;

/// What a letter says.
#[derive(Clone)]
pub enum LetterContext {
    /// The temporary key to register with.
    RegistrationKey {
        /// The user name, shown masked.
        document: Document,
        /// The key, as shown: `XXXX-XXXX`.
        key: String,
        /// The link, absolute.
        link: String,
        /// Until when it works.
        expires_at: Timestamp,
    },
    /// To the address on file: somebody registers with another one, and the key waits.
    RegistrationHeld {
        /// The user name, shown masked.
        document: Document,
        /// The address that was typed, masked.
        typed: String,
        /// When the key leaves.
        leaves_at: Timestamp,
        /// Where it is let go, absolute.
        release_url: String,
    },
    /// To the address on file: somebody registers with another one, and the key has left.
    RegistrationTold {
        /// The user name, shown masked.
        document: Document,
        /// The address that was typed, masked.
        typed: String,
    },
    /// You already have a user.
    AlreadyRegistered {
        /// The user name, shown masked.
        document: Document,
        /// Where to get a new password, absolute.
        recover_url: String,
    },
    /// The steps, with a temporary key, to choose a new password.
    RecoverySteps {
        /// The user name, shown masked.
        document: Document,
        /// The key, as shown: `XXXX-XXXX`.
        key: String,
        /// The link, absolute.
        link: String,
        /// Where the key is typed, absolute.
        enter_key_url: String,
        /// Until when it works.
        expires_at: Timestamp,
    },
    /// In place of a letter with a temporary key that could not leave in time.
    KeyTooLate {
        /// The user name, shown masked.
        document: Document,
        /// Where to ask again, absolute.
        ask_url: String,
    },
    /// A password was chosen for your user.
    PasswordChanged {
        /// The user name, shown masked.
        document: Document,
        /// When.
        at: Timestamp,
        /// Where to get a new password if it was not you, absolute.
        recover_url: String,
    },
    /// Somebody signed in with a browser that your user does not know.
    NewBrowser {
        /// The user name, shown masked.
        document: Document,
        /// The browser.
        browser: BrowserKind,
        /// When.
        at: Timestamp,
        /// Where to get a new password if it was not you, absolute.
        recover_url: String,
    },
    /// To a new address: the key that confirms it.
    EmailChangeKey {
        /// The user name, shown masked.
        document: Document,
        /// The key, as shown: `XXXX-XXXX`.
        key: String,
        /// Where the key is typed, absolute.
        enter_key_url: String,
        /// Until when it works.
        expires_at: Timestamp,
    },
    /// Another address was asked for.
    EmailChangeAsked {
        /// The user name, shown masked.
        document: Document,
        /// The new address, masked.
        new_email: String,
        /// When.
        at: Timestamp,
        /// Where to get a new password if it was not you, absolute.
        recover_url: String,
    },
    /// The address was changed; this one is told.
    EmailChanged {
        /// The user name, shown masked.
        document: Document,
        /// The new address, masked.
        new_email: String,
        /// When.
        at: Timestamp,
    },
    /// The account is closed.
    AccountClosed {
        /// The user name, shown masked.
        document: Document,
        /// When.
        at: Timestamp,
        /// Where to register again, absolute.
        register_url: String,
    },
}

/// A letter ready to send.
#[derive(Clone)]
pub struct WrittenLetter {
    /// Its subject.
    pub subject: String,
    /// Its plain text, complete.
    pub text: String,
    /// Its HTML.
    pub html: String,
}

impl fmt::Debug for LetterContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key and the link open accounts; no log may hold them.
        write!(formatter, "LetterContext({})", self.template())
    }
}

impl fmt::Debug for WrittenLetter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WrittenLetter").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl LetterContext {
    /// One of each.
    pub fn samples() -> Vec<Self> {
        let document = samples::DOCUMENT;
        let recover_url = || "https://portal.example/recuperar".to_owned();
        vec![
            Self::registration_sample(),
            Self::RegistrationHeld {
                document,
                typed: SAMPLE_TYPED.to_owned(),
                leaves_at: SAMPLE_TIME,
                release_url: SAMPLE_LINK.replace("/enlace/", "/si-fui-yo/"),
            },
            Self::RegistrationTold { document, typed: SAMPLE_TYPED.to_owned() },
            Self::AlreadyRegistered { document, recover_url: recover_url() },
            Self::recovery_sample(),
            Self::KeyTooLate { document, ask_url: recover_url() },
            Self::PasswordChanged { document, at: SAMPLE_TIME, recover_url: recover_url() },
            Self::NewBrowser {
                document,
                browser: BrowserKind { program: Program::Chrome, system: System::Android },
                at: SAMPLE_TIME,
                recover_url: recover_url(),
            },
            Self::EmailChangeKey {
                document,
                key: "7KQM-2F9X".to_owned(),
                enter_key_url: "https://portal.example/cuenta/email/clave".to_owned(),
                expires_at: SAMPLE_TIME,
            },
            Self::EmailChangeAsked {
                document,
                new_email: "a•••a@e•••.com".to_owned(),
                at: SAMPLE_TIME,
                recover_url: recover_url(),
            },
            Self::EmailChanged {
                document, new_email: "a•••a@e•••.com".to_owned(), at: SAMPLE_TIME
            },
            Self::AccountClosed {
                document,
                at: SAMPLE_TIME,
                register_url: "https://portal.example/registro".to_owned(),
            },
        ]
    }

    pub(crate) fn registration_sample() -> Self {
        Self::RegistrationKey {
            document: samples::DOCUMENT,
            key: "7KQM-2F9X".to_owned(),
            link: SAMPLE_LINK.to_owned(),
            expires_at: SAMPLE_TIME,
        }
    }

    pub(crate) fn recovery_sample() -> Self {
        Self::RecoverySteps {
            document: samples::DOCUMENT,
            key: "7KQM-2F9X".to_owned(),
            link: SAMPLE_LINK.to_owned(),
            enter_key_url: "https://portal.example/recuperar/clave".to_owned(),
            expires_at: SAMPLE_TIME,
        }
    }

    /// The names of its two templates, less the endings.
    pub(crate) fn template(&self) -> &'static str {
        match self {
            Self::RegistrationKey { .. } => "letter/registration_key",
            Self::RegistrationHeld { .. } => "letter/registration_held",
            Self::RegistrationTold { .. } => "letter/registration_told",
            Self::AlreadyRegistered { .. } => "letter/already_registered",
            Self::RecoverySteps { .. } => "letter/recovery_steps",
            Self::KeyTooLate { .. } => "letter/key_too_late",
            Self::PasswordChanged { .. } => "letter/password_changed",
            Self::NewBrowser { .. } => "letter/new_browser",
            Self::EmailChangeKey { .. } => "letter/email_change_key",
            Self::EmailChangeAsked { .. } => "letter/email_change_asked",
            Self::EmailChanged { .. } => "letter/email_changed",
            Self::AccountClosed { .. } => "letter/account_closed",
        }
    }

    /// The subject. The key is not in it: telephones show subjects on their locked screens, and mail servers write
    /// them to their logs.
    pub(crate) fn subject(&self) -> Message {
        Message::new(match self {
            Self::RegistrationKey { .. } => "letter-registration-key-subject",
            Self::RegistrationHeld { .. } => "letter-registration-held-subject",
            Self::RegistrationTold { .. } => "letter-registration-told-subject",
            Self::AlreadyRegistered { .. } => "letter-already-registered-subject",
            Self::RecoverySteps { .. } => "letter-recovery-steps-subject",
            Self::KeyTooLate { .. } => "letter-key-too-late-subject",
            Self::PasswordChanged { .. } => "letter-password-changed-subject",
            Self::NewBrowser { .. } => "letter-new-browser-subject",
            Self::EmailChangeKey { .. } => "letter-email-change-key-subject",
            Self::EmailChangeAsked { .. } => "letter-email-change-asked-subject",
            Self::EmailChanged { .. } => "letter-email-changed-subject",
            Self::AccountClosed { .. } => "letter-account-closed-subject",
        })
    }

    /// What its templates are given.
    pub(crate) fn context(&self, words: &Words) -> Result<Value, WordsError> {
        Ok(match self {
            Self::RegistrationKey { document, key, link, expires_at } => context! {
                document => document.masked(),
                key => key.as_str(),
                link => link.as_str(),
                expires => words.moment(*expires_at)?,
            },
            Self::RegistrationHeld { document, typed, leaves_at, release_url } => context! {
                document => document.masked(),
                typed => typed.as_str(),
                leaves => words.moment(*leaves_at)?,
                release_url => release_url.as_str(),
            },
            Self::RegistrationTold { document, typed } => {
                context! { document => document.masked(), typed => typed.as_str() }
            }
            Self::AlreadyRegistered { document, recover_url } => {
                context! { document => document.masked(), recover_url => recover_url.as_str() }
            }
            Self::RecoverySteps { document, key, link, enter_key_url, expires_at } => context! {
                document => document.masked(),
                key => key.as_str(),
                link => link.as_str(),
                enter_key_url => enter_key_url.as_str(),
                expires => words.moment(*expires_at)?,
            },
            Self::KeyTooLate { document, ask_url } => {
                context! { document => document.masked(), ask_url => ask_url.as_str() }
            }
            Self::PasswordChanged { document, at, recover_url } => context! {
                document => document.masked(), at => words.moment(*at)?, recover_url => recover_url.as_str(),
            },
            Self::NewBrowser { document, browser, at, recover_url } => context! {
                document => document.masked(),
                browser => words.browser(*browser)?,
                at => words.moment(*at)?,
                recover_url => recover_url.as_str(),
            },
            Self::EmailChangeKey { document, key, enter_key_url, expires_at } => context! {
                document => document.masked(),
                key => key.as_str(),
                enter_key_url => enter_key_url.as_str(),
                expires => words.moment(*expires_at)?,
            },
            Self::EmailChangeAsked { document, new_email, at, recover_url } => context! {
                document => document.masked(),
                new_email => new_email.as_str(),
                at => words.moment(*at)?,
                recover_url => recover_url.as_str(),
            },
            Self::EmailChanged { document, new_email, at } => context! {
                document => document.masked(),
                new_email => new_email.as_str(),
                at => words.moment(*at)?,
                hours => WAY_BACK.as_hours(),
            },
            Self::AccountClosed { document, at, register_url } => context! {
                document => document.masked(), at => words.moment(*at)?, register_url => register_url.as_str(),
            },
        })
    }
}

/// 15 March 2026, 15:42 in Argentina.
const SAMPLE_TIME: Timestamp = Timestamp::constant(1_773_600_120, 0);

/// What an address looks like that is not for everybody's eyes.
const SAMPLE_TYPED: &str = "a•••z@g•••.com";

/// As long as a real one.
const SAMPLE_LINK: &str =
    "https://portal.example/enlace/AZ0x3kqP7v2mB9sLdTfYhUeJrNcGwQaXoKi1_EXAMPLE-ZyRt5HnMbVpCgSjWq8u";
