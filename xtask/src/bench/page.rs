//! `cargo xtask bench session` and `page`: the two things that are asked most, over bare axum with the same bytes; and what
//! a browser has to fetch to draw a page.

use std::path::Path;

use anyhow::bail;
use serde_json::{Value, json};

use super::portal::{Portal, Running, USUAL_COST};
use super::programs::{Beside, Programs, number, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::{Settings, by_turns, most};

/// The pages that people who are not signed in come by.
const PAGES: [&str; 7] = ["/", "/registro", "/ingreso", "/recuperar", "/guia", "/ayuda", "/privacidad"];

/// Whom it is asked of.
struct Sides<'a> {
    programs: &'a Programs,
    settings: &'a Settings,
    portal: Running,
    floor: Beside,
}

/// Measures and prints `session`.
pub(super) fn run_session(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    let programs = Programs::build(root)?;
    let portal = Portal::with_people(&programs, settings.people, USUAL_COST)?;
    session(&programs, &portal, settings)?.conclude(root)
}

/// Measures and prints `page`.
pub(super) fn run_page(root: &Path, settings: &Settings) -> anyhow::Result<()> {
    let programs = Programs::build(root)?;
    let portal = Portal::with_people(&programs, settings.people, USUAL_COST)?;
    page(&programs, &portal, settings)?.conclude(root)
}

/// `GET /sesion` of people who are signed in, each time somebody else.
pub(super) fn session(programs: &Programs, portal: &Portal, settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("session");
    let sides = sides(programs, portal, settings, "/sesion", Some(7))?;
    let people = settings.people.to_string();
    let asked = sides.ask("/sesion", &["--sessions", &people])?;
    let ratio = over_floor(&mut report, "session checks", &asked)?;
    let words = format!("`GET /sesion`, {} sessions, over bare axum with the same bytes", settings.people);
    report.goals.push(Goal::new("S3", &words, Bound::AtLeast(0.6), ratio));
    report.more = json!({ "people": settings.people, "connections": 32 });
    Ok(report)
}

/// `GET /ingreso` of people who were never here, as plain text and compressed; and the weight of all pages.
pub(super) fn page(programs: &Programs, portal: &Portal, settings: &Settings) -> anyhow::Result<Report> {
    let mut report = Report::new("page");
    let sides = sides(programs, portal, settings, "/ingreso", None)?;
    let asked = sides.ask("/ingreso", &[])?;
    let ratio = over_floor(&mut report, "pages", &asked)?;
    let words = "`GET /ingreso` over bare axum with the same bytes";
    report.goals.push(Goal::new("S4", words, Bound::AtLeast(0.6), ratio));
    let compressed = sides.ask("/ingreso", &["--encoding", "gzip, deflate, br"])?;
    let [portal_rounds, floor_rounds] = rates(&compressed)?;
    let portal_speed = Figure::speed("pages, compressed: portal", "answers/s", portal_rounds);
    let floor_speed = Figure::speed("the same without compressing: floor", "answers/s", floor_rounds);
    let ratio = Figure::ratio("pages, compressed, over the floor", &portal_speed, &floor_speed);
    report.figures.extend([portal_speed, ratio]);
    weigh(programs, &sides.portal, &mut report)?;
    Ok(report)
}

/// Starts the portal, writes down what it answers, and starts the floor that answers the same.
fn sides<'a>(
    programs: &'a Programs,
    portal: &Portal,
    settings: &'a Settings,
    path: &str,
    session: Option<u32>,
) -> anyhow::Result<Sides<'a>> {
    let running = portal.start(USUAL_COST)?;
    let answer = portal.folder().join("answer.http");
    let (to, out) = (running.to(), answer.display().to_string());
    let session = session.map(|session| session.to_string());
    let mut words = vec!["fetch", "--to", &to, "--path", path, "--out", &out];
    words.extend(session.iter().flat_map(|session| ["--session", session]));
    let fetched = programs.load(&words)?;
    if fetched["status"] != 200 {
        bail!("{path} answers {} before anything is measured", fetched["status"]);
    }
    Ok(Sides { programs, settings, portal: running, floor: programs.floor(&answer)? })
}

