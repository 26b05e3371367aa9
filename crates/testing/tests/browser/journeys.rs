//! The whole journey, and the way back in, in each kind of browser.

use std::time::Duration;
use thirtyfour::By;
use zaguan_testing::TestPortal;
use zaguan_testing::browser::{Browser, Key, Settings};

const EMAIL: &str = "ana.perez@gmail.com";
const PASSWORD: &str = "el mate con yuyos de Nelida";
const NEW_PASSWORD: &str = "tres gatos bajo la parra";

/// The status asks again every few seconds.
const STATUS_IS_TOLD_WITHIN: Duration = Duration::from_secs(15);

async fn registers_signs_in_forgets_and_gets_back_in(settings: Settings) {
    let (portal, url) = TestPortal::served().await;
    let browser = Browser::open(settings).await;
    browser.goto(&url).await;
    browser.follow("Registrarse").await;
    browser.fill("documento", "12.345.678").await;
    browser.fill("ramo", "automotores").await;
    browser.fill("poliza", "1234567").await;
    browser.fill("email", EMAIL).await;
    browser.press("Guardar").await;
    let asked = browser.text().await;
    assert!(asked.contains(EMAIL), "{asked}");
    fits(&browser).await;
    portal.deliver().await;
    browser.fill("clave_transitoria", &portal.last_letter_to(EMAIL).key()).await;
    browser.press("Continuar").await;
    fits(&browser).await;
    browser.fill("clave", PASSWORD).await;
    browser.press("Guardar").await;
    assert_eq!(browser.field("usuario").await, "12.345.678");
    browser.fill("clave", PASSWORD).await;
    browser.press("Ingresar").await;
    let home = browser.text().await;
    assert!(home.contains("1234567") && home.contains("59/137418"), "{home}");
    fits(&browser).await;
    browser.press("Salir").await;
    browser.follow("¿Olvidó su contraseña?").await;
    browser.fill("usuario", "12345678").await;
    browser.press("Enviar").await;
    fits(&browser).await;
    portal.deliver().await;
    let link = portal.last_letter_to(EMAIL).link_path();
    browser.goto(&format!("{url}{link}")).await;
    fits(&browser).await;
    browser.press("Continuar").await;
    browser.fill("clave", NEW_PASSWORD).await;
    browser.press("Guardar").await;
    browser.fill("clave", NEW_PASSWORD).await;
    browser.press("Ingresar").await;
    assert!(browser.url().await.ends_with("/inicio"), "{}", browser.text().await);
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    let asked = browser.requests().await;
    let elsewhere: Vec<_> = asked.iter().filter(|request| !request.url.starts_with(&url)).collect();
    assert!(elsewhere.is_empty(), "asked of others: {elsewhere:?}");
    assert!(asked.len() > 15, "the requests were seen: {asked:?}");
}

async fn fits(browser: &Browser) {
    assert_eq!(browser.horizontal_scroll().await, Vec::<String>::new(), "{}", browser.url().await);
}

#[tokio::test]
async fn on_a_phone() {
    registers_signs_in_forgets_and_gets_back_in(Settings::phone()).await;
}

#[tokio::test]
async fn on_a_desktop() {
    registers_signs_in_forgets_and_gets_back_in(Settings::desktop()).await;
}

#[tokio::test]
async fn without_javascript() {
    registers_signs_in_forgets_and_gets_back_in(Settings::phone().without_javascript()).await;
}

#[tokio::test]
async fn with_text_at_200_per_cent() {
    registers_signs_in_forgets_and_gets_back_in(Settings::desktop().text_percent(200)).await;
}

#[tokio::test]
async fn on_a_small_phone_of_320_pixels_with_large_text() {
    registers_signs_in_forgets_and_gets_back_in(Settings::phone().width(320).text_percent(200)).await;
}

