//! The sorter: records in any order, sorted in a bounded piece of memory and a directory.
//!
//! While one piece is filled, a thread sorts the one before and writes it out as a run. At the end the runs are merged.

use crate::book::ahead::Ahead;
use crate::book::directory::fault;
use crate::book::record::{Record, written_record};
use crate::fault::StoreFault;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

/// How much memory the two pieces have together.
pub(crate) const SORTER_BYTES: usize = 48 * 1024 * 1024;

/// How many runs are merged at once. More are merged into one first, so that their buffers stay bounded.
const MOST_RUNS: usize = 128;

/// How much of each run is read at once.
const READ_BYTES: usize = 64 * 1024;

/// How much of a run is written at once.
const WRITE_BYTES: usize = 512 * 1024;

/// How many records were given up for a later one with the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeated(pub(crate) u64);

/// Sorts records by their keys. Of records with the same key the one added last is given out, and the others are
/// counted.
#[derive(Debug)]
pub(crate) struct Sorter {
    directory: PathBuf,
    filling: Piece,
    sorting: Option<JoinHandle<Result<Piece, StoreFault>>>,
    runs: Vec<PathBuf>,
    written: u32,
    repeated: u64,
}

impl Sorter {
    /// A sorter that has so much memory, and writes its runs into this directory.
    pub(crate) fn new(directory: PathBuf, bytes: usize) -> Self {
        let filling = Piece::new(bytes / 2);
        Self { directory, filling, sorting: None, runs: Vec::new(), written: 0, repeated: 0 }
    }

    /// Takes a record.
    pub(crate) fn add(&mut self, record: &Record) -> Result<(), StoreFault> {
        if !self.filling.has_room(record) {
            self.write_run()?;
        }
        self.filling.add(record);
        Ok(())
    }

    /// Sorts what is left, and gives all of it out from a thread of its own.
    pub(crate) fn merge(&mut self) -> Result<Ahead<Repeated>, StoreFault> {
        self.write_run()?;
        self.wait()?;
        self.filling = Piece::default();
        let mut merged = Merged::of(&self.runs)?;
        merged.repeated = self.repeated;
        Ahead::start(&self.directory, move |taker| {
            let mut record = Record::default();
            while merged.next(&mut record)? && taker.put(&mut record) {}
            Ok(Repeated(merged.repeated))
        })
    }

    fn write_run(&mut self) -> Result<(), StoreFault> {
        if self.filling.places.is_empty() {
            return Ok(());
        }
        let Piece { bytes, places } = &self.filling;
        let alike = (bytes.capacity(), places.capacity());
        let spare = self.wait()?.unwrap_or_else(|| Piece::of_capacity(alike.0, alike.1));
        if self.runs.len() >= MOST_RUNS {
            self.merge_runs()?;
        }
        let path = self.next_run();
        let mut piece = std::mem::replace(&mut self.filling, spare);
        let write = move || {
            piece.sort();
            piece.write(&path)?;
            piece.clear();
            Ok(piece)
        };
        let started = thread::Builder::new().name("sorter".to_owned()).spawn(write);
        self.sorting = Some(started.map_err(|error| fault(&self.directory, error))?);
        Ok(())
    }

    fn next_run(&mut self) -> PathBuf {
        self.written += 1;
        let path = self.directory.join(format!("run-{}", self.written));
        self.runs.push(path.clone());
        path
    }

    /// Waits until the piece before is written, and gives its memory back.
    fn wait(&mut self) -> Result<Option<Piece>, StoreFault> {
        match self.sorting.take().map(JoinHandle::join) {
            None => Ok(None),
            Some(Ok(piece)) => piece.map(Some),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }

    fn merge_runs(&mut self) -> Result<(), StoreFault> {
        let runs = std::mem::take(&mut self.runs);
        let mut merged = Merged::of(&runs)?;
        let path = self.next_run();
        let file = File::create(&path).map_err(|error| fault(&path, error))?;
        let mut file = BufWriter::with_capacity(WRITE_BYTES, file);
        let (mut record, mut bytes) = (Record::default(), Vec::new());
        while merged.next(&mut record)? {
            bytes.clear();
            record.write_to(&mut bytes);
            file.write_all(&bytes).map_err(|error| fault(&path, error))?;
        }
        file.flush().map_err(|error| fault(&path, error))?;
        self.repeated += merged.repeated;
        for run in &runs {
            std::fs::remove_file(run).map_err(|error| fault(run, error))?;
        }
        Ok(())
    }
}

impl Drop for Sorter {
    fn drop(&mut self) {
        // The directory is about to be removed, so nothing may be written into it any more.
        if let Some(sorting) = self.sorting.take() {
            let _ = sorting.join();
        }
    }
}

/// A piece of memory with records in it, each as it will be in the run. It never grows, but for a record that is longer
/// than all of it.
#[derive(Debug, Default)]
struct Piece {
    bytes: Vec<u8>,
    places: Vec<Place>,
}

/// Where a record is, and the beginning of its key, by which most of the sorting is done.
#[derive(Clone, Copy, Debug)]
struct Place {
    beginning: u64,
    start: usize,
}

impl Piece {
    /// An empty piece that takes so many bytes: most rows of a book have some 130, and a place has 16.
    fn new(bytes: usize) -> Self {
        Self::of_capacity(bytes - bytes / 8, bytes / 8 / size_of::<Place>())
    }

