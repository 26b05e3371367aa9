//! The store: reads at once on a connection for each thread, writes through the one writer.

use crate::audit;
use crate::book::{
    BookDifference, BookDirectory, BookSource, Extent, GENERATIONS_KEPT, NewGeneration, Reader, SHARED_OVER,
    Undone, Workplace, remove_leftovers, table,
};
use crate::change;
use crate::database::{Ask, Database};
use crate::fault::{CommitError, StoreError, StoreFault};
use crate::letters::{self, RetryLetters};
use crate::limits::{self, Taken};
use crate::policies::{self, BookCounts, BookRow};
use crate::postgres::pool::Pool;
use crate::postgres::wires::Wires;
use crate::postgres::{self, Postgres, PostgresServer};
use crate::presence::Presence;
use crate::question::Question;
use crate::schema::{self, Migrated};
use crate::sqlite::{Access, Sqlite, explain};
use crate::stale::Stale;
use crate::url::StoreSettings;
use crate::writer::{StoreMetrics, Writer, WriterTimes};
use jiff::Timestamp;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thread_local::ThreadLocal;
use zaguan_domain::allowance::Take;
use zaguan_domain::change::Change;
use zaguan_domain::id::LetterId;
use zaguan_domain::letter::Letter;
use zaguan_domain::limit::Rules;
use zaguan_domain::origin::Actor;
use zaguan_faults::reach;

/// What the portal remembers. Clones share one database and one writer.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    place: Place,
    writer: Writer,
}

/// Where it is remembered, and how it is read.
enum Place {
    /// In a file, which each thread reads on a connection of its own.
    File { path: PathBuf, readers: Box<ThreadLocal<Reader>>, _presence: Presence },
    /// On a server, which the node reads on a few connections: questions of one statement fly over wires, the others lend a
    /// connection and a thread.
    Server { server: Arc<PostgresServer>, pool: Pool, wires: Box<Wires> },
}