#[tokio::test]
async fn with_the_keyboard_alone() {
    let (portal, url) = TestPortal::served().await;
    let browser = Browser::open(Settings::desktop()).await;
    browser.goto(&url).await;
    browser.tab_to("Registrarse").await;
    browser.enter().await;
    for (field, text) in
        [("documento", "12345678"), ("ramo", "Auto"), ("poliza", "1234567"), ("email", EMAIL)]
    {
        browser.tab_to(field).await;
        browser.type_keys(text).await;
    }
    browser.tab_to("Guardar").await;
    browser.enter().await;
    portal.deliver().await;
    browser.tab_to("clave_transitoria").await;
    browser.type_keys(portal.last_letter_to(EMAIL).key()).await;
    browser.enter().await;
    browser.tab_to("clave").await;
    browser.type_keys(PASSWORD).await;
    browser.enter().await;
    browser.tab_to("clave").await;
    browser.type_keys("wrong").await;
    browser.enter().await;
    assert!(browser.text().await.contains("no coincide"), "{}", browser.text().await);
    browser.tab_to("clave").await;
    browser.type_keys(PASSWORD).await;
    browser.type_keys(Key::Tab).await;
    browser.tab_to("Ingresar").await;
    browser.enter().await;
    assert!(browser.url().await.ends_with("/inicio"), "{}", browser.text().await);
    browser.tab_to("Salir").await;
    browser.enter().await;
    browser.tab_to("¿Olvidó su contraseña?").await;
    browser.enter().await;
    browser.tab_to("usuario").await;
    browser.type_keys("12345678").await;
    browser.enter().await;
    portal.deliver().await;
    browser.tab_to("clave_transitoria").await;
    browser.type_keys(portal.last_letter_to(EMAIL).key()).await;
    browser.enter().await;
    assert!(browser.url().await.ends_with("/clave-definitiva"), "{}", browser.text().await);
}

/// Registers with this address and types the beginning of a key.
async fn registers_and_begins_to_type(browser: &Browser, url: &str, email: &str) {
    browser.goto(&format!("{url}/registro")).await;
    for (field, text) in
        [("documento", "12345678"), ("ramo", "automotores"), ("poliza", "1234567"), ("email", email)]
    {
        browser.fill(field, text).await;
    }
    browser.press("Guardar").await;
    browser.fill("clave_transitoria", "7KQ").await;
}

#[tokio::test]
async fn the_letters_fate_is_shown_without_losing_what_is_being_typed() {
    let (portal, url) = TestPortal::served().await;
    let browser = Browser::open(Settings::phone().without_javascript()).await;
    registers_and_begins_to_type(&browser, &url, EMAIL).await;
    portal.deliver().await;
    browser.driver().enter_frame(0).await.unwrap();
    browser.wait_for_text(TestPortal::MAIL_SERVER, STATUS_IS_TOLD_WITHIN).await;
    browser.driver().enter_default_frame().await.unwrap();
    assert_eq!(browser.field("clave_transitoria").await, "7KQ");
}

#[tokio::test]
async fn an_address_that_the_mail_server_refuses_is_corrected_from_where_that_is_told() {
    const RIGHT: &str = "ana.perez@hotmail.com";
    let (portal, url) = TestPortal::served().await;
    let browser = Browser::open(Settings::phone().without_javascript()).await;
    registers_and_begins_to_type(&browser, &url, EMAIL).await;
    portal.refuse_letters("550 5.1.1 no such user");
    portal.deliver().await;
    browser.driver().enter_frame(0).await.unwrap();
    browser.wait_for_text("Esa dirección no existe", STATUS_IS_TOLD_WITHIN).await;
    let link = browser.driver().find(By::LinkText("Corregir la dirección")).await.unwrap();
    link.click().await.unwrap();
    browser.driver().enter_default_frame().await.unwrap();
    assert_eq!(browser.field("clave_transitoria").await, "7KQ");
    browser.fill("email", RIGHT).await;
    portal.accept_letters();
    browser.press("Corregir y enviar").await;
    portal.deliver().await;
    assert_eq!(portal.last_letter_to(RIGHT).key().len(), 9);
}
