//! How far a load is: a bar on a terminal, a line every few seconds elsewhere.

use crate::output;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use std::fmt::Write as _;
use std::io::{IsTerminal as _, stderr};
use std::time::{Duration, Instant};

/// Where there is no terminal, a line comes this often.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// How far a load is.
#[derive(Debug)]
pub struct Progress {
    bytes: u64,
    started: Instant,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines { told: Instant, tell: fn(&str) },
}

impl Progress {
    /// Shown to the person at the terminal, of a file with so many bytes; as lines on standard error where there is
    /// none.
    pub fn to_person(bytes: u64) -> Self {
        if !stderr().is_terminal() {
            return Self::in_lines(bytes, |line| output::remark(line));
        }
        let bar = ProgressBar::new(bytes);
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent}%  {msg}") {
            bar.set_style(style);
        }
        Self { bytes, started: Instant::now(), shown: Shown::Bar(bar) }
    }

    /// Shown in the log.
    pub fn to_log(bytes: u64) -> Self {
        Self::in_lines(bytes, |line| tracing::info!("loading the policy book: {line}"))
    }

    fn in_lines(bytes: u64, tell: fn(&str)) -> Self {
        let now = Instant::now();
        Self { bytes, started: now, shown: Shown::Lines { told: now, tell } }
    }

    /// So many rows were read, in so many bytes; 0 where that is not known.
    pub(super) fn tell(&mut self, rows: u64, bytes_read: u64) {
        let elapsed = self.started.elapsed();
        let words = || words(rows, elapsed, bytes_read, self.bytes);
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.set_position(bytes_read);
                bar.set_message(words());
            }
            Shown::Lines { told, tell } if told.elapsed() >= LINE_EVERY => {
                *told = Instant::now();
                tell(&words());
            }
            Shown::Lines { .. } => {}
        }
    }

    /// So many bytes are copied.
    pub(crate) fn tell_bytes(&mut self, bytes: u64) {
        let words = || format!("{} of {}", HumanBytes(bytes), HumanBytes(self.bytes));
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.set_position(bytes);
                bar.set_message(words());
            }
            Shown::Lines { told, tell } if told.elapsed() >= LINE_EVERY => {
                *told = Instant::now();
                tell(&words());
            }
            Shown::Lines { .. } => {}
        }
    }

    /// All rows were read; what comes now cannot be foreseen, but is short.
    pub(super) fn build(&mut self, rows: u64) {
        let words = format!("{} rows read; sorting, comparing and writing", HumanCount(rows));
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.set_position(self.bytes);
                bar.set_message(words);
                bar.enable_steady_tick(Duration::from_millis(200));
            }
            Shown::Lines { told, tell } if self.started.elapsed() >= LINE_EVERY => {
                *told = Instant::now();
                tell(&words);
            }
            Shown::Lines { .. } => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

/// Rows, rate, and the time that is left.
fn words(rows: u64, elapsed: Duration, bytes_read: u64, bytes: u64) -> String {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = rows.saturating_mul(1000) / millis;
    let mut words = format!("{} rows, {} a second", HumanCount(rows), HumanCount(rate));
    if bytes_read > 0 {
        let left = u128::from(millis) * u128::from(bytes.saturating_sub(bytes_read)) / u128::from(bytes_read);
        let _ = write!(words, ", {} s left", left / 1000);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;
    use std::time::Duration;

    #[test]
    fn rows_rate_and_the_time_left_are_told() {
        let told = words(1_200_000, Duration::from_secs(6), 30, 120);
        assert_eq!(told, "1,200,000 rows, 200,000 a second, 18 s left");
        assert_eq!(words(5, Duration::ZERO, 0, 0), "5 rows, 5,000 a second");
    }
}
