//! What a small file of changes costs on the book that was loaded.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};
use zaguan_samplebook::Recipe;

use super::{Files, Import, as_json, expect_rows, peak_mib, policies_import, seconds};
use crate::bench::measured::Spread;
use crate::book::write_file;
use crate::command::say;

/// Rows of each file of changes.
const ROWS: u64 = 1_000;

/// Measures and prints. Each round adds other policies to what the round before left.
pub(super) fn measure(import: &Import, binary: &Path, files: &Files<'_>) -> anyhow::Result<Value> {
    let mut rounds = Vec::new();
    for round in 1..=u64::from(import.rounds) {
        let changes = files.ours.join("changes.csv");
        write_file(&Recipe::plain(ROWS, import.seed.wrapping_add(round)), &changes)?;
        let arguments = [OsStr::new("--mode"), OsStr::new("delta"), changes.as_os_str()];
        rounds.push(policies_import(binary, &files.ours, &arguments)?);
        let loaded = "select count(*) from generation where source = 'changes.csv'";
        // The oldest are not kept.
        let kept = round.min(3);
        expect_rows(&files.ours.join("zaguan.db"), loaded, kept..=kept).context("a delta was not loaded")?;
    }
    let (spread, peak) = (seconds(&rounds)?, peak_mib(&rounds));
    let Spread { least, median, most, .. } = spread;
    say(&format!(
        "delta of {ROWS} rows on {} policies, {} rounds: {median:.2} s ({least:.2}–{most:.2}), peak {peak:.1} MiB",
        import.rows, import.rounds
    ));
    Ok(json!({ "rows": ROWS, "zaguan": as_json(&rounds) }))
}
