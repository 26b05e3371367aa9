//! A world whose time the test sets and whose chance is the same in every run.

use crate::or_fail::fail;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::sync::{Mutex, PoisonError};
use zaguan_web::World;

/// A world for tests.
#[derive(Debug)]
pub struct TestWorld {
    now: Mutex<Timestamp>,
    rng: Mutex<ChaCha20Rng>,
    panic: Mutex<Option<String>>,
}

impl TestWorld {
    /// A world that begins on 23 November 2026, at nine in the morning in Argentina.
    pub fn new(seed: u64) -> Self {
        let now = Timestamp::constant(1_795_435_200, 0);
        Self {
            now: Mutex::new(now),
            rng: Mutex::new(ChaCha20Rng::seed_from_u64(seed)),
            panic: Mutex::default(),
        }
    }

    /// Lets time pass.
    pub fn pass(&self, time: SignedDuration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(time).unwrap_or(*now);
    }

    /// Whoever asks for the time next panics with these words.
    pub fn panic_once(&self, words: &str) {
        *self.panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(words.to_owned());
    }
}

impl World for TestWorld {
    fn now(&self) -> Timestamp {
        let panic = self.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(words) = panic {
            fail(words);
        }
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}
