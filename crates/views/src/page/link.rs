//! `/enlace/{token}`: the link of a letter.

use super::Page;
use crate::fault::WordsError;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::flow::Purpose;

/// `/enlace/{token}`: the link of a letter. Opening it changes nothing; its button posts to the same path.
#[derive(Clone, Debug)]
pub struct LinkPage {
    /// The path to post to.
    pub path: String,
    /// What the link leads to.
    pub state: LinkState,
}

/// What the link of a letter leads to.
#[derive(Clone, Copy, Debug)]
pub enum LinkState {
    /// A button that goes on to set the password.
    Opens,
    /// It has expired; where to ask for another.
    Expired {
        /// What it was for.
        purpose: Purpose,
    },
    /// It was used: there is a password; sign in, or recover.
    AlreadyUsed,
    /// It is cut short, mistyped, or another letter took its place.
    Unknown,
}

impl Page for LinkPage {
    const TEMPLATE: &'static str = "link.html";

    fn samples() -> Vec<Self> {
        let states = [
            LinkState::Opens,
            LinkState::Expired { purpose: Purpose::Register },
            LinkState::Expired { purpose: Purpose::Recover },
            LinkState::AlreadyUsed,
            LinkState::Unknown,
        ];
        states.map(|state| Self { path: "/enlace/AbC".to_owned(), state }).to_vec()
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        let (state, again) = match self.state {
            LinkState::Opens => ("opens", None),
            LinkState::Expired { purpose } => ("expired", Some(begin_again(purpose))),
            LinkState::AlreadyUsed => ("used", None),
            LinkState::Unknown => ("unknown", None),
        };
        Ok(context! { path => self.path.as_str(), state, again })
    }
}

/// Where another key is asked for.
pub(super) fn begin_again(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Register => "/registro",
        Purpose::Recover => "/recuperar",
    }
}
