//! Proves what the project promises about crashes and about long runs: `prove WHAT BINARY DIRECTORY COUNT SEED RESULT`,
//! where COUNT is how many kills (`crash`, `crash-postgres`, `failover`, `failover-asynchronous`), how many disks (`power`) or how many
//! seconds (`soak`, `trouble`).
//!
//! `cargo xtask prove` runs it.

use anyhow::{Context as _, bail};
use std::env::{args, current_exe};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use zaguan_testing::Replication;
use zaguan_testing::reliability::{Engine, crash, failover, power, soak, trouble};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = args().skip(1).collect();
    if arguments == ["writer"] {
        power::write_and_tell().await;
    }
    let [what, binary, directory, count, seed, result] = &arguments[..] else {
        bail!("say: prove WHAT BINARY DIRECTORY COUNT SEED RESULT");
    };
    let (binary, directory) = (PathBuf::from(binary), Path::new(directory));
    let (count, seed): (u64, u64) =
        (count.parse().context(count.clone())?, seed.parse().context(seed.clone())?);
    fs::create_dir_all(directory)?;
    let (told, violations) = match what.as_str() {
        "crash" | "crash-postgres" => {
            let engine = if what == "crash" { Engine::Sqlite } else { Engine::Postgres };
            let within = Duration::from_secs(3);
            let plan = crash::Plan {
                binary,
                engine,
                rounds: count,
                within,
                seed,
                wait_for_letters: true,
                sabotage: Vec::new(),
            };
            let report = crash::run(plan, directory).await;
            (report.told, report.violations)
        }
        "soak" => {
            let plan = soak::Plan { binary, runs: Duration::from_secs(count), seed, hashing: "" };
            soak::run(&plan, directory).await
        }
        "failover" => {
            let plan = failover::Plan { binary, rounds: count, seed, replication: Replication::Synchronous };
            failover::run(&plan, directory).await
        }
        "failover-asynchronous" => {
            let plan = failover::Plan { binary, rounds: count, seed, replication: Replication::Asynchronous };
            let (told, lost) = failover::run(&plan, directory).await;
            let blind = "nothing was lost where something had to be, so that the proof sees nothing";
            (told, if lost.is_empty() { vec![blind.to_owned()] } else { Vec::new() })
        }
        "trouble" => {
            let plan = trouble::Plan { binary, lasts: Duration::from_secs(count), seed };
            trouble::run(&plan, directory).await
        }
        "power" => prove_power(u32::try_from(count)?, seed, directory).await?,
        other => bail!("nothing proves {other}"),
    };
    fs::write(result, serde_json::to_string_pretty(&told)? + "\n")?;
    if !violations.is_empty() {
        bail!("{}", violations.join("\n"));
    }
    Ok(())
}

/// The real store, and one whose commits do not wait for the disk: there a loss must be found.
async fn prove_power(
    images: u32,
    seed: u64,
    directory: &Path,
) -> anyhow::Result<(serde_json::Value, Vec<String>)> {
    let mut reports = Vec::new();
    for (name, relaxed) in [("full", false), ("normal", true)] {
        let mut writer = Command::new(current_exe()?);
        writer.arg("writer");
        if relaxed {
            writer.env("FAILPOINTS", "synchronous=return");
        }
        let directory = directory.join(name);
        fs::create_dir(&directory)?;
        reports.push(power::run(power::Plan { writer, images, seed }, &directory).await);
    }
    let [full, control] = &reports[..] else { bail!("two reports") };
    let mut violations = full.violations.clone();
    if full.losses > 0 {
        violations.push(format!("something acknowledged is missing on {} disks", full.losses));
    }
    if control.losses == 0 {
        violations.push("nothing is lost where commits do not wait for the disk: nothing is seen".to_owned());
    }
    let told = serde_json::json!({ "what": "power", "full": full.told, "normal": control.told,
        "violations": violations });
    Ok((told, violations))
}
