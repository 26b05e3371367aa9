//! The addresses of a book: those that stand for none left out, one taken where several are, slips beyond doubt mended.

use super::Note;
use super::number::{as_seen, unwrapped};
use crate::email::{EmailAddress, IMPOSSIBLE_ENDINGS};

/// What is written before the `@` or behind it where something had to be written, less dots and dashes.
const NO_ADDRESS: [&str; 22] = [
    "notiene",
    "notienemail",
    "notieneemail",
    "notienecorreo",
    "noposee",
    "noposeemail",
    "nodispone",
    "noinforma",
    "noinformado",
    "nodeclara",
    "noregistra",
    "noaporta",
    "noconsta",
    "nomail",
    "noemail",
    "noreply",
    "sinmail",
    "sinemail",
    "sincorreo",
    "sindatos",
    "sininformar",
    "ninguno",
];

/// Providers whose name before their own `@` is nobody's.
const PROVIDERS: [&str; 6] = ["gmail", "hotmail", "yahoo", "outlook", "live", "mail"];

/// A short name that is the same on both sides (`x@x.com`) is nobody's; a longer one may be a firm's.
const SHORT_NAME: usize = 3;

/// The address in a cell, and what was done to get it.
pub(super) fn clean(text: &str, notes: &mut Vec<Note>) -> Option<EmailAddress> {
    let text = as_seen(text);
    let text = unwrapped(&text);
    if text.is_empty() {
        return None;
    }
    // What most cells hold, with nothing to take apart.
    if let Some(email) = read_one(text) {
        return finish(email, notes);
    }
    let Some(candidates) = candidates(text) else {
        notes.push(Note::EmailUnreadable);
        return None;
    };
    let read: Vec<EmailAddress> = candidates.iter().filter_map(|candidate| read(candidate)).collect();
    let Some(good) = read.iter().find(|email| !is_made_up(email)) else {
        let is_dummy = if candidates.is_empty() { says_none(text) } else { !read.is_empty() };
        notes.push(if is_dummy { Note::EmailDummy } else { Note::EmailUnreadable });
        return None;
    };
    if candidates.len() > 1 {
        notes.push(Note::EmailOneOfSeveral);
    }
    finish(good.clone(), notes)
}

fn finish(email: EmailAddress, notes: &mut Vec<Note>) -> Option<EmailAddress> {
    if is_made_up(&email) {
        notes.push(Note::EmailDummy);
        return None;
    }
    match with_right_ending(&email) {
        Some(mended) => {
            notes.push(Note::EmailMended);
            Some(mended)
        }
        None => Some(email),
    }
}

/// The parts of a cell that may be addresses; nothing where other words leave a doubt: what follows the blank or the
/// comma of `ana perez@gmail.com` and `ana,perez@gmail.com` may be somebody else's address.
fn candidates(text: &str) -> Option<Vec<String>> {
    if text.contains('<') {
        let inside = |part: &str| part.split('>').next().unwrap_or_default().to_owned();
        return Some(text.split('<').skip(1).map(inside).collect());
    }
    let text = text.split('@').map(str::trim).collect::<Vec<_>>().join("@");
    let pieces = text.split([';', ',', '|', '/', ' ']).filter(|piece| !is_joining(piece));
    let (addresses, words): (Vec<&str>, Vec<&str>) = pieces.partition(|piece| piece.contains('@'));
    let is_clear = addresses.is_empty() || words.is_empty() || says_none(&words.concat());
    is_clear.then(|| addresses.into_iter().map(str::to_owned).collect())
}

/// Words that join addresses, and numbers, such as a telephone's, beside them.
fn is_joining(word: &str) -> bool {
    matches!(word, "y" | "Y" | "o" | "O") || !word.chars().any(|c| c.is_alphabetic() || c == '@')
}

/// Whether a text without an address says that there is none: `NO TIENE`, `S/D`, `-`, `0`.
fn says_none(text: &str) -> bool {
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    matches!(letters.trim_matches('0'), "" | "no" | "na" | "nc" | "sd" | "sm" | "x" | "xx" | "xxx")
        || stands_for_none(&letters)
}

fn read(candidate: &str) -> Option<EmailAddress> {
    let is_around = |c: char| matches!(c, '.' | ':' | '-' | '<' | '>' | '(' | ')' | '"' | '\'' | ' ');
    let bare = candidate.trim_matches(is_around);
    read_one(bare.strip_prefix("mailto:").unwrap_or(bare))
}

/// One address. In a book these marks stand between two, though a mail server may take them as letters.
fn read_one(text: &str) -> Option<EmailAddress> {
    if text.contains(['/', '|']) { None } else { EmailAddress::read(text).ok() }
}

/// `notiene@notiene.com`, `x@x.com`, `sinmail@gmail.com`: written because a form wanted something.
fn is_made_up(email: &EmailAddress) -> bool {
    let canonical = email.canonical();
    let Some((local, domain)) = canonical.split_once('@') else { return true };
    let name = domain.split('.').next().unwrap_or_default();
    let is_twice = local == name && (local.len() <= SHORT_NAME || PROVIDERS.contains(&name));
    is_twice || local.bytes().all(|byte| byte == b'x') || stands_for_none(local) || stands_for_none(name)
}

fn stands_for_none(word: &str) -> bool {
    // Nothing on the list begins otherwise, and most words do.
    if !word.starts_with(['n', 's']) {
        return false;
    }
    let letters: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
    NO_ADDRESS.contains(&letters.as_str())
}

fn with_right_ending(email: &EmailAddress) -> Option<EmailAddress> {
    let address = email.as_str();
    IMPOSSIBLE_ENDINGS.iter().find_map(|(slip, meant)| {
        let start = address.strip_suffix(slip)?;
        EmailAddress::read(&format!("{start}{meant}")).ok()
    })
}
