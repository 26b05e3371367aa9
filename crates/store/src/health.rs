//! The health of the database: what a doctor looks at.

use crate::database::Ask;
use crate::fault::{StoreError, StoreFault};
use crate::presence::beside;
use crate::sqlite::{Access, Sqlite, explain};
use crate::store::Store;
use crate::value::only_text;
use std::fs;
use std::path::Path;

/// How a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// That of a file.
    File(FileHealth),
    /// That on a server.
    Server(ServerHealth),
}

impl Health {
    /// The version of the schema.
    pub fn schema(&self) -> u32 {
        match self {
            Self::File(FileHealth { schema, .. }) | Self::Server(ServerHealth { schema, .. }) => *schema,
        }
    }
}

/// How a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHealth {
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

/// How a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHealth {
    /// The version of the schema.
    pub schema: u32,
    /// The version of the server, in its own words.
    pub version: String,
    /// Whether it waits for its disk before it says that something is durable.
    pub waits_for_disk: bool,
    /// Standbys that have what was committed before anybody is told that it is.
    pub synchronous_standbys: u32,
    /// Standbys that have it some time later, or never.
    pub other_standbys: u32,
    /// How many connections it takes, and how many it has.
    pub connections: (u32, u32),
    /// The length of the database, in bytes.
    pub bytes: u64,
}

const SERVER: &str = "select current_setting('server_version'),
    current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on',
    (select count(*) from pg_stat_replication where sync_state in ('sync', 'quorum')),
    (select count(*) from pg_stat_replication where sync_state in ('async', 'potential')),
    cast(current_setting('max_connections') as bigint), (select count(*) from pg_stat_activity where datname is not null),
    pg_database_size(current_database()), (select max(version) from migration)";

impl Store {
    /// Looks at every page of a file, beside whoever uses it; of a server at what it says of itself.
    pub async fn health(&self) -> Result<Health, StoreError> {
        if let Some(path) = self.file() {
            return of_file(path).map(Health::File);
        }
        let health = self.read(|db| {
            db.row(SERVER, &[], |columns| {
                Ok(ServerHealth {
                    version: columns.value()?,
                    waits_for_disk: columns.value()?,
                    synchronous_standbys: columns.value()?,
                    other_standbys: columns.value()?,
                    connections: (columns.value()?, columns.value()?),
                    bytes: columns.parsed(|bytes: i64| u64::try_from(bytes).ok())?,
                    schema: columns.value()?,
                })
            })
        });
        let health = health.await.and_then(|health| health.ok_or(StoreFault::Closed));
        health.map(Health::Server).map_err(StoreError::Fault)
    }
}

fn of_file(path: &Path) -> Result<FileHealth, StoreError> {
    let length = |path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    let look = || {
        let db = Sqlite::open(path, Access::Read)?;
        let text = |question: &str| db.rows(question, &[], only_text);
        Ok(FileHealth {
            schema: crate::schema::stored_version(&db)?,
            damage: text("pragma quick_check(3)")?.into_iter().filter(|line| line != "ok").collect(),
            journal: text("pragma journal_mode")?.pop().unwrap_or_default(),
            bytes: length(path.to_owned()),
            log_bytes: length(beside(path, "-wal")),
        })
    };
    look().map_err(|fault| explain(fault, path))
}
