//! My account: another address.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_testing::{Client, ReceivedPage, TestPortal};

const NEW_EMAIL: &str = "ana.nueva@hotmail.com";

async fn ask(client: &mut Client, present: &str, email: &str) -> ReceivedPage {
    let page = client.get("/cuenta/email").await;
    client.submit(page.form("/cuenta/email").fill("clave_actual", present).fill("email", email)).await
}

#[tokio::test]
async fn the_address_changes_with_the_key_that_the_new_one_got_and_the_old_one_is_told() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let page = ask(&mut ana, GOOD_PASSWORD, NEW_EMAIL).await;
    assert_eq!((page.status, page.path.as_str()), (StatusCode::OK, "/cuenta/email/clave"));
    assert!(page.says("El mensaje va en camino.") && page.says(NEW_EMAIL), "{}", page.words());
    portal.deliver().await;
    let told = portal.last_letter_to(ANAS_EMAIL);
    assert!(told.text.contains("a•••a@h•••.com") && !told.text.contains(NEW_EMAIL), "{}", told.text);
    assert!(ana.get("/cuenta").await.says(ANAS_EMAIL), "not yet");
    let letter = portal.last_letter_to(NEW_EMAIL);
    assert!(!letter.text.contains("12345678") && !letter.text.contains("12.345.678"), "{}", letter.text);
    let page = type_key(&mut ana, "/cuenta/email/clave", &letter.key()).await;
    assert_eq!(page.path, "/cuenta", "{}", page.words());
    assert!(page.says("Su dirección de correo cambió.") && page.says(NEW_EMAIL), "{}", page.words());
    portal.deliver().await;
    assert!(portal.last_letter_to(ANAS_EMAIL).text.contains("72 horas"));
    let mut forgetful = portal.client();
    let page = forgetful.get("/recuperar").await;
    forgetful.submit(page.form("/recuperar").fill("usuario", "12345678")).await;
    portal.deliver().await;
    let steps = portal.letters().last().unwrap().clone();
    assert_eq!(steps.to, NEW_EMAIL, "letters go to the new address");
}

#[tokio::test]
async fn a_key_of_recovery_that_went_to_the_old_address_is_dead_once_the_address_changed() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let mut other = portal.client();
    let page = other.get("/recuperar").await;
    other.submit(page.form("/recuperar").fill("usuario", "12345678")).await;
    portal.deliver().await;
    let old_key = portal.last_letter_to(ANAS_EMAIL).key();
    ask(&mut ana, GOOD_PASSWORD, NEW_EMAIL).await;
    portal.deliver().await;
    let key = portal.last_letter_to(NEW_EMAIL).key();
    type_key(&mut ana, "/cuenta/email/clave", &key).await;
    let page = type_key(&mut other, "/recuperar/clave", &old_key).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn slips_and_refusals_are_told_beside_their_fields_and_change_nothing() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let page = ask(&mut ana, GOOD_PASSWORD, "ana@gmial.com").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("¿Quiso decir ana@gmail.com?"), "{}", page.words());
    for (present, email, field) in [
        ("no es esta", NEW_EMAIL, "clave_actual"),
        (GOOD_PASSWORD, "ana@", "email"),
        (GOOD_PASSWORD, ANAS_EMAIL, "email"),
    ] {
        let page = ask(&mut ana, present, email).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert_eq!(page.errors()[0].0, field, "{:?}", page.errors());
        assert_eq!(page.value("email"), email);
    }
    let letters = portal.letters().len();
    portal.deliver().await;
    assert_eq!(portal.letters().len(), letters);
    assert_eq!(ana.get("/cuenta/email/clave").await.path, "/cuenta/email", "nothing waits for a key");
}

