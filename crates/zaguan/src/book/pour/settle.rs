//! Settling: what became of each row is counted, and goes into the generation or into the report of rejected rows.

use super::batch::{Cleaned, Refused};
use crate::book::rejects::Rejects;
use crate::book::{BookFault, Mode};
use std::sync::mpsc::Sender;
use zaguan_book::RawRow;
use zaguan_domain::book::{CleanRow, Counts, Movement};
use zaguan_store::{BookRow, NewGeneration, StoreFault};

/// Memory of a row longer than this is given back, so that a few long rows do not make all memory theirs.
const LONG: usize = 4 * 1024;

/// Where the rows go.
pub(super) struct Settler<'a> {
    pub(super) generation: NewGeneration,
    pub(super) mode: Mode,
    pub(super) rejects: &'a mut Rejects,
    pub(super) counts: &'a mut Counts,
    /// Where memory goes that was used.
    pub(super) give_back: Sender<Vec<RawRow>>,
}

impl Settler<'_> {
    /// Settles each row of a batch.
    pub(super) fn take(&mut self, cleaned: Cleaned) -> Result<(), BookFault> {
        let Cleaned { mut rows, outcomes } = cleaned;
        for (row, outcome) in rows.iter().zip(outcomes) {
            match outcome {
                Ok(clean) => self.keep(clean)?,
                Err(refused) => self.refuse(row, refused)?,
            }
        }
        for row in rows.iter_mut().filter(|row| row.text.capacity() > LONG) {
            *row = RawRow::default();
        }
        // Whoever has read everything needs no more memory.
        let _ = self.give_back.send(rows);
        Ok(())
    }

    /// A row that takes out of a whole book what is not in it puts nothing into the generation.
    fn keep(&mut self, clean: CleanRow) -> Result<(), StoreFault> {
        self.counts.note(&clean.notes);
        let row = BookRow { document: clean.document, policy: clean.policy };
        match (clean.movement == Some(Movement::Remove), self.mode) {
            (false, Mode::Snapshot | Mode::Delta) => self.generation.add(&row),
            (true, Mode::Delta) => self.generation.end(&row),
            (true, Mode::Snapshot) => {
                self.counts.removed += 1;
                Ok(())
            }
        }
    }

    fn refuse(&mut self, row: &RawRow, refused: Refused) -> Result<(), BookFault> {
        match refused {
            Refused::Shape(shape) => {
                *self.counts.rejected.entry("cantidad de celdas equivocada").or_default() += 1;
                self.rejects.add_shape(row, shape)
            }
            Refused::Cell(reject) => {
                self.counts.reject(&reject.reason);
                self.rejects.add(row, reject.column.name(), &reject.reason.in_spanish())
            }
        }
    }
}
