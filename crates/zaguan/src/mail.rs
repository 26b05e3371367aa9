//! Mail: what leaves the portal, and the ways by which it leaves.

mod concealed;
pub mod demo_mailbox;
mod mail_server;
pub mod outgoing;
pub mod smtp;

use outgoing::Outgoing;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

/// A way by which letters leave.
pub trait Transport: Debug + Send + Sync {
    /// Hands a letter over. It comes back within [`smtp::PATIENCE`] and a little.
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a>;
}

/// A letter on its way out.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Delivery> + Send + 'a>>;

/// What came of handing a letter over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A mail server took it.
    Accepted {
        /// Which one.
        server: String,
        /// Its own words.
        reply: String,
    },
    /// Not this time: the server said so, or there was no way to it.
    NotYet {
        /// The server's own words, or what happened.
        reply: String,
    },
    /// A mail server will not take it, ever.
    Refused {
        /// Its own words.
        reply: String,
    },
}
