//! The store: reads at once on a connection for each thread, writes through the one writer.

use crate::change;
use crate::fault::{CommitError, StoreError, StoreFault};
use crate::letters::{self, RetryLetters};
use crate::policies::{self, BookCounts, BookRow};
use crate::schema::{self, Migrated};
use crate::sqlite::{Access, Sqlite};
use crate::url::{StoreSettings, StoreUrl, StoreUrlError};
use crate::writer::{StoreMetrics, Writer};
use jiff::Timestamp;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use thread_local::ThreadLocal;
use zaguan_domain::change::Change;
use zaguan_domain::letter::Letter;

/// What the portal remembers. Clones share one database and one writer.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    readers: ThreadLocal<Sqlite>,
    writer: Writer,
}

impl Store {
    /// Reads what `store.url` says: `sqlite:` and the path of a file.
    pub fn parse_url(url: &str) -> Result<StoreUrl, StoreUrlError> {
        StoreUrl::parse(url)
    }

    /// Makes the database if it is not there, readable by its owner only, and brings its schema up to date, all or
    /// nothing. A database that is up to date is left as it is.
    #[expect(clippy::unused_async, reason = "a database server is waited for; SQLite answers in place")]
    pub async fn migrate(settings: &StoreSettings) -> Result<Migrated, StoreError> {
        schema::migrate(&settings.path)
    }

    /// Opens a database whose schema is up to date ([`Store::migrate`]), and starts its writer.
    #[expect(clippy::unused_async, reason = "a database server is waited for; SQLite answers in place")]
    pub async fn open(settings: StoreSettings) -> Result<Self, StoreError> {
        let db = schema::open(&settings.path)?;
        let writer = Writer::start(db).map_err(StoreError::NoThread)?;
        Ok(Self { shared: Arc::new(Shared { path: settings.path, readers: ThreadLocal::new(), writer }) })
    }

    /// Takes no more changes from any clone, and returns when those that wait are durable and the write-ahead log is
    /// copied into the database.
    pub async fn close(self) {
        self.shared.writer.close().await;
    }

    /// Writes all of the changes or none, each under its guard, and returns when they are durable.
    ///
    /// Whoever stops waiting does not know whether they were written.
    pub async fn commit(&self, changes: Vec<Change>) -> Result<(), CommitError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.shared
            .writer
            .write(move |db| changes.iter().try_for_each(|change| change::apply(db, change)))
            .await
    }

    /// Takes letters that are due and that nobody is at, the longest due first, and keeps them from others until the
    /// lease is over. With each comes how often it was tried.
    pub async fn claim_letters(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Letter, u32)>, StoreFault> {
        self.shared.writer.write(move |db| letters::claim(db, now, lease_until, limit)).await
    }

    /// Makes letters due now, as if they had never been tried. Answers how many.
    pub async fn retry_letters(&self, which: RetryLetters, now: Timestamp) -> Result<usize, StoreFault> {
        self.shared.writer.write(move |db| letters::retry(db, which, now)).await
    }

    /// Replaces the policy book, all or nothing. Of rows with the same document, line and number the last counts.
    ///
    /// The rows are taken in place, so this is for where nothing else waits. The portal reads the old book until the
    /// new one is whole, and other writers wait only while it takes its place.
    #[expect(clippy::unused_async, reason = "a database server is waited for; SQLite answers in place")]
    pub async fn replace_book(
        &self,
        rows: impl Iterator<Item = BookRow> + Send,
        at: Timestamp,
    ) -> Result<BookCounts, StoreFault> {
        let db = Sqlite::open(&self.shared.path, Access::Write)?;
        policies::replace(&db, rows, at)
    }

    /// Whether the database answers and the writer is at its place.
    pub async fn ping(&self) -> Result<(), StoreFault> {
        if !self.shared.writer.is_open() {
            return Err(StoreFault::Closed);
        }
        self.read(policies::counts).await.map(|_| ())
    }

    /// What the writer has done.
    pub fn metrics(&self) -> StoreMetrics {
        self.shared.writer.metrics()
    }

    /// Asks in place, on this thread's own connection: a question takes microseconds, less than handing it over.
    #[expect(clippy::unused_async, reason = "a database server is waited for; SQLite answers in place")]
    pub(crate) async fn read<T>(
        &self,
        question: impl FnOnce(&Sqlite) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let Shared { path, readers, .. } = &*self.shared;
        question(readers.get_or_try(|| Sqlite::open(path, Access::Read))?)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("path", &self.shared.path).finish_non_exhaustive()
    }
}
