//! The policy book on its way from a file into use: read, cleaned, built beside the one in use, compared with it, and
//! put into use unless it is not believed.

mod load;
mod pour;
mod progress;
mod rejects;
mod report;
mod understood;

pub use load::{BookFault, Load, Prepared, is_source_of, open};
pub use progress::Progress;
pub(crate) use rejects::{SUFFIX as REJECTS_SUFFIX, remove_unfinished as remove_unfinished_reports};
pub use report::{Outcome, Report};
pub use understood::told_lines;

use clap::ValueEnum;

/// What a file is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// The whole book: what is not in it has ended
    Snapshot,
    /// Changes: what is not in it stays as it is
    Delta,
}

impl Mode {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Delta => "delta",
        }
    }
}
