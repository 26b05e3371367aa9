//! `cargo xtask bench commit`: registrations made durable by the store, over one transaction each.

use std::fs;
use std::path::Path;

use serde_json::Value;
use zaguan_samplebook::Recipe;

use super::page::{each, expect_only};
use super::portal::{Portal, USUAL_COST};
use super::programs::{Programs, number, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::{Settings, by_turns};
use crate::book::write_file;

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
    report.figures.push(over_http(programs, settings)?);
    Ok(report)
}

/// Policies in the book of those who register over HTTP; more than can register in all rounds.
const POLICIES: u64 = 300_000;

/// Whole registrations: the page, the form, the answer that a letter is on its way, and the clerk and the postman at work.
fn over_http(programs: &Programs, settings: &Settings) -> anyhow::Result<Figure> {
    let portal = Portal::prepare(programs, "registering")?;
    let book = portal.folder().join("book.csv");
    write_file(&Recipe::plain(POLICIES, 1), &book)?;
    portal.import(&book)?;
    let running = portal.start(USUAL_COST)?;
    let (to, book, seconds) = (running.to(), book.display().to_string(), settings.seconds());
    let mut rates = Vec::new();
    for round in 1..=settings.rounds {
        let from = (round * 40_000).to_string();
        let words = ["register", "--to", &to, "--book", &book, "--seconds", &seconds, "--from-turn", &from];
        let told = programs.load(&words)?;
        expect_only(&told, "303")?;
        let rate = number(&told, "/per_second")?;
        tell_round(round, &format!("over HTTP: {rate:.0}/s"));
        rates.push(rate);
    }
    Ok(Figure::speed("registrations: whole ones over HTTP, 128 at a time", "/s", rates))
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
