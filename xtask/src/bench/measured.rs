//! Programs run with a watch on their time and memory, and the numbers that say how several runs went.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, bail};

use crate::command::words_of;

/// The program that measures another, and the Debian package that brings it.
pub(super) const TIME: (&str, &str) = ("/usr/bin/time", "time");

/// How one run went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    /// From start to end.
    pub(super) seconds: f64,
    /// Of all cores together.
    pub(super) processor_seconds: f64,
    /// The most memory that was resident at a time.
    pub(super) peak_mib: f64,
}

/// Runs a program to its end; `scratch` is a folder for the notes on it.
pub(super) fn measure(command: &Command, scratch: &Path) -> anyhow::Result<Measured> {
    let notes = scratch.join("time");
    let mut watched = Command::new(TIME.0);
    watched.args(["-f", "%U %S %M", "-o"]).arg(&notes).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        watched.env(name, value.map_or_else(OsString::new, OsString::from));
    }
    if let Some(directory) = command.get_current_dir() {
        watched.current_dir(directory);
    }
    let start = Instant::now();
    let output = watched.output().with_context(|| format!("could not run `{}`", words_of(&watched)))?;
    let seconds = start.elapsed().as_secs_f64();
    if !output.status.success() {
        bail!("`{}` failed: {}", words_of(command), String::from_utf8_lossy(&output.stderr).trim());
    }
    read_notes(&fs::read_to_string(&notes).context("/usr/bin/time left no notes")?, seconds)
}

fn read_notes(notes: &str, seconds: f64) -> anyhow::Result<Measured> {
    let numbers: Vec<f64> = notes.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [user, system, kib] = numbers[..] else { bail!("/usr/bin/time wrote {notes:?}") };
    Ok(Measured { seconds, processor_seconds: user + system, peak_mib: kib / 1024.0 })
}

/// The middle of several numbers, and how far they spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) least: f64,
    pub(super) median: f64,
    pub(super) most: f64,
    /// The median absolute deviation: how far from the median half of the numbers lie at most.
    pub(super) mad: f64,
}

impl Spread {
    /// Of no numbers there is none.
    pub(super) fn of(numbers: impl Iterator<Item = f64>) -> Option<Self> {
        let numbers: Vec<f64> = numbers.collect();
        let median = middle(numbers.iter().copied())?;
        let mad = middle(numbers.iter().map(|number| (number - median).abs()))?;
        let least = numbers.iter().copied().reduce(f64::min)?;
        let most = numbers.iter().copied().reduce(f64::max)?;
        Some(Self { least, median, most, mad })
    }
}

fn middle(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_measured_and_one_that_fails_is_an_error() {
        let scratch = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "test \"$GREETING\" = hello && sleep 0.05"]).env("GREETING", "hello");
        let measured = measure(&command, scratch.path()).unwrap();
        assert!(measured.seconds >= 0.05 && measured.peak_mib > 0.1, "{measured:?}");
        let mut command = Command::new("sh");
        let error = measure(command.args(["-c", "echo no room >&2; exit 3"]), scratch.path()).unwrap_err();
        assert!(error.to_string().contains("no room"), "{error}");
    }

    #[test]
    fn notes_are_processor_seconds_and_kibibytes() {
        let measured = read_notes("1.50 0.25 2048\n", 2.0).unwrap();
        assert_eq!(measured, Measured { seconds: 2.0, processor_seconds: 1.75, peak_mib: 2.0 });
        assert!(read_notes("Command exited with non-zero status 1\n", 2.0).is_err());
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let spread = |numbers: &[f64]| Spread::of(numbers.iter().copied());
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(Spread { least: 1.0, median: 2.0, most: 3.0, mad: 1.0 }));
        assert_eq!(spread(&[4.0, 2.0]).map(|spread| spread.median), Some(3.0));
        assert_eq!(spread(&[]), None);
        assert_eq!(
            spread(&[1.0, 2.0, 3.0, 4.0, 90.0]).map(|spread| spread.mad),
            Some(1.0),
            "one wild number"
        );
    }
}
