//! How long people wait for the database while something large goes on beside them: `waits DATABASE PEOPLE SECONDS ZAGUAN`,
//! where DATABASE was made by `grow DATABASE PEOPLE`, and is changed, and ZAGUAN is the program; its configuration is in the
//! working directory, and copies are left there.
//!
//! Eight callers do what a sign-in does to the database but for the hash: they read the account and what is known of it,
//! open a session and record it, durably, some two hundred times a second together. Beside them, in turn: nothing, an
//! import of a policy book of as many people, `zaguan backup`, and housekeeping that forgets everything that is
//! old in a hundred days. One line of JSON for each: how many, and the median, the 99.9th per cent and the longest wait,
//! in milliseconds.

mod beside;

use anyhow::{Context as _, bail, ensure};
use beside::Beside;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zaguan::world::RealWorld;
use zaguan_domain::audit::{Event, Record};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::origin::Actor;
use zaguan_domain::session::Session;
use zaguan_domain::token::Token;
use zaguan_store::{Store, StoreSettings};
use zaguan_testing::growth::document;
use zaguan_web::World as _;

/// How many sign in at the same time.
const CALLERS: u64 = 8;

/// How long each of them rests.
const REST: Duration = Duration::from_millis(40);

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, people, seconds, zaguan] = arguments.as_slice() else {
        bail!("usage: waits DATABASE PEOPLE SECONDS ZAGUAN")
    };
    let people: u32 = people.parse().context("PEOPLE is not a number")?;
    let at_least = Duration::from_secs(seconds.parse().context("SECONDS is not a number")?);
    ensure!(people > 0, "nobody signs in");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let settings = StoreSettings::sqlite(database);
        Store::migrate(&settings).await?;
        let store = Store::open(settings).await?;
        for beside in Beside::ALL {
            let (told, waits) = measure(&store, beside, people, Path::new(zaguan), at_least).await?;
            tell(&told, waits)?;
        }
        store.close().await;
        Ok(())
    })
}

/// Signs in until what goes on beside is over, and at least so long. Answers what it was, and how long each waited.
async fn measure(
    store: &Store,
    beside: Beside,
    people: u32,
    zaguan: &Path,
    at_least: Duration,
) -> anyhow::Result<(String, Vec<Duration>)> {
    let (stop, mut callers) = (CancellationToken::new(), JoinSet::new());
    for caller in 0..CALLERS {
        callers.spawn(call(
            store.clone(),
            ChaCha8Rng::seed_from_u64(RealWorld.now().as_millisecond().unsigned_abs() + caller),
            people,
            stop.clone(),
        ));
    }
    let begun = Instant::now();
    let result = beside.work(store, people, zaguan).await;
    let took = begun.elapsed();
    tokio::time::sleep(at_least.saturating_sub(took)).await;
    stop.cancel();
    let mut waits = Vec::new();
    while let Some(of_caller) = callers.join_next().await {
        waits.extend(of_caller??);
    }
    result?;
    Ok((format!("{beside:?} for {:.1} s", took.as_secs_f64()), waits))
}

/// Signs in again and again.
async fn call(
    store: Store,
    mut chance: ChaCha8Rng,
    people: u32,
    stop: CancellationToken,
) -> anyhow::Result<Vec<Duration>> {
    let mut waits = Vec::new();
    while !stop.is_cancelled() {
        let person = chance.random_range(0..people);
        let token = Token::new(&mut chance).hash();
        let begun = Instant::now();
        let now = RealWorld.now();
        let accounts = store.accounts_of(document(person)).await?;
        let facts = store.sign_in_facts(document(person), accounts, (&token, Some(&token)), now).await?;
        let account = facts.accounts.first().context("an account is missing")?;
        let session = Session {
            token,
            account: account.id,
            opened_at: now,
            seen_at: now,
            browser: BrowserKind::UNKNOWN,
            proven_at: now,
        };
        let record = Record {
            at: now,
            event: Event::SignedIn,
            actor: Actor::Visitor,
            document: None,
            account: None,
            browser: None,
            address: None,
            detail: String::new(),
        };
        let opened = Change::SessionOpened { session, seen_password: account.password.clone() };
        let recorded = record.of_account(account.id, &account.holder).into_change();
        store.commit(vec![opened, recorded]).await?;
        waits.push(begun.elapsed());
        tokio::time::sleep(REST.mul_f64(f64::from(chance.next_u32() % 100) / 50.0)).await;
    }
    Ok(waits)
}

fn tell(beside: &str, mut waits: Vec<Duration>) -> anyhow::Result<()> {
    waits.sort_unstable();
    let at = |per_mille: usize| {
        let wait = waits.get(waits.len().saturating_sub(1) * per_mille / 1_000);
        wait.map(|wait| wait.as_secs_f64() * 1e3)
    };
    let told = json!({
        "beside": beside,
        "sign_ins": waits.len(),
        "median_ms": at(500),
        "p999_ms": at(999),
        "longest_ms": at(1_000),
        "over_100_ms": waits.iter().filter(|wait| wait.as_millis() > 100).count(),
    });
    writeln!(stdout(), "{told}")?;
    Ok(())
}
