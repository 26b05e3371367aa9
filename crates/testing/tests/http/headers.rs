//! Every route in every way that it can answer, and the headers that each answer wears.
//!
//! | status | how | where it cannot be |
//! |---|---|---|
//! | 200 | a page is opened | forms: they lead on or are refused |
//! | 303 | a good form; a page for those who signed in | pages for everybody |
//! | 400 | no host is named | – |
//! | 401 | nobody is signed in | only for reverse proxies: people are sent to sign in |
//! | 403 | another site sent the form | pages, which change nothing |
//! | 404 | the demo's mailbox elsewhere; a path that is no route | – |
//! | 405 | a method that the route has not | – |
//! | 413 | more is announced than any form holds | – |
//! | 415 | the form is none | pages; buttons without fields |
//! | 421 | another host is named | – |
//! | 422 | the form has nothing in it; a password without a key | other pages; buttons without fields |
//! | 429 | a network asks too much | – |
//! | 500 | the unexpected: a panic | – |
//! | 503 | too many passwords wait | wherever none is hashed |

use crate::dressed::missing;
use crate::people::*;
use axum::http::request::Builder;
use axum::http::{Method, Request};
use std::collections::{BTreeMap, BTreeSet};
use zaguan_hasher::HashSettings;
use zaguan_testing::{Client, ReceivedPage, TestPortal};
use zaguan_web::{Access, DoorLimits, ROUTES, Route};

const FORM: &str = "application/x-www-form-urlencoded";

/// The answers seen, and where.
#[derive(Default)]
struct Seen(BTreeMap<u16, BTreeSet<String>>);

impl Seen {
    /// Notes an answer, which must wear all its headers.
    fn note(&mut self, what: &str, page: &ReceivedPage) -> u16 {
        let faults = missing(&page.headers, false);
        assert!(faults.is_empty(), "{what}: {} lacks {faults:?}", page.status);
        self.0.entry(page.status.as_u16()).or_default().insert(what.to_owned());
        page.status.as_u16()
    }
}

fn path(route: &Route) -> String {
    route.path.replace("{token}", &"A".repeat(64))
}

fn request(route: &Route) -> Builder {
    Request::builder().method(route.method.clone()).uri(path(route)).header("content-type", FORM)
}

/// Sends the same kind of request to every route; each must be answered so.
async fn everywhere(
    seen: &mut Seen,
    client: &Client,
    make: impl Fn(&Route) -> Builder,
    expected: impl Fn(&Route) -> &'static [u16],
) {
    for route in ROUTES {
        let page = client.clone().send(make(route), "").await;
        let status = seen.note(&format!("{} {}", route.method, route.path), &page);
        assert!(expected(route).contains(&status), "{route:?}: {status}");
    }
}

async fn refused_everywhere(seen: &mut Seen, portal: &TestPortal) {
    let client = portal.client();
    everywhere(seen, &client, |route| request(route).header("host", "a").header("host", "b"), |_| &[400])
        .await;
    everywhere(seen, &client, |route| request(route).header("host", "evil.example"), |_| &[421]).await;
    everywhere(seen, &client, |route| request(route).method(Method::PUT), |_| &[405]).await;
    everywhere(seen, &client, |route| request(route).header("content-length", "1073741824"), |_| &[413])
        .await;
    let from_elsewhere = |route: &Route| request(route).header("sec-fetch-site", "cross-site");
    everywhere(seen, &client, from_elsewhere, |route| match (&route.method, route.access) {
        (&Method::POST, _) => &[403],
        (_, Access::Public) => &[200, 422],
        (_, Access::SignedIn) => &[303],
        (_, Access::ForwardAuth) => &[401],
        (_, Access::Demo) => &[404],
    })
    .await;
    let json = |route: &Route| Request::builder().method(route.method.clone()).uri(path(route));
    everywhere(seen, &client, json, |route| {
        if route.method == Method::POST { &[415, 303, 422] } else { &[200, 303, 401, 404, 422] }
    })
    .await;
    let turned_away = TestPortal::with_door(DoorLimits::new(1, 1)).await;
    let mut first = turned_away.client();
    for _ in 0..11 {
        first.ask(Method::GET, "/ayuda", None).await;
        first.ask(Method::POST, "/nada", None).await;
    }
    everywhere(seen, &first, request, |_| &[429]).await;
    let broken = TestPortal::new().await;
    let breaking = |route: &Route| {
        broken.world().panic_once("the unexpected");
        request(route)
    };
    everywhere(seen, &broken.client(), breaking, |_| &[500]).await;
}

