//! Proving a copy of the database, or of a generation of the book: every page is read, and nothing is written.

use crate::audit::{self, Verified};
use crate::database::Ask;
use crate::fault::{StoreError, StoreFault};
use crate::snapshot::Contents;
use crate::sqlite::{Sqlite, explain};
use crate::statement::statements;
use crate::value::only_text;
use crate::{Generation, schema};
use std::path::Path;

statements! {
    POLICIES = "select count(*) from policy";
}

/// What a copy of the database was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What is in it.
    pub contents: Contents,
    /// Its audit trail, verified from the first record to the last; nothing where its schema has none yet.
    pub audit: Option<Verified>,
}

/// Proves a copy of the database that nobody uses: that it is one of ours, that its pages and indexes are whole, and what
/// its audit trail is worth. Its schema may be an older one.
pub fn prove_database(path: &Path) -> Result<Proof, StoreError> {
    let db = schema::open_copy(path)?;
    let explained = |fault| explain(fault, path);
    require_whole(&db, path)?;
    let contents = Contents::of(&db).map_err(explained)?;
    let has_audit = contents.rows.contains_key("audit");
    let audit = has_audit.then(|| audit::verify(&db, None)).transpose().map_err(explained)?;
    Ok(Proof { contents, audit })
}

/// Proves a copy of a generation's file: that it is whole, and has as many policies as the database tells of it.
pub fn prove_generation(path: &Path, generation: &Generation) -> Result<(), StoreError> {
    let explained = |fault| explain(fault, path);
    let db = Sqlite::open_immutable(path).map_err(explained)?;
    require_whole(&db, path)?;
    let policies = db.row(POLICIES, &[], |columns| columns.parsed(|count: i64| u64::try_from(count).ok()));
    if policies.map_err(explained)? == Some(generation.counts.policies) {
        Ok(())
    } else {
        Err(StoreError::Damaged(path.to_owned()))
    }
}

/// SQLite's own look at every page, every index and every value.
fn require_whole(db: &Sqlite, path: &Path) -> Result<(), StoreError> {
    let found: Result<Vec<String>, StoreFault> = db.rows("pragma integrity_check(1)", &[], only_text);
    match found.map_err(|fault| explain(fault, path))?.as_slice() {
        [word] if word == "ok" => Ok(()),
        _ => Err(StoreError::Damaged(path.to_owned())),
    }
}
