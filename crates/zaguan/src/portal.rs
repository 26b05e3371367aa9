//! The portal as a running whole: pages, clerk and postman over one store, started together and stopped in order.

use crate::audit_keeping::AuditKeeping;
use crate::breached::Breached;
use crate::breached_file::BreachedFile;
use crate::clerk::Clerk;
use crate::housekeeping::Housekeeping;
use crate::mail::Transport;
use crate::metrics::Metrics;
use crate::ops::{self, Ops};
use crate::postman::Postman;
use crate::request_log::{RequestLog, log_request};
use crate::server::{Bounds, Server};
use crate::tls::Tls;
use axum::Router;
use axum::middleware::from_fn_with_state;
use ipnet::IpNet;
use lettre::message::Mailbox as Sender;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zaguan_domain::limit::Rules;
use zaguan_domain::secret::Secrets;
use zaguan_hasher::Hasher;
use zaguan_store::Store;
use zaguan_views::Views;
use zaguan_web::{App, BreachedPasswords, DoorLimits, Kept, LegacyPath, Mailbox, PublicUrl, World};

/// How long requests in flight may take to finish when the portal stops.
const REQUESTS_FINISH_WITHIN: Duration = Duration::from_secs(10);

/// How long letters in hand may take to finish when the portal stops. One that takes longer is sent again after the
/// next start, under the same Message-ID.
const LETTERS_FINISH_WITHIN: Duration = Duration::from_secs(20);

/// What a portal is made of.
#[derive(Debug)]
pub struct Parts {
    /// What it remembers.
    pub store: Store,
    /// Who hashes passwords.
    pub hasher: Hasher,
    /// Who writes pages and letters.
    pub views: Views,
    /// From which keys are derived.
    pub secrets: Arc<Secrets>,
    /// The operator's numbers.
    pub rules: Rules,
    /// The insurer's name.
    pub brand_name: String,
    /// The file of breached passwords, where there is one.
    pub breached: Option<BreachedFile>,
    /// Where people reach it.
    pub public_url: PublicUrl,
    /// The reverse proxies, who are believed when they say whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// How much one network may ask at all.
    pub door: DoorLimits,
    /// Where the paths of printed manuals lead.
    pub legacy: Vec<LegacyPath>,
    /// Time and chance.
    pub world: Arc<dyn World>,
    /// The way by which letters leave.
    pub transport: Arc<dyn Transport>,
    /// Who they come from.
    pub from: Sender,
    /// How many leave at the same time.
    pub letters_at_a_time: usize,
    /// The demo's mailbox.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// Where things are counted.
    pub metrics: Metrics,
}

/// A portal, not yet running.
#[derive(Debug)]
pub struct Portal {
    /// What the pages share.
    pub app: Arc<App>,
    /// Who resolves flows.
    pub clerk: Arc<Clerk>,
    /// Who sends letters.
    pub postman: Arc<Postman>,
    /// What is counted.
    pub metrics: Metrics,
}

