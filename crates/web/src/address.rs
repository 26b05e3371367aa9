//! From where a request comes: who opened the connection, or whom the operator's own proxies say that they speak for.

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};
use http::request::Parts;
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address that a request comes from. It is an extension of every request, and of its answer for whoever logs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl ClientAddress {
    /// Finds the address of a request, once for all that count or log by it.
    pub(crate) fn of(request: &Request, trusted: &[IpNet]) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        // Without a connection nobody but this very process can ask.
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
        Self(client(peer, request.headers(), trusted))
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::LOCALHOST))))
    }
}

/// Who asks, as far as trusted proxies vouch for it.
///
/// A proxy that writes one of the two headers hands on the other as a stranger made it up. So when there are both and
/// they differ neither is believed, and such requests count for the proxy itself.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let x_forwarded_for = values(headers, &X_FORWARDED_FOR);
    let forwarded = values(headers, &FORWARDED);
    match (x_forwarded_for.is_empty(), forwarded.is_empty()) {
        (true, true) => peer,
        (false, true) => last_vouched(peer, &x_forwarded_for_hops(&x_forwarded_for), trusted),
        (true, false) => last_vouched(peer, &forwarded_hops(&forwarded), trusted),
        (false, false) => {
            let one = last_vouched(peer, &x_forwarded_for_hops(&x_forwarded_for), trusted);
            let other = last_vouched(peer, &forwarded_hops(&forwarded), trusted);
            if one == other { one } else { peer }
        }
    }
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The values of a header, in order; one that is not ASCII stands for nobody.
fn values<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> Vec<&'headers str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("")).collect()
}

/// Each proxy adds at the end, so the hops are read from the end until somebody stands there who is not trusted. What
/// is no address (`unknown`, a name that a proxy made up) ends the belief.
fn last_vouched(peer: IpAddr, hops: &[Option<IpAddr>], trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    for hop in hops.iter().rev() {
        let Some(before) = hop.filter(|_| is_trusted(client, trusted)) else {
            break;
        };
        client = before;
    }
    client
}

fn x_forwarded_for_hops(values: &[&str]) -> Vec<Option<IpAddr>> {
    values.iter().flat_map(|value| value.split(',')).map(node).collect()
}

/// The `for` of each element of `Forwarded` (RFC 7239).
fn forwarded_hops(values: &[&str]) -> Vec<Option<IpAddr>> {
    values.iter().flat_map(|value| value.split(',')).map(forwarded_for).collect()
}

/// A `,` or `;` between quotes would be read wrongly here, but no address has one, and what is no address is not
/// believed. Two `for` in an element are not believed either.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut nodes = element.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    });
    let value = nodes.next()?;
    if nodes.next().is_some() {
        return None;
    }
    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    node(unquoted.unwrap_or(value))
}

/// An address, with a port or without: `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::7`, `[2001:db8::7]:4711`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    let address = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    address.or_else(bracketed).or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::client;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use std::net::IpAddr;

    fn found(peer: &str, headers: &[(&str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a name");
            map.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        let trusted = ["10.0.0.0/8".parse().expect("a network"), "::1/128".parse().expect("a network")];
        client(peer.parse::<IpAddr>().expect("an address").to_canonical(), &map, &trusted).to_string()
    }

    fn x_forwarded_for(peer: &str, values: &[&str]) -> String {
        found(peer, &values.iter().map(|value| ("x-forwarded-for", *value)).collect::<Vec<_>>())
    }

    fn forwarded(peer: &str, values: &[&str]) -> String {
        found(peer, &values.iter().map(|value| ("forwarded", *value)).collect::<Vec<_>>())
    }

    #[test]
    fn trusted_proxies_are_believed_from_the_end_of_the_list() {
        assert_eq!(x_forwarded_for("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(x_forwarded_for("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.9.9.9"]), "198.51.100.1");
        assert_eq!(x_forwarded_for("10.0.0.1", &["1.2.3.4", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(x_forwarded_for("::1", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(x_forwarded_for("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(x_forwarded_for("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(x_forwarded_for("10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn the_standard_header_is_read_like_the_customary_one() {
        assert_eq!(forwarded("10.0.0.1", &["for=198.51.100.1;proto=https;by=10.0.0.1"]), "198.51.100.1");
        assert_eq!(forwarded("10.0.0.1", &["for=1.2.3.4, For=\"198.51.100.1:4711\""]), "198.51.100.1");
        assert_eq!(forwarded("10.0.0.1", &["for=1.2.3.4", "proto=http; for = 198.51.100.1"]), "198.51.100.1");
        assert_eq!(forwarded("::1", &["for=\"[2001:db8::7]:4711\""]), "2001:db8::7");
        assert_eq!(forwarded("::1", &["for=\"[2001:db8::7]\", for=10.0.0.3"]), "2001:db8::7");
    }

    #[test]
    fn what_is_not_an_address_ends_the_belief() {
        for value in ["198.51.100.1, unknown", "\"><script>", "", ",", "198.51.100.1,", "999.1.1.1", "ñandú"]
        {
            assert_eq!(x_forwarded_for("10.0.0.1", &[value]), "10.0.0.1", "{value}");
        }
        for value in
            ["for=_hidden", "for=unknown", "for=1.2.3.4;for=5.6.7.8", "by=1.2.3.4", "for", "for=\"1.2.3.4"]
        {
            assert_eq!(forwarded("10.0.0.1", &[value]), "10.0.0.1", "{value}");
        }
    }

    #[test]
    fn two_headers_that_contradict_each_other_are_both_disbelieved() {
        let (customary, standard) = (("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1"));
        assert_eq!(found("10.0.0.1", &[customary, standard]), "198.51.100.1");
        assert_eq!(found("10.0.0.1", &[customary, ("forwarded", "for=1.2.3.4")]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &[("x-forwarded-for", "1.2.3.4"), standard]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &[customary, ("forwarded", "garbage")]), "10.0.0.1");
    }

    #[test]
    fn thirty_things_that_a_stranger_says_change_nothing() {
        let names =
            ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "via"];
        let values = ["198.51.100.1", "for=198.51.100.1", "127.0.0.1", "10.0.0.1, 10.0.0.2", "for=\"[::1]\""];
        for name in names {
            for value in values {
                assert_eq!(found("203.0.113.9", &[(name, value)]), "203.0.113.9", "{name}: {value}");
                assert_eq!(
                    found("2001:db8::9", &[(name, value), (name, value)]),
                    "2001:db8::9",
                    "{name}: {value}"
                );
            }
        }
    }

    #[test]
    fn a_trusted_proxy_is_asked_by_no_other_header() {
        for name in ["x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip", "x-forwarded-host"] {
            assert_eq!(found("10.0.0.1", &[(name, "198.51.100.1")]), "10.0.0.1", "{name}");
        }
    }
}
