//! What fails on purpose is in tests only: the program that is shipped must not have it.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::Fault;
use crate::command::command;

/// Crates that nothing shipped may be built with.
const ONLY_IN_TESTS: [&str; 2] = ["fail", "zaguan-testing"];

/// Faults of what the program `zaguan` is built with when it is built by itself.
pub(super) fn faults(root: &Path) -> anyhow::Result<Vec<Fault>> {
    let words = ["cargo", "tree", "--package", "zaguan", "--edges", "normal,build", "--prefix", "none"];
    let output = command(root, &words).output().context("could not run cargo tree")?;
    if !output.status.success() {
        bail!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(judge(&String::from_utf8_lossy(&output.stdout)))
}

fn judge(tree: &str) -> Vec<Fault> {
    let mut names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    names.dedup();
    let wrong = names.into_iter().filter(|name| ONLY_IN_TESTS.contains(name));
    wrong
        .map(|name| {
            Fault::new(
                "crates/zaguan/Cargo.toml",
                0,
                format!("`{name}` would be shipped; it is for tests only"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_on_purpose_is_found_among_what_is_shipped() {
        let tree = "zaguan v0.1.0\nzaguan-faults v0.1.0\nfailure v1.0.0\n";
        assert_eq!(judge(tree), []);
        assert_eq!(judge(&format!("{tree}fail v0.5.1\nfail v0.5.1 (*)\n")).len(), 1);
    }
}
