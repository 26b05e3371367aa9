//! The checkpointer: a thread that copies the write-ahead log into the database while others go on reading and writing.
//!
//! Left to itself, SQLite does this in the commit that makes the log long, and whoever waits for that commit waits for two
//! more waits for the disk and for all that is copied.

use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use std::error::Error;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use zaguan_faults::{Indispensable, reach};

/// How long what was written waits to be copied, so that a page that is written again and again is copied once.
const WAITS: Duration = Duration::from_millis(500);

/// A log of more pages than this is begun anew: 16 MiB.
const LONG_LOG: u32 = 4_096;

/// The thread, which ends when this is dropped.
pub(crate) struct Checkpointer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    work: Mutex<Work>,
    woken: Condvar,
    log_is_long: AtomicBool,
}

#[derive(Default)]
struct Work {
    is_there: bool,
    is_over: bool,
}

impl Checkpointer {
    /// Starts the thread on a connection of its own.
    pub(crate) fn start(db: Sqlite) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new().name("checkpointer".to_owned());
        let thread = thread.spawn(move || run(&db, &of_thread))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Tells it that something was written.
    pub(crate) fn written(&self) {
        let mut work = self.shared.work.lock().unwrap_or_else(PoisonError::into_inner);
        if !work.is_there {
            work.is_there = true;
            self.shared.woken.notify_one();
        }
    }

    /// Whether the log is long, and all but what was written meanwhile is copied: where writing goes on without a pause,
    /// only the writer can begin it anew. Answers so once.
    pub(crate) fn log_is_long(&self) -> bool {
        self.shared.log_is_long.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.shared.work.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
        self.shared.woken.notify_one();
        if let Some(thread) = self.thread.take() {
            // It panicked, or it is over; both are as good here.
            let _ = thread.join();
        }
    }
}

fn copy(db: &Sqlite) -> Result<u32, StoreFault> {
    reach("checkpoint.before")?;
    let pages = db.copy_log()?;
    reach("checkpoint.after")?;
    Ok(pages)
}

fn run(db: &Sqlite, shared: &Shared) {
    let _indispensable = Indispensable("checkpointer");
    while wait_for_work(shared) {
        match copy(db) {
            Ok(pages) if pages > LONG_LOG => shared.log_is_long.store(true, Ordering::Relaxed),
            // When another process copies too, there will be a next time.
            Ok(_) | Err(StoreFault::Busy) => {}
            Err(fault) => {
                let error: &dyn Error = &fault;
                tracing::warn!(
                    error,
                    "the write-ahead log could not be copied into the database; trying again"
                );
            }
        }
    }
}

/// Waits until something was written, and a little more; answers whether to go on.
fn wait_for_work(shared: &Shared) -> bool {
    let work = shared.work.lock().unwrap_or_else(PoisonError::into_inner);
    let work = shared.woken.wait_while(work, |work| !work.is_there && !work.is_over);
    let work = work.unwrap_or_else(PoisonError::into_inner);
    let work = shared.woken.wait_timeout_while(work, WAITS, |work| !work.is_over);
    let (mut work, _) = work.unwrap_or_else(PoisonError::into_inner);
    work.is_there = false;
    !work.is_over
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database as _;
    use crate::sqlite::Access;
    use std::fs;

    /// Three connections to a database with a log, which SQLite leaves alone, and the log's path.
    fn database() -> (tempfile::TempDir, [Sqlite; 3], std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        fs::File::create(&path).unwrap();
        Sqlite::open(&path, Access::Write).unwrap().use_write_ahead_log().unwrap();
        let connections = [(); 3].map(|()| Sqlite::open(&path, Access::Write).unwrap());
        connections[0].leave_log_alone().unwrap();
        connections[0].run("create table thing (bytes blob not null)").unwrap();
        (directory, connections, path.with_extension("db-wal"))
    }

    fn fill(db: &Sqlite) {
        for _ in 0..100 {
            db.execute("insert into thing values (randomblob(4000))", &[]).unwrap();
        }
    }

    #[test]
    fn a_log_that_was_copied_is_begun_anew_when_nobody_reads_in_it() {
        let (_directory, [writer, copies, reader], log) = database();
        fill(&writer);
        let length = fs::metadata(&log).unwrap().len();
        assert!(length > 400_000, "{length}");
        reader.run("begin; select count(*) from thing").unwrap();
        fill(&writer);
        let pages = copies.copy_log().unwrap();
        assert!(!writer.begin_log_anew().unwrap(), "and it does not wait for the reader");
        reader.run("rollback").unwrap();
        assert!(writer.begin_log_anew().unwrap());
        let length = fs::metadata(&log).unwrap().len();
        fill(&writer);
        assert_eq!(fs::metadata(&log).unwrap().len(), length, "the same pages are written again");
        assert!(copies.copy_log().unwrap() < pages);
    }
}
