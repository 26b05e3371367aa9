//! What a load found and what became of it, in lines for people and for programs.

use super::{Mode, understood};
use indicatif::HumanCount;
use serde_json::{Value, json};
use std::path::PathBuf;
use zaguan_book::{LineCounts, Understood};
use zaguan_domain::book::{Brake, Counts};
use zaguan_store::{BookDifference, Generation};

/// What a load found, and what became of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file.
    pub file: PathBuf,
    /// How it was understood.
    pub understood: Understood,
    /// What it was taken for.
    pub mode: Mode,
    /// Its rows.
    pub counts: Counts,
    /// Its lines, rows or not.
    pub lines: LineCounts,
    /// How the new book differs from the one before.
    pub difference: BookDifference,
    /// The book before, if there was one.
    pub before: Option<Generation>,
    /// The latest generation that was made of the same file.
    pub same_as: Option<Generation>,
    /// Where the rejected rows are, if there are any.
    pub rejected_rows: Option<PathBuf>,
    /// Why it is not believed.
    pub brakes: Vec<Brake>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The new book is in use.
    Loaded,
    /// It was not believed; the book before stays.
    Braked,
    /// It is the file that is in use, and nothing in it is new.
    InUseAlready,
    /// It was only to be tried.
    OnlyTried,
}

impl Outcome {
    /// A word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Braked => "braked",
            Self::InUseAlready => "in-use-already",
            Self::OnlyTried => "dry-run",
        }
    }
}

impl Report {
    /// Whether it is the file of the book in use, and would change nothing. After a correction of the configuration the
    /// same file may well make another book.
    pub(super) fn is_in_use_already(&self) -> bool {
        let BookDifference { new, changed, ended, .. } = self.difference;
        new + changed + ended == 0 && self.same_as.as_ref().is_some_and(|generation| generation.is_current)
    }

    /// The report, in lines for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(same) = &self.same_as {
            let when = if same.is_current { ", which is in use" } else { "" };
            lines.push(format!(
                "the same file was loaded before, as generation {} at {}{when}",
                same.number, same.loaded_at
            ));
        }
        self.add_rows(&mut lines);
        self.add_book(&mut lines);
        if let Some(path) = &self.rejected_rows {
            lines.push(format!("rejected rows, with their reasons: {}", path.display()));
        }
        lines
    }

    fn add_rows(&self, lines: &mut Vec<String>) {
        let Counts { rows, new, changed, unchanged, removed, repeated, .. } = self.counts;
        lines.push(figure("rows read", rows, ""));
        lines.push(figure("  new", new, ""));
        lines.push(figure("  changed", changed, ""));
        lines.push(figure("  unchanged", unchanged, ""));
        if removed > 0 || self.mode == Mode::Delta {
            lines.push(figure("  that end a policy", removed, ""));
        }
        lines.push(figure("  repeated", repeated, "a later row has the same document, ramo and number"));
        let rejected = self.counts.all_rejected();
        lines.push(figure("  rejected", rejected, &part(rejected, rows)));
        for (reason, count) in &self.counts.rejected {
            lines.push(figure(&format!("    {reason}"), *count, ""));
        }
        let LineCounts { blank, totals, headers, titles, repaired_cells, .. } = self.lines;
        for (what, count) in [
            ("blank lines", blank),
            ("totals and rules of print", totals),
            ("headers repeated", headers.saturating_sub(1)),
            ("titles of pages", titles),
            ("cells repaired", repaired_cells),
        ] {
            if count > 0 {
                lines.push(figure(what, count, ""));
            }
        }
        for (note, count) in &self.counts.notes {
            lines.push(format!("{}: {}", note.in_spanish(), HumanCount(*count)));
        }
    }

    fn add_book(&self, lines: &mut Vec<String>) {
        let BookDifference { ended, policies, holders, with_email, shared_addresses, .. } = self.difference;
        let before = self.before.as_ref().map(|generation| generation.counts);
        lines.push(figure("policies", policies, &change(before.map(|before| before.policies), policies)));
        let gone = before.map(|before| part(ended, before.policies)).unwrap_or_default();
        lines.push(figure("  ended", ended, &gone));
        lines.push(figure("holders", holders, &change(before.map(|before| before.holders), holders)));
        let emails = before.map(|before| before.with_email);
        lines.push(figure("policies with an e-mail", with_email, &change(emails, with_email)));
        if shared_addresses > 0 {
            let words = "each on too many holders to be one person's";
            lines.push(figure("shared addresses", shared_addresses, words));
        }
    }

    /// Why it is not believed, in words.
    pub fn doubts(&self) -> String {
        self.brakes.iter().map(Brake::in_spanish).collect::<Vec<_>>().join("; ")
    }

    /// The report for programs.
    pub fn as_json(&self) -> Value {
        let BookDifference { policies, holders, with_email, shared_addresses, .. } = self.difference;
        let notes: serde_json::Map<_, _> = self
            .counts
            .notes
            .iter()
            .map(|(note, count)| (note.in_spanish().to_owned(), (*count).into()))
            .collect();
        let before = self.before.as_ref().map(|generation| {
            let counts = generation.counts;
            json!({
                "generation": generation.number,
                "loaded_at": generation.loaded_at.to_string(),
                "policies": counts.policies,
                "holders": counts.holders,
                "with_email": counts.with_email,
                "policies_change_percent": percent(counts.policies, policies),
                "with_email_change_percent": percent(counts.with_email, with_email),
            })
        });
        let mut json = understood::as_json(&self.understood);
        let found = json!({
            "file": self.file.display().to_string(),
            "mode": self.mode.name(),
            "outcome": self.outcome.word(),
            "loaded": self.outcome == Outcome::Loaded,
            "rows": self.counts.rows,
            "new": self.counts.new,
            "changed": self.counts.changed,
            "unchanged": self.counts.unchanged,
            "removed": self.counts.removed,
            "repeated": self.counts.repeated,
            "ended": self.counts.ended,
            "rejected": self.counts.all_rejected(),
            "rejected_by_reason": self.counts.rejected,
            "rejected_file": self.rejected_rows.as_ref().map(|path| path.display().to_string()),
            "notes": notes,
            "policies": policies,
            "holders": holders,
            "with_email": with_email,
            "shared_addresses": shared_addresses,
            "blank": self.lines.blank,
            "totals": self.lines.totals,
            "same_file_as_generation": self.same_as.as_ref().map(|generation| generation.number),
            "before": before,
            "brakes": self.brakes.iter().map(Brake::in_spanish).collect::<Vec<_>>(),
        });
        if let (Value::Object(json), Value::Object(found)) = (&mut json, found) {
            json.extend(found);
        }
        json
    }
}

