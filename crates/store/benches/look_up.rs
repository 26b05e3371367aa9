//! What it costs to look up the policies of a document: in a generation of the book, and in the same table as `sqlite3`
//! builds it row by row in one database. `cargo xtask bench import` runs it and reads what it prints.
//!
//! `look_up STORE GENERATION TABLE ROUNDS`, all three of them files of the same book.

use rusqlite::{Connection, OpenFlags};
use std::error::Error;
use std::hint::black_box;
use std::io::{Write as _, stdout};
use std::time::Instant;
use zaguan_domain::document::Document;
use zaguan_store::{Store, StoreSettings};

/// Documents that are looked up in each round.
const DOCUMENTS: usize = 20_000;

/// All that SQLite allows, as the portal has it.
const MAPPED_BYTES: i64 = 0x7fff_0000;

const QUESTION: &str = "select line, number, starts_on, ends_on, state, holder, discriminator, email
    from policy where document = ?1";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [store, generation, table, rounds] = arguments.as_slice() else {
        return Err("usage: look_up STORE GENERATION TABLE ROUNDS".into());
    };
    let (generation, table) = (open(generation)?, open(table)?);
    let documents = documents(&generation, &table)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let store = runtime.block_on(Store::open(StoreSettings::sqlite(store)))?;
    let mut output = stdout().lock();
    writeln!(output, "microseconds a document: generation, table, store")?;
    for _ in 0..rounds.parse::<u32>()? {
        let in_generation = timed(&documents, |document| ask(&generation, document))?;
        let in_table = timed(&documents, |document| ask(&table, document))?;
        let in_store = timed(&documents, |document| {
            let document = Document::from_stored(document).ok_or("a document that is none")?;
            Ok(runtime.block_on(store.policies_of(document))?.len())
        })?;
        writeln!(output, "{in_generation} {in_table} {in_store}")?;
    }
    runtime.block_on(store.close());
    Ok(())
}

/// Both in the same way: nothing is written, and reading goes through the memory map.
fn open(path: &str) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
    Ok(connection)
}

/// Documents from all over the book, in no order, that are written alike in both files.
fn documents(generation: &Connection, table: &Connection) -> Result<Vec<String>, Box<dyn Error>> {
    let count: i64 = generation.query_row("select count(*) from policy", [], |row| row.get(0))?;
    let one_in = (usize::try_from(count)? / (2 * DOCUMENTS)).max(1);
    let mut statement = generation.prepare("select distinct document from policy")?;
    let all = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut documents = Vec::new();
    for document in all.step_by(one_in) {
        let document = document?;
        if ask(generation, &document)? == ask(table, &document)? {
            documents.push(document);
        }
    }
    // Backwards, the last digits decide.
    documents.sort_by_cached_key(|document| document.bytes().rev().collect::<Vec<u8>>());
    documents.truncate(DOCUMENTS);
    if documents.is_empty() { Err("the two files have no documents in common".into()) } else { Ok(documents) }
}

/// How many policies a document has, all of their columns read.
fn ask(connection: &Connection, document: &str) -> Result<usize, Box<dyn Error>> {
    let mut statement = connection.prepare_cached(QUESTION)?;
    let mut rows = statement.query([document])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        for column in 0..8 {
            black_box(row.get::<_, Option<String>>(column)?);
        }
        count += 1;
    }
    Ok(count)
}

/// Microseconds for each document.
fn timed(
    documents: &[String],
    look_up: impl Fn(&str) -> Result<usize, Box<dyn Error>>,
) -> Result<f64, Box<dyn Error>> {
    let start = Instant::now();
    for document in documents {
        if look_up(document)? == 0 {
            return Err(format!("a document was not found, of {}", documents.len()).into());
        }
    }
    let count = f64::from(u32::try_from(documents.len())?);
    Ok(start.elapsed().as_secs_f64() * 1e6 / count)
}
