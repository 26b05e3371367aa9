//! `zaguan letters`: what is in the outbox, and another try for what was refused.

use crate::output;
use crate::world::RealWorld;
use anyhow::{Result, bail};
use serde::Serialize;
use zaguan_domain::id::LetterId;
use zaguan_domain::letter::{Letter, LetterState};
use zaguan_store::{LetterFilter, RetryLetters, Store, StoreSettings};
use zaguan_web::World as _;

/// So many of the latest letters are listed.
const LISTED: u32 = 200;

/// A letter as it is listed. Its address and document are masked: a list is soon copied into a chat.
#[derive(Debug, Serialize)]
struct Listed {
    letter: String,
    kind: &'static str,
    document: String,
    to: String,
    queued_at: String,
    state: &'static str,
    attempts: Option<u32>,
    next_at: Option<String>,
    settled_at: Option<String>,
    server: Option<String>,
    reply: Option<String>,
}

impl Listed {
    fn new(letter: &Letter, state: LetterState) -> Self {
        let mut listed = Self {
            letter: letter.id.to_string(),
            kind: letter.kind.to_stored(),
            document: letter.document.masked(),
            to: letter.to.masked(),
            queued_at: letter.queued_at.to_string(),
            state: "waiting",
            attempts: None,
            next_at: None,
            settled_at: None,
            server: None,
            reply: None,
        };
        // Mail servers like to repeat the address.
        let masked = |reply: String| reply.replace(letter.to.as_str(), &letter.to.masked());
        match state {
            LetterState::Waiting { attempts, next_at, reply } => {
                listed.attempts = Some(attempts);
                listed.next_at = Some(next_at.to_string());
                listed.reply = reply.map(masked);
            }
            LetterState::Accepted { at, server, reply } => {
                listed.state = "accepted";
                listed.settled_at = Some(at.to_string());
                listed.server = Some(server);
                listed.reply = Some(masked(reply));
            }
            LetterState::Refused { at, reply } => {
                listed.state = "refused";
                listed.settled_at = Some(at.to_string());
                listed.reply = Some(masked(reply));
            }
            LetterState::Dropped { at } => {
                listed.state = "dropped";
                listed.settled_at = Some(at.to_string());
            }
        }
        listed
    }
}

/// Prints the latest letters, newest first.
pub async fn list(settings: StoreSettings, json: bool) -> Result<()> {
    let store = Store::open(settings).await?;
    let letters = store.letters(LetterFilter::All, LISTED).await?;
    store.close().await;
    let listed: Vec<_> = letters.into_iter().map(|(letter, state)| Listed::new(&letter, state)).collect();
    if json {
        output::line(serde_json::to_string_pretty(&listed)?);
        return Ok(());
    }
    if listed.is_empty() {
        output::line("There are no letters yet.");
    }
    for letter in listed {
        let Listed { letter, kind, to, queued_at, state, reply, .. } = letter;
        let reply = reply.map(|reply| format!("  {reply}")).unwrap_or_default();
        output::line(format_args!("{letter}  {queued_at}  {kind:<18}  {state:<8}  {to}{reply}"));
    }
    Ok(())
}

/// Lets letters that were refused, or one letter, be tried again by the portal that runs.
pub async fn retry(settings: StoreSettings, letter: Option<&str>, json: bool) -> Result<()> {
    let which = match letter {
        None => RetryLetters::AllRefused,
        Some(name) => match read_id(name) {
            Some(id) => RetryLetters::One(id),
            None => bail!("{name:?} names no letter; copy its name from `zaguan letters list`"),
        },
    };
    let store = Store::open(settings).await?;
    let count = store.retry_letters(which, RealWorld.now()).await?;
    store.close().await;
    if count == 0 && letter.is_some() {
        bail!("that letter is not waiting or refused; `zaguan letters list` says what became of it");
    }
    if json {
        output::line(serde_json::json!({ "retried": count }));
    } else {
        output::line(format_args!("{count} letters will be tried again by the portal that runs."));
    }
    Ok(())
}

fn read_id(name: &str) -> Option<LetterId> {
    let number = (name.len() == 32).then(|| u128::from_str_radix(name, 16).ok()).flatten()?;
    Some(LetterId::from_bytes(number.to_be_bytes()))
}
