//! E-mail addresses: read strictly enough that a mail server takes them, and gently enough to say what is wrong.

use crate::document::{Document, DocumentRefusal};
use crate::typed::visible;
use std::fmt;
use std::hash::{Hash, Hasher};
use unicode_normalization::char::is_combining_mark;

mod suggestion;

pub(crate) use suggestion::IMPOSSIBLE_ENDINGS;

/// An address that a letter can be sent to.
///
/// The part before the `@` is kept as typed, because only its own server knows whether case matters there; the domain
/// is in lower case and in its ASCII form. Two addresses are equal when their [`EmailAddress::canonical`] forms are. It
/// prints masked in `{:?}`, so that no log holds it whole.
#[derive(Clone)]
pub struct EmailAddress(String);

/// Why what was typed is not read as an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmailRefusal {
    /// Nothing was typed.
    Empty,
    /// The field came more than once in the form.
    Repeated,
    /// More than 254 characters, or more than 64 before the `@`: mail servers take no more (RFC 5321).
    TooLong,
    /// No `@`, or nothing before it.
    NoAt,
    /// Nothing behind the `@`.
    NoDomain,
    /// The domain has no ending, as in `ana@gmail`.
    NoEnding,
    /// More than one address.
    TwoAddresses,
    /// A character that cannot stand where it stands.
    BadCharacter {
        /// The first such character.
        character: char,
    },
    /// A document number.
    LooksLikeDocument,
}

/// The longest address, in bytes (RFC 5321: a path of 256 less its brackets).
const LONGEST: usize = 254;

/// The longest part before the `@`, in bytes (RFC 5321).
const LONGEST_LOCAL: usize = 64;

/// Second levels under which countries give out names: `com.ar`, `gob.ar`, `co.uk`.
const SECOND_LEVELS: [&str; 12] =
    ["com", "co", "net", "org", "gob", "gov", "gub", "edu", "mil", "int", "tur", "coop"];

impl EmailAddress {
    /// Reads what a person typed, in time linear in its length.
    pub fn read(typed: &str) -> Result<Self, EmailRefusal> {
        let text = visible(typed);
        if text.is_empty() {
            return Err(EmailRefusal::Empty);
        }
        let Some((local, domain)) = text.split_once('@') else {
            return Err(if is_document(&text) {
                EmailRefusal::LooksLikeDocument
            } else {
                EmailRefusal::NoAt
            });
        };
        if domain.contains('@') {
            return Err(refuse_second_at(&text));
        }
        if let Some(character) = text.chars().find(|&c| is_never_in_an_address(c)) {
            return Err(EmailRefusal::BadCharacter { character });
        }
        check_local(local)?;
        let domain = read_domain(domain)?;
        let address = format!("{local}@{domain}");
        if address.len() > LONGEST {
            return Err(EmailRefusal::TooLong);
        }
        Ok(Self(address))
    }

    /// The address kept as `text`, or nothing when [`EmailAddress::as_str`] cannot have written it.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::read(text).ok().filter(|address| address.0 == text)
    }

    /// The address to send to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which addresses are compared: all in lower case. Dots and `+` labels count, because only some servers
    /// ignore them.
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The form by which mailboxes are compared when letters are counted: in lower case, without a `+` label, and for
    /// Gmail without dots, so that nobody's mailbox is filled under many spellings.
    pub fn mailbox(&self) -> String {
        let canonical = self.canonical();
        let Some((local, domain)) = canonical.rsplit_once('@') else {
            return canonical;
        };
        let local = local.split_once('+').map_or(local, |(before, _)| before);
        match domain {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            _ => format!("{local}@{domain}"),
        }
    }

    /// For letters and logs: `a•••a@g•••.com`.
    pub fn masked(&self) -> String {
        let local = self.local();
        let first = local.get(..1).unwrap_or_default();
        // Of one or two characters, two would tell it all.
        let last = local.get(local.len() - 1..).filter(|_| local.len() > 2).unwrap_or_default();
        let domain = self.domain();
        let ending = public_ending(domain);
        format!("{first}•••{last}@{}•••.{ending}", domain.get(..1).unwrap_or_default())
    }

    /// The address that was probably meant, when the domain looks like a slip of the fingers: `ana@gmial.com` gives
    /// `ana@gmail.com`. To be asked once, since any domain may be somebody's own.
    pub fn suggestion(&self) -> Option<Self> {
        let domain = suggestion::domain_probably_meant(self.domain())?;
        Self::read(&format!("{}@{domain}", self.local())).ok()
    }

    /// What stands before the `@`.
    pub(crate) fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for EmailAddress {}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EmailAddress({})", self.masked())
    }
}

