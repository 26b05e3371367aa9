//! `/registro/clave/estado`: what became of the letter.

use super::Page;
use crate::fault::WordsError;
use crate::message::Message;
use crate::words::Words;
use minijinja::{Value, context};

/// `/registro/clave/estado`: a small page inside the other, which refreshes itself without JavaScript and tells what
/// became of the letter.
#[derive(Clone, Debug)]
pub struct LetterStatusPage {
    /// What became of the letter.
    pub status: LetterStatus,
    /// In how many seconds a letter may be asked for again; 0 is now.
    pub ask_again_in: i64,
}

/// What became of a letter, as far as the person who asked for it may know.
#[derive(Clone, Debug)]
pub enum LetterStatus {
    /// It is being written, or waits for its first attempt.
    Waiting,
    /// The mail server did not take it yet; it will be tried again.
    Deferred,
    /// Its key was over before it could leave.
    TooLate,
    /// A mail server took it.
    Accepted {
        /// Its name.
        server: String,
    },
    /// The mail server says that there is no such mailbox.
    NoSuchMailbox,
    /// The mail server says that the mailbox is full.
    MailboxFull,
    /// The mail server refused it for another reason, in its own words (shown small).
    Refused {
        /// The server's words.
        reply: String,
    },
}

impl Page for LetterStatusPage {
    const TEMPLATE: &'static str = "letter_status.html";

    fn samples() -> Vec<Self> {
        let page = |status, ask_again_in| Self { status, ask_again_in };
        vec![
            page(LetterStatus::Waiting, 58),
            page(LetterStatus::Deferred, 1),
            page(LetterStatus::TooLate, 0),
            page(LetterStatus::Accepted { server: "correo.ejemplo.com.ar".to_owned() }, 40),
            page(LetterStatus::Accepted { server: "correo.ejemplo.com.ar".to_owned() }, 0),
            page(LetterStatus::NoSuchMailbox, 0),
            page(LetterStatus::MailboxFull, 0),
            page(LetterStatus::Refused { reply: "554 5.7.1 Message refused by policy".to_owned() }, 0),
        ]
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let (tone, heading, detail) = said(&self.status);
        let reply =
            if let LetterStatus::Refused { reply } = &self.status { Some(reply.as_str()) } else { None };
        Ok(context! {
            tone,
            reply,
            status_heading => words.say(&heading)?,
            status_detail => words.say(&detail)?,
            ask_again_in => self.ask_again_in.max(0),
        })
    }
}

/// How a status looks, what it is, and what to do about it.
fn said(status: &LetterStatus) -> (&'static str, Message, Message) {
    match status {
        LetterStatus::Waiting => {
            ("wait", Message::new("status-waiting"), Message::new("status-waiting-detail"))
        }
        LetterStatus::Deferred => {
            ("wait", Message::new("status-deferred"), Message::new("status-deferred-detail"))
        }
        LetterStatus::TooLate => {
            ("wait", Message::new("status-too-late"), Message::new("status-too-late-detail"))
        }
        LetterStatus::Accepted { server } => (
            "good",
            Message::new("status-accepted"),
            Message::new("status-accepted-detail").with("server", server.as_str()),
        ),
        LetterStatus::NoSuchMailbox => {
            ("bad", Message::new("status-no-such-mailbox"), Message::new("status-no-such-mailbox-detail"))
        }
        LetterStatus::MailboxFull => {
            ("bad", Message::new("status-mailbox-full"), Message::new("status-mailbox-full-detail"))
        }
        LetterStatus::Refused { .. } => {
            ("bad", Message::new("status-refused"), Message::new("status-refused-detail"))
        }
    }
}
