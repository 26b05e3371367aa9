//! SQLite: a connection, what it must be set to, and how it is asked.

use crate::database::{Database, WantsMore};
use crate::fault::{CommitError, StoreError, StoreFault};
use crate::value::{Columns, Value};
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, Row, Transaction, TransactionBehavior};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;
use zaguan_faults::reach;

mod copy;

pub use copy::Copied;

/// How long to wait while another process writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of the file is read through the memory map: all that SQLite allows, which doubles the speed of reading.
const MAPPED_BYTES: i64 = 0x7fff_0000;

/// The log is cut back to this size when it was copied into the database.
const LOG_BYTES: i64 = 16 * 1024 * 1024;

/// How many prepared statements a connection keeps: more than there are.
const STATEMENTS_KEPT: usize = 100;

/// How often to wait for others before the write-ahead log is turned on.
const TURNS: u8 = 20;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A connection.
pub(crate) struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    /// Opens a file that is there. Nothing is written to it, whatever it is.
    pub(crate) fn open(path: &Path, access: Access) -> Result<Self, StoreFault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Self { connection: Connection::open_with_flags(path, flags)? };
        db.set(access)?;
        Ok(db)
    }

    /// Opens a file that is never changed, so that nothing is locked or looked at again.
    pub(crate) fn open_immutable(path: &Path) -> Result<Self, StoreFault> {
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let db = Self { connection: Connection::open_with_flags(immutable_uri(path), flags)? };
        db.keep_plans()?;
        db.connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(db)
    }

    /// Reads the file through the memory map from now on. Who reads all of it once does better without: what was read
    /// would count as this process's memory.
    pub(crate) fn map(self) -> Result<Self, StoreFault> {
        self.connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        Ok(self)
    }

    /// Opens an empty file that is written from beginning to end and thrown away if anything happens meanwhile.
    pub(crate) fn open_to_build(path: &Path) -> Result<Self, StoreFault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Self { connection: Connection::open_with_flags(path, flags)? };
        let ignored = |_: &Row<'_>| Ok(());
        db.connection.pragma_update_and_check(None, "locking_mode", "exclusive", ignored)?;
        db.connection.pragma_update_and_check(None, "journal_mode", "off", ignored)?;
        db.connection.pragma_update(None, "synchronous", "off")?;
        Ok(db)
    }

    #[cfg(test)]
    pub(crate) fn open_to_read_only(path: &Path) -> Self {
        Self { connection: Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap() }
    }

    fn set(&self, access: Access) -> rusqlite::Result<()> {
        self.keep_plans()?;
        let connection = &self.connection;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        // What a commit that does not wait for the disk loses in a power cut is shown by a test.
        let synchronous = if reach("synchronous").is_ok() { "full" } else { "normal" };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        connection.pragma_update(None, "query_only", access == Access::Read)
    }

    /// Plans a statement once, whatever values it is asked with. Otherwise SQLite plans it again after its values are
    /// cleared, which rusqlite does with all that it keeps: half of the time of a look-up.
    fn keep_plans(&self) -> rusqlite::Result<()> {
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
    }

    /// Whether the file can only be read.
    pub(crate) fn is_read_only(&self) -> Result<bool, StoreFault> {
        Ok(self.connection.is_readonly("main")?)
    }

    /// Turns the write-ahead log on, for good; answers the journal that the database uses then.
    pub(crate) fn use_write_ahead_log(&self) -> Result<String, StoreFault> {
        let turn_on = || {
            let mode = |row: &Row<'_>| row.get(0);
            Ok(self.connection.pragma_update_and_check(None, "journal_mode", "wal", mode)?)
        };
        // SQLite does not wait for others here, so their turn is waited for by taking one.
        for _ in 0..TURNS {
            match turn_on() {
                Err(StoreFault::Busy) => self.all_or_nothing(|| Ok::<_, StoreFault>(()))?,
                answer => return answer,
            }
        }
        turn_on()
    }

    /// A number that is kept in the head of the file.
    pub(crate) fn head(&self, pragma: &str) -> Result<i64, StoreFault> {
        Ok(self.connection.pragma_query_value(None, pragma, |row| row.get(0))?)
    }

    /// Writes a number into the head of the file.
    pub(crate) fn set_head(&self, pragma: &str, number: i64) -> Result<(), StoreFault> {
        Ok(self.connection.pragma_update(None, pragma, number)?)
    }

    /// Runs statements that take no values and give no rows.
    pub(crate) fn run(&self, statements: &str) -> Result<(), StoreFault> {
        Ok(self.connection.execute_batch(statements)?)
    }

    /// A statement to run again and again.
    pub(crate) fn prepare(&self, statement: &str) -> Result<CachedStatement<'_>, StoreFault> {
        Ok(self.connection.prepare_cached(statement)?)
    }

    /// Closes the file, and says what could not be written.
    pub(crate) fn close(self) -> Result<(), StoreFault> {
        self.connection.close().map_err(|(_, error)| error.into())
    }

    /// Writes all or nothing. Another writer is waited for at the beginning, and only there.
    pub(crate) fn all_or_nothing<T, E: From<StoreFault>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
            .map_err(StoreFault::from)?;
        let done = work()?;
        transaction.commit().map_err(StoreFault::from)?;
        Ok(done)
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        Path::new(self.connection.path().unwrap_or_default())
    }

    /// Whether a transaction is open.
    pub(crate) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// From now on the write-ahead log is copied into the database only when somebody says so.
    pub(crate) fn leave_log_alone(&self) -> Result<(), StoreFault> {
        let ignored = |_: &Row<'_>| Ok(());
        Ok(self.connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, ignored)?)
    }

    /// Copies of the write-ahead log into the database what nobody reads or writes just now, and waits for nobody.
    /// Answers how many pages the log has.
    pub(crate) fn copy_log(&self) -> Result<u32, StoreFault> {
        let pages = self.connection.query_row("pragma wal_checkpoint(passive)", [], |row| row.get(1));
        Ok(pages.map(|pages: i64| u32::try_from(pages).unwrap_or(0))?)
    }

    /// Copies the rest of the write-ahead log, so that the next transaction begins it anew; answers whether it will. It is
    /// for the writer, and waits for nobody: where somebody reads in the log it goes on.
    pub(crate) fn begin_log_anew(&self) -> Result<bool, StoreFault> {
        self.connection.busy_timeout(Duration::ZERO)?;
        let is_in_the_way = |row: &Row<'_>| row.get::<_, bool>(0);
        let copied = self.connection.query_row("pragma wal_checkpoint(restart)", [], is_in_the_way);
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(!copied?)
    }

    /// Copies the write-ahead log into the database and empties it.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreFault> {
        Ok(self.connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?)
    }
}

