//! Pouring: the rows of a file are read by one thread, cleaned by as many as there are cores, and put into the new
//! generation in the order of the file by another.

mod batch;
mod settle;

use super::rejects::Rejects;
use super::{BookFault, Mode, Progress};
use batch::{Batch, Cleaned, Cleaner};
use settle::Settler;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, available_parallelism};
use tokio_util::sync::CancellationToken;
use zaguan_book::{BookFile, Encoding, RawRow, Shape};
use zaguan_domain::book::{BookRules, Counts};
use zaguan_store::NewGeneration;

/// So many batches may wait on each side of a cleaner; more would only take memory.
const BATCHES_WAITING: usize = 2;

/// More cleaners than these wait for the one who reads.
const CLEANERS_AT_MOST: usize = 4;

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

/// Where the one who reads puts batches, each cleaner's turn after the other's, and where it gets used ones.
struct Lanes {
    to_cleaners: Vec<SyncSender<Batch>>,
    used: Receiver<Vec<RawRow>>,
}

impl Pour<'_> {
    /// Reads the file to its end, and gives the generation back with all that is in it.
    pub(super) fn into(self, generation: NewGeneration) -> Result<NewGeneration, BookFault> {
        let Self { book, rules, mode, rejects, counts, progress, stop } = self;
        let cleaner = Cleaner { rules, from_spreadsheet: is_from_spreadsheet(book) };
        let (give_back, used) = channel();
        let (rows, settled) = thread::scope(|scope| {
            let (mut to_cleaners, mut from_cleaners) = (Vec::new(), Vec::new());
            for _ in 0..available_parallelism().map_or(1, usize::from).min(CLEANERS_AT_MOST) {
                let (to_cleaner, batches) = sync_channel(BATCHES_WAITING);
                let (done, from_cleaner) = sync_channel(BATCHES_WAITING);
                scope.spawn(move || clean(cleaner, &batches, &done));
                to_cleaners.push(to_cleaner);
                from_cleaners.push(from_cleaner);
            }
            let settler = Settler { generation, mode, rejects, counts: &mut *counts, give_back };
            let settling = scope.spawn(move || settle(settler, &from_cleaners));
            let lanes = Lanes { to_cleaners, used };
            let rows = read(book, &lanes, progress, stop);
            // The cleaners wait for batches until nobody can send them any.
            drop(lanes);
            (rows, settling.join())
        });
        let generation = settled.unwrap_or_else(|panic| resume_unwind(panic))?;
        counts.rows = rows?;
        Ok(generation)
    }
}

/// Reads the file to its end, or until the other side hangs up: that does so only when it failed, and tells why itself.
fn read(
    book: &mut BookFile,
    lanes: &Lanes,
    progress: &mut Progress,
    stop: &CancellationToken,
) -> Result<u64, BookFault> {
    let mut rows = 0;
    for lane in lanes.to_cleaners.iter().cycle() {
        let mut batch = Batch::of(lanes.used.try_recv().unwrap_or_default());
        let is_end = !batch.fill(book).map_err(BookFault::Breaks)?;
        rows += batch.length();
        progress.tell(rows, book.bytes_read());
        if stop.is_cancelled() {
            return Err(BookFault::Stopped);
        }
        if lane.send(batch).is_err() || is_end {
            break;
        }
    }
    Ok(rows)
}

fn clean(cleaner: Cleaner<'_>, batches: &Receiver<Batch>, done: &SyncSender<Cleaned>) {
    for batch in batches {
        if done.send(cleaner.clean(batch)).is_err() {
            return;
        }
    }
}

/// Takes the batches in the order in which they were read, whoever cleaned them first.
fn settle(mut settler: Settler<'_>, from_cleaners: &[Receiver<Cleaned>]) -> Result<NewGeneration, BookFault> {
    for lane in from_cleaners.iter().cycle() {
        let Ok(cleaned) = lane.recv() else { break };
        settler.take(cleaned)?;
    }
    Ok(settler.generation)
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
