//! The words for each reason why a field is refused: one exhaustive match each, so that no reason goes without words.

use crate::message::Message;
use zaguan_domain::document::DocumentRefusal;
use zaguan_domain::email::EmailRefusal;
use zaguan_domain::key::{KEY_SYMBOLS, KeyRefusal};
use zaguan_domain::password::{PasswordRefusal, PersonalWord};
use zaguan_domain::policy::{PolicyRefusal, Seems};
use zaguan_domain::register::LineRefusal;

/// A reason why a field is refused.
pub(crate) trait Refusal {
    /// What the person reads beside the field: what happened and what to do.
    fn message(&self) -> Message;

    /// One of each, for the samples of pages.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

impl Refusal for DocumentRefusal {
    fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new("document-empty"),
            Self::Repeated => Message::new("document-repeated"),
            Self::TooShort => Message::new("document-too-short"),
            Self::OneDigitTooMany => Message::new("document-one-digit-too-many"),
            Self::TooLong => Message::new("document-too-long"),
            Self::WrongCheckDigit => Message::new("document-wrong-check-digit"),
            Self::LooksLikeProcedureNumber => Message::new("document-looks-like-procedure-number"),
            Self::LooksLikePlate => Message::new("document-looks-like-plate"),
            Self::LooksLikeEmail => Message::new("document-looks-like-email"),
            Self::LetterForDigit { suggestion } => {
                Message::new("document-letter-for-digit").with("suggestion", suggestion.as_str())
            }
            Self::NotADocument => Message::new("document-not-a-document"),
        }
    }

    fn samples() -> Vec<Self> {
        vec![
            Self::Empty,
            Self::TooShort,
            Self::OneDigitTooMany,
            Self::TooLong,
            Self::WrongCheckDigit,
            Self::LooksLikeProcedureNumber,
            Self::LooksLikePlate,
            Self::LooksLikeEmail,
            Self::LetterForDigit { suggestion: "12.345.670".to_owned() },
            Self::NotADocument,
            Self::Repeated,
        ]
    }
}

impl Refusal for EmailRefusal {
    fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new("email-empty"),
            Self::Repeated => Message::new("email-repeated"),
            Self::TooLong => Message::new("email-too-long"),
            Self::NoAt => Message::new("email-no-at"),
            Self::NoDomain => Message::new("email-no-domain"),
            Self::NoEnding => Message::new("email-no-ending"),
            Self::TwoAddresses => Message::new("email-two-addresses"),
            Self::BadCharacter { character } if character.is_whitespace() => {
                Message::new("email-blank-inside")
            }
            Self::BadCharacter { character } if is_invisible(*character) => {
                Message::new("email-invisible-character")
            }
            Self::BadCharacter { character } => {
                Message::new("email-bad-character").with("character", character.to_string())
            }
            Self::LooksLikeDocument => Message::new("email-looks-like-document"),
        }
    }

    fn samples() -> Vec<Self> {
        vec![
            Self::Empty,
            Self::NoAt,
            Self::NoDomain,
            Self::NoEnding,
            Self::TwoAddresses,
            Self::BadCharacter { character: 'ñ' },
            Self::BadCharacter { character: ' ' },
            Self::BadCharacter { character: '\0' },
            Self::LooksLikeDocument,
            Self::TooLong,
            Self::Repeated,
        ]
    }
}

impl Refusal for PolicyRefusal {
    fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new("policy-empty"),
            Self::Repeated => Message::new("policy-repeated"),
            Self::TooLong => Message::new("policy-too-long"),
            Self::NoDigits => Message::new("policy-no-digits"),
            Self::BadCharacter { character } if is_invisible(*character) => {
                Message::new("policy-invisible-character")
            }
            Self::BadCharacter { character } => {
                Message::new("policy-bad-character").with("character", character.to_string())
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![
            Self::Empty,
            Self::NoDigits,
            Self::TooLong,
            Self::BadCharacter { character: '@' },
            Self::BadCharacter { character: '\u{202e}' },
            Self::Repeated,
        ]
    }
}

impl Refusal for LineRefusal {
    fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new("line-empty"),
            Self::Repeated => Message::new("line-repeated"),
            Self::Unknown => Message::new("line-unknown"),
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self::Empty, Self::Unknown, Self::Repeated]
    }
}

impl Refusal for KeyRefusal {
    fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new("key-empty"),
            Self::Repeated => Message::new("key-repeated"),
            Self::WrongLength { has } => {
                Message::new("key-wrong-length").with("wanted", KEY_SYMBOLS).with("has", *has)
            }
            Self::BadCharacter { character } if is_invisible(*character) => {
                Message::new("key-invisible-character")
            }
            Self::BadCharacter { character } => {
                Message::new("key-bad-character").with("character", character.to_string())
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![
            Self::Empty,
            Self::WrongLength { has: 6 },
            Self::BadCharacter { character: 'Ñ' },
            Self::BadCharacter { character: '\0' },
            Self::Repeated,
        ]
    }
}

impl Refusal for PasswordRefusal {
    fn message(&self) -> Message {
        match self {
            Self::Empty => Message::new("password-empty"),
            Self::Repeated => Message::new("password-repeated"),
            Self::TooShort { min, has } => {
                Message::new("password-too-short").with("min", *min).with("has", *has)
            }
            Self::TooLong => Message::new("password-too-long"),
            Self::Common => Message::new("password-common"),
            Self::Breached => Message::new("password-breached"),
            Self::Personal(word) => match word {
                PersonalWord::Document => Message::new("password-has-document"),
                PersonalWord::Email => Message::new("password-has-email"),
                PersonalWord::Name => Message::new("password-has-name"),
                PersonalWord::PolicyNumber => Message::new("password-has-policy-number"),
                PersonalWord::Brand => Message::new("password-has-brand"),
            },
            Self::Repetitive => Message::new("password-repetitive"),
            Self::Guessable => Message::new("password-guessable"),
        }
    }

    fn samples() -> Vec<Self> {
        vec![
            Self::Empty,
            Self::TooShort { min: 12, has: 11 },
            Self::TooShort { min: 12, has: 5 },
            Self::TooLong,
            Self::Common,
            Self::Breached,
            Self::Personal(PersonalWord::Document),
            Self::Personal(PersonalWord::Email),
            Self::Personal(PersonalWord::Name),
            Self::Personal(PersonalWord::PolicyNumber),
            Self::Personal(PersonalWord::Brand),
            Self::Repetitive,
            Self::Guessable,
            Self::Repeated,
        ]
    }
}

/// Whether nobody could see the character in a sentence about it.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// What a number that fits no policy seems to be instead.
pub(crate) fn seems(what: Seems) -> Message {
    match what {
        Seems::Plate => Message::new("seems-plate"),
        Seems::Cuit => Message::new("seems-cuit"),
        Seems::ProcedureNumber => Message::new("seems-procedure-number"),
        Seems::Claim => Message::new("seems-claim"),
    }
}
