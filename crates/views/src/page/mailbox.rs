//! `/buzon`: the demo's mailbox, where the letters that were sent can be read.

use jiff::Timestamp;

/// The demo's mailbox.
#[derive(Clone, Debug, Default)]
pub struct MailboxPage {
    /// The letters, newest first.
    pub letters: Vec<ShownLetter>,
}

/// A letter that was sent.
#[derive(Clone, Debug)]
pub struct ShownLetter {
    /// Where it went.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it left.
    pub at: Timestamp,
    /// Its plain text. Links in it are shown as links.
    pub text: String,
}
