//! `cargo xtask tidy`: the rules of the house that no compiler knows. Each has a file, with its reason.

mod browser_names;
mod file_shape;
mod forbidden_text;
mod frozen_migrations;
mod imports;
mod links;
mod named_tests;
mod shipped;
mod to_do;
mod unsafe_code;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use ignore::WalkBuilder;

use crate::command::say;

/// A rule broken somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The file, from the root of the project.
    pub(crate) path: String,
    /// The line, counted from 1; 0 is the file as a whole.
    pub(crate) line: usize,
    /// What is wrong, and what to do.
    pub(crate) words: String,
}

impl Fault {
    fn new(path: &str, line: usize, words: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, words: words.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.path, self.words),
            line => write!(formatter, "{}:{line}: {}", self.path, self.words),
        }
    }
}

/// Checks every rule, prints every fault, and answers an error if there was one.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    say("==> tidy");
    let mut faults = Vec::new();
    let files = text_files(root)?;
    for (path, text) in &files {
        faults.extend(file_shape::faults(path, text));
        faults.extend(to_do::faults(path, text));
        faults.extend(forbidden_text::faults(path, text));
        faults.extend(browser_names::faults(path, text));
        faults.extend(unsafe_code::faults(path, text));
    }
    faults.extend(named_tests::faults(&files));
    faults.extend(links::faults(root, &files));
    faults.extend(imports::faults(root)?);
    faults.extend(frozen_migrations::faults(root)?);
    faults.extend(shipped::faults(root)?);
    for fault in &faults {
        say(&fault.to_string());
    }
    match faults.len() {
        0 => Ok(()),
        1 => bail!("one fault"),
        count => bail!("{count} faults"),
    }
}

/// Every file of the project that is text and not ignored by git, with its path from the root, in order.
fn text_files(root: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_name(Ord::cmp)
        .build();
    for entry in walk {
        let entry = entry?;
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let bytes =
            fs::read(entry.path()).with_context(|| format!("could not read {}", entry.path().display()))?;
        if let Ok(text) = String::from_utf8(bytes) {
            let path = entry.path().strip_prefix(root)?.to_string_lossy().into_owned();
            files.push((path, text));
        }
    }
    Ok(files)
}

/// Whether a file is source in Rust.
fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_files_are_looked_at_and_ignored_ones_and_pictures_are_not() {
        let root = tempfile::tempdir().unwrap();
        for (path, bytes) in [
            (".gitignore", "/target\n".as_bytes()),
            (".ci/run", b"true\n"),
            ("src/lib.rs", b"//! A.\n"),
            ("target/made.rs", b"made\n"),
            (".git/config", b"[core]\n"),
            ("picture.png", b"\x89PNG\xff\xfe"),
        ] {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        let paths: Vec<_> = text_files(root.path()).unwrap().into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, [".ci/run", ".gitignore", "src/lib.rs"]);
    }

    #[test]
    fn a_fault_says_where() {
        assert_eq!(Fault::new("a.rs", 3, "too long").to_string(), "a.rs:3: too long");
        assert_eq!(Fault::new("a.rs", 0, "too long").to_string(), "a.rs: too long");
    }
}
