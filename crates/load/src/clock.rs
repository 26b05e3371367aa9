//! The one clock.

use jiff::Timestamp;

/// What time it is.
pub(crate) fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "this program is a process of its own, with a clock of its own"
    )]
    Timestamp::now()
}
