//! A real portal that is killed, starved and left to run, by whom everything that it acknowledged is remembered.

mod book;
mod browser;
pub mod crash;
mod crowd;
mod database;
pub mod failover;
mod letters;
mod on_disk;
mod person;
mod place;
pub mod power;
mod sabotage;
pub mod soak;
pub mod trouble;
mod two_portals;

pub use database::Engine;
pub use place::{FAST_HASHES, Place, Running};
pub use sabotage::Sabotage;
