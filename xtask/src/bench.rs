//! `cargo xtask bench`: what the project promises, measured against what others do in the same run.

mod import;
mod measured;

use std::path::Path;

/// What is measured.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Bench {
    /// Measures `zaguan policies import` of an unsorted book against `.import` of Debian's `sqlite3`.
    ///
    /// Both load the same file into a fresh table with the same key, in turn, round by round. Zaguán cleans and checks
    /// every cell besides; sqlite3 gets as much memory for its cache as Zaguán may use in all.
    Import(import::Import),
}

/// Measures, prints what came out, and writes it as JSON under `target/bench`.
pub(crate) fn run(root: &Path, bench: &Bench) -> anyhow::Result<()> {
    match bench {
        Bench::Import(import) => import::run(root, import),
    }
}
