//! One line in the log for each request, and its count: the route's pattern and never the path, which may hold the
//! link of a key.

use crate::metrics::Metrics;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use zaguan_web::{ClientAddress, Incident};

/// What stands for a path that is no route: a file of the look, a legacy path, or nothing at all.
const NO_ROUTE: &str = "(none)";

/// What logging requests needs.
#[derive(Clone, Debug)]
pub struct RequestLog {
    /// Where requests are counted.
    pub metrics: Metrics,
}

/// Logs and counts a request.
pub async fn log_request(State(log): State<RequestLog>, request: Request, next: Next) -> Response {
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
    use super::known_method;
    use axum::http::Method;

    #[test]
    fn made_up_methods_are_counted_as_one() {
        assert_eq!(known_method(&Method::GET), "GET");
        assert_eq!(known_method(&Method::from_bytes(b"BREW").expect("a method")), "other");
    }
}
