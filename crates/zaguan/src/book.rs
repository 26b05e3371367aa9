//! The policy book as a file: what it may look like, and how it is read, as a whole or not at all.

mod cell;
mod date;
mod fault;
mod format;
mod header;
mod row;

pub use fault::{BookFault, CellFault, Refusal, RowFault};
pub use header::{Column, Header};

use csv::{ByteRecord, ReaderBuilder};
use format::refuse_other_formats;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use zaguan_store::BookRow;

/// So many faults are told; the rest is only counted.
const FAULTS_TOLD: usize = 20;

/// A first line longer than this names no columns.
const HEADER_BYTES_AT_MOST: u64 = 64 * 1024;

/// A book that was read without a fault.
#[derive(Debug)]
pub struct Book {
    /// How the file was understood.
    pub understood: Understood,
    /// What is in it.
    pub counts: Counts,
    rows: BTreeMap<RowKey, BookRow>,
}

/// What makes two rows the same policy: document, line of business, and the number without its decoration.
type RowKey = (zaguan_domain::document::Document, zaguan_domain::line::LineOfBusiness, String);

/// How a file was understood.
#[derive(Clone, Debug, Serialize)]
pub struct Understood {
    /// What stands between columns.
    pub separator: char,
    /// The columns that were read, as the contract names them.
    pub columns: Vec<&'static str>,
    /// The columns that were not, as the file names them.
    pub ignored: Vec<String>,
}

/// What is in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows that have something in them.
    pub rows: u64,
    /// Policies; fewer than rows where one came several times.
    pub policies: u64,
    /// Holders, who may have several policies.
    pub holders: u64,
    /// Rows that a later one of the same policy took the place of.
    pub repeated: u64,
    /// Rows with nothing in them.
    pub blank: u64,
    /// E-mail addresses that are none ("NO TIENE") and were left out.
    pub no_addresses: u64,
}

impl Book {
    /// Its rows, in the order of their documents.
    pub fn into_rows(self) -> impl ExactSizeIterator<Item = BookRow> + Send {
        self.rows.into_values()
    }
}

/// Reads a book. `watch` gets the opened file, and may give back another reader of it that tells how far it is.
pub fn read<R: Read>(path: &Path, watch: impl FnOnce(File) -> R) -> Result<Book, BookFault> {
    let shown = || path.display().to_string();
    let unreadable = |error| BookFault::Unreadable { path: shown(), error };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(BookFault::File { path: shown(), refusal: Refusal::Directory });
    }
    read_from(watch(file)).map_err(|fault| match fault {
        Fault::Refusal(refusal) => BookFault::File { path: shown(), refusal },
        Fault::Reading(error) => BookFault::Unreadable { path: shown(), error },
        Fault::Rows { faults, rows } => BookFault::Rows { path: shown(), faults, rows },
    })
}

/// What is wrong with a book, before the name of its file is known.
enum Fault {
    Refusal(Refusal),
    Reading(std::io::Error),
    Rows { faults: Vec<RowFault>, rows: u64 },
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Reading(error)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

fn read_from(reader: impl Read) -> Result<Book, Fault> {
    let mut reader = BufReader::new(reader);
    let start = reader.fill_buf()?;
    refuse_other_formats(start)?;
    if start.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    let mut first_line = Vec::new();
    reader.by_ref().take(HEADER_BYTES_AT_MOST).read_until(b'\n', &mut first_line)?;
    let header = Header::read(&first_line)?;
    let understood = Understood {
        separator: header.separator(),
        columns: header.known(),
        ignored: header.ignored().to_vec(),
    };
    let mut reading = Reading::default();
    let separator = u8::try_from(header.separator()).unwrap_or(b',');
    let mut csv =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(reader);
    let mut record = ByteRecord::new();
    while csv.read_byte_record(&mut record).map_err(into_io)? {
        // The first line was read before.
        let line = record.position().map_or(0, csv::Position::line) + 1;
        reading.take(line, &record, &header)?;
    }
    reading.finish(understood)
}

fn into_io(error: csv::Error) -> std::io::Error {
    let words = error.to_string();
    if let csv::ErrorKind::Io(error) = error.into_kind() { error } else { std::io::Error::other(words) }
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    rows: BTreeMap<RowKey, BookRow>,
    counts: Counts,
    faults: Vec<RowFault>,
    faulty_rows: u64,
}

impl Reading {
    fn take(&mut self, line: u64, record: &ByteRecord, header: &Header) -> Result<(), Refusal> {
        let cells: Vec<&str> = record
            .iter()
            .map(str::from_utf8)
            .collect::<Result<_, _>>()
            .map_err(|_| Refusal::NotUtf8 { line })?;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            self.counts.blank += 1;
            return Ok(());
        }
        self.counts.rows += 1;
        match row::read(&cells, header) {
            Ok(row) => {
                self.counts.no_addresses += u64::from(row.no_address);
                let key = (row.document, row.policy.line, row.policy.number.key());
                let row = BookRow { document: row.document, policy: row.policy };
                self.counts.repeated += u64::from(self.rows.insert(key, row).is_some());
            }
            Err(faults) => {
                self.faulty_rows += 1;
                let room = FAULTS_TOLD.saturating_sub(self.faults.len());
                let told = faults.into_iter().take(room);
                self.faults.extend(told.map(|(column, fault)| RowFault { line, column, fault }));
            }
        }
        Ok(())
    }

    fn finish(mut self, understood: Understood) -> Result<Book, Fault> {
        if self.faulty_rows > 0 {
            return Err(Fault::Rows { faults: self.faults, rows: self.faulty_rows });
        }
        if self.rows.is_empty() {
            return Err(Refusal::HeaderOnly.into());
        }
        let holders: BTreeSet<_> =
            self.rows.values().map(|row| (row.document, row.policy.discriminator.as_str())).collect();
        self.counts.holders = u64::try_from(holders.len()).unwrap_or(u64::MAX);
        self.counts.policies = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        Ok(Book { understood, counts: self.counts, rows: self.rows })
    }
}

#[cfg(test)]
mod tests;
