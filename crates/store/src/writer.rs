//! The writer: one thread with its own connection, which writes in one transaction whatever waits.
//!
//! A transaction costs one wait for the disk, however much is in it. So what arrives while the disk is waited for is
//! written together: each caller under a savepoint of their own, and all of them answered once it is durable. The writers of
//! several processes take turns, on SQLite and on PostgreSQL alike.

mod place;

use crate::checkpoint::Checkpointer;
use crate::database::Database;
use crate::distribution::{Counted, Distribution};
use crate::fault::StoreFault;
use crate::in_place::InPlace;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use place::Place;
use std::error::Error;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};
use zaguan_faults::{Indispensable, reach};

/// How many callers share one transaction at most.
const LARGEST_GROUP: usize = 64;

/// How many callers may wait; more than that wait to wait.
const PLACES: usize = 1024;

/// What the writer has done since it was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreMetrics {
    /// Callers whose changes are durable.
    pub commits: u64,
    /// Transactions that they shared.
    pub batches: u64,
}

/// How it went about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriterTimes {
    /// How many callers shared a transaction.
    pub group_sizes: Distribution,
    /// How long callers waited for their turn.
    pub waits: Distribution,
    /// How long transactions took to become durable when all was said.
    pub commits: Distribution,
}

/// The way to the writer's thread.
pub(crate) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    finished: Mutex<Option<oneshot::Receiver<()>>>,
    counts: Arc<Counts>,
    files: Files,
}

/// Whether the files that are written are where they were; a server sees to its own.
type Files = Option<Arc<Mutex<InPlace>>>;

struct Counts {
    commits: AtomicU64,
    batches: AtomicU64,
    group_sizes: Counted,
    waits: Counted,
    commit_times: Counted,
}

impl Writer {
    /// Starts the thread, and the one that copies what it writes on a second connection to the same file.
    pub(crate) fn start(db: Sqlite, copies: Sqlite) -> io::Result<Self> {
        let files = Arc::new(Mutex::new(InPlace::of(db.path())));
        Self::start_at(Place::File(db, Checkpointer::start(copies)?), Some(files))
    }

    /// Starts the thread, on a connection to a server.
    pub(crate) fn start_on_server(db: Postgres) -> io::Result<Self> {
        Self::start_at(Place::Server(db), None)
    }

