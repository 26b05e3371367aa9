//! Building: sorted records are merged with the generation in use and written into a file of their own.

use crate::book::addresses::Addresses;
use crate::book::ahead::Ahead;
use crate::book::record::{Record, RecordColumns};
use crate::book::sorter::Repeated;
use crate::book::tally::Tally;
use crate::book::{BookDifference, BookDirectory, GenerationCounts};
use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use crate::value::Value;
use rusqlite::CachedStatement;
use std::cmp::Ordering;

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

/// What to build, and what of.
pub(crate) struct Plan<'a> {
    pub(crate) directory: &'a BookDirectory,
    pub(crate) number: u32,
    pub(crate) extent: Extent,
    pub(crate) shared_over: u32,
    /// Asked every few thousand rows: whether to give up.
    pub(crate) is_stopped: &'a dyn Fn() -> bool,
}

/// How many rows are written between two questions whether to give up: some milliseconds' worth.
const ROWS_BETWEEN_QUESTIONS: u32 = 4096;

/// Writes a generation and makes it durable. It is in use only when the database says so.
pub(crate) fn build(
    plan: &Plan<'_>,
    mut new: Ahead<Repeated>,
    mut old: Option<Ahead<()>>,
) -> Result<BookDifference, StoreFault> {
    let path = plan.directory.make_generation(plan.number)?;
    let db = Sqlite::open_to_build(&path)?;
    db.run(GENERATION)?;
    let addresses = Addresses::new(plan.directory.building().join("addresses"))?;
    let difference = db.all_or_nothing(|| {
        let mut merging = Merging {
            extent: plan.extent,
            is_stopped: plan.is_stopped,
            since_question: 0,
            insert: db.prepare(KEEP_ROW)?,
            tally: Tally::new(addresses),
            difference: BookDifference::default(),
        };
        merging.merge(&mut new, old.as_mut())?;
        let repeated = new.end().map_or(0, |Repeated(count)| *count);
        merging.finish(&db, plan.shared_over, repeated)
    })?;
    db.close()?;
    plan.directory.make_durable(plan.number)?;
    Ok(difference)
}

/// The rows of the generation in use, in the order of the key.
pub(crate) fn rows_of(in_use: Sqlite, directory: &BookDirectory) -> Result<Ahead<()>, StoreFault> {
    Ahead::start(&directory.building(), move |taker| {
        let mut record = Record::default();
        in_use.each_until(ALL_ROWS, |row| {
            record.take(row)?;
            Ok(taker.put(&mut record))
        })
    })
}

/// The old rows and the new ones, both in the order of the key, on their way into the table.
struct Merging<'a> {
    extent: Extent,
    is_stopped: &'a dyn Fn() -> bool,
    since_question: u32,
    insert: CachedStatement<'a>,
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
        let unreadable = || StoreFault::Unreadable { column: "policy".to_owned() };
        let columns = record.columns().ok_or_else(unreadable)?;
        self.tally.count(&columns)?;
        let RecordColumns { key, value } = columns;
        let values = key.into_iter().map(Some).chain(value);
        self.insert.execute(rusqlite::params_from_iter(values))?;
        Ok(())
    }

    fn finish(self, db: &Sqlite, shared_over: u32, repeated: u64) -> Result<BookDifference, StoreFault> {
        let (counts, lines, shared) = self.tally.finish(shared_over)?;
        for line in &lines {
            db.execute(KEEP_LINE, &[Value::from(line.as_str())])?;
        }
        for address in &shared {
            db.execute(KEEP_SHARED, &[Value::from(address.as_str())])?;
        }
        let GenerationCounts { policies, holders, with_email, shared_addresses } = counts;
        Ok(BookDifference { repeated, policies, holders, with_email, shared_addresses, ..self.difference })
    }
}
