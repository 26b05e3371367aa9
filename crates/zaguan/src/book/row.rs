//! A row of a book: all its cells, or everything that is wrong with them.

use super::cell;
use super::fault::CellFault;
use super::header::{Column, Header};
use zaguan_domain::document::Document;
use zaguan_domain::policy::Policy;

/// The longest name that is believed to be one.
const NAME_AT_MOST: usize = 200;
const DISCRIMINATOR_AT_MOST: usize = 60;

/// A row that was read.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) document: Document,
    pub(super) policy: Policy,
    /// Whether something is written for the e-mail address that is none.
    pub(super) no_address: bool,
}

type Faults = Vec<(Option<Column>, CellFault)>;

/// Reads a row, or tells everything that is wrong with it.
pub(super) fn read(cells: &[&str], header: &Header) -> Result<Row, Faults> {
    if cells.len() != header.width() {
        let fault = CellFault::OtherWidth { has: cells.len(), named: header.width() };
        return Err(vec![(None, fault)]);
    }
    let cell = |column| header.place(column).and_then(|place| cells.get(place)).copied().unwrap_or_default();
    let mut faults = Faults::new();
    let document = kept(cell::document(cell(Column::Document)), Column::Document, &mut faults);
    let kind = kept(cell::document_kind(cell(Column::DocumentKind)), Column::DocumentKind, &mut faults);
    let discriminator = kept(
        cell::words(cell(Column::Discriminator), DISCRIMINATOR_AT_MOST),
        Column::Discriminator,
        &mut faults,
    );
    let line = kept(cell::line(cell(Column::Line)), Column::Line, &mut faults);
    let number = kept(cell::number(cell(Column::Number)), Column::Number, &mut faults);
    let holder = kept(cell::words(cell(Column::Holder), NAME_AT_MOST), Column::Holder, &mut faults);
    let (email, no_address) = cell::email(cell(Column::Email));
    let from = kept(cell::day(cell(Column::From)), Column::From, &mut faults);
    let to = kept(cell::day(cell(Column::To)), Column::To, &mut faults);
    let state = kept(cell::state(cell(Column::State)), Column::State, &mut faults);
    let row = || {
        kind?;
        let policy = Policy {
            line: line?,
            number: number?,
            previous: Vec::new(),
            from: from?,
            to: to?,
            state: state?,
            holder: holder?,
            discriminator: discriminator?,
            email,
            email_shared: false,
        };
        Some(Row { document: document?, policy, no_address })
    };
    row().ok_or(faults)
}

fn kept<T>(read: Result<T, CellFault>, column: Column, faults: &mut Faults) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(fault) => {
            faults.push((Some(column), fault));
            None
        }
    }
}
