//! What a measurement found: figures with their rounds, the goals that they are held against, and where and when it was;
//! printed as a table and written as JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::measured::Spread;
use crate::command::say;

/// Which way a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Better {
    /// The more, the better.
    More,
    /// The less, the better.
    Less,
}

/// One thing that was measured, once in each round.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    /// What it is, in words; the same in every run.
    pub(super) name: String,
    /// What it is counted in.
    pub(super) unit: String,
    /// Which way it is better.
    pub(super) better: Better,
    /// Whether it can be compared with that of another run. Absolute speeds cannot: they move by tens of per cent with
    /// what else the machine does.
    pub(super) lasts: bool,
    /// What each round found.
    pub(super) rounds: Vec<f64>,
}

/// What a figure has to reach.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Goal {
    /// Its number, such as `S3`.
    pub(super) number: String,
    /// What it says.
    pub(super) words: String,
    /// What the figure's median must not fall below, or must not exceed.
    pub(super) bound: Bound,
    /// What was found: the median, or the worst round, as the goal wants it.
    pub(super) found: f64,
}

/// A bound of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
}

/// All that a measurement found.
#[derive(Clone, Debug)]
pub(super) struct Report {
    /// The name of the measurement, as it is typed.
    name: &'static str,
    /// The figures.
    pub(super) figures: Vec<Figure>,
    /// The goals.
    pub(super) goals: Vec<Goal>,
    /// What else is worth keeping.
    pub(super) more: Value,
}

impl Figure {
    /// An absolute speed, which means something only beside the others of its run.
    pub(super) fn speed(name: &str, unit: &str, rounds: Vec<f64>) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), better: Better::More, lasts: false, rounds }
    }

    /// What something costs: time, memory, bytes.
    pub(super) fn cost(name: &str, unit: &str, rounds: Vec<f64>) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), better: Better::Less, lasts: true, rounds }
    }

    /// One speed over another, round by round, so that what disturbed a round disturbed both.
    pub(super) fn ratio(name: &str, over: &Figure, under: &Figure) -> Self {
        let rounds = over.rounds.iter().zip(&under.rounds).map(|(over, under)| over / under).collect();
        Self { name: name.to_owned(), unit: "×".to_owned(), better: Better::More, lasts: true, rounds }
    }

    /// The same, not to be compared with other runs.
    pub(super) fn of_this_run(self) -> Self {
        Self { lasts: false, ..self }
    }

    /// How the rounds spread.
    pub(super) fn spread(&self) -> anyhow::Result<Spread> {
        Spread::of(self.rounds.iter().copied())
            .with_context(|| format!("nothing was measured of {}", self.name))
    }

    /// The middle of the rounds.
    pub(super) fn median(&self) -> anyhow::Result<f64> {
        Ok(self.spread()?.median)
    }

    fn to_json(&self) -> anyhow::Result<Value> {
        let Spread { least, median, most, mad } = self.spread()?;
        let better = if self.better == Better::More { "more" } else { "less" };
        Ok(json!({
            "name": self.name, "unit": self.unit, "better": better, "lasts": self.lasts, "rounds": self.rounds,
            "least": least, "median": median, "most": most, "median_absolute_deviation": mad,
        }))
    }

    fn from_json(value: &Value) -> anyhow::Result<Self> {
        let words = |name: &str| value[name].as_str().map(str::to_owned);
        let rounds: Option<Vec<f64>> =
            value["rounds"].as_array().and_then(|rounds| rounds.iter().map(Value::as_f64).collect());
        let better = match value["better"].as_str() {
            Some("more") => Better::More,
            Some("less") => Better::Less,
            other => bail!("a figure is better in no way that is known: {other:?}"),
        };
        let whole = || {
            Some(Self {
                name: words("name")?,
                unit: words("unit")?,
                better,
                lasts: value["lasts"].as_bool()?,
                rounds: rounds?,
            })
        };
        whole().with_context(|| format!("this is no figure: {value}"))
    }
}

