//! Barriers to people on a page, found by axe-core.

use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::or_fail::{OrFail as _, fail};

/// WCAG 2.2 at level AA, which contains the earlier ones, and what axe-core's authors hold to be good practice.
const STANDARDS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// A rule that the page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name, such as `label` or `color-contrast`.
    pub rule: String,
    /// How much it hinders: `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// What the rule wants, in a sentence.
    pub help: String,
    /// Each place that breaks it: a CSS selector and what is wrong there.
    pub places: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({}): {}", self.rule, self.impact, self.help)?;
        for place in &self.places {
            write!(formatter, "\n  {place}")?;
        }
        Ok(())
    }
}

impl Browser {
    /// Every barrier that axe-core finds on the page as it is now; it needs a browser with JavaScript.
    pub async fn axe(&self) -> Vec<Violation> {
        if !self.settings.javascript {
            fail("axe-core waits for timers, which do not run in a browser without JavaScript");
        }
        self.script(&axe_core(), vec![]).await;
        let run = r"
            const [standards, done] = arguments;
            axe.run(document, { runOnly: standards, resultTypes: ['violations'] })
                .then(found => done({ violations: found.violations }), error => done({ error: String(error) }));";
        let returned = self
            .driver()
            .execute_async(run, vec![json!(STANDARDS)])
            .await
            .or_fail("running axe-core in the page");
        if let Some(error) = returned.json()["error"].as_str() {
            fail(format_args!("axe-core: {error}"));
        }
        let violations = returned.json()["violations"].as_array().or_fail("reading axe-core's answer");
        violations.iter().map(violation).collect()
    }
}

fn axe_core() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm/node_modules/axe-core/axe.min.js");
    fs::read_to_string(&file).or_fail(format_args!(
        "axe-core is not installed: `cargo xtask test` installs it, or `npm ci` in crates/testing/npm ({})",
        file.display()
    ))
}

fn violation(found: &Value) -> Violation {
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let places = found["nodes"].as_array().into_iter().flatten().map(|node| {
        let summary = node["failureSummary"].as_str().unwrap_or_default();
        format!("{}: {}", node["target"], summary.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    Violation { rule: text("id"), impact: text("impact"), help: text("help"), places: places.collect() }
}
