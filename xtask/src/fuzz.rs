//! `cargo xtask fuzz`: each fuzz target in turn, from the seeds and the corpus that are kept.

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
    let only = wanted.target.as_deref();
    for target in TARGETS.into_iter().filter(|target| only.is_none_or(|only| only == *target)) {
        run_target(root, target, wanted.seconds)?;
    }
    Ok(())
}

fn run_target(root: &Path, target: &str, seconds: u32) -> anyhow::Result<()> {
    let (seeds, corpus) = (format!("fuzz/seeds/{target}"), format!("fuzz/corpus/{target}"));
    let kept = format!("{corpus}.tar.gz");
    std::fs::create_dir_all(root.join(&corpus))?;
    if root.join(&kept).exists() {
        run(&mut command(root, &["tar", "xzf", &kept, "-C", "fuzz/corpus"]))?;
    }
    let time = format!("-max_total_time={seconds}");
    let fuzz =
        ["cargo", "+nightly", "fuzz", "run", target, &corpus, &seeds, "--", &time, LONGEST, "-timeout=5"];
    run(&mut command(root, &fuzz))?;
    // What is kept is the least that reaches as much, in one file: thousands of them would bury the code.
    run(&mut command(root, &["cargo", "+nightly", "fuzz", "cmin", target, &corpus]))?;
    run(&mut command(root, &["tar", "czf", &kept, "-C", "fuzz/corpus", target]))
}
