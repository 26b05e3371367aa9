//! Temporary keys and links, as people and machines use them.

use crate::people::*;
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use zaguan_testing::{Client, TestPortal};

async fn begun(portal: &TestPortal) -> (Client, String, String) {
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    let letter = portal.last_letter_to(ANAS_EMAIL);
    (ana, letter.key(), letter.link_path())
}

#[tokio::test]
async fn opens_the_mail_on_the_phone_and_the_form_on_the_computer() {
    let portal = TestPortal::new().await;
    let (_, key, link) = begun(&portal).await;
    let mut phone = portal.client();
    let page = phone.get("/registro/clave").await;
    let form = page.form("/registro/clave").fill("documento", "12345678").fill("clave_transitoria", &key);
    assert_eq!(phone.submit(form).await.path, "/clave-definitiva", "the key, on another device");
    let mut tablet = portal.client();
    let page = tablet.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        tablet.submit(page.form(&link)).await.path,
        "/clave-definitiva",
        "the link, on another device"
    );
    assert_eq!(set_password(&mut tablet, GOOD_PASSWORD).await.path, "/ingreso");
    assert_eq!(sign_in(&mut phone, "12345678", GOOD_PASSWORD).await.path, "/inicio");
}

#[tokio::test]
async fn pastes_the_key_with_spaces_dashes_lower_case_and_look_alikes() {
    let portal = TestPortal::new().await;
    let (mut ana, key, _) = begun(&portal).await;
    let bare = key.replace('-', "");
    let look_alikes = bare.to_lowercase().replace('0', "o").replace('1', "l");
    for way in
        [format!("  {key}  "), bare.to_lowercase(), format!("{} {}", &bare[..4], &bare[4..]), look_alikes]
    {
        let page = type_key(&mut ana, "/registro/clave", &way).await;
        assert_eq!(page.path, "/clave-definitiva", "{way}: {}", page.words());
    }
}

#[tokio::test]
async fn types_the_temporary_key_into_the_sign_in_form() {
    let portal = TestPortal::new().await;
    let (mut ana, key, _) = begun(&portal).await;
    let page = sign_in(&mut ana, "12.345.678", &key).await;
    assert_eq!(page.path, "/clave-definitiva", "{}", page.words());
    assert_eq!(set_password(&mut ana, GOOD_PASSWORD).await.path, "/ingreso");
}

#[tokio::test]
async fn has_a_mail_scanner_that_opens_and_even_posts_links() {
    let portal = TestPortal::new().await;
    let (mut ana, key, link) = begun(&portal).await;
    let mut scanner = portal.client();
    for method in [Method::HEAD, Method::GET, Method::GET, Method::GET, Method::POST] {
        let answer = scanner.ask(method, &link, None).await;
        assert!(answer.status.is_success() || answer.status == StatusCode::SEE_OTHER);
    }
    let page = type_key(&mut ana, "/registro/clave", &key).await;
    assert_eq!(page.path, "/clave-definitiva", "nothing was spent");
    assert_eq!(set_password(&mut ana, GOOD_PASSWORD).await.path, "/ingreso");
}

#[tokio::test]
async fn lets_the_key_expire_and_is_offered_a_new_one_there() {
    let portal = TestPortal::new().await;
    let (mut ana, key, link) = begun(&portal).await;
    portal.world().pass(SignedDuration::from_mins(30));
    let page = type_key(&mut ana, "/registro/clave", &key).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("venció"), "{}", page.words());
    let late = ana.get(&link).await;
    assert!(late.says("venció"), "{}", late.words());
    ana.submit(page.form("/registro/reenviar")).await;
    portal.deliver().await;
    let new = portal.last_letter_to(ANAS_EMAIL).key();
    assert_ne!(new, key);
    assert_eq!(type_key(&mut ana, "/registro/clave", &new).await.path, "/clave-definitiva");
}