impl Goal {
    /// A goal and what was found.
    pub(super) fn new(number: &str, words: &str, bound: Bound, found: f64) -> Self {
        Self { number: number.to_owned(), words: words.to_owned(), bound, found }
    }

    /// Whether it was reached.
    pub(super) fn is_reached(&self) -> bool {
        match self.bound {
            Bound::AtLeast(least) => self.found >= least,
            Bound::AtMost(most) => self.found <= most,
        }
    }

    /// The line of a table of Markdown.
    pub(super) fn line(&self) -> String {
        let bound = match self.bound {
            Bound::AtLeast(least) => format!("≥ {}", short(least)),
            Bound::AtMost(most) => format!("≤ {}", short(most)),
        };
        let verdict = if self.is_reached() { "reached" } else { "**not reached**" };
        format!("| {} | {} | {bound} | {} | {verdict} |", self.number, self.words, short(self.found))
    }
}

impl Report {
    /// An empty one.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, figures: Vec::new(), goals: Vec::new(), more: Value::Null }
    }

    /// Prints the tables, and writes `target/bench/NAME.json`.
    pub(super) fn conclude(&self, root: &Path) -> anyhow::Result<()> {
        say("");
        say(&figures_table(&self.figures)?);
        if !self.goals.is_empty() {
            say(&goals_table(&self.goals));
        }
        let path = folder(root)?.join(format!("{}.json", self.name));
        let text = format!("{:#}\n", self.to_json(root)?);
        fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
        say(&path.display().to_string());
        Ok(())
    }

    fn to_json(&self, root: &Path) -> anyhow::Result<Value> {
        let figures: Vec<Value> = self.figures.iter().map(Figure::to_json).collect::<anyhow::Result<_>>()?;
        let goals: Vec<Value> = self
            .goals
            .iter()
            .map(|goal| {
                let (bound, value) = match goal.bound {
                    Bound::AtLeast(least) => ("at_least", least),
                    Bound::AtMost(most) => ("at_most", most),
                };
                json!({ "goal": goal.number, "words": goal.words, bound: value, "found": goal.found,
                    "reached": goal.is_reached() })
            })
            .collect();
        Ok(json!({
            "bench": self.name,
            "date": now(),
            "commit": commit(root),
            "machine": machine(),
            "figures": figures,
            "goals": goals,
            "more": self.more,
        }))
    }
}

/// The figures of a file that a run has written.
pub(super) fn read(path: &Path) -> anyhow::Result<(Value, Vec<Figure>)> {
    let text = fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    let value: Value =
        serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let figures =
        value["figures"].as_array().with_context(|| format!("{} has no figures", path.display()))?;
    let figures = figures.iter().map(Figure::from_json).collect::<anyhow::Result<_>>()?;
    Ok((value, figures))
}

/// Where results are written.
pub(super) fn folder(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    Ok(folder)
}

/// The figures as a table of Markdown.
fn figures_table(figures: &[Figure]) -> anyhow::Result<String> {
    let mut lines =
        vec!["| figure | median | least–most | rounds |".to_owned(), "|---|---|---|---|".to_owned()];
    for figure in figures {
        let Spread { least, median, most, .. } = figure.spread()?;
        let unit = if figure.unit == "×" { String::new() } else { format!(" {}", figure.unit) };
        lines.push(format!(
            "| {} | {}{unit} | {}–{} | {} |",
            figure.name,
            short(median),
            short(least),
            short(most),
            figure.rounds.len()
        ));
    }
    Ok(lines.join("\n") + "\n")
}

/// The goals as a table of Markdown.
pub(super) fn goals_table(goals: &[Goal]) -> String {
    let mut lines = vec!["| goal | what | bound | found | |".to_owned(), "|---|---|---|---|---|".to_owned()];
    lines.extend(goals.iter().map(Goal::line));
    lines.join("\n") + "\n"
}

