//! The names under which a value may be given, and what a misspelt one is near to.

use super::{KEYS, Key, Kind};

/// The key of this name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// A name under which a value may be given, and how its value is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// The value itself.
    Directly,
    /// A file that has the value in it.
    ByFile,
}

impl Given {
    /// What kind of value is written where a key is given so.
    pub(crate) fn kind_of(self, key: &Key) -> Kind {
        match self {
            Self::Directly => key.kind,
            Self::ByFile => Kind::Path,
        }
    }
}

/// The key that a name in a file stands for, with `_file` for secrets.
pub(crate) fn named(name: &str) -> Option<(&'static Key, Given)> {
    if let Some(key) = find(name) {
        return Some((key, Given::Directly));
    }
    let key = find(name.strip_suffix("_file")?)?;
    key.kind.is_secret().then_some((key, Given::ByFile))
}

/// All names that may be written, for suggestions.
pub(crate) fn all_names() -> Vec<String> {
    let by_file = KEYS.iter().filter(|key| key.kind.is_secret()).map(|key| format!("{}_file", key.name));
    KEYS.iter().map(|key| key.name.to_owned()).chain(by_file).collect()
}

/// The known name that is nearest to this one, if any is near.
pub(crate) fn nearest(name: &str, known: &[String]) -> Option<String> {
    let scored = known.iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let (score, best) = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (score > 0.75).then(|| best.clone())
}
