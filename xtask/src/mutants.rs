//! `cargo xtask mutants`: what guards the door is changed on purpose, and the tests have to notice.
//!
//! `cargo-mutants` changes the Rust of the modules that `.cargo/mutants.toml` names. It does not read SQL, so the guards of
//! the statements on keys are taken away here, one by one. Both happen in a copy of the project with builds of its own, so
//! that a change costs one small build and the tests that can notice it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::command::{command, run as run_aloud, say, succeeds};

/// The version that the configuration was written for.
const CARGO_MUTANTS: &str = "27.1.0";

/// Of a hundred changes so many must be noticed.
const CAUGHT_AT_LEAST: f64 = 95.0;

/// The statements on keys, and the tests that have to notice.
const STATEMENTS: &str = "crates/store/src/keys.rs";
const TESTS: [&str; 10] = [
    "cargo",
    "nextest",
    "run",
    "--fail-fast",
    "--cargo-profile",
    "mutants",
    "--package",
    "zaguan-store",
    "--test",
    "store",
];

/// The packages whose Rust is changed, and the tests of each that can notice: the others read documents, addresses,
/// passwords and policy books.
const PACKAGES: [(&str, &[&str]); 2] =
    [("zaguan-domain", &["--lib", "--test=journey"]), ("zaguan-store", &["--lib", "--test=store"])];

/// The guards, and what is left of each when it is taken away: a parameter has to stay in its place.
const GUARDS: [(&str, &str); 6] = [
    (" and held_until > $1", ""),
    (" and spent_at is null", ""),
    (" and killed_at is null", ""),
    (" and (expires_at is null or expires_at > $1)", ""),
    (" and own_tries = $2", " and $2 = $2"),
    (" and other_tries = $2", " and $2 = $2"),
];

/// What is changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Mutants {
    /// Only this: `zaguan-domain`, `zaguan-store` or `guards`.
    #[arg(long)]
    only: Option<String>,
    /// Only changes whose place has this, such as `sign_in`.
    #[arg(long)]
    file: Option<String>,
}

