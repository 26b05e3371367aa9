//! The clerk: turns what people asked for into keys and letters, after their requests were answered.

use crate::logs::Chain;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use zaguan_domain::flow::Flow;
use zaguan_domain::limit::Rules;
use zaguan_domain::origin::Origin;
use zaguan_domain::resolve::resolve;
use zaguan_domain::secret::Secrets;
use zaguan_faults::{Indispensable, reach};
use zaguan_store::{CommitError, Store, StoreFault};
use zaguan_web::{World, at_this_moment};

/// The clerk looks by itself this often, for what a process that died left behind.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How many flows are taken at a time.
const AT_A_TIME: u32 = 64;

/// How often a flow is decided again when others were faster, before it waits for the next round.
const DECIDE_AT_MOST: usize = 8;

/// Who turns flows into keys and letters.
#[derive(Debug)]
pub struct Clerk {
    /// Where flows are.
    pub store: Store,
    /// From which keys are derived.
    pub secrets: Arc<Secrets>,
    /// The operator's numbers.
    pub rules: Rules,
    /// Time and chance.
    pub world: Arc<dyn World>,
    /// Told by the handlers when there is work.
    pub wake: Arc<Notify>,
    /// Tells the postman that there may be letters.
    pub postman: Arc<Notify>,
}

impl Clerk {
    /// Works until told to stop. The round in hand is finished.
    pub async fn run(&self, stop: CancellationToken) {
        let _indispensable = Indispensable("clerk");
        while !stop.is_cancelled() {
            if let Err(fault) = self.round().await {
                tracing::error!(cause = %Chain(&fault), "flows could not be resolved; trying again");
            }
            // Handlers write letters too (a password was changed), so the postman always looks.
            self.postman.notify_one();
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Resolves everything that waits, and says how many flows that were. One that cannot be resolved keeps nobody else
    /// waiting.
    pub async fn round(&self) -> Result<usize, StoreFault> {
        let mut resolved = 0;
        loop {
            let flows = self.store.flows_to_resolve(AT_A_TIME).await?;
            let (mut progress, mut fault) = (0, None);
            for flow in &flows {
                match self.resolve(flow).await {
                    Ok(is_resolved) => progress += usize::from(is_resolved),
                    Err(why) => fault = Some(why),
                }
            }
            resolved += progress;
            let is_last = u32::try_from(flows.len()).is_ok_and(|taken| taken < AT_A_TIME);
            if is_last || progress == 0 {
                return fault.map_or(Ok(resolved), Err);
            }
        }
    }

    /// Resolves one flow, and says whether it is resolved now. When its browser asks for something else meanwhile, the
    /// flow as it was read is of no more use, and the next round reads it anew.
    async fn resolve(&self, flow: &Flow) -> Result<bool, StoreFault> {
        for _ in 0..DECIDE_AT_MOST {
            let facts = self.store.resolve_facts(flow).await?;
            let changes =
                at_this_moment(&*self.world, &self.rules, &self.secrets, Origin::PORTAL, |moment| {
                    resolve(flow, &facts, moment)
                });
            reach("flow.resolved").map_err(StoreFault::from)?;
            match self.store.commit(changes).await {
                Ok(()) => return Ok(true),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Fault(fault)) => return Err(fault),
            }
        }
        Ok(false)
    }
}
