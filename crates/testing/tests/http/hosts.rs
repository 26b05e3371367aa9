//! The portal answers for its own host only, and its letters lead nowhere else, whatever a request calls it.

use crate::people::*;
use axum::http::{Method, Request, StatusCode};
use jiff::SignedDuration;
use std::collections::HashSet;
use zaguan_domain::hold::EmailOnFile;
use zaguan_domain::letter::LetterKind;
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

/// A portal, and a shape in which it is asked for everything that writes a letter.
struct Asked {
    portal: TestPortal,
    shape: &'static [(&'static str, &'static str)],
    /// The kinds of letters so far. Closing an account takes its letters away.
    written: HashSet<LetterKind>,
}

impl Asked {
    /// Sends a form in the shape, and the letters leave. Where the shape is refused nothing may come of it, and the form
    /// is sent again without.
    async fn post(&mut self, client: &mut Client, path: &str, fields: &[(&str, &str)]) {
        let commits = self.portal.commits();
        let headers = self.shape.iter();
        let mut shaped =
            headers.fold(client.clone(), |client, (name, value)| client.with_header(name, value));
        let page = shaped.post(path, fields).await;
        let status = page.status.as_u16();
        if matches!(status, 400 | 421) {
            assert_eq!(self.portal.commits(), commits, "a refused request changes nothing: {:?}", self.shape);
            let page = client.post(path, fields).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.words());
        } else {
            assert_eq!(status, 303, "{path} {:?}: {}", self.shape, page.words());
            client.steal_cookies(&shaped);
        }
        self.portal.deliver().await;
        self.written.extend(self.portal.kinds_of_letters().await);
    }

    async fn register_ana(&mut self) {
        let mut ana = self.portal.client();
        self.post(&mut ana, "/registro", &ANA).await;
        let key = self.portal.last_letter_to(ANAS_EMAIL).key();
        self.post(&mut ana, "/registro/clave", &[("clave_transitoria", &key)]).await;
        self.post(&mut ana, "/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
        let mut stranger = self.portal.client();
        self.post(&mut stranger, "/registro", &ANA).await;
        self.post(&mut stranger, "/recuperar", &[("usuario", "12345678")]).await;
    }

    async fn use_anas_account(&mut self) {
        // Her mailbox has room again.
        self.portal.world().pass(SignedDuration::from_hours(2));
        let mut ana = self.portal.client();
        let sign_in = [("usuario", "12345678"), ("clave", GOOD_PASSWORD)];
        self.post(&mut ana, "/ingreso", &sign_in).await;
        let proof = ("clave_actual", GOOD_PASSWORD);
        self.post(&mut ana, "/cuenta/email", &[proof, ("email", "ana.nueva@hotmail.com")]).await;
        let key = self.portal.last_letter_to("ana.nueva@hotmail.com").key();
        self.post(&mut ana, "/cuenta/email/clave", &[("clave_transitoria", &key)]).await;
        self.post(&mut ana, "/cuenta/cierre", &[proof]).await;
    }

    /// Somebody registers as Rosa, for whom the book has an address, with another one.
    async fn register_for_rosa(&mut self) {
        let number = "27111222";
        let fields =
            [("documento", number), ("ramo", "no-se"), ("poliza", number), ("email", "otra@gmail.com")];
        let mut stranger = self.portal.client();
        self.post(&mut stranger, "/registro", &fields).await;
    }
}

/// What the operator must have decided for letters of this kind to be written. A new kind belongs here, and what causes
/// it above.
fn decided_for(kind: LetterKind) -> EmailOnFile {
    match kind {
        LetterKind::RegistrationTold => EmailOnFile::Send,
        LetterKind::RegistrationKey
        | LetterKind::RegistrationHeld
        | LetterKind::AlreadyRegistered
        | LetterKind::RecoverySteps
        | LetterKind::PasswordChanged
        | LetterKind::NewBrowser
        | LetterKind::EmailChangeKey
        | LetterKind::EmailChangeAsked
        | LetterKind::EmailChanged
        | LetterKind::AccountClosed => EmailOnFile::Hold,
    }
}

/// Has every kind of letter written on the demand of requests of this shape: two portals that did.
async fn every_letter(shape: &'static [(&'static str, &'static str)]) -> [TestPortal; 2] {
    let asked = |portal| Asked { portal, shape, written: HashSet::new() };
    let mut holds = asked(TestPortal::with_hold(PUBLIC_URL, EmailOnFile::Hold).await);
    holds.register_ana().await;
    holds.use_anas_account().await;
    holds.register_for_rosa().await;
    let mut sends = asked(TestPortal::with_hold(PUBLIC_URL, EmailOnFile::Send).await);
    sends.register_for_rosa().await;
    for kind in LetterKind::ALL {
        let asked = if decided_for(kind) == EmailOnFile::Hold { &holds } else { &sends };
        assert!(asked.written.contains(&kind), "{shape:?}: no letter of the kind {}", kind.to_stored());
    }
    [holds.portal, sends.portal]
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
        for letter in every_letter(shape).await.iter().flat_map(TestPortal::letters) {
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
