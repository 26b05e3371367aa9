//! The tokens of the buttons in a letter: "No fui yo", and "Sí, fui yo" where it tells of a held key.

use crate::id::LetterId;
use crate::secret::{Secrets, Use};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use std::fmt;

/// How long the buttons of a letter work: people open old mail after their holidays.
pub const LETTER_TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A letter's name with a code of 256 bits that proves it. It is derived, and kept nowhere.
#[derive(Clone)]
pub struct LetterToken {
    letter: LetterId,
    code: [u8; 32],
}

impl LetterToken {
    /// The token of a letter for this use; nothing if there is no secret.
    pub fn of(letter: LetterId, usage: Use, secrets: &Secrets) -> Option<Self> {
        let code = secrets.code(usage, secrets.current(), &[letter.as_bytes()])?;
        Some(Self { letter, code })
    }

    /// Reads 64 characters of base64url.
    pub fn read(text: &str) -> Option<Self> {
        let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (letter, code) = bytes.split_at(16);
        Some(Self { letter: LetterId::from_bytes(letter.try_into().ok()?), code: code.try_into().ok()? })
    }

    /// The text for a link: 64 characters of base64url.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.letter.as_bytes()[..], &self.code[..]].concat())
    }

    /// Which letter it names. It proves nothing yet.
    pub fn letter(&self) -> LetterId {
        self.letter
    }

    /// Whether the portal gave it for this use, with its present secret or one from before.
    pub fn is_proven(&self, usage: Use, secrets: &Secrets) -> bool {
        secrets.proves(usage, &[self.letter.as_bytes()], &self.code)
    }
}

impl fmt::Debug for LetterToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LetterToken({}, …)", self.letter)
    }
}
