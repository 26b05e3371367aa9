//! A row as it is given out: the cells of the columns that are read, and the line as it came.

use crate::cell::unwrap_into;
use crate::columns::Columns;
use crate::refusal::RowShape;
use std::sync::Arc;
use zaguan_domain::book::Column;

/// A row. One is used for the whole file, so that reading takes no memory for each row.
#[derive(Clone, Debug, Default)]
pub struct RawRow {
    /// Its line in the file, from 1; of a row over several lines the first. In a workbook, its row in the sheet.
    pub line: u64,
    /// Its sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The row as it came, but for columns that the operator told to drop. In a workbook, its cells with `;` between.
    pub text: String,
    pub(crate) cells: Vec<(Column, String)>,
    pub(crate) shape: Option<RowShape>,
}

impl RawRow {
    /// The cells of the columns that are read, empty ones too, in the order of the file; or why they cannot be told.
    pub fn cells(&self) -> Result<&[(Column, String)], RowShape> {
        self.shape.map_or(Ok(self.cells.as_slice()), Err)
    }

    /// The cell of a column; empty where the file has none.
    pub fn cell(&self, column: Column) -> &str {
        self.cells.iter().find(|(known, _)| *known == column).map_or("", |(_, cell)| cell)
    }

    /// Takes the cells that are read, and answers how many were repaired.
    pub(crate) fn take<'a>(&mut self, columns: &Columns, cell_at: impl Fn(usize) -> &'a str) -> u64 {
        self.shape = None;
        self.cells.resize_with(columns.taken.len(), || (Column::Document, String::new()));
        let mut repaired = 0;
        for ((column, cell), taken) in self.cells.iter_mut().zip(&columns.taken) {
            *column = taken.column;
            repaired += u64::from(unwrap_into(cell_at(taken.place), cell));
            for place in &taken.joined {
                let mut more = String::new();
                repaired += u64::from(unwrap_into(cell_at(*place), &mut more));
                if !more.is_empty() {
                    cell.push(' ');
                    cell.push_str(&more);
                }
            }
        }
        repaired
    }

    /// Whether it has neither a document nor a number that could be one: then it may be no row at all.
    pub(crate) fn is_doubtful(&self) -> bool {
        let lacks_digits = |column| !self.cell(column).bytes().any(|byte| byte.is_ascii_digit());
        self.shape.is_some() || lacks_digits(Column::Document) || lacks_digits(Column::Number)
    }
}