    fn of_capacity(bytes: usize, places: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), places: Vec::with_capacity(places) }
    }

    fn has_room(&self, record: &Record) -> bool {
        self.places.is_empty()
            || (self.bytes.len() + record.written_length() <= self.bytes.capacity()
                && self.places.len() < self.places.capacity())
    }

    fn add(&mut self, record: &Record) {
        let start = self.bytes.len();
        record.write_to(&mut self.bytes);
        self.places.push(Place { beginning: beginning(record.key()), start });
    }

    fn sort(&mut self) {
        let key = |place: &Place| written_record(&self.bytes, place.start).key;
        self.places.sort_unstable_by(|one, other| {
            let beginnings = one.beginning.cmp(&other.beginning);
            beginnings.then_with(|| key(one).cmp(key(other))).then_with(|| one.start.cmp(&other.start))
        });
    }

    fn write(&self, path: &Path) -> Result<(), StoreFault> {
        let write = || {
            let mut file = BufWriter::with_capacity(WRITE_BYTES, File::create(path)?);
            for place in &self.places {
                file.write_all(written_record(&self.bytes, place.start).whole)?;
            }
            file.flush()
        };
        write().map_err(|error| fault(path, error))
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
    }
}

/// The first eight bytes of a key: two keys sort as these do, unless these are alike.
fn beginning(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (byte, of_key) in bytes.iter_mut().zip(key) {
        *byte = *of_key;
    }
    u64::from_be_bytes(bytes)
}

/// The records of several runs in the order of their keys.
#[derive(Debug)]
struct Merged {
    heads: BinaryHeap<Head>,
    repeated: u64,
}

/// The next record of a run.
#[derive(Debug)]
struct Head {
    record: Record,
    /// The beginning of its key, by which most of the comparing is done.
    beginning: u64,
    /// Of records with the same key, the one of the later run was added later.
    run: usize,
    file: BufReader<File>,
    path: PathBuf,
}

impl Merged {
    fn of(runs: &[PathBuf]) -> Result<Self, StoreFault> {
        let mut heads = BinaryHeap::new();
        for (run, path) in runs.iter().enumerate() {
            let file = File::open(path).map_err(|error| fault(path, error))?;
            let file = BufReader::with_capacity(READ_BYTES, file);
            let mut head = Head { record: Record::default(), beginning: 0, run, file, path: path.clone() };
            if head.advance(&mut Record::default())? {
                heads.push(head);
            }
        }
        Ok(Self { heads, repeated: 0 })
    }

    /// Becomes the next record; says whether there was one.
    fn next(&mut self, record: &mut Record) -> Result<bool, StoreFault> {
        if !self.take_first(record)? {
            return Ok(false);
        }
        while self.heads.peek().is_some_and(|head| head.record.key() == record.key()) {
            self.take_first(record)?;
            self.repeated += 1;
        }
        Ok(true)
    }

    fn take_first(&mut self, record: &mut Record) -> Result<bool, StoreFault> {
        let Some(mut head) = self.heads.peek_mut() else {
            return Ok(false);
        };
        if !head.advance(record)? {
            PeekMut::pop(head);
        }
        Ok(true)
    }
}

impl Head {
    /// Gives the record out and reads the next one; says whether there is one.
    fn advance(&mut self, record: &mut Record) -> Result<bool, StoreFault> {
        std::mem::swap(&mut self.record, record);
        let read = self.record.read_from(&mut self.file).map_err(|error| fault(&self.path, error))?;
        self.beginning = beginning(self.record.key());
        Ok(read)
    }
}

// The greatest head is the one to take first: that of the least key, and of those alike, of the earliest run.
impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let beginnings = other.beginning.cmp(&self.beginning);
        let keys = || other.record.key().cmp(self.record.key());
        beginnings.then_with(keys).then_with(|| other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

#[cfg(test)]
mod tests;
