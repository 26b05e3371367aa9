//! Known holes in the crates that we use, from a packed copy of the advisory database (rustsec.org) beside the project.
//!
//! The library of `cargo audit` does the work, without the several minutes of building that program. Where there is no
//! copy, this says so and passes: what is built must not depend on what only some machines have.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use rustsec::advisory::Informational;
use rustsec::report::Settings;
use rustsec::{Database, Lockfile, Report};

use crate::command::{command, run, say};

/// Where copies lie, from the root of the project: `rustsec-advisory-db-2026-08-21.tgz` and the like.
const COPIES: &str = "../shared";
const NAME: (&str, &str) = ("rustsec-advisory-db-", ".tgz");

/// The lock files of the project.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "fuzz/Cargo.lock"];

/// Advisories that do not touch us, each with its reason.
const IGNORED: [(&str, &str); 0] = [];

/// Looks every locked crate up in the newest copy, and answers an error if one has a known hole, is unsound or abandoned.
pub(super) fn check(root: &Path) -> anyhow::Result<()> {
    let Some((day, copy)) = newest_copy(&root.join(COPIES)) else {
        say(
            "==> advisories: there is no copy of the RustSec database beside the project; nothing was checked",
        );
        return Ok(());
    };
    let age = (today() - day).get_days();
    say(&format!("==> advisories: the copy of the RustSec database is of {day}, {age} days old"));
    let folder = root.join("target/advisories");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let lock_files: Vec<PathBuf> = LOCK_FILES.iter().map(|file| root.join(file)).collect();
    check_against(&copy, &folder, &lock_files)
}

/// Unpacks a copy into the folder, and looks the crates of the lock files up in it.
fn check_against(copy: &Path, folder: &Path, lock_files: &[PathBuf]) -> anyhow::Result<()> {
    run(command(folder, &["tar", "--extract", "--gzip", "--file"]).arg(copy))?;
    let database = Database::open(&folder.join("db")).context("the copy of the advisories cannot be read")?;
    let advisories = database.iter().count();
    if advisories == 0 {
        bail!("there is no advisory in {}", copy.display());
    }
    let mut found = Vec::new();
    for lock_file in lock_files {
        let lock =
            Lockfile::load(lock_file).with_context(|| format!("{} cannot be read", lock_file.display()))?;
        found.extend(findings(&database, &lock));
    }
    found.sort();
    found.dedup();
    for finding in &found {
        say(finding);
    }
    if !found.is_empty() {
        bail!("{} advisories touch us: {}", found.len(), found.join("; "));
    }
    say(&format!("none of {advisories} advisories touches us"));
    Ok(())
}

/// What the database says about the crates of a lock file, a line each.
fn findings(database: &Database, lock: &Lockfile) -> Vec<String> {
    let settings = Settings {
        ignore: IGNORED.iter().filter_map(|(id, _)| id.parse().ok()).collect(),
        informational_warnings: vec![
            Informational::Notice,
            Informational::Unmaintained,
            Informational::Unsound,
        ],
        ..Settings::default()
    };
    let report = Report::generate(database, lock, &settings);
    let holes = report.vulnerabilities.list.iter().map(|hole| {
        let (package, advisory) = (&hole.package, &hole.advisory);
        format!("{} {}: {} ({})", package.name, package.version, advisory.title, advisory.id)
    });
    let warnings = report.warnings.iter().flat_map(|(kind, warnings)| {
        warnings.iter().map(move |warning| {
            let said = warning.advisory.as_ref();
            let said = said.map_or_else(String::new, |said| format!(": {} ({})", said.title, said.id));
            format!("{} {} is {}{said}", warning.package.name, warning.package.version, kind.as_str())
        })
    });
    holes.chain(warnings).collect()
}

/// The copy with the latest day in its name.
fn newest_copy(folder: &Path) -> Option<(Date, PathBuf)> {
    let entries = fs::read_dir(folder).ok()?;
    let copies = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        let day = name.strip_prefix(NAME.0)?.strip_suffix(NAME.1)?.parse().ok()?;
        Some((day, folder.join(&name)))
    });
    copies.max()
}

/// The day in universal time.
fn today() -> Date {
    #[expect(
        clippy::disallowed_methods,
        reason = "the age of the copy is told; the portal has its own clock"
    )]
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const HOLE: &str = "\
```toml
[advisory]
id = \"RUSTSEC-2026-9999\"
package = \"doormat\"
date = \"2026-01-02\"

[versions]
patched = [\">= 1.2.0\"]
```

# Anybody may walk over it

At length.
";

    const ABANDONED: &str = "\
```toml
[advisory]
id = \"RUSTSEC-2026-9998\"
package = \"umbrella-stand\"
date = \"2026-01-02\"
informational = \"unmaintained\"

[versions]
patched = []
```

# Nobody minds it any more

At length.
";

    /// A packed database with the two advisories, and what checking a lock file against it says.
    fn check_lock_with(name: &str, version: &str) -> anyhow::Result<()> {
        let folder = tempfile::tempdir().unwrap();
        for (id, package, text) in [("9999", "doormat", HOLE), ("9998", "umbrella-stand", ABANDONED)] {
            let place = folder.path().join("db/crates").join(package);
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join(format!("RUSTSEC-2026-{id}.md")), text).unwrap();
        }
        let copy = folder.path().join("rustsec-advisory-db-2026-01-03.tgz");
        run(command(folder.path(), &["tar", "czf"]).arg(&copy).arg("db")).unwrap();
        fs::remove_dir_all(folder.path().join("db")).unwrap();
        let lock = folder.path().join("Cargo.lock");
        let source = concat!("registry+https://github.com/rust-lang/", "crates.io-index");
        let text = format!(
            "version = 4\n\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{source}\"\n\
             checksum = \"{}\"\n",
            "0".repeat(64)
        );
        fs::write(&lock, text).unwrap();
        check_against(&copy, folder.path(), &[lock])
    }

    #[test]
    fn a_planted_crate_with_a_known_hole_fails_the_check() {
        let error = check_lock_with("doormat", "1.1.9").unwrap_err().to_string();
        assert!(error.contains("doormat 1.1.9: Anybody may walk over it (RUSTSEC-2026-9999)"), "{error}");
    }

    #[test]
    fn an_abandoned_crate_fails_the_check() {
        let error = check_lock_with("umbrella-stand", "0.3.0").unwrap_err().to_string();
        assert!(error.contains("umbrella-stand 0.3.0 is unmaintained"), "{error}");
    }

    #[test]
    fn mended_crates_and_others_pass() {
        check_lock_with("doormat", "1.2.0").unwrap();
        check_lock_with("umbrella", "0.3.0").unwrap();
    }

    #[test]
    fn the_newest_copy_is_taken_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest_copy(folder.path()), None);
        assert_eq!(newest_copy(&folder.path().join("none")), None);
        for name in ["rustsec-advisory-db-2026-08-21.tgz", "rustsec-advisory-db-2026-09-01.tgz"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::write(folder.path().join("rustsec-advisory-db-latest.tgz"), "").unwrap();
        let newest = folder.path().join("rustsec-advisory-db-2026-09-01.tgz");
        assert_eq!(newest_copy(folder.path()), Some((date(2026, 9, 1), newest)));
    }

    #[test]
    fn every_ignored_advisory_has_a_name_and_a_reason() {
        for (id, reason) in IGNORED {
            assert!(id.parse::<rustsec::advisory::Id>().is_ok() && reason.len() > 20, "{id}: {reason}");
        }
    }
}
