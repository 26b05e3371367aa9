//! PostgreSQL: a connection, what it must be set to, and how it is asked.
//!
//! A connection is asked in place, by the thread that wants to know, as SQLite's are: it has a small runtime of its own that
//! runs only meanwhile. So the questions are the same text and the same code for both. The thread is lent
//! ([`in_place`]), so that others of the portal go on.

pub(crate) mod book;
mod failure;
mod link;
pub(crate) mod pool;
pub(crate) mod schema;
mod server;
#[cfg(test)]
mod tests;
pub(crate) mod wires;

pub use server::PostgresServer;

use crate::database::{Database, UNDO_TO_CALLER, WantsMore};
use crate::fault::{CommitError, StoreFault};
use crate::value::{Columns, Value};
use link::{Copying, Flight, Landed, Link};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};

/// How long an answer is waited for. A server that takes longer is stopped, or gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whoever writes has this lock of the server until the end of the transaction: "ZAGU", and one for each use. So the writers of
/// all nodes take turns, as those of SQLite do, and what a guard saw is so until it is durable.
const WRITING: &str = "select pg_advisory_xact_lock(1514227541, 1)";

/// One state of the database; it is made when the first question is asked.
const READING: &str = "begin isolation level repeatable read read only";

/// A connection to a server. It is made when it is first needed, and again when it broke.
pub(crate) struct Postgres {
    server: Arc<PostgresServer>,
    link: RefCell<Option<Box<Link>>>,
    put_off: RefCell<Vec<Flight>>,
    is_in_transaction: Cell<bool>,
    /// A guard failed that nobody was told of yet.
    has_conflict: Cell<bool>,
    /// The generation of the book that is asked.
    generation: Cell<Option<u32>>,
    copying: RefCell<Option<Copying>>,
}

impl Postgres {
    /// A connection that is made when it is first asked.
    pub(crate) fn new(server: Arc<PostgresServer>) -> Self {
        Self {
            server,
            link: RefCell::default(),
            put_off: RefCell::default(),
            is_in_transaction: Cell::default(),
            has_conflict: Cell::default(),
            generation: Cell::default(),
            copying: RefCell::default(),
        }
    }

    /// Lets go of a connection that broke while nobody asked, so that who asks next gets another.
    pub(crate) fn freshen(&self) {
        let is_gone = self.link.borrow().as_ref().is_some_and(|link| link.is_gone());
        if is_gone {
            self.forget();
        }
    }

    /// Begins a transaction that writes. Other writers, of any node, are waited for here, and nowhere else.
    pub(crate) fn begin_writing(&self) -> Result<(), StoreFault> {
        if self.is_in_transaction.get() {
            // The one before failed, and could not be undone at once.
            self.undo()?;
        }
        // A connection that broke while nobody wrote is found out by this, and nothing is lost with it.
        match self.try_to_begin_writing() {
            Err(StoreFault::Unreachable(_)) => {
                self.forget();
                self.try_to_begin_writing()
            }
            begun => begun,
        }
    }

    fn try_to_begin_writing(&self) -> Result<(), StoreFault> {
        self.write("begin", &[])?;
        self.is_in_transaction.set(true);
        self.execute(WRITING, &[]).map(drop)
    }

    /// Makes durable what was written.
    pub(crate) fn commit(&self) -> Result<(), StoreFault> {
        self.execute("commit", &[])?;
        self.is_in_transaction.set(false);
        Ok(())
    }

    /// Undoes what was written since the transaction began.
    pub(crate) fn undo(&self) -> Result<(), StoreFault> {
        self.put_off.borrow_mut().clear();
        self.has_conflict.set(false);
        self.generation.set(None);
        let undone =
            if self.link.borrow().is_some() { self.execute("rollback", &[]).map(drop) } else { Ok(()) };
        if undone.is_err() {
            self.forget();
        }
        self.is_in_transaction.set(false);
        undone
    }

