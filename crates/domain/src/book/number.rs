//! The numbers of a book, of documents and of policies, and what spreadsheets do to them.

use super::rules::{BookRules, Codes, DocumentKind};
use super::{Note, RejectReason, date};
use crate::document::{Document, DocumentRefusal};
use crate::policy::{PolicyNumber, PolicyRefusal};
use crate::typed::{is_visible, visible};
use std::borrow::Cow;

/// Spreadsheets keep so many digits of a number.
const SPREADSHEET_DIGITS: usize = 15;

/// More previous numbers than these are no list of numbers.
const PREVIOUS_AT_MOST: usize = 8;

/// A number less its item has at least so many digits; what is shorter is no number of a policy.
const MAIN_NUMBER_AT_LEAST: usize = 4;

/// The document in a cell.
pub(super) fn document(text: &str, notes: &mut Vec<Note>) -> Result<Document, RejectReason> {
    let text = as_seen(text);
    let text = unwrapped(&text);
    if text.is_empty() {
        return Err(RejectReason::Empty);
    }
    if is_scientific(text) {
        return Err(RejectReason::Scientific);
    }
    let text = without_decimals(text, notes);
    let digits = || text.chars().filter(char::is_ascii_digit);
    let has_letters = text.chars().any(char::is_alphabetic);
    if !has_letters && is_one_digit_over_and_over(digits()) {
        return Err(RejectReason::DummyDocument);
    }
    // A book pads documents with zeros to the width of its column; what a person types so is the card's procedure
    // number.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_plain { text.trim_start_matches('0') } else { text };
    // Most documents of a book are just their digits, and need no reader of everything that people type.
    let person = if is_plain && number.len() <= 8 { Document::from_stored(number) } else { None };
    let document = match person {
        Some(person) => person,
        None => Document::read(number).map_err(|refusal| reason_of(&refusal))?.document,
    };
    match document {
        Document::Person(number) if is_one_digit_over_and_over(number.to_string().chars()) => {
            Err(RejectReason::DummyDocument)
        }
        Document::Person(_) | Document::Company(_) => Ok(document),
    }
}

/// Checks the kind of a document: the number itself says what it is, but not that it is a passport's.
pub(super) fn document_kind(text: &str, kinds: &Codes<DocumentKind>) -> Result<(), RejectReason> {
    let text = unwrapped(text);
    if text.is_empty() || kinds.get(text).is_some() { Ok(()) } else { Err(RejectReason::UnknownDocumentKind) }
}

/// The number of a policy in a cell.
pub(super) fn policy_number(
    text: &str,
    from_spreadsheet: bool,
    notes: &mut Vec<Note>,
) -> Result<PolicyNumber, RejectReason> {
    let text = as_seen(text);
    let text = unwrapped(&text);
    if text.is_empty() {
        return Err(RejectReason::Empty);
    }
    if is_scientific(text) {
        return Err(RejectReason::Scientific);
    }
    if date::has_month_name(text) || (from_spreadsheet && date::is_whole_date(text)) {
        return Err(RejectReason::TurnedIntoDate);
    }
    let text = if is_digits_and_decimals(text) { without_decimals(text, notes) } else { text };
    if from_spreadsheet && is_rounded(text) {
        return Err(RejectReason::Rounded);
    }
    PolicyNumber::read(text).map_err(|refusal| match refusal {
        PolicyRefusal::Empty | PolicyRefusal::Repeated => RejectReason::Empty,
        PolicyRefusal::TooLong => RejectReason::NumberTooLong,
        PolicyRefusal::NoDigits => RejectReason::NumberWithoutDigits,
        PolicyRefusal::BadCharacter { .. } => RejectReason::NumberWithOddCharacter,
    })
}

/// The other numbers that mean a policy: those of its cell, and its own without the item.
pub(super) fn other_numbers(
    text: &str,
    number: &PolicyNumber,
    (rules, from_spreadsheet): (&BookRules, bool),
    notes: &mut Vec<Note>,
) -> Vec<PolicyNumber> {
    let mut others: Vec<PolicyNumber> = Vec::new();
    let parts = text.split([';', '|']).filter(|part| !is_no_number(part));
    for part in parts.take(PREVIOUS_AT_MOST) {
        match policy_number(part, from_spreadsheet, &mut Vec::new()) {
            Ok(other) if other == *number || others.contains(&other) => (),
            Ok(other) => others.push(other),
            Err(_) => notes.push(Note::PreviousNumberUnreadable),
        }
    }
    if let Some(main) = without_item(number, rules.item_digits)
        && !others.contains(&main)
    {
        others.push(main);
    }
    others
}

