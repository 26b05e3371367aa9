//! `cargo xtask bench growth`: what the same questions cost when there are a thousand times as many people.

mod plot;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::page::{each, expect_only};
use super::portal::{Portal, USUAL_COST};
use super::programs::{Programs, answer_of, number, pause, tell_round};
use super::report::{Bound, Figure, Goal, Report, folder, short};
use super::settings::by_turns;
use crate::command::say;

/// The sizes, and whether the databases stay.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Growth {
    /// How many people, each with an account, a session, a letter and records of the audit trail.
    #[arg(long, value_delimiter = ',', default_value = "10000,1000000,10000000")]
    pub(super) sizes: Vec<u32>,
    /// How often each is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) rounds: u32,
    /// Leaves the databases where they are, and takes those that are there: the largest takes half an hour to make.
    #[arg(long)]
    pub(super) keep: bool,
    /// Where the plot goes.
    #[arg(long, default_value = "target/bench/growth.svg")]
    pub(super) plot: PathBuf,
}

/// What is asked of the store: its name in the client's answer, and in words.
const QUESTIONS: [(&str, &str); 3] = [
    ("/session_us", "look-up of a session"),
    (SIGN_IN_READS, "reads of a sign-in"),
    ("/registration_us", "registration, 128 at a time"),
];

/// What is told of a portal: its name, in words, and in what.
const OF_PORTAL: [(&str, &str, &str); 3] = [
    ("/start_ms", "start to first page", "ms"),
    ("/resident_mib", "resident at rest", "MiB"),
    (SESSION_CHECK, "session check", "µs"),
];

const SIGN_IN_READS: &str = "/sign_in_reads_us";
const SESSION_CHECK: &str = "/session_check_us";

/// What S10 is about.
const GOALS: [&str; 2] = [SESSION_CHECK, SIGN_IN_READS];

/// A database of a size.
struct Grown {
    people: u32,
    folder: PathBuf,
}

/// Measures, prints and plots.
pub(super) fn run(root: &Path, growth: &Growth) -> anyhow::Result<()> {
    let report = measure(&Programs::build(root)?, growth)?;
    report.conclude(root)?;
    let path = folder(root)?.join("growth.json");
    say(&format!("{} and {}", path.display(), root.join(&growth.plot).display()));
    Ok(())
}

/// Makes the databases, asks them by turns, and starts a portal on each.
pub(super) fn measure(programs: &Programs, growth: &Growth) -> anyhow::Result<Report> {
    let grown = growth.sizes.iter().map(|people| grow(programs, *people, growth.keep));
    let grown = grown.collect::<anyhow::Result<Vec<Grown>>>()?;
    let asked = by_turns(growth.rounds, grown.len(), |round, which| ask(programs, &grown[which], round))?;
    let started = by_turns(growth.rounds, grown.len(), |round, which| start(programs, &grown[which], round))?;
    let report = report(programs, growth, &asked, &started)?;
    if !growth.keep {
        for one in &grown {
            fs::remove_dir_all(&one.folder)?;
        }
    }
    Ok(report)
}

/// What tells that a database was made to its end.
const WHOLE: &str = "whole.json";

fn grow(programs: &Programs, people: u32, keep: bool) -> anyhow::Result<Grown> {
    let folder = programs.folder.join(format!("grown-{people}"));
    let grown = Grown { people, folder };
    if keep && grown.folder.join(WHOLE).exists() {
        say(&format!("{} is taken as it is", grown.folder.display()));
        return Ok(grown);
    }
    if grown.folder.exists() {
        fs::remove_dir_all(&grown.folder)?;
    }
    fs::create_dir(&grown.folder)?;
    let mut grow = Command::new(programs.example("grow")?);
    let told = answer_of(grow.arg(grown.database()).arg(people.to_string()))?;
    say(&format!("{people} people: {told}"));
    fs::write(grown.folder.join(WHOLE), format!("{told}\n"))?;
    Ok(grown)
}

impl Grown {
    fn database(&self) -> PathBuf {
        self.folder.join("zaguan.db")
    }
}

fn ask(programs: &Programs, grown: &Grown, round: u32) -> anyhow::Result<Value> {
    let (database, round_word) = (grown.database().display().to_string(), round.to_string());
    let told = programs.load(&["reads", "--database", &database, "--round", &round_word])?;
    let shown: Vec<String> = QUESTIONS
        .iter()
        .map(|(path, words)| Ok(format!("{words} {} µs", short(number(&told, path)?))))
        .collect::<anyhow::Result<_>>()?;
    tell_round(round, &format!("{} people: {}", grown.people, shown.join(", ")));
    Ok(told)
}

