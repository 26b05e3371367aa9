//! `cargo xtask bench commit`: registrations made durable by the store, over one transaction each.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::page::each;
use super::programs::{Programs, number, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::{Settings, by_turns};

/// Ways to write, and the words that ask for them.
const WAYS: [(&str, &[&str]); 4] = [
    ("the store, 128 callers", &["--callers", "128"]),
    ("the store, 32 callers", &["--callers", "32"]),
    ("the store, 1 caller", &["--callers", "1"]),
    ("SQLite, a transaction each", &["--plain"]),
];

/// Measures and prints.
pub(super) fn run(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    measure(&Programs::build(root)?, settings)?.conclude(root)
}

/// All ways by turns, each time in a fresh database on the disk of `target`.
pub(super) fn measure(programs: &Programs, settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("commit");
    let (folder, seconds) = (programs.folder.join("commit"), settings.seconds());
    let all = by_turns(settings.rounds, WAYS.len(), |round, which| {
        let (name, words) = WAYS[which];
        let told = once(programs, &folder, &[words, &["--seconds", &seconds]].concat())?;
        tell_round(round, &format!("{name}: {:.0}/s", number(&told, "/per_second")?));
        Ok(told)
    })?;
    let figures: Vec<Figure> = WAYS
        .iter()
        .zip(&all)
        .map(|((name, _), rounds)| {
            Ok(Figure::speed(&format!("registrations: {name}"), "/s", each(rounds, "/per_second")?))
        })
        .collect::<anyhow::Result<_>>()?;
    let ratio =
        Figure::ratio("registrations, 128 callers, over a transaction each", &figures[0], &figures[3]);
    let words = "durable registrations at 128 callers over one transaction each";
    report.goals.push(Goal::new("S5", words, Bound::AtLeast(5.0), ratio.median()?));
    report.figures.extend(figures);
    report.figures.push(ratio);
    Ok(report)
}

fn once(programs: &Programs, folder: &Path, words: &[&str]) -> anyhow::Result<Value> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let path = folder.display().to_string();
    let told = programs.load(&[&["registrations", "--folder", &path], words].concat())?;
    fs::remove_dir_all(folder)?;
    Ok(told)
}
