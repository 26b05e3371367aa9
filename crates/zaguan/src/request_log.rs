//! One line in the log for each request, and its count: the route's pattern and never the path, which may hold the
//! link of a key.

use crate::metrics::Metrics;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use zaguan_web::Incident;

/// What stands for a path that is no route: a file of the look, a legacy path, or nothing at all.
const NO_ROUTE: &str = "(none)";

/// What logging requests needs.
#[derive(Clone, Debug)]
pub struct RequestLog {
    /// Where requests are counted.
    pub metrics: Metrics,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
}

/// Logs and counts a request.
pub async fn log_request(State(log): State<RequestLog>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let client = peer.map(|peer| client_address(peer, request.headers(), &log.trusted_proxies));
    let response = next.run(request).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    let incident = response.extensions().get::<Incident>().map(|incident| incident.0.as_str());
    let client = client.map(|client| client.to_string());
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

/// Who asks: who opened the connection, or, as far as trusted proxies vouch for it, who they say did. Each proxy adds
/// at the end of the list, so it is read from the end until somebody stands there who is not trusted.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = said.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut client = peer.to_canonical();
    for hop in hops.into_iter().rev() {
        let Some(before) = hop.parse::<IpAddr>().ok().filter(|_| is_trusted(client)) else {
            break;
        };
        client = before.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::{client_address, known_method};
    use axum::http::{HeaderMap, HeaderValue, Method};
    use std::net::IpAddr;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(value).expect("a header"));
        }
        let trusted = ["10.0.0.0/8".parse().expect("a network"), "::1/128".parse().expect("a network")];
        client_address(peer.parse::<IpAddr>().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_says_what_it_likes_and_is_not_believed() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(client("203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn trusted_proxies_are_believed_from_the_end_of_the_list() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.9.9.9"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["1.2.3.4", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_is_not_an_address_ends_the_belief() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["\"><script>"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[""]), "10.0.0.1");
    }

    #[test]
    fn made_up_methods_are_counted_as_one() {
        assert_eq!(known_method(&Method::GET), "GET");
        assert_eq!(known_method(&Method::from_bytes(b"BREW").expect("a method")), "other");
    }
}
