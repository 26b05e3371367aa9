//! Taking over: the book that the first schema kept in the database becomes a generation.

use crate::book::build::Extent;
use crate::book::generation::Rows;
use crate::book::sorter::SORTER_BYTES;
use crate::book::table::{self, Built};
use crate::book::workplace::Workplace;
use crate::book::{BookDirectory, BookSource, SHARED_OVER};
use crate::database::{Ask as _, Database as _};
use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use crate::value::Columns;
use jiff::Timestamp;
use std::path::Path;

statements! {
    LOADED_AT = "select loaded_at from book where id = 1";
    OLD_ROWS = "select document, line, number_key, number, starts_on, ends_on, state, holder, discriminator, email, ''
        from policy order by document, line, number_key";
}

/// Moves the book of the first schema, if one was loaded, into a generation that is in use once the transaction is
/// committed, and drops its tables.
pub(crate) fn take_over(db: &Sqlite, path: &Path) -> Result<(), StoreFault> {
    if let Some(at) = db.row(LOADED_AT, &[], time)? {
        let workplace = Workplace::beside(BookDirectory::beside(path), db)?;
        let mut rows = Rows::begin(workplace, Extent::Snapshot, SORTER_BYTES)?;
        db.each(OLD_ROWS, &[], &mut |row| {
            rows.record.take(row)?;
            rows.sorter.add(&rows.record)?;
            Ok(true)
        })?;
        let (mut workplace, difference) = rows.build(None, SHARED_OVER, &|| false)?;
        let source = BookSource { name: String::new(), sha256: None };
        let built = Built { number: workplace.number(), source, at, replaces: None, difference };
        table::switch(db, &built)?;
        workplace.keep();
    }
    forget_old(db)
}

/// Removes the tables that the book was in.
pub(crate) fn forget_old(db: &Sqlite) -> Result<(), StoreFault> {
    db.run("drop table policy; drop table book_line; drop table book")
}

fn time(columns: &mut Columns<'_>) -> Result<Timestamp, StoreFault> {
    columns.time()
}
