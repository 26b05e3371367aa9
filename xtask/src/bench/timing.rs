//! `cargo xtask bench timing`: whether a stranger can tell by the time of an answer whom a document belongs to.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::command::{command, run as run_aloud, say, succeeds};
use crate::needs::meet_packages;

const TASKSET: (&str, &str) = ("/usr/bin/taskset", "util-linux");

/// A leak is seen if its differences are as improbable as this, by chance.
const SEEN: f64 = 1e-12;

/// How much is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Timing {
    /// Pairs of requests in each comparison.
    #[arg(long, default_value_t = 1_200, value_parser = clap::value_parser!(u32).range(100..=1_700))]
    pairs: u32,
}

/// Measures a build that leaks and the real one, and answers an error unless the first is caught and the second is not.
pub(super) fn run(root: &Path, timing: &Timing) -> anyhow::Result<()> {
    meet_packages(root, &[TASKSET])?;
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let leaky = server(root, &folder, "zaguan-leaky", &["--features", "leaky"])?;
    let plain = server(root, &folder, "zaguan", &[])?;
    let example = ["cargo", "build", "--package", "zaguan-testing", "--example", "timing"];
    run_aloud(command(root, &example).arg("--target-dir").arg(root.join("target")))?;
    let control = measure(root, timing, &leaky, "leaks")?;
    let results = measure(root, timing, &plain, "all")?;
    let table = folder.join("timing.md");
    fs::write(&table, as_table(&results) + "\nThe build that leaks:\n\n" + &as_table(&control))?;
    say(&table.display().to_string());
    let faults = [faults_of_control(&control), faults(&results)].concat();
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    say("a stranger is answered in the same time whoever is asked about; the build that leaks was caught");
    Ok(())
}

/// The server, built for release with these features, at a place of its own.
fn server(root: &Path, folder: &Path, name: &str, features: &[&str]) -> anyhow::Result<PathBuf> {
    let target = root.join("target");
    let build = [&["cargo", "build", "--release", "--package", "zaguan"], features].concat();
    run_aloud(command(root, &build).arg("--target-dir").arg(&target))?;
    let place = folder.join(name);
    fs::copy(target.join("release/zaguan"), &place)
        .with_context(|| format!("could not write {}", place.display()))?;
    Ok(place)
}

/// The stranger on one core; the server goes to the other. Both go before whatever else runs, where the system lets us.
fn measure(root: &Path, timing: &Timing, server: &Path, what: &str) -> anyhow::Result<Vec<Value>> {
    let name = if what == "all" { "timing.json" } else { "timing-leaky.json" };
    let (work, result) = (work_folder(root), root.join("target/bench").join(name));
    let first = ["chrt", "--rr", "1"];
    let before_others = succeeds(command(root, &first).arg("true"));
    if !before_others {
        say(
            "the system does not let us go before other programs: whatever runs beside makes the result less sure",
        );
    }
    let pinned = [if before_others { &first[..] } else { &[] }, &[TASKSET.0, "-c", "1"]].concat();
    let mut stranger = command(root, &pinned);
    stranger.arg(root.join("target/debug/examples/timing")).arg(server).arg(&work);
    run_aloud(stranger.args([&timing.pairs.to_string(), what]).arg(&result))?;
    fs::remove_dir_all(&work)?;
    let text = fs::read_to_string(&result).with_context(|| format!("could not read {}", result.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no result", result.display()))
}

/// In memory where that is a place: how long a disk takes depends on nobody's document, and would only hide what does.
fn work_folder(root: &Path) -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.join("zaguan-bench-timing") } else { root.join("target/bench/timing") }
}

fn is_self_comparison(result: &Value) -> bool {
    result["state"] == result["reference"]
}

/// What the real build tells.
fn faults(results: &[Value]) -> Vec<String> {
    let told = results.iter().filter(|result| result["verdict"] != "Same");
    told.map(|result| format!("{} tells {}: {}", result["probe"], result["state"], result["verdict"]))
        .collect()
}

/// What speaks against the measurement itself: a leak that it does not see, or one that is not there.
fn faults_of_control(results: &[Value]) -> Vec<String> {
    let mut faults = Vec::new();
    for result in results {
        let (probe, verdict) = (&result["probe"], &result["verdict"]);
        if is_self_comparison(result) && verdict != "Same" {
            faults.push(format!("{probe} compared with itself is told apart: {verdict}"));
        } else if !is_self_comparison(result) && result["first"]["p"].as_f64().is_none_or(|p| p >= SEEN) {
            faults.push(format!("{probe} leaks, and the measurement does not see it: {}", result["first"]));
        }
    }
    if results.is_empty() {
        faults.push("the build that leaks was not measured".to_owned());
    }
    faults
}

/// The results as a table of Markdown.
fn as_table(results: &[Value]) -> String {
    let mut table = String::from(
        "| asked | state | against | median ms | difference ms | 99.9 % interval | p | verdict |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for result in results {
        for one in [&result["first"], &result["repeated"]].into_iter().filter(|one| !one.is_null()) {
            let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
            let [low, high] = [0, 1].map(|end| number(&one["interval_ms"][end]));
            let word = |name: &str| result[name].as_str().unwrap_or_default();
            let _ = writeln!(
                table,
                "| {} | {} | {} | {:.3} | {:+.4} | {low:+.4} to {high:+.4} | {:.1e} | {} |",
                word("probe"),
                word("state"),
                word("reference"),
                number(&one["first_ms"]),
                number(&one["difference_ms"]),
                number(&one["p"]),
                one["verdict"].as_str().unwrap_or_default(),
            );
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn result(state: &str, p: f64, verdict: &str) -> Value {
        let first = json!({ "p": p, "first_ms": 1.5, "difference_ms": -0.01, "interval_ms": [-0.02, 0.01],
            "verdict": verdict });
        json!({ "probe": "SignIn", "state": state, "reference": "Unknown", "first": first, "repeated": null,
            "verdict": verdict })
    }

    #[test]
    fn a_leak_of_the_real_build_is_a_fault() {
        assert!(faults(&[result("Registered", 0.4, "Same")]).is_empty());
        assert_eq!(faults(&[result("Registered", 1e-9, "Time")]).len(), 1);
        assert_eq!(faults(&[result("Registered", 0.4, "Answer")]).len(), 1);
    }

    #[test]
    fn a_measurement_that_does_not_see_the_leak_is_a_fault() {
        let fair = [result("Unknown", 0.4, "Same"), result("Registered", 1e-13, "Time")];
        assert!(faults_of_control(&fair).is_empty());
        assert_eq!(faults_of_control(&[result("Registered", 1e-11, "Time")]).len(), 1);
        assert_eq!(faults_of_control(&[result("Unknown", 1e-9, "Time")]).len(), 1);
        assert_eq!(faults_of_control(&[]).len(), 1);
    }

    #[test]
    fn the_table_has_a_line_for_each_measurement() {
        let mut repeated = result("Registered", 1e-9, "Time");
        repeated["repeated"] = repeated["first"].clone();
        let table = as_table(&[result("Unknown", 0.4, "Same"), repeated]);
        assert_eq!(table.lines().count(), 5);
        assert!(table.contains(
            "| SignIn | Unknown | Unknown | 1.500 | -0.0100 | -0.0200 to +0.0100 | 4.0e-1 | Same |"
        ));
    }
}
