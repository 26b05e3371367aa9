//! The primary of PostgreSQL dies under two portals: what they acknowledged is there, and they go on.

use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use zaguan_testing::Replication;
use zaguan_testing::reliability::failover::{self, Plan};
use zaguan_testing::reliability::trouble;

const SEED: u64 = 20_261_123;

fn plan(rounds: u64, replication: Replication) -> Plan {
    Plan { binary: PathBuf::from(env!("CARGO_BIN_EXE_zaguan")), rounds, seed: SEED, replication }
}

/// What was promised, but for how soon: that is a figure of the machine, see docs/reliability.md.
fn broken(violations: &[String]) -> Vec<&String> {
    violations.iter().filter(|told| !told.contains("only after")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn portals_keep_their_word_when_the_primary_dies_and_the_standby_takes_its_place() {
    let directory = TempDir::new().expect("a directory");
    let (told, violations) = failover::run(&plan(10, Replication::Synchronous), directory.path()).await;
    println!("{told:#}");
    assert!(broken(&violations).is_empty(), "{violations:#?}");
    assert!(told["accounts"].as_u64() > Some(10), "hardly anything was done: {told:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_standby_that_nobody_waits_for_used_keys_live_again_and_are_found_to() {
    let directory = TempDir::new().expect("a directory");
    let (told, violations) = failover::run(&plan(3, Replication::Asynchronous), directory.path()).await;
    println!("{told:#}");
    assert!(
        !broken(&violations).is_empty(),
        "nothing was lost, so that the other test sees nothing: {told:#}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_wrong_with_postgresql_nobody_gets_in_who_should_not_and_all_goes_on_afterwards() {
    let directory = TempDir::new().expect("a directory");
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_zaguan"));
    let plan = trouble::Plan { binary, lasts: Duration::from_secs(5), seed: SEED };
    let (told, violations) = trouble::run(&plan, directory.path()).await;
    println!("{told:#}");
    assert!(broken(&violations).is_empty(), "{violations:#?}");
}
