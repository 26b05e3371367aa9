//! The limit at the door: whoever asks too much waits, nobody else does, and no header changes who somebody is.

use axum::http::Method;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_testing::{Client, TestPortal};
use zaguan_web::DoorLimits;

const NOTHING: [(&str, &str); 0] = [];

async fn sends(client: &mut Client) -> StatusCode {
    client.post("/registro", &NOTHING).await.status
}

/// A portal where three forms may be sent at once, and a network that has sent them.
async fn exhausted(address: &str) -> (TestPortal, Client) {
    let portal = TestPortal::with_door(DoorLimits::new(3, 1)).await;
    let mut client = portal.client().from_address(address);
    for _ in 0..3 {
        assert_eq!(sends(&mut client).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    (portal, client)
}

#[tokio::test]
async fn who_asks_too_much_is_told_how_long_to_wait_in_words() {
    let (portal, mut client) = exhausted("203.0.113.9").await;
    let before = portal.commits();
    let page = client.post("/registro", &NOTHING).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.headers["retry-after"], "1");
    assert!(page.says("Espere un segundo y pruebe otra vez."), "{}", page.words());
    assert_eq!(portal.commits(), before);
    portal.world().pass(SignedDuration::from_secs(1));
    assert_eq!(sends(&mut client).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sends(&mut client).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn others_and_those_who_only_read_are_let_in() {
    let (portal, mut client) = exhausted("203.0.113.9").await;
    assert_eq!(
        sends(&mut portal.client().from_address("203.0.113.10")).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for _ in 0..30 {
        assert_eq!(client.ask(Method::GET, "/ayuda", None).await.status, StatusCode::OK);
    }
    let page = client.ask(Method::GET, "/ayuda", None).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    let style = page.body.split("href=\"").find(|part| part.contains(".css\"")).expect("a style sheet");
    let style = style.split('"').next().expect("a path").to_owned();
    for _ in 0..100 {
        assert_eq!(client.ask(Method::GET, &style, None).await.status, StatusCode::OK, "files count nothing");
    }
}

#[tokio::test]
async fn thirty_forged_headers_of_a_stranger_change_nobodys_count() {
    let names =
        ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip"];
    let values =
        ["198.51.100.1", "for=198.51.100.1", "127.0.0.1", "192.0.2.1, 198.51.100.1", "for=\"[::1]\""];
    for address in ["203.0.113.9", "2001:db8::9"] {
        let (portal, _) = exhausted(address).await;
        for name in names {
            for value in values {
                let mut forged = portal.client().from_address(address).with_header(name, value);
                assert_eq!(sends(&mut forged).await, StatusCode::TOO_MANY_REQUESTS, "{name}: {value}");
            }
        }
        let mut victim = portal.client().from_address("198.51.100.1");
        assert_eq!(
            sends(&mut victim).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "who was named is not counted"
        );
    }
}

#[tokio::test]
async fn a_trusted_proxy_speaks_for_each_of_its_people() {
    let portal = TestPortal::with_door(DoorLimits::new(1, 1)).await;
    let proxy = TestPortal::TRUSTED_PROXY.to_string();
    for (header, value) in [
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-for", "127.0.0.1, 198.51.100.2"),
        ("forwarded", "for=198.51.100.3"),
        ("forwarded", "for=\"[2001:db8::4]:4711\";proto=https"),
    ] {
        let mut person = portal.client().from_address(&proxy).with_header(header, value);
        assert_eq!(sends(&mut person).await, StatusCode::UNPROCESSABLE_ENTITY, "{header}: {value}");
        assert_eq!(sends(&mut person).await, StatusCode::TOO_MANY_REQUESTS, "{header}: {value}");
    }
    let mut same = portal.client().from_address("198.51.100.2");
    assert_eq!(
        sends(&mut same).await,
        StatusCode::TOO_MANY_REQUESTS,
        "the last hop that is not a proxy counts"
    );
}
