//! Turns: whose password it is, which decides who goes first, and how long they can wait.

use std::time::Duration;
use zaguan_domain::address::NetworkGroup;

/// Whose password is to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who they are to us.
    pub standing: Standing,
    /// The network that they come from, if over one. Networks take turns.
    pub network: Option<NetworkGroup>,
    /// How long they wait for the answer. Who cannot be answered by then is told at once.
    pub patience: Duration,
}

/// Who somebody is to us. The known go before strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Somebody who proved something already: a browser that the account knows, a session, a temporary key.
    Known,
    /// Anybody else.
    Stranger,
}
