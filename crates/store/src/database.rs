//! A database that can be asked: SQLite's or PostgreSQL's, with the same statements.
//!
//! The questions beside the statements do not know which of the two it is. What differs is here, behind a few words each.

use crate::fault::{CommitError, StoreFault};
use crate::value::{Columns, Value};

/// Whether more rows of an answer are wanted.
pub(crate) type WantsMore<'a> = dyn FnMut(&mut Columns<'_>) -> Result<bool, StoreFault> + 'a;

/// Each caller who shares a transaction has a savepoint.
pub(crate) const UNDO_TO_CALLER: &str = "rollback to caller";

/// One connection.
pub(crate) trait Database {
    /// Writes; answers how many rows.
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<usize, StoreFault>;

    /// Reads an answer row by row, as long as more are wanted.
    fn each(
        &self,
        statement: &str,
        values: &[Value<'_>],
        wants_more: &mut WantsMore<'_>,
    ) -> Result<(), StoreFault>;

    /// Writes, or finds, one row, or it is a conflict: the guard of a change. A database that is far away may put this off
    /// until [`Database::settle`], so that everything of a caller makes one way there and back.
    fn guarded(&self, statement: &str, values: &[Value<'_>]) -> Result<(), CommitError>;

    /// Writes as many rows as there are; this may be put off, too.
    fn write(&self, statement: &str, values: &[Value<'_>]) -> Result<(), StoreFault>;

    /// Does what was put off; says whether all guards held.
    fn settle(&self) -> Result<bool, StoreFault>;

    /// Whether a guard failed of which nobody was told yet.
    fn has_conflict(&self) -> bool {
        false
    }

    /// Undoes what a caller wrote, back to their savepoint.
    fn undo_to_caller(&self) -> Result<(), StoreFault> {
        self.execute(UNDO_TO_CALLER, &[]).map(drop)
    }

    /// From now on everything is read in one state of the database, whatever is written meanwhile.
    fn begin_reading(&self) -> Result<(), StoreFault>;

    /// Ends that.
    fn end_reading(&self);
}

/// The usual ways to ask either database.
pub(crate) trait Ask: Database {
    /// All rows of an answer.
    fn rows<T>(
        &self,
        statement: &str,
        values: &[Value<'_>],
        read: impl Fn(&mut Columns<'_>) -> Result<T, StoreFault>,
    ) -> Result<Vec<T>, StoreFault> {
        let mut answer = Vec::new();
        self.each(statement, values, &mut |columns| {
            answer.push(read(columns)?);
            Ok(true)
        })?;
        Ok(answer)
    }

    /// The first row of an answer, if there is one.
    fn row<T>(
        &self,
        statement: &str,
        values: &[Value<'_>],
        read: impl Fn(&mut Columns<'_>) -> Result<T, StoreFault>,
    ) -> Result<Option<T>, StoreFault> {
        let mut answer = None;
        self.each(statement, values, &mut |columns| {
            answer = Some(read(columns)?);
            Ok(false)
        })?;
        Ok(answer)
    }

    /// Asks several questions of one state of the database, whatever is written meanwhile.
    fn together<T>(&self, questions: impl FnOnce() -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        self.begin_reading()?;
        let _reading = Reading(self);
        questions()
    }
}

impl<D: Database + ?Sized> Ask for D {}

/// A state of the database that is read, until its questions end, however they do.
struct Reading<'a, D: Database + ?Sized>(&'a D);

impl<D: Database + ?Sized> Drop for Reading<'_, D> {
    fn drop(&mut self) {
        self.0.end_reading();
    }
}
