//! What commands print: facts on standard output, errors on standard error.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Prints a line on standard output. Whoever reads it may have gone away, as `head` does, and that is no failure.
pub fn line(text: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Prints a text on standard output as it is.
pub fn text(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Prints an error on standard error, each of its lines with the name of the program before it.
pub fn error(text: impl Display) {
    for line in text.to_string().lines() {
        let _ = writeln!(io::stderr().lock(), "zaguan: {line}");
    }
}

/// Prints a remark on standard error.
pub fn remark(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
