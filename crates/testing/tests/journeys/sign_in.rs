//! Signing in, sessions, and who is signed in for other applications.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_testing::TestPortal;

#[tokio::test]
async fn a_wrong_user_and_a_wrong_password_are_told_the_same() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    let mut told = Vec::new();
    for (user, password) in [("12345678", "wrong"), ("87654321", GOOD_PASSWORD), ("12345678", "ZZZZ-ZZZZ")] {
        let page = sign_in(&mut portal.client(), user, password).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.value("usuario"), user);
        assert_eq!(page.value("clave"), "");
        told.push(page.body.replace(user, "…"));
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn the_user_name_is_read_forgivingly() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    for way in ["12.345.678", "20-12345678-6", "DNI 12345678", " 012345678 "] {
        assert_eq!(sign_in(&mut portal.client(), way, GOOD_PASSWORD).await.path, "/inicio", "{way}");
    }
}

#[tokio::test]
async fn whoever_signs_in_carries_the_proof_of_a_spent_key_no_further() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    assert!(ana.cookie("zaguan-paso").is_some(), "going back to the form of the password ends well");
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    assert!(ana.cookie("zaguan-paso").is_none());
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_idle_and_after_twelve_hours() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    portal.world().pass(SignedDuration::from_mins(29));
    assert_eq!(ana.get("/inicio").await.path, "/inicio");
    portal.world().pass(SignedDuration::from_mins(31));
    assert_eq!(ana.get("/inicio").await.path, "/ingreso");
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    for _ in 0..28 {
        portal.world().pass(SignedDuration::from_mins(25));
        assert_eq!(ana.get("/inicio").await.path, "/inicio");
    }
    portal.world().pass(SignedDuration::from_mins(20));
    assert_eq!(ana.get("/inicio").await.path, "/ingreso", "twelve hours at most");
}

#[tokio::test]
async fn signing_in_changes_the_token_and_a_planted_one_never_counts() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    let planted = "A".repeat(43);
    ana.set_cookie("zaguan-sesion", &planted);
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    let first = ana.cookie("zaguan-sesion").unwrap().to_owned();
    assert_ne!(first, planted);
    let old = ana.clone();
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    assert_ne!(ana.cookie("zaguan-sesion").unwrap(), first);
    assert_eq!(old.clone().get("/sesion").await.status, StatusCode::UNAUTHORIZED, "the old one ended");
    let mut thief = portal.client();
    thief.set_cookie("zaguan-sesion", &planted);
    assert_eq!(thief.get("/sesion").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_applications_are_told_who_is_signed_in_by_an_opaque_subject() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    assert_eq!(ana.get("/sesion").await.status, StatusCode::UNAUTHORIZED);
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    let first = ana.get("/sesion").await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.headers["x-zaguan-document"], "12345678");
    let subject = first.headers["x-zaguan-subject"].clone();
    assert!(!subject.to_str().unwrap().contains("12345678"));
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    assert_eq!(ana.get("/sesion").await.headers["x-zaguan-subject"], subject, "the same for ever");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    let page = sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    let kept = ana.clone();
    assert_eq!(ana.submit(page.form("/salir")).await.path, "/ingreso");
    assert_eq!(kept.clone().get("/sesion").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ana.post("/salir", &[("", ""); 0]).await.status, StatusCode::SEE_OTHER, "twice is no error");
}