    /// Writes all or nothing, when it is this writer's turn.
    pub(crate) fn all_or_nothing<T, E: From<StoreFault>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_writing()?;
        self.conclude(work())
    }

    /// Writes all or nothing what no other writer writes, without keeping them waiting.
    pub(crate) fn transact<T>(&self, work: impl FnOnce() -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        self.execute("begin", &[])?;
        self.is_in_transaction.set(true);
        self.conclude(work())
    }

    fn conclude<T, E: From<StoreFault>>(&self, done: Result<T, E>) -> Result<T, E> {
        let done = done.and_then(|done| {
            self.commit()?;
            Ok(done)
        });
        if done.is_err() {
            self.copying.take();
            // What failed is told, and not that it could not be undone: then the connection went, and with it all of it.
            let _ = self.undo();
        }
        done
    }

    /// Begins to copy rows into a table.
    pub(crate) fn begin_copy(&self, statement: &str) -> Result<(), StoreFault> {
        let copying = self.with_settled(|link| link.begin_copy(statement))?;
        self.copying.replace(Some(copying));
        Ok(())
    }

    /// Copies some of them.
    pub(crate) fn copy(&self, block: Vec<u8>) -> Result<(), StoreFault> {
        let mut copying = self.copying.borrow_mut();
        let copying = copying.as_mut().ok_or(StoreFault::Closed)?;
        self.with_link(|link| link.copy(copying, block))
    }

    /// Copies no more.
    pub(crate) fn end_copy(&self) -> Result<(), StoreFault> {
        let copying = self.copying.take().ok_or(StoreFault::Closed)?;
        self.with_link(|link| link.end_copy(copying))
    }

    /// Reads an answer of any length row by row, as long as more are wanted. It is for threads that do nothing else.
    pub(crate) fn stream(&self, statement: &str, wants_more: &mut WantsMore<'_>) -> Result<(), StoreFault> {
        self.with_settled(|link| link.stream(statement, wants_more))
    }

    /// Runs statements that take no values and give no rows.
    pub(crate) fn run(&self, statements: &str) -> Result<(), StoreFault> {
        self.with_settled(|link| link.run(statements))
    }

    /// Runs statements that may take as long as they need.
    pub(crate) fn run_patiently(&self, statements: &str) -> Result<(), StoreFault> {
        self.with_settled(|link| link.run_patiently(statements))
    }

    /// From now on questions of the book are asked of this generation.
    pub(crate) fn look_in_generation(&self, number: u32) -> Result<(), StoreFault> {
        if self.generation.get() == Some(number) {
            return Ok(());
        }
        self.with_settled(|link| link.look_in_generation(number))?;
        self.generation.set(Some(number));
        Ok(())
    }

    /// The schema that the tables are in.
    pub(crate) fn main_schema(&self) -> Result<String, StoreFault> {
        self.with_link(|link| Ok(link.schema.clone()))
    }

    /// Does something with the connection after what was put off.
    fn with_settled<T>(&self, work: impl FnOnce(&Link) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        self.with_link(|link| {
            self.fly_put_off(link)?;
            work(link)
        })
    }

    fn fly_put_off(&self, link: &Link) -> Result<(), StoreFault> {
        let put_off = self.put_off.take();
        if put_off.is_empty() { Ok(()) } else { self.note(link.fly(put_off, None)?).map(drop) }
    }

    /// Does something with the connection, making it where there is none, and lets go of it if it broke.
    fn with_link<T>(&self, work: impl FnOnce(&Link) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        let mut link = self.link.borrow_mut();
        if link.is_none() {
            // What the transaction wrote went with its connection: on another one, to commit would be to lose it.
            if self.is_in_transaction.get() {
                return Err(StoreFault::Unreachable("the connection broke".to_owned()));
            }
            *link = Some(Box::new(Link::open(&self.server)?));
        }
        let done = link.as_ref().map_or(Err(StoreFault::Closed), |link| work(link));
        if let Err(StoreFault::Unreachable(_)) = done {
            *link = None;
            self.put_off.take();
            self.generation.set(None);
        }
        done
    }

    /// Keeps in mind whether a guard failed, and answers how many rows the last statement wrote or found.
    fn note(&self, landed: Landed) -> Result<usize, StoreFault> {
        if !landed.guards_held {
            self.has_conflict.set(true);
        }
        match landed.fault {
            Some(fault) => Err(fault),
            None => landed.last,
        }
    }

    fn forget(&self) {
        *self.link.borrow_mut() = None;
        self.put_off.borrow_mut().clear();
        self.is_in_transaction.set(false);
        self.generation.set(None);
    }

    /// Puts a statement off until something must be known.
    fn put_off(&self, statement: &str, values: &[Value<'_>], is_guard: bool) -> Result<(), StoreFault> {
        self.with_link(|link| {
            self.put_off.borrow_mut().push(link.flight(statement, values, is_guard)?);
            Ok(())
        })
    }
}

impl Database for Postgres {
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<usize, StoreFault> {
        self.with_link(|link| {
            let last = link.flight(statement, values, false)?;
            link.fly(self.put_off.take(), Some(last)).and_then(|landed| self.note(landed))
        })
    }

    fn each(
        &self,
        statement: &str,
        values: &[Value<'_>],
        wants_more: &mut WantsMore<'_>,
    ) -> Result<(), StoreFault> {
        let rows = self.with_link(|link| {
            let (landed, rows) = link.ask(&self.put_off.take(), statement, values)?;
            self.note(landed)?;
            rows
        })?;
        for row in &rows {
            if !wants_more(&mut Columns::of_postgres(row))? {
                break;
            }
        }
        Ok(())
    }

    fn guarded(&self, statement: &str, values: &[Value<'_>]) -> Result<(), CommitError> {
        Ok(self.put_off(statement, values, true)?)
    }

    fn write(&self, statement: &str, values: &[Value<'_>]) -> Result<(), StoreFault> {
        self.put_off(statement, values, false)
    }

    fn settle(&self) -> Result<bool, StoreFault> {
        // What came after a guard that failed may have failed because of that.
        if !self.put_off.borrow().is_empty()
            && let Err(fault) = self.with_settled(|_| Ok(()))
            && !self.has_conflict.get()
        {
            return Err(fault);
        }
        Ok(!self.has_conflict.take())
    }

    fn has_conflict(&self) -> bool {
        self.has_conflict.get()
    }

    fn undo_to_caller(&self) -> Result<(), StoreFault> {
        self.with_link(|link| {
            let last = link.flight(UNDO_TO_CALLER, &[], false)?;
            // What was put off fails where something failed before, and is undone with it.
            link.fly(self.put_off.take(), Some(last))?.last.map(drop)
        })?;
        self.has_conflict.set(false);
        Ok(())
    }

    fn begin_reading(&self) -> Result<(), StoreFault> {
        self.put_off(READING, &[], false)
    }

    fn end_reading(&self) {
        self.put_off.borrow_mut().clear();
        // It has nothing to lose; a connection that cannot even end this is let go.
        if self.link.borrow().is_some() && self.execute("commit", &[]).is_err() {
            self.forget();
        }
    }
}

/// Lends this thread to something that waits, so that the others of its runtime go on.
pub(crate) fn in_place<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Err(_) => work(),
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // Its only thread may not wait, so another one does.
        Ok(_) => std::thread::scope(|scope| scope.spawn(work).join())
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}
