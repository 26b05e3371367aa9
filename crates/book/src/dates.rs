//! The shapes of the dates at the beginning of a file, by column.

use crate::columns::Columns;
use std::collections::BTreeMap;
use zaguan_domain::book::{Column, DateShape, DatesSeen, SixDigits};

/// What was seen of the columns with dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dates(BTreeMap<Column, DatesSeen>);

impl Dates {
    /// Sees the dates of a row.
    pub(crate) fn see<'a>(&mut self, columns: &Columns, cell: impl Fn(usize) -> &'a str) {
        for taken in &columns.taken {
            if matches!(taken.column, Column::From | Column::To) {
                self.0.entry(taken.column).or_default().see(cell(taken.place));
            }
        }
    }

    /// Takes what was seen elsewhere in the file.
    pub(crate) fn extend(&mut self, others: &Self) {
        for (column, seen) in &others.0 {
            self.0.entry(*column).or_default().extend(seen);
        }
    }

    /// The shapes of each column in which there are some, the most frequent first.
    pub(crate) fn shapes(&self) -> Vec<(Column, Vec<DateShape>)> {
        let shapes = self.0.iter().map(|(column, seen)| (*column, seen.shapes()));
        shapes.filter(|(_, shapes)| !shapes.is_empty()).collect()
    }

    /// What days of six digits mean. One system wrote all columns.
    pub(crate) fn six_digits(&self) -> Option<SixDigits> {
        let mut all = DatesSeen::default();
        self.0.values().for_each(|seen| all.extend(seen));
        all.six_digits()
    }
}
