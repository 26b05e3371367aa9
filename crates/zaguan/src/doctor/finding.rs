//! What the doctor finds: about what, how bad it is, in words, and what to do.

use serde::Serialize;
use std::fmt::Display;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not work, or will not for long.
    Fault,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub about: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What was found.
    pub words: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn good(about: &'static str, words: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Good, words: words.into(), remedy: None }
    }

    /// It works, and somebody should look at it.
    pub fn warning(about: &'static str, words: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Warning, words: words.into(), remedy: Some(remedy.into()) }
    }

    /// It does not work, or will not for long.
    pub fn fault(about: &'static str, words: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fault, ..Self::warning(about, words, remedy) }
    }

    /// A fault of which the error says everything: what is wrong and, after a semicolon, what to do.
    pub fn of_error(about: &'static str, error: impl Display) -> Self {
        let text = error.to_string();
        match text.split_once("; ") {
            Some((words, remedy)) => Self::fault(about, words, remedy),
            None => Self { about, verdict: Verdict::Fault, words: text, remedy: None },
        }
    }

    /// For people: the verdict, and below it what to do.
    pub fn lines(&self) -> Vec<String> {
        let verdict = match self.verdict {
            Verdict::Good => "good   ",
            Verdict::Warning => "WARNING",
            Verdict::Fault => "FAULT  ",
        };
        let mut lines = vec![format!("{verdict}  {}: {}", self.about, self.words)];
        lines.extend(self.remedy.as_ref().map(|remedy| format!("         -> {remedy}")));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::Finding;

    #[test]
    fn an_error_is_told_with_its_remedy_below() {
        let finding = Finding::of_error("database", "the disk is full; free some space; soon");
        assert_eq!(
            finding.lines(),
            ["FAULT    database: the disk is full", "         -> free some space; soon"]
        );
        assert_eq!(Finding::of_error("x", "only words").lines(), ["FAULT    x: only words"]);
    }
}
