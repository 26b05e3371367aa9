//! `cargo xtask test`: one command for everything that has to pass.

use std::path::Path;

use crate::command::{command, run, say};
use crate::{needs, supply_chain, tidy};

/// The tests of timing on a build that tells by its time who exists: there they have to see it.
const LEAKY: [&str; 9] =
    ["cargo", "nextest", "run", "--package", "zaguan-testing", "--features", "leaky", "--test", "timing"];

/// What people, mail servers and hostile clients do, once more on portals that keep what they know on PostgreSQL; of what
/// runs in a browser the journeys. Races take minutes there: the store has its own on both, and these run with
/// `ZAGUAN_TESTS_ON=postgres` by hand.
const ON_POSTGRES: [&str; 12] = [
    "cargo",
    "nextest",
    "run",
    "--package",
    "zaguan-testing",
    "--no-tests=fail",
    "--test=journeys",
    "--test=mail",
    "--test=http",
    "--test=browser",
    "-E",
    "not binary(=browser) | test(/^journeys::/)",
];

/// Installs what is missing, then runs tidy, the check of what we take from others, all tests, the documentation's
/// examples, and the documentation.
pub(crate) fn run_all(root: &Path, nextest: &[String]) -> anyhow::Result<()> {
    needs::meet(root)?;
    tidy::run(root)?;
    supply_chain::check(root)?;
    run(command(root, &["cargo", "nextest", "run", "--workspace"]).args(nextest))?;
    if nextest.is_empty() {
        run(command(root, &ON_POSTGRES).env("ZAGUAN_TESTS_ON", "postgres"))?;
        run(&mut command(root, &LEAKY))?;
    }
    run(&mut command(root, &["cargo", "test", "--workspace", "--doc", "--quiet"]))?;
    let mut documentation = command(root, &["cargo", "doc", "--workspace", "--no-deps", "--quiet"]);
    run(documentation.env("RUSTDOCFLAGS", "-D warnings"))?;
    say("everything passed");
    Ok(())
}
