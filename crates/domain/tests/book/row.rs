//! A good row, of which tests change a cell.

use zaguan_domain::book::{BookRules, CleanRow, Column, RawCells, Reject, RejectReason, clean};

/// The cells of a row that nothing is wrong with.
pub(crate) const GOOD: [(Column, &str); 10] = [
    (Column::Document, "12345678"),
    (Column::DocumentKind, "DNI"),
    (Column::Discriminator, "F"),
    (Column::Line, "automotores"),
    (Column::Number, "59/137418"),
    (Column::Holder, "PEREZ, ANA"),
    (Column::Email, "ana@example.com"),
    (Column::From, "2026-01-01"),
    (Column::To, "2027-01-01"),
    (Column::State, "vigente"),
];

/// Cleans the good row with other texts in some cells, as one of a text file.
pub(crate) fn with(cells: &[(Column, &str)]) -> Result<CleanRow, Reject> {
    clean(&raw(cells), &BookRules::default(), false)
}

/// The same, of a spreadsheet.
pub(crate) fn from_spreadsheet(cells: &[(Column, &str)]) -> Result<CleanRow, Reject> {
    clean(&raw(cells), &BookRules::default(), true)
}

/// The good row with other texts in some cells.
pub(crate) fn raw<'a>(cells: &[(Column, &'a str)]) -> RawCells<'a> {
    GOOD.into_iter().chain(cells.iter().copied()).collect()
}

/// Why the row is rejected that has that text in that column.
pub(crate) fn reason(column: Column, text: &str) -> RejectReason {
    let reject = with(&[(column, text)]).expect_err(text);
    assert_eq!(reject.column, column, "{text}");
    reject.reason
}
