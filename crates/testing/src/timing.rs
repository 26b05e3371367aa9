//! Whether answers take the same time whoever they are about: people in every state, requests in pairs, and statistics.
//!
//! A pair is one request about a document in one state and one about a document in another, in random order, one right
//! after the other, each about a document that was not asked about before. What slows the machine down meanwhile slows
//! both, so their difference tells even where their times do not.

mod comparison;
mod person;
mod statistics;
mod wire;

pub use comparison::{Comparison, Limits, Verdict, compare};
pub use person::{
    DocumentState, Mail, Probe, Target, Which, as_file, bring_into_state, policy_book, signed_in,
};
pub use statistics::{median, median_interval, signed_rank};
pub use wire::{Answer, Browser, Connection, Request};
