//! `cargo xtask bench start` and `memory`: from the start of the process to its first page, how much memory it takes at
//! rest and under load, and how large the binary is.

use std::path::Path;
use std::time::Duration;

use super::page::expect_only;
use super::portal::{Memory, Portal, Running, USUAL_COST, binary_sizes};
use super::programs::{Programs, pause, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::Settings;

/// How long a portal is left alone before its memory at rest is read.
const REST: Duration = Duration::from_secs(2);

/// The hasher hands its memory back after ten seconds without work.
const LONG_REST: Duration = Duration::from_secs(12);

/// How often it is started in each round.
const STARTS: u32 = 4;

/// Measures and prints `start`.
pub(super) fn run_start(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    let programs = Programs::build(root)?;
    let portal = Portal::with_people(&programs, settings.people, USUAL_COST)?;
    start(&programs, &portal, settings)?.conclude(root)
}

/// Measures and prints `memory`.
pub(super) fn run_memory(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    let programs = Programs::build(root)?;
    let portal = Portal::with_people(&programs, settings.people, USUAL_COST)?;
    memory(&programs, &portal, settings)?.conclude(root)
}

/// Starts it again and again, its files in the page cache.
pub(super) fn start(programs: &Programs, portal: &Portal, settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("start");
    let mut rounds = Vec::new();
    // The first start makes what is made once.
    portal.start(USUAL_COST)?;
    for round in 1..=settings.rounds * STARTS {
        let took = portal.start(USUAL_COST)?.first_page.as_secs_f64() * 1e3;
        tell_round(round, &format!("{took:.1} ms"));
        rounds.push(took);
    }
    let figure = Figure::cost("from its start to its first page", "ms", rounds);
    let words = format!("from its start to its first page, {} accounts, in ms", settings.people);
    report.goals.push(Goal::new("S8", &words, Bound::AtMost(50.0), figure.median()?));
    let (built, stripped) = binary_sizes(programs)?;
    report.figures.push(figure);
    report.figures.push(Figure::cost("binary as built", "MB", vec![built]));
    report.figures.push(Figure::cost("binary, stripped", "MB", vec![stripped]));
    report.goals.push(Goal::new("S9", "binary, stripped, in MB", Bound::AtMost(20.0), stripped));
    Ok(report)
}

/// What was read in one round, in this order.
const MOMENTS: [&str; 4] = ["at rest", "after pages", "after sign-ins", "twelve seconds later"];

/// The memory of a fresh process at rest, after each kind of load, and when it has rested again.
pub(super) fn memory(programs: &Programs, portal: &Portal, settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("memory");
    let mut read: [Vec<Memory>; 4] = Default::default();
    for round in 1..=settings.rounds {
        let running = portal.start(USUAL_COST)?;
        pause(REST);
        read[0].push(running.memory()?);
        look(programs, &running, settings)?;
        read[1].push(running.memory()?);
        sign_in(programs, &running, settings, round)?;
        read[2].push(running.memory()?);
        pause(LONG_REST);
        read[3].push(running.memory()?);
        let shown: Vec<String> = read
            .iter()
            .zip(MOMENTS)
            .filter_map(|(rounds, moment)| Some(format!("{moment} {:.1} MiB", rounds.last()?.resident)))
            .collect();
        tell_round(round, &shown.join(", "));
    }
    for (rounds, moment) in read.iter().zip(MOMENTS) {
        let of = |part: fn(&Memory) -> f64| rounds.iter().map(part).collect::<Vec<f64>>();
        let own = Figure::cost(&format!("its own memory {moment}"), "MiB", of(|memory| memory.own));
        let resident = Figure::cost(&format!("resident {moment}"), "MiB", of(|memory| memory.resident));
        if moment == MOMENTS[0] {
            let words = format!("resident at rest, {} accounts, in MiB", settings.people);
            report.goals.push(Goal::new("S7", &words, Bound::AtMost(20.0), resident.median()?));
        }
        // Pages of the database that were looked at stay mapped as long as the system has room for them.
        let resident = if moment == MOMENTS[0] { resident } else { resident.of_this_run() };
        report.figures.extend([resident, own]);
    }
    Ok(report)
}

fn look(programs: &Programs, portal: &Running, settings: &Settings) -> anyhow::Result<()> {
    let (to, seconds, people) = (portal.to(), settings.seconds(), settings.people.to_string());
    for (path, more) in [("/ingreso", &[][..]), ("/sesion", &["--sessions", &people][..])] {
        let words = ["ask", "--to", &to, "--path", path, "--seconds", &seconds];
        expect_only(&programs.load(&[&words[..], more].concat())?, "200")?;
    }
    Ok(())
}

fn sign_in(programs: &Programs, portal: &Running, settings: &Settings, round: u32) -> anyhow::Result<()> {
    let (to, seconds, people) = (portal.to(), settings.seconds(), settings.people.to_string());
    let from = (500_000 + round * 10_000).to_string();
    let words = ["sign-in", "--to", &to, "--accounts", &people, "--seconds", &seconds, "--from-turn", &from];
    expect_only(&programs.load(&words)?["sign_ins"], "303")
}