/// A text as eyes see it: full-width digits plain, marks that nobody sees gone. Most cells are so already.
pub(super) fn as_seen(text: &str) -> Cow<'_, str> {
    if is_visible(text) { Cow::Borrowed(text.trim()) } else { Cow::Owned(visible(text)) }
}

/// A cell's text less what keeps a spreadsheet from eating its zeros: `="00012345"`, `'00012345`.
pub(super) fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    let formula = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"'));
    formula.unwrap_or(text).trim_start_matches(['\'', ' ']).trim_end()
}

/// Whether a spreadsheet wrote a number as `2,01235E+10`. Letters between digits without its marks are an insurer's.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e']) else { return false };
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_marked = power.starts_with(['+', '-']) || !fraction.is_empty();
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    is_marked
        && whole.len() == 1
        && is_digits(whole)
        && is_digits(fraction)
        && !power.is_empty()
        && is_digits(power)
}

/// `12345678,00` and `12345678.0` less the decimals of a number that has none.
fn without_decimals<'a>(text: &'a str, notes: &mut Vec<Note>) -> &'a str {
    match text.rsplit_once(['.', ',']) {
        Some((whole, "0" | "00")) if whole.bytes().any(|byte| byte.is_ascii_digit()) => {
            notes.push(Note::DecimalsDropped);
            whole
        }
        Some(_) | None => text,
    }
}

/// Whether a text is digits, one mark, and digits: other marks make segments of a policy's number.
fn is_digits_and_decimals(text: &str) -> bool {
    let mut parts = text.split(['.', ',']);
    let is_digits = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_digits(parts.next()) && is_digits(parts.next()) && parts.next().is_none()
}

/// Whether the digits behind the fifteenth are all zeros, and so may have been others.
fn is_rounded(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let behind = text.get(SPREADSHEET_DIGITS..).unwrap_or_default();
    is_number && !behind.is_empty() && behind.bytes().all(|byte| byte == b'0')
}

fn is_one_digit_over_and_over(mut digits: impl Iterator<Item = char>) -> bool {
    digits.next().is_some_and(|first| digits.all(|digit| digit == first))
}

fn is_no_number(part: &str) -> bool {
    part.chars().all(|c| c == '0' || !c.is_alphanumeric())
}

fn without_item(number: &PolicyNumber, item_digits: usize) -> Option<PolicyNumber> {
    let text = number.as_str();
    let main = text.get(..text.len().checked_sub(item_digits)?)?;
    let is_plain = item_digits > 0 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_long_enough = main.trim_start_matches('0').len() >= MAIN_NUMBER_AT_LEAST;
    if is_plain && is_long_enough { PolicyNumber::read(main).ok() } else { None }
}

fn reason_of(refusal: &DocumentRefusal) -> RejectReason {
    match refusal {
        DocumentRefusal::Empty => RejectReason::Empty,
        DocumentRefusal::TooShort => RejectReason::DocumentTooShort,
        DocumentRefusal::OneDigitTooMany => RejectReason::DocumentOneDigitTooMany,
        DocumentRefusal::TooLong => RejectReason::DocumentTooLong,
        // A book has no procedure numbers: eleven digits of no known prefix are a CUIT with a wrong one.
        DocumentRefusal::WrongCheckDigit | DocumentRefusal::LooksLikeProcedureNumber => {
            RejectReason::WrongCheckDigit
        }
        DocumentRefusal::Repeated
        | DocumentRefusal::LooksLikePlate
        | DocumentRefusal::LooksLikeEmail
        | DocumentRefusal::LetterForDigit { .. }
        | DocumentRefusal::NotADocument => RejectReason::NotADocument,
    }
}

/// A text on one line, its blanks single.
pub(super) fn words(text: &str, longest: usize) -> Result<String, RejectReason> {
    let seen = as_seen(text);
    // Most texts of a book are so already.
    let is_plain = seen.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if is_plain && seen.len() <= longest && !seen.contains("  ") {
        return Ok(seen.into_owned());
    }
    let mut words = String::with_capacity(seen.len());
    for word in seen.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    if words.chars().count() > longest { Err(RejectReason::TextTooLong { longest }) } else { Ok(words) }
}
