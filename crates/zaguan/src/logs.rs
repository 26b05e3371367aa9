//! The log: one line a record on standard error, for people or as JSON, without anything that opens a door.

mod lines;

use crate::panics;
use lines::Lines;
use std::fmt::{self, Write as _};
use std::io;
use std::sync::OnceLock;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

pub use tracing::Level;

/// For whom the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people who read along.
    Human,
    /// For programs: an object a line.
    Json,
}

/// What the portal's own crates begin with.
const OURS: &str = "zaguan";

/// What is logged: of the portal itself at `level`, of the libraries only warnings. A library that logs all it does
/// would log letters, and with them keys.
pub fn filter(level: Level) -> Targets {
    Targets::new().with_default(LevelFilter::WARN.min(level.into())).with_target(OURS, level)
}

/// A layer that writes the log to `writer`.
pub fn layer<S, W>(format: Format, level: Level, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(OneLine(writer)).with_target(true);
    match format {
        Format::Human => layer.compact().with_filter(filter(level)).boxed(),
        Format::Json => layer
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_filter(filter(level))
            .boxed(),
    }
}

/// Gives writers that keep each record on one line: what other programs say is in it, and neither a line break nor a
/// terminal's control sequence may come of that.
#[derive(Debug)]
struct OneLine<W>(W);

impl<'writer, W: MakeWriter<'writer>> MakeWriter<'writer> for OneLine<W> {
    type Writer = OneLine<W::Writer>;

    fn make_writer(&'writer self) -> Self::Writer {
        OneLine(self.0.make_writer())
    }

    fn make_writer_for(&'writer self, of: &Metadata<'_>) -> Self::Writer {
        OneLine(self.0.make_writer_for(of))
    }
}

impl<W: io::Write> io::Write for OneLine<W> {
    /// Takes a whole record: the layer writes each in one piece.
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        // Nearly all records are plain, and there is one for each request.
        if let Some((b'\n', line)) = record.split_last()
            && line.iter().all(|byte| (b' '..=b'~').contains(byte))
        {
            self.0.write_all(record)?;
            return Ok(record.len());
        }
        let text = String::from_utf8_lossy(record);
        let mut line = String::with_capacity(text.len() + 1);
        for character in text.trim_end_matches('\n').chars() {
            if character.is_control() {
                // This form is right in JSON too. Writing to a String cannot fail.
                let _ = write!(line, "\\u{:04x}", u32::from(character));
            } else {
                line.push(character);
            }
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The lines of the process's own log.
static LINES: OnceLock<Lines> = OnceLock::new();

/// Starts the log of the process, on standard error; panics are told in it. A second start changes nothing. Whoever ends
/// the process calls [`finish`] before.
pub fn start(format: Format, level: Level) {
    panics::tell_in_the_log();
    let lines = LINES.get_or_init(|| Lines::to(io::stderr())).clone();
    let subscriber = Registry::default().with(layer(format, level, lines));
    // It fails only where a test has set one already, which then stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Writes what was logged last, if there is a log.
pub fn finish() {
    if let Some(lines) = LINES.get() {
        lines.leave();
    }
}

/// An error with all its causes, on one line.
#[derive(Debug)]
pub struct Chain<'a>(pub &'a (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Level, layer};
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt as _;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("unpoisoned").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format, level: Level, write: impl FnOnce()) -> String {
        let captured = Captured::default();
        let writer = captured.clone();
        let subscriber = tracing_subscriber::registry().with(layer(format, level, move || writer.clone()));
        tracing::subscriber::with_default(subscriber, write);
        let bytes = captured.0.lock().expect("unpoisoned").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn what_others_say_cannot_break_a_line_or_steer_a_terminal() {
        let said = "550 \x1b[31mno\r\nlevel=INFO forged\u{9b}31m";
        for format in [Format::Human, Format::Json] {
            let log = logged(
                format,
                Level::INFO,
                || tracing::info!(said, shown = %said, debugged = ?said, "reply"),
            );
            assert_eq!(log.lines().count(), 1, "{log:?}");
            assert!(!log.trim_end().contains(char::is_control), "{log:?}");
        }
    }

    #[test]
    fn libraries_log_only_warnings_however_much_we_log() {
        let log = logged(Format::Json, Level::TRACE, || {
            tracing::trace!(target: "zaguan_web::app", "ours");
            tracing::info!(target: "lettre::transport", "the whole letter");
            tracing::warn!(target: "hyper::server", "a warning");
        });
        assert!(log.contains("ours") && log.contains("a warning"), "{log}");
        assert!(!log.contains("the whole letter"), "{log}");
    }

    #[test]
    fn at_a_high_level_libraries_are_as_quiet_as_we_are() {
        let log =
            logged(Format::Human, Level::ERROR, || tracing::warn!(target: "hyper::server", "a warning"));
        assert!(log.is_empty(), "{log}");
    }
}
