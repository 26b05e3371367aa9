//! Mail bombing: whatever strangers ask, a mailbox gets a few letters, and the key in it works.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use std::collections::BTreeSet;
use zaguan_testing::TestPortal;

#[tokio::test]
async fn mail_1_a_thousand_requests_from_a_hundred_addresses_are_three_letters_and_a_key_that_works() {
    let portal = TestPortal::with_limits().await;
    let mut ana = registered_ana(&portal).await;
    portal.world().pass(SignedDuration::from_hours(25));
    let before = portal.letters().len();
    let mut pages = BTreeSet::new();
    for number in 0..1000_u32 {
        portal.world().pass(SignedDuration::from_millis(600));
        let mut stranger = portal.client().from_address(&format!("198.51.100.{}", number % 100));
        let asked = stranger.post("/recuperar", &[("usuario", "12345678")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{number}");
        if number % 10 == 0 {
            portal.deliver().await;
            pages.insert(stranger.get("/recuperar/clave").await.body);
        } else {
            pages.insert(stranger.get("/recuperar/clave").await.body);
        }
    }
    portal.deliver().await;
    let letters = portal.letters().split_off(before);
    assert_eq!(letters.len(), 3);
    assert_eq!(pages.len(), 1, "the page is the same each time");
    let first = letters[0].key();
    assert!(letters.iter().all(|letter| letter.key() == first));

    // A browser that she used before has room left.
    ana.post("/recuperar", &[("usuario", "12345678")]).await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), before + 4);

    let mut elsewhere = portal.client();
    elsewhere.post("/recuperar", &[("usuario", "12345678")]).await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), before + 4);
    assert_eq!(type_key(&mut elsewhere, "/recuperar/clave", &first).await.path, "/clave-definitiva");
    assert_eq!(set_password(&mut elsewhere, OTHER_PASSWORD).await.path, "/ingreso");
    portal.deliver().await;
    assert_eq!(portal.letters().len(), before + 5, "the notice always finds room");
}

#[tokio::test]
async fn an_hour_later_the_key_that_expired_works_again_for_who_asks_though_there_is_no_room() {
    let portal = TestPortal::with_limits().await;
    registered_ana(&portal).await;
    portal.world().pass(SignedDuration::from_hours(25));
    let ask = async |from: &str| {
        let mut stranger = portal.client().from_address(from);
        stranger.post("/recuperar", &[("usuario", "12345678")]).await;
        portal.deliver().await;
        stranger
    };
    ask("198.51.100.1").await;
    let key = portal.last_letter_to(ANAS_EMAIL).key();
    for _ in 0..2 {
        portal.world().pass(SignedDuration::from_mins(2));
        ask("198.51.100.2").await;
    }
    let letters = portal.letters().len();
    portal.world().pass(SignedDuration::from_mins(40));
    let mut ana = ask("203.0.113.5").await;
    assert_eq!(portal.letters().len(), letters, "three in the hour before");
    assert_eq!(type_key(&mut ana, "/recuperar/clave", &key).await.path, "/clave-definitiva");
}

#[tokio::test]
async fn a_mailbox_that_is_full_for_another_reason_gets_the_first_key_as_soon_as_there_is_room() {
    let portal = TestPortal::with_limits().await;
    for (document, line, number) in [
        ("30.123.456", "motovehiculos", "7654"),
        ("4.123.456", "sepelio", "500001"),
        ("4.123.456", "vida-individual", "500002"),
    ] {
        let fields = [("documento", document), ("ramo", line), ("poliza", number), ("email", ANAS_EMAIL)];
        register(&mut portal.client(), &fields).await;
        portal.deliver().await;
    }
    assert_eq!(portal.letters().len(), 3);
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), 3);
    portal.world().pass(SignedDuration::from_mins(61));
    portal.deliver().await;
    let key = portal.last_letter_to(ANAS_EMAIL).key();
    assert_eq!(type_key(&mut ana, "/registro/clave", &key).await.path, "/clave-definitiva");
}
