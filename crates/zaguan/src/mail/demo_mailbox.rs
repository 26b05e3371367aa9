//! The demo's mailbox: letters are kept as files, so that they are there after a restart, and read at `/buzon`.

use super::outgoing::Outgoing;
use super::{Delivery, Sending, Transport};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::NamedTempFile;
use zaguan_views::ShownLetter;
use zaguan_web::Mailbox;

/// What the demo's mailbox calls itself on the page that tells what became of a letter.
const SERVER: &str = "buzon-de-la-demo";

/// Letters in a directory, each a file.
#[derive(Debug)]
pub struct DemoMailbox {
    directory: PathBuf,
    letters: Mutex<BTreeMap<String, Kept>>,
}

/// A letter as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    to: String,
    subject: String,
    at: Timestamp,
    text: String,
}

impl DemoMailbox {
    /// The mailbox of a directory, with the letters that are in it; the directory is made if it is not there.
    pub fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let mut letters = BTreeMap::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let (Some(name), true) = (name, path.extension().is_some_and(|extension| extension == "json"))
            else {
                continue;
            };
            letters.insert(name, serde_json::from_slice(&fs::read(&path)?)?);
        }
        Ok(Self { directory: directory.to_owned(), letters: Mutex::new(letters) })
    }

    fn keep(&self, letter: &Outgoing) -> io::Result<()> {
        let kept = Kept {
            to: letter.to.as_str().to_owned(),
            subject: letter.written.subject.clone(),
            at: letter.at,
            text: letter.written.text.clone(),
        };
        let mut file = NamedTempFile::new_in(&self.directory)?;
        file.write_all(&serde_json::to_vec_pretty(&kept)?)?;
        file.persist(self.directory.join(format!("{}.json", letter.name)))?;
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).insert(letter.name.clone(), kept);
        Ok(())
    }
}

impl Transport for DemoMailbox {
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a> {
        Box::pin(async {
            match self.keep(letter) {
                Ok(()) => Delivery::Accepted { server: SERVER.to_owned(), reply: "250 2.0.0 Ok".to_owned() },
                Err(error) => {
                    Delivery::NotYet { reply: format!("the demo's mailbox cannot be written: {error}") }
                }
            }
        })
    }
}

impl Mailbox for DemoMailbox {
    fn letters(&self) -> Vec<ShownLetter> {
        let kept = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        let mut letters: Vec<_> = kept
            .values()
            .map(|kept| ShownLetter {
                to: kept.to.clone(),
                subject: kept.subject.clone(),
                at: kept.at,
                text: kept.text.clone(),
            })
            .collect();
        letters.sort_by_key(|letter| std::cmp::Reverse(letter.at));
        letters
    }
}
