//! kill -9 at any moment: what was acknowledged is there, and no key works twice.

use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use zaguan_testing::reliability::crash::{self, Plan};
use zaguan_testing::reliability::{Engine, Sabotage};

const SEED: u64 = 20_261_123;

fn plan(engine: Engine, rounds: u64, within: Duration) -> Plan {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_zaguan"));
    Plan { binary, engine, rounds, within, seed: SEED, wait_for_letters: false, sabotage: Vec::new() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_that_is_killed_a_hundred_times_keeps_its_word() {
    keeps_its_word_on(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_on_postgresql_that_is_killed_a_hundred_times_keeps_its_word() {
    keeps_its_word_on(Engine::Postgres).await;
}

async fn keeps_its_word_on(engine: Engine) {
    let directory = TempDir::new().expect("a directory");
    let report = crash::run(plan(engine, 100, Duration::from_secs(1)), directory.path()).await;
    println!("{:#}", report.told);
    // How soon it is ready again is a figure of the machine: see docs/reliability.md.
    let broken: Vec<_> = report.violations.iter().filter(|told| !told.contains("ready only after")).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(report.told["accounts"].as_u64() > Some(20), "hardly anything was done: {:#}", report.told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_broken_promise_would_be_found() {
    const FIRST: u64 = 6;
    let directory = TempDir::new().expect("a directory");
    let rounds = FIRST + 2 * u64::try_from(Sabotage::ALL.len()).expect("few");
    let when = (FIRST..).step_by(2);
    let plan = Plan {
        sabotage: when.clone().zip(Sabotage::ALL).collect(),
        ..plan(Engine::Sqlite, rounds, Duration::from_secs(2))
    };
    let report = crash::run(plan, directory.path()).await;
    for (round, sabotage) in when.zip(Sabotage::ALL) {
        let told = |round: u64| {
            let beginning = format!("round {round}: ");
            let of_round = report.violations.iter().filter(move |told| told.starts_with(&beginning));
            of_round.filter(|told| told.contains(sabotage.found_as())).count()
        };
        assert_eq!((0..round).map(told).sum::<usize>(), 0, "{sabotage:?} was told before it was done");
        assert!((round..rounds).map(told).sum::<usize>() > 0, "{sabotage:?}: {:#?}", report.violations);
    }
}