    fn start_at(place: Place, files: Files) -> io::Result<Self> {
        let (queue, waiting) = mpsc::channel(PLACES);
        let (finish, finished) = oneshot::channel();
        let counts = Arc::new(Counts {
            commits: AtomicU64::new(0),
            batches: AtomicU64::new(0),
            group_sizes: Counted::sizes(),
            waits: Counted::times(),
            commit_times: Counted::times(),
        });
        let (counted, written) = (Arc::clone(&counts), files.clone());
        thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let _indispensable = Indispensable("writer");
            Desk { place: &place, files: &written, counts: &counted }.run(waiting);
            place.leave();
            // Whoever closed the store may have gone away.
            let _ = finish.send(());
        })?;
        Ok(Self { queue: Mutex::new(Some(queue)), finished: Mutex::new(Some(finished)), counts, files })
    }

    /// Does the work under a savepoint, and answers when it is durable. Work that fails is undone, alone.
    ///
    /// Whoever stops waiting does not know whether the work was done.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl FnOnce(&dyn Database) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let queue = queue.ok_or(StoreFault::Closed)?;
        let (reply, answer) = oneshot::channel();
        let job = Write { work: Some(work), done: None, came_at: Instant::now(), reply };
        queue.send(Box::new(job)).await.map_err(|_| StoreFault::Closed)?;
        drop(queue);
        answer.await.unwrap_or_else(|_| Err(StoreFault::Closed.into()))
    }

    /// Takes no more work, and returns when what waits is written and the write-ahead log is copied into the database.
    pub(crate) async fn close(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(finished) = finished {
            // An error means that the thread is gone, which is what is waited for.
            let _ = finished.await;
        }
    }

    /// Whether what is written now would be there tomorrow.
    pub(crate) fn check_files(&self) -> Result<(), StoreFault> {
        check(&self.files)
    }

    pub(crate) fn is_open(&self) -> bool {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }

    pub(crate) fn metrics(&self) -> StoreMetrics {
        StoreMetrics {
            commits: self.counts.commits.load(Ordering::Relaxed),
            batches: self.counts.batches.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn times(&self) -> WriterTimes {
        WriterTimes {
            group_sizes: self.counts.group_sizes.distribution(),
            waits: self.counts.waits.distribution(),
            commits: self.counts.commit_times.distribution(),
        }
    }
}

/// One caller's work, whatever it answers.
trait Job: Send {
    /// Since when the caller waits.
    fn came_at(&self) -> Instant;

    /// Does the work; says whether it is to be kept.
    fn work(&mut self, db: &dyn Database) -> bool;

    /// Answers the caller, now that their transaction is durable or has failed.
    fn answer(self: Box<Self>, transaction: Result<(), StoreFault>);
}

struct Write<W, T, E> {
    work: Option<W>,
    done: Option<Result<T, E>>,
    came_at: Instant,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<W, T, E> Job for Write<W, T, E>
where
    W: FnOnce(&dyn Database) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreFault> + Send,
{
    fn came_at(&self) -> Instant {
        self.came_at
    }

    fn work(&mut self, db: &dyn Database) -> bool {
        self.done = self.work.take().map(|work| {
            let done = work(db)?;
            // What was put off may fail; the guards are the caller's to settle.
            db.settle()?;
            Ok(done)
        });
        matches!(self.done, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, transaction: Result<(), StoreFault>) {
        let answer = match transaction {
            Ok(()) => self.done.unwrap_or_else(|| Err(StoreFault::Closed.into())),
            Err(fault) => Err(fault.into()),
        };
        // Whoever went away meanwhile does not want to know.
        let _ = self.reply.send(answer);
    }
}

type Waiting = mpsc::Receiver<Box<dyn Job>>;

/// What the writer's thread works with.
struct Desk<'a> {
    place: &'a Place,
    files: &'a Files,
    counts: &'a Counts,
}

fn check(files: &Files) -> Result<(), StoreFault> {
    let Some(files) = files else { return Ok(()) };
    files.lock().unwrap_or_else(PoisonError::into_inner).check()
}

/// When nothing can be written, those who wait are told now: each would have to wait as long again.
fn refuse_all(fault: &StoreFault, first: Box<dyn Job>, waiting: &mut Waiting) {
    first.answer(Err(fault.clone()));
    while let Ok(next) = waiting.try_recv() {
        next.answer(Err(fault.clone()));
    }
}

impl Desk<'_> {
    fn begin(&self) -> Result<(), StoreFault> {
        check(self.files)?;
        reach("commit.begin")?;
        self.place.begin()
    }

    fn commit(&self) -> Result<(), StoreFault> {
        reach("commit.before")?;
        self.place.commit()?;
        Ok(reach("commit.after")?)
    }

    fn run(&self, mut waiting: Waiting) {
        self.place.leave_log_alone();
        while let Some(first) = waiting.blocking_recv() {
            match self.begin() {
                Ok(()) => self.write_group(first, &mut waiting),
                Err(fault) => refuse_all(&fault, first, &mut waiting),
            }
            self.place.begin_long_log_anew();
        }
    }

    fn write_group(&self, first: Box<dyn Job>, waiting: &mut Waiting) {
        let mut group = Vec::new();
        let mut kept = 0;
        let mut transaction = Ok(());
        let mut next = Some(first);
        while let Some(mut job) = next {
            self.counts.waits.add_time(job.came_at().elapsed());
            let done = under_savepoint(self.place.db(), &mut *job);
            group.push(job);
            match done {
                Ok(is_kept) => kept += u64::from(is_kept),
                Err(fault) => {
                    transaction = Err(fault);
                    break;
                }
            }
            next = if group.len() < LARGEST_GROUP { waiting.try_recv().ok() } else { None };
        }
        let said = Instant::now();
        let transaction = transaction.and_then(|()| self.commit());
        if transaction.is_ok() {
            self.count(group.len(), kept, said);
        } else if let Err(fault) = self.place.undo() {
            let error: &dyn Error = &fault;
            tracing::error!(error, "a transaction could not be undone; the next one will try again");
        }
        for job in group {
            job.answer(transaction.clone());
        }
    }

    /// Counts a transaction, of which something was kept, or there is nothing to count.
    fn count(&self, size: usize, kept: u64, said: Instant) {
        if kept > 0 {
            self.counts.commits.fetch_add(kept, Ordering::Relaxed);
            self.counts.batches.fetch_add(1, Ordering::Relaxed);
            self.counts.group_sizes.add(u64::try_from(size).unwrap_or(u64::MAX));
            self.counts.commit_times.add_time(said.elapsed());
            self.place.written();
        }
    }
}

/// Does one caller's work, and undoes it alone if it fails. An error is of the whole transaction.
fn under_savepoint(db: &dyn Database, job: &mut dyn Job) -> Result<bool, StoreFault> {
    db.write("savepoint caller", &[])?;
    let is_kept = job.work(db);
    if !is_kept {
        db.undo_to_caller()?;
    }
    db.write("release caller", &[])?;
    Ok(is_kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Ask as _;
    use crate::sqlite::Access;

    /// A writer on two tables of which the second refers to the first, which is looked at when a transaction ends; and
    /// another connection.
    fn writer() -> (tempfile::TempDir, Writer, Sqlite) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        std::fs::File::create(&path).unwrap();
        let [db, copies, other] = [(); 3].map(|()| Sqlite::open(&path, Access::Write).unwrap());
        db.run(
            "create table parent (id integer primary key);
            create table child (parent integer references parent (id) deferrable initially deferred)",
        )
        .unwrap();
        (directory, Writer::start(db, copies).unwrap(), other)
    }

    const GOOD: &str = "insert into parent values (null)";
    const ORPHAN: &str = "insert into child values (99)";

    async fn run(writer: &Writer, statement: &'static str) -> Result<usize, StoreFault> {
        writer.write(move |db| db.execute(statement, &[])).await
    }

    fn has_rows(db: &Sqlite, expected: i64) -> bool {
        let rows = "select (select count(*) from parent) + (select count(*) from child)";
        db.row(rows, &[], |columns| Ok(columns.value::<i64>()? == expected)).unwrap() == Some(true)
    }

    #[tokio::test]
    async fn when_a_transaction_cannot_be_committed_all_who_share_it_are_told_and_the_next_one_works() {
        let (_directory, writer, other) = writer();
        other.run("begin immediate").unwrap();
        let let_go = async {
            tokio::task::yield_now().await;
            other.run("rollback").unwrap();
        };
        let (first, orphan, last, ()) =
            tokio::join!(run(&writer, GOOD), run(&writer, ORPHAN), run(&writer, GOOD), let_go);
        assert!([first, orphan, last].iter().all(|told| matches!(told, Err(StoreFault::Database(_)))));
        assert!(has_rows(&other, 0));
        other.run("begin immediate; rollback").unwrap();
        assert_eq!(run(&writer, GOOD).await.unwrap(), 1);
        assert!(has_rows(&other, 1));
        assert_eq!(writer.metrics(), StoreMetrics { commits: 1, batches: 1 });
    }
}
