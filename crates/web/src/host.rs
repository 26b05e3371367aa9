//! For whom the portal answers: its own host, as `public_url` names it, and nobody else's.
//!
//! Nothing that the portal writes is built from what a request calls it; yet a cache or a browser before it may mix up
//! what came by another name, so those requests are refused (RFC 9110, 421 Misdirected Request).

use crate::app::{App, PublicUrl};
use crate::failure::Failure;
use axum::extract::Request;
use http::header::HOST;
use http::uri::{Authority, Uri};
use http::{HeaderMap, Method};
use std::net::IpAddr;
use zaguan_views::ErrorKind;

/// The host of the portal.
#[derive(Debug)]
pub(crate) struct OurHost {
    name: String,
    port: u16,
    /// The port that goes without saying.
    usual_port: u16,
    is_loopback: bool,
}

impl OurHost {
    /// Nothing when `public_url` names no host.
    pub(crate) fn of(public_url: &PublicUrl) -> Option<Self> {
        let uri: Uri = public_url.origin().parse().ok()?;
        let authority = uri.authority()?;
        let usual_port = if public_url.is_https() { 443 } else { 80 };
        Some(Self {
            name: authority.host().to_ascii_lowercase(),
            port: authority.port_u16().unwrap_or(usual_port),
            usual_port,
            is_loopback: is_loopback(authority.host()),
        })
    }

    /// Whether this names the portal. A portal on loopback is known by all names of loopback, at any port.
    fn is_named_by(&self, authority: &Authority) -> bool {
        // What stands before or after host and port (a user, a second port) is refused, not overlooked.
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("" | ":") => Some(self.usual_port),
            Some(port) => port.strip_prefix(':').and_then(|digits| digits.parse().ok()),
            None => None,
        };
        let Some(port) = port else { return false };
        if self.is_loopback {
            return is_loopback(authority.host());
        }
        authority.host().eq_ignore_ascii_case(&self.name) && port == self.port
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Refuses what is meant for another host; without a host of ours, everything. The files of the look are the same under
/// any name, and the page that says no needs them.
pub(crate) fn refuse_other_hosts(
    app: &App,
    ours: Option<&OurHost>,
    request: &Request,
) -> Result<(), Failure> {
    match wrong(ours, request) {
        Some(kind) if !is_file(app, request) => Err(Failure::Expected(kind)),
        _ => Ok(()),
    }
}

/// What is wrong with the host that a request names. In HTTP/2 it stands in the target; in HTTP/1 in the header, and
/// in the target too when that is absolute. Each that is there must be ours.
fn wrong(ours: Option<&OurHost>, request: &Request) -> Option<ErrorKind> {
    let names_us = |authority: &Authority| ours.is_some_and(|ours| ours.is_named_by(authority));
    let target = request.uri().authority();
    if target.is_some_and(|authority| !names_us(authority)) {
        return Some(ErrorKind::WrongHost);
    }
    match header(request.headers()) {
        Header::Absent if target.is_some() => None,
        Header::Absent | Header::Repeated => Some(ErrorKind::BadRequest),
        Header::Unreadable => Some(ErrorKind::WrongHost),
        Header::Names(authority) => (!names_us(&authority)).then_some(ErrorKind::WrongHost),
    }
}

enum Header {
    Absent,
    Repeated,
    Unreadable,
    Names(Authority),
}

fn header(headers: &HeaderMap) -> Header {
    let mut values = headers.get_all(HOST).iter();
    match (values.next(), values.next()) {
        (None, _) => Header::Absent,
        (Some(_), Some(_)) => Header::Repeated,
        (Some(value), None) => {
            Authority::try_from(value.as_bytes()).map_or(Header::Unreadable, Header::Names)
        }
    }
}

fn is_file(app: &App, request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) && app.kept.file(request.uri().path()).is_some()
}

#[cfg(test)]
mod tests {
    use super::OurHost;
    use crate::app::PublicUrl;

    fn names(public_url: &str, host: &str) -> bool {
        let ours = OurHost::of(&PublicUrl::new(public_url)).expect("a host");
        host.parse().is_ok_and(|authority| ours.is_named_by(&authority))
    }

    #[test]
    fn a_host_is_ours_by_name_and_port() {
        for host in ["portal.example", "PORTAL.example", "portal.example:443", "portal.example:"] {
            assert!(names("https://portal.example", host), "{host}");
        }
        assert!(names("https://portal.example:8443", "portal.example:8443"));
        assert!(names("https://[2001:db8::7]", "[2001:db8::7]"));
    }

    #[test]
    fn what_only_looks_like_our_host_is_another() {
        for host in [
            "evil.example",
            "portal.example.evil.example",
            "evil-portal.example",
            "portal.example:80",
            "portal.example:8443",
            "portal.example.",
            "user@portal.example",
            "portal.example@evil.example",
            "127.0.0.1",
            "localhost",
            "www.portal.example",
            "portal.example:443:443",
            "portal.example/",
            "portal.example,evil.example",
            "[::1]",
        ] {
            assert!(!names("https://portal.example", host), "{host}");
        }
        assert!(!names("https://portal.example:8443", "portal.example"));
    }

    #[test]
    fn a_portal_on_loopback_is_known_by_all_its_names() {
        for host in ["127.0.0.1:8080", "localhost", "localhost:9", "[::1]:8080", "127.0.0.2", "a.localhost"] {
            assert!(names("http://127.0.0.1:8080", host), "{host}");
        }
        for host in
            ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "0.0.0.0"]
        {
            assert!(!names("http://127.0.0.1:8080", host), "{host}");
        }
    }
}
