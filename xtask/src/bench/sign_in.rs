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
    let (of_pool, of_plain) =
        at_cost(programs, portal, (USUAL_COST, settings.people), settings, &mut report)?;
    let words = "sign-ins over raw hashes of our own pool, at 19456/2/1";
    report.goals.push(Goal::new("S1", words, Bound::AtLeast(0.95), of_pool));
    let words = "sign-ins over hashes of the plain `argon2`, at 19456/2/1";
    report.goals.push(Goal::new("S2", words, Bound::AtLeast(1.3), of_plain));
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
    let (_, of_plain) = at_cost(programs, &wide, (WIDE_COST, people), settings, report)?;
    let words = "sign-ins over hashes of the plain `argon2`, at 47104/1/1";
    report.goals.push(Goal::new("S2", words, Bound::AtLeast(2.0), of_plain));
    Ok(())
}

/// Sign-ins, hashes of the pool, and plain hashes, by turns; answers the medians of the first over each of the others.
fn at_cost(
    programs: &Programs,
    portal: &Portal,
    (cost, people): (Cost, u32),
    settings: &Settings,
    report: &mut Report,
) -> anyhow::Result<(f64, f64)> {
    let running = portal.start(cost)?;
    let seconds = settings.seconds();
    let all = by_turns(settings.rounds, 3, |round, which| {
        let (name, told) = match which {
            0 => ("sign-ins", sign_in(programs, &running, people, round, &seconds)?),
            1 => ("hashes of the pool", hashes(programs, cost, &seconds, &[])?),
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
    let sign_ins = speed("sign-ins", &all[0])?;
    let pool = speed("hashes of the pool", &all[1])?;
    let plain = speed("plain hashes", &all[2])?;
    let of_pool = Figure::ratio(&format!("sign-ins over hashes of the pool {at}"), &sign_ins, &pool);
    let of_plain = Figure::ratio(&format!("sign-ins over plain hashes {at}"), &sign_ins, &plain);
    let medians = (of_pool.median()?, of_plain.median()?);
    report.figures.extend([sign_ins, pool, plain, of_pool, of_plain]);
    for (name, path) in [("p50", "/p50_ms"), ("p99", "/p99_ms")] {
        let name = format!("{name} of the answer to the form, 32 at a time, {at}");
        report.figures.push(Figure::cost(&name, "ms", each(&all[0], path)?).of_this_run());
    }
    Ok(medians)
}

fn sign_in(
    programs: &Programs,
    portal: &Running,
    people: u32,
    round: u32,
    seconds: &str,
) -> anyhow::Result<Value> {
    let (to, accounts) = (portal.to(), people.to_string());
    // Nobody signs in twice.
    let from = (round * 10_000).to_string();
    let told = programs.load(&[
        "sign-in",
        "--to",
        &to,
        "--accounts",
        &accounts,
        "--seconds",
        seconds,
        "--from-turn",
        &from,
    ])?;
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
