//! Other programs, run with their words for all to see.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// Prints a line at once. That nobody listens is no reason to stop.
pub(crate) fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{line}");
    let _ = output.flush();
}

/// A program and its arguments, one word each.
pub(crate) fn command(directory: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(words.first().copied().unwrap_or_default());
    command.args(words.iter().skip(1)).current_dir(directory).stdin(Stdio::null());
    command
}

/// Tells what is run, runs it, and answers an error that names it unless it succeeded.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let words = words_of(command);
    say(&format!("==> {words}"));
    let status = command.status().with_context(|| format!("could not run `{words}`"))?;
    if !status.success() {
        bail!("`{words}` failed");
    }
    Ok(())
}

/// Whether a program is there and succeeds; what it prints is not shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The command as one would type it.
pub(crate) fn words_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