/// A number with three digits that say something, and no more than are there.
pub(super) fn short(number: f64) -> String {
    let digits = match number.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{number:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    with_thousands(text)
}

fn with_thousands(text: &str) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits != text.len() || digits <= 4 {
        return text.to_owned();
    }
    let mut grouped = String::new();
    for (place, digit) in text.chars().enumerate() {
        if place > 0 && (digits - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn now() -> String {
    #[expect(clippy::disallowed_methods, reason = "a report says when it was made")]
    let now = Timestamp::now();
    now.to_string()
}

/// The commit that was measured, and whether files were changed since.
pub(super) fn commit(root: &Path) -> String {
    let git = |words: &[&str]| {
        let output = Command::new("git").args(words).current_dir(root).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    match git(&["status", "--porcelain"]) {
        Some(changed) if changed.is_empty() => commit,
        _ => format!("{commit}, with changes"),
    }
}

/// The machine: its processor, cores, memory, load and system.
pub(super) fn machine() -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let rustc = Command::new("rustc").arg("--version").output();
    json!({
        "processor": value_of(&read("/proc/cpuinfo"), "model name"),
        "cores": cores,
        "memory": value_of(&read("/proc/meminfo"), "MemTotal"),
        "load": read("/proc/loadavg").split(' ').next(),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "system": read("/etc/os-release").lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).map(|name| name.trim_matches('"').to_owned()),
        "rustc": rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default(),
    })
}

/// The value after a name in the files of `/proc`.
pub(super) fn value_of(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (before, after) = line.split_once(':')?;
        (before.trim() == name).then(|| after.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_as_it_was_written() {
        let portal = Figure::speed("portal", "answers/s", vec![60.0, 50.0, 70.0]);
        let floor = Figure::speed("floor", "answers/s", vec![100.0, 100.0, 140.0]);
        let ratio = Figure::ratio("portal over floor", &portal, &floor);
        assert_eq!(ratio.rounds, [0.6, 0.5, 0.5]);
        assert!(ratio.lasts && !portal.lasts);
        for figure in [portal, Figure::cost("memory", "MiB", vec![18.0])] {
            assert_eq!(Figure::from_json(&figure.to_json().unwrap()).unwrap(), figure);
        }
        assert!(Figure::from_json(&json!({ "name": "memory", "better": "sideways" })).is_err());
        assert!(Figure::from_json(&json!({ "name": "memory", "better": "more", "rounds": ["1"] })).is_err());
    }

    #[test]
    fn a_goal_is_reached_at_its_bound() {
        let at_least = |found| Goal::new("S3", "session", Bound::AtLeast(0.6), found);
        assert!(at_least(0.6).is_reached() && !at_least(0.59).is_reached());
        let at_most = |found| Goal::new("S7", "memory", Bound::AtMost(20.0), found);
        assert!(at_most(20.0).is_reached() && !at_most(20.1).is_reached());
        assert_eq!(at_most(21.0).line(), "| S7 | memory | ≤ 20 | 21 | **not reached** |");
    }

    #[test]
    fn numbers_are_written_with_three_digits_that_say_something() {
        let written = [0.0421, 0.6, 1.234, 12.34, 123.4, 1234.0, 12345.6, 1_234_567.0].map(short);
        assert_eq!(written, ["0.042", "0.6", "1.23", "12.3", "123", "1234", "12,346", "1,234,567"]);
    }

    #[test]
    fn nothing_that_was_measured_is_no_figure() {
        assert!(figures_table(&[Figure::cost("memory", "MiB", Vec::new())]).is_err());
        let table = figures_table(&[Figure::cost("memory", "MiB", vec![18.0, 19.0, 17.5])]).unwrap();
        assert!(table.ends_with("| memory | 18 MiB | 17.5–19 | 3 |\n"), "{table}");
    }

    #[test]
    fn what_the_system_says_of_itself_is_found_by_its_name() {
        let text = "MemTotal:       24640000 kB\nMemFree: 1 kB\n";
        assert_eq!(value_of(text, "MemTotal").as_deref(), Some("24640000 kB"));
        assert_eq!(value_of(text, "Mem"), None);
    }
}
