//! Speaks SQL: what the portal remembers, on SQLite or on PostgreSQL.
//!
//! Whoever asks reads the facts, lets a pure step of the domain decide, and commits the changes. Each change is written
//! under its guard; where one fails, nothing was written, and the caller reads and decides again.

mod accounts;
mod audit;
mod book;
mod change;
mod checkpoint;
mod database;
mod devices;
mod dialect;
mod distribution;
mod email_changes;
mod epoch;
mod fault;
mod flows;
mod health;
mod help_desk;
mod in_place;
mod keys;
mod letters;
mod limits;
mod migration;
mod moving;
mod my_account_reads;
mod my_data;
mod policies;
mod postgres;
mod presence;
mod proof;
mod question;
mod reads;
mod replacement;
mod schema;
mod sessions;
mod shape;
mod snapshot;
mod sqlite;
mod stale;
mod statement;
mod store;
mod url;
mod value;
mod writer;

pub use audit::{AuditFault, AuditFilter, AuditHead, Verified};
pub use book::{
    BookDifference, BookSource, GENERATIONS_KEPT, Generation, GenerationCounts, NewGeneration,
    ReadyGeneration, SHARED_OVER, Undone,
};
pub use distribution::Distribution;
pub use epoch::{Epoch, Voided, begin_epoch};
pub use fault::{CommitError, StoreError, StoreFault};
pub use health::{FileHealth, Health, ServerHealth};
pub use help_desk::{AccountFacts, HelpDeskFacts};
pub use letters::{LetterFilter, OutboxCounts, RetryLetters};
pub use limits::Taken;
pub use migration::known_schema;
pub use moving::{Moved, move_to_server};
pub use policies::{BookCounts, BookRow};
pub use postgres::PostgresServer;
pub use proof::{Proof, prove_database, prove_generation};
pub use replacement::{Begun, Replacement};
pub use schema::Migrated;
pub use snapshot::{Contents, Snapshot};
pub use sqlite::Copied;
pub use store::Store;
pub use url::{StoreSettings, StoreUrlError};
pub use writer::{StoreMetrics, WriterTimes};
