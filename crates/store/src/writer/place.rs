//! Where the writer writes: a file, or a server.

use crate::checkpoint::Checkpointer;
use crate::database::Database;
use crate::fault::StoreFault;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use std::error::Error;

/// Where it writes.
pub(super) enum Place {
    File(Sqlite, Checkpointer),
    Server(Postgres),
}

impl Place {
    pub(super) fn db(&self) -> &dyn Database {
        match self {
            Self::File(db, _) => db,
            Self::Server(db) => db,
        }
    }

    /// Begins a transaction. Another process that writes is waited for here, and nowhere else.
    pub(super) fn begin(&self) -> Result<(), StoreFault> {
        match self {
            Self::Server(db) => db.begin_writing(),
            Self::File(db, _) => {
                if db.is_in_transaction() {
                    // The one before failed, and could not be undone at once.
                    db.execute("rollback", &[])?;
                }
                db.execute("begin immediate", &[]).map(|_| ())
            }
        }
    }

    pub(super) fn commit(&self) -> Result<(), StoreFault> {
        match self {
            Self::Server(db) => db.commit(),
            Self::File(db, _) => db.execute("commit", &[]).map(|_| ()),
        }
    }

    pub(super) fn undo(&self) -> Result<(), StoreFault> {
        match self {
            Self::Server(db) => db.undo(),
            Self::File(db, _) if db.is_in_transaction() => db.execute("rollback", &[]).map(|_| ()),
            Self::File(..) => Ok(()),
        }
    }

    /// Tells who copies the log that there is more of it.
    pub(super) fn written(&self) {
        if let Self::File(_, checkpointer) = self {
            checkpointer.written();
        }
    }

    pub(super) fn leave_log_alone(&self) {
        if let Self::File(db, _) = self
            && let Err(fault) = db.leave_log_alone()
        {
            let error: &dyn Error = &fault;
            tracing::warn!(error, "SQLite copies its log by itself, and those who write wait for that");
        }
    }

    pub(super) fn begin_long_log_anew(&self) {
        if let Self::File(db, checkpointer) = self
            && checkpointer.log_is_long()
            // Where somebody reads in it there will be a next time.
            && let Err(fault) = db.begin_log_anew()
        {
            let error: &dyn Error = &fault;
            tracing::warn!(error, "the write-ahead log could not be begun anew; trying again");
        }
    }

    pub(super) fn leave(self) {
        if let Self::File(db, checkpointer) = self {
            // It must not be at the log when that is emptied.
            drop(checkpointer);
            empty_log(&db);
        }
    }
}

fn empty_log(db: &Sqlite) {
    if let Err(fault) = db.checkpoint() {
        let error: &dyn Error = &fault;
        tracing::warn!(
            error,
            "the write-ahead log could not be copied into the database; it will be at the next start"
        );
    }
}
