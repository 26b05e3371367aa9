//! What can go wrong with pages and letters, each in a sentence that says what to do.

use std::path::PathBuf;

/// Why the pages cannot be shown at all; found at start.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    /// The colour is not written as `#rrggbb`.
    #[error("brand.color is `{color}`; write it as `#` and six hexadecimal digits, such as `#7a1f2b`")]
    ColorUnreadable {
        /// What is written.
        color: String,
    },
    /// The colour is too pale to be read.
    #[error(
        "brand.color {color} is too pale: white text on it and links in it have a contrast of {ratio:.1}, \
         and 4.5 is the least that people with weak sight can read; use a darker one, such as {darker}"
    )]
    ColorTooPale {
        /// The colour.
        color: String,
        /// Its contrast with the paper.
        ratio: f64,
        /// The nearest that is dark enough.
        darker: String,
    },
    /// The folder of overrides, or a file in it, cannot be read.
    #[error("{} cannot be read; check views.overrides and the permissions", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file in the folder of overrides takes no file's place.
    #[error("{} takes the place of no file of ours; see the names in ours, or remove it", path.display())]
    OverridesNothing {
        /// Which.
        path: PathBuf,
    },
    /// A text in the folder of overrides takes no text's place.
    #[error("{}: the portal has no text `{key}`; check the name, or remove it", path.display())]
    NoSuchText {
        /// In which file.
        path: PathBuf,
        /// Which.
        key: String,
    },
    /// A file of words is not valid Fluent.
    #[error("{}: not valid Fluent near byte {at}: {detail}", path.display())]
    BadWords {
        /// Which.
        path: PathBuf,
        /// Where.
        at: usize,
        /// What is wrong.
        detail: String,
    },
    /// A template, ours or the operator's, is not valid or does not fit what it is given.
    #[error("a template cannot be used: {0}")]
    BadTemplate(#[from] RenderError),
}

/// Why a text could not be said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// No text has this name.
    #[error("no text is called `{key}`")]
    Missing {
        /// The name.
        key: String,
    },
    /// The text wants something that it was not given.
    #[error("the text `{key}` cannot be written: {detail}")]
    Unresolved {
        /// The name.
        key: String,
        /// What it wants.
        detail: String,
    },
}

/// Why a page or letter could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{template}: {cause}")]
pub struct RenderError {
    /// Which template.
    pub(crate) template: String,
    /// What is wrong with it.
    pub(crate) cause: RenderCause,
}

/// What is wrong with a template.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderCause {
    #[error("{0}")]
    Template(#[from] minijinja::Error),
    #[error(transparent)]
    Words(#[from] WordsError),
}

impl RenderError {
    pub(crate) fn new(template: &str, cause: impl Into<RenderCause>) -> Self {
        Self { template: template.to_owned(), cause: cause.into() }
    }
}
