//! Power cuts: what a real store wrote is recorded call by call, and disks are put together as a cut at any moment may
//! leave them: with all that was synced, and with any part of what was not.
//!
//! The index of the write-ahead log is mapped into memory and not among the calls; SQLite makes it anew.

mod disk;
mod trace;
mod writing;

use crate::or_fail::{OrFail as _, fail};
use disk::Disk;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use trace::{Event, events};
use zaguan_store::{Store, StoreSettings};

pub use writing::{COMMITS, write_and_tell};

/// The pieces of a write that reach the disk or not, in bytes: a sector of old disks, and one of new ones.
const PIECES: [usize; 2] = [512, 4096];

/// What is done.
#[derive(Debug)]
pub struct Plan {
    /// A program, with its arguments, that calls [`write_and_tell`] in the directory where it is started.
    pub writer: Command,
    /// How many disks are put together.
    pub images: u32,
    /// Where the chance comes from.
    pub seed: u64,
}

/// What was found on the disks.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was done and found, for a page.
    pub told: Value,
    /// On how many disks something was missing that had been acknowledged.
    pub losses: u32,
    /// What was broken besides.
    pub violations: Vec<String>,
}

/// Records the writer in this empty directory, and looks at the disks.
///
/// # Panics
/// When `strace` is not there or the writer fails.
pub async fn run(mut plan: Plan, directory: &Path) -> Report {
    let (work, image) = (directory.join("work"), directory.join("image"));
    fs::create_dir(&work).or_fail("a directory to write in");
    let recorded = record(&mut plan.writer, &work, &directory.join("trace"));
    let first =
        recorded.iter().position(|event| matches!(event, Event::Told(0))).or_fail("the begin of the writing");
    let syncs = recorded.iter().filter(|event| matches!(event, Event::Synced(_))).count();
    let mut rng = ChaCha20Rng::seed_from_u64(plan.seed);
    let (mut losses, mut violations, mut unsynced) = (0, Vec::new(), 0);
    for number in 0..plan.images {
        let cut = rng.random_range(first + 1..=recorded.len());
        let piece = PIECES[usize::try_from(number).unwrap_or(0) % PIECES.len()];
        let mut disk = Disk::default();
        recorded[..cut].iter().for_each(|event| disk.take(event));
        unsynced += usize::from(disk.has_unsynced());
        disk.write_to(&image, &work, piece, &mut rng);
        let told = recorded[..cut].iter().rev().find_map(|event| match event {
            Event::Told(number) => Some(*number),
            Event::Wrote { .. }
            | Event::Cut { .. }
            | Event::Synced(_)
            | Event::Moved { .. }
            | Event::Removed(_) => None,
        });
        let found = look(&image, told.unwrap_or(0)).await;
        losses += u32::from(found.iter().any(|what| what.starts_with("I4")));
        violations.extend(found.into_iter().map(|what| format!("image {number}, cut at call {cut}: {what}")));
    }
    violations.retain(|what| !what.contains(": I4"));
    let told = json!({
        "what": "power",
        "images": plan.images,
        "seed": plan.seed,
        "calls": recorded.len() - first,
        "syncs": syncs,
        "images_with_unsynced_writes": unsynced,
        "images_with_a_loss": losses,
        "violations": violations,
    });
    Report { told, losses, violations }
}

/// Runs the writer under `strace`.
fn record(writer: &mut Command, work: &Path, trace: &Path) -> Vec<Event> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-y", "-xx", "-s", "2000000", "-e"]);
    strace.arg("trace=write,pwrite64,writev,pwritev,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat");
    strace.arg("-o").arg(trace).arg(writer.get_program()).args(writer.get_args()).current_dir(work);
    strace.envs(writer.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = strace.output().or_fail("strace runs; `cargo xtask test` installs it");
    if !output.status.success() {
        fail(format_args!("the writer failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let text = fs::read_to_string(trace).or_fail("reading the trace");
    let work = fs::canonicalize(work).or_fail("the directory's name");
    let recorded = events(&text, &work);
    let told = recorded.iter().filter(|event| matches!(event, Event::Told(_))).count();
    if told != usize::try_from(COMMITS).unwrap_or(0) + 1 {
        fail(format_args!("{told} commits are told of in the trace, and there were {COMMITS}"));
    }
    recorded
}

/// Opens a disk with the real store, and looks at what was acknowledged before the cut.
async fn look(image: &Path, told: u32) -> Vec<String> {
    let path = image.join("zaguan.db");
    let mut found = Vec::new();
    match Store::open(StoreSettings::sqlite(path.clone())).await {
        Ok(store) => {
            match store.verify_audit(None).await {
                Ok(verified) if verified.faults.is_empty() => {}
                verified => found.push(format!("I8: {verified:?}")),
            }
            store.close().await;
        }
        Err(error) => return vec![format!("I9: it cannot be opened: {error}")],
    }
    let database = Connection::open(&path).or_fail("opening the image");
    let whole: String =
        database.query_row("pragma integrity_check", [], |row| row.get(0)).or_fail("its integrity");
    if whole != "ok" {
        found.push(format!("I9: {whole}"));
    }
    let count =
        |question: &str| database.query_row(question, [], |row| row.get::<_, u32>(0)).or_fail(question);
    // Commits take turns: a key with its letter, and the password that is set with it.
    let (keys, accounts) = (count("select count(*) from key"), count("select count(*) from account"));
    let there = keys + accounts;
    if there < told {
        found.push(format!("I4: {told} commits were acknowledged, and {there} are there"));
    }
    if accounts > keys || keys > accounts + 1 {
        found.push(format!(
            "I4: commits are there without those before them: {keys} keys, {accounts} accounts"
        ));
    }
    let alone = count(
        "select (select count(*) from key where spent_at is not null
            and not exists (select 1 from account where account.document = key.document))
        + (select count(*) from account where not exists
            (select 1 from key where key.document = account.document and key.spent_at is not null))",
    );
    if alone > 0 {
        found.push(format!("I2, I3: {alone} keys or passwords are there without the other"));
    }
    let silent =
        count("select count(*) from key where not exists (select 1 from letter where letter.key = key.id)");
    if silent > 0 {
        found.push(format!("I5: {silent} keys have no letter"));
    }
    found
}
