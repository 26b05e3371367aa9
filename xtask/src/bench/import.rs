//! `cargo xtask bench import`: the policy book loaded by us and by `sqlite3`, side by side.

use std::fs;
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

/// The store's columns in the order of the file's, under the store's key. It gets the memory that Zaguán may use in all,
/// 200 MiB, because with its usual 2 MB of cache it would only wait for the disk.
const TABLE: &str = "\
pragma cache_size = -200000;
create table policy (
    document text not null, document_kind text not null, discriminator text not null, line text not null,
    number text not null, holder text not null, email text not null, starts_on text not null, ends_on text not null,
    state text not null, primary key (document, line, number)
) strict, without rowid;";

/// Measures, prints, and writes `target/bench/import-ROWS.json`.
pub(super) fn run(root: &Path, import: &Import) -> anyhow::Result<()> {
    meet_packages(root, &[SQLITE, measured::TIME])?;
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let binary = binary(root, import)?;
    let book = folder.join(format!("book-{}-{}.csv", import.rows, import.seed));
    let written = write_file(&Recipe::plain(import.rows, import.seed), &book)?;
    say(&format!("{}: {} rows, {} bytes, unsorted", book.display(), written.rows, written.bytes));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 1..=import.rounds {
        ours.push(ours_once(&binary, &book, &folder, import.rows)?);
        theirs.push(theirs_once(&book, &folder, import.rows)?);
        say(&format!("round {round}: {}; {}", told("zaguan", &ours), told("sqlite3", &theirs)));
    }
    report(import, &folder, &ours, &theirs)
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

fn ours_once(binary: &Path, book: &Path, folder: &Path, rows: u64) -> anyhow::Result<Measured> {
    let directory = fresh(folder, "zaguan")?;
    let configuration = directory.join("zaguan.toml");
    fs::write(&configuration, "[store]\nurl = \"sqlite:zaguan.db\"\n")?;
    let mut import = Command::new(binary);
    import.arg("--config").arg(&configuration).args(["policies", "import"]).arg(book);
    let measured = measure(import.current_dir(&directory), &directory)?;
    expect_rows(&directory.join("zaguan.db"), "select sum(policies) from generation", rows)?;
    fs::remove_dir_all(&directory)?;
    Ok(measured)
}

fn theirs_once(book: &Path, folder: &Path, rows: u64) -> anyhow::Result<Measured> {
    let directory = fresh(folder, "sqlite3")?;
    let database = directory.join("book.db");
    let mut import = Command::new(SQLITE.0);
    import.arg("-bail").arg(&database).args([TABLE, ".mode csv", ".separator ;"]);
    import.arg(format!(".import --skip 1 \"{}\" policy", book.display()));
    let measured = measure(&import, &directory)?;
    expect_rows(&database, "select count(*) from policy", rows)?;
    fs::remove_dir_all(&directory)?;
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
fn expect_rows(database: &Path, question: &str, rows: u64) -> anyhow::Result<()> {
    let output = Command::new(SQLITE.0).arg("-readonly").arg(database).arg(question).output()?;
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if answer != rows.to_string() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{} has {answer:?} rows, not {rows}: {error}", database.display());
    }
    Ok(())
}

fn report(import: &Import, folder: &Path, ours: &[Measured], theirs: &[Measured]) -> anyhow::Result<()> {
    let rows = f64::from(u32::try_from(import.rows)?);
    let (our_spread, their_spread) = (seconds(ours)?, seconds(theirs)?);
    say(&format!("import of {} unsorted rows, {} rounds", import.rows, import.rounds));
    say("                    median s    least–most s      rows/s   processor s   peak MiB");
    for (name, rounds, spread) in [("zaguan", ours, our_spread), ("sqlite3 .import", theirs, their_spread)] {
        let (processor, peak) = (processor_seconds(rounds)?, peak_mib(rounds));
        let Spread { least, median, most } = spread;
        let range = format!("{least:.2}–{most:.2}");
        say(&format!(
            "{name:<18} {median:>9.2} {range:>15} {:>11.0} {processor:>13.2} {peak:>10.1}",
            rows / median
        ));
    }
    let ratio = their_spread.median / our_spread.median;
    say(&format!("zaguan's pace over sqlite3's: {ratio:.2} (goal: 1); its peak memory: at most 200 MiB"));
    let result = json!({
        "rows": import.rows,
        "rounds": import.rounds,
        "seed": import.seed,
        "zaguan": as_json(ours),
        "sqlite3": as_json(theirs),
        "pace_over_sqlite3": ratio,
    });
    let path = folder.join(format!("import-{}.json", import.rows));
    fs::write(&path, format!("{result:#}\n"))
        .with_context(|| format!("could not write {}", path.display()))?;
    say(&path.display().to_string());
    Ok(())
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
