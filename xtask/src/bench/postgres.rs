//! `cargo xtask bench postgres`: reads of the store on PostgreSQL, over tokio-postgres alone.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};

use anyhow::Context as _;
use serde_json::json;

use super::page::each;
use super::programs::{Programs, number, tell_round};
use super::report::{Bound, Figure, Goal, Report};
use super::settings::by_turns;
use crate::command::{command, run as run_aloud, say};

/// How much of it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Postgres {
    /// How often each is measured; less than five shows only that it runs.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// For how many seconds in each round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// How many people have an account and a session.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=50_000_000))]
    sessions: u32,
}

impl Postgres {
    /// The usual size, so often.
    pub(super) fn of(rounds: u32) -> Self {
        Self { rounds, seconds: 1.0, sessions: 100_000 }
    }
}

/// What is asked: its name for the client, and in words.
const QUESTIONS: [(&str, &str); 2] =
    [("session", "session check"), ("account", "what a sign-in reads of an account")];

/// How many ask at the same time.
const CALLERS: [u32; 3] = [1, 8, 32];

/// By what, in the order of a turn.
const WAYS: [&str; 2] = ["store", "bare"];

/// The store's rate over tokio-postgres alone.
const LEAST: f64 = 0.8;

/// Measures and prints.
pub(super) fn run(root: &Path, postgres: &Postgres) -> anyhow::Result<()> {
    measure(&Programs::build_load(root)?, postgres)?.conclude(root)
}

/// Both ways by turns, on one server.
pub(super) fn measure(programs: &Programs, postgres: &Postgres) -> anyhow::Result<Report> {
    let server = Server::start(&programs.root)?;
    let people = postgres.sessions.to_string();
    let at = ["postgres", "--url", &server.url, "--people", &people];
    let seeded = programs.load(&[&at[..], &["seed"]].concat())?;
    say(&format!("in PostgreSQL: {seeded}"));
    let mut report = Report::new("postgres");
    let seconds = postgres.seconds.to_string();
    for (question, words) in QUESTIONS {
        for callers in CALLERS {
            let callers_word = callers.to_string();
            let rounds = by_turns(postgres.rounds, WAYS.len(), |round, which| {
                let ask = ["ask", "--way", WAYS[which], "--question", question];
                let much = ["--callers", &callers_word, "--seconds", &seconds];
                let told = programs.load(&[&at[..], &ask, &much].concat())?;
                let rate = number(&told, "/per_second")?;
                tell_round(round, &format!("{words}, {callers} callers, {}: {rate:.0}/s", WAYS[which]));
                Ok(told)
            })?;
            let [store, bare] = [&rounds[0], &rounds[1]].map(|rounds| each(rounds, "/per_second"));
            add(&mut report, &format!("{words}, {}", callers_in_words(callers)), store?, bare?)?;
        }
    }
    report.more = json!({ "people": postgres.sessions, "seconds": postgres.seconds });
    Ok(report)
}

fn callers_in_words(callers: u32) -> String {
    if callers == 1 { "1 caller".to_owned() } else { format!("{callers} callers") }
}

fn add(report: &mut Report, words: &str, store: Vec<f64>, bare: Vec<f64>) -> anyhow::Result<()> {
    let store = Figure::speed(&format!("{words}: the store"), "/s", store);
    let bare = Figure::speed(&format!("{words}: tokio-postgres alone"), "/s", bare);
    let ratio = Figure::ratio(&format!("{words}, over tokio-postgres alone"), &store, &bare);
    let goal = format!("on PostgreSQL: {words}, the store over tokio-postgres alone");
    report.goals.push(Goal::new("P1", &goal, Bound::AtLeast(LEAST), ratio.median()?));
    report.figures.extend([store, bare, ratio]);
    Ok(())
}

/// A throw-away server, until this is dropped.
#[derive(Debug)]
struct Server {
    child: Child,
    /// The database goes when this is closed.
    until: Option<ChildStdin>,
    url: String,
}

impl Server {
    /// Starts it as the tests do, and built as they are: it is PostgreSQL that is asked, and not what starts it.
    fn start(root: &Path) -> anyhow::Result<Self> {
        let example = ["--quiet", "--package", "zaguan-testing", "--example", "postgres"];
        run_aloud(&mut command(root, &[&["cargo", "build"][..], &example].concat()))?;
        let mut child = command(root, &[&["cargo", "run"][..], &example].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start PostgreSQL")?;
        let (until, told) = (child.stdin.take(), child.stdout.take().context("nothing is told")?);
        let mut server = Self { child, until, url: String::new() };
        BufReader::new(told).read_line(&mut server.url)?;
        server.url.truncate(server.url.trim_end().len());
        anyhow::ensure!(!server.url.is_empty(), "PostgreSQL did not start");
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.until.take();
        // A database that is left behind goes with the server.
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_formed_within_a_round_and_held_against_four_fifths() {
        let mut report = Report::new("postgres");
        add(&mut report, "session check, 8 callers", vec![90.0, 40.0, 79.0], vec![100.0, 50.0, 100.0])
            .unwrap();
        add(&mut report, "session check, 1 caller", vec![79.0], vec![100.0]).unwrap();
        let reached: Vec<bool> = report.goals.iter().map(Goal::is_reached).collect();
        assert_eq!(reached, [true, false]);
        assert_eq!(report.figures[2].rounds, [0.9, 0.8, 0.79]);
    }
}
