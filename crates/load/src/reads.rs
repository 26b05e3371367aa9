//! What it costs to look at a database of this size: a session check, what sign-in reads, and a registration.

use crate::clock::now;
use crate::people::bytes;
use crate::registrations::register;
use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio::task::JoinSet;
use zaguan_domain::document::Document;
use zaguan_domain::token::TokenHash;
use zaguan_store::{Store, StoreSettings};

/// Which database, and how much is asked of it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Reads {
    /// The database, in which people are signed in.
    #[arg(long)]
    database: PathBuf,
    /// How many sessions, from all over the table, are asked for.
    #[arg(long, default_value_t = 20_000)]
    sample: u32,
    /// How many people register.
    #[arg(long, default_value_t = 2_560)]
    registrations: u32,
    /// Another one for each round, so that nobody registers twice.
    #[arg(long, default_value_t = 0)]
    round: u32,
}

/// How many of them register at the same time.
const CALLERS: u32 = 128;

/// Asks, and answers what each question cost, in microseconds.
pub(crate) fn run(reads: &Reads) -> anyhow::Result<Value> {
    let sample = sample(&reads.database, reads.sample)?;
    let documents: Vec<Document> = sample.iter().map(|(_, document)| *document).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let settings = StoreSettings::sqlite(reads.database.clone());
        Store::migrate(&settings).await?;
        let store = Store::open(settings).await?;
        // Once before, so that what is asked for is in memory whatever was asked for last.
        session_checks(&store, &sample).await?;
        let session_us = session_checks(&store, &sample).await?;
        sign_in_reads(&store, &sample).await?;
        let sign_in_reads_us = sign_in_reads(&store, &sample).await?;
        let begun = Instant::now();
        registrations(&store, &documents, reads).await?;
        let registration_us = begun.elapsed().as_secs_f64() * 1e6 / f64::from(reads.registrations);
        store.close().await;
        forget(&reads.database)?;
        Ok(json!({
            "session_us": session_us,
            "sign_in_reads_us": sign_in_reads_us,
            "registration_us": registration_us,
        }))
    })
}

/// Microseconds for each of so many.
fn each(begun: Instant, count: usize) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Sessions from all over the table, in no order, and the documents of who is signed in.
fn sample(database: &Path, count: u32) -> anyhow::Result<Vec<(TokenHash, Document)>> {
    let db = Connection::open(database)?;
    let mut next = db.prepare(
        "select session.token, account.document from session join account on account.id = session.account
         where session.token >= ?1 order by session.token limit 1",
    )?;
    let mut sample = Vec::new();
    for number in 0..count {
        let from = bytes::<32>(0x5a00_0000_0000 + u64::from(number));
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, String>(1)?));
        // Beyond the last one there is none.
        let Some((token, document)) = next.query_row(params![from], read).optional()? else { continue };
        let document = Document::from_stored(&document).context("a document that is none")?;
        sample.push((TokenHash::from_bytes(token), document));
    }
    anyhow::ensure!(sample.len() * 2 > usize::try_from(count)?, "nobody is signed in");
    Ok(sample)
}

async fn session_checks(store: &Store, sample: &[(TokenHash, Document)]) -> anyhow::Result<f64> {
    let begun = Instant::now();
    for (token, _) in sample {
        store.session_bearer(token).await?.context("a session that is gone")?;
    }
    Ok(each(begun, sample.len()))
}

/// What sign-in asks between the form and the commit, in a browser that nobody knows.
async fn sign_in_reads(store: &Store, sample: &[(TokenHash, Document)]) -> anyhow::Result<f64> {
    let begun = Instant::now();
    for (token, document) in sample {
        // Another browser than any: the one that a session's token would name.
        let device = TokenHash::from_bytes(bytes(u64::from(token.as_bytes()[0])));
        store.devices_of(&device, now()).await?;
        let accounts = store.accounts_of(*document).await?;
        store.sign_in_facts(*document, accounts, (&device, Some(&device)), now()).await?;
    }
    Ok(each(begun, sample.len()))
}

async fn registrations(store: &Store, documents: &[Document], reads: &Reads) -> anyhow::Result<()> {
    let mut running = JoinSet::new();
    for caller in 0..CALLERS {
        let (store, documents) = (store.clone(), documents.to_vec());
        let (all, round) = (reads.registrations, reads.round);
        running.spawn(async move {
            for turn in (caller..all).step_by(CALLERS as usize) {
                let document = documents[turn as usize % documents.len()];
                register(&store, document, u64::from(round * all + turn)).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(())
}

/// Takes the registrations out again, so that the database keeps its size. What the audit trail tells stays.
fn forget(database: &Path) -> anyhow::Result<()> {
    let db = Connection::open(database)?;
    Ok(db.execute_batch(
        "delete from flow where key is null; delete from limit_bucket; pragma wal_checkpoint(truncate)",
    )?)
}
