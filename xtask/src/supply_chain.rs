//! What we take from others: no crate with a known hole, none under a licence or from a place that we did not agree to.

mod advisories;

use std::path::Path;

use crate::command::{command, run, say, succeeds};

/// The checker's version: the newest may want a newer Rust than ours.
const CARGO_DENY: &str = "0.20.2";

/// Checks the crates of both lock files.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    advisories::check(root)?;
    if !succeeds(&mut command(root, &["cargo", "deny", "--version"])) {
        say("cargo-deny is missing; building it takes some minutes");
        run(&mut command(root, &["cargo", "install", "--locked", "cargo-deny", "--version", CARGO_DENY]))?;
    }
    // The checker reads the crates of other systems, too, which no build has fetched on a new machine.
    run(&mut command(root, &["cargo", "fetch", "--locked", "--quiet"]))?;
    run(&mut command(
        root,
        &["cargo", "deny", "--offline", "--locked", "check", "bans", "licenses", "sources"],
    ))
}
