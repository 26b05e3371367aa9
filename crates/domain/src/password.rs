//! The *clave definitiva*: what a password must be, and what it must not be made of.

use crate::document::Document;
use crate::email::EmailAddress;
use crate::typed::folded;
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

mod breached;
mod common;
mod personal;
mod repetition;

pub use breached::BreachDigest;

/// A password, in Unicode's composed form (NFC) and otherwise as typed: never trimmed, cut or changed in case. It is
/// wiped from memory when dropped, and nothing of it is ever printed.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// What the operator may decide of passwords.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PasswordRules {
    /// The fewest characters, 8 to 64. Each character of Unicode (each scalar value, after NFC) counts one.
    pub min_length: usize,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 12 }
    }
}

/// What a stranger may know of a person, and so will try first.
#[derive(Clone, Debug)]
pub struct PersonalWords {
    /// The person's document.
    pub document: Document,
    /// The address that letters go to.
    pub email: Option<EmailAddress>,
    /// The person's names, as the book writes them.
    pub names: Vec<String>,
    /// The numbers of the person's policies.
    pub policy_numbers: Vec<String>,
    /// The insurer's name.
    pub brand: String,
}

/// Which of a person's data a password is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonalWord {
    /// The document number.
    Document,
    /// The e-mail address, or the part before its `@`.
    Email,
    /// A name.
    Name,
    /// The number of a policy.
    PolicyNumber,
    /// The insurer's name.
    Brand,
}

/// Why a password is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordRefusal {
    /// Nothing was typed.
    Empty,
    /// The field came more than once in the form.
    Repeated,
    /// Too few characters.
    TooShort {
        /// The fewest that are accepted.
        min: usize,
        /// How many there are.
        has: usize,
    },
    /// More than [`Password::MAX_BYTES`] bytes.
    TooLong,
    /// A common password, or little more than one.
    Common,
    /// Found among the passwords that were breached elsewhere.
    Breached,
    /// Made of what anybody may know of this person.
    Personal(PersonalWord),
    /// A few characters over and over.
    Repetitive,
    /// Easily guessed for another reason: a keyboard row, a date, a word with a digit behind it.
    Guessable,
}

/// How many characters the estimate of strength looks at. It takes time by more than the square of them, and a
/// password whose beginning is strong is strong: the first figure settles nearly all.
const ESTIMATED: [usize; 2] = [32, 100];

impl Password {
    /// The longest password, in bytes of UTF-8; so that hashing one costs what hashing any other does.
    pub const MAX_BYTES: usize = 1_024;

    /// Takes a new password, if it is a good one.
    ///
    /// There are no rules of composition (so many capitals, so many digits): they make passwords worse. Compared
    /// without case, accents and separators, a password is refused when it is made of a person's own data, words common
    /// here and fewer than six characters more, or of a common password and fewer than four more; and when zxcvbn, told
    /// of those data, gives it less than 3 of 4. (So even where eight characters are enough, eight random ones are not:
    /// zxcvbn wants nine.)
    pub fn accept(
        typed: &str,
        rules: &PasswordRules,
        personal: &PersonalWords,
    ) -> Result<Self, PasswordRefusal> {
        if typed.is_empty() {
            return Err(PasswordRefusal::Empty);
        }
        let password = Self::attempt(typed);
        if typed.len() > Self::MAX_BYTES || password.0.len() > Self::MAX_BYTES {
            return Err(PasswordRefusal::TooLong);
        }
        let has = password.0.chars().count();
        if has < rules.min_length {
            return Err(PasswordRefusal::TooShort { min: rules.min_length, has });
        }
        if repetition::is_repetitive(&password.0, rules.min_length) {
            return Err(PasswordRefusal::Repetitive);
        }
        let comparable = Zeroizing::new(comparable(&password.0));
        let bare = Zeroizing::new(without_separators(&comparable));
        let words = personal::words(personal);
        if let Some(word) = personal::made_of(&bare, &words) {
            return Err(PasswordRefusal::Personal(word));
        }
        if common::is_common(&comparable) || common::is_common(&bare) {
            return Err(PasswordRefusal::Common);
        }
        let known: Vec<&str> =
            words.iter().map(|(word, _)| word.as_str()).chain(common::in_argentina()).collect();
        if is_guessable(&password.0, &known) { Err(PasswordRefusal::Guessable) } else { Ok(password) }
    }

    /// The password of somebody who signs in, in the form in which it was accepted. Whoever calls has refused more than
    /// [`Password::MAX_BYTES`] bytes before.
    pub fn attempt(typed: &str) -> Self {
        // Composition never needs more than thrice the bytes; with them no half-filled copy is left behind unwiped.
        let mut text = Zeroizing::new(String::with_capacity(typed.len() * 3));
        text.extend(typed.nfc());
        Self(text)
    }

    /// The bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

/// The form in which passwords are compared with common ones and with words: lower case, without accents.
pub fn comparable(password: &str) -> String {
    folded(password)
}

/// Less what people put between words: `12.345.678` and `ana_perez` are as guessable as without.
fn without_separators(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !r#"-_.,;:/\|'""#.contains(*c)).collect()
}

fn is_guessable(password: &str, known: &[&str]) -> bool {
    !ESTIMATED.iter().any(|&characters| {
        let end = password.char_indices().nth(characters).map_or(password.len(), |(index, _)| index);
        zxcvbn::zxcvbn(&password[..end], known).score() >= zxcvbn::Score::Three
    })
}
