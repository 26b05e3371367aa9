//! Which generations there are and which one is in use, as the database says it.

use crate::book::{BookDifference, BookSource, Generation, GenerationCounts, Undone};
use crate::database::{Ask, Database};
use crate::fault::StoreFault;
use crate::policies::BookCounts;
use crate::statement::statements;
use crate::value::{Columns, Value};
use jiff::Timestamp;

statements! {
    IN_USE = "select generation from book_in_use where id = 1";
    COUNTS = "select policies, holders, loaded_at from generation
        where number = (select generation from book_in_use where id = 1)";
    ALL = "select number, source, sha256, loaded_at, policies, holders, with_email, shared_addresses
        from generation order by number";
    NEWEST = "select max(number) from generation";
    RECORD = "insert into generation (number, source, sha256, loaded_at, replaced, policies, holders, with_email,
        shared_addresses) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    USE = "insert into book_in_use (id, generation, switched_at) values (1, $1, $2)
        on conflict (id) do update set generation = excluded.generation, switched_at = excluded.switched_at";
    BEFORE = "select before.number from generation as after join generation as before
        on before.number = after.replaced where after.number = $1";
    FORGET = "delete from generation where number = $1";
}

/// A generation that is built and not in use yet.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) number: u32,
    pub(crate) source: BookSource,
    pub(crate) at: Timestamp,
    /// The one in use with which it was compared.
    pub(crate) replaces: Option<u32>,
    pub(crate) difference: BookDifference,
}

/// The number of the generation in use.
pub(crate) fn in_use(db: &dyn Database) -> Result<Option<u32>, StoreFault> {
    db.row(IN_USE, &[], number)
}

/// What is in the generation in use.
pub(crate) fn counts(db: &dyn Database) -> Result<BookCounts, StoreFault> {
    let counts = db.row(COUNTS, &[], |columns| {
        Ok(BookCounts {
            policies: count(columns)?,
            holders: count(columns)?,
            loaded_at: Some(columns.time()?),
        })
    })?;
    Ok(counts.unwrap_or(BookCounts { policies: 0, holders: 0, loaded_at: None }))
}

/// All generations, the oldest first.
pub(crate) fn all(db: &dyn Database) -> Result<Vec<Generation>, StoreFault> {
    let in_use = in_use(db)?;
    db.rows(ALL, &[], |columns| {
        let number = columns.value()?;
        Ok(Generation {
            number,
            source: BookSource { name: columns.value()?, sha256: columns.value()? },
            loaded_at: columns.time()?,
            counts: GenerationCounts {
                policies: count(columns)?,
                holders: count(columns)?,
                with_email: count(columns)?,
                shared_addresses: count(columns)?,
            },
            is_current: in_use == Some(number),
        })
    })
}

/// The numbers of all generations.
pub(crate) fn numbers(db: &dyn Database) -> Result<Vec<u32>, StoreFault> {
    Ok(all(db)?.iter().map(|generation| generation.number).collect())
}

/// The number of the next generation.
pub(crate) fn next_number(db: &dyn Database) -> Result<u32, StoreFault> {
    let newest = db.row(NEWEST, &[], optional_number)?;
    Ok(newest.flatten().unwrap_or_default() + 1)
}

/// Puts a generation into use, if the one that it was compared with still is.
pub(crate) fn switch(db: &dyn Database, built: &Built) -> Result<(), StoreFault> {
    if in_use(db)? != built.replaces {
        return Err(StoreFault::BookChanged);
    }
    let BookDifference { policies, holders, with_email, shared_addresses, .. } = built.difference;
    let values = [
        built.number.into(),
        built.source.name.as_str().into(),
        built.source.sha256.as_ref().map(|hash| Value::Bytes(hash)).into(),
        built.at.into(),
        built.replaces.into(),
        integer(policies),
        integer(holders),
        integer(with_email),
        integer(shared_addresses),
    ];
    db.write(RECORD, &values)?;
    db.write(USE, &[built.number.into(), built.at.into()])
}

/// Puts the generation into use again that the one in use replaced; nothing if that is not kept any more.
pub(crate) fn undo(db: &dyn Database, at: Timestamp) -> Result<Option<Undone>, StoreFault> {
    let Some(from) = in_use(db)? else {
        return Ok(None);
    };
    let Some(to) = db.row(BEFORE, &[from.into()], number)? else {
        return Ok(None);
    };
    db.write(USE, &[Value::from(to), at.into()])?;
    Ok(Some(Undone { from, to }))
}

/// Forgets all generations but the newest ones, the one in use and the one that it replaced. The newest stays always, so
/// that no number is used twice: a thread may still have a generation open, and knows it by its number.
pub(crate) fn prune(db: &dyn Database, keep: u32) -> Result<Vec<u32>, StoreFault> {
    let all: Vec<u32> = all(db)?.iter().rev().map(|generation| generation.number).collect();
    let in_use = in_use(db)?;
    let replaced: Option<u32> = match in_use {
        Some(in_use) => db.row(BEFORE, &[in_use.into()], number)?,
        None => None,
    };
    let newest = usize::try_from(keep.max(1)).unwrap_or(usize::MAX);
    let forgotten =
        all.into_iter().skip(newest).filter(|&number| Some(number) != in_use && Some(number) != replaced);
    forgotten.map(|number| forget(db, number).map(|()| number)).collect()
}

/// Forgets a generation that is not in use.
pub(crate) fn forget(db: &dyn Database, number: u32) -> Result<(), StoreFault> {
    db.execute(FORGET, &[number.into()]).map(|_| ())
}

fn number(columns: &mut Columns<'_>) -> Result<u32, StoreFault> {
    columns.value()
}

fn optional_number(columns: &mut Columns<'_>) -> Result<Option<u32>, StoreFault> {
    columns.value()
}

fn count(columns: &mut Columns<'_>) -> Result<u64, StoreFault> {
    columns.parsed(|number: i64| u64::try_from(number).ok())
}

fn integer(count: u64) -> Value<'static> {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
