//! The days of a book, in the shapes in which insurers and spreadsheets write them: the day always before the month.

use super::SixDigits;
use jiff::civil::{Date, date};

/// Years that the dates of policies have. Others are slips, or stand for no date.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// The day before the first one of a spreadsheet's calendar, as it is from March 1900 on.
const SPREADSHEET_ZERO: Date = date(1899, 12, 30);

/// The days by their numbers in a spreadsheet that are believed: 1927 to 2099. Lower and higher ones are other numbers.
const SERIALS: std::ops::RangeInclusive<i32> = 10_000..=73_050;

const MONTHS: [&[&str]; 12] = [
    &["ene", "enero", "jan"],
    &["feb", "febrero"],
    &["mar", "marzo"],
    &["abr", "abril", "apr"],
    &["may", "mayo"],
    &["jun", "junio"],
    &["jul", "julio"],
    &["ago", "agosto", "aug"],
    &["sep", "sept", "set", "septiembre", "setiembre"],
    &["oct", "octubre"],
    &["nov", "noviembre"],
    &["dic", "diciembre", "dec"],
];

/// What is written is no date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NotADate;

/// The day that is written, or nothing where what is written stands for none: zeros, 31/12/9999, 01/01/1900.
///
/// Six digits are read only where it is known what they mean; then five are no spreadsheet's number, but six that lost a
/// zero, and rejected.
pub(super) fn read(
    text: &str,
    two_digit_years_from: i16,
    six_digits: Option<SixDigits>,
) -> Result<Option<Date>, NotADate> {
    let text = without_time(text.trim());
    if !text.chars().any(|c| c != '0' && c.is_alphanumeric()) {
        let is_filling = |c: char| c == '0' || c == ' ' || matches!(c, '/' | '-' | '.' | ':');
        return if text.chars().all(is_filling) { Ok(None) } else { Err(NotADate) };
    }
    let day = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        match (text.len(), six_digits) {
            (6, Some(order)) => from_six_digits(text, two_digit_years_from, order),
            (5, Some(_)) => None,
            _ => from_digits(text),
        }
    } else {
        from_parts(text, two_digit_years_from).or_else(|| from_fraction(text))
    };
    match day {
        Some(day) if stands_for_none(day) => Ok(None),
        Some(day) if YEARS.contains(&day.year()) => Ok(Some(day)),
        Some(_) | None => Err(NotADate),
    }
}

/// Whether a text is a month and a year, or a day and a month, as a spreadsheet shows a number that it took for a date:
/// `dic-98`, `12-dic`, `01-dic-98`.
pub(super) fn has_month_name(text: &str) -> bool {
    if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let parts: Vec<&str> = text.split(is_mark).collect();
    let is_number = |part: &&str| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|b| b.is_ascii_digit());
    let is_name = |part: &&str| month_of_name(part).is_some();
    match parts.as_slice() {
        [name, number] if is_name(name) => is_number(number),
        [number, name] if is_name(name) => is_number(number),
        [day, name, year] => is_number(day) && is_name(name) && is_number(year),
        _ => false,
    }
}

/// Whether a text is a whole date as a spreadsheet gives out a number that it took for one: `1998-12-01`, `1/12/1998`.
/// Some insurers do write numbers so; the reader of a spreadsheet is the one to ask.
pub(super) fn is_whole_date(text: &str) -> bool {
    let text = without_time(text.trim());
    let lengths = |mark| text.split(mark).map(str::len).collect::<Vec<_>>();
    let is_shape = lengths('-') == [4, 2, 2] || matches!(lengths('/').as_slice(), [1..=2, 1..=2, 4]);
    is_shape && from_parts(text, 0).is_some_and(|day| YEARS.contains(&day.year()))
}

/// The dates that cores write where they have none.
fn stands_for_none(day: Date) -> bool {
    day.year() == 9999
        || [date(1900, 1, 1), date(1, 1, 1), SPREADSHEET_ZERO, date(1899, 12, 31)].contains(&day)
}

/// A text less the time of day behind it: `2026-12-31T00:00:00`, `31/12/2026 0:00`.
pub(super) fn without_time(text: &str) -> &str {
    let is_time = |rest: &str| {
        let rest = rest.trim_end_matches(['Z', 'z']);
        rest.contains(':') && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | ','))
    };
    match text.split_once([' ', 'T']) {
        Some((day, rest)) if !day.is_empty() && is_time(rest.trim()) => day,
        Some(_) | None => text,
    }
}

pub(super) fn is_mark(character: char) -> bool {
    matches!(character, '/' | '-' | '.' | ' ')
}

/// `20261231`, `31122026`, or a spreadsheet's number of a day. No text is both of the first two.
fn from_digits(text: &str) -> Option<Date> {
    match text.len() {
        8 => from_year_first(text).or_else(|| {
            new(number(text.get(4..8)?, 4)?, number(text.get(2..4)?, 2)?, number(text.get(0..2)?, 2)?)
        }),
        5 => from_serial(text.parse().ok()?),
        _ => None,
    }
}

/// `20261231`
pub(super) fn from_year_first(text: &str) -> Option<Date> {
    let day = new(number(text.get(0..4)?, 4)?, number(text.get(4..6)?, 2)?, number(text.get(6..8)?, 2)?)?;
    (YEARS.contains(&day.year()) || day.year() == 9999).then_some(day)
}

/// Whether a text is six digits, which alone do not tell a day.
pub(super) fn is_six_digits(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn from_six_digits(text: &str, two_digit_years_from: i16, order: SixDigits) -> Option<Date> {
    let (first, month, last) =
        (number(text.get(0..2)?, 2)?, number(text.get(2..4)?, 2)?, number(text.get(4..6)?, 2)?);
    let (year, day) = match order {
        SixDigits::DayFirst => (last, first),
        SixDigits::YearFirst => (first, last),
    };
    new(full_year(year, two_digit_years_from), month, day)
}

/// A spreadsheet's number of a day with a fraction for its time: `46387,5`.
fn from_fraction(text: &str) -> Option<Date> {
    let (whole, fraction) = text.split_once(['.', ','])?;
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() == 5 && is_fraction { from_serial(whole.parse().ok()?) } else { None }
}

fn from_serial(serial: i32) -> Option<Date> {
    let days = SERIALS.contains(&serial).then_some(jiff::Span::new().try_days(serial).ok()?)?;
    SPREADSHEET_ZERO.checked_add(days).ok()
}

fn from_parts(text: &str, two_digit_years_from: i16) -> Option<Date> {
    let mut parts = text.split(is_mark);
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let month = number(month, 2).or_else(|| month_of_name(month))?;
    if first.len() == 4 {
        return new(number(first, 4)?, month, number(last, 2)?);
    }
    let year = match last.len() {
        4 => number(last, 4)?,
        2 => full_year(number(last, 2)?, two_digit_years_from),
        _ => return None,
    };
    new(year, month, number(first, 2)?)
}

/// The year that two digits mean in the hundred years from one on.
fn full_year(two_digits: i16, from: i16) -> i16 {
    from.saturating_add((two_digits - from % 100).rem_euclid(100))
}

fn number(text: &str, longest: usize) -> Option<i16> {
    let is_number = (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

fn month_of_name(text: &str) -> Option<i16> {
    let name = text.to_ascii_lowercase();
    let place = MONTHS.iter().position(|names| names.contains(&name.as_str()))?;
    i16::try_from(place + 1).ok()
}

fn new(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}
