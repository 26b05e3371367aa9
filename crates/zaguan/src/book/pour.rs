//! Pouring: the rows of a file are read and cleaned on one core, and sorted into the new generation on another.

use super::rejects::Rejects;
use super::{BookFault, Mode, Progress};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use tokio_util::sync::CancellationToken;
use zaguan_book::{BookFile, Encoding, RawRow, Shape};
use zaguan_domain::book::{BookRules, Counts, Movement, RawCells, clean};
use zaguan_store::{BookRow, NewGeneration, StoreFault};

/// Rows go from one core to the other in batches of so many.
const BATCH: usize = 1024;

/// So many batches may wait; more would only take memory.
const BATCHES_WAITING: usize = 4;

/// A row as the new generation takes it.
enum Entry {
    Keep(BookRow),
    End(BookRow),
}

/// What goes into the pouring.
pub(super) struct Pour<'a> {
    pub(super) book: &'a mut BookFile,
    pub(super) rules: &'a BookRules,
    pub(super) mode: Mode,
    pub(super) rejects: &'a mut Rejects,
    pub(super) counts: &'a mut Counts,
    pub(super) progress: &'a mut Progress,
    pub(super) stop: &'a CancellationToken,
}

impl Pour<'_> {
    /// Reads the file to its end, and gives the generation back with all that is in it.
    pub(super) fn into(mut self, generation: NewGeneration) -> Result<NewGeneration, BookFault> {
        let (sender, receiver) = sync_channel(BATCHES_WAITING);
        let (read, filled) = thread::scope(|scope| {
            let filling = scope.spawn(move || fill(generation, receiver));
            let read = self.read(sender);
            (read, filling.join())
        });
        let generation = filled.unwrap_or_else(|panic| resume_unwind(panic))?;
        read.map(|()| generation)
    }

    fn read(&mut self, sender: SyncSender<Vec<Entry>>) -> Result<(), BookFault> {
        let from_spreadsheet = is_from_spreadsheet(self.book);
        let mut row = RawRow::default();
        let mut batch = Vec::with_capacity(BATCH);
        while self.book.next_row(&mut row).map_err(BookFault::Breaks)? {
            self.counts.rows += 1;
            if self.counts.rows.is_multiple_of(BATCH as u64) {
                self.progress.tell(self.counts.rows, self.book.bytes_read());
                if self.stop.is_cancelled() {
                    return Err(BookFault::Stopped);
                }
            }
            batch.extend(self.take(&row, from_spreadsheet)?);
            // The other side hangs up only when it failed, and tells why itself.
            if batch.len() == BATCH
                && sender.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err()
            {
                return Ok(());
            }
        }
        let _ = sender.send(batch);
        drop(sender);
        Ok(())
    }

    /// What a row puts into the generation; nothing if it is rejected, or takes out of a whole book what is not in it.
    fn take(&mut self, row: &RawRow, from_spreadsheet: bool) -> Result<Option<Entry>, BookFault> {
        let cells = match row.cells() {
            Ok(cells) => cells,
            Err(shape) => {
                *self.counts.rejected.entry("cantidad de celdas equivocada").or_default() += 1;
                self.rejects.add_shape(row, shape)?;
                return Ok(None);
            }
        };
        let cells: RawCells<'_> = cells.iter().map(|(column, cell)| (*column, cell.as_str())).collect();
        match clean(&cells, self.rules, from_spreadsheet) {
            Ok(clean) => {
                self.counts.note(&clean.notes);
                let row = BookRow { document: clean.document, policy: clean.policy };
                let is_end = clean.movement == Some(Movement::Remove);
                self.counts.removed += u64::from(is_end && self.mode == Mode::Snapshot);
                Ok(match (is_end, self.mode) {
                    (false, _) => Some(Entry::Keep(row)),
                    (true, Mode::Delta) => Some(Entry::End(row)),
                    (true, Mode::Snapshot) => None,
                })
            }
            Err(reject) => {
                self.counts.reject(&reject.reason);
                self.rejects.add(row, reject.column.name(), &reject.reason.in_spanish())?;
                Ok(None)
            }
        }
    }
}

fn fill(mut generation: NewGeneration, receiver: Receiver<Vec<Entry>>) -> Result<NewGeneration, StoreFault> {
    for entry in receiver.into_iter().flatten() {
        match entry {
            Entry::Keep(row) => generation.add(&row)?,
            Entry::End(row) => generation.end(&row)?,
        }
    }
    Ok(generation)
}

/// Whether a spreadsheet wrote the file: a workbook is one, only spreadsheets write `sep=`, and UTF-16 with tabulators is
/// what they call Unicode text.
fn is_from_spreadsheet(book: &BookFile) -> bool {
    match book.understood().shape {
        Shape::Workbook { .. } => true,
        Shape::Delimited { separator, separator_line, .. } => {
            separator_line || (separator == '\t' && book.understood().encoding == Encoding::Utf16Le)
        }
        Shape::FixedWidth => false,
    }
}
