//! `zaguan policies list`, `show` and `undo`: the generations of the book, what one document has in it, and the way back.

use crate::arguments::read_document;
use crate::output;
use crate::world::RealWorld;
use anyhow::{Result, bail};
use serde::Serialize;
use std::fmt::Write as _;
use zaguan_domain::origin::Actor;
use zaguan_domain::policy::{Policy, PolicyState};
use zaguan_store::{Generation, Store, StoreSettings};
use zaguan_web::World as _;

/// A generation as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    generation: u32,
    in_use: bool,
    loaded_at: String,
    file: String,
    sha256: Option<String>,
    policies: u64,
    holders: u64,
    with_email: u64,
    shared_addresses: u64,
}

impl From<Generation> for Listed {
    fn from(generation: Generation) -> Self {
        let hexadecimal = |bytes: [u8; 32]| {
            bytes.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        };
        Self {
            generation: generation.number,
            in_use: generation.is_current,
            loaded_at: generation.loaded_at.to_string(),
            file: generation.source.name,
            sha256: generation.source.sha256.map(hexadecimal),
            policies: generation.counts.policies,
            holders: generation.counts.holders,
            with_email: generation.counts.with_email,
            shared_addresses: generation.counts.shared_addresses,
        }
    }
}

/// Prints the generations of the book, the newest first.
pub async fn list(settings: StoreSettings, json: bool) -> Result<()> {
    let store = Store::open(settings).await?;
    let generations = store.generations().await?;
    store.close().await;
    let listed: Vec<Listed> = generations.into_iter().rev().map(Listed::from).collect();
    if json {
        output::line(serde_json::to_string_pretty(&listed)?);
        return Ok(());
    }
    if listed.is_empty() {
        output::line("There is no book yet; load one with `zaguan policies import FILE`.");
    }
    for Listed { generation, in_use, loaded_at, file, policies, holders, .. } in listed {
        let mark = if in_use { "in use" } else { "" };
        output::line(format_args!(
            "{generation:>4}  {mark:<6}  {loaded_at}  {policies} policies of {holders} holders  {file}"
        ));
    }
    Ok(())
}

/// A policy as it is shown. Its address is masked: what is shown is soon copied into a chat.
#[derive(Debug, Serialize)]
struct Shown {
    ramo: &'static str,
    poliza: String,
    poliza_anterior: Vec<String>,
    titular: String,
    discriminador: String,
    email: Option<String>,
    email_shared: bool,
    desde: Option<String>,
    hasta: Option<String>,
    estado: Option<&'static str>,
}

impl From<Policy> for Shown {
    fn from(policy: Policy) -> Self {
        Self {
            ramo: policy.line.slug(),
            poliza: policy.number.as_str().to_owned(),
            poliza_anterior: policy.previous.iter().map(|number| number.as_str().to_owned()).collect(),
            titular: policy.holder,
            discriminador: policy.discriminator,
            email: policy.email.map(|email| email.masked()),
            email_shared: policy.email_shared,
            desde: policy.from.map(|day| day.to_string()),
            hasta: policy.to.map(|day| day.to_string()),
            estado: policy.state.map(PolicyState::in_book),
        }
    }
}

/// Prints what the book in use has for a document, of each of its holders where two share it.
pub async fn show(settings: StoreSettings, document: &str, json: bool) -> Result<()> {
    let document = read_document(document)?;
    let store = Store::open(settings).await?;
    let policies = store.policies_of(document).await?;
    store.close().await;
    let shown: Vec<Shown> = policies.into_iter().map(Shown::from).collect();
    if json {
        output::line(serde_json::to_string_pretty(&shown)?);
        return Ok(());
    }
    if shown.is_empty() {
        output::line("The book in use has no policy of that document.");
    }
    for shown in shown {
        output::line(line(&shown));
    }
    Ok(())
}

fn line(shown: &Shown) -> String {
    let mut line = format!("{:<18}  {:<20}  {}", shown.ramo, shown.poliza, shown.titular);
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = write!(line, "  {name} {value}");
        }
    };
    add("discriminador", Some(&shown.discriminador));
    add("desde", shown.desde.as_deref());
    add("hasta", shown.hasta.as_deref());
    add("estado", shown.estado);
    add("email", shown.email.as_deref());
    add("shared", shown.email_shared.then_some("by too many holders"));
    add("poliza_anterior", Some(&shown.poliza_anterior.join(" ")));
    line
}

/// Puts the generation into use again that the one in use replaced.
pub async fn undo(settings: StoreSettings, json: bool) -> Result<()> {
    let store = Store::open(settings).await?;
    let undone = store.undo_generation(RealWorld.now(), Actor::Operator).await;
    store.close().await;
    let Some(undone) = undone? else {
        bail!(
            "there is no book before the one in use to go back to; `zaguan policies list` shows what is kept"
        );
    };
    if json {
        output::line(serde_json::json!({ "from": undone.from, "to": undone.to }));
    } else {
        output::line(format_args!(
            "Generation {} of the book is in use again, in place of {}.",
            undone.to, undone.from
        ));
    }
    Ok(())
}
