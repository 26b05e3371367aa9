//! The letters that came, by whom they are to, and what repeats among them.

use crate::mailbox::{key_in, link_path_in};
use crate::scripted_mail_server::ScriptedMailServer;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A mail server's letters, read as they come.
pub(super) struct Letters {
    server: ScriptedMailServer,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    count: usize,
    /// Kills before now.
    kills: u64,
    keys: HashMap<String, Vec<KeyLetter>>,
    copies: HashMap<String, Vec<Copy>>,
    links: Vec<String>,
}

/// A letter with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyLetter {
    pub(super) message_id: String,
    pub(super) key: String,
}

/// One time that a letter came.
#[derive(Clone, Debug)]
struct Copy {
    /// How many kills there had been.
    kills: u64,
    key: Option<String>,
    recipients: Vec<String>,
}

impl Letters {
    /// Those of this server.
    pub(super) fn of(server: ScriptedMailServer) -> Self {
        Self { server, read: Mutex::default() }
    }

    /// Reads what came since it was last read.
    pub(super) fn sweep(&self) {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        for message in self.server.received_since(read.count) {
            read.count += 1;
            let letter = message.letter();
            let text = letter.text.clone().unwrap_or_default();
            let message_id = letter.header("message-id").unwrap_or_default().to_owned();
            let (key, kills) = (key_in(&text), read.kills);
            read.links.extend(link_path_in(&text).and_then(|path| Some(path.rsplit_once('/')?.1.to_owned())));
            if let Some(key) = &key {
                let one = KeyLetter { message_id: message_id.clone(), key: key.clone() };
                for to in &message.recipients {
                    let letters = read.keys.entry(to.clone()).or_default();
                    if !letters.contains(&one) {
                        letters.push(one.clone());
                    }
                }
            }
            let copy = Copy { kills, key, recipients: message.recipients };
            read.copies.entry(message_id).or_default().push(copy);
        }
    }

    /// Tells that the portal was killed. What came before it has been read.
    pub(super) fn killed(&self) {
        self.sweep();
        self.read.lock().unwrap_or_else(PoisonError::into_inner).kills += 1;
    }

    /// The letters with a key to somebody, each once, in order.
    pub(super) fn keys_to(&self, to: &str) -> Vec<KeyLetter> {
        self.sweep();
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.keys.get(to).cloned().unwrap_or_default()
    }

    /// Every key and link that ever left.
    pub(super) fn secrets(&self) -> Vec<String> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = read.keys.values().flatten().map(|letter| letter.key.clone());
        keys.chain(read.links.iter().cloned()).collect()
    }

    /// How many letters came, and how many of them again.
    pub(super) fn counts(&self) -> (usize, usize) {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        (read.count, read.count - read.copies.len())
    }

    /// What is wrong with what came again: it came again without a kill in between, with another key, or to others.
    pub(super) fn violations(&self) -> Vec<String> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let mut violations = Vec::new();
        for (message_id, copies) in &read.copies {
            if message_id.is_empty() {
                violations.push("I5: a letter has no Message-ID".to_owned());
            }
            for pair in copies.windows(2) {
                if pair[0].kills == pair[1].kills {
                    violations.push(format!("I5: {message_id} came twice, and there was no kill in between"));
                }
                if pair[0].key != pair[1].key || pair[0].recipients != pair[1].recipients {
                    violations.push(format!("I5: {message_id} came again with other contents"));
                }
            }
        }
        violations
    }
}
