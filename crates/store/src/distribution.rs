//! Distributions: how many and how long, counted between bounds, for whoever watches the writer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Bounds of how many callers share a transaction.
const SIZES: &[u64] = &[1, 2, 4, 8, 16, 32, 64];

/// Bounds of times, in microseconds: a commit takes some hundred, and nobody shall wait for a tenth of a second.
const TIMES: &[u64] =
    &[100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

/// How values were distributed since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// For each bound that a value may reach, how many came up to it and passed the one before. Times are in
    /// microseconds.
    pub up_to: Vec<(u64, u64)>,
    /// How many passed the last bound.
    pub above: u64,
    /// All values together.
    pub sum: u64,
}

/// A distribution that grows.
pub(crate) struct Counted {
    bounds: &'static [u64],
    /// One more than there are bounds.
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
}

impl Counted {
    /// Of how many.
    pub(crate) fn sizes() -> Self {
        Self::between(SIZES)
    }

    /// Of how long.
    pub(crate) fn times() -> Self {
        Self::between(TIMES)
    }

    fn between(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    pub(crate) fn add(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    pub(crate) fn add_time(&self, time: Duration) {
        self.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn distribution(&self) -> Distribution {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        Distribution {
            up_to: self.bounds.iter().copied().zip(counts.iter().copied()).collect(),
            above: counts.last().copied().unwrap_or_default(),
            sum: self.sum.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_counted_under_the_first_bound_that_it_does_not_pass() {
        let sizes = Counted::sizes();
        for value in [1, 2, 3, 4, 64, 65, 1_000] {
            sizes.add(value);
        }
        let expected = [(1, 1), (2, 1), (4, 2), (8, 0), (16, 0), (32, 0), (64, 1)];
        assert_eq!(sizes.distribution(), Distribution { up_to: expected.to_vec(), above: 2, sum: 1_139 });
        let times = Counted::times();
        times.add_time(Duration::from_millis(1));
        assert_eq!(times.distribution().up_to[3], (1_000, 1));
    }
}
