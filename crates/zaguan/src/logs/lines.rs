//! Lines on their way to standard error, gathered while many come at once: a call of the system for each line would take
//! longer than to write it, and those who log at the same time would wait for each other.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// A line waits no longer than this, and only when another one left as shortly before.
const WAITS: Duration = Duration::from_millis(50);

/// So many bytes leave at once, however shortly after others.
const ENOUGH: usize = 32 * 1024;

/// The lines that wait, and where they go. Clones share them.
///
/// Warnings and errors never wait, and what waits leaves before them. [`Lines::leave`] is for the end of the process.
#[derive(Clone)]
pub(super) struct Lines(Arc<Shared>);

struct Shared {
    gathered: Mutex<Gathered>,
    first_waits: Condvar,
}

struct Gathered {
    waiting: Vec<u8>,
    left_at: Option<Instant>,
    to: Box<dyn Write + Send>,
    /// Whether somebody sees to it that what waits leaves.
    is_watched: bool,
}

/// The way of one line.
pub(super) struct Line<'a> {
    lines: &'a Lines,
    /// Whether it must not wait.
    is_urgent: bool,
}

impl Lines {
    /// Starts the thread that sees to it that lines leave in time. Without it none waits.
    pub(super) fn to(to: impl Write + Send + 'static) -> Self {
        let gathered = Gathered { waiting: Vec::new(), left_at: None, to: Box::new(to), is_watched: false };
        let lines = Self(Arc::new(Shared { gathered: Mutex::new(gathered), first_waits: Condvar::new() }));
        let watched = lines.clone();
        if thread::Builder::new().name("log".to_owned()).spawn(move || watched.watch()).is_ok() {
            lines.0.gathered.lock().unwrap_or_else(PoisonError::into_inner).is_watched = true;
        }
        lines
    }

    /// Lets everything leave that waits.
    pub(super) fn leave(&self) {
        // Who could be told that the log cannot be written?
        let _ = self.0.gathered.lock().unwrap_or_else(PoisonError::into_inner).leave();
    }

    /// Lets what waits leave in time, for as long as the process lives.
    fn watch(&self) {
        let Shared { gathered, first_waits } = &*self.0;
        loop {
            let guard = gathered.lock().unwrap_or_else(PoisonError::into_inner);
            let guard = first_waits.wait_while(guard, |gathered| gathered.waiting.is_empty());
            drop(guard.unwrap_or_else(PoisonError::into_inner));
            thread::park_timeout(WAITS);
            self.leave();
        }
    }

    fn add(&self, line: &[u8], is_urgent: bool) -> io::Result<()> {
        let mut gathered = self.0.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let was_empty = gathered.waiting.is_empty();
        gathered.waiting.extend_from_slice(line);
        let waits = gathered.is_watched
            && !is_urgent
            && gathered.waiting.len() < ENOUGH
            && gathered.left_at.is_some_and(|at| at.elapsed() < WAITS);
        if !waits {
            return gathered.leave();
        }
        if was_empty {
            self.0.first_waits.notify_one();
        }
        Ok(())
    }
}

impl Gathered {
    fn leave(&mut self) -> io::Result<()> {
        self.left_at = Some(Instant::now());
        let written = self.to.write_all(&self.waiting).and_then(|()| self.to.flush());
        // What could not be written now would only be in the way of what comes.
        self.waiting.clear();
        written
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { lines: self, is_urgent: true }
    }

    fn make_writer_for(&'a self, of: &Metadata<'_>) -> Line<'a> {
        Line { lines: self, is_urgent: *of.level() <= Level::WARN }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.lines.add(line, self.is_urgent)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{ENOUGH, Lines};
    use std::io;
    use std::sync::{Arc, Mutex};

    /// What arrived, in the pieces in which it came.
    #[derive(Clone, Default)]
    struct Arrived(Arc<Mutex<Vec<Vec<u8>>>>);

    impl io::Write for Arrived {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("unpoisoned").push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Arrived {
        fn whole(&self) -> Vec<u8> {
            self.0.lock().expect("unpoisoned").concat()
        }

        fn pieces(&self) -> usize {
            self.0.lock().expect("unpoisoned").len()
        }
    }

    #[test]
    fn a_crowd_of_lines_leaves_whole_in_order_and_in_few_pieces() {
        let (arrived, count) = (Arrived::default(), 20_000);
        let lines = Lines::to(arrived.clone());
        let mut all = Vec::new();
        for number in 0..count {
            let line = format!("a line with the number {number}\n");
            lines.add(line.as_bytes(), false).expect("added");
            all.extend_from_slice(line.as_bytes());
        }
        lines.leave();
        assert_eq!(String::from_utf8(arrived.whole()), String::from_utf8(all.clone()));
        assert!(arrived.pieces() <= all.len() / ENOUGH * 2 + count / 100, "{}", arrived.pieces());
    }

    #[test]
    fn what_is_urgent_leaves_at_once_and_what_waits_before_it() {
        let arrived = Arrived::default();
        let lines = Lines::to(arrived.clone());
        for line in ["one\n", "two\n", "three\n"] {
            lines.add(line.as_bytes(), false).expect("added");
        }
        lines.add(b"a fault\n", true).expect("added");
        assert_eq!(arrived.whole(), b"one\ntwo\nthree\na fault\n");
    }

    #[test]
    fn a_line_that_waits_leaves_by_itself() {
        let arrived = Arrived::default();
        let lines = Lines::to(arrived.clone());
        lines.add(b"one\n", false).expect("added");
        lines.add(b"two\n", false).expect("added");
        while arrived.whole() != b"one\ntwo\n" {
            std::thread::yield_now();
        }
    }
}
