//! A portal that works: what it needs is bounded.

use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use zaguan_testing::reliability::{FAST_HASHES, soak};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_at_work_keeps_no_descriptor_and_its_log_is_bounded() {
    let directory = TempDir::new().expect("a directory");
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_zaguan"));
    let plan = soak::Plan { binary, runs: Duration::from_secs(10), seed: 1, hashing: FAST_HASHES };
    let (told, violations) = soak::run(&plan, directory.path()).await;
    println!("{told:#}");
    assert_eq!(violations, [""; 0]);
    assert!(told["requests"].as_u64() > Some(100), "it hardly worked: {told:#}");
}
