//! The primary of two portals' PostgreSQL dies again and again under their work: what they acknowledged is there afterwards,
//! no key works twice, and they go on without being started again.

use super::two_portals::TwoPortals;
use crate::Replication;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use tokio_util::sync::CancellationToken;

/// The primary dies within this time.
const WITHIN: Duration = Duration::from_secs(2);

/// How far behind a standby is that nobody waits for, when the primary dies.
const LAG: Duration = Duration::from_millis(500);

/// After a promotion both portals are to acknowledge something again within this time.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// In each round of so many the primary comes back where it died, instead of the standby being promoted: commits that waited
/// for the standby are there then, though nobody was told.
const COMES_BACK_EVERY: u64 = 4;

/// What is done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The binary.
    pub binary: PathBuf,
    /// How often the primary dies.
    pub rounds: u64,
    /// Where the chance comes from.
    pub seed: u64,
    /// Whether commits wait for the standby.
    pub replication: Replication,
}

/// Kills and looks, in this empty directory. What is answered besides the figures is what was promised and not kept.
///
/// # Panics
/// When the portals cannot be started at all.
pub async fn run(plan: &Plan, directory: &Path) -> (Value, Vec<String>) {
    let begun = Instant::now();
    let mut rng = ChaCha20Rng::seed_from_u64(plan.seed);
    let mut both = TwoPortals::start(&plan.binary, directory, plan.seed, plan.replication).await;
    let mut back = Vec::new();
    for round in 0..plan.rounds {
        let stop = CancellationToken::new();
        let at_work = both.work(round, &stop);
        let most = u64::try_from(WITHIN.as_micros()).unwrap_or(u64::MAX);
        tokio::time::sleep(Duration::from_micros(rng.random_range(0..=most))).await;
        if plan.replication == Replication::Asynchronous {
            both.cluster.cut_replication();
            tokio::time::sleep(LAG).await;
        }
        block_in_place(|| {
            both.cluster.kill_primary();
            if comes_back(round) { both.cluster.restart_primary() } else { both.cluster.promote() }
        });
        back.push(both.wait_until_back(round, BACK_WITHIN).await);
        stop.cancel();
        both.look(round, at_work).await;
        if !comes_back(round) {
            block_in_place(|| both.cluster.rejoin());
        }
    }
    both.look_at_the_end(plan.rounds);
    back.sort();
    both.report(json!({
        "what": "failover",
        "standby": match plan.replication {
            Replication::Synchronous => "synchronous",
            Replication::Asynchronous => "asynchronous",
        },
        "kills": plan.rounds,
        "promotions": (0..plan.rounds).filter(|round| !comes_back(*round)).count(),
        "seed": plan.seed,
        "seconds": begun.elapsed().as_secs(),
        "back_ms": {
            "median": back.get(back.len() / 2).map(Duration::as_millis),
            "slowest": back.last().map(Duration::as_millis),
        },
    }))
}

fn comes_back(round: u64) -> bool {
    (round + 1).is_multiple_of(COMES_BACK_EVERY)
}
