//! Generations of the policy book: each is a file beside the database, or a schema of the database on a server, built whole
//! and then switched to in one step.
//!
//! The rows come in any order. They are sorted outside memory, merged with the generation in use to tell what is new,
//! changed or ended, and written in the order of their key into a file that is never changed afterwards. Only when that
//! file is durable, one row of the database says that it is the one in use; until then, whatever happens leaves the old
//! one. A delta goes the same way: what it does not name is carried over. So it costs as much as a snapshot, but it can
//! be undone as one, and nobody who writes ever waits for it.

mod addresses;
mod ahead;
pub(crate) mod build;
mod directory;
mod generation;
mod reader;
pub(crate) mod record;
mod sorter;
pub(crate) mod table;
pub(crate) mod take_over;
mod tally;
mod workplace;

pub(crate) use build::Extent;
pub(crate) use directory::BookDirectory;
pub use generation::{NewGeneration, ReadyGeneration};
pub(crate) use reader::Reader;
pub(crate) use take_over::{forget_old, take_over};
pub(crate) use workplace::{Workplace, remove_leftovers};

use jiff::Timestamp;

/// How many holders may have one address, where nobody says otherwise: more make it a shared one.
pub const SHARED_OVER: u32 = 3;

/// How many generations are kept, where nobody says otherwise.
pub const GENERATIONS_KEPT: u32 = 3;

/// What a generation is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookSource {
    /// Its name, for people: that of the file.
    pub name: String,
    /// The hash of the file, by which the same file is known again; nothing where there is no file.
    pub sha256: Option<[u8; 32]>,
}

/// A generation of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Its number. Later generations have higher ones, and none is used twice.
    pub number: u32,
    /// What it was made of.
    pub source: BookSource,
    /// When it was loaded.
    pub loaded_at: Timestamp,
    /// What is in it.
    pub counts: GenerationCounts,
    /// Whether it is the one in use.
    pub is_current: bool,
}

/// What is in a generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GenerationCounts {
    /// Policies, those of each holder counted apart.
    pub policies: u64,
    /// People who hold them: documents, and those who share one counted apart.
    pub holders: u64,
    /// Policies with an address.
    pub with_email: u64,
    /// Addresses that more holders have than may be one person's.
    pub shared_addresses: u64,
}

/// How a new generation differs from the one in use. Of what was added, each row is counted once, as new, changed,
/// unchanged or repeated, and in a delta also as ended or absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BookDifference {
    /// Policies that the one in use has not.
    pub new: u64,
    /// Policies that both have, and that are not alike.
    pub changed: u64,
    /// Policies of the one in use that are gone.
    pub ended: u64,
    /// Policies that both have alike. Those that a delta does not name are not counted.
    pub unchanged: u64,
    /// Rows of which a later one has the same document, line and number, and counts instead.
    pub repeated: u64,
    /// Policies that a delta ends and that are not in the one in use.
    pub absent: u64,
    /// Policies of the new one.
    pub policies: u64,
    /// Holders of the new one.
    pub holders: u64,
    /// Policies of the new one that have an address.
    pub with_email: u64,
    /// Addresses of the new one that more holders have than may be one person's.
    pub shared_addresses: u64,
}

/// The book went back to the generation that was in use before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The generation that was in use.
    pub from: u32,
    /// The one that is in use again.
    pub to: u32,
}
