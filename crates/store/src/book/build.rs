//! Building: sorted records are merged with the generation in use and put on a shelf of their own.

use crate::book::addresses::Addresses;
use crate::book::ahead::Ahead;
use crate::book::record::{Record, RecordColumns};
use crate::book::sorter::Repeated;
use crate::book::tally::Tally;
use crate::book::{BookDifference, GenerationCounts};
use crate::database::{Database as _, WantsMore};
use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use crate::value::Value;
use rusqlite::CachedStatement;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The tables of a generation.
pub(crate) const GENERATION: &str = include_str!("generation.sql");

statements! {
    ALL_ROWS = "select document, line, number_key, number, starts_on, ends_on, state, holder, discriminator, email,
        previous from policy order by document, line, number_key";
    KEEP_ROW = "insert into policy (document, line, number_key, number, starts_on, ends_on, state, holder,
        discriminator, email, previous) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    KEEP_LINE = "insert into book_line (line) values ($1)";
    KEEP_SHARED = "insert into shared_address (address) values ($1)";
}

/// What the records are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The whole book: what is not among them is gone.
    Snapshot,
    /// Some of it: what is not among them stays as it is.
    Delta,
}

/// What to build.
pub(crate) struct Plan<'a> {
    pub(crate) extent: Extent,
    pub(crate) shared_over: u32,
    /// Asked every few thousand rows: whether to give up.
    pub(crate) is_stopped: &'a dyn Fn() -> bool,
}

/// Where the rows of a generation are put, in the order of their key.
pub(crate) trait Shelf {
    fn put(&mut self, row: &RecordColumns<'_>) -> Result<(), StoreFault>;

    /// After the last row: the lines of business that are in the book, and the addresses that are shared.
    fn end(&mut self, lines: &BTreeSet<String>, shared: &[String]) -> Result<(), StoreFault>;
}

/// How many rows are written between two questions whether to give up: some milliseconds' worth.
const ROWS_BETWEEN_QUESTIONS: u32 = 4096;

/// Puts a generation on its shelf; the addresses wait in that file. It is in use only when the database says so.
pub(crate) fn build(
    plan: &Plan<'_>,
    shelf: &mut dyn Shelf,
    addresses: PathBuf,
    mut new: Ahead<Repeated>,
    mut old: Option<Ahead<()>>,
) -> Result<BookDifference, StoreFault> {
    let mut merging = Merging {
        extent: plan.extent,
        is_stopped: plan.is_stopped,
        since_question: 0,
        shelf,
        tally: Tally::new(Addresses::new(addresses)?),
        difference: BookDifference::default(),
    };
    merging.merge(&mut new, old.as_mut())?;
    let repeated = new.end().map_or(0, |Repeated(count)| *count);
    merging.finish(plan.shared_over, repeated)
}

/// A shelf that is a file of SQLite.
pub(crate) struct FileShelf<'a> {
    db: &'a Sqlite,
    insert: CachedStatement<'a>,
}

impl<'a> FileShelf<'a> {
    pub(crate) fn new(db: &'a Sqlite) -> Result<Self, StoreFault> {
        Ok(Self { db, insert: db.prepare(KEEP_ROW)? })
    }
}

impl Shelf for FileShelf<'_> {
    fn put(&mut self, row: &RecordColumns<'_>) -> Result<(), StoreFault> {
        let values = row.key.iter().copied().map(Some).chain(row.value);
        self.insert.execute(rusqlite::params_from_iter(values))?;
        Ok(())
    }

    fn end(&mut self, lines: &BTreeSet<String>, shared: &[String]) -> Result<(), StoreFault> {
        for line in lines {
            self.db.execute(KEEP_LINE, &[Value::from(line.as_str())])?;
        }
        for address in shared {
            self.db.execute(KEEP_SHARED, &[Value::from(address.as_str())])?;
        }
        Ok(())
    }
}

