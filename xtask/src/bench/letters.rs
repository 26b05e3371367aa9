//! `cargo xtask bench letters`: how many letters leave in a second, from the outbox to its durable result.

use std::path::Path;
use std::process::Command;

use super::page::each;
use super::programs::{Programs, answer_of, number, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::{Settings, by_turns};

/// Connections to the mail server, letters in each round, and the goal.
const WAYS: [(&str, &str, f64); 2] = [("1", "4000", 1_500.0), ("8", "16000", 5_000.0)];

/// Measures and prints.
pub(super) fn run(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    measure(&Programs::build(root)?, settings)?.conclude(root)
}

/// One connection and eight by turns, each time from a fresh outbox on the disk of `target`.
pub(super) fn measure(programs: &Programs, settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("letters");
    let example = programs.example("letters")?;
    let all = by_turns(settings.rounds, WAYS.len(), |round, which| {
        let (connections, letters, _) = WAYS[which];
        let told = answer_of(Command::new(&example).args([letters, connections]).arg(&programs.folder))?;
        let (rate, floor) = (number(&told, "/letters_per_second")?, number(&told, "/floor_per_second")?);
        tell_round(round, &format!("{connections} connections: {rate:.0}/s; lettre alone {floor:.0}/s"));
        Ok(told)
    })?;
    for ((connections, _, goal), rounds) in WAYS.iter().zip(&all) {
        let on = if *connections == "1" {
            "1 connection".to_owned()
        } else {
            format!("{connections} connections")
        };
        let rate = Figure::speed(&format!("letters on {on}"), "/s", each(rounds, "/letters_per_second")?);
        let floor = Figure::speed(&format!("lettre alone on {on}"), "/s", each(rounds, "/floor_per_second")?);
        let ratio = Figure::ratio(&format!("letters over lettre alone on {on}"), &rate, &floor);
        let words = format!("letters a second on {on}, outbox read and result durable");
        report.goals.push(Goal::new("S13", &words, Bound::AtLeast(*goal), rate.median()?));
        report.figures.extend([rate, floor, ratio]);
    }
    Ok(report)
}