impl Portal {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let metrics = parts.metrics;
        let (wake, wake_postman) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let clerk = Clerk {
            store: parts.store.clone(),
            secrets: Arc::clone(&parts.secrets),
            rules: parts.rules.clone(),
            world: Arc::clone(&parts.world),
            wake: Arc::clone(&wake),
            postman: Arc::clone(&wake_postman),
        };
        let postman = Postman {
            store: parts.store.clone(),
            views: parts.views.clone(),
            secrets: Arc::clone(&parts.secrets),
            rules: parts.rules.clone(),
            world: Arc::clone(&parts.world),
            transport: parts.transport,
            from: parts.from,
            public_url: parts.public_url.clone(),
            at_a_time: parts.letters_at_a_time.max(1),
            wake: wake_postman,
            metrics: metrics.clone(),
        };
        let breached = parts.breached.map(|file| Breached::new(file, metrics.clone()));
        let app = App {
            store: parts.store,
            hasher: parts.hasher,
            kept: Kept::new(&parts.views),
            views: parts.views,
            secrets: parts.secrets,
            rules: parts.rules,
            brand_name: parts.brand_name,
            public_url: parts.public_url,
            breached: breached.map(|breached| Arc::new(breached) as Arc<dyn BreachedPasswords>),
            trusted_proxies: parts.trusted_proxies,
            door: parts.door,
            world: parts.world,
            wake,
            legacy: parts.legacy,
            mailbox: parts.mailbox,
        };
        Self { app: Arc::new(app), clerk: Arc::new(clerk), postman: Arc::new(postman), metrics }
    }

    /// The pages, each request logged and counted.
    pub fn router(&self) -> Router {
        let log = Arc::new(RequestLog::new(self.metrics.clone()));
        zaguan_web::router(Arc::clone(&self.app)).layer(from_fn_with_state(log, log_request))
    }

    /// Runs until told to stop, and stops in order: no new requests, those in flight finish, letters in hand finish,
    /// the store is closed.
    pub async fn run(self, listeners: Listeners, stop: CancellationToken) {
        let requests = TaskTracker::new();
        self.serve(listeners, &requests, &stop);
        let (letters, stop_letters) = (TaskTracker::new(), CancellationToken::new());
        let (clerk, stop_clerk) = (Arc::clone(&self.clerk), stop_letters.clone());
        letters.spawn(async move { clerk.run(stop_clerk).await });
        let audit = Arc::new(AuditKeeping {
            store: self.app.store.clone(),
            rules: self.app.rules.clone(),
            world: Arc::clone(&self.app.world),
            metrics: self.metrics.clone(),
        });
        let (keeping, stop_keeping) = (Arc::clone(&audit), stop_letters.clone());
        letters.spawn(async move { keeping.run(stop_keeping).await });
        let housekeeping = Housekeeping {
            store: self.app.store.clone(),
            rules: self.app.rules.clone(),
            world: Arc::clone(&self.app.world),
        };
        let stop_housekeeping = stop_letters.clone();
        letters.spawn(async move { housekeeping.run(stop_housekeeping).await });
        let (postman, stop_postman) = (Arc::clone(&self.postman), stop_letters.clone());
        letters.spawn(async move { postman.run(stop_postman).await });

        stop.cancelled().await;
        tracing::info!("stopping: requests in flight finish");
        finish(&requests, REQUESTS_FINISH_WITHIN, "some requests did not finish in time").await;
        stop_letters.cancel();
        finish(&letters, LETTERS_FINISH_WITHIN, "some letters did not finish in time; they are sent later")
            .await;
        let store = self.app.store.clone();
        drop(self);
        audit.log_head().await;
        drop(audit);
        store.close().await;
        tracing::info!("stopped");
    }

    fn serve(&self, listeners: Listeners, tasks: &TaskTracker, stop: &CancellationToken) {
        let bounds = Bounds::of_this_system();
        let proxies = self.app.trusted_proxies.clone();
        let tls = listeners.tls.as_ref().map(Tls::acceptor);
        let portal = Server { listener: listeners.portal, tls, bounds, proxies };
        tasks.spawn(portal.run(self.router(), stop.clone()));
        if let Some(tls) = listeners.tls {
            tasks.spawn(tls.watch(Arc::clone(&self.app.world), self.metrics.clone(), stop.clone()));
        }
        if let Some(listener) = listeners.ops {
            let ops = Ops { app: Arc::clone(&self.app), metrics: self.metrics.clone() };
            let server = Server { listener, tls: None, bounds, proxies: Vec::new() };
            tasks.spawn(server.run(ops::router(ops), stop.clone()));
        }
    }
}

/// Where a portal listens.
#[derive(Debug)]
pub struct Listeners {
    /// For the public.
    pub portal: TcpListener,
    /// The certificate of a portal that speaks HTTPS itself.
    pub tls: Option<Tls>,
    /// For operators.
    pub ops: Option<TcpListener>,
}

async fn finish(tasks: &TaskTracker, within: Duration, otherwise: &'static str) {
    tasks.close();
    if timeout(within, tasks.wait()).await.is_err() {
        tracing::warn!(seconds = within.as_secs(), "{otherwise}");
    }
}

#[cfg(test)]
mod tests {
    use super::{LETTERS_FINISH_WITHIN, REQUESTS_FINISH_WITHIN};

    #[test]
    fn the_unit_waits_longer_for_the_stop_than_the_portal_takes() {
        let unit = include_str!("../../../packaging/zaguan.service");
        let line = unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).expect("a bound");
        let seconds: u64 = line.strip_suffix('s').and_then(|text| text.parse().ok()).expect("seconds");
        let takes = (REQUESTS_FINISH_WITHIN + LETTERS_FINISH_WITHIN).as_secs();
        assert!(
            seconds >= takes + 10,
            "{seconds} seconds, and the portal takes {takes} and closes its database"
        );
    }
}