/// Asks for the rows of a generation, in the order of the key, and takes each as long as more are wanted.
pub(crate) fn each_record(
    ask: impl FnOnce(&str, &mut WantsMore<'_>) -> Result<(), StoreFault>,
    mut take: impl FnMut(&mut Record) -> Result<bool, StoreFault>,
) -> Result<(), StoreFault> {
    let mut record = Record::default();
    ask(ALL_ROWS, &mut |row| {
        record.take(row)?;
        take(&mut record)
    })
}

/// The rows of a generation, read ahead. What they are read into is in this directory.
pub(crate) fn rows_of(
    ask: impl FnOnce(&str, &mut WantsMore<'_>) -> Result<(), StoreFault> + Send + 'static,
    building: &Path,
) -> Result<Ahead<()>, StoreFault> {
    Ahead::start(building, move |taker| each_record(ask, |record| Ok(taker.put(record))))
}

/// The old rows and the new ones, both in the order of the key, on their way into the table.
struct Merging<'a> {
    extent: Extent,
    is_stopped: &'a dyn Fn() -> bool,
    since_question: u32,
    shelf: &'a mut dyn Shelf,
    tally: Tally,
    difference: BookDifference,
}

impl Merging<'_> {
    /// Takes all of them, the least first.
    fn merge(
        &mut self,
        new: &mut Ahead<Repeated>,
        mut old: Option<&mut Ahead<()>>,
    ) -> Result<(), StoreFault> {
        loop {
            self.go_on()?;
            let next_new = new.peek()?;
            let next_old = match &mut old {
                Some(old) => old.peek()?,
                None => None,
            };
            let order = match (next_new, next_old) {
                (None, None) => return Ok(()),
                (Some(next), None) => self.take_new(next)?,
                (None, Some(next)) => self.take_old(next)?,
                (Some(next_new), Some(next_old)) => match next_new.key().cmp(next_old.key()) {
                    Ordering::Less => self.take_new(next_new)?,
                    Ordering::Equal => self.take_both(next_old, next_new)?,
                    Ordering::Greater => self.take_old(next_old)?,
                },
            };
            if order.is_le() {
                new.advance();
            }
            if let Some(old) = old.as_mut().filter(|_| order.is_ge()) {
                old.advance();
            }
        }
    }

    /// Asks now and then whether to give up.
    fn go_on(&mut self) -> Result<(), StoreFault> {
        self.since_question += 1;
        if self.since_question < ROWS_BETWEEN_QUESTIONS {
            return Ok(());
        }
        self.since_question = 0;
        if (self.is_stopped)() { Err(StoreFault::Stopped) } else { Ok(()) }
    }

    fn take_old(&mut self, old: &Record) -> Result<Ordering, StoreFault> {
        match self.extent {
            Extent::Snapshot => self.difference.ended += 1,
            Extent::Delta => self.write(old)?,
        }
        Ok(Ordering::Greater)
    }

    fn take_new(&mut self, new: &Record) -> Result<Ordering, StoreFault> {
        if new.is_kept() {
            self.difference.new += 1;
            self.write(new)?;
        } else {
            self.difference.absent += 1;
        }
        Ok(Ordering::Less)
    }

    fn take_both(&mut self, old: &Record, new: &Record) -> Result<Ordering, StoreFault> {
        if !new.is_kept() {
            self.difference.ended += 1;
            return Ok(Ordering::Equal);
        }
        if old.value() == new.value() {
            self.difference.unchanged += 1;
        } else {
            self.difference.changed += 1;
        }
        self.write(new)?;
        Ok(Ordering::Equal)
    }

    fn write(&mut self, record: &Record) -> Result<(), StoreFault> {
        let columns = record.readable_columns()?;
        self.tally.count(&columns)?;
        self.shelf.put(&columns)
    }

    fn finish(self, shared_over: u32, repeated: u64) -> Result<BookDifference, StoreFault> {
        let (counts, lines, shared) = self.tally.finish(shared_over)?;
        self.shelf.end(&lines, &shared)?;
        let GenerationCounts { policies, holders, with_email, shared_addresses } = counts;
        Ok(BookDifference { repeated, policies, holders, with_email, shared_addresses, ..self.difference })
    }
}
