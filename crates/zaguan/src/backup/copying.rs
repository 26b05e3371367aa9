//! Copying files beside a running portal: in small steps, each on the disk before the next, with as much rest as work.

use super::manifest::{FileFacts, hexadecimal};
use crate::book::Progress;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Instant;
use zaguan_store::Snapshot;

/// So much goes at a time, in bytes.
const STEP: u64 = 2 * 1024 * 1024;

/// The steps of a long copy, and how far it is.
#[derive(Debug)]
pub(crate) struct Pace {
    since: Instant,
    rests: bool,
    done: u64,
    progress: Progress,
}

impl Pace {
    /// For so many bytes, beside a portal that runs.
    pub(crate) fn restful(bytes: u64) -> Self {
        Self { rests: true, ..Self::alone(bytes) }
    }

    /// For so many bytes, where nobody else waits.
    pub(crate) fn alone(bytes: u64) -> Self {
        Self { since: Instant::now(), rests: false, done: 0, progress: Progress::to_person(bytes) }
    }

    /// A step of so many bytes is done. Beside a portal it is put on the disk, so that no long queue builds up there in
    /// which others' writes would wait; and the disk and the processor are left to others for as long as it took.
    pub(crate) async fn rest(&mut self, file: &File, bytes: u64) -> io::Result<()> {
        self.done += bytes;
        self.progress.tell_bytes(self.done);
        if self.rests {
            file.sync_data()?;
            tokio::time::sleep(self.since.elapsed()).await;
            self.since = Instant::now();
        }
        Ok(())
    }
}

/// Makes an empty file for its owner only, durable when it is closed by who writes it.
pub(crate) fn make_file(path: &Path) -> Result<File> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.with_context(|| format!("{} cannot be made", path.display()))
}

/// Copies the database to where no file is.
pub(crate) async fn copy_database(snapshot: &Snapshot, to: &Path, pace: &mut Pace) -> Result<()> {
    let copy = make_file(to)?;
    let mut copied = 0;
    snapshot
        .copy_database(to, async |step| {
            let bytes = step.bytes.saturating_sub(copied);
            copied = step.bytes;
            pace.rest(&copy, bytes).await.map_err(anyhow::Error::from)
        })
        .await
        .context("the database cannot be copied")?;
    Ok(copy.sync_all()?)
}

/// Copies a file to where none is; answers by what it is known again.
pub(crate) async fn copy(mut from: File, to: &Path, pace: &mut Pace) -> Result<FileFacts> {
    let mut file = make_file(to)?;
    let written = || format!("{} cannot be written", to.display());
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut step = Vec::new();
    loop {
        step.clear();
        Read::by_ref(&mut from).take(STEP).read_to_end(&mut step).context("a file cannot be read")?;
        if step.is_empty() {
            break;
        }
        hash.update(&step);
        file.write_all(&step).with_context(written)?;
        let length = step.len() as u64;
        bytes += length;
        pace.rest(&file, length).await.with_context(written)?;
    }
    file.sync_all().with_context(written)?;
    Ok(FileFacts { bytes, sha256: hexadecimal(&hash.finalize()) })
}

/// By what a file is known again.
pub(crate) fn facts(path: &Path) -> Result<FileFacts> {
    let read = || format!("{} cannot be read", path.display());
    let mut file = File::open(path).with_context(read)?;
    let mut hash = Sha256::new();
    let mut step = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        match file.read(&mut step).with_context(read)? {
            0 => break,
            read => {
                hash.update(&step[..read]);
                bytes += read as u64;
            }
        }
    }
    Ok(FileFacts { bytes, sha256: hexadecimal(&hash.finalize()) })
}
