//! Hashes and nothing else: through the portal's own pool, and by the `argon2` crate as everybody calls it, with memory
//! that is allocated for each hash.

use anyhow::Context as _;
use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::{Value, json};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use zaguan_domain::password::Password;
use zaguan_domain::secret::Secrets;
use zaguan_hasher::{HashSettings, Hasher, Standing, Turn};

use crate::ask::Span;
use crate::people::PASSWORD;

/// What is hashed, and how.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Hashes {
    /// The memory of one hash.
    #[arg(long, default_value_t = 19_456)]
    memory_kib: u32,
    /// How often it is filled.
    #[arg(long, default_value_t = 2)]
    passes: u32,
    /// In how many lanes.
    #[arg(long, default_value_t = 1)]
    lanes: u32,
    /// For how long.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// By the `argon2` crate with fresh memory each time, instead of by the portal's pool.
    #[arg(long)]
    plain: bool,
}

/// How long before counting begins: until the memory is there.
const WARM_UP: f64 = 0.5;

/// Who ask the pool at the same time, as at sign-in.
const CALLERS: u32 = 32;

/// The turn of who asks the pool directly: nobody here is turned away.
pub(crate) const TURN: Turn =
    Turn { standing: Standing::Stranger, network: None, patience: Duration::from_mins(1) };

/// Hashes, and answers how many there were in a second.
pub(crate) fn run(hashes: &Hashes) -> anyhow::Result<Value> {
    let count = if hashes.plain { plain(hashes)? } else { pooled(hashes)? };
    Ok(json!({ "hashes": count, "per_second": f64::from(count) / hashes.seconds }))
}

fn plain(hashes: &Hashes) -> anyhow::Result<u32> {
    let cost = Params::new(hashes.memory_kib, hashes.passes, hashes.lanes, Some(32))
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    let span = Span::of(WARM_UP, hashes.seconds);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| hash_until_over(&argon2, span))).collect();
        let mut all = 0;
        for thread in running {
            let count = thread.join().map_err(|_| anyhow::anyhow!("a thread that hashed broke"))?;
            all += count.map_err(|error| anyhow::anyhow!("{error}"))?;
        }
        Ok(all)
    })
}

fn hash_until_over(argon2: &Argon2<'_>, span: Span) -> argon2::Result<u32> {
    let mut count = 0;
    while !span.is_over(Instant::now()) {
        let mut output = [0; 32];
        argon2.hash_password_into(PASSWORD.as_bytes(), &[7; 16], &mut output)?;
        count += u32::from(span.counts(Instant::now()));
    }
    Ok(count)
}

fn pooled(hashes: &Hashes) -> anyhow::Result<u32> {
    let settings = HashSettings {
        memory_kib: hashes.memory_kib,
        passes: hashes.passes,
        lanes: hashes.lanes,
        ..HashSettings::default()
    };
    let secrets = Arc::new(Secrets::derive([(1, &[7; 32])]).context("a secret")?);
    let pool = Hasher::new(settings, secrets)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let span = Span::of(WARM_UP, hashes.seconds);
    runtime.block_on(async {
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            callers.spawn(call(pool.clone(), span));
        }
        let mut all = 0;
        while let Some(count) = callers.join_next().await {
            all += count??;
        }
        Ok(all)
    })
}

async fn call(pool: Hasher, span: Span) -> anyhow::Result<u32> {
    let mut count = 0;
    while !span.is_over(Instant::now()) {
        let password = Password::attempt(PASSWORD);
        pool.verify(password, Vec::new(), [7; 16], TURN).await?;
        count += u32::from(span.counts(Instant::now()));
    }
    Ok(count)
}
