//! Hashes passwords with argon2id: a bounded pool of threads that keep their memory, and a queue with deadlines.
//!
//! One hash takes about 20 milliseconds and 19 MiB, so whoever can make us hash can make us slow. So there are as
//! many threads as cores and no more; what waits is bounded and has a deadline; and whoever went away is not served.

mod hasher;
mod pool;
mod settings;
mod stored;

pub use hasher::{Busy, HashFault, Hasher, HasherMetrics};
pub use settings::{HashSettings, HasherError};
