//! Housekeeping: what is of no more use to anybody is forgotten, a little at a time.

use crate::logs::Chain;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use zaguan_domain::limit::Rules;
use zaguan_faults::Indispensable;
use zaguan_store::{Store, StoreFault};
use zaguan_web::World;

/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_mins(5);

/// How long others have the disk to themselves after each step: what was left over from a busy year is gone in an hour,
/// and nobody feels it.
pub(crate) const REST: Duration = Duration::from_millis(50);

/// Who forgets what is of no more use.
#[derive(Debug)]
pub struct Housekeeping {
    /// Where it is.
    pub store: Store,
    /// The operator's numbers.
    pub rules: Rules,
    /// The clock.
    pub world: Arc<dyn World>,
}

impl Housekeeping {
    /// Works until told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        let _indispensable = Indispensable("housekeeping");
        while !stop.is_cancelled() {
            match self.round(&stop).await {
                Ok(0) => {}
                Ok(rows) => tracing::debug!(rows, "what was of no more use is forgotten"),
                Err(fault) => {
                    tracing::error!(cause = %Chain(&fault), "housekeeping failed; trying again later");
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Forgets step by step, each a commit of its own beside those of people, and says how many rows went.
    async fn round(&self, stop: &CancellationToken) -> Result<usize, StoreFault> {
        let mut forgotten = 0;
        while !stop.is_cancelled() {
            let rows = self.store.forget_stale(self.world.now(), &self.rules).await?;
            forgotten += rows;
            if rows == 0 {
                break;
            }
            tokio::time::sleep(REST).await;
        }
        Ok(forgotten)
    }
}