/// Changes, tests, and answers an error when too much goes unnoticed, or any guard of a key.
pub(crate) fn run(root: &Path, mutants: &Mutants) -> anyhow::Result<()> {
    if !succeeds(&mut command(root, &["cargo", "mutants", "--version"])) {
        run_aloud(&mut command(
            root,
            &["cargo", "install", "--locked", "cargo-mutants", "--version", CARGO_MUTANTS],
        ))?;
    }
    let folder = root.join("target/mutants");
    let copy = copy_project(root, &folder)?;
    let is_wanted = |what: &str| mutants.only.as_deref().is_none_or(|only| only == what);
    let mut faults = Vec::new();
    for (package, tests) in PACKAGES.into_iter().filter(|(package, _)| is_wanted(package)) {
        let output = folder.join(package);
        fs::create_dir_all(&output).with_context(|| format!("could not make {}", output.display()))?;
        change_rust(&copy, &output, (package, tests), mutants.file.as_deref());
        let outcomes = output.join("mutants.out/outcomes.json");
        let text =
            fs::read_to_string(&outcomes).with_context(|| format!("there is no {}", outcomes.display()))?;
        let caught = told(package, &serde_json::from_str(&text)?);
        if caught < CAUGHT_AT_LEAST {
            let where_to_look = output.display();
            faults.push(format!(
                "{package}: {caught:.1} of a hundred changes were noticed; see {where_to_look}"
            ));
        }
    }
    if is_wanted("guards") {
        faults.extend(take_guards_away(&copy)?);
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(())
}

/// Changes the Rust of a package in the copy, which is left as it was.
fn change_rust(copy: &Path, output: &Path, (package, tests): (&str, &[&str]), file: Option<&str>) {
    let mut cargo =
        command(copy, &["cargo", "mutants", "--in-place", "--package", package, "--test-package", package]);
    cargo.args(["--no-shuffle", "--colors", "never", "--output"]).arg(output);
    for test in tests {
        cargo.args(["--cargo-arg", test]);
    }
    if let Some(file) = file {
        cargo.args(["--re", file]);
    }
    // Its status tells that some went unnoticed, which the outcomes tell better.
    if let Err(error) = run_aloud(cargo.env("CARGO_TARGET_DIR", build(copy))) {
        say(&error.to_string());
    }
}

/// The builds of the copy.
fn build(copy: &Path) -> PathBuf {
    copy.join("target")
}

/// How many of a hundred were noticed; a test that does not end any more is a test that noticed.
fn told(package: &str, outcomes: &Value) -> f64 {
    let count = |name: &str| outcomes[name].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
    let (caught, timeout, missed) = (count("caught"), count("timeout"), count("missed"));
    let noticed = f64::from(caught + timeout);
    let of_a_hundred = 100.0 * noticed / f64::from((caught + timeout + missed).max(1));
    say(&format!(
        "{package}: {caught} changes noticed, {timeout} by a test that did not end, {missed} not, {} did not compile: \
         {of_a_hundred:.1} of a hundred",
        count("unviable")
    ));
    of_a_hundred
}

/// Takes each guard away in the copy, and answers those that no test missed.
fn take_guards_away(copy: &Path) -> anyhow::Result<Vec<String>> {
    let statements = copy.join(STATEMENTS);
    let whole = fs::read_to_string(&statements)?;
    let mut test = command(copy, &TESTS);
    test.env("CARGO_TARGET_DIR", build(copy));
    if !succeeds(&mut test) {
        bail!("the tests of the store fail before any guard is taken away");
    }
    let mut missed = Vec::new();
    let changed = without_guards(&whole);
    for (name, changed) in &changed {
        fs::write(&statements, changed)?;
        let noticed = !succeeds(&mut test);
        say(&format!("{} {name}", if noticed { "noticed:" } else { "NOT NOTICED:" }));
        if !noticed {
            missed.push(format!("no test noticed that a key is not guarded any more: {name}"));
        }
    }
    fs::write(&statements, whole)?;
    say(&format!(
        "{} of {} guards are noticed when they are gone",
        changed.len() - missed.len(),
        changed.len()
    ));
    Ok(missed)
}

/// The text without each guard in turn, and where it was.
fn without_guards(text: &str) -> Vec<(String, String)> {
    let mut changed = Vec::new();
    for (guard, left) in GUARDS {
        for (place, _) in text.match_indices(guard) {
            let (before, after) = text.split_at(place);
            let line = before.lines().count();
            let rest = after.get(guard.len()..).unwrap_or_default();
            changed.push((format!("line {line},{guard}"), format!("{before}{left}{rest}")));
        }
    }
    changed
}

/// The files that git knows, as they are now.
fn copy_project(root: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let copy = folder.join("project");
    let listed = command(root, &["git", "ls-files", "-z"]).output().context("could not run git")?;
    for path in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|path| !path.is_empty()) {
        let (from, to) = (root.join(path), copy.join(path));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        // What was not changed keeps its time, so that it is not built again.
        if from.is_file() && fs::read(&from).ok() != fs::read(&to).ok() {
            fs::copy(&from, &to).with_context(|| format!("could not copy {path}"))?;
        }
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_guard_is_taken_away_once_and_everything_else_stays() {
        let text = "SPEND = \"update key set spent_at = $1\n    where id = $2 and spent_at is null and killed_at is null\";\n\
                    TRY = \"update key where id = $1 and own_tries = $2\";\n";
        let changed = without_guards(text);
        assert_eq!(changed.len(), 3);
        assert_eq!(changed[0].0, "line 2, and spent_at is null");
        assert!(changed[0].1.contains("where id = $2 and killed_at is null"));
        assert!(changed[1].1.contains("where id = $2 and spent_at is null\";"));
        assert!(changed[2].1.contains("where id = $1 and $2 = $2\";"));
    }

    #[test]
    fn every_kind_of_guard_is_found_in_the_statements() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = fs::read_to_string(root.join(STATEMENTS)).unwrap();
        for (guard, _) in GUARDS {
            assert!(text.contains(guard), "{guard}: the guards are written otherwise now");
        }
    }

    #[test]
    fn what_did_not_compile_counts_for_nothing() {
        let outcomes = json!({ "caught": 18, "timeout": 1, "missed": 1, "unviable": 30 });
        assert!((told("zaguan-domain", &outcomes) - 95.0).abs() < 1e-9);
    }
}
