//! `cargo xtask bench import`: the policy book loaded by us and by `sqlite3`, side by side, and what comes after: looking
//! up in what each of them made, and small changes to a big book.

mod delta;
mod look_up;

use std::ffi::OsStr;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use zaguan_samplebook::Recipe;

use super::measured::{self, Measured, Spread, measure};
use crate::book::write_file;
use crate::command::{command, run as run_aloud, say};
use crate::needs::meet_packages;

const SQLITE: (&str, &str) = ("/usr/bin/sqlite3", "sqlite3");

/// What is loaded, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Policies in the book.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=zaguan_samplebook::ROWS_AT_MOST))]
    rows: u64,
    /// How often each program loads it.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(3..))]
    rounds: u32,
    /// The book's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A zaguan that is there already, instead of one built for release.
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
}

impl Import {
    /// So many rows, so often, otherwise as usual.
    pub(super) fn of(rows: u64, rounds: u32) -> Self {
        Self { rows, rounds, seed: 1, binary: None }
    }
}

/// The store's columns in the order of the file's, under the store's key. It gets the memory that Zaguán may use in all,
/// 200 MiB, because with its usual 2 MB of cache it would only wait for the disk.
const TABLE: &str = "\
pragma cache_size = -200000;
create table policy (
    document text not null, document_kind text not null, discriminator text not null, line text not null,
    number text not null, holder text not null, email text not null, starts_on text not null, ends_on text not null,
    state text not null, primary key (document, line, number)
) strict, without rowid;";

/// Files that are measured: the book, and what the last round made of it.
struct Files<'a> {
    folder: &'a Path,
    /// The directory with our database.
    ours: PathBuf,
    /// The database of sqlite3.
    theirs: PathBuf,
}

/// Measures, prints, and writes `target/bench/import.json`.
pub(super) fn run(root: &Path, import: &Import) -> anyhow::Result<()> {
    meet_packages(root, &[SQLITE, measured::TIME])?;
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let binary = binary(root, import)?;
    let book = folder.join(format!("book-{}-{}.csv", import.rows, import.seed));
    let written = write_file(&Recipe::plain(import.rows, import.seed), &book)?;
    say(&format!("{}: {} rows, {} bytes, unsorted", book.display(), written.rows, written.bytes));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let files =
        Files { folder: &folder, ours: folder.join("zaguan"), theirs: folder.join("sqlite3/book.db") };
    for round in 1..=import.rounds {
        ours.push(ours_once(&binary, &book, &files, import.rows)?);
        theirs.push(theirs_once(&book, &files, import.rows)?);
        say(&format!("round {round}: {}; {}", told("zaguan", &ours), told("sqlite3", &theirs)));
    }
    let mut result = report(import, &ours, &theirs)?;
    result["look_up"] = look_up::measure(root, &files)?;
    result["delta"] = delta::measure(import, &binary, &files)?;
    for directory in ["zaguan", "sqlite3"] {
        fs::remove_dir_all(folder.join(directory))?;
    }
    let path = folder.join("import.json");
    fs::write(&path, format!("{result:#}\n"))
        .with_context(|| format!("could not write {}", path.display()))?;
    say(&path.display().to_string());
    Ok(())
}

fn told(name: &str, rounds: &[Measured]) -> String {
    rounds.last().map_or_else(String::new, |last| format!("{name} {:.2} s", last.seconds))
}

fn binary(root: &Path, import: &Import) -> anyhow::Result<PathBuf> {
    if let Some(binary) = &import.binary {
        return fs::canonicalize(binary).with_context(|| format!("there is no {}", binary.display()));
    }
    run_aloud(&mut command(root, &["cargo", "build", "--release", "--package", "zaguan"]))?;
    Ok(root.join("target/release/zaguan"))
}

fn ours_once(binary: &Path, book: &Path, files: &Files<'_>, rows: u64) -> anyhow::Result<Measured> {
    let directory = fresh(files.folder, "zaguan")?;
    fs::write(directory.join("zaguan.toml"), "[store]\nurl = \"sqlite:zaguan.db\"\n")?;
    let measured = policies_import(binary, &directory, &[book.as_os_str()])?;
    // Of ten million invented policies, three have a document that is one digit over and over, which is rejected.
    let at_least = rows - rows / 1_000_000;
    expect_rows(&directory.join("zaguan.db"), "select sum(policies) from generation", at_least..=rows)?;
    Ok(measured)
}

