//! Moving a portal from a file to a PostgreSQL server: everything that it remembers, so that nobody has to register again.
//!
//! Each table and each generation of the book goes in a transaction of its own, in an order in which rows refer only to what
//! is there already. What is there and the same is passed over, so a move that was cut short goes on where it was. A mark on
//! the server keeps portals from it until all is proven to be the same.

use crate::audit::{self, AuditHead};
use crate::book::build::{Shelf, each_record};
use crate::book::{BookDirectory, table};
use crate::database::{Ask, Database, WantsMore};
use crate::fault::{StoreError, StoreFault};
use crate::postgres::book::{Books, Copier, ServerShelf};
use crate::postgres::{self, Postgres, PostgresServer};
use crate::presence::Presence;
use crate::schema;
use crate::sqlite::{Sqlite, explain};
use crate::url::StoreSettings;
use crate::value::only_text;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The tables, each after those that it refers to, and the columns of its key.
const TABLES: [(&str, &str); 14] = [
    ("account", "id"),
    ("session", "token"),
    ("key", "id"),
    ("flow", "id"),
    ("letter", "id"),
    ("limit_bucket", "subject"),
    ("device", "account, token"),
    ("email_change", "id"),
    ("data_request", "id"),
    ("audit", "number"),
    ("audit_head", "id"),
    ("generation", "number"),
    ("book_in_use", "id"),
    ("epoch", "id"),
];

/// The tables of a generation of the book, likewise.
const BOOK_TABLES: [(&str, &str); 3] =
    [("policy", "document, line, number_key"), ("book_line", "line"), ("shared_address", "address")];

const COLUMNS: &str = "select name from pragma_table_info($1)";

const LINES: &str = "select line from book_line";

const SHARED: &str = "select address from shared_address order by address";

/// Something that was moved, or was there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The table, or the generation of the book.
    pub what: String,
    /// How many rows it has.
    pub rows: u64,
    /// Whether an earlier move had brought it.
    pub was_there: bool,
}

/// A table's rows, by which it is known to be the same: how many, and the hash of all of them in the order of their key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sum {
    rows: u64,
    hash: [u8; 32],
}

/// Moves everything from a file, which nobody may have open, to a server that has nothing of ours yet, or what an earlier
/// move brought. What is moved is told as it comes. Answers the end of the audit trail, which was verified there.
pub async fn move_to_server(
    from: StoreSettings,
    to: StoreSettings,
    mut tell: impl FnMut(Moved) + Send + 'static,
) -> Result<AuditHead, StoreError> {
    // It reads and writes for minutes, in place.
    let moving = tokio::task::spawn_blocking(move || match (&from, &to) {
        (StoreSettings::Sqlite { path }, StoreSettings::Postgres(server)) => {
            move_file(path, server, &mut tell)
        }
        _ => Err(StoreError::OnlyForFiles("moving")),
    });
    moving.await.unwrap_or(Err(StoreError::Fault(StoreFault::Stopped)))
}

fn move_file(
    path: &Path,
    server: &Arc<PostgresServer>,
    tell: &mut dyn FnMut(Moved),
) -> Result<AuditHead, StoreError> {
    let _alone = Presence::alone(path)?;
    let source = schema::open_own(path, "zaguan migrate --to")?;
    postgres::schema::migrate_to_fill(server)?;
    let target = Postgres::new(Arc::clone(server));
    let moving = Moving { path, source, server, target };
    let is_of_file = |fault: &StoreFault| matches!(fault, StoreFault::Database(_));
    moving.everything(tell).map_err(|fault| {
        if is_of_file(&fault) { explain(fault, path) } else { postgres::schema::explain(fault, server) }
    })?;
    let head = moving.proven()?;
    postgres::schema::filled(&moving.target).map_err(|fault| postgres::schema::explain(fault, server))?;
    Ok(head)
}

struct Moving<'a> {
    path: &'a Path,
    source: Sqlite,
    server: &'a Arc<PostgresServer>,
    target: Postgres,
}