impl Database for Sqlite {
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<usize, StoreFault> {
        Ok(self.connection.prepare_cached(statement)?.execute(rusqlite::params_from_iter(values))?)
    }

    fn each(
        &self,
        statement: &str,
        values: &[Value<'_>],
        wants_more: &mut WantsMore<'_>,
    ) -> Result<(), StoreFault> {
        let mut statement = self.connection.prepare_cached(statement)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if !wants_more(&mut Columns::of(row))? {
                break;
            }
        }
        Ok(())
    }

    fn guarded(&self, statement: &str, values: &[Value<'_>]) -> Result<(), CommitError> {
        let mut found = self.connection.prepare_cached(statement).map_err(StoreFault::from)?;
        let values = rusqlite::params_from_iter(values);
        let rows = if found.column_count() == 0 {
            found.execute(values).map_err(StoreFault::from)?
        } else {
            usize::from(found.exists(values).map_err(StoreFault::from)?)
        };
        if rows == 1 { Ok(()) } else { Err(CommitError::Conflict) }
    }

    fn write(&self, statement: &str, values: &[Value<'_>]) -> Result<(), StoreFault> {
        self.execute(statement, values).map(|_| ())
    }

    fn settle(&self) -> Result<bool, StoreFault> {
        Ok(true)
    }

    fn begin_reading(&self) -> Result<(), StoreFault> {
        // Both statements are kept prepared, because this is done for each request.
        self.execute("begin", &[]).map(|_| ())
    }

    fn end_reading(&self) {
        // It has nothing to lose; if even this fails, so will the next one that begins.
        let _ = self.execute("rollback", &[]);
    }
}

/// The name of a file that is never changed, as SQLite wants it: each byte that could mean something else in hexadecimal.
fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02x}");
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// What a fault says of the file.
pub(crate) fn explain(fault: StoreFault, path: &Path) -> StoreError {
    let StoreFault::Database(error) = &fault else {
        return StoreError::Fault(fault);
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::NotADatabase(path.to_owned()),
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(path.to_owned()),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::CannotOpen(path.to_owned()),
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly(path.to_owned()),
        _ => StoreError::Fault(fault),
    }
}