impl Store {
    /// Makes the database if it is not there, readable by its owner only, and brings its schema up to date, all or
    /// nothing. A database that is up to date is left as it is.
    #[expect(
        clippy::unused_async,
        reason = "whoever asks is asynchronous; both databases are waited for in place"
    )]
    pub async fn migrate(settings: &StoreSettings) -> Result<Migrated, StoreError> {
        match settings {
            StoreSettings::Sqlite { path } => {
                let _presence = Presence::share(path)?;
                schema::migrate(path)
            }
            StoreSettings::Postgres(server) => postgres::schema::migrate(server),
        }
    }

    /// Opens a database whose schema is up to date ([`Store::migrate`]), and starts its writer.
    #[expect(
        clippy::unused_async,
        reason = "whoever asks is asynchronous; both databases are waited for in place"
    )]
    pub async fn open(settings: StoreSettings) -> Result<Self, StoreError> {
        let (place, writer) = match settings {
            StoreSettings::Sqlite { path } => {
                let presence = Presence::share(&path)?;
                let db = schema::open(&path)?;
                let copies = Sqlite::open(&path, Access::Write).map_err(|fault| explain(fault, &path))?;
                let writer = Writer::start(db, copies);
                (Place::File { path, readers: Box::default(), _presence: presence }, writer)
            }
            StoreSettings::Postgres(server) => {
                postgres::schema::open(&server)?;
                let writer = Writer::start_on_server(Postgres::new(Arc::clone(&server)));
                let (pool, wires) =
                    (Pool::new(Arc::clone(&server)), Box::new(Wires::new(Arc::clone(&server))));
                (Place::Server { pool, wires, server }, writer)
            }
        };
        Ok(Self { shared: Arc::new(Shared { place, writer: writer.map_err(StoreError::NoThread)? }) })
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
            .write(move |db| {
                match changes.iter().try_for_each(|change| change::apply(db, change)) {
                    // What was asked after a guard that failed may have failed because of that.
                    Err(CommitError::Fault(_)) if db.has_conflict() => Err(CommitError::Conflict),
                    Err(error) => Err(error),
                    Ok(()) if db.settle()? => Ok(()),
                    Ok(()) => Err(CommitError::Conflict),
                }
            })
            .await
    }

    /// Takes one token from each of these buckets, or none when one is not there yet.
    pub async fn take(&self, wanted: Vec<Take>, now: Timestamp) -> Result<Taken, StoreFault> {
        // Looking costs little, so whoever is refused costs nobody a write.
        if let Err(not_yet) = self.read(|db| limits::look(db, &wanted, now)).await? {
            return Ok(not_yet);
        }
        self.shared.writer.write(move |db| limits::take(db, &wanted, now)).await
    }

    /// Gives back the tokens that were taken for something that nobody had time to look at.
    pub async fn give_back(&self, taken: Vec<Take>, now: Timestamp) -> Result<(), StoreFault> {
        self.shared.writer.write(move |db| limits::give_back(db, &taken, now)).await
    }

    /// Forgets a little of what is of no more use to anybody, each kind in a commit of its own so that nobody waits for it:
    /// full buckets, browsers that were not used for long, sessions that are over, flows of the day before yesterday, and
    /// letters and keys of a quarter ago. Answers how many rows went; call again while there were some, but not at once.
    pub async fn forget_stale(&self, now: Timestamp, rules: &Rules) -> Result<usize, StoreFault> {
        let mut forgotten = 0;
        for stale in Stale::ALL {
            let rules = rules.clone();
            forgotten += self.shared.writer.write(move |db| stale.forget(db, now, &rules)).await?;
        }
        Ok(forgotten)
    }

    /// Takes the addresses out of records of the audit trail that are older than that, a little at a time. Answers how
    /// many; call again while there were some, but not at once. The trail stays whole, because only a hash of each is bound into it.
    pub async fn mask_audit_addresses(&self, before: Timestamp) -> Result<usize, StoreFault> {
        const AT_MOST: u32 = 200;
        self.shared.writer.write(move |db| audit::mask_addresses(db, before, AT_MOST)).await
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

    /// Puts a claimed letter back that was not tried, to be due then. Whoever claimed it after the lease was over keeps it.
    pub async fn put_letter_back(
        &self,
        letter: LetterId,
        lease_until: Timestamp,
        due: Timestamp,
    ) -> Result<(), StoreFault> {
        self.shared.writer.write(move |db| letters::put_back(db, letter, lease_until, due)).await
    }

    /// Makes letters due now, as if they had never been tried. Answers how many.
    pub async fn retry_letters(&self, which: RetryLetters, now: Timestamp) -> Result<usize, StoreFault> {
        self.shared.writer.write(move |db| letters::retry(db, which, now)).await
    }

    /// Begins a new generation of the policy book, made of all of its rows. Nobody else can build one meanwhile.
    pub fn new_generation(&self, source: BookSource, at: Timestamp) -> Result<NewGeneration, StoreFault> {
        NewGeneration::begin(self, Extent::Snapshot, source, at)
    }

    /// Begins a new generation of the policy book that is the one in use but for some rows, added or ended.
    pub fn new_delta(&self, source: BookSource, at: Timestamp) -> Result<NewGeneration, StoreFault> {
        NewGeneration::begin(self, Extent::Delta, source, at)
    }

    /// Removes what imports that did not end left of their generations; while one is under way, nothing. Whoever begins
    /// one does the same, so this is for where none may come for long.
    pub fn remove_unfinished_generations(&self) -> Result<(), StoreFault> {
        let path = match &self.shared.place {
            Place::Server { server, .. } => return remove_leftovers(server),
            Place::File { path, .. } => path,
        };
        let directory = BookDirectory::beside(path);
        match directory.lock() {
            Ok(_lock) => directory.sweep(&self.ask_at_once(|reader| table::numbers(reader.database()))?),
            Err(StoreFault::AnotherImport) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Replaces the policy book, all or nothing. Of rows with the same document, line and number the last counts.
    ///
    /// The rows are taken in place, so this is for where nothing else waits. The portal reads the old book until the
    /// new one is whole, and other writers do not wait.
    pub async fn replace_book(
        &self,
        rows: impl Iterator<Item = BookRow> + Send,
        at: Timestamp,
    ) -> Result<BookCounts, StoreFault> {
        let mut generation = self.new_generation(BookSource { name: String::new(), sha256: None }, at)?;
        for row in rows {
            generation.add(&row)?;
        }
        let ready = generation.finish(SHARED_OVER)?;
        let BookDifference { policies, holders, .. } = *ready.difference();
        ready.switch(Actor::Operator).await?;
        self.prune_generations(GENERATIONS_KEPT).await?;
        Ok(BookCounts { policies, holders, loaded_at: Some(at) })
    }

    /// Puts the generation of the book into use again that the one in use replaced, which is recorded, and returns when
    /// that is durable; answers nothing if there is none to go back to.
    pub async fn undo_generation(&self, at: Timestamp, actor: Actor) -> Result<Option<Undone>, StoreFault> {
        let undo = move |db: &dyn Database| {
            let undone = table::undo(db, at)?;
            if let Some(Undone { from, to }) = undone {
                let detail = format!("generation {to} again, in place of {from}");
                audit::add(db, &audit::book_switched(at, actor, detail))?;
            }
            Ok(undone)
        };
        self.shared.writer.write(undo).await
    }

    /// Removes all generations of the book but so many of the newest ones, the one in use and the one that it replaced.
    /// Answers the numbers of those removed.
    pub async fn prune_generations(&self, keep: u32) -> Result<Vec<u32>, StoreFault> {
        let forgotten = self.shared.writer.write(move |db| table::prune(db, keep)).await?;
        let (store, numbers) = (self.clone(), forgotten.clone());
        // A file system may take a tenth of a second for each gigabyte.
        reach("book.forgotten")?;
        let remove = move || store.remove_generations(&numbers);
        tokio::task::spawn_blocking(remove).await.map_err(|_| StoreFault::Stopped)??;
        Ok(forgotten)
    }

    /// Whether the database and the book answer and the writer is at its place.
    pub async fn ping(&self) -> Result<(), StoreFault> {
        if !self.shared.writer.is_open() {
            return Err(StoreFault::Closed);
        }
        self.shared.writer.check_files()?;
        self.ask(|reader| policies::lines(reader).map(|_| ())).await
    }

    /// What the writer has done.
    pub fn metrics(&self) -> StoreMetrics {
        self.shared.writer.metrics()
    }

    /// How the writer went about it.
    pub fn writer_times(&self) -> WriterTimes {
        self.shared.writer.times()
    }

    /// Asks one question of the database.
    pub(crate) async fn read<T>(
        &self,
        question: impl FnOnce(&dyn Database) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        self.ask(|reader| question(reader.database())).await
    }

    /// Asks a question of one statement; answers its first row.
    pub(crate) async fn first<T>(&self, question: &Question<'_, T>) -> Result<Option<T>, StoreFault> {
        match &self.shared.place {
            Place::File { path, readers, .. } => {
                question.first(readers.get_or_try(|| Reader::open(path))?.database())
            }
            Place::Server { wires, .. } => Ok(wires.ask(question).await?.into_iter().next()),
        }
    }

    /// The same; answers all rows.
    pub(crate) async fn all<T>(&self, question: &Question<'_, T>) -> Result<Vec<T>, StoreFault> {
        match &self.shared.place {
            Place::File { path, readers, .. } => {
                question.all(readers.get_or_try(|| Reader::open(path))?.database())
            }
            Place::Server { wires, .. } => wires.ask(question).await,
        }
    }

    /// Asks several questions of one state of the database.
    pub(crate) async fn read_together<T>(
        &self,
        questions: impl FnOnce(&Reader) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        self.ask(|reader| reader.database().together(|| questions(reader))).await
    }

    /// Asks in place. A file is asked on this thread's own connection: that takes microseconds, less than handing the
    /// question over.
    pub(crate) async fn ask<T>(
        &self,
        question: impl FnOnce(&Reader) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        match &self.shared.place {
            Place::File { path, readers, .. } => question(readers.get_or_try(|| Reader::open(path))?),
            Place::Server { pool, .. } => pool.ask(question).await,
        }
    }

    /// The same, for who builds a book and is not asynchronous.
    pub(crate) fn ask_at_once<T>(
        &self,
        question: impl FnOnce(&Reader) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        match &self.shared.place {
            Place::File { path, readers, .. } => question(readers.get_or_try(|| Reader::open(path))?),
            Place::Server { pool, .. } => pool.ask_at_once(question),
        }
    }

    /// Writes through the one writer, and returns when it is durable.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Database) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, StoreFault> {
        self.shared.writer.write(work).await
    }

    fn remove_generations(&self, numbers: &[u32]) -> Result<(), StoreFault> {
        match &self.shared.place {
            Place::Server { server, .. } => postgres::book::remove_all(server, numbers),
            Place::File { path, .. } => {
                let directory = BookDirectory::beside(path);
                numbers.iter().try_for_each(|&number| directory.remove_generation(number))
            }
        }
    }

    /// The file, where it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.shared.place {
            Place::File { path, .. } => Some(path),
            Place::Server { .. } => None,
        }
    }

    /// A place to build a generation of the book.
    pub(crate) fn workplace(&self) -> Result<Workplace, StoreFault> {
        match &self.shared.place {
            Place::Server { server, .. } => Workplace::on_server(server),
            Place::File { path, .. } => {
                let directory = BookDirectory::beside(path);
                self.ask_at_once(|reader| Workplace::beside(directory, reader.database()))
            }
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place: &dyn fmt::Debug = match &self.shared.place {
            Place::File { path, .. } => path,
            Place::Server { server, .. } => server,
        };
        f.debug_struct("Store").field("place", place).finish_non_exhaustive()
    }
}
