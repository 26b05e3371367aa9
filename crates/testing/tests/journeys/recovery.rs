//! Getting back in.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_testing::{Client, ReceivedPage, TestPortal};

async fn recover(client: &mut Client, user: &str) -> ReceivedPage {
    let page = client.get("/recuperar").await;
    client.submit(page.form("/recuperar").fill("usuario", user)).await
}

#[tokio::test]
async fn forgot_the_password_and_gets_back_in() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    let mut signed_in = portal.client();
    sign_in(&mut signed_in, "12345678", GOOD_PASSWORD).await;
    let mut ana = portal.client();
    let page = recover(&mut ana, "12.345.678").await;
    assert_eq!(page.path, "/recuperar/clave");
    assert_eq!(page.texts("[role=status]").len(), 1, "the green notice: {}", page.words());
    portal.deliver().await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    let page = type_key(&mut ana, "/recuperar/clave", &letter.key()).await;
    assert_eq!(page.path, "/clave-definitiva");
    let page = set_password(&mut ana, OTHER_PASSWORD).await;
    assert_eq!((page.path.as_str(), page.value("usuario").as_str()), ("/ingreso", "12.345.678"));
    assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.path, "/ingreso", "the old one is dead");
    assert_eq!(sign_in(&mut ana, "12345678", OTHER_PASSWORD).await.path, "/inicio");
    assert_eq!(signed_in.get("/inicio").await.path, "/ingreso", "sessions ended");
    portal.deliver().await;
    let notice = portal.last_letter_to(ANAS_EMAIL);
    assert!(!notice.text.contains(&letter.key()) && notice.text.contains("/recuperar"), "{}", notice.text);
}

#[tokio::test]
async fn gets_back_in_by_the_link_of_the_letter() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    recover(&mut portal.client(), "12345678").await;
    portal.deliver().await;
    let link = portal.last_letter_to(ANAS_EMAIL).link_path();
    let mut phone = portal.client();
    let page = phone.get(&link).await;
    assert_eq!(phone.submit(page.form(&link)).await.path, "/clave-definitiva");
    assert_eq!(set_password(&mut phone, OTHER_PASSWORD).await.path, "/ingreso");
    let used = phone.get(&link).await;
    assert!(used.says("ya"), "{}", used.words());
    let pressed = portal.client().post(&link, &[("", ""); 0]).await;
    assert_eq!(pressed.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn asks_for_recovery_with_a_document_that_has_no_user_and_sees_what_everybody_sees() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    let before = portal.letters().len();
    let mut pages = Vec::new();
    for user in ["12345678", "30123456", "87654321"] {
        let mut client = portal.client();
        let mut seen = vec![recover(&mut client, user).await];
        portal.deliver().await;
        for _ in 0..6 {
            seen.push(type_key(&mut client, "/recuperar/clave", "ZZZZ-ZZZZ").await);
        }
        portal.world().pass(SignedDuration::from_mins(31));
        seen.push(type_key(&mut client, "/recuperar/clave", "ZZZZ-ZZZZ").await);
        let shown = zaguan_testing::shown_document(user);
        pages.push(seen.iter().map(|page| page.body.replace(&shown, "…")).collect::<Vec<_>>());
    }
    assert_eq!(pages[0], pages[1], "known and registered against known and not");
    assert_eq!(pages[0], pages[2], "known against unknown");
    assert_eq!(portal.letters().len(), before + 1, "only Ana was written to");
}

#[tokio::test]
async fn shares_the_document_number_and_recovery_writes_to_each() {
    let portal = TestPortal::new().await;
    for namesake in NAMESAKES {
        registered_namesake(&portal, namesake).await;
    }
    let mut raul = portal.client();
    recover(&mut raul, "4.123.456").await;
    portal.deliver().await;
    let (elsas, rauls) = (portal.last_letter_to("elsa@gmail.com"), portal.last_letter_to("raul@gmail.com"));
    assert_ne!(elsas.key(), rauls.key());
    type_key(&mut raul, "/recuperar/clave", &rauls.key()).await;
    assert_eq!(set_password(&mut raul, OTHER_PASSWORD).await.path, "/ingreso");
    assert!(sign_in(&mut raul, "4123456", OTHER_PASSWORD).await.says("500002"));
    let mut elsa = portal.client();
    assert!(
        sign_in(&mut elsa, "4123456", "las glicinas de la abuela").await.says("500001"),
        "hers is untouched"
    );
}

#[tokio::test]
async fn forgot_the_password_and_no_longer_has_that_address_and_is_told_the_way() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    let page = recover(&mut ana, "12345678").await;
    for way in ["0800-555-0123", "lunes a viernes"] {
        assert!(page.says(way), "{}", page.words());
    }
}

#[tokio::test]
async fn asks_again_and_gets_the_same_key() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    let mut ana = portal.client();
    recover(&mut ana, "12345678").await;
    portal.deliver().await;
    let first = portal.last_letter_to(ANAS_EMAIL).key();
    let before = portal.letters().len();
    recover(&mut ana, "12345678").await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), before, "the button pressed twice is one wish");
    portal.world().pass(SignedDuration::from_mins(2));
    let mut stranger = portal.client();
    recover(&mut stranger, "12345678").await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), before + 1);
    assert_eq!(portal.last_letter_to(ANAS_EMAIL).key(), first, "a stranger who asks kills nothing");
    assert_eq!(type_key(&mut ana, "/recuperar/clave", &first).await.path, "/clave-definitiva");
}
