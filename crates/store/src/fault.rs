//! What can go wrong in the store.

use rusqlite::ErrorCode;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The database did not do what it was asked: nobody's choice, and nothing that the caller can decide.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreFault {
    /// Another process holds the database, and went on holding it.
    #[error("the database is held by another process; if that is a long import, wait for its end")]
    Busy,
    /// The disk is full.
    #[error("the disk of the database is full; free some space")]
    DiskFull,
    /// The file was taken away or another one put in its place, and what is written would go nowhere.
    #[error(
        "{} is not the file that was opened; put that one back, or start the portal again if another one belongs there",
        .path.display()
    )]
    Moved {
        /// The file of the database, or its write-ahead log.
        path: PathBuf,
    },
    /// The store was closed, or its writer is gone.
    #[error("the store is closed")]
    Closed,
    /// A value in the database is none that this program writes.
    #[error("the column {column} holds a value that cannot be read")]
    Unreadable {
        /// The column.
        column: String,
    },
    /// Another process builds a new policy book.
    #[error("another import of the policy book is under way; wait for its end")]
    AnotherImport,
    /// Whoever builds a new policy book was told to give up.
    #[error("it was stopped before its end")]
    Stopped,
    /// Another book was put into use while a new one was built, so what that was compared with is gone.
    #[error("the policy book in use was changed by somebody else meanwhile; import again")]
    BookChanged,
    /// The file of the policy book in use is not there.
    #[error(
        "the policy book in use, {}, is not there; put the directory back from a backup, or import a whole book",
        .path.display()
    )]
    GenerationMissing {
        /// The generation.
        number: u32,
        /// Its file.
        path: PathBuf,
    },
    /// A file of the policy book cannot be made, read or written.
    #[error("the file {} of the policy book failed", .path.display())]
    BookFile {
        /// The file.
        path: PathBuf,
        /// What the system says of it.
        #[source]
        error: Arc<io::Error>,
    },
    /// The database server cannot be reached, or is not the one that takes writes now.
    #[error("the database server cannot be used: {0}")]
    Unreachable(String),
    /// What was moved to a server is not the same there.
    #[error(
        "the table {0} is not the same on the server as here; run the same command again, and tell us if it stays so"
    )]
    MovedOtherwise(String),
    /// Anything else that PostgreSQL reports.
    #[error("the database server refused: {message} ({code})")]
    Server {
        /// PostgreSQL's code of the error.
        code: String,
        /// Its words, without what they are about.
        message: String,
    },
    /// Anything else that SQLite reports.
    #[error("the database failed")]
    Database(#[source] Arc<rusqlite::Error>),
}

impl From<zaguan_faults::Wanted> for StoreFault {
    fn from(_: zaguan_faults::Wanted) -> Self {
        Self::DiskFull
    }
}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
        use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
        // The index of the write-ahead log is the first thing that needs room.
        if error.sqlite_error().is_some_and(|error| error.extended_code == SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy,
            Some(DiskFull) => Self::DiskFull,
            _ => Self::Database(Arc::new(error)),
        }
    }
}

impl StoreFault {
    /// Whether the database cannot be reached, read or written just now, as happens to disks and servers: somebody has
    /// to see to it, and then everything goes on. Other faults are mistakes of ours.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Busy
            | Self::Unreachable(_)
            | Self::DiskFull
            | Self::Closed
            | Self::Moved { .. }
            | Self::GenerationMissing { .. }
            | Self::BookFile { .. } => true,
            // Lost connections, too little room, a server that stops, a broken system, and one that only reads (appendix A of
            // PostgreSQL's manual).
            Self::Server { code, .. } => {
                ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class)) || code == "25006"
            }
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::CannotOpen
                        | ErrorCode::SystemIoFailure
                        | ErrorCode::ReadOnly
                        | ErrorCode::PermissionDenied
                        | ErrorCode::DatabaseCorrupt
                        | ErrorCode::NotADatabase
                        | ErrorCode::OutOfMemory
                        | ErrorCode::FileLockingProtocolFailed
                )
            ),
            Self::Unreadable { .. }
            | Self::AnotherImport
            | Self::Stopped
            | Self::BookChanged
            | Self::MovedOtherwise(_) => false,
        }
    }
}

/// Why changes were not written. None of them was.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommitError {
    /// A guard failed: the facts have changed since they were read. Read them again and decide again.
    #[error("the facts have changed since they were read")]
    Conflict,
    /// The database did not do it.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

