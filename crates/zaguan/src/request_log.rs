//! One line in the log for each request, and its count: the route's pattern and never the path, which may hold the
//! link of a key.

use crate::metrics::Metrics;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use zaguan_web::{ClientAddress, Incident, Limited};

/// What stands for a path that is no route: a file of the look, a legacy path, or nothing at all.
const NO_ROUTE: &str = "(none)";

/// What logging requests needs.
#[derive(Debug)]
pub struct RequestLog {
    metrics: Metrics,
    /// The tries that had to wait and that no line has told of yet.
    waiting: Mutex<UntoldTries>,
}

impl RequestLog {
    /// Counts requests there.
    pub fn new(metrics: Metrics) -> Self {
        Self { metrics, waiting: Mutex::default() }
    }
}

/// How often the log tells that tries had to wait. Each one as it happens would let a flood fill the disk.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// The tries that had to wait and that no line has told of yet.
#[derive(Clone, Copy, Debug, Default)]
struct UntoldTries {
    told_at: Option<Instant>,
    tries: u64,
}

impl UntoldTries {
    /// One more; answers how many there are to tell of, if it is time to.
    fn add(&mut self, now: Instant) -> Option<u64> {
        self.tries += 1;
        if self.told_at.is_some_and(|told_at| now.duration_since(told_at) < TELL_EVERY) {
            return None;
        }
        self.told_at = Some(now);
        Some(std::mem::take(&mut self.tries))
    }
}

/// Logs and counts a request.
pub async fn log_request(State(log): State<Arc<RequestLog>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    let incident = response.extensions().get::<Incident>().map(|incident| incident.0.as_str());
    let client = response.extensions().get::<ClientAddress>().map(|client| client.0.to_string());
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(method, route, status, milliseconds, client, incident, "request");
    if let Some(Limited(limit)) = response.extensions().get() {
        log.metrics.limited(limit);
        let untold = log.waiting.lock().unwrap_or_else(PoisonError::into_inner).add(started);
        if let Some(tries) = untold {
            tracing::warn!(limit, tries, route, "tries had to wait; somebody may be guessing");
        }
    }
    log.metrics.request(method, &route, status, took);
    response
}

/// Anybody may send any method; only those of the standard become labels, or the counts would grow without end.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::{TELL_EVERY, UntoldTries, known_method};
    use axum::http::Method;
    use std::time::Instant;

    #[test]
    fn a_flood_of_tries_that_wait_is_a_line_a_minute() {
        let (mut untold, now) = (UntoldTries::default(), Instant::now());
        assert_eq!(untold.add(now), Some(1));
        assert_eq!((untold.add(now), untold.add(now)), (None, None));
        assert_eq!(untold.add(now + TELL_EVERY), Some(3));
    }

    #[test]
    fn made_up_methods_are_counted_as_one() {
        assert_eq!(known_method(&Method::GET), "GET");
        assert_eq!(known_method(&Method::from_bytes(b"BREW").expect("a method")), "other");
    }
}
