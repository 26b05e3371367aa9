//! Flows: one browser's way through registration or recovery.

use crate::document::Document;
use crate::email::EmailAddress;
use crate::id::{FlowId, KeyId};
use crate::token::TokenHash;
use jiff::Timestamp;

/// What a flow, and the key that it leads to, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To open an account.
    Register,
    /// To get back into one.
    Recover,
}

impl Purpose {
    /// The word that the store keeps.
    pub fn to_stored(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Recover => "recover",
        }
    }

    /// The purpose that this word stands for.
    pub fn from_stored(word: &str) -> Option<Self> {
        [Self::Register, Self::Recover].into_iter().find(|purpose| purpose.to_stored() == word)
    }
}

/// What a browser asked for. A browser has at most one flow of each purpose; a new one takes the place of the old.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its name.
    pub id: FlowId,
    /// What it is for.
    pub purpose: Purpose,
    /// The document that was typed, whether or not anybody has it.
    pub document: Document,
    /// Whose policy was found (registration); recovery does not look in the request.
    pub discriminator: Option<String>,
    /// The address that was typed (registration).
    pub email: Option<EmailAddress>,
    /// The address on file that the key goes to instead of the typed one; pages show it masked.
    pub on_file: Option<EmailAddress>,
    /// Until when the key waits, because the book has another address for its holder.
    pub held_until: Option<Timestamp>,
    /// The browser that began.
    pub browser: TokenHash,
    /// The token of the device that asked last, if it has one, by which an account may know it.
    pub device: Option<TokenHash>,
    /// When a letter was last asked for.
    pub asked_at: Timestamp,
    /// When that wish was turned into keys and letters; nothing while it waits.
    pub resolved_at: Option<Timestamp>,
    /// The key that it led to, whose letter the flow's page tells of (`letter_of_flow` finds the latest one).
    pub key: Option<KeyId>,
}

impl Flow {
    /// Where the key to register with goes.
    pub fn goes_to(&self) -> Option<&EmailAddress> {
        self.on_file.as_ref().or(self.email.as_ref())
    }

    /// Whether its key still waits.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }
}
