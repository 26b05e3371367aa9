//! What it costs to look up the policies of a document in what each of the two made of the book.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::Files;
use crate::bench::measured::Spread;
use crate::command::{command, say, words_of};

/// How often all documents of the sample are looked up in each file.
const ROUNDS: &str = "7";

/// Measures and prints.
pub(super) fn measure(root: &Path, files: &Files<'_>) -> anyhow::Result<Value> {
    let mut look_up = command(
        root,
        &["cargo", "bench", "--quiet", "--package", "zaguan-store", "--bench", "look_up", "--"],
    );
    let database = files.ours.join("zaguan.db");
    look_up.arg(&database).arg(generation(&database)?).arg(&files.theirs).arg(ROUNDS);
    let output = look_up.output().with_context(|| format!("could not run `{}`", words_of(&look_up)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", words_of(&look_up), String::from_utf8_lossy(&output.stderr).trim());
    }
    let rounds = read(&String::from_utf8_lossy(&output.stdout));
    let median = |column: usize| {
        let spread = Spread::of(rounds.iter().map(|round| round[column]));
        spread.map(|spread| spread.median).context("nothing was looked up")
    };
    let (generation, table, store) = (median(0)?, median(1)?, median(2)?);
    say(&format!(
        "look-up of a document, median of {ROUNDS} rounds: {generation:.2} µs in the generation, {table:.2} µs in \
         sqlite3's table ({:.2} times that); {store:.2} µs through the store, which asks first which generation is in use",
        generation / table
    ));
    Ok(json!({
        "generation_microseconds": rounds.iter().map(|round| round[0]).collect::<Vec<f64>>(),
        "table_microseconds": rounds.iter().map(|round| round[1]).collect::<Vec<f64>>(),
        "store_microseconds": rounds.iter().map(|round| round[2]).collect::<Vec<f64>>(),
        "generation_over_table": generation / table,
    }))
}

/// The only generation that is there.
fn generation(database: &Path) -> anyhow::Result<PathBuf> {
    let mut directory = database.as_os_str().to_owned();
    directory.push(".book");
    for entry in fs::read_dir(&directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sqlite") {
            return Ok(path);
        }
    }
    bail!("there is no generation in {}", Path::new(&directory).display())
}

/// The lines with three numbers.
fn read(output: &str) -> Vec<[f64; 3]> {
    let numbers = |line: &str| {
        let numbers: Result<Vec<f64>, _> = line.split(' ').map(str::parse).collect();
        numbers.ok().and_then(|numbers| numbers.try_into().ok())
    };
    output.lines().filter_map(numbers).collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn lines_with_three_numbers_are_rounds() {
        let output = "microseconds a document: generation, table, store\n1.5 2 3\n1 2\n4 5 6.25\n";
        assert_eq!(read(output), [[1.5, 2.0, 3.0], [4.0, 5.0, 6.25]]);
    }
}
