//! A failure of the store while a file was loaded, and when the file is tried again: later each time.

use std::time::{Duration, Instant};

/// How long the first time.
const FIRST: Duration = Duration::from_mins(1);

/// However often it failed, a disk with room again is noticed within this.
const LONGEST: Duration = Duration::from_hours(1);

/// The latest of the failures that one file had, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What failed.
    cause: String,
    pause: Duration,
    at: Instant,
}

impl Failure {
    /// The failure after those before, if there were any.
    pub(super) fn after(before: Option<&Self>, cause: String, at: Instant) -> Self {
        let pause = before.map_or(FIRST, |before| (before.pause * 2).min(LONGEST));
        Self { cause, pause, at }
    }

    /// Whether it tells nothing that the one before did not.
    pub(super) fn is_as(&self, before: Option<&Self>) -> bool {
        before.is_some_and(|before| before.cause == self.cause)
    }

    /// How long the file is left alone.
    pub(super) fn pause(&self) -> Duration {
        self.pause
    }

    /// Whether the file is to be tried again.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.at) >= self.pause
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, LONGEST};
    use std::time::Instant;

    #[test]
    fn a_file_is_tried_again_after_a_minute_then_two_and_at_last_every_hour() {
        let mut now = Instant::now();
        let mut failure: Option<Failure> = None;
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let next = Failure::after(failure.as_ref(), "the disk is full".to_owned(), now);
            assert_eq!(next.is_as(failure.as_ref()), failure.is_some());
            assert!(!next.is_over(now + next.pause() / 2));
            now += next.pause();
            assert!(next.is_over(now));
            pauses.push(next.pause().as_secs() / 60);
            failure = Some(next);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(failure.map(|failure| failure.pause()), Some(LONGEST));
    }

    #[test]
    fn another_cause_is_told_again() {
        let now = Instant::now();
        let full = Failure::after(None, "the disk is full".to_owned(), now);
        let held = Failure::after(Some(&full), "another import is under way".to_owned(), now);
        assert!(!held.is_as(Some(&full)) && !full.is_as(None));
    }
}
