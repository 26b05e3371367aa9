//! Accounts: who may sign in.

use crate::document::Document;
use crate::email::EmailAddress;
use crate::id::AccountId;
use crate::secret::SecretVersion;
use jiff::Timestamp;
use std::fmt;

/// A person in the policy book. A document number alone is not enough: the old LE and LC series gave the same numbers
/// to two people, whom the book tells apart by a discriminator (its sex marker or customer number).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    /// The document, which is also the user name.
    pub document: Document,
    /// The book's discriminator; empty where the book has none.
    pub discriminator: String,
}

/// Somebody who chose a password.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name for ever.
    pub id: AccountId,
    /// Whose it is.
    pub holder: Holder,
    /// Where its letters go.
    pub email: EmailAddress,
    /// The hash of its password.
    pub password: StoredPassword,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Since when its password opens nothing, because its holder said that it was not them who set it. A new one opens.
    pub locked_at: Option<Timestamp>,
}

/// A hashed password as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPassword {
    /// The hash with its parameters, in the PHC string format.
    pub phc: String,
    /// The version of the pepper that went into it.
    pub pepper: SecretVersion,
}

impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredPassword(…)")
    }
}
