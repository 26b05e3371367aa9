//! Where a password is chosen: the hint of its strength while it is typed, and the way to see it.

use std::time::Duration;
use thirtyfour::By;
use tokio::time::{Instant, sleep};
use zaguan_domain::document::Document;
use zaguan_domain::password::{Password, PasswordRules, PersonalWords};
use zaguan_testing::TestPortal;
use zaguan_testing::browser::{Browser, Settings};

const EMAIL: &str = "ana.perez@gmail.com";

/// What is typed, and what the script says of it.
const HINTS: &[(&str, &str)] = &[
    ("elmate", "Todavía es corta."),
    ("ñandú ñandú", "Todavía es corta."),
    ("abababababab", "Repite mucho lo mismo."),
    ("mate Mate mate mate", "Repite mucho lo mismo."),
    ("12.345.678-12345678", "Usa datos fáciles de averiguar."),
    ("soy 12 345 678", "Usa datos fáciles de averiguar."),
    ("Zaguán 12345678!", "Usa datos fáciles de averiguar."),
    ("seguros del zaguan 1", "Usa datos fáciles de averiguar."),
    ("qwertyuiop12", "Hay series fáciles de adivinar"),
    ("abcdefghijklmn", "Hay series fáciles de adivinar"),
    ("098765432123", "Hay series fáciles de adivinar"),
    ("asdfgh-zxcvbn-1", "Hay series fáciles de adivinar"),
    ("murcielagos7!", "Tal vez no alcance."),
    ("482917365029", "Tal vez no alcance."),
    ("tres gatos bajo la parra", "Parece buena."),
    ("el mate con yuyos de Nelida", "Parece buena."),
    ("Xk9#mQ2$vL7!", "Parece buena."),
    ("ñandú 🧉 y ombú", "Parece buena."),
    ("paralelepipedosycalesitas", "Parece buena."),
];

/// Registers as far as the page where the password is chosen.
async fn at_the_password(portal: &TestPortal, url: &str, settings: Settings) -> Browser {
    let browser = Browser::open(settings).await;
    browser.goto(&format!("{url}/registro")).await;
    for (field, text) in
        [("documento", "12345678"), ("ramo", "automotores"), ("poliza", "1234567"), ("email", EMAIL)]
    {
        browser.fill(field, text).await;
    }
    browser.press("Guardar").await;
    portal.deliver().await;
    browser.fill("clave_transitoria", &portal.last_letter_to(EMAIL).key()).await;
    browser.press("Continuar").await;
    browser
}

async fn hint(browser: &Browser) -> String {
    browser.driver().find(By::Css(".strength p")).await.unwrap().text().await.unwrap()
}

async fn kind_of_field(browser: &Browser) -> String {
    let field = browser.driver().find(By::Name("clave")).await.unwrap();
    field.attr("type").await.unwrap().unwrap_or_default()
}

async fn run(browser: &Browser, script: &str) {
    browser.driver().execute(script, vec![]).await.unwrap();
}

#[tokio::test]
async fn says_how_strong_it_looks_while_it_is_typed() {
    let (portal, url) = TestPortal::served().await;
    let browser = at_the_password(&portal, &url, Settings::phone()).await;
    assert_eq!(hint(&browser).await, "", "nothing is said before anything is typed");
    for (typed, expected) in HINTS {
        // Emptied first, so that what was said of the last one cannot be taken for an answer.
        run(&browser, "const f = document.getElementsByName('clave')[0]; f.value = ''; f.dispatchEvent(new Event('input'))")
            .await;
        says(&browser, typed, "").await;
        browser.fill("clave", typed).await;
        says(&browser, typed, expected).await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// Waits until the hint begins with these words; for none, until there is none.
async fn says(browser: &Browser, typed: &str, expected: &str) {
    let asked = Instant::now();
    loop {
        let said = hint(browser).await;
        if if expected.is_empty() { said.is_empty() } else { said.starts_with(expected) } {
            return;
        }
        assert!(asked.elapsed() < Duration::from_secs(10), "«{typed}»: «{said}» instead of «{expected}»");
        sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn the_server_refuses_what_the_script_calls_weak_and_takes_what_it_calls_good() {
    let personal = PersonalWords {
        document: Document::Person(12_345_678),
        email: None,
        names: Vec::new(),
        policy_numbers: Vec::new(),
        brand: zaguan_testing::sample_brand().name,
    };
    for (typed, hint) in HINTS.iter().filter(|(_, hint)| !hint.starts_with("Tal vez")) {
        let accepted = Password::accept(typed, &PasswordRules::default(), &personal);
        assert_eq!(accepted.is_ok(), hint.starts_with("Parece buena"), "{typed}: {hint} {accepted:?}");
    }
}

#[tokio::test]
async fn is_shown_when_asked_to_and_sent_as_a_password() {
    let (portal, url) = TestPortal::served().await;
    let browser = at_the_password(&portal, &url, Settings::phone()).await;
    let show = browser.driver().find(By::Id("ver-clave")).await.unwrap();
    browser.fill("clave", "tres gatos bajo la parra").await;
    assert_eq!(kind_of_field(&browser).await, "password");
    show.click().await.unwrap();
    assert_eq!(kind_of_field(&browser).await, "text");
    show.click().await.unwrap();
    assert_eq!(kind_of_field(&browser).await, "password");
    show.click().await.unwrap();
    run(&browser, "const f = document.forms[0]; f.addEventListener('submit', e => e.preventDefault(), { once: true }); f.requestSubmit()")
        .await;
    assert_eq!(kind_of_field(&browser).await, "password");
    browser.press("Guardar").await;
    assert_eq!(browser.field("usuario").await, "12.345.678");
}

#[tokio::test]
async fn without_javascript_nothing_is_promised_that_does_not_work() {
    let (portal, url) = TestPortal::served().await;
    let browser = at_the_password(&portal, &url, Settings::phone().without_javascript()).await;
    let text = browser.text().await;
    assert!(text.contains("Elija su clave definitiva") && !text.contains("Mostrar la clave"), "{text}");
    browser.fill("clave", "12345678").await;
    browser.press("Guardar").await;
    let text = browser.text().await;
    assert!(text.contains("Esa clave es corta"), "{text}");
    assert!(!text.contains("Mostrar la clave"), "{text}");
}
