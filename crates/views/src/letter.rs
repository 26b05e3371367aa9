//! The letters: each is a typed context with samples, and a template for its text and one for its HTML.

use jiff::Timestamp;
use zaguan_domain::document::Document;

/// What a letter says.
#[derive(Clone, Debug)]
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
    /// A password was chosen for your user.
    PasswordChanged {
        /// The user name, shown masked.
        document: Document,
        /// When.
        at: Timestamp,
        /// Where to get a new password if it was not you, absolute.
        recover_url: String,
    },
}

/// A letter ready to send.
#[derive(Clone, Debug)]
pub struct WrittenLetter {
    /// Its subject.
    pub subject: String,
    /// Its plain text, complete.
    pub text: String,
    /// Its HTML.
    pub html: String,
}
