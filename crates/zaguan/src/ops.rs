//! For operators: is the process alive, can it work, and what has it done. On a listener of its own.

use crate::logs::Chain;
use crate::metrics::{CONTENT_TYPE, Metrics, Readings};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use zaguan_domain::moment::date_in_argentina;
use zaguan_store::StoreFault;
use zaguan_web::App;

/// A store that does not answer within this time is not ready.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// What operators may ask about.
#[derive(Clone, Debug)]
pub struct Ops {
    /// The portal.
    pub app: Arc<App>,
    /// What it has counted.
    pub metrics: Metrics,
}

/// The operators' endpoints.
pub fn router(ops: Ops) -> Router {
    Router::new()
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(ops)
}

/// The process runs and answers; nothing more is asked, so that a slow disk gets nobody restarted.
async fn healthy() -> &'static str {
    "ok\n"
}

/// The store answers a reading and its writer is there.
async fn ready(State(ops): State<Ops>) -> Response {
    match timeout(READY_WITHIN, ops.app.store.ping()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(fault)) => {
            tracing::error!(cause = %Chain(&fault), "the store is not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store fails; see the log\n").into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response(),
    }
}

async fn metrics(State(ops): State<Ops>) -> Response {
    let text = match readings(&ops).await {
        Ok(readings) => ops.metrics.text(&readings).ok(),
        Err(fault) => {
            tracing::error!(cause = %Chain(&fault), "the store could not be measured");
            None
        }
    };
    match text {
        Some(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, "the store fails; see the log\n").into_response(),
    }
}

async fn readings(ops: &Ops) -> Result<Readings, StoreFault> {
    let app = &ops.app;
    let outbox = app.store.outbox_counts().await?;
    let hasher = app.hasher.metrics();
    let store = app.store.metrics();
    let book = app.store.book_counts().await?;
    let book_age = book.loaded_at.map_or(0, |at| app.now().duration_since(at).as_secs());
    let corrections = app.store.open_corrections().await?;
    let today = date_in_argentina(app.now());
    let overdue = corrections.iter().filter(|request| request.due_on < today).count();
    let waited = outbox.oldest_waiting.map_or(0, |oldest| app.now().duration_since(oldest).as_secs());
    Ok(Readings {
        letters_waiting: outbox.waiting,
        oldest_letter_seconds: u64::try_from(waited).unwrap_or(0),
        letters_refused: outbox.refused,
        flows_waiting: app.store.flows_waiting().await?,
        passwords_waiting: u64::try_from(hasher.waiting).unwrap_or(u64::MAX),
        hashes: hasher.hashes,
        passwords_turned_away: hasher.turned_away,
        hash_takes: hasher.one_takes,
        hash_memory_bytes: u64::try_from(hasher.kept_bytes).unwrap_or(u64::MAX),
        commits: store.commits,
        batches: store.batches,
        writer: Some(app.store.writer_times()),
        audit_records: app.store.audit_head().await?.number,
        book_policies: book.policies,
        book_age_seconds: u64::try_from(book_age).unwrap_or(0),
        corrections_waiting: u64::try_from(corrections.len()).unwrap_or(u64::MAX),
        corrections_overdue: u64::try_from(overdue).unwrap_or(u64::MAX),
        disk: ops.metrics.disk(),
        backup_made_seconds: ops.metrics.backup_made_seconds(),
    })
}
