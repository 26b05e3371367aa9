//! `cargo xtask lighthouse`: the first pages of a real portal, judged by Lighthouse as a phone loads them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::Value;
use zaguan_samplebook::Recipe;

use crate::book::write_file;
use crate::command::{command, run as run_aloud, say};
use crate::needs::{install_from_npm, meet_packages};

const PACKAGES: [(&str, &str); 2] = [("/usr/bin/chromium", "chromium"), ("npm", "npm")];

/// The pages that everybody sees first.
const PAGES: [&str; 3] = ["/", "/registro", "/ingreso"];

const CATEGORIES: [&str; 3] = ["performance", "accessibility", "best-practices"];

/// Policies in the book of the portal: enough for every line of business.
const ROWS: u64 = 10_000;

/// How often each page is judged.
#[derive(Debug, Args)]
pub(crate) struct Lighthouse {
    /// How often each page is loaded; the median counts, because a busy machine spoils single runs.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// A zaguan that is there already, instead of one built for release.
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
}

/// A portal that runs until this is dropped.
struct Portal {
    process: Child,
    address: String,
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What Lighthouse said of a page, by category, in hundredths.
type Scores = BTreeMap<&'static str, Vec<u32>>;

/// Judges each page in turns, and fails unless every median is 100. The reports are left in `target/lighthouse`.
pub(crate) fn run(root: &Path, wanted: &Lighthouse) -> anyhow::Result<()> {
    meet_packages(root, &PACKAGES)?;
    let tool = root.join("crates/testing/lighthouse");
    install_from_npm(&tool)?;
    let folder = root.join("target/lighthouse");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let portal = portal(root, &folder, wanted.binary.as_deref())?;
    let mut scores: BTreeMap<&str, Scores> = BTreeMap::new();
    for round in 1..=wanted.rounds {
        for page in PAGES {
            let report = judge(&tool, &folder, &portal, page, round)?;
            for category in CATEGORIES {
                let score = report["categories"][category]["score"].as_f64();
                let score = score.with_context(|| format!("Lighthouse gave no score for {category}"))?;
                scores.entry(page).or_default().entry(category).or_default().push(hundredths(score));
            }
        }
    }
    say("| page | performance | accessibility | best practices |\n|---|---|---|---|");
    let mut all_reached = true;
    for (page, scores) in &scores {
        let cells: Vec<String> = CATEGORIES
            .iter()
            .filter_map(|category| scores.get(category))
            .map(|scores| told(scores))
            .collect();
        say(&format!("| `{page}` | {} |", cells.join(" | ")));
        all_reached &= scores.values().all(|scores| median(scores) == 100);
    }
    say(&format!(
        "Median (least to most) of {} runs; the reports are in {}",
        wanted.rounds,
        folder.display()
    ));
    if !all_reached {
        bail!("some median is below 100");
    }
    Ok(())
}

/// Starts the portal, for the release and with an invented book.
fn portal(root: &Path, folder: &Path, binary: Option<&Path>) -> anyhow::Result<Portal> {
    let binary = if let Some(binary) = binary {
        fs::canonicalize(binary).with_context(|| format!("there is no {}", binary.display()))?
    } else {
        run_aloud(&mut command(root, &["cargo", "build", "--release", "--package", "zaguan"]))?;
        root.join("target/release/zaguan")
    };
    let place = folder.join("portal");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    fs::write(
        place.join("zaguan.toml"),
        "server.listen = \"127.0.0.1:0\"\nserver.ops_listen = \"127.0.0.1:0\"\nserver.public_url = \"http://127.0.0.1\"\n\
         smtp.url = \"smtp://127.0.0.1:9?tls=none\"\nsmtp.from = \"avisos@portal.example\"\n\
         brand.name = \"Seguros Ejemplo\"\nbrand.support_phone = \"0800-555-0123\"\n",
    )?;
    write_file(&Recipe::plain(ROWS, 1), &place.join("padron.csv"))?;
    let binary = binary.to_string_lossy();
    run_aloud(&mut command(&place, &[&binary, "policies", "import", "padron.csv"]))?;
    let mut portal = command(&place, &[&binary, "serve"]);
    portal.stdout(Stdio::piped()).stderr(fs::File::create(folder.join("portal.log"))?);
    let mut process = portal.spawn().context("the portal does not start")?;
    let output = process.stdout.take().context("the portal has no output")?;
    let mut portal = Portal { process, address: String::new() };
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let address = line.split("http://").nth(1).and_then(|rest| rest.split(',').next());
    address.with_context(|| format!("the portal said {line:?}"))?.clone_into(&mut portal.address);
    Ok(portal)
}

/// Loads a page once, in Lighthouse's own phone: a slow processor and a slow line, which it works out.
fn judge(tool: &Path, folder: &Path, portal: &Portal, page: &str, round: u32) -> anyhow::Result<Value> {
    let name = if page == "/" { "bienvenida" } else { page.trim_matches('/') };
    let report = folder.join(format!("{name}-{round}.json"));
    let url = format!("http://{}{page}", portal.address);
    let mut lighthouse = command(tool, &["node", "node_modules/lighthouse/cli/index.js", &url, "--quiet"]);
    lighthouse.env("CHROME_PATH", PACKAGES[0].0).args(["--output=json", "--output-path"]).arg(&report);
    lighthouse.arg(format!("--only-categories={}", CATEGORIES.join(",")));
    // Chromium has no sandbox of its own for root, and little room for shared memory in a container.
    lighthouse.arg("--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage");
    // Chromium's trace sometimes lacks its beginning, of which Lighthouse says to run it again.
    if run_aloud(&mut lighthouse).is_err() {
        run_aloud(&mut lighthouse)?;
    }
    let report = fs::read_to_string(&report)?;
    let report: Value = serde_json::from_str(&report).context("Lighthouse wrote no report")?;
    for complaint in complaints(&report) {
        say(&format!("{page}: {complaint}"));
    }
    Ok(report)
}

/// What counts and is not perfect.
fn complaints(report: &Value) -> Vec<String> {
    let categories =
        CATEGORIES.iter().filter_map(|category| report["categories"][category]["auditRefs"].as_array());
    let counted =
        categories.flatten().filter(|audit| audit["weight"].as_f64().is_some_and(|weight| weight > 0.0));
    let audits = counted.filter_map(|audit| report["audits"].get(audit["id"].as_str()?));
    audits
        .filter(|audit| audit["score"].as_f64().is_some_and(|score| score < 1.0))
        .map(|audit| format!("{} {} ({})", audit["title"], audit["displayValue"], audit["score"]))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a score is from 0 to 1, and is shown as a whole number of hundredths"
)]
fn hundredths(score: f64) -> u32 {
    (score.clamp(0.0, 1.0) * 100.0).round() as u32
}

