//! Keeping the audit trail: its end goes into the log, where a tail that is cut off the trail is missed, and old addresses
//! go out of it.

use crate::audit_command::head_text;
use crate::housekeeping::REST;
use crate::logs::Chain;
use crate::metrics::Metrics;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use zaguan_domain::limit::Rules;
use zaguan_faults::Indispensable;
use zaguan_store::{Store, StoreFault};
use zaguan_web::World;

/// How often both are done.
const EVERY: Duration = Duration::from_hours(24);

/// Who keeps the audit trail.
#[derive(Debug)]
pub struct AuditKeeping {
    /// Where it is.
    pub store: Store,
    /// How long addresses stay in it.
    pub rules: Rules,
    /// The clock.
    pub world: Arc<dyn World>,
    /// Where it is told when the end was logged.
    pub metrics: Metrics,
}

impl AuditKeeping {
    /// Works at once and then every day, until told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        let _indispensable = Indispensable("audit keeping");
        while !stop.is_cancelled() {
            self.log_head().await;
            match self.take_old_addresses_out(&stop).await {
                Ok(0) => {}
                Ok(records) => tracing::info!(records, "old addresses are out of the audit trail"),
                Err(fault) => {
                    tracing::error!(cause = %Chain(&fault), "old addresses are still in the audit trail");
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Logs the end of the trail, in the words that `zaguan audit verify --head` takes.
    pub async fn log_head(&self) {
        match self.store.audit_head().await {
            Ok(head) => {
                tracing::info!(head = head_text(&head), "audit head");
                self.metrics.audit_noted(self.world.now());
            }
            Err(fault) => tracing::error!(cause = %Chain(&fault), "the end of the audit trail is unreadable"),
        }
    }

    /// Takes the addresses out of records that are old enough, a little at a time so that nobody waits for it. Answers
    /// from how many.
    pub async fn take_old_addresses_out(&self, stop: &CancellationToken) -> Result<usize, StoreFault> {
        let now = self.world.now();
        let before = now.saturating_sub(self.rules.audit_addresses).unwrap_or(now);
        let mut out = 0;
        while !stop.is_cancelled() {
            match self.store.mask_audit_addresses(before).await? {
                0 => break,
                records => out += records,
            }
            tokio::time::sleep(REST).await;
        }
        Ok(out)
    }
}
