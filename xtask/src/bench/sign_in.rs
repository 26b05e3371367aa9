//! `cargo xtask bench sign-in`: people who sign in with the right password, over raw hashes of the portal's own pool, and
//! over the `argon2` crate as everybody calls it.

use std::path::Path;

use serde_json::{Value, json};

use super::page::{each, expect_only};
use super::portal::{Cost, Portal, Running, USUAL_COST};
use super::programs::{Programs, number, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::{Settings, by_turns};
use crate::command::say;

/// The other cost that OWASP counts as equal: more memory, once.
const WIDE_COST: Cost = (47_104, 1, 1);

/// How many people there are where the password is hashed at that cost.
const FEWER_PEOPLE: u32 = 20_000;

/// Measures and prints.
pub(super) fn run(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    let programs = Programs::build(root)?;
    let portal = Portal::with_people(&programs, settings.people, USUAL_COST)?;
    measure(&programs, &portal, settings)?.conclude(root)
}

/// Both costs, the usual one on a portal of many people.
pub(super) fn measure(programs: &Programs, portal: &Portal, settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("sign-in");
    let usual = at_cost(programs, portal, (USUAL_COST, settings.people), settings, &mut report)?;
    let words = "sign-ins at known browsers over raw hashes of our own pool, at 19456/2/1";
    report.goals.push(Goal::new("S1", words, Bound::AtLeast(0.95), usual.known_of_pool));
    let words = "the first ones of their browsers, each with a letter, over the same";
    report.goals.push(Goal::new("S1", words, Bound::AtLeast(0.95), usual.first_of_pool));
    let words = "sign-ins over hashes of the plain `argon2`, at 19456/2/1";
    report.goals.push(Goal::new("S2", words, Bound::AtLeast(1.3), usual.known_of_plain));
    if let Err(error) = at_wide_cost(programs, settings, &mut report) {
        // What was measured at the usual cost is worth keeping.
        let words = format!("sign-ins at 47104/1/1 were not measured: {error:#}");
        say(&words);
        report.more = json!({ "not_measured": words });
    }
    Ok(report)
}

fn at_wide_cost(programs: &Programs, settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let people = FEWER_PEOPLE.min(settings.people);
    let wide = Portal::with_people(programs, people, WIDE_COST)?;
    let wide = at_cost(programs, &wide, (WIDE_COST, people), settings, report)?;
    let words = "sign-ins over hashes of the plain `argon2`, at 47104/1/1";
    report.goals.push(Goal::new("S2", words, Bound::AtLeast(2.0), wide.known_of_plain));
    Ok(())
}

/// Medians of the ratios.
struct Ratios {
    known_of_pool: f64,
    first_of_pool: f64,
    known_of_plain: f64,
}

/// Sign-ins at known browsers and at fresh ones, hashes of the pool, and plain hashes, by turns.
fn at_cost(
    programs: &Programs,
    portal: &Portal,
    (cost, people): (Cost, u32),
    settings: &Settings,
    report: &mut Report,
) -> anyhow::Result<Ratios> {
    let running = portal.start(cost)?;
    let seconds = settings.seconds();
    let all = by_turns(settings.rounds, 4, |round, which| {
        let (name, told) = match which {
            0 => (
                "sign-ins at known browsers",
                sign_in(programs, &running, people, (round, &seconds), &["--known"])?,
            ),
            1 => ("first sign-ins of browsers", sign_in(programs, &running, people, (round, &seconds), &[])?),
            2 => ("hashes of the pool", hashes(programs, cost, &seconds, &[])?),
            _ => ("plain hashes", hashes(programs, cost, &seconds, &["--plain"])?),
        };
        let rate = number(&told, "/per_second")?;
        tell_round(round, &format!("{name}: {rate:.1}/s"));
        Ok(told)
    })?;
    let (memory, passes, lanes) = cost;
    let at = format!("at {memory}/{passes}/{lanes}");
    let speed = |name: &str, rounds: &[Value]| {
        anyhow::Ok(Figure::speed(&format!("{name} {at}"), "/s", each(rounds, "/per_second")?))
    };
    let known = speed("sign-ins at known browsers", &all[0])?;
    let first = speed("first sign-ins of browsers", &all[1])?;
    let pool = speed("hashes of the pool", &all[2])?;
    let plain = speed("plain hashes", &all[3])?;
    let known_of_pool =
        Figure::ratio(&format!("at known browsers, over hashes of the pool {at}"), &known, &pool);
    let first_of_pool = Figure::ratio(&format!("first ones, over hashes of the pool {at}"), &first, &pool);
    let known_of_plain = Figure::ratio(&format!("at known browsers, over plain hashes {at}"), &known, &plain);
    let medians = Ratios {
        known_of_pool: known_of_pool.median()?,
        first_of_pool: first_of_pool.median()?,
        known_of_plain: known_of_plain.median()?,
    };
    report.figures.extend([known, first, pool, plain, known_of_pool, first_of_pool, known_of_plain]);
    for (name, path) in [("p50", "/p50_ms"), ("p99", "/p99_ms")] {
        let name = format!("{name} of the answer to the form at a known browser, 32 at a time, {at}");
        report.figures.push(Figure::cost(&name, "ms", each(&all[0], path)?).of_this_run());
    }
    Ok(medians)
}

fn sign_in(
    programs: &Programs,
    portal: &Running,
    people: u32,
    (round, seconds): (u32, &str),
    more: &[&str],
) -> anyhow::Result<Value> {
    let (to, accounts) = (portal.to(), people.to_string());
    // Nobody signs in twice but at known browsers, and then in every round somebody else.
    let from = (round * 10_000 + if more.is_empty() { 0 } else { 5_000 }).to_string();
    let words = ["sign-in", "--to", &to, "--accounts", &accounts, "--seconds", seconds, "--from-turn", &from];
    let told = programs.load(&[&words[..], more].concat())?;
    let told = told["sign_ins"].clone();
    expect_only(&told, "303")?;
    Ok(told)
}

/// Raw hashes at a cost.
pub(super) fn hashes(
    programs: &Programs,
    (memory, passes, lanes): Cost,
    seconds: &str,
    more: &[&str],
) -> anyhow::Result<Value> {
    let [memory, passes, lanes] = [memory, passes, lanes].map(|number| number.to_string());
    let words =
        ["hashes", "--memory-kib", &memory, "--passes", &passes, "--lanes", &lanes, "--seconds", seconds];
    programs.load(&[&words[..], more].concat())
}
