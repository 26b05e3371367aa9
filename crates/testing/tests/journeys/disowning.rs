//! "No fui yo" in every letter: looking changes nothing, its button stops what the letter told of.

use crate::people::*;
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use zaguan_testing::{Client, ReceivedPage, SentLetter, TestPortal};

async fn press(portal: &TestPortal, letter: &SentLetter) -> ReceivedPage {
    portal.client().ask(Method::POST, &letter.disown_path(), Some(String::new())).await
}

/// What a mail scanner does.
async fn scan(portal: &TestPortal, letter: &SentLetter) {
    let path = letter.disown_path();
    let mut scanner = portal.client();
    for _ in 0..3 {
        let page = scanner.get(&path).await;
        assert_eq!((page.status, page.forms().len()), (StatusCode::OK, 1), "{}", page.words());
    }
    assert_eq!(scanner.ask(Method::HEAD, &path, None).await.status, StatusCode::OK);
}

async fn asked_to_recover(portal: &TestPortal) -> (Client, String) {
    let mut person = portal.client();
    let page = person.get("/recuperar").await;
    person.submit(page.form("/recuperar").fill("usuario", "12345678")).await;
    portal.deliver().await;
    (person, portal.last_letter_to(ANAS_EMAIL).key())
}

#[tokio::test]
async fn every_letter_has_the_button_in_text_and_in_html_and_opening_it_spends_nothing() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    let (mut other, key) = asked_to_recover(&portal).await;
    register(&mut portal.client(), &ANA).await;
    portal.deliver().await;
    let letters = portal.letters();
    assert!(letters.len() >= 4, "{letters:?}");
    for letter in &letters {
        assert!(letter.html.replace("&#x2f;", "/").contains(&letter.disown_path()), "{}", letter.html);
        scan(&portal, letter).await;
    }
    assert_eq!(ana.get("/inicio").await.path, "/inicio");
    assert_eq!(type_key(&mut other, "/recuperar/clave", &key).await.path, "/clave-definitiva");
}

#[tokio::test]
async fn a_key_to_a_mailbox_that_somebody_typed_dies_and_no_other_comes_for_a_day() {
    let portal = TestPortal::new().await;
    let mut stranger = portal.client();
    register(&mut stranger, &ANA).await;
    portal.deliver().await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    assert_eq!(press(&portal, &letter).await.status, StatusCode::OK);
    let page = type_key(&mut stranger, "/registro/clave", &letter.key()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..3 {
        portal.world().pass(SignedDuration::from_hours(1));
        register(&mut portal.client(), &ANA).await;
        portal.deliver().await;
    }
    assert_eq!(portal.letters().len(), 1);
    portal.world().pass(SignedDuration::from_hours(24));
    register(&mut portal.client(), &ANA).await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), 2, "after a day it may be asked for again");
}

#[tokio::test]
async fn a_mailbox_that_somebody_typed_speaks_for_nobody_else() {
    let portal = TestPortal::new().await;
    let mut stranger = portal.client();
    register_with(&mut stranger, &ana_but("email", "tercero@gmail.com")).await;
    portal.deliver().await;
    let letter = portal.last_letter_to("tercero@gmail.com");
    let mut ana = registered_ana(&portal).await;
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    press(&portal, &letter).await;
    assert_eq!(ana.get("/inicio").await.path, "/inicio", "her session goes on");
}

#[tokio::test]
async fn steps_to_recover_that_one_did_not_ask_for_die_with_every_session() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    let (mut thief, key) = asked_to_recover(&portal).await;
    type_key(&mut thief, "/recuperar/clave", &key).await;
    let page = press(&portal, &portal.last_letter_to(ANAS_EMAIL)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    let page = thief.get("/clave-definitiva").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the pass dies with the key");
    assert_eq!(ana.get("/inicio").await.path, "/ingreso");
    assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.path, "/inicio", "the password stays");
}

