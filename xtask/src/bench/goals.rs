//! `cargo xtask bench goals`: the short form of every measurement, one after another, and one table of what was reached.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use serde_json::Value;

use super::growth::{self, Growth};
use super::import;
use super::portal::{Portal, USUAL_COST};
use super::postgres::{self, Postgres};
use super::programs::Programs;
use super::report::{Bound, Goal, Report, folder, goals_table};
use super::settings::Settings;
use super::{commit, letters, overload, page, sign_in, start};
use crate::command::say;

/// How much of it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Goals {
    #[command(flatten)]
    settings: Settings,
    /// How many people there are in the databases of different size.
    #[arg(long, value_delimiter = ',', default_value = "10000,1000000")]
    sizes: Vec<u32>,
    /// What is left out, such as `growth,import`.
    #[arg(long, value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(ALL))]
    without: Vec<String>,
}

/// What is measured, in this order: at rest first, then what writes.
const ALL: [&str; 11] = [
    "start", "memory", "session", "page", "sign-in", "overload", "postgres", "commit", "letters", "growth",
    "import",
];

/// Measures all, prints one table, and writes `target/bench/goals.json`. What fails is told, and the rest goes on.
pub(super) fn run(root: &Path, goals: &Goals) -> anyhow::Result<()> {
    let begun = Instant::now();
    let programs = Programs::build(root)?;
    let portal = Portal::with_people(&programs, goals.settings.people, USUAL_COST)?;
    let mut all = Report::new("goals");
    let mut failed = Vec::new();
    for name in ALL.into_iter().filter(|name| !goals.without.iter().any(|without| without == name)) {
        say(&format!("==> {name}"));
        match measure(name, &programs, &portal, goals) {
            Ok(report) => {
                all.figures.extend(report.figures);
                all.goals.extend(report.goals);
                failed.extend(report.more["not_measured"].as_str().map(str::to_owned));
            }
            Err(error) => failed.push(format!("{name}: {error:#}")),
        }
    }
    all.goals.sort_by_key(|goal| goal.number.trim_start_matches('S').parse().unwrap_or(u32::MAX));
    all.more = failed.iter().cloned().map(Value::String).collect();
    all.conclude(root)?;
    fs::write(folder(root)?.join("goals.md"), goals_table(&all.goals))?;
    say(&format!("{:.0} minutes in all", begun.elapsed().as_secs_f64() / 60.0));
    anyhow::ensure!(failed.is_empty(), "not measured:\n{}", failed.join("\n"));
    Ok(())
}

fn measure(name: &str, programs: &Programs, portal: &Portal, goals: &Goals) -> anyhow::Result<Report> {
    let settings = &goals.settings;
    match name {
        "start" => start::start(programs, portal, settings),
        "memory" => start::memory(programs, portal, settings),
        "session" => page::session(programs, portal, settings),
        "page" => page::page(programs, portal, settings),
        "sign-in" => sign_in::measure(programs, portal, settings),
        "overload" => overload::measure(programs, portal, settings),
        "postgres" => postgres::measure(programs, &Postgres::of(settings.rounds)),
        "commit" => commit::measure(programs, settings),
        "letters" => letters::measure(programs, settings),
        "growth" => growth::measure(programs, &growth_of(goals)),
        _ => import_of(programs, settings),
    }
}

/// The databases stay for the next time, because making them takes longer than measuring.
fn growth_of(goals: &Goals) -> Growth {
    let plot = PathBuf::from("target/bench/growth-short.svg");
    Growth { sizes: goals.sizes.clone(), rounds: goals.settings.rounds, keep: true, plot }
}

/// The import has a report of its own, from which the goal is taken.
fn import_of(programs: &Programs, settings: &Settings) -> anyhow::Result<Report> {
    import::run(&programs.root, &import::Import::of(u64::from(settings.people), settings.rounds.max(3)))?;
    let path = folder(&programs.root)?.join("import.json");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let mut report = Report::new("import");
    report.goals = import_goals(&serde_json::from_str(&text)?, settings.people)?;
    Ok(report)
}

fn import_goals(told: &Value, rows: u32) -> anyhow::Result<Vec<Goal>> {
    let pace = told["pace_over_sqlite3"].as_f64().context("the import tells no pace")?;
    let peaks = told["zaguan"].as_array().context("the import tells no rounds")?;
    let peak = peaks.iter().filter_map(|round| round["peak_mib"].as_f64()).fold(0.0, f64::max);
    let words = format!("import of {rows} unsorted rows, pace over `sqlite3 .import`");
    Ok(vec![
        Goal::new("S6", &words, Bound::AtLeast(1.0), pace),
        Goal::new("S6", "its peak memory, in MiB", Bound::AtMost(200.0), peak),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_goals_of_the_import_are_its_pace_and_its_highest_peak() {
        let told =
            json!({ "pace_over_sqlite3": 1.48, "zaguan": [{ "peak_mib": 61.0 }, { "peak_mib": 71.5 }] });
        let goals = import_goals(&told, 1_000_000).unwrap();
        assert!(goals.iter().all(Goal::is_reached) && (goals[1].found - 71.5).abs() < 1e-9);
        assert!(import_goals(&json!({ "zaguan": [] }), 1).is_err());
    }
}
