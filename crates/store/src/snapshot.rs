//! One state of the database and of its books, to be copied while the portal goes on.
//!
//! A transaction that only reads keeps the state; in a database with a write-ahead log it makes no writer wait. The log
//! cannot be emptied until the copy is done, so it grows by what is written meanwhile.

use crate::audit;
use crate::book::{BookDirectory, table};
use crate::database::Ask;
use crate::fault::{StoreError, StoreFault};
use crate::presence::Presence;
use crate::schema;
use crate::sqlite::{Copied, Sqlite, explain};
use crate::statement::statements;
use crate::url::StoreSettings;
use crate::value::only_text;
use crate::{AuditHead, Generation};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

statements! {
    TABLE_NAMES = "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name";
}

/// What is in a database: by this a copy is known to be a whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The version of its schema.
    pub schema: u32,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// The end of its audit trail.
    pub audit_head: AuditHead,
    /// The generations of the policy book that it tells of.
    pub generations: Vec<Generation>,
}

/// One state of the database and of its books.
pub struct Snapshot {
    db: Sqlite,
    books: BookDirectory,
    contents: Contents,
    _presence: Presence,
}

impl Snapshot {
    /// Takes hold of the state that the database has now. Its schema may be an older one.
    pub fn take(settings: &StoreSettings) -> Result<Self, StoreError> {
        let path = settings.file().ok_or(StoreError::OnlyForFiles("zaguan backup"))?;
        let explained = |fault| explain(fault, path);
        let presence = Presence::share(path)?;
        let db = schema::open_known(path)?;
        // The state is that of the first question.
        db.run("begin").map_err(explained)?;
        let contents = Contents::of(&db).map_err(explained)?;
        Ok(Self { db, books: BookDirectory::beside(path), contents, _presence: presence })
    }

    /// What is in it.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// How long a copy of the database is, in bytes.
    pub fn bytes(&self) -> Result<u64, StoreFault> {
        let bytes = self.db.head("page_count")? * self.db.head("page_size")?;
        Ok(u64::try_from(bytes).unwrap_or_default())
    }

    /// The files of the generations of the book, by number. Of those that are not in use some may be gone by now.
    pub fn generations(&self) -> Result<BTreeMap<u32, PathBuf>, StoreFault> {
        let mut files = BTreeMap::new();
        for Generation { number, is_current, .. } in &self.contents.generations {
            let path = self.books.generation(*number);
            if path.exists() {
                files.insert(*number, path);
            } else if *is_current {
                return Err(StoreFault::GenerationMissing { number: *number, path });
            }
        }
        Ok(files)
    }

    /// Copies the database into an empty file, in steps of a few milliseconds; after each, `after_step` may rest.
    pub async fn copy_database<E: From<StoreFault>>(
        &self,
        to: &Path,
        mut after_step: impl AsyncFnMut(Copied) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut copy = Sqlite::open_to_build(to)?;
        let copying = self.db.copy_to(&mut copy)?;
        while let Some(copied) = copying.step()? {
            after_step(copied).await?;
        }
        drop(copying);
        Ok(copy.close()?)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("contents", &self.contents).finish_non_exhaustive()
    }
}

impl Contents {
    /// What is in a database of ours, of whatever schema.
    pub(crate) fn of(db: &Sqlite) -> Result<Self, StoreFault> {
        let names: Vec<String> = db.rows(TABLE_NAMES, &[], only_text)?;
        let count = |name: String| {
            let rows = db.row(&format!("select count(*) from \"{name}\""), &[], |columns| {
                columns.parsed(|count: i64| u64::try_from(count).ok())
            })?;
            Ok((name, rows.unwrap_or_default()))
        };
        let rows = names.into_iter().map(count).collect::<Result<BTreeMap<_, _>, StoreFault>>()?;
        let audit_head = if rows.contains_key("audit_head") {
            audit::head(db)?
        } else {
            AuditHead { number: 0, hash: [0; 32] }
        };
        let generations = if rows.contains_key("generation") { table::all(db)? } else { Vec::new() };
        Ok(Self { schema: schema::stored_version(db)?, rows, audit_head, generations })
    }
}
