//! The health of the database: what a doctor looks at.

use crate::fault::StoreError;
use crate::presence::beside;
use crate::sqlite::explain;
use crate::store::Store;
use crate::value::only_text;
use std::fs;

/// How a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The version of its schema.
    pub schema: u32,
    /// What SQLite finds wrong in its pages; nothing where they are whole.
    pub damage: Vec<String>,
    /// Its journal: `wal`, as long as nobody changed it.
    pub journal: String,
    /// Its length, in bytes.
    pub bytes: u64,
    /// The length of its write-ahead log, in bytes.
    pub log_bytes: u64,
}

impl Store {
    /// Looks at every page of the database, beside whoever uses it.
    pub async fn health(&self) -> Result<Health, StoreError> {
        let length = |path| fs::metadata(path).map_or(0, |metadata| metadata.len());
        let (bytes, log_bytes) = (length(self.path().to_owned()), length(beside(self.path(), "-wal")));
        self.read(|db| {
            let text = |question: &str| db.rows(question, &[], only_text);
            Ok(Health {
                schema: crate::schema::stored_version(db)?,
                damage: text("pragma quick_check(3)")?.into_iter().filter(|line| line != "ok").collect(),
                journal: text("pragma journal_mode")?.pop().unwrap_or_default(),
                bytes,
                log_bytes,
            })
        })
        .await
        .map_err(|fault| explain(fault, self.path()))
    }
}