/// One `zaguan policies import` into the database that is in the directory.
fn policies_import(binary: &Path, directory: &Path, arguments: &[&OsStr]) -> anyhow::Result<Measured> {
    let mut import = Command::new(binary);
    import.args(["--config", "zaguan.toml", "policies", "import"]).args(arguments);
    measure(import.current_dir(directory), directory)
}

fn theirs_once(book: &Path, files: &Files<'_>, rows: u64) -> anyhow::Result<Measured> {
    let directory = fresh(files.folder, "sqlite3")?;
    let mut import = Command::new(SQLITE.0);
    import.arg("-bail").arg(&files.theirs).args([TABLE, ".mode csv", ".separator ;"]);
    import.arg(format!(".import --skip 1 \"{}\" policy", book.display()));
    let measured = measure(&import, &directory)?;
    expect_rows(&files.theirs, "select count(*) from policy", rows..=rows)?;
    Ok(measured)
}

/// An empty directory, whatever an interrupted run may have left in it.
fn fresh(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let directory = folder.join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir(&directory).with_context(|| format!("could not make {}", directory.display()))?;
    Ok(directory)
}

/// A fast load that leaves rows out would be no load.
fn expect_rows(database: &Path, question: &str, rows: RangeInclusive<u64>) -> anyhow::Result<()> {
    let output = Command::new(SQLITE.0).arg("-readonly").arg(database).arg(question).output()?;
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !answer.parse().is_ok_and(|answer: u64| rows.contains(&answer)) {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{} has {answer:?} rows, not {} to {}: {error}", database.display(), rows.start(), rows.end());
    }
    Ok(())
}

fn report(import: &Import, ours: &[Measured], theirs: &[Measured]) -> anyhow::Result<Value> {
    let rows = f64::from(u32::try_from(import.rows)?);
    let (our_spread, their_spread) = (seconds(ours)?, seconds(theirs)?);
    say(&format!("import of {} unsorted rows, {} rounds", import.rows, import.rounds));
    say("                    median s    least–most s      rows/s   processor s   peak MiB");
    for (name, rounds, spread) in [("zaguan", ours, our_spread), ("sqlite3 .import", theirs, their_spread)] {
        let (processor, peak) = (processor_seconds(rounds)?, peak_mib(rounds));
        let Spread { least, median, most, .. } = spread;
        let range = format!("{least:.2}–{most:.2}");
        say(&format!(
            "{name:<18} {median:>9.2} {range:>15} {:>11.0} {processor:>13.2} {peak:>10.1}",
            rows / median
        ));
    }
    let ratio = their_spread.median / our_spread.median;
    say(&format!("zaguan's pace over sqlite3's: {ratio:.2} (goal: 1); its peak memory: at most 200 MiB"));
    Ok(json!({
        "rows": import.rows,
        "rounds": import.rounds,
        "seed": import.seed,
        "zaguan": as_json(ours),
        "sqlite3": as_json(theirs),
        "pace_over_sqlite3": ratio,
    }))
}

fn seconds(rounds: &[Measured]) -> anyhow::Result<Spread> {
    Spread::of(rounds.iter().map(|round| round.seconds)).context("nothing was measured")
}

fn processor_seconds(rounds: &[Measured]) -> anyhow::Result<f64> {
    let spread = Spread::of(rounds.iter().map(|round| round.processor_seconds));
    spread.map(|spread| spread.median).context("nothing was measured")
}

fn peak_mib(rounds: &[Measured]) -> f64 {
    rounds.iter().map(|round| round.peak_mib).fold(0.0, f64::max)
}

fn as_json(rounds: &[Measured]) -> Value {
    rounds
        .iter()
        .map(|round| {
            json!({
                "seconds": round.seconds,
                "processor_seconds": round.processor_seconds,
                "peak_mib": round.peak_mib,
            })
        })
        .collect()
}
