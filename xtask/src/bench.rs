//! `cargo xtask bench`: what the project promises, measured against what others do in the same run.

mod import;
mod measured;
mod timing;

use std::path::Path;

/// What is measured.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Bench {
    /// Measures `zaguan policies import` of an unsorted book against `.import` of Debian's `sqlite3`.
    ///
    /// Both load the same file into a fresh table with the same key, in turn, round by round. Zaguán cleans and checks
    /// every cell besides; sqlite3 gets as much memory for its cache as Zaguán may use in all.
    Import(import::Import),
    /// Measures whether the time of an answer tells a stranger whom a document belongs to.
    ///
    /// A server of its own on one core, a stranger on another, twelve states of a document, requests in pairs. First a
    /// build that leaks, which has to be caught, then the real one. Nothing else should run meanwhile; half an hour.
    Timing(timing::Timing),
}

/// Measures, prints what came out, and writes it as JSON under `target/bench`.
pub(crate) fn run(root: &Path, bench: &Bench) -> anyhow::Result<()> {
    match bench {
        Bench::Import(import) => import::run(root, import),
        Bench::Timing(timing) => timing::run(root, timing),
    }
}
