//! The hold: the book has an address for the holder, and another one is typed.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_domain::hold::{EmailOnFile, HoldRules};
use zaguan_domain::limit::Rules;
use zaguan_testing::{Client, ReceivedPage, TestPortal, holder_on_file};

const ROSA: u64 = 27_111_222;
const ROSAS_EMAIL: &str = "rosa@correo.example";
const STRANGERS_EMAIL: &str = "extranio@gmail.com";

/// A portal whose book has Rosa, with her address.
async fn portal(email_on_file: EmailOnFile) -> TestPortal {
    let hold = HoldRules { email_on_file, ..HoldRules::default() };
    let rules = Rules { hold, ..Rules::default() };
    TestPortal::with_rules(vec![holder_on_file(ROSA, ROSAS_EMAIL)], rules).await
}

async fn register_as(client: &mut Client, document: u64, email: &str) -> ReceivedPage {
    let number = document.to_string();
    let fields = [("documento", number.as_str()), ("ramo", "no-se"), ("poliza", &number), ("email", email)];
    register(client, &fields).await
}

fn letters_to(portal: &TestPortal, address: &str) -> Vec<zaguan_testing::SentLetter> {
    portal.letters().into_iter().filter(|letter| letter.to == address).collect()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn another_address_waits_a_day_the_page_says_until_when_and_the_key_leaves_by_itself() {
    let portal = portal(EmailOnFile::Hold).await;
    let mut rosa = portal.client();
    let page = register_as(&mut rosa, ROSA, "rosa.nueva@gmail.com").await;
    assert_eq!(page.path, "/registro/clave");
    assert!(page.says("mañana") && page.says("0800-555-0123"), "{}", page.words());
    portal.deliver().await;
    assert!(letters_to(&portal, "rosa.nueva@gmail.com").is_empty());
    let told = portal.last_letter_to(ROSAS_EMAIL);
    assert!(!told.has_key() && told.text.contains("r•••a@g•••.com"), "{}", told.text);
    assert!(!told.text.contains("rosa.nueva"), "{}", told.text);
    portal.world().pass(hours(23));
    portal.deliver().await;
    assert!(letters_to(&portal, "rosa.nueva@gmail.com").is_empty());
    portal.world().pass(hours(1));
    portal.deliver().await;
    let key = portal.last_letter_to("rosa.nueva@gmail.com").key();
    let page = type_key(&mut rosa, "/registro/clave", &key).await;
    assert_eq!(page.path, "/clave-definitiva", "{}", page.words());
    assert_eq!(set_password(&mut rosa, GOOD_PASSWORD).await.path, "/ingreso");
}

#[tokio::test]
async fn the_address_on_file_in_any_case_gets_its_key_at_once() {
    let portal = portal(EmailOnFile::Hold).await;
    register_as(&mut portal.client(), ROSA, "Rosa@Correo.example").await;
    portal.deliver().await;
    assert!(portal.last_letter_to("Rosa@correo.example").has_key());
    assert_eq!(portal.letters().len(), 1);
}

#[tokio::test]
async fn asking_again_while_the_key_waits_writes_to_nobody_again() {
    let portal = portal(EmailOnFile::Hold).await;
    let mut stranger = portal.client();
    for _ in 0..3 {
        register_as(&mut stranger, ROSA, STRANGERS_EMAIL).await;
        stranger.ask(axum::http::Method::POST, "/registro/reenviar", Some(String::new())).await;
        portal.deliver().await;
        portal.world().pass(hours(1));
    }
    register_as(&mut portal.client(), ROSA, STRANGERS_EMAIL).await;
    portal.deliver().await;
    assert_eq!(portal.letters().len(), 1, "one letter tells of it");
    portal.world().pass(hours(24));
    portal.deliver().await;
    assert_eq!(letters_to(&portal, STRANGERS_EMAIL).len(), 1);
}

#[tokio::test]
async fn si_fui_yo_lets_the_key_go_now_and_only_its_button_does() {
    let portal = portal(EmailOnFile::Hold).await;
    let mut rosa = portal.client();
    register_as(&mut rosa, ROSA, "rosa.nueva@gmail.com").await;
    portal.deliver().await;
    let path = portal.last_letter_to(ROSAS_EMAIL).release_path();
    let mut reader = portal.client();
    for _ in 0..3 {
        let page = reader.get(&path).await;
        assert_eq!((page.status, page.forms().len()), (StatusCode::OK, 1), "{}", page.words());
        reader.ask(axum::http::Method::HEAD, &path, None).await;
    }
    portal.deliver().await;
    assert!(letters_to(&portal, "rosa.nueva@gmail.com").is_empty(), "looking lets nothing go");
    let page = reader.submit(reader.clone().get(&path).await.form(&path)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    portal.deliver().await;
    let key = portal.last_letter_to("rosa.nueva@gmail.com").key();
    let again = reader.ask(axum::http::Method::POST, &path, Some(String::new())).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.words());
    portal.deliver().await;
    assert_eq!(letters_to(&portal, "rosa.nueva@gmail.com").len(), 1);
    assert_eq!(type_key(&mut rosa, "/registro/clave", &key).await.path, "/clave-definitiva");
}

#[tokio::test]
async fn a_corrected_address_is_decided_anew_and_the_one_on_file_gets_its_key_at_once() {
    let portal = portal(EmailOnFile::Hold).await;
    let mut rosa = portal.client();
    let page = register_as(&mut rosa, ROSA, "rosa.nueva@gmail.com").await;
    portal.deliver().await;
    let page = rosa.submit(page.form("/registro/corregir").fill("email", "otra.rosa@gmail.com")).await;
    assert!(page.says("mañana"), "{}", page.words());
    portal.deliver().await;
    let page = rosa.submit(page.form("/registro/corregir").fill("email", ROSAS_EMAIL)).await;
    portal.deliver().await;
    assert!(!page.says("mañana"), "{}", page.words());
    let key = portal.last_letter_to(ROSAS_EMAIL).key();
    assert_eq!(type_key(&mut rosa, "/registro/clave", &key).await.path, "/clave-definitiva");
    portal.world().pass(hours(48));
    portal.deliver().await;
    assert!(portal.letters().iter().all(|letter| letter.to == ROSAS_EMAIL), "the others were stopped");
}

#[tokio::test]
async fn the_holder_who_registers_with_the_address_on_file_kills_the_strangers_key() {
    let portal = portal(EmailOnFile::Hold).await;
    register_as(&mut portal.client(), ROSA, STRANGERS_EMAIL).await;
    portal.deliver().await;
    let mut rosa = portal.client();
    register_as(&mut rosa, ROSA, ROSAS_EMAIL).await;
    portal.deliver().await;
    let key = portal.last_letter_to(ROSAS_EMAIL).key();
    type_key(&mut rosa, "/registro/clave", &key).await;
    assert_eq!(set_password(&mut rosa, GOOD_PASSWORD).await.path, "/ingreso");
    portal.world().pass(hours(25));
    portal.deliver().await;
    assert!(letters_to(&portal, STRANGERS_EMAIL).is_empty());
}

#[tokio::test]
async fn who_is_registered_and_registers_again_with_another_address_sees_the_same_wait() {
    let portal = TestPortal::with_rules(
        vec![holder_on_file(ROSA, ROSAS_EMAIL), holder_on_file(ROSA + 1, "otra@correo.example")],
        Rules::default(),
    )
    .await;
    let mut rosa = portal.client();
    register_as(&mut rosa, ROSA, ROSAS_EMAIL).await;
    portal.deliver().await;
    let key = portal.last_letter_to(ROSAS_EMAIL).key();
    type_key(&mut rosa, "/registro/clave", &key).await;
    set_password(&mut rosa, GOOD_PASSWORD).await;
    let (mut one, mut other) = (portal.client(), portal.client());
    let has_user = register_as(&mut one, ROSA, STRANGERS_EMAIL).await;
    let has_none = register_as(&mut other, ROSA + 1, STRANGERS_EMAIL).await;
    portal.deliver().await;
    let same = |page: &ReceivedPage| page.words().replace("27.111.223", "27.111.222");
    assert_eq!(same(&has_user), same(&has_none));
    for path in ["/registro/clave", "/registro/clave/estado"] {
        assert_eq!(same(&one.get(path).await), same(&other.get(path).await), "{path}");
    }
    let typed = |page: ReceivedPage| (page.status, page.words());
    let mut guesses = Vec::new();
    for client in [&mut one, &mut other] {
        let form = [("clave_transitoria", "7KQM-2F9X")];
        guesses.push(typed(client.post("/registro/clave", &form).await));
    }
    assert_eq!(guesses[0], guesses[1]);
    // The notice of the password leaves in the same round, before it or after it.
    assert!(letters_to(&portal, ROSAS_EMAIL).iter().any(|letter| letter.text.contains("ya tiene usuario")));
}

#[tokio::test]
async fn send_sends_at_once_and_tells_the_address_on_file_which_can_stop_it() {
    let portal = portal(EmailOnFile::Send).await;
    let mut stranger = portal.client();
    register_as(&mut stranger, ROSA, STRANGERS_EMAIL).await;
    portal.deliver().await;
    let key = portal.last_letter_to(STRANGERS_EMAIL).key();
    let told = portal.last_letter_to(ROSAS_EMAIL);
    assert!(!told.has_key() && !told.text.contains("/si-fui-yo/"), "{}", told.text);
    portal.client().ask(axum::http::Method::POST, &told.disown_path(), Some(String::new())).await;
    let page = type_key(&mut stranger, "/registro/clave", &key).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn require_writes_to_the_address_on_file_only_and_shows_it_masked() {
    let portal = portal(EmailOnFile::Require).await;
    let page = register_as(&mut portal.client(), ROSA, STRANGERS_EMAIL).await;
    assert!(page.says("r•••a@c•••.example") && !page.body.contains(ROSAS_EMAIL), "{}", page.words());
    portal.deliver().await;
    assert!(portal.last_letter_to(ROSAS_EMAIL).has_key());
    assert!(letters_to(&portal, STRANGERS_EMAIL).is_empty());
}

#[tokio::test]
async fn require_without_an_address_on_file_says_whom_to_call() {
    let hold = HoldRules { email_on_file: EmailOnFile::Require, ..HoldRules::default() };
    let mut row = holder_on_file(ROSA, ROSAS_EMAIL);
    row.policy.email = None;
    let portal = TestPortal::with_rules(vec![row], Rules { hold, ..Rules::default() }).await;
    let page = register_as(&mut portal.client(), ROSA, STRANGERS_EMAIL).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("0800-555-0123"), "{}", page.words());
    portal.deliver().await;
    assert!(portal.letters().is_empty());
}

#[tokio::test]
async fn reg_1_two_hundred_triples_give_no_key_within_the_hold_and_no_fui_yo_stops_them_all() {
    let documents: Vec<u64> = (0..200).map(|person| 30_000_000 + person).collect();
    let on_file = |document: u64| format!("titular{document}@correo.example");
    let book = documents.iter().map(|document| holder_on_file(*document, &on_file(*document))).collect();
    let portal = TestPortal::with_rules(book, Rules::default()).await;
    for (number, document) in documents.iter().enumerate() {
        let address = format!("198.51.100.{number}");
        let number = document.to_string();
        let fields = [
            ("documento", number.as_str()),
            ("ramo", "no-se"),
            ("poliza", &number),
            ("email", STRANGERS_EMAIL),
        ];
        let page = portal.client().from_address(&address).post("/registro", &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{document}: {}", page.words());
    }
    portal.deliver().await;
    let mut told: Vec<String> = portal.letters().into_iter().map(|letter| letter.to).collect();
    told.sort_unstable();
    assert_eq!(told, documents.iter().map(|document| on_file(*document)).collect::<Vec<_>>());
    portal.world().pass(hours(23));
    portal.deliver().await;
    assert!(portal.letters().iter().all(|letter| !letter.has_key() && letter.to != STRANGERS_EMAIL));
    for letter in portal.letters() {
        let path = letter.disown_path();
        let page = portal.client().ask(axum::http::Method::POST, &path, Some(String::new())).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    }
    portal.world().pass(hours(30));
    portal.deliver().await;
    assert!(portal.letters().iter().all(|letter| letter.to != STRANGERS_EMAIL));
}

#[tokio::test]
async fn reg_2_an_address_on_five_hundred_holders_is_nobodys_own() {
    let documents: Vec<u64> = (0..500).map(|person| 31_000_000 + person).collect();
    let producer = "productor@seguros.example";
    let book = documents.iter().map(|document| holder_on_file(*document, producer)).collect();
    let portal = TestPortal::with_rules(book, Rules::default()).await;
    for (number, document) in documents.iter().take(20).enumerate() {
        let mut person = portal.client().from_address(&format!("198.51.100.{number}"));
        register_as(&mut person, *document, &format!("titular{document}@correo.example")).await;
    }
    portal.deliver().await;
    assert_eq!(portal.letters().iter().filter(|letter| letter.has_key()).count(), 20);
    assert!(letters_to(&portal, producer).is_empty(), "neither a key nor a notice");
}

#[tokio::test]
async fn a_stopped_key_that_is_asked_for_again_waits_again() {
    let portal = portal(EmailOnFile::Hold).await;
    let mut stranger = portal.client();
    register_as(&mut stranger, ROSA, STRANGERS_EMAIL).await;
    portal.deliver().await;
    let path = portal.last_letter_to(ROSAS_EMAIL).disown_path();
    portal.client().ask(axum::http::Method::POST, &path, Some(String::new())).await;
    portal.world().pass(hours(25));
    portal.deliver().await;
    stranger.ask(axum::http::Method::POST, "/registro/reenviar", Some(String::new())).await;
    portal.deliver().await;
    assert!(letters_to(&portal, STRANGERS_EMAIL).is_empty());
    assert_eq!(letters_to(&portal, ROSAS_EMAIL).len(), 2, "the address on file hears of it again");
}