impl Moving<'_> {
    fn everything(&self, tell: &mut dyn FnMut(Moved)) -> Result<(), StoreFault> {
        for (name, key) in TABLES {
            let (rows, was_there) = self.move_table(name, key)?;
            tell(Moved { what: name.to_owned(), rows, was_there });
        }
        let directory = BookDirectory::beside(self.path);
        let in_use = table::in_use(&self.source)?;
        for number in table::numbers(&self.source)? {
            let file = match directory.open(number) {
                // One that is gone and not in use was not worth keeping.
                Err(StoreFault::GenerationMissing { .. }) if in_use != Some(number) => continue,
                file => file?,
            };
            let (rows, was_there) = self.move_generation(number, &file)?;
            tell(Moved { what: format!("generation {number} of the policy book"), rows, was_there });
        }
        Ok(())
    }

    fn move_table(&self, name: &str, key: &str) -> Result<(u64, bool), StoreFault> {
        let columns = columns(&self.source, name)?;
        let question = format!("select {columns} from {name} order by {key}");
        let here = sum(|each| self.source.each(&question, &[], each))?;
        if sum(|each| self.target.stream(&question, each))? == here {
            return Ok((here.rows, true));
        }
        self.target.transact(|| {
            // What refers to these comes later, and is brought again.
            self.target.run_patiently(&format!("truncate table {name} cascade"))?;
            self.target.begin_copy(&format!("copy {name} ({columns}) from stdin"))?;
            let mut copier = Copier::new(&self.target);
            self.source.each(&question, &[], &mut |row| copier.row(row).map(|()| true))?;
            copier.end()
        })?;
        Self::require_same(name, here, sum(|each| self.target.stream(&question, each))?)?;
        Ok((here.rows, false))
    }

    fn move_generation(&self, number: u32, file: &Sqlite) -> Result<(u64, bool), StoreFault> {
        let books = Books::lock(self.server)?;
        let here = sums_of_book(|question, each| file.each(question, &[], each), file)?;
        if Self::sums_there(&books, number, file).is_ok_and(|there| there == here) {
            return Ok((here[0].rows, true));
        }
        books.remove(number)?;
        books.write(number, || {
            let mut to = ServerShelf::new(&books)?;
            let every_row = |question: &str, take: &mut WantsMore<'_>| file.each(question, &[], take);
            each_record(every_row, |record| to.put(&record.readable_columns()?).map(|()| true))?;
            let lines: BTreeSet<String> = file.rows(LINES, &[], only_text)?.into_iter().collect();
            to.end(&lines, &file.rows(SHARED, &[], only_text)?)
        })?;
        let there = Self::sums_there(&books, number, file)?;
        for ((name, _), (here, there)) in BOOK_TABLES.iter().zip(here.into_iter().zip(there)) {
            Self::require_same(name, here, there)?;
        }
        Ok((here[0].rows, false))
    }

    fn sums_there(books: &Books, number: u32, file: &Sqlite) -> Result<[Sum; 3], StoreFault> {
        let book = books.open(number)?;
        sums_of_book(|question, each| book.stream(question, each), file)
    }

    fn require_same(what: &str, here: Sum, there: Sum) -> Result<(), StoreFault> {
        if here == there { Ok(()) } else { Err(StoreFault::MovedOtherwise(what.to_owned())) }
    }

    /// The end of the audit trail, which is whole there and the same as here.
    fn proven(&self) -> Result<AuditHead, StoreError> {
        let explained = |fault| postgres::schema::explain(fault, self.server);
        let verified = audit::verify(&self.target, None).map_err(explained)?;
        let here = audit::head(&self.source).map_err(|fault| explain(fault, self.path))?;
        let there = audit::head(&self.target).map_err(explained)?;
        if verified.faults.is_empty() && here == there {
            Ok(there)
        } else {
            Err(StoreError::Fault(StoreFault::MovedOtherwise("audit".to_owned())))
        }
    }
}

fn columns(source: &Sqlite, name: &str) -> Result<String, StoreFault> {
    Ok(source.rows(COLUMNS, &[name.into()], only_text)?.join(", "))
}

fn sums_of_book(
    ask: impl Fn(&str, &mut WantsMore<'_>) -> Result<(), StoreFault>,
    file: &Sqlite,
) -> Result<[Sum; 3], StoreFault> {
    let mut sums = [Sum { rows: 0, hash: [0; 32] }; 3];
    for ((name, key), place) in BOOK_TABLES.iter().zip(&mut sums) {
        let question = format!("select {} from {name} order by {key}", columns(file, name)?);
        *place = sum(|each| ask(&question, each))?;
    }
    Ok(sums)
}

fn sum(ask: impl FnOnce(&mut WantsMore<'_>) -> Result<(), StoreFault>) -> Result<Sum, StoreFault> {
    let (mut rows, mut hash) = (0, Sha256::new());
    ask(&mut |columns| {
        rows += 1;
        for _ in 0..columns.count() {
            let (sign, bytes) = match columns.raw()? {
                ValueRef::Null => (0, Vec::new()),
                ValueRef::Integer(integer) => (1, integer.to_be_bytes().to_vec()),
                // A server's texts cannot hold a zero byte, and it means nothing in any of ours.
                ValueRef::Text(text) => (2, text.iter().copied().filter(|byte| *byte != 0).collect()),
                ValueRef::Blob(bytes) => (3, bytes.to_vec()),
                ValueRef::Real(_) => return Err(StoreFault::Unreadable { column: "a number".to_owned() }),
            };
            hash.update([sign]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(&bytes);
        }
        Ok(true)
    })?;
    Ok(Sum { rows, hash: hash.finalize().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_moved_after_those_that_it_refers_to() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        database.execute_batch(&crate::migration::texts().collect::<Vec<_>>().concat()).unwrap();
        let moved = |name: &str| TABLES.iter().position(|(table, _)| *table == name);
        let taken_over = ["migration", "policy", "book", "book_line"];
        let mut names = database.prepare("select name from sqlite_schema where type = 'table'").unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        for name in names.iter().filter(|name| !taken_over.contains(&name.as_str())) {
            let place = moved(name).unwrap_or_else(|| panic!("{name} is not moved"));
            let mut keys = database.prepare("select \"table\" from pragma_foreign_key_list($1)").unwrap();
            for other in keys.query_map([name], |row| row.get::<_, String>(0)).unwrap() {
                assert!(moved(&other.unwrap()).unwrap() < place, "{name}");
            }
        }
    }
}
