//! `cargo xtask bench overload`: ten times as many people sign in as can be hashed for. Pages and session checks go on,
//! who is let in is let in soon, the others are told at once when to come again, and a known browser goes first.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::page::each;
use super::portal::{Memory, Portal, Running, USUAL_COST};
use super::programs::{Programs, last_line, number, pause, tell_round};
use super::report::{Bound, Figure, Goal, Report, short};
use super::settings::{Settings, most};
use super::sign_in::hashes;
use crate::command::say;

/// How many people come for each one who can be served.
const TIMES: f64 = 10.0;

/// For how many seconds they come in each round, for each second that other measurements take.
const LONGER: f64 = 3.0;

/// How often the memory is looked at.
const LOOK_EACH: Duration = Duration::from_millis(100);

/// Measures and prints.
pub(super) fn run(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    let programs = Programs::build(root)?;
    let portal = Portal::with_people(&programs, settings.people, USUAL_COST)?;
    measure(&programs, &portal, settings)?.conclude(root)
}

/// One round: what everybody saw, and the portal's memory before and at its highest.
struct Round {
    told: Value,
    before: Memory,
    highest: f64,
}

/// A flood in each round, on a portal that was just started and has hashed already.
pub(super) fn measure(programs: &Programs, portal: &Portal, settings: &Settings) -> anyhow::Result<Report> {
    let hashes = hashes(programs, USUAL_COST, &settings.seconds(), &[])?;
    let rate = (TIMES * number(&hashes, "/per_second")?).round();
    say(&format!("the pool alone hashes {:.0} a second, so {rate} people a second come", rate / TIMES));
    let mut rounds = Vec::new();
    for round in 1..=settings.rounds {
        let one = flood(programs, portal, settings, rate)?;
        tell_round(round, &words_of(&one)?);
        rounds.push(one);
    }
    report(&rounds, rate)
}

fn flood(programs: &Programs, portal: &Portal, settings: &Settings, rate: f64) -> anyhow::Result<Round> {
    let running = portal.start(USUAL_COST)?;
    let (to, people) = (running.to(), settings.people.to_string());
    let warm = ["sign-in", "--to", &to, "--accounts", &people, "--seconds", "2", "--from-turn", "900000"];
    programs.load(&warm)?;
    let before = running.memory()?;
    let (rate, seconds) = (rate.to_string(), (settings.seconds * LONGER).to_string());
    let words = ["flood", "--to", &to, "--accounts", &people, "--rate", &rate, "--seconds", &seconds];
    let mut flood = programs.load_first(&words);
    let mut child = flood.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("no flood")?;
    let mut highest = before.own;
    while child.try_wait()?.is_none() {
        highest = highest.max(running.memory()?.own);
        pause(LOOK_EACH);
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("the flood failed");
    }
    check_alive(&running)?;
    Ok(Round { told: last_line(&String::from_utf8_lossy(&output.stdout))?, before, highest })
}

fn check_alive(running: &Running) -> anyhow::Result<()> {
    running.memory().map(|_| ()).context("the portal did not survive the flood")
}

fn words_of(round: &Round) -> anyhow::Result<String> {
    let told = &round.told;
    let of = |path| number(told, path).map(short);
    Ok(format!(
        "pages p99 {} ms, checks p99 {} ms; let in {} (longest {} ms), {} told to come again (p99 {} ms); known {} of {} \
         let in; calm again after {} s; own memory {} to {} MiB; statuses {}, broken {}",
        of("/pages/p99_ms")?,
        of("/sessions/p99_ms")?,
        told["admitted"]["answers"],
        longest(told, "admitted"),
        told["turned_away"]["answers"],
        told["turned_away"]["p99_ms"],
        told["known"]["statuses"]["303"].as_u64().unwrap_or(0),
        told["known"]["answers"],
        of("/recovery_seconds")?,
        short(round.before.own),
        short(round.highest),
        told["strangers"]["statuses"],
        told["strangers"]["broken"],
    ))
}

