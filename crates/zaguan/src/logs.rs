//! The log: one line a record on standard error, for people or as JSON, without anything that opens a door.

use std::fmt;
use std::io;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
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
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_target(true).with_ansi(false);
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

/// Starts the log of the process, on standard error. A second start changes nothing.
pub fn start(format: Format, level: Level) {
    let subscriber = Registry::default().with(layer(format, level, io::stderr));
    // It fails only where a test has set one already, which then stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
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
