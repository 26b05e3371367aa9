//! A portal with people in it: accounts that all have the same password, and a session of each.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::fs::{OpenOptions, create_dir_all};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zaguan_domain::account::StoredPassword;
use zaguan_domain::password::Password;
use zaguan_domain::secret::Secrets;
use zaguan_hasher::{HashSettings, Hasher};
use zaguan_store::{Store, StoreSettings};

use crate::clock::now;
use crate::hashes::TURN;
use crate::people::{PASSWORD, bytes, document, session_token};

/// The name of the database in the portal's folder.
pub(crate) const DATABASE: &str = "zaguan.db";

/// How many people, and how strong their password's hash is.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Seed {
    /// The portal's folder; its database and its secret are made there.
    #[arg(long)]
    folder: PathBuf,
    /// How many people have an account.
    #[arg(long)]
    accounts: u32,
    /// How many of them are signed in.
    #[arg(long, default_value_t = 0)]
    sessions: u32,
    /// The memory of one hash.
    #[arg(long, default_value_t = 19_456)]
    memory_kib: u32,
    /// How often it is filled.
    #[arg(long, default_value_t = 2)]
    passes: u32,
    /// In how many lanes.
    #[arg(long, default_value_t = 1)]
    lanes: u32,
}

/// Makes the database and the secret.
pub(crate) fn run(seed: &Seed) -> anyhow::Result<Value> {
    create_dir_all(&seed.folder)?;
    let master = bytes::<32>(0x5ec7);
    write_secret(&seed.folder.join("zaguan.secret"), &master)?;
    let path = seed.folder.join(DATABASE);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let password = runtime.block_on(async {
        Store::migrate(&StoreSettings::sqlite(path.clone())).await?;
        hashed(seed, &master).await
    })?;
    let db = Connection::open(&path)?;
    // If this is interrupted, the database is made anew. The indexes are in no order, so they want to be in memory.
    db.execute_batch("pragma synchronous = off; pragma cache_size = -400000; begin")?;
    insert_accounts(&db, seed.accounts, &password)?;
    insert_sessions(&db, seed.sessions.min(seed.accounts))?;
    db.execute_batch("commit; pragma wal_checkpoint(truncate)")?;
    Ok(json!({ "accounts": seed.accounts, "sessions": seed.sessions }))
}

/// The file with the portal's secret, as the portal writes it.
fn write_secret(path: &Path, master: &[u8; 32]) -> anyhow::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("could not write {}", path.display()))?;
    Ok(writeln!(file, "[[secret]]\nversion = 1\nsecret = \"{}\"", STANDARD.encode(master))?)
}

async fn hashed(seed: &Seed, master: &[u8; 32]) -> anyhow::Result<StoredPassword> {
    let settings = HashSettings {
        memory_kib: seed.memory_kib,
        passes: seed.passes,
        lanes: seed.lanes,
        ..HashSettings::default()
    };
    let secrets = Arc::new(Secrets::derive([(1, master)]).context("a secret")?);
    let hasher = Hasher::new(settings, secrets)?;
    let salt = bytes::<16>(0x5a17);
    Ok(hasher.hash(Password::attempt(PASSWORD), salt, TURN).await?)
}

fn account_id(person: u32) -> [u8; 16] {
    bytes(0x1d00_0000_0000 + u64::from(person))
}

/// In the order of their keys, which is many times faster.
fn in_order<K: Ord>(count: u32, key: impl Fn(u32) -> K) -> Vec<u32> {
    let mut people: Vec<u32> = (0..count).collect();
    people.sort_by_cached_key(|person| key(*person));
    people
}

fn insert_accounts(db: &Connection, count: u32, password: &StoredPassword) -> anyhow::Result<()> {
    let mut insert = db.prepare(
        "insert into account (id, document, discriminator, email, password, pepper, password_set_at, opened_at)
         values (?1, ?2, '', ?3, ?4, ?5, ?6, ?6)",
    )?;
    let opened_at = now().as_millisecond();
    for person in in_order(count, account_id) {
        let email = format!("p{person}@example.com");
        let (id, document) = (account_id(person), document(person).to_stored());
        insert.execute(params![id, document, email, password.phc, password.pepper, opened_at])?;
    }
    Ok(())
}

/// All of them were used a moment ago, as those of busy people are: the portal writes down once a minute that a session
/// is in use, and here it has no reason to for the next hour.
fn insert_sessions(db: &Connection, count: u32) -> anyhow::Result<()> {
    const HOUR: i64 = 3_600_000;
    let mut insert = db.prepare(
        "insert into session (token, account, opened_at, seen_at, browser, proven_at, document)
         values (?1, ?2, ?3, ?4, ?5, ?3, ?6)",
    )?;
    let opened_at = now().as_millisecond();
    let token = |person| session_token(person).map(|token| *token.hash().as_bytes());
    for person in in_order(count, token) {
        let (token, account, document) = (token(person), account_id(person), document(person).to_stored());
        insert.execute(params![token, account, opened_at, opened_at + HOUR, "unknown", document])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_are_found_by_their_document_and_by_their_session() {
        let folder = tempfile::tempdir().unwrap();
        let seed = Seed {
            folder: folder.path().to_owned(),
            accounts: 20,
            sessions: 10,
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
        };
        run(&seed).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open(StoreSettings::sqlite(folder.path().join(DATABASE))).await.unwrap();
            assert_eq!(store.accounts_of(document(19)).await.unwrap().len(), 1);
            let found = store.session(&session_token(9).unwrap().hash()).await.unwrap().unwrap();
            assert_eq!(found.1.holder.document, document(9));
            assert!(store.session(&session_token(10).unwrap().hash()).await.unwrap().is_none());
            store.close().await;
        });
    }
}
