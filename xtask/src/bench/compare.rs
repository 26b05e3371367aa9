//! `cargo xtask bench compare`: two runs of the same measurement, and what got worse by more than chance.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::measured::Spread;
use super::report::{Better, Figure, read, short};
use crate::command::say;

/// The two runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    /// The JSON of the run before.
    before: PathBuf,
    /// The JSON of the run after.
    after: PathBuf,
}

/// Whatever the rounds say, a difference of less than a twentieth is not told from chance: five rounds see too little.
const NEVER_NOTICED: f64 = 0.05;

/// A median absolute deviation, times this, is a standard deviation where chance is normal.
const DEVIATION: f64 = 1.4826;

/// A difference of more standard deviations than this is no chance.
const DEVIATIONS: f64 = 3.0;

/// What became of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Better,
    Worse,
    /// It moves with the machine, so that nothing follows.
    OfItsRun,
}

/// Prints both medians of every figure, and answers an error if one got worse.
pub(super) fn run(compare: &Compare) -> anyhow::Result<()> {
    let (before, after) = (load(&compare.before)?, load(&compare.after)?);
    let mut worse = Vec::new();
    say("| figure | before | after | change | noise | |");
    say("|---|---|---|---|---|---|");
    for figure in &after {
        let Some(old) = before.iter().find(|old| old.name == figure.name) else { continue };
        let Change { before, after, noise, verdict } = judge(old, figure)?;
        let word = match verdict {
            Verdict::Same => "same",
            Verdict::Better => "better",
            Verdict::Worse => "**worse**",
            Verdict::OfItsRun => "not compared: it moves with the machine",
        };
        say(&format!(
            "| {} | {} | {} | {:+.1} % | ± {} | {word} |",
            figure.name,
            short(before),
            short(after),
            100.0 * (after - before) / before,
            short(noise)
        ));
        if verdict == Verdict::Worse {
            worse.push(figure.name.clone());
        }
    }
    if !worse.is_empty() {
        bail!("worse than before: {}", worse.join("; "));
    }
    Ok(())
}

fn load(path: &Path) -> anyhow::Result<Vec<Figure>> {
    let (value, figures) = read(path)?;
    let word = |name: &str| value[name].as_str().unwrap_or("unknown").to_owned();
    let load = value["machine"]["load"].as_str().unwrap_or("unknown").to_owned();
    say(&format!(
        "{}: {}, {}, commit {}, load {load}",
        path.display(),
        word("bench"),
        word("date"),
        word("commit")
    ));
    Ok(figures)
}

struct Change {
    before: f64,
    after: f64,
    noise: f64,
    verdict: Verdict,
}

fn judge(before: &Figure, after: &Figure) -> anyhow::Result<Change> {
    let (old, new) = (before.spread()?, after.spread()?);
    let noise = noise(old, new);
    let gain = match after.better {
        Better::More => new.median - old.median,
        Better::Less => old.median - new.median,
    };
    let verdict = if !after.lasts {
        Verdict::OfItsRun
    } else if gain < -noise {
        Verdict::Worse
    } else if gain > noise {
        Verdict::Better
    } else {
        Verdict::Same
    };
    Ok(Change { before: old.median, after: new.median, noise, verdict })
}

/// By how much two medians may differ for nothing.
fn noise(old: Spread, new: Spread) -> f64 {
    let chance = DEVIATIONS * DEVIATION * old.mad.hypot(new.mad);
    chance.max(NEVER_NOTICED * old.median.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn verdict(before: &[f64], after: &[f64]) -> Verdict {
        let figure = |rounds: &[f64]| Figure::cost("memory", "MiB", rounds.to_vec());
        judge(&figure(before), &figure(after)).unwrap().verdict
    }

    #[test]
    fn more_memory_than_chance_explains_is_worse_and_less_is_better() {
        let before = [18.0, 18.1, 17.9, 18.0, 18.2];
        assert_eq!(verdict(&before, &[20.0, 20.1, 19.9, 20.0, 20.2]), Verdict::Worse);
        assert_eq!(verdict(&before, &[16.0, 16.1, 15.9, 16.0, 16.2]), Verdict::Better);
        assert_eq!(verdict(&before, &[18.5, 18.6, 18.4, 18.5, 18.7]), Verdict::Same, "less than a twentieth");
    }

    #[test]
    fn rounds_that_spread_hide_what_is_smaller_than_their_spread() {
        let before = [10.0, 14.0, 18.0, 22.0, 26.0];
        assert_eq!(verdict(&before, &[20.0, 24.0, 28.0, 32.0, 36.0]), Verdict::Same);
        assert_eq!(verdict(&before, &[60.0, 64.0, 68.0, 72.0, 76.0]), Verdict::Worse);
    }

    #[test]
    fn a_ratio_is_worse_when_it_falls_and_a_speed_alone_says_nothing() {
        let ratio = |number| Figure { better: Better::More, ..Figure::cost("ratio", "×", vec![number; 5]) };
        assert_eq!(judge(&ratio(0.7), &ratio(0.6)).unwrap().verdict, Verdict::Worse);
        assert_eq!(judge(&ratio(0.6), &ratio(0.7)).unwrap().verdict, Verdict::Better);
        let speed = |number| Figure::speed("portal", "answers/s", vec![number; 5]);
        assert_eq!(judge(&speed(70.0), &speed(35.0)).unwrap().verdict, Verdict::OfItsRun);
    }

    #[test]
    fn two_files_are_compared_and_what_got_worse_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, rounds: [f64; 3]| {
            let path = folder.path().join(name);
            let figure = serde_json::json!({ "name": "memory at rest", "unit": "MiB", "better": "less",
                "lasts": true, "rounds": rounds });
            fs::write(&path, serde_json::json!({ "bench": "memory", "figures": [figure] }).to_string())
                .unwrap();
            path
        };
        let (before, after) = (write("a.json", [18.0, 18.1, 18.2]), write("b.json", [28.0, 28.1, 28.2]));
        let compare = |before: &Path, after: &Path| {
            run(&Compare { before: before.to_owned(), after: after.to_owned() })
        };
        assert!(compare(&before, &before).is_ok() && compare(&after, &before).is_ok());
        let error = compare(&before, &after).unwrap_err().to_string();
        assert!(error.contains("memory at rest"), "{error}");
        assert!(compare(&before, &folder.path().join("none.json")).is_err());
    }
}
