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
//! | 429 | a network asks too much, of everything; a limit of forms is reached | pages have no limits of their own |
//! | 500 | the unexpected: a panic | – |
//! | 503 | too many passwords wait | wherever none is hashed |
//!
//! A new route belongs into `the_journey`, which says when one is missing.

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

/// Posts forms that lead on, and notes which routes did.
struct Journey<'a> {
    portal: &'a TestPortal,
    seen: &'a mut Seen,
    led_on: BTreeSet<String>,
}

impl Journey<'_> {
    /// Posts to the path of a route; `to` is the path itself where the route leaves some of it open.
    async fn post(&mut self, client: &mut Client, route: &str, to: &str, fields: &[(&str, &str)]) {
        let page = client.post(to, fields).await;
        let status = self.seen.note(&format!("POST {route}"), &page);
        let leads_on = status == 303 && page.headers["location"] != "/ingreso";
        let says_it = status == 200 && route.contains("{token}");
        let signs_out = status == 303 && ["/salir", "/cuenta/cierre", "/clave-definitiva"].contains(&route);
        assert!(leads_on || says_it || signs_out, "POST {route}: {status}: {}", page.words());
        self.led_on.insert(route.to_owned());
        self.portal.deliver().await;
    }

    async fn registers_and_recovers(&mut self, ana: &mut Client) {
        self.post(ana, "/registro", "/registro", &ANA).await;
        self.post(ana, "/registro/reenviar", "/registro/reenviar", &[]).await;
        self.post(ana, "/registro/corregir", "/registro/corregir", &[("email", ANAS_EMAIL)]).await;
        let letter = self.portal.last_letter_to(ANAS_EMAIL);
        self.post(&mut ana.clone(), "/enlace/{token}", &letter.link_path(), &[]).await;
        self.post(ana, "/registro/clave", "/registro/clave", &[("clave_transitoria", &letter.key())]).await;
        self.post(ana, "/clave-definitiva", "/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
        self.post(ana, "/recuperar", "/recuperar", &[("usuario", "12345678")]).await;
        let key = self.portal.last_letter_to(ANAS_EMAIL).key();
        let fields = [("documento", "12345678"), ("clave_transitoria", key.as_str())];
        self.post(ana, "/recuperar/clave", "/recuperar/clave", &fields).await;
    }

    async fn lets_a_held_key_go_and_disowns_it(&mut self) {
        let number = "27111222";
        let fields =
            [("documento", number), ("ramo", "no-se"), ("poliza", number), ("email", "otra@gmail.com")];
        let mut stranger = self.portal.client();
        self.post(&mut stranger, "/registro", "/registro", &fields).await;
        let told = self.portal.last_letter_to("rosa@correo.example");
        self.post(&mut stranger, "/si-fui-yo/{token}", &told.release_path(), &[]).await;
        self.post(&mut stranger, "/no-fui-yo/{token}", &told.disown_path(), &[]).await;
    }

    async fn uses_the_account(&mut self, ana: &mut Client) {
        let proof = ("clave_actual", GOOD_PASSWORD);
        let sign_in = [("usuario", "12345678"), ("clave", GOOD_PASSWORD)];
        self.post(ana, "/ingreso", "/ingreso", &sign_in).await;
        self.post(ana, "/cuenta/confirmar", "/cuenta/confirmar", &[proof]).await;
        let fields = [proof, ("email", "ana.nueva@hotmail.com")];
        self.post(ana, "/cuenta/email", "/cuenta/email", &fields).await;
        for route in ROUTES.iter().filter(|route| route.method == Method::GET) {
            let page = ana.clone().send(request(route), "").await;
            let status = self.seen.note(&format!("GET {}", route.path), &page);
            assert!(
                route.access == Access::Public || route.access == Access::Demo || status == 200,
                "{route:?}: {status}"
            );
        }
        let key = self.portal.last_letter_to("ana.nueva@hotmail.com").key();
        self.post(ana, "/cuenta/email/clave", "/cuenta/email/clave", &[("clave_transitoria", &key)]).await;
        self.post(ana, "/cuenta/sesiones", "/cuenta/sesiones", &[("todas", "si")]).await;
        let correction = [("texto", "Mi apellido se escribe con zeta.")];
        self.post(ana, "/cuenta/datos/correccion", "/cuenta/datos/correccion", &correction).await;
        self.post(ana, "/cuenta/clave", "/cuenta/clave", &[proof, ("clave", OTHER_PASSWORD)]).await;
        self.post(&mut ana.clone(), "/cuenta/cierre", "/cuenta/cierre", &[("clave_actual", OTHER_PASSWORD)])
            .await;
    }
}

