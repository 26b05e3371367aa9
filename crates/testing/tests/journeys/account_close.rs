//! My account: closing it, and coming back.

use crate::people::*;
use axum::http::StatusCode;
use tokio::task::JoinSet;
use zaguan_testing::TestPortal;

#[tokio::test]
async fn a_closed_account_opens_no_more_a_letter_confirms_it_and_the_person_may_come_back() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let mut phone = portal.client();
    sign_in(&mut phone, "12345678", GOOD_PASSWORD).await;
    let page = ana.get("/cuenta/cierre").await;
    let wrong = ana.submit(page.form("/cuenta/cierre").fill("clave_actual", "no es esta")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = ana.submit(wrong.form("/cuenta/cierre").fill("clave_actual", GOOD_PASSWORD)).await;
    assert_eq!(page.path, "/ingreso");
    assert!(page.says("Su cuenta quedó cerrada."), "{}", page.words());
    assert_eq!(phone.get("/inicio").await.path, "/ingreso");
    assert_eq!(sign_in(&mut phone, "12345678", GOOD_PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    portal.deliver().await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    assert!(letter.subject.contains("Cerramos su cuenta"), "{}", letter.subject);
    let mut again = registered_ana(&portal).await;
    assert_eq!(sign_in(&mut again, "12345678", GOOD_PASSWORD).await.path, "/inicio");
    let told = again.get("/cuenta").await.words();
    assert!(!told.contains("Se cerró la cuenta"), "what happened to the old account is the old account's");
}

#[tokio::test]
async fn pressing_close_many_times_at_once_closes_once_and_sends_one_letter() {
    let portal = TestPortal::new().await;
    let ana = signed_in_ana(&portal).await;
    let letters = portal.letters().len();
    let mut presses = JoinSet::new();
    for _ in 0..4 {
        let mut client = ana.clone();
        presses.spawn(async move {
            client.post("/cuenta/cierre", &[("clave_actual", GOOD_PASSWORD)]).await.status
        });
    }
    for status in presses.join_all().await {
        assert_eq!(status, StatusCode::SEE_OTHER);
    }
    portal.deliver().await;
    assert_eq!(portal.letters().len(), letters + 1);
}

#[tokio::test]
async fn a_letter_that_waits_for_an_account_that_was_closed_is_not_sent() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let page = ana.get("/cuenta/email").await;
    let form = page.form("/cuenta/email").fill("clave_actual", GOOD_PASSWORD);
    ana.submit(form.fill("email", "ana.nueva@hotmail.com")).await;
    ana.post("/cuenta/cierre", &[("clave_actual", GOOD_PASSWORD)]).await;
    let before = portal.letters().len();
    portal.deliver().await;
    let sent = portal.letters().split_off(before);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].subject.contains("Cerramos"));
}
