//! The portal answers for its own host only, and its letters lead nowhere else, whatever a request calls it.

use crate::people::*;
use axum::http::{Method, Request, StatusCode};
use std::collections::BTreeSet;
use zaguan_testing::{Client, TestPortal};

const PUBLIC_URL: &str = "https://portal.example";

/// Headers by which a request may call the portal something else.
const SHAPES: [&[(&str, &str)]; 40] = [
    &[("host", "evil.example")],
    &[("host", "evil.example:443")],
    &[("host", "portal.example.evil.example")],
    &[("host", "evil.example/portal.example")],
    &[("host", "portal.example@evil.example")],
    &[("host", "evil.example#portal.example")],
    &[("host", "portal.example:443@evil.example")],
    &[("host", "portal.example:8443")],
    &[("host", "portal.example evil.example")],
    &[("host", "portal.example,evil.example")],
    &[("host", "evil.example\\portal.example")],
    &[("host", "")],
    &[("host", "[::1]")],
    &[("host", "127.0.0.1")],
    &[("host", "xn--prtal-qta.example")],
    &[("host", "pórtal.example")],
    &[("host", "portal.example"), ("host", "evil.example")],
    &[("host", "evil.example"), ("host", "portal.example")],
    &[("x-forwarded-host", "evil.example")],
    &[("x-forwarded-host", "evil.example, portal.example")],
    &[("x-forwarded-host", "portal.example"), ("x-forwarded-host", "evil.example")],
    &[("x-forwarded-server", "evil.example")],
    &[("x-forwarded-proto", "http")],
    &[("x-forwarded-proto", "javascript")],
    &[("x-forwarded-port", "1")],
    &[("x-forwarded-prefix", "/evil.example")],
    &[("x-forwarded-scheme", "http")],
    &[("forwarded", "host=evil.example")],
    &[("forwarded", "for=1.2.3.4;host=evil.example;proto=http")],
    &[("forwarded", "host=\"evil.example\", host=portal.example")],
    &[("x-host", "evil.example")],
    &[("x-http-host-override", "evil.example")],
    &[("x-original-host", "evil.example")],
    &[("x-original-url", "https://evil.example/registro")],
    &[("x-rewrite-url", "https://evil.example/registro")],
    &[("front-end-https", "off")],
    &[("referer", "https://evil.example/")],
    &[("via", "1.1 evil.example")],
    &[("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "http"), ("x-forwarded-port", "81")],
    &[("base-url", "https://evil.example"), ("x-base-url", "https://evil.example")],
];

fn shaped(client: Client, shape: &[(&str, &str)]) -> Client {
    shape.iter().fold(client, |client, (name, value)| client.with_header(name, value))
}

/// Asks with the shape; where that is refused nothing may have come of it, and it is asked again without.
async fn ask_for_letters(portal: &TestPortal, path: &str, shape: &[(&str, &str)], fields: &[(&str, &str)]) {
    let page = shaped(portal.client(), shape).post(path, fields).await;
    portal.deliver().await;
    if page.status != StatusCode::SEE_OTHER {
        assert!(matches!(page.status.as_u16(), 400 | 421), "{shape:?}: {}", page.status);
        let before = portal.letters().len();
        portal.client().post(path, fields).await;
        portal.deliver().await;
        assert_eq!(portal.letters().len(), before + 1, "a refused request wrote no letter: {shape:?}");
    }
}

/// Has every kind of letter written on the demand of requests of this shape.
async fn every_letter(shape: &[(&str, &str)]) -> TestPortal {
    let portal = TestPortal::with_public_url(PUBLIC_URL).await;
    ask_for_letters(&portal, "/registro", shape, &ANA).await;
    let key = portal.last_letter_to(ANAS_EMAIL).key();
    let mut ana = portal.client();
    let fields = [("documento", "12345678"), ("clave_transitoria", key.as_str())];
    assert_eq!(ana.post("/registro/clave", &fields).await.status, StatusCode::SEE_OTHER);
    let mut shaped_ana = shaped(ana.clone(), shape);
    if shaped_ana.post("/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await.status != StatusCode::SEE_OTHER
    {
        let page = ana.post("/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{shape:?}");
    }
    portal.deliver().await;
    ask_for_letters(&portal, "/registro", shape, &ANA).await;
    ask_for_letters(&portal, "/recuperar", shape, &[("usuario", "12345678")]).await;
    portal
}

/// Every address in a text, to its end.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("://").map(|(at, _)| {
        let start = text[..at].rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |before| before + 1);
        let rest = &text[start..];
        &rest[..rest.find(|c: char| c.is_whitespace() || "\"'<>)".contains(c)).unwrap_or(rest.len())]
    })
}

#[tokio::test]
async fn every_letter_leads_to_the_configured_address_whatever_forty_requests_call_the_portal() {
    for shape in SHAPES {
        let portal = every_letter(shape).await;
        let letters = portal.letters();
        let kinds: BTreeSet<String> = letters.iter().map(|letter| letter.subject.clone()).collect();
        assert_eq!(kinds.len(), 4, "{shape:?}: {kinds:?}");
        for letter in letters {
            assert!(!letter.raw.contains("evil") && !letter.html.contains("evil"), "{shape:?}");
            let found: Vec<&str> = addresses(&letter.text).chain(addresses(&letter.html)).collect();
            assert!(found.iter().any(|address| address.starts_with(PUBLIC_URL)), "{shape:?}: {found:?}");
            for address in found {
                let rest = address.strip_prefix(PUBLIC_URL);
                let is_ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                assert!(is_ours || address == "https://www.ssn.gob.ar", "{shape:?}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn another_host_is_told_the_address_of_the_portal_in_its_look() {
    let portal = TestPortal::with_public_url(PUBLIC_URL).await;
    for (target, host) in [
        ("/ingreso", "evil.example"),
        ("https://evil.example/ingreso", "portal.example"),
        ("https://evil.example/ingreso", "evil.example"),
        ("https://portal.example/ingreso", "evil.example"),
        ("http://portal.example:8080/ingreso", "portal.example"),
    ] {
        let page = portal.client().send(Request::builder().uri(target).header("host", host), "").await;
        assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "{target} {host}");
        assert!(page.links().contains(&PUBLIC_URL.to_owned()), "{:?}", page.links());
        assert!(!page.body.contains("evil"), "a page repeats no name that it was called");
        let style = page.body.split("href=\"").find(|part| part.contains(".css\"")).expect("a style sheet");
        let path = style.split('"').next().expect("a path");
        let sheet = portal.client().at_host("evil.example").ask(Method::GET, path, None).await;
        assert_eq!(sheet.status, StatusCode::OK, "the page of the refusal needs its style");
    }
}

#[tokio::test]
async fn the_portals_own_host_is_answered_however_the_target_is_written() {
    let portal = TestPortal::with_public_url(PUBLIC_URL).await;
    for (target, host) in [
        ("/ingreso", "portal.example"),
        ("/ingreso", "Portal.Example:443"),
        ("https://portal.example/ingreso", "portal.example"),
        ("https://portal.example:443/ingreso", "portal.example"),
    ] {
        let page = portal.client().send(Request::builder().uri(target).header("host", host), "").await;
        assert_eq!(page.status, StatusCode::OK, "{target} {host}");
    }
}