/// Goes every way once, with every form first empty and then good.
async fn the_journey(seen: &mut Seen, portal: &TestPortal) {
    let mut ana = portal.client();
    everywhere(seen, &ana, request, |route| {
        if route.method == Method::POST { &[422, 303] } else { &[200, 303, 401, 404, 422] }
    })
    .await;
    let mut journey = Journey { portal, seen, led_on: BTreeSet::new() };
    journey.registers_and_recovers(&mut ana).await;
    journey.lets_a_held_key_go_and_disowns_it().await;
    journey.uses_the_account(&mut ana).await;
    let missed: Vec<&str> = ROUTES
        .iter()
        .filter(|route| route.method == Method::POST && !journey.led_on.contains(route.path))
        .map(|route| route.path)
        .collect();
    assert_eq!(missed, ["/salir"], "a good form was sent to every other route");
    registered_ana(portal).await;
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    every_form_of_the_account_is_empty(seen, &ana).await;
    let page = ana.post("/salir", &[("", ""); 0]).await;
    seen.note("POST /salir", &page);
    assert_eq!(page.headers["clear-site-data"], "\"cache\", \"storage\"");
}

/// Who is signed in sends every form empty; those without fields of their own lead on.
async fn every_form_of_the_account_is_empty(seen: &mut Seen, signed_in: &Client) {
    let of_the_account = ROUTES
        .iter()
        .filter(|route| route.method == Method::POST && route.access == Access::SignedIn)
        .map(|route| route.path);
    for path in of_the_account {
        let page = signed_in.clone().post(path, &[("", ""); 0]).await;
        let status = seen.note(&format!("POST {path}"), &page);
        let expected = if path == "/cuenta/sesiones" { 303 } else { 422 };
        assert_eq!(status, expected, "{path}: {}", page.words());
    }
}

/// What hashes a password in the account, with one that is wrong, so that nothing changes.
const PROOFS: [&str; 4] = ["/cuenta/confirmar", "/cuenta/clave", "/cuenta/email", "/cuenta/cierre"];

/// More people at once than there is room for their passwords.
async fn too_many_passwords(seen: &mut Seen) {
    let hashing = HashSettings { threads: 1, waiting_at_most: 1, ..HashSettings::default() };
    let portal = TestPortal::with_hashing(hashing).await;
    let ana = signed_in_ana(&portal).await;
    for path in ["/ingreso"].into_iter().chain(PROOFS) {
        let post = || async {
            let fields = [
                ("usuario", "12345678"),
                ("clave", OTHER_PASSWORD),
                ("clave_actual", "lo que sea que escriba"),
                ("email", "ana.nueva@hotmail.com"),
            ];
            ana.clone().post(path, &fields).await
        };
        let (one, two, three, four) = tokio::join!(post(), post(), post(), post());
        let pages = [one, two, three, four];
        assert!(pages.iter().any(|page| page.status.as_u16() == 503), "{path}");
        for page in pages {
            if seen.note(&format!("POST {path}"), &page) == 503 {
                assert!(page.headers.contains_key("retry-after"));
            }
        }
    }
}

/// Wrong passwords typed again and again, where the usual limits hold.
async fn too_many_tries(seen: &mut Seen) {
    let portal = TestPortal::with_limits().await;
    let mut ana = signed_in_ana(&portal).await;
    for path in PROOFS {
        let fields =
            [("clave_actual", "no es esta"), ("clave", OTHER_PASSWORD), ("email", "ana.nueva@hotmail.com")];
        let mut tries = 0;
        while seen.note(&format!("POST {path}"), &ana.post(path, &fields).await) != 429 {
            tries += 1;
            assert!(tries < 100, "{path}: nobody is slowed down");
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
    too_many_tries(&mut seen).await;
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
