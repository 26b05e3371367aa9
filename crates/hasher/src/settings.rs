//! What a hash costs, and what may be asked of the pool.

use argon2::Params;
use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

/// The cost of a hash and the size of the pool.
#[derive(Clone, Copy, Debug)]
pub struct HashSettings {
    /// The memory that one hash fills, in KiB. Default 19,456.
    pub memory_kib: u32,
    /// How often it is filled. Default 2.
    pub passes: u32,
    /// In how many lanes; they are computed one after the other. Default 1.
    pub lanes: u32,
    /// How many threads hash. Default: one for each core.
    pub threads: usize,
    /// How many passwords may wait. Default 1,000. Who would wait too long is turned away before that; this bounds the
    /// memory of a crowd.
    pub waiting_at_most: usize,
    /// After how long without work a thread hands its memory back to the system. Default 10 seconds.
    pub idle: Duration,
    /// Whether a cost below OWASP's minimum is let through. For tests only.
    pub may_be_weak: bool,
}

/// Why there is no hasher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HasherError {
    /// The cost is below what OWASP recommends at least.
    #[error(
        "hashing with {memory_kib} KiB and {passes} passes is too weak: \
         use at least 19456 KiB with 2 passes, or 47104 KiB with 1"
    )]
    TooWeak {
        /// The memory that was asked for.
        memory_kib: u32,
        /// The passes that were asked for.
        passes: u32,
    },
    /// The cost is beyond what is believed of a stored hash, or cannot be computed at all.
    #[error(
        "hashing cannot be done with {memory_kib} KiB, {passes} passes and {lanes} lanes: \
         use at most 1048576 KiB, 20 passes and 16 lanes, and at least 8 KiB for each lane"
    )]
    Impossible {
        /// The memory that was asked for.
        memory_kib: u32,
        /// The passes that were asked for.
        passes: u32,
        /// The lanes that were asked for.
        lanes: u32,
    },
    /// There is no thread to hash, or no place to wait.
    #[error("hashing needs at least one thread and one place in its queue")]
    NoRoom,
    /// The system does not give the memory.
    #[error("the system does not give {threads} threads {memory_kib} KiB each to hash with")]
    NoMemory {
        /// The memory of each thread.
        memory_kib: u32,
        /// The threads.
        threads: usize,
    },
    /// The system gives no thread.
    #[error("no thread could be started to hash passwords: {0}")]
    NoThread(String),
    /// There is no pepper.
    #[error("the secrets have no pepper for new passwords")]
    NoPepper,
}

/// OWASP's costs of equal strength, as (KiB, passes); one of them must be reached.
pub(crate) const MINIMUM: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

/// More than this is not believed of a stored hash: whoever can write to the database must not be able to stall us.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 20;
const MOST_LANES: u32 = 16;

/// The bytes of a new hash.
const OUTPUT_BYTES: usize = 32;

impl Default for HashSettings {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
            threads: available_parallelism().map_or(1, NonZero::get),
            waiting_at_most: 1000,
            idle: Duration::from_secs(10),
            may_be_weak: false,
        }
    }
}

impl HashSettings {
    /// A cost that is next to nothing, for tests.
    pub fn for_tests() -> Self {
        Self { memory_kib: 32, passes: 1, lanes: 1, threads: 2, may_be_weak: true, ..Self::default() }
    }

    /// Whether a hasher can be started with these settings.
    pub fn check(&self) -> Result<(), HasherError> {
        if self.threads == 0 || self.waiting_at_most == 0 {
            return Err(HasherError::NoRoom);
        }
        self.cost().map(drop)
    }

    /// The memory that all threads fill at once, in bytes.
    pub fn memory_of_all(&self) -> u64 {
        (self.threads as u64).saturating_mul(u64::from(self.memory_kib)).saturating_mul(1024)
    }

    /// The cost, if it is strong enough and possible.
    pub(crate) fn cost(&self) -> Result<Params, HasherError> {
        let Self { memory_kib, passes, lanes, .. } = *self;
        let is_strong = MINIMUM.iter().any(|(memory, times)| memory_kib >= *memory && passes >= *times);
        if !is_strong && !self.may_be_weak {
            return Err(HasherError::TooWeak { memory_kib, passes });
        }
        Params::new(memory_kib, passes, lanes, Some(OUTPUT_BYTES))
            .ok()
            .filter(is_believable)
            .ok_or(HasherError::Impossible { memory_kib, passes, lanes })
    }
}

/// Whether a cost is one that somebody may have chosen.
pub(crate) fn is_believable(cost: &Params) -> bool {
    cost.m_cost() <= MOST_MEMORY_KIB && cost.t_cost() <= MOST_PASSES && cost.p_cost() <= MOST_LANES
}