/// Why there is no store. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory of the file is not there.
    #[error("the directory {} of the database is not there; make it, or correct store.url", .0.display())]
    DirectoryMissing(PathBuf),
    /// The file is not there, or has nothing in it yet.
    #[error("there is no database at {} yet; make it with `zaguan migrate`, or correct store.url", .0.display())]
    NotMade(PathBuf),
    /// The file is something else.
    #[error("{} is not a database; correct store.url", .0.display())]
    NotADatabase(PathBuf),
    /// The file is damaged.
    #[error("the database {} is damaged; put back a backup with `zaguan restore`", .0.display())]
    Damaged(PathBuf),
    /// The file cannot be opened.
    #[error("the database {} cannot be opened; is it a file, and may this user read and write it?", .0.display())]
    CannotOpen(PathBuf),
    /// The file cannot be written.
    #[error("the database {} cannot be written; give this user the right to write it and its directory", .0.display())]
    ReadOnly(PathBuf),
    /// The database belongs to another application.
    #[error("the database {} belongs to another application; name another file in store.url", .0.display())]
    OtherApplication(PathBuf),
    /// The database was written by a newer version, beside which this one must not work.
    #[error(
        "the database {} has schema {found}, and this program knows only {known}, which does not work with it; run the newer \
         program that wrote it",
        .path.display()
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// The database is of a newer version, beside which this program may serve, but not do this.
    #[error(
        "the database {} has schema {found}, newer than this program, which would lose what it does not know; do {wanted} \
         with the newer program", .path.display()
    )]
    NotByOlder {
        /// What was to be done.
        wanted: &'static str,
        /// The file, or the server.
        path: PathBuf,
        /// Its schema.
        found: u32,
    },
    /// The database was written by an older version.
    #[error("the database {} has schema {found} and needs {known}; run `zaguan migrate`", .path.display())]
    OlderSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The schema that this program needs.
        known: u32,
    },
    /// A migration is not the one that the database was made with.
    #[error(
        "the database {} was made by another build, whose migration {version} differs; run that build",
        .path.display()
    )]
    OtherMigration {
        /// The file.
        path: PathBuf,
        /// The migration.
        version: u32,
    },
    /// Its tables are not those of the version that it calls itself.
    #[error(
        "the database {} calls itself schema {found}, and {difference}: a migration was done by hand or in part; put back a \
         backup (zaguan restore DIR), or the copy from before that was tried", .path.display()
    )]
    HalfMade {
        /// The file.
        path: PathBuf,
        /// The schema that it calls itself.
        found: u32,
        /// What differs first.
        difference: String,
    },
    /// The write-ahead log cannot be used there.
    #[error(
        "the database {} cannot use a write-ahead log (it uses {mode}); put it on a local disk, not on a network",
        .path.display()
    )]
    NoWriteAheadLog {
        /// The file.
        path: PathBuf,
        /// The journal that it uses instead.
        mode: String,
    },
    /// The library is one that can lose data.
    #[error("SQLite {0} can damage a write-ahead log; build with 3.51.3 or later")]
    OldSqlite(&'static str),
    /// A portal or a command has it open, and it was to be restored.
    #[error(
        "the database {} is in use; stop the portal, wait for the end of other commands, and try again",
        .0.display()
    )]
    InUse(PathBuf),
    /// It is being restored.
    #[error("the database {} is being restored by another process; wait for its end", .0.display())]
    BeingRestored(PathBuf),
    /// A restore was cut short after it had begun to put the restored database in place.
    #[error(
        "a restore of the database {} was cut short; run the same `zaguan restore` again, which ends it",
        .0.display()
    )]
    RestoreCut(PathBuf),
    /// A file beside the database cannot be made, moved or locked.
    #[error("{} cannot be made, moved or locked ({error}); check its owner, its rights and the disk", .path.display())]
    Beside {
        /// The file.
        path: PathBuf,
        /// What the system says of it.
        error: std::io::Error,
    },
    /// The database server does not answer, or lets nobody in.
    #[error(
        "the database server {server} cannot be used ({why}); is it running and its certificate the right one, does store.url name it, and may this user connect?"
    )]
    CannotReach {
        /// The server.
        server: String,
        /// What was found.
        why: String,
    },
    /// The database server does not do what it must.
    #[error(
        "the database server {server} refuses ({why}); give the user of store.url the right to make tables and schemas"
    )]
    ServerRefuses {
        /// The server.
        server: String,
        /// What it said.
        why: String,
    },
    /// The database server is a standby.
    #[error(
        "the database server {0} is a standby, which takes no writes; name the primary in store.url, or all of them with \
         commas between"
    )]
    Standby(String),
    /// There are no tables on the server yet.
    #[error("there are no tables of ours at {0} yet; make them with `zaguan migrate`, or correct store.url")]
    NotMadeOnServer(String),
    /// The database on the server belongs to another application.
    #[error(
        "the database {0} has tables of another application; make one of its own and name it in store.url"
    )]
    OtherOnServer(String),
    /// The server has a portal's data already.
    #[error("the database {0} has a portal's data already; name an empty one")]
    NotEmpty(String),
    /// A move to the server was cut short.
    #[error("a move to {0} was cut short; run the same `zaguan migrate --to` again, which ends it")]
    HalfMoved(String),
    /// It can only be done on a server.
    #[error("{0} is for PostgreSQL; on SQLite restore a backup, which does the same")]
    OnlyOnServers(&'static str),
    /// It can only be done with a file.
    #[error("{0} is for SQLite; for PostgreSQL see the chapter \"PostgreSQL\" of the operator's book")]
    OnlyForFiles(&'static str),
    /// The system gives no thread.
    #[error("no thread could be started for the database")]
    NoThread(#[source] std::io::Error),
    /// Anything else.
    #[error(transparent)]
    Fault(StoreFault),
}
