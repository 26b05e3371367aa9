//! What is wrong with a configuration: where, which key, and what to write instead.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment {
        /// Its name.
        name: String,
    },
    /// Nowhere: it is what holds when nobody says otherwise.
    Preset,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Environment { name } => write!(f, "environment variable {name}"),
            Self::Preset => f.write_str("preset"),
        }
    }
}

/// What to write instead, in words that follow "KEY: ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice(String);

impl Advice {
    /// Advice in these words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that is wrong with a configuration, as a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    origin: Option<Origin>,
    key: Option<String>,
    advice: Advice,
}

impl Fault {
    /// A fault of a key, at a place.
    pub(crate) fn of_key(origin: &Origin, key: &str, advice: Advice) -> Self {
        let origin = (*origin != Origin::Preset).then(|| origin.clone());
        Self { origin, key: Some(key.to_owned()), advice }
    }

    /// A fault of a place, whatever the key.
    pub(crate) fn at(origin: Origin, advice: Advice) -> Self {
        Self { origin: Some(origin), key: None, advice }
    }

    /// A fault of the whole.
    pub(crate) fn general(advice: Advice) -> Self {
        Self { origin: None, key: None, advice }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        write!(f, "{}", self.advice)
    }
}

/// Everything that is wrong with a configuration, a line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// These faults, in the order of the lines that they are in.
    pub(crate) fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|fault| match &fault.origin {
            Some(Origin::File { line, .. }) => *line,
            Some(Origin::Environment { .. } | Origin::Preset) | None => usize::MAX,
        });
        Self(faults)
    }

    /// The fault of the whole that these words tell.
    pub(crate) fn general(words: impl Into<String>) -> Self {
        Self(vec![Fault::general(Advice::new(words))])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}