#[tokio::test]
async fn wrong_keys_are_counted_and_a_new_wish_brings_a_new_key() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    ask(&mut ana, GOOD_PASSWORD, NEW_EMAIL).await;
    portal.deliver().await;
    let first = portal.last_letter_to(NEW_EMAIL).key();
    for left in ["Quedan 4 intentos", "Quedan 3 intentos", "Quedan 2 intentos", "Queda un intento"] {
        let page = type_key(&mut ana, "/cuenta/email/clave", "ZZZZ-ZZZZ").await;
        assert!(page.says(left), "{}", page.words());
    }
    assert!(type_key(&mut ana, "/cuenta/email/clave", "ZZZZ-ZZZZ").await.says("Se terminaron los intentos"));
    assert!(type_key(&mut ana, "/cuenta/email/clave", &first).await.says("Se terminaron los intentos"));
    portal.world().pass(SignedDuration::from_mins(2));
    ask(&mut ana, GOOD_PASSWORD, NEW_EMAIL).await;
    portal.deliver().await;
    let second = portal.last_letter_to(NEW_EMAIL).key();
    assert_ne!(first, second);
    assert_eq!(type_key(&mut ana, "/cuenta/email/clave", &second).await.path, "/cuenta");
}

#[tokio::test]
async fn the_key_of_an_address_that_was_corrected_is_not_sent_any_more() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    ask(&mut ana, GOOD_PASSWORD, "ana.otra@hotmail.com").await;
    ask(&mut ana, GOOD_PASSWORD, NEW_EMAIL).await;
    portal.deliver().await;
    assert!(portal.letters().iter().all(|letter| letter.to != "ana.otra@hotmail.com"));
    assert!(portal.letters().iter().any(|letter| letter.to == NEW_EMAIL));
}

#[tokio::test]
async fn a_stolen_session_alone_changes_no_address() {
    let portal = TestPortal::new().await;
    let ana = signed_in_ana(&portal).await;
    let mut thief = portal.client();
    thief.steal_cookies(&ana);
    for present in ["", "adivino", GOOD_PASSWORD_IN_CAPITALS] {
        assert_eq!(ask(&mut thief, present, NEW_EMAIL).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    portal.deliver().await;
    assert!(portal.letters().iter().all(|letter| letter.to != NEW_EMAIL));
}

const GOOD_PASSWORD_IN_CAPITALS: &str = "EL MATE CON YUYOS DE NÉLIDA";

#[tokio::test]
async fn who_did_not_change_the_address_puts_it_back_from_the_letter_and_the_thief_is_out() {
    let portal = TestPortal::new().await;
    let mut thief = signed_in_ana(&portal).await;
    ask(&mut thief, GOOD_PASSWORD, NEW_EMAIL).await;
    portal.deliver().await;
    let key = portal.last_letter_to(NEW_EMAIL).key();
    type_key(&mut thief, "/cuenta/email/clave", &key).await;
    portal.deliver().await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    let start = letter.text.find("/no-fui-yo/").unwrap();
    let path = letter.text[start..].split_whitespace().next().unwrap().to_owned();
    let mut ana = portal.client();
    let page = ana.get(&path).await;
    assert!(page.says("Si sigue, los mensajes vuelven a este correo."), "{}", page.words());
    assert!(thief.get("/cuenta").await.says(NEW_EMAIL), "looking changes nothing");
    let page = ana.submit(page.form(&path)).await;
    assert!(page.says("Los mensajes vuelven a este correo."), "{}", page.words());
    assert_eq!(thief.get("/cuenta").await.path, "/ingreso");
    assert_eq!(sign_in(&mut thief, "12345678", GOOD_PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = ana.get("/recuperar").await;
    ana.submit(page.form("/recuperar").fill("usuario", "12345678")).await;
    portal.deliver().await;
    type_key(&mut ana, "/recuperar/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    assert_eq!(set_password(&mut ana, OTHER_PASSWORD).await.path, "/ingreso");
    assert_eq!(sign_in(&mut ana, "12345678", OTHER_PASSWORD).await.path, "/inicio");
    assert!(ana.get("/cuenta").await.says(ANAS_EMAIL));
}

#[tokio::test]
async fn after_three_days_the_letter_puts_nothing_back_and_says_so() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    ask(&mut ana, GOOD_PASSWORD, NEW_EMAIL).await;
    portal.deliver().await;
    let key = portal.last_letter_to(NEW_EMAIL).key();
    type_key(&mut ana, "/cuenta/email/clave", &key).await;
    portal.deliver().await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    let start = letter.text.find("/no-fui-yo/").unwrap();
    let path = letter.text[start..].split_whitespace().next().unwrap();
    portal.world().pass(SignedDuration::from_hours(72));
    assert!(portal.client().get(path).await.says("Este mensaje es de hace mucho"));
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    assert!(ana.get("/cuenta").await.says(NEW_EMAIL));
}
