//! `/no-fui-yo/{token}` and `/si-fui-yo/{token}`: the buttons of letters.

use super::Page;
use crate::fault::WordsError;
use crate::words::Words;
use minijinja::{Value, context};

/// `/no-fui-yo/{token}`: somebody got a letter that they did not cause. Opening it changes nothing; its button posts to
/// the same path.
#[derive(Clone, Debug)]
pub struct DisownPage {
    /// The path to post to.
    pub path: String,
    /// What the link leads to.
    pub state: DisownState,
}

/// What "No fui yo" leads to.
#[derive(Clone, Copy, Debug)]
pub enum DisownState {
    /// A button that stops what the letter told of.
    Asks(DisownedMatter),
    /// It was stopped just now.
    Done(DisownedMatter),
    /// It was stopped before.
    AlreadyDone(DisownedMatter),
    /// The letter is too old.
    TooOld,
    /// It is cut short or mistyped.
    Unknown,
}

/// What the letter told of, and so what stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisownedMatter {
    /// A key that came to a mailbox which somebody typed.
    Key,
    /// A registration with another address than the one on file.
    Registration,
    /// The same, and somebody had a user by it already, which is the holder's now.
    Taken,
    /// Keys, links and sessions of an account.
    Account,
    /// A password that has to be chosen again.
    Password,
    /// A key for an account that somebody wants to have this address.
    NewAddress,
    /// A change of address that somebody asked for with the password.
    AddressAsked,
    /// A change of address that can be undone.
    OldAddress,
    /// An account that was closed.
    Closed,
}

impl DisownedMatter {
    const ALL: [Self; 9] = [
        Self::Key,
        Self::Registration,
        Self::Taken,
        Self::Account,
        Self::Password,
        Self::NewAddress,
        Self::AddressAsked,
        Self::OldAddress,
        Self::Closed,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Registration => "registration",
            Self::Taken => "taken",
            Self::Account => "account",
            Self::Password => "password",
            Self::NewAddress => "new-address",
            Self::AddressAsked => "address-asked",
            Self::OldAddress => "old-address",
            Self::Closed => "closed",
        }
    }
}

impl Page for DisownPage {
    const TEMPLATE: &'static str = "disown.html";

    fn samples() -> Vec<Self> {
        let asks = DisownedMatter::ALL.into_iter().filter(|matter| *matter != DisownedMatter::Taken);
        let mut states: Vec<DisownState> = asks.map(DisownState::Asks).collect();
        states.extend(DisownedMatter::ALL.map(DisownState::Done));
        states.extend([
            DisownState::AlreadyDone(DisownedMatter::Account),
            DisownState::TooOld,
            DisownState::Unknown,
        ]);
        states.into_iter().map(|state| Self { path: "/no-fui-yo/AbC".to_owned(), state }).collect()
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        let (state, matter) = match self.state {
            DisownState::Asks(matter) => ("asks", Some(matter)),
            DisownState::Done(matter) => ("done", Some(matter)),
            DisownState::AlreadyDone(matter) => ("already", Some(matter)),
            DisownState::TooOld => ("old", None),
            DisownState::Unknown => ("unknown", None),
        };
        Ok(context! { path => self.path.as_str(), state, what => matter.map(DisownedMatter::name) })
    }
}

/// `/si-fui-yo/{token}`: whoever reads the address on file lets a held key go. Opening it changes nothing; its button
/// posts to the same path.
#[derive(Clone, Debug)]
pub struct ReleasePage {
    /// The path to post to.
    pub path: String,
    /// What the link leads to.
    pub state: ReleaseState,
}

/// What "Sí, fui yo" leads to.
#[derive(Clone, Debug)]
pub enum ReleaseState {
    /// A button that lets the key go.
    Asks {
        /// Where it goes, masked.
        email: String,
    },
    /// It was let go just now.
    Done {
        /// Where it goes, masked.
        email: String,
    },
    /// It left before.
    AlreadyLeft,
    /// It was stopped, or another took its place.
    Stopped,
    /// It is cut short, mistyped or too old.
    Unknown,
}

impl Page for ReleasePage {
    const TEMPLATE: &'static str = "release.html";

    fn samples() -> Vec<Self> {
        let email = || "a•••z@g•••.com".to_owned();
        let states = [
            ReleaseState::Asks { email: email() },
            ReleaseState::Done { email: email() },
            ReleaseState::AlreadyLeft,
            ReleaseState::Stopped,
            ReleaseState::Unknown,
        ];
        states.map(|state| Self { path: "/si-fui-yo/AbC".to_owned(), state }).to_vec()
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        let (state, email) = match &self.state {
            ReleaseState::Asks { email } => ("asks", Some(email)),
            ReleaseState::Done { email } => ("done", Some(email)),
            ReleaseState::AlreadyLeft => ("left", None),
            ReleaseState::Stopped => ("stopped", None),
            ReleaseState::Unknown => ("unknown", None),
        };
        Ok(context! { path => self.path.as_str(), state, email })
    }
}