/// A line with a figure: `  changed                          1,234  words`.
fn figure(what: &str, count: u64, words: &str) -> String {
    format!("{what:<42}{:>12}  {words}", HumanCount(count).to_string()).trim_end().to_owned()
}

/// `1.5 % of them`, where there is something to tell.
fn part(part: u64, whole: u64) -> String {
    match tenths(part, whole) {
        Some(0) if part > 0 => "less than 0.1 %".to_owned(),
        Some(tenths) if part > 0 => format!("{}.{} %", tenths / 10, tenths % 10),
        _ => String::new(),
    }
}

/// How a figure moved since the last load.
fn change(before: Option<u64>, after: u64) -> String {
    let Some(before) = before else { return String::new() };
    let (sign, difference) = if after < before { ("-", before - after) } else { ("+", after - before) };
    match tenths(difference, before) {
        _ if difference == 0 => format!("{} before, the same", HumanCount(before)),
        Some(tenths) => format!("{} before, {sign}{}.{} %", HumanCount(before), tenths / 10, tenths % 10),
        None => "none before".to_owned(),
    }
}

/// A part in tenths of a percent; nothing where there is no whole.
fn tenths(part: u64, whole: u64) -> Option<u128> {
    (u128::from(part) * 1000 + u128::from(whole) / 2).checked_div(u128::from(whole))
}

/// The change in percent, with a decimal.
fn percent(before: u64, after: u64) -> Option<f64> {
    let tenths = u32::try_from(tenths(before.abs_diff(after), before)?).ok()?;
    let percent = f64::from(tenths) / 10.0;
    Some(if after < before { -percent } else { percent })
}

#[cfg(test)]
mod tests {
    use super::{change, figure, part, percent};

    #[test]
    fn a_figure_is_compared_with_the_last_load() {
        assert_eq!(change(Some(1000), 590), "1,000 before, -41.0 %");
        assert_eq!(change(Some(1000), 1005), "1,000 before, +0.5 %");
        assert_eq!(change(Some(7), 7), "7 before, the same");
        assert_eq!(change(Some(0), 7), "none before");
        assert_eq!(change(None, 7), "");
        assert_eq!(part(15, 1000), "1.5 %");
        assert_eq!(part(0, 1000), "");
        assert_eq!(part(1, 20_000), "less than 0.1 %");
        assert_eq!(percent(1000, 590), Some(-41.0));
        assert_eq!(percent(0, 5), None);
    }

    #[test]
    fn figures_stand_in_a_column() {
        let (one, other) = (figure("rows read", 1, ""), figure("  rejected", 1_234_567, ""));
        assert_eq!(one.len(), other.len());
        assert!(other.ends_with("1,234,567"));
    }
}
