//! `cargo xtask prove`: the long versions of what the tests show in minutes about crashes, power cuts and long runs.
//!
//! `docs/reliability.md` has their last reports.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::command::{command, run as run_aloud, say};
use crate::needs::{POSTGRES, meet_packages};

/// What is proved.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Prove {
    /// Kills a portal at any moment of its work, again and again, and looks whether it kept its word.
    ///
    /// Example: `cargo xtask prove crash --rounds 1000`
    Crash {
        /// How often it is killed, within three seconds each time.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..))]
        rounds: u64,
        /// A portal that keeps what it knows on PostgreSQL, instead of in a file.
        #[arg(long)]
        postgres: bool,
        #[command(flatten)]
        how: How,
    },
    /// Kills the primary of two portals' PostgreSQL under their work, again and again, and looks whether they kept their word.
    ///
    /// Example: `cargo xtask prove failover --rounds 100`
    Failover {
        /// How often the primary dies.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
        rounds: u64,
        /// The control: commits do not wait for the standby. It fails unless something was lost.
        #[arg(long)]
        asynchronous: bool,
        #[command(flatten)]
        how: How,
    },
    /// Has PostgreSQL hang, take nobody and show a wrong certificate, kills a portal of two, and looks at who gets in.
    ///
    /// Example: `cargo xtask prove trouble --seconds 30`
    Trouble {
        /// For how long each of them.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
        seconds: u64,
        #[command(flatten)]
        how: How,
    },
    /// Records what the store writes call by call, and puts disks together as a power cut at any moment may leave them.
    ///
    /// Example: `cargo xtask prove power --images 500`
    Power {
        /// How many disks.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(10..))]
        images: u64,
        #[command(flatten)]
        how: How,
    },
    /// Lets a portal work at a third of what it can do, and looks whether anything grows that should not.
    ///
    /// Example: `cargo xtask prove soak --seconds 1200`
    Soak {
        /// For how long. Whether memory grows is not told by less than 600.
        #[arg(long, default_value_t = 1_200, value_parser = clap::value_parser!(u64).range(10..))]
        seconds: u64,
        #[command(flatten)]
        how: How,
    },
}

/// On what, and from where chance comes.
#[derive(Debug, clap::Args)]
pub(crate) struct How {
    /// From where chance comes; the same again does the same, as far as the machine does.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A zaguan that is there already, instead of one built for release.
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
}

/// Proves it, leaves the report in `target/prove`, and answers an error if a promise was broken.
pub(crate) fn run(root: &Path, prove: &Prove) -> anyhow::Result<()> {
    match prove {
        Prove::Crash { rounds, postgres: false, how } => run_one(root, "crash", *rounds, how),
        Prove::Crash { rounds, postgres: true, how } => {
            meet_packages(root, &POSTGRES)?;
            run_one(root, "crash-postgres", *rounds, how)
        }
        Prove::Failover { rounds, asynchronous, how } => {
            meet_packages(root, &POSTGRES)?;
            let what = if *asynchronous { "failover-asynchronous" } else { "failover" };
            run_one(root, what, *rounds, how)
        }
        Prove::Trouble { seconds, how } => {
            meet_packages(root, &POSTGRES)?;
            run_one(root, "trouble", *seconds, how)
        }
        Prove::Power { images, how } => {
            meet_packages(root, &[("/usr/bin/strace", "strace")])?;
            run_one(root, "power", *images, how)
        }
        Prove::Soak { seconds, how } => run_one(root, "soak", *seconds, how),
    }
}

fn run_one(root: &Path, what: &str, count: u64, how: &How) -> anyhow::Result<()> {
    let target = root.join("target");
    let binary = if let Some(binary) = &how.binary {
        fs::canonicalize(binary).with_context(|| format!("there is no {}", binary.display()))?
    } else {
        let build = ["cargo", "build", "--release", "--package", "zaguan", "--target-dir"];
        run_aloud(command(root, &build).arg(&target))?;
        target.join("release/zaguan")
    };
    // Apart, because what this needs of the portal's libraries would else be built into the portal.
    let example = ["cargo", "build", "--package", "zaguan-testing", "--example", "prove", "--target-dir"];
    run_aloud(command(root, &example).arg(&target))?;
    let folder = target.join("prove");
    let work = folder.join(what);
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("{} is in the way", work.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let result = folder.join(format!("{what}.json"));
    let mut prover = command(root, &["nice", "-n", "5"]);
    prover.arg(target.join("debug/examples/prove")).arg(what).arg(&binary).arg(&work);
    prover.args([count.to_string(), how.seed.to_string()]).arg(&result);
    let done = run_aloud(&mut prover);
    let text = fs::read_to_string(&result).with_context(|| format!("there is no {}", result.display()))?;
    let mut told: Value = serde_json::from_str(&text)?;
    told["commit"] = Value::from(said(root, &["git", "describe", "--always", "--dirty"])?);
    told["date"] = Value::from(said(root, &["date", "-u", "+%F"])?);
    fs::write(&result, serde_json::to_string_pretty(&told)? + "\n")?;
    say(&result.display().to_string());
    if done.is_err() {
        bail!(
            "promises were broken: see violations in {}; what is left is in {}",
            result.display(),
            work.display()
        );
    }
    fs::remove_dir_all(&work)?;
    Ok(())
}

/// What a program prints, on one line.
fn said(root: &Path, words: &[&str]) -> anyhow::Result<String> {
    let output = command(root, words).output().with_context(|| format!("could not run {words:?}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