/// Whether a text without `@` was meant for the field of the document, a slip in it aside.
fn is_document(text: &str) -> bool {
    match Document::read(text) {
        Ok(_) => true,
        Err(refusal) => matches!(
            refusal,
            DocumentRefusal::OneDigitTooMany
                | DocumentRefusal::WrongCheckDigit
                | DocumentRefusal::LooksLikeProcedureNumber
        ),
    }
}

/// Two addresses, or one with an `@` too many.
fn refuse_second_at(text: &str) -> EmailRefusal {
    let is_address = |part: &&str| {
        part.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
    };
    match text.split([' ', ',', ';', '/', '|', '<', '>']).filter(is_address).count() {
        0 | 1 => EmailRefusal::BadCharacter { character: '@' },
        _ => EmailRefusal::TwoAddresses,
    }
}

/// What no address has on either side of its `@`, as we read them: quoted names, comments and address literals are
/// allowed by the standard and meant by nobody who fills a form.
fn is_never_in_an_address(character: char) -> bool {
    character.is_control()
        || matches!(character, ' ' | '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '[' | ']' | '\\')
}

/// The part before the `@` is words of RFC 5322's plain characters with single dots between.
fn check_local(local: &str) -> Result<(), EmailRefusal> {
    if local.is_empty() {
        return Err(EmailRefusal::NoAt);
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if let Some(character) = local.chars().find(|&c| !is_plain(c)) {
        return Err(EmailRefusal::BadCharacter { character });
    }
    if local.split('.').any(str::is_empty) {
        return Err(EmailRefusal::BadCharacter { character: '.' });
    }
    if local.len() > LONGEST_LOCAL {
        return Err(EmailRefusal::TooLong);
    }
    Ok(())
}

/// The domain in lower case and ASCII. A dot at the end is the end of the sentence that it was copied from.
fn read_domain(domain: &str) -> Result<String, EmailRefusal> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if domain.is_empty() {
        return Err(EmailRefusal::NoDomain);
    }
    if domain.len() > LONGEST {
        return Err(EmailRefusal::TooLong);
    }
    // The standard lets symbols and emoji through; no name that is given out has them.
    let is_plain = |c: char| c.is_alphanumeric() || is_combining_mark(c) || c == '.' || c == '-';
    if let Some(character) = domain.chars().find(|&c| !is_plain(c)) {
        return Err(EmailRefusal::BadCharacter { character });
    }
    let strange = || domain.chars().find(|c| !c.is_ascii()).unwrap_or('-');
    let ascii = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::STD3)
        .map_err(|_| EmailRefusal::BadCharacter { character: strange() })?
        .into_owned();
    for label in ascii.split('.') {
        match label.len() {
            0 => return Err(EmailRefusal::BadCharacter { character: '.' }),
            1..=63 if label.starts_with('-') || label.ends_with('-') => {
                return Err(EmailRefusal::BadCharacter { character: '-' });
            }
            1..=63 => (),
            _ => return Err(EmailRefusal::TooLong),
        }
    }
    let has_ending = ascii.rsplit_once('.').is_some_and(|(_, ending)| {
        ending.len() >= 2 && ending.starts_with(|c: char| c.is_ascii_alphabetic())
    });
    if has_ending { Ok(ascii) } else { Err(EmailRefusal::NoEnding) }
}

/// What many domains share behind the name: `com`, or `com.ar`.
fn public_ending(domain: &str) -> &str {
    let mut labels = domain.rsplitn(3, '.');
    match (labels.next(), labels.next(), labels.next()) {
        (Some(country), Some(second), Some(_)) if country.len() == 2 && SECOND_LEVELS.contains(&second) => {
            &domain[domain.len() - country.len() - second.len() - 1..]
        }
        (Some(ending), ..) => ending,
        (None, ..) => "",
    }
}