/// Starts a portal; answers how long it took in ms, its memory at rest in MiB, and in µs what a session check costs two cores
/// that both ask and answer.
fn start(programs: &Programs, grown: &Grown, round: u32) -> anyhow::Result<Value> {
    let portal = Portal::on(programs, grown.folder.clone())?;
    let running = portal.start(USUAL_COST)?;
    pause(Duration::from_secs(2));
    let memory = running.memory()?;
    let start_ms = running.first_page.as_secs_f64() * 1e3;
    let (to, people) = (running.to(), grown.people.to_string());
    let ask = ["ask", "--to", &to, "--path", "/sesion", "--sessions", &people, "--grown", "--seconds", "2"];
    // The same ones before, so that what is asked for is in memory whatever was asked for last.
    expect_only(&programs.load(&ask)?, "200")?;
    let told = programs.load(&ask)?;
    expect_only(&told, "200")?;
    let session_check_us = 1e6 / number(&told, "/per_second")?;
    tell_round(round, &format!("{people} people: session check {} µs", short(session_check_us)));
    Ok(json!({ "start_ms": start_ms, "resident_mib": memory.resident, "session_check_us": session_check_us }))
}

fn report(
    programs: &Programs,
    growth: &Growth,
    asked: &[Vec<Value>],
    started: &[Vec<Value>],
) -> anyhow::Result<Report> {
    let mut report = Report::new("growth");
    let mut lines = Vec::new();
    let of_reads = QUESTIONS.map(|(path, words)| (path, words, "µs"));
    for (rounds, wanted) in [(asked, &of_reads[..]), (started, &OF_PORTAL[..])] {
        for (path, words, unit) in wanted {
            let figures = of_sizes(growth, rounds, (*path, *words, *unit))?;
            let (Some(smallest), Some(largest)) = (figures.first(), figures.last()) else { continue };
            let ratio = cost_ratio(&format!("{words}, largest over smallest"), largest, smallest);
            if GOALS.contains(path) {
                let words = format!("{words}: {} people over {}", last(growth)?, first(growth)?);
                report.goals.push(Goal::new("S10", &words, Bound::AtMost(1.3), ratio.median()?));
            }
            let medians = figures.iter().map(Figure::median).collect::<anyhow::Result<Vec<f64>>>()?;
            lines.push(plot::Line { name: (*words).to_owned(), unit, medians });
            report.figures.extend(figures);
            report.figures.push(ratio);
        }
    }
    say(&table(&growth.sizes, &lines));
    let path = programs.root.join(&growth.plot);
    fs::write(&path, plot::svg(&growth.sizes, &lines))
        .with_context(|| format!("could not write {}", path.display()))?;
    report.more = json!({ "sizes": growth.sizes });
    Ok(report)
}

/// The medians of all sizes, as a table of Markdown.
fn table(sizes: &[u32], lines: &[plot::Line]) -> String {
    let names: Vec<String> = lines.iter().map(|line| format!("{} ({})", line.name, line.unit)).collect();
    let mut rows = vec![format!("| people | {} |", names.join(" | ")), "|---".repeat(lines.len() + 1) + "|"];
    for (place, size) in sizes.iter().enumerate() {
        let medians = lines.iter().filter_map(|line| line.medians.get(place).copied().map(short));
        let medians: Vec<String> = medians.collect();
        rows.push(format!("| {} | {} |", short(f64::from(*size)), medians.join(" | ")));
    }
    rows.join("\n") + "\n"
}

fn first(growth: &Growth) -> anyhow::Result<u32> {
    growth.sizes.first().copied().context("no size")
}

fn last(growth: &Growth) -> anyhow::Result<u32> {
    growth.sizes.last().copied().context("no size")
}

/// A figure for each size.
fn of_sizes(
    growth: &Growth,
    rounds: &[Vec<Value>],
    (path, words, unit): (&str, &str, &str),
) -> anyhow::Result<Vec<Figure>> {
    let figure = |(people, rounds): (&u32, &Vec<Value>)| {
        Ok(Figure::cost(&format!("{words}, {people} people"), unit, each(rounds, path)?).of_this_run())
    };
    growth.sizes.iter().zip(rounds).map(figure).collect()
}

/// What the larger costs over what the smaller costs, round by round.
fn cost_ratio(name: &str, larger: &Figure, smaller: &Figure) -> Figure {
    let ratio = Figure::ratio(name, larger, smaller);
    Figure { better: super::report::Better::Less, ..ratio }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_size_and_a_column_for_each_cost() {
        let line = |name: &str, unit, medians| plot::Line { name: name.to_owned(), unit, medians };
        let lines =
            [line("session check", "µs", vec![3.0, 3.3]), line("resident at rest", "MiB", vec![17.0, 18.0])];
        let expected = "| people | session check (µs) | resident at rest (MiB) |\n|---|---|---|\n\
            | 10,000 | 3 | 17 |\n| 1,000,000 | 3.3 | 18 |\n";
        assert_eq!(table(&[10_000, 1_000_000], &lines), expected);
    }

    #[test]
    fn what_costs_less_at_the_larger_size_is_better() {
        let cost = |rounds: &[f64]| Figure::cost("session check", "µs", rounds.to_vec());
        let ratio = cost_ratio("ratio", &cost(&[3.3, 3.6]), &cost(&[3.0, 3.0]));
        assert_eq!((ratio.rounds.len(), ratio.better), (2, super::super::report::Better::Less));
    }
}