/// Goes the whole way once, with every form first empty and then good.
async fn the_journey(seen: &mut Seen, portal: &TestPortal) {
    let mut ana = portal.client();
    everywhere(seen, &ana, request, |route| {
        if route.method == Method::POST { &[422, 303] } else { &[200, 303, 401, 404, 422] }
    })
    .await;
    let mut post = async |client: &mut Client, path: &str, fields: &[(&str, &str)]| {
        let page = client.post(path, fields).await;
        assert_eq!(seen.note(&format!("POST {path}"), &page), 303, "{}", page.words());
        portal.deliver().await;
        page
    };
    post(&mut ana, "/registro", &ANA).await;
    post(&mut ana, "/registro/reenviar", &[]).await;
    post(&mut ana, "/registro/corregir", &[("email", ANAS_EMAIL)]).await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    post(&mut ana.clone(), &letter.link_path(), &[]).await;
    post(&mut ana, "/registro/clave", &[("clave_transitoria", &letter.key())]).await;
    post(&mut ana, "/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
    post(&mut ana, "/recuperar", &[("usuario", "12345678")]).await;
    let key = portal.last_letter_to(ANAS_EMAIL).key();
    post(&mut ana, "/recuperar/clave", &[("documento", "12345678"), ("clave_transitoria", &key)]).await;
    post(&mut ana, "/ingreso", &[("usuario", "12345678"), ("clave", GOOD_PASSWORD)]).await;
    post(&mut ana, "/cuenta/confirmar", &[("clave_actual", GOOD_PASSWORD)]).await;
    post(&mut ana, "/cuenta/email", &[("clave_actual", GOOD_PASSWORD), ("email", "ana.nueva@gmail.com")])
        .await;
    for route in ROUTES.iter().filter(|route| route.method == Method::GET) {
        let page = ana.clone().send(request(route), "").await;
        let status = seen.note(&format!("GET {}", route.path), &page);
        assert!(
            route.access == Access::Public || route.access == Access::Demo || status == 200,
            "{route:?}: {status}"
        );
    }
    let page = ana.post("/salir", &[("", ""); 0]).await;
    seen.note("POST /salir", &page);
    assert_eq!(page.headers["clear-site-data"], "\"cache\", \"storage\"");
}

/// More people at once than there is room for their passwords.
async fn too_many_passwords(seen: &mut Seen) {
    let hashing = HashSettings { threads: 1, waiting_at_most: 1, ..HashSettings::default() };
    let portal = TestPortal::with_hashing(hashing).await;
    let sign_in = || async {
        let fields = [("usuario", "12345678"), ("clave", "lo que sea que escriba")];
        portal.client().post("/ingreso", &fields).await
    };
    let (one, two, three, four) = tokio::join!(sign_in(), sign_in(), sign_in(), sign_in());
    for page in [one, two, three, four] {
        if seen.note("POST /ingreso", &page) == 503 {
            assert!(page.headers.contains_key("retry-after"));
        }
    }
}

#[tokio::test]
async fn every_answer_of_every_route_wears_the_full_set_of_headers() {
    let portal = TestPortal::new().await;
    let mut seen = Seen::default();
    refused_everywhere(&mut seen, &portal).await;
    the_journey(&mut seen, &portal).await;
    too_many_passwords(&mut seen).await;
    let elsewhere = portal.client().ask(Method::GET, "/nada", None).await;
    seen.note("GET /nada", &elsewhere);
    let statuses: Vec<u16> = seen.0.keys().copied().collect();
    assert_eq!(statuses, [200, 303, 400, 401, 403, 404, 405, 413, 415, 421, 422, 429, 500, 503]);
    for status in [400, 405, 413, 421, 429, 500] {
        assert_eq!(seen.0[&status].len(), ROUTES.len(), "{status} everywhere");
    }
}

#[tokio::test]
async fn over_https_every_answer_promises_it() {
    let portal = TestPortal::with_public_url("https://portal.example").await;
    let client = portal.client();
    for route in ROUTES {
        for host in ["portal.example", "evil.example"] {
            let page = client.clone().send(request(route).header("host", host), "").await;
            let faults = missing(&page.headers, true);
            assert!(faults.is_empty(), "{route:?} {}: {faults:?}", page.status);
        }
    }
}
