//! `zaguan audit`: what happened, in plain words, and the proof that nobody changed the telling of it.

use crate::arguments::read_document;
use crate::output;
use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use std::fmt::Write as _;
use zaguan_domain::audit::{Event, Record};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::document::Document;
use zaguan_domain::origin::Actor;
use zaguan_store::{AuditFault, AuditFilter, AuditHead, Store, StoreSettings};

/// A record as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    number: u64,
    at: String,
    event: &'static str,
    words: &'static str,
    actor: &'static str,
    document: Option<String>,
    account: Option<String>,
    browser: Option<String>,
    address: Option<String>,
    detail: String,
}

impl Shown {
    fn new(number: u64, record: Record) -> Self {
        Self {
            number,
            at: record.at.to_string(),
            event: record.event.to_stored(),
            words: words(record.event),
            actor: record.actor.to_stored(),
            document: record.document.map(Document::to_stored),
            account: record.account.map(|account| account.to_string()),
            browser: record
                .browser
                .filter(|browser| *browser != BrowserKind::UNKNOWN)
                .map(BrowserKind::to_stored),
            address: record.address.map(|recorded| recorded.address.to_string()),
            detail: record.detail,
        }
    }

    fn line(&self) -> String {
        let mut line = format!("{:>8}  {}  {}", self.number, self.at, self.words);
        let mut add = |before: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                let _ = write!(line, "{before}{value}");
            }
        };
        add(": ", Some(&self.detail));
        add("  document ", self.document.as_deref());
        add("  by the ", (self.actor != Actor::Visitor.to_stored()).then_some(self.actor));
        add("  from ", self.address.as_deref());
        add("  ", self.browser.as_deref());
        line
    }
}

/// What happened, for whoever answers a call.
fn words(event: Event) -> &'static str {
    match event {
        Event::RegistrationAsked => "asked for a user",
        Event::RegistrationRefused => "asked for a user in vain",
        Event::KeyHeld => "the key waits, for the book has another address",
        Event::HoldReleased => "the waiting key was let go",
        Event::RecoveryAsked => "asked for a new password",
        Event::KeyIssued => "a temporary key was made",
        Event::LetterDropped => "a letter was not sent: its mailbox had no room for more",
        Event::KeyRefused => "typed a wrong temporary key",
        Event::AccountOpened => "set a password: the account is open",
        Event::PasswordSet => "set a new password with a temporary key",
        Event::PasswordChanged => "changed the password",
        Event::SignedIn => "signed in",
        Event::SignInRefused => "typed a wrong password",
        Event::SignedOut => "signed out",
        Event::SessionsEnded => "ended sessions",
        Event::EmailChangeAsked => "asked for another address",
        Event::EmailChanged => "confirmed another address",
        Event::EmailRestored => "put the address from before back",
        Event::Disowned => "said of a letter: it was not me",
        Event::AccountLocked => "the password opens nothing until a new one is set",
        Event::AccountUnlocked => "let in again",
        Event::AccountClosed => "closed the account",
        Event::DataShown => "looked at all of their data",
        Event::CorrectionAsked => "asked for a correction of their data",
        Event::CorrectionAnswered => "answered a request for correction",
        Event::ProofRefused => "typed their present password wrong, signed in",
        Event::DataLookedUp => "looked at the data of the document",
        Event::BookSwitched => "a policy book was put into use",
        Event::Restored => "the database was put back from a backup",
    }
}

/// Prints the latest records, of everything or of one document, the newest last.
pub async fn show(settings: StoreSettings, document: Option<&str>, limit: u32, json: bool) -> Result<()> {
    let filter = match document {
        None => AuditFilter::All,
        Some(document) => AuditFilter::OfDocument(read_document(document)?),
    };
    let store = Store::open(settings).await?;
    let records = store.audit(filter, limit).await;
    store.close().await;
    let shown: Vec<Shown> =
        records?.into_iter().rev().map(|(number, record)| Shown::new(number, record)).collect();
    if json {
        output::line(serde_json::to_string_pretty(&shown)?);
        return Ok(());
    }
    if shown.is_empty() {
        output::line("Nothing is recorded of that.");
    }
    for shown in &shown {
        output::line(shown.line());
    }
    Ok(())
}

/// Reads an end of the trail as the log has it: `NUMBER:HASH`, the hash in hexadecimal.
pub fn read_head(text: &str) -> Result<AuditHead, String> {
    let advice = || "write NUMBER:HASH, as the log has it behind \"audit head\"".to_owned();
    let (number, hexadecimal) = text.split_once(':').ok_or_else(advice)?;
    let number = number.parse().map_err(|_| advice())?;
    if hexadecimal.len() != 64 || !hexadecimal.is_ascii() {
        return Err(advice());
    }
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        let digits = hexadecimal.get(2 * place..2 * place + 2).ok_or_else(advice)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| advice())?;
    }
    Ok(AuditHead { number, hash })
}

/// Writes an end of the trail as [`read_head`] reads it.
pub fn head_text(head: &AuditHead) -> String {
    head.hash.iter().fold(format!("{}:", head.number), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Verifies the trail; fails when anything in it was altered, is missing or stands elsewhere.
pub async fn verify(settings: StoreSettings, noted: Option<AuditHead>, json: bool) -> Result<()> {
    let store = Store::open(settings).await?;
    let verified = store.verify_audit(noted).await;
    store.close().await;
    let verified = verified.context("the audit trail could not be read to its end")?;
    let faults: Vec<String> = verified.faults.iter().map(fault).collect();
    let head = head_text(&verified.head);
    if json {
        let told = serde_json::json!({ "records": verified.records, "head": head, "faults": faults });
        output::line(serde_json::to_string_pretty(&told)?);
    } else {
        faults.iter().for_each(output::line);
    }
    if !faults.is_empty() {
        bail!(
            "the audit trail is not whole: somebody changed the database behind the portal's back. Keep it as it is, \
             compare it with the last backup, and look for the last \"audit head\" in the log"
        );
    }
    if !json {
        output::line(format_args!("The audit trail is whole: {} records, head {head}.", verified.records));
    }
    Ok(())
}

fn fault(fault: &AuditFault) -> String {
    match fault {
        AuditFault::Altered { number } => {
            format!("record {number} was altered, or stands in another's place")
        }
        AuditFault::AddressAltered { number } => {
            format!("the address of record {number} was altered, or taken out before its time")
        }
        AuditFault::Missing { from, to } if from == to => format!("record {from} is missing"),
        AuditFault::Missing { from, to } => format!("records {from} to {to} are missing"),
        AuditFault::OtherEnd { found, noted } => {
            format!("the trail ends at record {found}, and its end is noted at {noted}")
        }
        AuditFault::OtherChain { number } => {
            format!("record {number} is not the one that was noted: the trail was cut, or made anew")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{head_text, read_head};

    #[test]
    fn the_end_of_the_trail_is_read_as_it_is_written() {
        let text = format!("17:{}", "0af3".repeat(16));
        let head = read_head(&text).expect("it is one");
        assert_eq!(head.number, 17);
        assert_eq!(head_text(&head), text);
        for wrong in
            ["", "17", "x:00", "17:00", &format!("17:{}", "zz".repeat(32)), &format!("17:{}", "é".repeat(32))]
        {
            assert!(read_head(wrong).is_err(), "{wrong}");
        }
    }
}