fn longest(told: &Value, who: &str) -> f64 {
    told[who]["max_ms"].as_f64().unwrap_or(0.0)
}

/// The share of those who know a browser that were let in.
fn known_let_in(told: &Value) -> f64 {
    let count = |value: &Value| value.as_f64().unwrap_or(0.0);
    count(&told["known"]["statuses"]["303"])
        / (count(&told["known"]["answers"]) + count(&told["known"]["broken"]))
}

/// How many were answered neither that they are in nor 503 with when to come again.
fn mistreated(told: &Value) -> f64 {
    let count = |value: &Value| value.as_f64().unwrap_or(0.0);
    let strangers = &told["strangers"];
    let fair = count(&strangers["statuses"]["303"]) + count(&strangers["statuses"]["503"]);
    count(&strangers["answers"]) - fair + count(&strangers["broken"]) + count(&told["without_retry_after"])
}

fn report(rounds: &[Round], rate: f64) -> anyhow::Result<Report> {
    let mut report = Report::new("overload");
    let told: Vec<Value> = rounds.iter().map(|round| round.told.clone()).collect();
    let of = |value: fn(&Value) -> f64| told.iter().map(value).collect::<Vec<f64>>();
    let admitted = of(|told| longest(told, "admitted") / 1e3);
    let growth: Vec<f64> = rounds.iter().map(|round| round.highest - round.before.own).collect();
    let turned_away: Vec<f64> = of(|told| told["turned_away"]["p99_ms"].as_f64().unwrap_or(f64::NAN));
    let measured = [
        ("pages, p99 in the flood", "ms", each(&told, "/pages/p99_ms")?, "p99 of pages, in ms", 20.0),
        (
            "session checks, p99 in the flood",
            "ms",
            each(&told, "/sessions/p99_ms")?,
            "p99 of session checks, in ms",
            20.0,
        ),
        ("sign-ins let in, longest", "s", admitted, "longest wait of who is let in, in s", 2.0),
        ("others, p99 until told", "ms", turned_away, "p99 until the others are told, in ms", 50.0),
        ("own memory in the flood over before", "MiB", growth, "memory grows by, in MiB", 16.0),
        ("calm again after", "s", each(&told, "/recovery_seconds")?, "calm again after, in s", 5.0),
        (
            "answers that are neither in nor 503 with Retry-After",
            "answers",
            of(mistreated),
            "answered otherwise",
            0.0,
        ),
    ];
    for (name, unit, rounds, words, at_most) in measured {
        let figure = Figure::cost(name, unit, rounds);
        report.goals.push(Goal::new("S11", words, Bound::AtMost(at_most), figure.median()?));
        report.figures.push(figure);
    }
    let known = of(known_let_in);
    let worst = -most(&known.iter().map(|share| -share).collect::<Vec<f64>>());
    let words = "share of sign-ins at known browsers that are let in, in the worst round";
    report.goals.push(Goal::new("S11", words, Bound::AtLeast(1.0), worst));
    report.figures.push(Figure::speed("sign-ins at known browsers let in", "share", known));
    let let_in = Figure::speed("let in", "/s", each(&told, "/admitted/per_second")?);
    report.figures.push(let_in);
    report.more = json!({ "asked_per_second": rate, "rounds": told });
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_neither_in_nor_told_when_to_come_again_is_mistreated() {
        let told = json!({
            "strangers": { "answers": 10, "broken": 1, "statuses": { "303": 3, "503": 5, "429": 1, "500": 1 } },
            "without_retry_after": 1,
            "known": { "answers": 4, "broken": 1, "statuses": { "303": 4 } },
        });
        assert!((mistreated(&told) - 4.0).abs() < 1e-9);
        assert!((known_let_in(&told) - 0.8).abs() < 1e-9);
        let fair = json!({ "strangers": { "answers": 8, "broken": 0, "statuses": { "303": 3, "503": 5 } },
            "without_retry_after": 0 });
        assert!(mistreated(&fair).abs() < 1e-9);
    }
}
