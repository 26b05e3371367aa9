//! Registrations made durable: by the store, which groups what waits into one transaction, and by SQLite with a transaction
//! for each, as one would write it without a second thought.

use crate::ask::Span;
use crate::clock::now;
use crate::people::{address, bytes, document};
use crate::seed::DATABASE;
use anyhow::Context as _;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::fs::create_dir_all;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tokio::task::JoinSet;
use zaguan_domain::audit::{Event, Record, RecordedAddress};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::id::FlowId;
use zaguan_domain::origin::Actor;
use zaguan_domain::policy::PolicyNumber;
use zaguan_domain::throttle::Limits;
use zaguan_domain::token::TokenHash;
use zaguan_store::{Store, StoreSettings};

/// How registrations are written.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Registrations {
    /// A folder of its own, on the disk that is meant.
    #[arg(long)]
    folder: PathBuf,
    /// How many people register at the same time.
    #[arg(long, default_value_t = 128)]
    callers: u32,
    /// For how long.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// With a transaction for each.
    #[arg(long)]
    plain: bool,
}

/// How long before counting begins.
const WARM_UP: f64 = 0.3;

/// Writes, and answers how many registrations were durable in a second.
pub(crate) fn run(registrations: &Registrations) -> anyhow::Result<Value> {
    create_dir_all(&registrations.folder)?;
    let path = registrations.folder.join(DATABASE);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let settings = StoreSettings::sqlite(path.clone());
    runtime.block_on(Store::migrate(&settings))?;
    let span = Span::of(WARM_UP, registrations.seconds);
    let count = if registrations.plain {
        one_each(&path, span)?
    } else {
        runtime.block_on(async {
            let store = Store::open(settings).await?;
            let count = grouped(&store, registrations.callers, span).await?;
            store.close().await;
            anyhow::Ok(count)
        })?
    };
    Ok(json!({ "registrations": count, "per_second": f64::from(count) / registrations.seconds }))
}

async fn grouped(store: &Store, callers: u32, span: Span) -> anyhow::Result<u32> {
    let mut running = JoinSet::new();
    for caller in 0..callers {
        let store = store.clone();
        running.spawn(async move {
            let (mut count, mut turn) = (0, caller);
            while !span.is_over(Instant::now()) {
                register(&store, document(turn), u64::from(turn)).await?;
                turn += callers;
                count += u32::from(span.counts(Instant::now()));
            }
            anyhow::Ok(count)
        });
    }
    let mut all = 0;
    while let Some(count) = running.join_next().await {
        all += count??;
    }
    Ok(all)
}

/// What the portal writes when somebody registers: first the tokens that it takes, then the flow and what is told of it.
pub(crate) async fn register(store: &Store, document: Document, turn: u64) -> anyhow::Result<()> {
    let (at, from) = (now(), IpAddr::V4(address(turn)));
    let number = PolicyNumber::from_stored(&format!("7{turn}")).context("a number of policy")?;
    let takes = Limits::default().registration(document, &number, Some(from));
    store.take(takes, at).await?;
    let email = EmailAddress::from_stored(&format!("p{turn}@example.com"));
    let flow = Flow {
        id: FlowId::from_bytes(bytes(0xf100_0000_0000 + turn)),
        purpose: Purpose::Register,
        document,
        discriminator: Some(String::new()),
        email,
        on_file: None,
        held_until: None,
        browser: TokenHash::from_bytes(bytes(0xb200_0000_0000 + turn)),
        device: None,
        asked_at: at,
        // Nobody is to turn it into a letter.
        resolved_at: Some(at),
        key: None,
    };
    let record = Record {
        at,
        event: Event::RegistrationAsked,
        actor: Actor::Visitor,
        document: Some(document),
        account: None,
        browser: Some(BrowserKind::UNKNOWN),
        address: Some(RecordedAddress { address: from, chance: bytes(turn) }),
        detail: "for p***@example.com".to_owned(),
    };
    store.commit(vec![Change::FlowBegun { flow, replaces: None }, Change::Recorded(record)]).await?;
    Ok(())
}

/// The same rows, each registration in a transaction of its own, with nobody else who writes.
fn one_each(path: &Path, span: Span) -> anyhow::Result<u32> {
    let db = Connection::open(path)?;
    db.execute_batch("pragma synchronous = full; pragma foreign_keys = on; pragma mmap_size = 2147418112")?;
    let (mut count, mut turn) = (0, 0);
    while !span.is_over(Instant::now()) {
        write_one(&db, turn)?;
        turn += 1;
        count += u32::from(span.counts(Instant::now()));
    }
    Ok(count)
}

fn write_one(db: &Connection, turn: u32) -> anyhow::Result<()> {
    let at = now().as_millisecond();
    let (person, words) = (document(turn).to_stored(), u64::from(turn));
    let from = address(words).to_string();
    db.execute_batch("begin immediate")?;
    let mut bucket = db.prepare_cached(
        "insert into limit_bucket (subject, full_at) values (?1, ?2)
         on conflict (subject) do update set full_at = excluded.full_at",
    )?;
    for subject in [
        format!("register/from/{from}/32"),
        format!("register/document/{person}"),
        format!("register/policy/7{turn}"),
    ] {
        bucket.execute(params![subject, at])?;
    }
    let mut flow = db.prepare_cached(
        "insert into flow (id, purpose, document, discriminator, email, browser, asked_at, resolved_at)
         values (?1, 'register', ?2, '', ?3, ?4, ?5, ?5)",
    )?;
    let (id, browser) = (bytes::<16>(0xf100_0000_0000 + words), bytes::<32>(0xb200_0000_0000 + words));
    flow.execute(params![id, person, format!("p{turn}@example.com"), browser, at])?;
    let mut audit = db.prepare_cached(
        "insert into audit (number, at, event, actor, document, browser, detail, address, address_chance, address_hash, hash)
         values (?1, ?2, 'registration-asked', 'visitor', ?3, 'unknown', 'for p***@example.com', ?4, ?5, ?6, ?6)",
    )?;
    let hash = bytes::<32>(words);
    audit.execute(params![turn + 1, at, person, from, bytes::<16>(words), hash])?;
    let mut head = db.prepare_cached(
        "insert into audit_head (id, number, hash) values (1, ?1, ?2)
         on conflict (id) do update set number = excluded.number, hash = excluded.hash",
    )?;
    head.execute(params![turn + 1, hash])?;
    db.execute_batch("commit")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(path: &Path) -> (u32, u32, u32) {
        let count = "select (select count(*) from flow), (select count(*) from audit), (select count(*) from limit_bucket)";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        Connection::open(path).unwrap().query_row(count, [], read).unwrap()
    }

    #[test]
    fn the_floor_writes_the_rows_that_the_store_writes() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let paths = ["ours.db", "plain.db"].map(|name| folder.path().join(name));
        for path in &paths {
            runtime.block_on(Store::migrate(&StoreSettings::sqlite(path.clone()))).unwrap();
        }
        runtime.block_on(async {
            let store = Store::open(StoreSettings::sqlite(paths[0].clone())).await.unwrap();
            for turn in 0..3 {
                register(&store, document(turn), u64::from(turn)).await.unwrap();
            }
            store.close().await;
        });
        let db = Connection::open(&paths[1]).unwrap();
        for turn in 0..3 {
            write_one(&db, turn).unwrap();
        }
        drop(db);
        assert_eq!(rows(&paths[0]), (3, 3, 9));
        assert_eq!(rows(&paths[0]), rows(&paths[1]));
    }
}
