//! `cargo xtask fuzz`: each fuzz target in turn, from the seeds that are kept.

use std::path::Path;

use anyhow::bail;
use clap::Args;

use crate::command::{command, run, succeeds};

/// The targets, as `fuzz/Cargo.toml` names them.
const TARGETS: [&str; 3] = ["book_file", "book_row", "typed"];

/// No input that matters is longer, in bytes: a cell, a field of a form, a few rows.
const LONGEST: &str = "-max_len=4096";

/// How to fuzz.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// For how many seconds each target runs.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Only this target.
    #[arg(long)]
    target: Option<String>,
}

/// Runs the targets; the first that fails ends it, and its input is kept in `fuzz/artifacts`.
pub(crate) fn run_targets(root: &Path, wanted: &Wanted) -> anyhow::Result<()> {
    if !succeeds(&mut command(root, &["cargo", "+nightly", "--version"])) {
        bail!("fuzzing needs the nightly compiler: rustup toolchain install nightly");
    }
    if !succeeds(&mut command(root, &["cargo", "fuzz", "--version"])) {
        bail!("fuzzing needs cargo-fuzz: cargo install --locked cargo-fuzz");
    }
    let time = format!("-max_total_time={}", wanted.seconds);
    for target in
        TARGETS.into_iter().filter(|target| wanted.target.as_deref().is_none_or(|only| only == *target))
    {
        let seeds = format!("fuzz/seeds/{target}");
        let corpus = format!("fuzz/corpus/{target}");
        std::fs::create_dir_all(root.join(&corpus))?;
        let words =
            ["cargo", "+nightly", "fuzz", "run", target, &corpus, &seeds, "--", &time, LONGEST, "-timeout=5"];
        run(&mut command(root, &words))?;
    }
    Ok(())
}
