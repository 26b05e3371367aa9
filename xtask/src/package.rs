//! `cargo xtask package`: the portal as a package for Debian, by cargo-deb.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::command::{command, run, say, succeeds};

/// The version of cargo-deb that the packages were tried with.
const CARGO_DEB: &str = "3.8.0";

/// Builds the program and its package, and says where it is.
pub(crate) fn run_cargo_deb(root: &Path) -> anyhow::Result<()> {
    if !succeeds(&mut command(root, &["cargo", "deb", "--version"])) {
        say("cargo-deb is missing; building it takes some minutes");
        run(&mut command(root, &["cargo", "install", "--locked", "cargo-deb", "--version", CARGO_DEB]))?;
    }
    run(&mut command(root, &["cargo", "build", "--release", "--locked", "-p", "zaguan"]))?;
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let program = metadata.target_directory.join("release/zaguan");
    // The manifest names this place, wherever else the program was built.
    let files = root.join("target/package");
    let files_shown = files.display().to_string();
    run(&mut command(root, &[program.as_str(), "package-files", &files_shown]))?;
    let version =
        metadata.packages.iter().find(|package| package.name == "zaguan").map(|it| it.version.to_string());
    let version = version.context("the project has no crate zaguan")?;
    let date = said(root, &["git", "log", "-1", "--format=%cD"])?;
    let changelog = changelog(&version, date.trim());
    fs::write(files.join("changelog"), changelog).context("the changelog could not be written")?;
    let words = ["cargo", "deb", "--package", "zaguan", "--no-build", "--locked"];
    run(&mut command(root, &words))?;
    say(&format!("the package is in {}", metadata.target_directory.join("debian")));
    Ok(())
}

/// Debian wants a changelog of its own form; what changed for people is in ours.
fn changelog(version: &str, date: &str) -> String {
    format!(
        "zaguan ({version}-1) unstable; urgency=medium\n\n  * What changed is in CHANGELOG.md, beside the source.\n\n \
         -- The Zaguán authors <maintainers@zaguan.invalid>  {date}\n"
    )
}

/// What a program prints.
fn said(root: &Path, words: &[&str]) -> anyhow::Result<String> {
    let output =
        command(root, words).output().with_context(|| format!("could not run `{}`", words.join(" ")))?;
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::changelog;

    #[test]
    fn the_changelog_has_the_form_that_debian_wants() {
        let text = changelog("1.2.3", "Mon, 23 Nov 2026 10:00:00 +0000");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "zaguan (1.2.3-1) unstable; urgency=medium");
        assert!(lines[2].starts_with("  * "), "{text}");
        assert!(lines[4].starts_with(" -- ") && lines[4].contains(">  Mon, 23 Nov"), "two spaces: {text}");
    }
}
