//! How a part of the harness fails the test that uses it: there and then, saying what it was doing.

use std::fmt::Display;

/// A result or an option that a test cannot go on without.
///
/// The harness fails the test itself, so that a journey reads as its steps and nothing else.
pub(crate) trait OrFail<T> {
    /// The value; without one, the test fails at the caller's line with what was being done.
    fn or_fail(self, doing: impl Display) -> T;
}

impl<T, E: Display> OrFail<T> for Result<T, E> {
    #[track_caller]
    fn or_fail(self, doing: impl Display) -> T {
        match self {
            Ok(value) => value,
            Err(error) => fail(format_args!("{doing}: {error}")),
        }
    }
}

impl<T> OrFail<T> for Option<T> {
    #[track_caller]
    fn or_fail(self, doing: impl Display) -> T {
        match self {
            Some(value) => value,
            None => fail(doing),
        }
    }
}

/// Fails the test at the caller's line.
#[track_caller]
#[expect(
    clippy::panic,
    reason = "a test that has lost its ground must stop, and this crate is only for tests"
)]
pub(crate) fn fail(why: impl Display) -> ! {
    panic!("{why}")
}
