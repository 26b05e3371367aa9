//! A mailbox in memory: what the portal sent, and how the mail server behaves.

use crate::or_fail::OrFail;
use std::sync::{Mutex, PoisonError};
use zaguan::mail::outgoing::Outgoing;
use zaguan::mail::{Delivery, Sending, Transport};

/// A letter that the portal sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLetter {
    /// Where it went.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// All of it, as a mail server took it.
    pub raw: String,
}

impl SentLetter {
    /// The temporary key in the text, as it is shown there.
    ///
    /// # Panics
    /// When there is none.
    pub fn key(&self) -> String {
        key_in(&self.text).or_fail(format_args!("no key in {:?}", self.text))
    }

    /// The path of the link in the text.
    ///
    /// # Panics
    /// When there is none.
    pub fn link_path(&self) -> String {
        link_path_in(&self.text).or_fail(format_args!("no link in {:?}", self.text))
    }
}

impl SentLetter {
    /// The path of "No fui yo" in the text.
    ///
    /// # Panics
    /// When there is none.
    pub fn disown_path(&self) -> String {
        path_in(&self.text, "/no-fui-yo/").or_fail(format_args!("no button in {:?}", self.text))
    }

    /// The path of "Sí, fui yo" in the text.
    ///
    /// # Panics
    /// When there is none.
    pub fn release_path(&self) -> String {
        path_in(&self.text, "/si-fui-yo/").or_fail(format_args!("no button in {:?}", self.text))
    }

    /// Whether there is a temporary key in the text.
    pub fn has_key(&self) -> bool {
        key_in(&self.text).is_some()
    }
}

/// The temporary key in a letter's text.
pub fn key_in(text: &str) -> Option<String> {
    let is_key = |word: &&str| {
        let symbol = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        word.len() == 9
            && word.split('-').map(str::len).eq([4, 4])
            && word.replace('-', "").chars().all(symbol)
    };
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find(is_key).map(str::to_owned)
}

/// The path of the link in a letter's text.
pub fn link_path_in(text: &str) -> Option<String> {
    path_in(text, "/enlace/")
}

/// The first path in a letter's text that begins so.
pub fn path_in(text: &str, beginning: &str) -> Option<String> {
    let start = text.find(beginning)?;
    let link = &text[start..];
    let end = link.find(|c: char| c.is_whitespace() || matches!(c, '>' | ')' | ',')).unwrap_or(link.len());
    Some(link[..end].trim_end_matches('.').to_owned())
}

/// How the mail server behaves.
#[derive(Clone, Debug, Default)]
enum Behaviour {
    #[default]
    Accepts,
    Defers(String),
    Refuses(String),
}

/// A mail server in memory.
#[derive(Debug, Default)]
pub struct TestMailbox {
    letters: Mutex<Vec<SentLetter>>,
    behaviour: Mutex<Behaviour>,
}

impl TestMailbox {
    /// The name of the server, as pages tell it.
    pub const SERVER: &str = "correo.prueba.example";

    /// The letters that were taken, in order.
    pub fn letters(&self) -> Vec<SentLetter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on letters are taken.
    pub fn accept(&self) {
        self.behave(Behaviour::Accepts);
    }

    /// From now on letters are put off, in these words.
    pub fn defer(&self, reply: &str) {
        self.behave(Behaviour::Defers(reply.to_owned()));
    }

    /// From now on letters are refused, in these words.
    pub fn refuse(&self, reply: &str) {
        self.behave(Behaviour::Refuses(reply.to_owned()));
    }

    fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    fn take(&self, letter: &Outgoing) -> Delivery {
        match self.behaviour.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            Behaviour::Defers(reply) => Delivery::NotYet { reply },
            Behaviour::Refuses(reply) => Delivery::Refused { reply },
            Behaviour::Accepts => {
                let sent = SentLetter {
                    to: letter.to.as_str().to_owned(),
                    subject: letter.written.subject.clone(),
                    text: letter.written.text.clone(),
                    html: letter.written.html.clone(),
                    raw: String::from_utf8_lossy(&letter.message.formatted()).into_owned(),
                };
                self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
                Delivery::Accepted { server: Self::SERVER.to_owned(), reply: "250 2.0.0 OK".to_owned() }
            }
        }
    }
}

impl Transport for TestMailbox {
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move { self.take(letter) })
    }
}
