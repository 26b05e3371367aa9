//! Power cuts at any moment of the real store's writing: nothing that was acknowledged is lost, and what is left is whole.
#![cfg(test)]

use std::process::Command;
use tempfile::TempDir;
use zaguan_testing::reliability::power::{self, Plan, Report};

const IMAGES: u32 = 100;

#[tokio::test]
#[ignore = "another test starts it as a process of its own, to record it"]
async fn writer() {
    power::write_and_tell().await;
}

async fn recorded(environment: &[(&str, &str)]) -> Report {
    let directory = TempDir::new().expect("a directory");
    let mut writer = Command::new(std::env::current_exe().expect("this program"));
    writer.args(["--exact", "writer", "--ignored"]).envs(environment.iter().copied());
    power::run(Plan { writer, images: IMAGES, seed: 1 }, directory.path()).await
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_a_power_cut() {
    let report = recorded(&[]).await;
    println!("{:#}", report.told);
    assert_eq!((report.losses, report.violations), (0, Vec::new()));
    assert!(report.told["syncs"].as_u64() >= Some(u64::from(power::COMMITS)), "{:#}", report.told);
    assert!(report.told["images_with_unsynced_writes"].as_u64() > Some(20), "{:#}", report.told);
}

#[tokio::test]
async fn what_does_not_wait_for_the_disk_is_lost_by_a_power_cut_and_that_is_seen() {
    let report = recorded(&[("FAILPOINTS", "synchronous=return")]).await;
    println!("{:#}", report.told);
    assert!(report.losses > 0, "the disks show nothing: {:#}", report.told);
    assert_eq!(report.violations, [""; 0], "but what is there is whole");
}
