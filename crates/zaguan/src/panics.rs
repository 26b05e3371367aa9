//! What is told of a panic: where it was, and never what it said, for that may hold what somebody typed.

use crate::output;
use std::panic;

/// From now on a panic is told in these words' way; before, Rust tells all that the panic said.
pub fn tell(by: impl Fn(&str) + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |told| match told.location() {
        Some(location) => by(&location.to_string()),
        None => by("a place unknown"),
    }));
}

/// For commands: a sentence on standard error.
pub fn tell_in_a_sentence() {
    tell(|place| {
        output::error(format_args!(
            "this is a mistake of the program itself, at {place}; please report it with these words"
        ));
    });
}

/// For the portal: a record in its log.
pub fn tell_in_the_log() {
    tell(|place| tracing::error!(place, "a panic: a mistake of the program itself"));
}
