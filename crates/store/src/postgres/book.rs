//! Generations of the policy book on a server: each is a schema of its own, copied in whole.

use super::link::generation_schema;
use super::{Postgres, PostgresServer};
use crate::book::build::{GENERATION, Shelf};
use crate::book::record::RecordColumns;
use crate::database::{Ask, Database};
use crate::dialect::for_postgres;
use crate::fault::StoreFault;
use crate::value::{Columns, only_flag, only_text};
use rusqlite::types::ValueRef;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The right to build, which one process of all nodes has at a time and which ends with its connection.
const LOCK: &str = "select pg_try_advisory_lock(1514227541, 2)";

const UNLOCK: &str = "select pg_advisory_unlock(1514227541, 2)";

const SCHEMAS: &str = "select cast(nspname as text) from pg_catalog.pg_namespace
    where starts_with(nspname, current_schema() || '_book_')";

const COPY_ROWS: &str =
    "copy policy (document, line, number_key, number, starts_on, ends_on, state, holder, discriminator,
    email, previous) from stdin";

const COPY_LINES: &str = "copy book_line (line) from stdin";

const COPY_SHARED: &str = "copy shared_address (address) from stdin";

/// So many bytes go at a time.
const BLOCK: usize = 128 * 1024;

/// The right to build generations, and the connection on which that is done.
pub(crate) struct Books {
    db: Postgres,
    server: Arc<PostgresServer>,
    main: String,
}

impl Books {
    /// Takes the right to build.
    pub(crate) fn lock(server: &Arc<PostgresServer>) -> Result<Self, StoreFault> {
        let db = Postgres::new(Arc::clone(server));
        let has_lock = db.row(LOCK, &[], only_flag)?;
        if has_lock != Some(true) {
            return Err(StoreFault::AnotherImport);
        }
        let main = db.main_schema()?;
        Ok(Self { db, server: Arc::clone(server), main })
    }

    pub(crate) fn database(&self) -> &dyn Database {
        &self.db
    }

    /// A connection of its own to a generation.
    pub(crate) fn open(&self, number: u32) -> Result<Postgres, StoreFault> {
        let db = Postgres::new(Arc::clone(&self.server));
        db.look_in_generation(number)?;
        Ok(db)
    }

    /// Makes a generation of what is put on its shelf, all or nothing.
    pub(crate) fn write<T>(
        &self,
        number: u32,
        fill: impl FnOnce() -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let schema = generation_schema(&self.main, number);
        let tables = for_postgres(GENERATION);
        self.db.transact(|| {
            // The book is read as long as it takes.
            self.db.run(&format!(
                "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
                create schema {schema}; set local search_path = {schema};\n{tables}"
            ))?;
            fill()
        })
    }

    /// Removes a generation, if it is there.
    pub(crate) fn remove(&self, number: u32) -> Result<(), StoreFault> {
        remove(&self.db, &self.main, number)
    }

    /// Removes what builds that did not end left behind.
    pub(crate) fn sweep(&self, known: &[u32]) -> Result<(), StoreFault> {
        let start = format!("{}_book_", self.main);
        for schema in self.database().rows(SCHEMAS, &[], only_text)? {
            let number = schema.strip_prefix(&start).and_then(|number| number.parse().ok());
            if let Some(number) = number
                && !known.contains(&number)
            {
                self.remove(number)?;
            }
        }
        Ok(())
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        // The server would find out by itself that the connection is gone, but some time later.
        let _ = self.db.execute(UNLOCK, &[]);
    }
}

/// Removes generations that nobody uses any more.
pub(crate) fn remove_all(server: &Arc<PostgresServer>, numbers: &[u32]) -> Result<(), StoreFault> {
    let db = Postgres::new(Arc::clone(server));
    let main = db.main_schema()?;
    numbers.iter().try_for_each(|number| remove(&db, &main, *number))
}

fn remove(db: &Postgres, main: &str, number: u32) -> Result<(), StoreFault> {
    db.run_patiently(&format!("drop schema if exists {} cascade", generation_schema(main, number)))
}

