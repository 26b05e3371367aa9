//! Known browsers: their cookie, and the notice of a sign-in with another.

use crate::people::*;
use axum::http::{Request, StatusCode};
use jiff::SignedDuration;
use zaguan_testing::TestPortal;

const DEVICE: &str = "zaguan-dispositivo";
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";

#[tokio::test]
async fn a_sign_in_with_a_new_browser_causes_a_notice_that_names_it_and_the_next_one_none() {
    let portal = TestPortal::with_limits().await;
    let mut ana = registered_ana(&portal).await;
    let before = portal.letters().len();
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), before, "the browser that set the password is known");
    let mut phone = portal.client();
    for _ in 0..2 {
        let request = Request::post("/ingreso")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("user-agent", ANDROID);
        let body = format!("usuario=12345678&clave={}", GOOD_PASSWORD.replace(' ', "+"));
        assert_eq!(phone.send(request, body).await.headers["location"], "/inicio");
        portal.deliver().await;
    }
    assert_eq!(portal.letters().len(), before + 1);
    let letter = portal.last_letter_to(ANAS_EMAIL);
    for words in ["Chrome en Android", "el 23 de noviembre a las 9:00", "/recuperar"] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
}

#[tokio::test]
async fn the_cookie_lasts_for_400_days_serves_several_accounts_and_opens_nothing() {
    let portal = TestPortal::with_public_url("https://portal.example").await;
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    type_key(&mut ana, "/registro/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    let set = ana.post("/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
    let cookies = set.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.into_iter().find(|cookie| cookie.contains(DEVICE)).unwrap();
    for part in
        ["__Host-zaguan-dispositivo=", "; Max-Age=34560000", "; Secure", "; HttpOnly", "; SameSite=Lax"]
    {
        assert!(cookie.contains(part), "{cookie}");
    }
    let token = ana.cookie(DEVICE).unwrap().to_owned();
    let luis = [
        ("documento", "30.123.456"),
        ("ramo", "motovehiculos"),
        ("poliza", "7654"),
        ("email", "luis@gmail.com"),
    ];
    register(&mut ana, &luis).await;
    portal.deliver().await;
    type_key(&mut ana, "/registro/clave", &portal.last_letter_to("luis@gmail.com").key()).await;
    set_password(&mut ana, OTHER_PASSWORD).await;
    assert_eq!(ana.cookie(DEVICE).unwrap(), token, "one cookie for both");
    let mut thief = portal.client();
    thief.set_cookie(&format!("__Host-{DEVICE}"), &token);
    assert_eq!(thief.get("/inicio").await.path, "/ingreso");
}

#[tokio::test]
async fn who_steals_the_cookie_guesses_ten_times_and_once_a_minute_and_a_planted_one_is_replaced() {
    let portal = TestPortal::with_limits().await;
    let ana = registered_ana(&portal).await;
    let mut thief = portal.client();
    thief.set_cookie(DEVICE, ana.cookie(DEVICE).unwrap());
    let mut answers = Vec::new();
    for _ in 0..20 {
        let page = thief.post("/ingreso", &[("usuario", "12345678"), ("clave", "Verano2026")]).await;
        answers.push(page.status);
    }
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count(), 10);
    portal.world().pass(SignedDuration::from_mins(1));
    assert_eq!(sign_in(&mut ana.clone(), "12345678", GOOD_PASSWORD).await.path, "/inicio");
    let mut elsewhere = portal.client();
    let planted = "A".repeat(43);
    elsewhere.set_cookie(DEVICE, &planted);
    sign_in(&mut elsewhere, "12345678", GOOD_PASSWORD).await;
    assert_ne!(elsewhere.cookie(DEVICE).unwrap(), planted);
}

#[tokio::test]
async fn a_new_password_makes_the_account_forget_the_other_browsers() {
    let portal = TestPortal::with_limits().await;
    let mut old = registered_ana(&portal).await;
    let mut new = portal.client();
    new.post("/recuperar", &[("usuario", "12345678")]).await;
    portal.deliver().await;
    type_key(&mut new, "/recuperar/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    set_password(&mut new, OTHER_PASSWORD).await;
    for _ in 0..10 {
        portal.client().post("/ingreso", &[("usuario", "12345678"), ("clave", "Verano2026")]).await;
    }
    let page = old.post("/ingreso", &[("usuario", "12345678"), ("clave", OTHER_PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "it is a stranger's now");
    assert_eq!(sign_in(&mut new, "12345678", OTHER_PASSWORD).await.path, "/inicio");
}