#[tokio::test]
async fn spends_the_tries_and_is_offered_a_new_one_there_and_the_link_still_works() {
    let portal = TestPortal::new().await;
    let (mut ana, key, link) = begun(&portal).await;
    for left in ["4", "3", "2"] {
        let page = type_key(&mut ana, "/registro/clave", "ZZZZ-ZZZZ").await;
        assert!(page.texts("[role=alert]").join(" ").contains(left), "{}", page.words());
        assert_eq!(page.value("clave_transitoria"), "", "a key is not shown again");
    }
    type_key(&mut ana, "/registro/clave", "ZZZZ-ZZZZ").await;
    type_key(&mut ana, "/registro/clave", "ZZZZ-ZZZZ").await;
    let page = type_key(&mut ana, "/registro/clave", &key).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the sixth try is not looked at");
    let mut by_link = portal.client();
    let opened = by_link.get(&link).await;
    assert_eq!(by_link.submit(opened.form(&link)).await.path, "/clave-definitiva");
    portal.world().pass(SignedDuration::from_mins(1));
    ana.submit(page.form("/registro/reenviar")).await;
    portal.deliver().await;
    let new = portal.last_letter_to(ANAS_EMAIL).key();
    assert_ne!(new, key);
    assert_eq!(type_key(&mut ana, "/registro/clave", &new).await.path, "/clave-definitiva");
}

#[tokio::test]
async fn strangers_who_guess_burn_only_their_own_tries() {
    let portal = TestPortal::new().await;
    let (mut ana, key, _) = begun(&portal).await;
    let mut answers = Vec::new();
    for document in ["12345678", "12345678", "87654321"] {
        for _ in 0..7 {
            let mut stranger = portal.client();
            let page = stranger.get("/registro/clave").await;
            let form = page
                .form("/registro/clave")
                .fill("documento", document)
                .fill("clave_transitoria", "ZZZZZZZZ");
            let page = stranger.submit(form).await;
            answers.push(page.words().replace("12345678", "").replace("87654321", ""));
        }
    }
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "known or unknown, tries or none: the same words"
    );
    assert_eq!(type_key(&mut ana, "/registro/clave", &key).await.path, "/clave-definitiva");
}

#[tokio::test]
async fn sixty_four_guesses_at_once_get_no_more_than_five_tries() {
    let portal = TestPortal::new().await;
    let (ana, key, _) = begun(&portal).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..64 {
        let mut ana = ana.clone();
        // The right key is the last that is sent.
        let guess = if number == 63 { key.clone() } else { "ZZZZ-ZZZZ".to_owned() };
        tasks.spawn(async move { ana.post("/registro/clave", &[("clave_transitoria", guess)]).await.status });
    }
    let answers = tasks.join_all().await;
    assert!(answers.iter().all(|status| *status != StatusCode::INTERNAL_SERVER_ERROR));
    let mut ana = ana;
    let page = ana.post("/registro/clave", &[("clave_transitoria", key)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the tries are used up");
}

#[tokio::test]
async fn a_key_sets_one_password_however_many_press_at_once() {
    let portal = TestPortal::new().await;
    let (_, _, link) = begun(&portal).await;
    let mut browsers = Vec::new();
    for _ in 0..16 {
        let mut browser = portal.client();
        let page = browser.get(&link).await;
        browser.submit(page.form(&link)).await;
        browsers.push(browser);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (number, mut browser) in browsers.into_iter().enumerate() {
        let password = format!("la tortuga número {number} del patio");
        tasks.spawn(async move {
            browser.post("/clave-definitiva", &[("clave", &password)]).await;
            (browser, password)
        });
    }
    let mut got_in = 0;
    for (mut browser, password) in tasks.join_all().await {
        got_in += usize::from(sign_in(&mut browser, "12345678", &password).await.path == "/inicio");
    }
    assert_eq!(got_in, 1);
}

#[tokio::test]
async fn no_step_can_be_skipped() {
    let portal = TestPortal::new().await;
    let (mut ana, key, _) = begun(&portal).await;
    let mut stranger = portal.client();
    let page = stranger.post("/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = ana.post("/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "she began, but showed no key");
    type_key(&mut ana, "/registro/clave", &key).await;
    let mut thief = portal.client();
    thief.get("/registro").await;
    let own = thief.cookie("zaguan-navegador").unwrap().to_owned();
    thief.steal_cookies(&ana);
    thief.set_cookie("zaguan-navegador", &own);
    let page = thief.post("/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a pass is worth nothing in another browser");
    assert_eq!(sign_in(&mut portal.client(), "12345678", GOOD_PASSWORD).await.path, "/ingreso");
}
