//! A question of one statement by one value: what is asked most, and over the network without lending a thread.

use crate::database::{Ask as _, Database};
use crate::fault::StoreFault;
use crate::value::{Columns, Value};

/// What is asked, and how a row of the answer is read.
pub(crate) struct Question<'a, T> {
    /// The statement; `$1` is its only value.
    pub(crate) statement: &'static str,
    /// The value.
    pub(crate) by: Value<'a>,
    /// Reads a row.
    pub(crate) read: fn(&mut Columns<'_>) -> Result<T, StoreFault>,
}

impl<T> Question<'_, T> {
    /// The first row, asked on a connection.
    pub(crate) fn first(&self, db: &dyn Database) -> Result<Option<T>, StoreFault> {
        db.row(self.statement, std::slice::from_ref(&self.by), self.read)
    }

    /// All rows, asked on a connection.
    pub(crate) fn all(&self, db: &dyn Database) -> Result<Vec<T>, StoreFault> {
        db.rows(self.statement, std::slice::from_ref(&self.by), self.read)
    }
}
