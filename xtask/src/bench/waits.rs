//! `cargo xtask bench waits`: how long a sign-in's reads and its commit take while an import, a backup or housekeeping goes
//! on beside them.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::portal::{USUAL_COST, configuration};
use super::programs::{Programs, answer_of, number, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::most;
use crate::command::say;

/// How much of it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Waits {
    /// How often each is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// For how many seconds each at least; an import or a backup is waited for to its end.
    #[arg(long, default_value_t = 15)]
    seconds: u32,
    /// How many people there are, each with a policy, an account and all that hangs on it.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=50_000_000))]
    people: u32,
}

/// What goes on beside those who sign in, in the order in which the example measures it.
const BESIDE: [&str; 4] = ["nothing but checkpoints", "an import", "a backup", "housekeeping"];

/// The longest that anybody may wait, in milliseconds.
const LONGEST: f64 = 100.0;

/// Makes a database, measures on it, and prints.
pub(super) fn run(root: &Path, waits: &Waits) -> anyhow::Result<()> {
    let programs = Programs::build(root)?;
    let [grow, example] = ["grow", "waits"].map(|name| programs.example(name));
    let folder = programs.folder.join("waits");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let (database, people) = (folder.join("zaguan.db"), waits.people.to_string());
    let grown = answer_of(Command::new(grow?).arg(&database).arg(&people))?;
    say(&format!("{people} people: {grown}"));
    // Only `zaguan backup` reads it, which asks neither of them.
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    fs::write(folder.join("zaguan.toml"), configuration(nobody, nobody, USUAL_COST))?;
    let example = example?;
    let mut rounds = Vec::new();
    for round in 1..=waits.rounds {
        let mut measure = Command::new(&example);
        measure
            .arg(&database)
            .args([&people, &waits.seconds.to_string()])
            .arg(&programs.zaguan)
            .current_dir(&folder);
        rounds.push(measured(&mut measure, round)?);
    }
    let report = report(waits, &rounds)?;
    fs::remove_dir_all(&folder)?;
    report.conclude(root)
}

/// One line of JSON for each of [`BESIDE`].
fn measured(measure: &mut Command, round: u32) -> anyhow::Result<Vec<Value>> {
    let output = measure.output().context("could not run the example")?;
    if !output.status.success() {
        bail!("the waits were not measured: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let told = String::from_utf8(output.stdout)?;
    let lines = told.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    for line in &lines {
        tell_round(round, &line.to_string());
    }
    anyhow::ensure!(lines.len() == BESIDE.len(), "{} things were measured", lines.len());
    Ok(lines)
}

fn report(waits: &Waits, rounds: &[Vec<Value>]) -> anyhow::Result<Report> {
    let mut report = Report::new("waits");
    for (place, beside) in BESIDE.iter().enumerate() {
        let of = |path: &str| {
            rounds.iter().map(|round| number(&round[place], path)).collect::<anyhow::Result<Vec<f64>>>()
        };
        let longest = of("/longest_ms")?;
        report.goals.push(Goal::new(
            "W1",
            &format!("longest wait of a sign-in for the database beside {beside}, in ms, in the worst round"),
            Bound::AtMost(LONGEST),
            most(&longest),
        ));
        for (name, path) in [("median", "/median_ms"), ("99.9th per cent", "/p999_ms")] {
            report
                .figures
                .push(Figure::cost(&format!("beside {beside}: {name}"), "ms", of(path)?).of_this_run());
        }
        report.figures.push(Figure::cost(&format!("beside {beside}: longest"), "ms", longest).of_this_run());
    }
    report.more = json!({ "people": waits.people, "seconds": waits.seconds, "rounds": rounds });
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::{BESIDE, Waits, measured, report};
    use std::process::Command;

    fn round(longest: f64) -> Vec<serde_json::Value> {
        let told = BESIDE.map(|beside| {
            format!("{{\"beside\":\"{beside}\",\"median_ms\":1,\"p999_ms\":7,\"longest_ms\":{longest}}}")
        });
        measured(Command::new("echo").arg(told.join("\n")), 1).unwrap()
    }

    #[test]
    fn the_worst_round_counts() {
        let waits = Waits { rounds: 3, seconds: 1, people: 1_000 };
        let goals = report(&waits, &[round(20.0), round(101.0), round(3.0)]).unwrap().goals;
        assert_eq!(goals.len(), BESIDE.len());
        assert!(goals.iter().all(|goal| !goal.is_reached()));
        let goals = report(&waits, &[round(99.0)]).unwrap().goals;
        assert!(goals.iter().all(super::Goal::is_reached));
    }

    #[test]
    fn a_measurement_that_ends_early_is_none() {
        assert!(measured(Command::new("echo").arg("{}"), 1).is_err());
        assert!(measured(&mut Command::new("false"), 1).is_err());
    }
}