fn median(scores: &[u32]) -> u32 {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

fn told(scores: &[u32]) -> String {
    let (least, most) = (scores.iter().min().unwrap_or(&0), scores.iter().max().unwrap_or(&0));
    format!("{} ({least}–{most})", median(scores))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_median_of_scores_is_the_worse_of_the_two_in_the_middle() {
        assert_eq!(
            [median(&[100]), median(&[100, 99]), median(&[90, 100, 100]), median(&[99, 100, 99, 98])],
            [100, 99, 100, 99]
        );
        assert_eq!(told(&[100, 97, 100]), "100 (97–100)");
        assert_eq!([hundredths(1.0), hundredths(0.994), hundredths(0.995)], [100, 99, 100]);
    }

    #[test]
    fn what_counts_and_is_not_perfect_is_told() {
        let report = json!({
            "categories": { "performance": { "auditRefs": [
                { "id": "slow", "weight": 30 }, { "id": "right", "weight": 30 }, { "id": "advice", "weight": 0 }
            ] } },
            "audits": {
                "slow": { "title": "Blocking", "displayValue": "90 ms", "score": 0.98 },
                "right": { "title": "Shift", "score": 1 },
                "advice": { "title": "Advice", "score": 0 },
            },
        });
        assert_eq!(complaints(&report), ["\"Blocking\" \"90 ms\" (0.98)"]);
    }
}
