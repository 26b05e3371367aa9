//! A real portal that is killed, starved and left to run, by whom everything that it acknowledged is remembered.

mod book;
mod browser;
pub mod crash;
mod crowd;
mod letters;
mod on_disk;
mod person;
mod place;
mod sabotage;
pub mod soak;

pub use place::{FAST_HASHES, Place, Running};
pub use sabotage::Sabotage;