impl Sides<'_> {
    /// Asks the portal and the floor by turns; answers the rounds of the portal, and of the floor.
    fn ask(&self, path: &str, more: &[&str]) -> anyhow::Result<[Vec<Value>; 2]> {
        let to = [self.portal.to(), self.floor.address.to_string()];
        let seconds = self.settings.seconds();
        let all = by_turns(self.settings.rounds, 2, |round, side| {
            let from = (u64::from(round) * 100_000_000).to_string();
            let words =
                ["ask", "--to", &to[side], "--path", path, "--seconds", &seconds, "--from-turn", &from];
            let told = self.programs.load(&[&words[..], more].concat())?;
            expect_only(&told, "200")?;
            let name = ["portal", "floor"][side];
            tell_round(
                round,
                &format!(
                    "{path}, {name}: {:.0}/s, p99 {:.2} ms",
                    number(&told, "/per_second")?,
                    number(&told, "/p99_ms")?
                ),
            );
            Ok(told)
        })?;
        all.try_into().map_err(|_| anyhow::anyhow!("not two sides"))
    }
}

/// Fails unless all answers had this status: what is refused is answered fast.
pub(super) fn expect_only(told: &Value, status: &str) -> anyhow::Result<()> {
    let statuses = told["statuses"].as_object();
    if told["broken"] != 0 || statuses.is_none_or(|all| all.len() != 1 || !all.contains_key(status)) {
        bail!("not everybody was answered {status}: {told}");
    }
    Ok(())
}

/// One number of each round.
pub(super) fn each(rounds: &[Value], path: &str) -> anyhow::Result<Vec<f64>> {
    rounds.iter().map(|round| number(round, path)).collect()
}

fn rates(asked: &[Vec<Value>; 2]) -> anyhow::Result<[Vec<f64>; 2]> {
    Ok([each(&asked[0], "/per_second")?, each(&asked[1], "/per_second")?])
}

/// The figures of both sides; answers the median of the ratio.
fn over_floor(report: &mut Report, what: &str, asked: &[Vec<Value>; 2]) -> anyhow::Result<f64> {
    let [portal_rounds, floor_rounds] = rates(asked)?;
    let portal = Figure::speed(&format!("{what}: portal"), "answers/s", portal_rounds);
    let floor = Figure::speed(&format!("{what}: floor"), "answers/s", floor_rounds);
    let ratio = Figure::ratio(&format!("{what}, over the floor"), &portal, &floor);
    let median = ratio.median()?;
    report.figures.extend([portal, floor, ratio]);
    for (side, rounds) in ["portal", "floor"].into_iter().zip(asked) {
        for (name, path) in [("p50", "/p50_ms"), ("p99", "/p99_ms")] {
            let name = format!("{what}, {name}: {side}");
            report.figures.push(Figure::cost(&name, "ms", each(rounds, path)?).of_this_run());
        }
    }
    Ok(median)
}

/// What every page weighs with all that it needs, and how many requests that takes.
fn weigh(programs: &Programs, portal: &Running, report: &mut Report) -> anyhow::Result<()> {
    let (to, mut drawn) = (portal.to(), Vec::new());
    for path in PAGES {
        drawn.push(programs.load(&["draw", "--to", &to, "--path", path])?);
    }
    let (kilobytes, requests) = (each(&drawn, "/bytes")?, each(&drawn, "/requests_to_draw")?);
    let kilobytes: Vec<f64> = kilobytes.iter().map(|bytes| bytes / 1e3).collect();
    let (heaviest, requests) = (most(&kilobytes), most(&requests));
    for (path, kilobytes) in PAGES.iter().zip(&kilobytes) {
        report.figures.push(Figure::cost(&format!("weight of `{path}`, all told"), "kB", vec![*kilobytes]));
    }
    report.goals.push(Goal::new("S12", "weight of the heaviest page, in kB", Bound::AtMost(20.0), heaviest));
    report.goals.push(Goal::new(
        "S12",
        "requests to draw a page, the tab's icon aside",
        Bound::AtMost(3.0),
        requests,
    ));
    report.more = json!({ "pages": PAGES, "drawn": drawn });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_counts_only_if_everybody_was_answered() {
        assert!(expect_only(&json!({ "broken": 0, "statuses": { "200": 7 } }), "200").is_ok());
        for told in [
            json!({ "broken": 1, "statuses": { "200": 7 } }),
            json!({ "broken": 0, "statuses": { "200": 7, "429": 1 } }),
            json!({ "broken": 0, "statuses": {} }),
        ] {
            assert!(expect_only(&told, "200").is_err(), "{told}");
        }
    }

    #[test]
    fn the_portal_is_held_against_the_floor_of_its_own_round() {
        let round = |rate: f64| json!({ "per_second": rate, "p50_ms": 1.0, "p99_ms": 2.0 });
        let asked =
            [vec![round(60.0), round(90.0), round(70.0)], vec![round(100.0), round(100.0), round(100.0)]];
        let mut report = Report::new("page");
        assert!((over_floor(&mut report, "pages", &asked).unwrap() - 0.7).abs() < 1e-9);
        assert_eq!(report.figures.len(), 7);
    }
}
