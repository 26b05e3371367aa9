//! Crowds: when more people sign in than can be hashed for, they are told at once, lose nothing, and get in later.

use crate::people::*;
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use std::time::Duration;
use tokio::task::JoinSet;
use zaguan_domain::account::StoredPassword;
use zaguan_domain::allowance::Allowance;
use zaguan_domain::limit::Rules;
use zaguan_domain::password::Password;
use zaguan_domain::throttle::Limits;
use zaguan_hasher::{HashSettings, Standing, Turn};
use zaguan_testing::{Client, ReceivedPage, TestPortal, sample_book};

/// One thread to hash, and one place to wait for it.
fn tiny() -> HashSettings {
    HashSettings { threads: 1, waiting_at_most: 1, ..HashSettings::for_tests() }
}

/// Of each document one try at once, and another one after an hour.
fn one_try_each() -> Rules {
    let one = Allowance { at_once: 1, one_more_each: SignedDuration::from_hours(1) };
    Rules { limits: Limits { sign_in_document: one, ..Limits::default() }, ..Rules::default() }
}

async fn press(mut client: Client, user: &'static str) -> (ReceivedPage, Client) {
    let page = client.post("/ingreso", &[("usuario", user), ("clave", OTHER_PASSWORD)]).await;
    (page, client)
}

/// A portal where Ana has an account, with her browser, and another process of it with next to no room for passwords,
/// which has not hashed any yet.
async fn tiny_portal() -> (TestPortal, TestPortal, Client) {
    let large = TestPortal::with_rules(sample_book(), one_try_each()).await;
    let ana = registered_ana(&large).await;
    let portal = large.other_process_with_hashing(tiny()).await;
    let mut moved = portal.client();
    moved.steal_cookies(&ana);
    (large, portal, moved)
}

/// Keeps the only thread of the portal at work until this is dropped: it tries one password on thousands of hashes.
async fn at_work(portal: &TestPortal) -> JoinSet<()> {
    let stored = |number: u32| StoredPassword {
        phc: format!("$argon2id$v=19$m=16384,t=2,p=1${number:021}A${}", "A".repeat(43)),
        pepper: 1,
    };
    let hasher = portal.hasher().clone();
    let mut work = JoinSet::new();
    work.spawn(async move {
        let turn = Turn { standing: Standing::Known, network: None, patience: Duration::MAX };
        let stored = (0..3000).map(stored).collect();
        hasher.verify(Password::attempt("x"), stored, [7; 16], turn).await.unwrap();
    });
    while portal.hasher().metrics().running == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    work
}

/// Somebody who waits for the thread to be free.
async fn one_waits(portal: &TestPortal) -> JoinSet<(ReceivedPage, Client)> {
    let mut waits = JoinSet::new();
    waits.spawn(press(portal.client().from_address("192.0.2.12"), "20000002"));
    while portal.hasher().metrics().waiting == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    waits
}

async fn until_quiet(portal: &TestPortal) {
    while portal.hasher().metrics().running + portal.hasher().metrics().waiting > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn is_sent_to_wait(page: &ReceivedPage, user: &str) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.words());
    assert_eq!(page.headers["retry-after"], "20");
    assert_eq!(page.headers["refresh"], "20; url=/ingreso");
    for words in ["Hay muchas personas ingresando", "volverá a intentar solo en 20 segundos", user] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
    assert!(!page.body.contains(OTHER_PASSWORD) && page.forms().is_empty());
}

#[tokio::test]
async fn who_comes_in_a_crowd_is_told_keeps_the_user_name_and_gets_in_when_there_is_room() {
    let (_large, portal, _) = tiny_portal().await;
    let work = at_work(&portal).await;
    let waits = one_waits(&portal).await;
    let mut elsewhere = portal.client().from_address("192.0.2.99");
    let typed = [("usuario", "12.345.678"), ("clave", GOOD_PASSWORD)];
    let page = elsewhere.post("/ingreso", &typed).await;
    is_sent_to_wait(&page, "12.345.678");
    let unknown = press(portal.client(), "87654321").await.0;
    is_sent_to_wait(&unknown, "87.654.321");
    assert_eq!(unknown.body.replace("87.654.321", "…"), page.body.replace("12.345.678", "…"));
    is_sent_to_wait(&elsewhere.get("/ingreso").await, "12.345.678");
    let fresh = portal.client().get("/ingreso").await;
    assert_eq!((fresh.status, fresh.value("usuario")), (StatusCode::OK, String::new()), "pages go on");
    assert_eq!(portal.client().ask(Method::GET, "/sesion", None).await.status, StatusCode::UNAUTHORIZED);
    drop(work);
    waits.join_all().await;
    until_quiet(&portal).await;
    let page = elsewhere.get("/ingreso").await;
    assert!(page.says("Ya hay lugar. Escriba su clave para ingresar."), "{}", page.words());
    assert_eq!(page.value("usuario"), "12.345.678");
    let page = elsewhere.submit(page.form("/ingreso").fill("clave", GOOD_PASSWORD)).await;
    assert_eq!(page.path, "/inicio", "the one try of that document was not lost: {}", page.words());
    assert_eq!(elsewhere.get("/ingreso").await.value("usuario"), "", "what was to be told is told once");
}

#[tokio::test]
async fn a_known_browser_goes_first_and_the_stranger_who_makes_room_for_it_loses_no_try() {
    let (_large, portal, ana) = tiny_portal().await;
    let work = at_work(&portal).await;
    let waits = one_waits(&portal).await;
    let mut signs_in = JoinSet::new();
    signs_in.spawn(async move {
        let mut ana = ana;
        ana.post("/ingreso", &[("usuario", "12345678"), ("clave", GOOD_PASSWORD)]).await
    });
    let told = waits.join_all().await;
    let (page, stranger) = told.into_iter().next().unwrap();
    is_sent_to_wait(&page, "20.000.002");
    assert_eq!(portal.hasher().metrics().turned_away, 1);
    drop(work);
    let page = signs_in.join_all().await.into_iter().next().unwrap();
    assert_eq!(page.headers["location"], "/inicio", "{}", page.words());
    until_quiet(&portal).await;
    let (again, _) = press(stranger, "20000002").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "its one try was given back");
}

#[tokio::test]
async fn a_stolen_database_with_a_monstrous_hash_in_it_costs_no_more_than_any_other() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    let change = "update account set password = replace(password, 'm=32,t=1', 'm=4194304,t=1000')";
    if let Some(database) = portal.on_server() {
        database.ask(change);
    } else {
        let database = rusqlite::Connection::open(portal.database()).unwrap();
        assert_eq!(database.execute(change, []).unwrap(), 1);
    }
    let before = portal.hasher().metrics().hashes;
    for _ in 0..2 {
        assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.status, 422);
    }
    assert_eq!(portal.hasher().metrics().hashes, before + 2, "one hash of the usual cost each");
}