/// Rows on their way into a table, a block at a time.
pub(crate) struct Copier<'a> {
    db: &'a Postgres,
    block: Vec<u8>,
}

impl<'a> Copier<'a> {
    /// Copies into the table that a copy was begun for.
    pub(crate) fn new(db: &'a Postgres) -> Self {
        Self { db, block: Vec::with_capacity(BLOCK + BLOCK / 8) }
    }

    /// Copies a row with all of its columns.
    pub(crate) fn row(&mut self, columns: &mut Columns<'_>) -> Result<(), StoreFault> {
        for index in 0..columns.count() {
            if index > 0 {
                self.block.push(b'\t');
            }
            match columns.raw()? {
                ValueRef::Null => self.block.extend_from_slice(b"\\N"),
                ValueRef::Integer(integer) => self.block.extend_from_slice(integer.to_string().as_bytes()),
                ValueRef::Text(text) => put_text(&mut self.block, text),
                ValueRef::Blob(bytes) => {
                    self.block.extend_from_slice(b"\\\\x");
                    for byte in bytes {
                        self.block.extend_from_slice(format!("{byte:02x}").as_bytes());
                    }
                }
                ValueRef::Real(_) => return Err(StoreFault::Unreadable { column: "a number".to_owned() }),
            }
        }
        self.end_row()
    }

    /// Copies a row of texts.
    fn texts<'t>(&mut self, columns: impl Iterator<Item = Option<&'t str>>) -> Result<(), StoreFault> {
        for (index, column) in columns.enumerate() {
            if index > 0 {
                self.block.push(b'\t');
            }
            match column {
                None => self.block.extend_from_slice(b"\\N"),
                Some(text) => put_text(&mut self.block, text.as_bytes()),
            }
        }
        self.end_row()
    }

    fn end_row(&mut self) -> Result<(), StoreFault> {
        self.block.push(b'\n');
        if self.block.len() < BLOCK { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), StoreFault> {
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK + BLOCK / 8));
        self.db.copy(block)
    }

    /// Copies what is left, and no more.
    pub(crate) fn end(&mut self) -> Result<(), StoreFault> {
        self.send()?;
        self.db.end_copy()
    }
}

/// A shelf that is a schema on the server.
pub(crate) struct ServerShelf<'a> {
    db: &'a Postgres,
    copier: Copier<'a>,
}

impl<'a> ServerShelf<'a> {
    pub(crate) fn new(books: &'a Books) -> Result<Self, StoreFault> {
        books.db.begin_copy(COPY_ROWS)?;
        Ok(Self { db: &books.db, copier: Copier::new(&books.db) })
    }

    fn copy_words<'w>(
        &mut self,
        statement: &str,
        words: impl Iterator<Item = &'w String>,
    ) -> Result<(), StoreFault> {
        self.db.begin_copy(statement)?;
        for word in words {
            self.copier.texts([Some(word.as_str())].into_iter())?;
        }
        self.copier.end()
    }
}

impl Shelf for ServerShelf<'_> {
    fn put(&mut self, row: &RecordColumns<'_>) -> Result<(), StoreFault> {
        self.copier.texts(row.key.iter().copied().map(Some).chain(row.value))
    }

    fn end(&mut self, lines: &BTreeSet<String>, shared: &[String]) -> Result<(), StoreFault> {
        self.copier.end()?;
        self.copy_words(COPY_LINES, lines.iter())?;
        self.copy_words(COPY_SHARED, shared.iter())
    }
}

/// A text as `copy` wants it.
fn put_text(block: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            // The one character that its texts cannot hold.
            0 => {}
            b'\\' => block.extend_from_slice(b"\\\\"),
            b'\t' => block.extend_from_slice(b"\\t"),
            b'\n' => block.extend_from_slice(b"\\n"),
            b'\r' => block.extend_from_slice(b"\\r"),
            byte => block.push(byte),
        }
    }
}