#[tokio::test]
async fn a_password_that_one_did_not_choose_opens_nothing_and_is_refused_like_a_wrong_one() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    let notice = portal.last_letter_to(ANAS_EMAIL);
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    let page = press(&portal, &notice).await;
    assert!(page.links().iter().any(|link| link == "/recuperar"), "{}", page.words());
    assert_eq!(ana.get("/inicio").await.path, "/ingreso");
    let right = sign_in(&mut portal.client(), "12345678", GOOD_PASSWORD).await;
    let wrong = sign_in(&mut portal.client(), "12345678", OTHER_PASSWORD).await;
    assert_eq!((right.status, right.words()), (wrong.status, wrong.words()));
    let (mut owner, key) = asked_to_recover(&portal).await;
    type_key(&mut owner, "/recuperar/clave", &key).await;
    assert_eq!(set_password(&mut owner, OTHER_PASSWORD).await.path, "/ingreso");
    assert_eq!(sign_in(&mut owner, "12345678", OTHER_PASSWORD).await.path, "/inicio");
}

#[tokio::test]
async fn pressing_twice_and_links_that_are_cut_or_of_long_ago_end_on_kind_pages() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    press(&portal, &letter).await;
    let twice = press(&portal, &letter).await;
    assert_eq!(twice.status, StatusCode::OK, "{}", twice.words());
    let path = letter.disown_path();
    let mixed = path.replace("/no-fui-yo/", "/si-fui-yo/");
    for bad in [&path[..path.len() - 1], "/no-fui-yo/x", "/no-fui-yo/%F0%9F%A6%99", &mixed] {
        for method in [Method::GET, Method::POST] {
            let body = (method == Method::POST).then(String::new);
            let page = portal.client().ask(method.clone(), bad, body).await;
            let expected =
                if method == Method::GET { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            assert_eq!(page.status, expected, "{method} {bad}: {}", page.words());
            assert!(page.says("0800-555-0123") && page.forms().is_empty(), "{}", page.words());
        }
    }
    let key = portal.letters().into_iter().find(SentLetter::has_key).unwrap();
    portal.world().pass(SignedDuration::from_hours(31 * 24));
    let old = press(&portal, &key).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(old.says("treinta días"), "{}", old.words());
}

#[tokio::test]
async fn whoever_has_a_user_by_a_disowned_registration_loses_it_to_the_holder() {
    use zaguan_domain::limit::Rules;
    let rosa = zaguan_testing::holder_on_file(27_111_222, "rosa@correo.example");
    let portal = TestPortal::with_rules(vec![rosa], Rules::default()).await;
    let mut stranger = portal.client();
    let fields = [
        ("documento", "27111222"),
        ("ramo", "no-se"),
        ("poliza", "27111222"),
        ("email", "extranio@gmail.com"),
    ];
    register(&mut stranger, &fields).await;
    portal.deliver().await;
    portal.world().pass(SignedDuration::from_hours(24));
    portal.deliver().await;
    let key = portal.last_letter_to("extranio@gmail.com").key();
    type_key(&mut stranger, "/registro/clave", &key).await;
    set_password(&mut stranger, GOOD_PASSWORD).await;
    sign_in(&mut stranger, "27111222", GOOD_PASSWORD).await;
    let page = press(&portal, &portal.last_letter_to("rosa@correo.example")).await;
    assert!(page.links().iter().any(|link| link == "/recuperar"), "{}", page.words());
    assert_eq!(stranger.get("/inicio").await.path, "/ingreso");
    let page = sign_in(&mut stranger, "27111222", GOOD_PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = stranger.get("/recuperar").await;
    stranger.submit(page.form("/recuperar").fill("usuario", "27111222")).await;
    portal.deliver().await;
    assert!(portal.last_letter_to("rosa@correo.example").has_key());
    let to_stranger = portal.letters().into_iter().filter(|letter| letter.to == "extranio@gmail.com");
    assert_eq!(to_stranger.filter(SentLetter::has_key).count(), 1, "the first key and no other");
}
