//! Proves what the project promises about crashes and about long runs: `prove WHAT BINARY DIRECTORY COUNT SEED RESULT`,
//! where COUNT is how many kills (`crash`, `failover`, `failover-asynchronous`) or how many seconds (`soak`, `trouble`).
//!
//! `cargo xtask prove` runs it.

use anyhow::{Context as _, bail};
use std::env::args;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zaguan_testing::Replication;
use zaguan_testing::reliability::{crash, failover, soak, trouble};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = args().skip(1).collect();
    let [what, binary, directory, count, seed, result] = &arguments[..] else {
        bail!("say: prove WHAT BINARY DIRECTORY COUNT SEED RESULT");
    };
    let (binary, directory) = (PathBuf::from(binary), Path::new(directory));
    let (count, seed): (u64, u64) =
        (count.parse().context(count.clone())?, seed.parse().context(seed.clone())?);
    fs::create_dir_all(directory)?;
    let (told, violations) = match what.as_str() {
        "crash" => {
            let within = Duration::from_secs(3);
            let plan = crash::Plan {
                binary,
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
        other => bail!("nothing proves {other}"),
    };
    fs::write(result, serde_json::to_string_pretty(&told)? + "\n")?;
    if !violations.is_empty() {
        bail!("{}", violations.join("\n"));
    }
    Ok(())
}
