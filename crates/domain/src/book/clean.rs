//! A row of a book, cleaned: what can be mended is mended and noted, and what cannot is rejected with its reason.

use super::number::{self, is_scientific, unwrapped};
use super::rules::BookRules;
use super::{Column, Reject, RejectReason, date, email};
use crate::document::Document;
use crate::line::LineOfBusiness;
use crate::policy::{Policy, PolicyState};
use crate::typed::folded;
use jiff::civil::Date;
use strsim::jaro_winkler;

/// The longest name that is believed to be one.
const NAME_AT_MOST: usize = 200;

const DISCRIMINATOR_AT_MOST: usize = 60;

/// Longer codes are other columns' contents, and not to be repeated.
const CODE_AT_MOST: usize = 12;

/// Slugs are suggested from this likeness on.
const NEAR: f64 = 0.8;

/// The cells of a row, by their columns.
#[derive(Clone, Copy)]
pub struct RawCells<'a>([&'a str; Column::ALL.len()]);

impl RawCells<'_> {
    /// What is written in a column; nothing where there is no such column.
    pub fn get(&self, column: Column) -> &str {
        self.0[column as usize]
    }
}

impl std::fmt::Debug for RawCells<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RawCells").finish_non_exhaustive()
    }
}

impl<'a> FromIterator<(Column, &'a str)> for RawCells<'a> {
    fn from_iter<I: IntoIterator<Item = (Column, &'a str)>>(cells: I) -> Self {
        let mut row = [""; Column::ALL.len()];
        for (column, text) in cells {
            row[column as usize] = text;
        }
        Self(row)
    }
}

/// A row that is taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CleanRow {
    /// The holder's document.
    pub document: Document,
    /// The policy, the numbers that it had before in it.
    pub policy: Policy,
    /// What the row does to the book, where it says so.
    pub movement: Option<Movement>,
    /// What was mended or left out.
    pub notes: Vec<Note>,
}

/// What a row of a file of changes does to the book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Movement {
    /// Alta: the policy comes in.
    Add,
    /// Baja: the policy goes out.
    Remove,
    /// Modificación: the policy is as the row says from now on.
    Change,
}

/// What was mended or left out in a row that is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Note {
    /// The address stands for none (`NO TIENE`, `x@x.com`) and was left out.
    EmailDummy,
    /// What is written is no address, or one that leaves doubts, and was left out.
    EmailUnreadable,
    /// The ending of the address does not exist (`gmail.con`) and was mended.
    EmailMended,
    /// Of several addresses the first good one was taken.
    EmailOneOfSeveral,
    /// A number had decimals (`12345678,00`), which were taken off.
    DecimalsDropped,
    /// A previous number of the policy cannot be read and was left out.
    PreviousNumberUnreadable,
}

impl Note {
    /// What was done, for the report's counts.
    pub fn in_spanish(self) -> &'static str {
        match self {
            Self::EmailDummy => "correos de relleno (como NO TIENE o x@x.com), descartados",
            Self::EmailUnreadable => "correos ilegibles o dudosos, descartados",
            Self::EmailMended => "correos con una terminación que no existe (como gmail.con), corregidos",
            Self::EmailOneOfSeveral => "celdas con varios correos: se tomó el primero que sirve",
            Self::DecimalsDropped => "números con decimales (como 12345678,00): se quitaron",
            Self::PreviousNumberUnreadable => "números de póliza anteriores ilegibles, descartados",
        }
    }
}

