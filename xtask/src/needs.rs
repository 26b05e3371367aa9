//! What the tests need beyond Rust, and how it gets onto a Debian.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::command::{command, run, say, succeeds, words_of};

/// A file that must be there, and the Debian package that brings it.
///
/// Chromium brings a font with Spanish letters by itself.
const PACKAGES: [(&str, &str); 7] = [
    ("/usr/bin/chromium", "chromium"),
    ("/usr/bin/chromedriver", "chromium-driver"),
    ("/usr/sbin/exim4", "exim4-daemon-light"),
    ("npm", "npm"),
    ("/usr/bin/sqlite3", "sqlite3"),
    ("/usr/bin/strace", "strace"),
    ("/usr/bin/time", "time"),
];

/// What tests on PostgreSQL need.
pub(crate) const POSTGRES: [(&str, &str); 2] =
    [("/usr/lib/postgresql/*/bin/postgres", "postgresql"), ("/usr/sbin/haproxy", "haproxy")];

/// Where the packages of PostgreSQL are told what to do besides installing.
const CLUSTERS: &str = "/etc/postgresql-common/createcluster.d";

/// Without this they would make a database cluster and start it; the tests start their own.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/zaguan-tests.conf";

/// The test runner's version: the newest may want a newer Rust than ours.
const NEXTEST: &str = "0.9.143";

/// Installs whatever is missing, or answers an error that says exactly what to install.
pub(crate) fn meet(root: &Path) -> anyhow::Result<()> {
    meet_packages(root, &[&PACKAGES[..], &POSTGRES[..]].concat())?;
    if !succeeds(&mut command(root, &["cargo", "nextest", "--version"])) {
        say("cargo-nextest is missing; building it takes some minutes");
        run(&mut command(root, &["cargo", "install", "--locked", "cargo-nextest", "--version", NEXTEST]))?;
    }
    install_from_npm(&root.join("crates/testing/npm"))
}

/// Installs the packages whose files are missing.
pub(crate) fn meet_packages(root: &Path, packages: &[(&str, &str)]) -> anyhow::Result<()> {
    let missing: Vec<&str> =
        packages.iter().filter(|(file, _)| !is_there(root, file)).map(|(_, package)| *package).collect();
    if missing.is_empty() { Ok(()) } else { install_packages(root, &missing) }
}

/// A path is looked at; a name, or a path with a `*`, is looked up as the shell does.
fn is_there(root: &Path, file: &str) -> bool {
    if file.starts_with('/') && !file.contains('*') {
        return Path::new(file).exists();
    }
    succeeds(&mut command(root, &["sh", "-c", &format!("command -v {file}")]))
}

fn install_packages(root: &Path, missing: &[&str]) -> anyhow::Result<()> {
    say(&format!("missing: {}", missing.join(", ")));
    let by_hand = format!(
        "install by hand, then run this again:\n    sudo apt-get update && sudo apt-get install {}",
        missing.join(" ")
    );
    if !is_there(root, "apt-get") {
        bail!("this is no Debian; {by_hand}");
    }
    let as_root: &[&str] = if is_root()? {
        &[]
    } else if succeeds(&mut command(root, &["sudo", "-n", "true"])) {
        &["sudo", "-n"]
    } else {
        bail!("only root can install packages; {by_hand}");
    };
    // Old lists are better than none, so that the update may fail.
    let update = [as_root, &["apt-get", "-q", "update"]].concat();
    if let Err(error) = run(&mut command(root, &update)) {
        say(&format!("warning: {error:#}"));
    }
    let brings_cluster = missing.contains(&"postgresql");
    if brings_cluster {
        let forbid = format!("mkdir -p {CLUSTERS} && echo 'create_main_cluster = false' > {NO_CLUSTER}");
        run(&mut command(root, &[as_root, &["sh", "-c", &forbid]].concat()))?;
    }
    // Without --no-remove, Exim would take the place of another mail server.
    let install = [
        as_root,
        &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "install", "--yes"],
        &["--no-install-recommends", "--no-remove"],
        missing,
    ]
    .concat();
    let installed = run(&mut command(root, &install)).with_context(|| by_hand);
    if brings_cluster {
        run(&mut command(root, &[as_root, &["rm", "--force", NO_CLUSTER]].concat()))?;
    }
    installed
}

fn is_root() -> anyhow::Result<bool> {
    let own = fs::metadata("/proc/self").context("could not read who runs this")?;
    Ok(own.uid() == 0)
}

/// What a folder takes from npm, at the versions that its lock file pins.
pub(crate) fn install_from_npm(folder: &Path) -> anyhow::Result<()> {
    let wanted = fs::read_to_string(folder.join("package-lock.json"))
        .with_context(|| format!("could not read {}/package-lock.json", folder.display()))?;
    // npm writes this file last, as a record of what it has installed.
    let installed = fs::read_to_string(folder.join("node_modules/.package-lock.json")).unwrap_or_default();
    if same_packages(&wanted, &installed) {
        return Ok(());
    }
    let mut install = command(folder, &["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    let words = words_of(&install);
    run(&mut install).with_context(|| format!("run `{words}` in {} by hand", folder.display()))
}

/// Whether every `integrity` of the lock file is among those installed.
fn same_packages(wanted: &str, installed: &str) -> bool {
    let marks = |lock: &str| -> Vec<String> {
        lock.lines()
            .map(str::trim)
            .filter(|line| line.starts_with("\"integrity\""))
            .map(str::to_owned)
            .collect()
    };
    let (wanted, installed) = (marks(wanted), marks(installed));
    !wanted.is_empty() && wanted.iter().all(|mark| installed.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str =
        "{\n  \"axe-core\": {\n    \"version\": \"4.14.1\",\n    \"integrity\": \"sha512-aaa\",\n  }\n}";

    #[test]
    fn what_npm_has_installed_is_told_by_its_integrity() {
        assert!(same_packages(LOCK, LOCK));
        assert!(!same_packages(LOCK, &LOCK.replace("aaa", "bbb")), "another version");
        assert!(!same_packages(LOCK, ""), "nothing installed");
    }

    #[test]
    fn a_program_is_found_by_its_path_or_by_its_name() {
        let anywhere = Path::new("/");
        assert!(is_there(anywhere, "sh") && is_there(anywhere, "/bin/sh"));
        assert!(is_there(anywhere, "/b*/sh") && !is_there(anywhere, "/b*/no-such-program"));
        assert!(!is_there(anywhere, "no-such-program") && !is_there(anywhere, "/no/such/program"));
    }
}
