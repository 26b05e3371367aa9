//! Hashes passwords with argon2id: a bounded pool of threads that keep their memory, and a queue with deadlines.
//!
//! One hash takes about 20 milliseconds and 19 MiB, so whoever can make us hash can make us slow. So there are as
//! many threads as cores and no more; what waits is bounded and has a deadline; and whoever went away is not served.

mod compute;
mod hasher;
mod memory;
mod pool;
mod queue;
mod settings;
mod stored;
mod tune;
mod turn;

pub use hasher::{HashFault, Hasher, HasherMetrics};
pub use settings::{HashSettings, HasherError};
pub use tune::{Measured, Proposal, Wanted, measure, tune};
pub use turn::{Standing, Turn};
