//! Batches: rows that go from one thread to the next together, first as they came and then cleaned.

use zaguan_book::{BookFile, FileFault, RawRow, RowShape};
use zaguan_domain::book::{BookRules, CleanRow, RawCells, Reject, clean};

/// A batch has so many rows at most.
const ROWS: usize = 512;

/// A batch with so many bytes takes no more rows, whatever their number.
const BYTES: usize = 256 * 1024;

/// Rows as they came.
pub(super) struct Batch {
    /// The first ones are in use; the others only have memory.
    rows: Vec<RawRow>,
    length: usize,
}

/// Rows, and what cleaning made of each.
pub(super) struct Cleaned {
    pub(super) rows: Vec<RawRow>,
    pub(super) outcomes: Vec<Result<CleanRow, Refused>>,
}

/// Why a row is not taken.
pub(super) enum Refused {
    /// Its cells cannot be told apart.
    Shape(RowShape),
    /// One of them cannot be read.
    Cell(Reject),
}

/// Cleans rows.
#[derive(Clone, Copy)]
pub(super) struct Cleaner<'a> {
    pub(super) rules: &'a BookRules,
    pub(super) from_spreadsheet: bool,
}

impl Batch {
    /// An empty one in memory that was used before.
    pub(super) fn of(rows: Vec<RawRow>) -> Self {
        Self { rows, length: 0 }
    }

    /// How many rows it has.
    pub(super) fn length(&self) -> u64 {
        u64::try_from(self.length).unwrap_or(u64::MAX)
    }

    /// Reads rows until it is full; says whether there may be more in the file.
    pub(super) fn fill(&mut self, book: &mut BookFile) -> Result<bool, FileFault> {
        let mut bytes = 0;
        while self.length < ROWS && bytes < BYTES {
            if self.length == self.rows.len() {
                self.rows.push(RawRow::default());
            }
            let row = &mut self.rows[self.length];
            if !book.next_row(row)? {
                return Ok(false);
            }
            bytes += row.text.len();
            self.length += 1;
        }
        Ok(true)
    }
}

impl Cleaner<'_> {
    /// Cleans each row of a batch.
    pub(super) fn clean(self, batch: Batch) -> Cleaned {
        let outcomes = batch.rows.iter().take(batch.length).map(|row| self.clean_row(row)).collect();
        Cleaned { rows: batch.rows, outcomes }
    }

    fn clean_row(self, row: &RawRow) -> Result<CleanRow, Refused> {
        let cells = row.cells().map_err(Refused::Shape)?;
        let cells: RawCells<'_> = cells.iter().map(|(column, cell)| (*column, cell.as_str())).collect();
        clean(&cells, self.rules, self.from_spreadsheet).map_err(Refused::Cell)
    }
}