/// Cleans a row, or says why it cannot be taken. `from_spreadsheet` tells that the file is a workbook or was saved by a
/// program that reads numbers as numbers, so that long ones may have been rounded and others turned into dates.
pub fn clean(cells: &RawCells<'_>, rules: &BookRules, from_spreadsheet: bool) -> Result<CleanRow, Reject> {
    let reject = |column| move |reason| Reject { column, reason };
    let at = |column| cells.get(column);
    let mut notes = Vec::new();
    let kind = number::document_kind(at(Column::DocumentKind), &rules.document_kinds);
    kind.map_err(reject(Column::DocumentKind))?;
    let document = number::document(at(Column::Document), &mut notes).map_err(reject(Column::Document))?;
    let line = line(at(Column::Line), rules).map_err(reject(Column::Line))?;
    let number = number::policy_number(at(Column::Number), from_spreadsheet, &mut notes)
        .map_err(reject(Column::Number))?;
    let previous =
        number::other_numbers(at(Column::PreviousNumber), &number, (rules, from_spreadsheet), &mut notes);
    let policy = Policy {
        line,
        number,
        previous,
        from: day(at(Column::From), rules).map_err(reject(Column::From))?,
        to: day(at(Column::To), rules).map_err(reject(Column::To))?,
        state: state(at(Column::State), rules).map_err(reject(Column::State))?,
        holder: number::words(at(Column::Holder), NAME_AT_MOST).map_err(reject(Column::Holder))?,
        discriminator: discriminator(at(Column::Discriminator)).map_err(reject(Column::Discriminator))?,
        email: email::clean(at(Column::Email), &mut notes),
        email_shared: false,
    };
    let movement = movement(at(Column::Movement)).map_err(reject(Column::Movement))?;
    Ok(CleanRow { document, policy, movement, notes })
}

fn line(text: &str, rules: &BookRules) -> Result<LineOfBusiness, RejectReason> {
    let text = unwrapped(text);
    if text.is_empty() {
        return Err(RejectReason::Empty);
    }
    rules.lines.get(text).ok_or_else(|| {
        let is_code = text.chars().count() <= CODE_AT_MOST
            && !text.contains('@')
            && text.chars().filter(char::is_ascii_digit).count() <= SHORT_OF_A_DOCUMENT;
        let typed = folded(text);
        let likeness =
            LineOfBusiness::ALL.iter().map(|line| (jaro_winkler(&typed, line.slug()), line.slug()));
        let nearest = likeness.max_by(|one, other| one.0.total_cmp(&other.0));
        RejectReason::UnknownLine {
            code: is_code.then(|| text.to_owned()),
            near: nearest.filter(|(likeness, _)| *likeness > NEAR).map(|(_, slug)| slug),
        }
    })
}

/// Documents have more digits than these.
const SHORT_OF_A_DOCUMENT: usize = 5;

fn day(text: &str, rules: &BookRules) -> Result<Option<Date>, RejectReason> {
    let text = unwrapped(text);
    date::read(text, rules.two_digit_years_from, rules.six_digit_dates).map_err(|date::NotADate| {
        if rules.six_digit_dates.is_none() && date::is_six_digits(text) {
            RejectReason::DateOfSixDigits
        } else {
            RejectReason::NotADate
        }
    })
}

fn state(text: &str, rules: &BookRules) -> Result<Option<PolicyState>, RejectReason> {
    match unwrapped(text) {
        "" => Ok(None),
        text => rules.states.get(text).map(Some).ok_or(RejectReason::UnknownState),
    }
}

/// What tells people apart who share a number, written in one way: `Masculino`, `m` and `M` are one.
fn discriminator(text: &str) -> Result<String, RejectReason> {
    // What most rows have.
    if matches!(text, "" | "M" | "F") {
        return Ok(text.to_owned());
    }
    // Once more in capitals, which may be other characters than the small ones were.
    let capitals = number::words(text, DISCRIMINATOR_AT_MOST)?.to_uppercase();
    let marker = number::words(&capitals, DISCRIMINATOR_AT_MOST)?;
    let marker = unwrapped(&marker);
    if is_scientific(marker) {
        return Err(RejectReason::Scientific);
    }
    Ok(match marker {
        "MASCULINO" | "MASC" => "M".to_owned(),
        "FEMENINO" | "FEM" => "F".to_owned(),
        _ => marker.to_owned(),
    })
}

fn movement(text: &str) -> Result<Option<Movement>, RejectReason> {
    match folded(unwrapped(text)).as_str() {
        "" => Ok(None),
        "a" | "alta" => Ok(Some(Movement::Add)),
        "b" | "baja" => Ok(Some(Movement::Remove)),
        "m" | "modificacion" => Ok(Some(Movement::Change)),
        _ => Err(RejectReason::UnknownMovement),
    }
}
