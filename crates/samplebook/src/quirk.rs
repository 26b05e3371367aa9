//! What happens to rows on their way out of insurers' systems and through spreadsheets.

use crate::row::{DOCUMENT, EMAIL, FROM, HOLDER, LINE, NUMBER, Row, TO};

/// How one cell changes.
type Change = fn(&str) -> String;

/// One such thing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quirk {
    /// Cells are changed.
    Cells(&'static [usize], Change),
    /// A cell is changed, and written without the quotes that it needs.
    AsIs(usize, Change),
    /// A line stands before the row that is no other policy's.
    LineBefore(fn(&Row) -> String),
    /// A cell is changed beyond repair.
    Lost(usize, Change),
    /// There are fewer or more cells than columns.
    Shape(fn(&mut Vec<String>)),
}

/// All of them, as often as each other.
const ALL: [Quirk; 23] = [
    Quirk::Cells(&[DOCUMENT], with_marks),
    Quirk::Cells(&[DOCUMENT], |number| format!("{number},00")),
    Quirk::Cells(&[DOCUMENT], |number| format!("'{number}")),
    Quirk::Cells(&[HOLDER], |name| format!("D*{name}")),
    Quirk::Cells(&[HOLDER], |name| format!("=HYPERLINK(\"https://example.com\";\"{name}\")")),
    Quirk::Cells(&[EMAIL], |email| format!("{email};segunda@example.com")),
    Quirk::Cells(&[EMAIL], |email| format!(" {}. ", email.to_uppercase())),
    Quirk::Cells(&[FROM, TO], year_first),
    Quirk::Cells(&[FROM, TO], of_two_digits),
    Quirk::Cells(&[FROM], |_| "00/00/0000".to_owned()),
    Quirk::Cells(&[TO], |_| "31/12/9999".to_owned()),
    Quirk::Cells(&[DOCUMENT, LINE, NUMBER, HOLDER], |text| format!(" {}  ", text.to_uppercase())),
    // How people keep zeros from a spreadsheet.
    Quirk::AsIs(NUMBER, |number| format!("=\"{number}\"")),
    Quirk::AsIs(HOLDER, |name| name.replace(',', " \"BIS\"")),
    Quirk::LineBefore(|_| String::new()),
    Quirk::LineBefore(Row::header),
    Quirk::LineBefore(|_| "*** TOTAL DE LA HOJA: 60 REGISTROS ***".to_owned()),
    // The same policy before its last endorsement.
    Quirk::LineBefore(without_end),
    Quirk::Lost(DOCUMENT, |_| "2,01235E+10".to_owned()),
    Quirk::Lost(DOCUMENT, |_| "11111111".to_owned()),
    // It was 12/1998.
    Quirk::Lost(NUMBER, |_| "dic-98".to_owned()),
    Quirk::Shape(|cells| cells.truncate(NUMBER)),
    Quirk::Shape(|cells| cells.push("0".to_owned())),
];

impl Quirk {
    pub(crate) fn drawn(draw: u64) -> Option<Self> {
        ALL.get(usize::try_from(draw % ALL.len() as u64).ok()?).copied()
    }

    /// Whether no reader can know what the row said.
    pub(crate) fn loses_the_row(self) -> bool {
        matches!(self, Self::Lost(..) | Self::Shape(_))
    }

    /// Changes a row, and gives the line to write before it, if any.
    pub(crate) fn befall(self, row: &mut Row) -> Option<String> {
        match self {
            Self::Cells(columns, change) => columns.iter().for_each(|&column| row.change(column, change)),
            Self::AsIs(column, change) => {
                row.change(column, change);
                row.as_is = Some(column);
            }
            Self::LineBefore(line) => return Some(line(row)),
            Self::Lost(column, change) => row.change(column, change),
            Self::Shape(change) => change(&mut row.cells),
        }
        None
    }
}

/// `12.345.678`, `30-70123456-8`
fn with_marks(number: &str) -> String {
    match number.len() {
        11 => format!("{}-{}-{}", &number[..2], &number[2..10], &number[10..]),
        length @ 7..=8 => {
            let (millions, rest) = number.split_at(length - 6);
            format!("{millions}.{}.{}", &rest[..3], &rest[3..])
        }
        _ => number.to_owned(),
    }
}

/// `20261231`
fn year_first(day: &str) -> String {
    day.rsplit('/').collect()
}

/// `31-12-26`
fn of_two_digits(day: &str) -> String {
    let (days, year) = day.split_at(day.len().saturating_sub(4));
    format!("{}{}", days.replace('/', "-"), &year[year.len().min(2)..])
}

fn without_end(row: &Row) -> String {
    let mut older = row.clone();
    older.change(TO, |_| String::new());
    older.written()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_written_with_its_marks() {
        assert_eq!(with_marks("1234567"), "1.234.567");
        assert_eq!(with_marks("12345678"), "12.345.678");
        assert_eq!(with_marks("30701234568"), "30-70123456-8");
    }

    #[test]
    fn a_day_is_written_in_other_shapes() {
        assert_eq!(year_first("31/12/2026"), "20261231");
        assert_eq!(of_two_digits("31/12/2026"), "31-12-26");
    }
}
