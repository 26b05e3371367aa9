//! Limits: strangers slow down strangers, and nobody keeps an owner out.

use crate::people::*;
use axum::http::{Request, StatusCode};
use jiff::SignedDuration;
use tokio::task::JoinSet;
use zaguan_domain::allowance::Allowance;
use zaguan_domain::limit::Rules;
use zaguan_domain::throttle::Limits;
use zaguan_testing::{Client, ReceivedPage, TestPortal, crowd, sample_book};

async fn try_password(client: &mut Client, user: &str, password: &str) -> ReceivedPage {
    client.post("/ingreso", &[("usuario", user), ("clave", password)]).await
}

fn evaluated(answers: &[StatusCode]) -> usize {
    assert!(answers.iter().all(|status| matches!(status.as_u16(), 422 | 429)), "{answers:?}");
    answers.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count()
}

/// Somebody of the crowd, registered; the browser with which they did it.
async fn owners(portal: &TestPortal, count: u32) -> Vec<Client> {
    let mut owners = Vec::new();
    for number in 1..=count {
        let mut owner = portal.client().from_address(&format!("192.0.2.{}", 20 + number));
        let fields = [
            ("documento", document(number)),
            ("ramo", "no-se".to_owned()),
            ("poliza", (700_000 + number).to_string()),
            ("email", email(number)),
        ];
        assert_eq!(owner.post("/registro", &fields).await.status, StatusCode::SEE_OTHER);
        owners.push(owner);
    }
    portal.deliver().await;
    for (owner, number) in owners.iter_mut().zip(1..) {
        set_with_key(portal, owner, number, "/registro/clave").await;
    }
    portal.deliver().await;
    owners
}

fn document(number: u32) -> String {
    (20_000_000 + number).to_string()
}

fn email(number: u32) -> String {
    format!("persona{number}@gmail.com")
}

async fn set_with_key(portal: &TestPortal, owner: &mut Client, number: u32, path: &str) {
    let key = portal.last_letter_to(&email(number)).key();
    assert_eq!(owner.post(path, &[("clave_transitoria", key)]).await.status, StatusCode::SEE_OTHER);
    let set = owner.post("/clave-definitiva", &[("clave", GOOD_PASSWORD)]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn lim_1_one_password_at_all_documents_from_everywhere_stops_at_what_the_whole_portal_allows() {
    let allowance = Allowance { at_once: 50, one_more_each: SignedDuration::from_mins(1) };
    let limits = Limits { sign_in_portal: allowance, ..Limits::default() };
    let portal = TestPortal::with_rules(sample_book(), Rules { limits, ..Rules::default() }).await;
    let mut ana = registered_ana(&portal).await;
    let mut answers = Vec::new();
    for number in 0..300 {
        let mut stranger = portal.client().from_address(&format!("198.51.100.{}", number % 200));
        answers
            .push(try_password(&mut stranger, &(30_000_000 + number).to_string(), "Verano2026").await.status);
    }
    assert_eq!(evaluated(&answers), 50);
    assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.path, "/inicio", "her browser is known");
}

#[tokio::test]
async fn lim_2_a_week_of_guessing_at_one_document_from_everywhere_is_less_than_a_hundred_guesses() {
    let portal = TestPortal::with_limits().await;
    registered_ana(&portal).await;
    let mut answers = Vec::new();
    for number in 0..150 {
        portal.world().pass(SignedDuration::from_mins(67));
        let mut stranger = portal.client().from_address(&format!("2001:db8:{number:x}::1"));
        answers.push(try_password(&mut stranger, "12345678", "Verano2026").await.status);
    }
    let evaluated = evaluated(&answers);
    assert!((80..=100).contains(&evaluated), "{evaluated}");
}

#[tokio::test]
async fn lim_3_ten_minutes_of_guessing_at_a_hundred_documents_keep_none_of_their_owners_out() {
    let portal = TestPortal::with_rules(crowd(100), Rules::default()).await;
    let mut owners = owners(&portal, 100).await;
    portal.world().pass(SignedDuration::from_hours(25));
    let mut waits = 0;
    for second in 0..600_u32 {
        portal.world().pass(SignedDuration::from_secs(1));
        for guess in 0..10 {
            let number = (second * 10 + guess) % 100 + 1;
            let from = format!("198.51.{}.{}", second % 200, guess + 1);
            let mut stranger = portal.client().from_address(&from);
            let answer = try_password(&mut stranger, &document(number), "Verano2026").await;
            waits += u32::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
    }
    assert_eq!(waits, 6000 - 10 * 100, "ten guesses at each, and not one more within two hours");
    for (owner, number) in owners.iter_mut().zip(1..) {
        let page = try_password(owner, &document(number), GOOD_PASSWORD).await;
        assert_eq!(page.headers["location"], "/inicio", "{number}: the browser is known");
    }
    let before = portal.letters().len();
    for number in 1..=100 {
        let mut elsewhere = portal.client().from_address(&format!("203.0.113.{number}"));
        let page = try_password(&mut elsewhere, &document(number), GOOD_PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(page.links().iter().any(|to| to == "/recuperar"));
        let asked = elsewhere.post("/recuperar", &[("usuario", document(number))]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        portal.deliver().await;
        set_with_key(&portal, &mut elsewhere, number, "/recuperar/clave").await;
        let page = try_password(&mut elsewhere, &document(number), GOOD_PASSWORD).await;
        assert_eq!(page.headers["location"], "/inicio", "{number}: recovery opened the way again");
    }
    portal.deliver().await;
    let letters = portal.letters().len() - before;
    assert_eq!(letters, 200, "one with the steps and one notice each");
}

#[tokio::test]
async fn lim_5_what_a_stranger_says_of_their_address_changes_no_bucket_and_one_link_is_one_network() {
    let portal = TestPortal::with_limits().await;
    let names = ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "via"];
    let mut answers = Vec::new();
    for number in 0..90_u32 {
        let value = format!("for=203.0.113.{number}, 203.0.113.{number}");
        let request = Request::post("/ingreso")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(names[number as usize % 6], value);
        let mut stranger = portal.client().from_address("198.51.100.7");
        let body = format!("usuario={}&clave=Verano2026", 31_000_000 + number);
        answers.push(stranger.send(request, body).await.status);
    }
    assert_eq!(evaluated(&answers), 60);
    let mut answers = Vec::new();
    for number in 0..100_u32 {
        let mut stranger = portal.client().from_address(&format!("2001:db8:1:2::{number:x}"));
        answers
            .push(try_password(&mut stranger, &(32_000_000 + number).to_string(), "Verano2026").await.status);
    }
    assert_eq!(evaluated(&answers), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn race_6_sixty_four_guesses_at_once_at_two_processes_are_as_many_as_the_limit_allows() {
    let portal = TestPortal::with_limits().await;
    registered_ana(&portal).await;
    let other = portal.other_process().await;
    for round in 0..20_u32 {
        let mut tasks = JoinSet::new();
        for number in 0..64_u32 {
            let client = if number % 2 == 0 { portal.client() } else { other.client() };
            let mut stranger = client.from_address(&format!("2001:db8:{round:x}:{number:x}::1"));
            tasks.spawn(async move { try_password(&mut stranger, "12345678", "Verano2026").await.status });
        }
        assert_eq!(evaluated(&tasks.join_all().await), 10, "round {round}");
        portal.world().pass(SignedDuration::from_hours(21));
    }
}

#[tokio::test]
async fn whoever_must_wait_is_told_the_same_whether_or_not_there_is_a_user() {
    let portal = TestPortal::with_limits().await;
    registered_ana(&portal).await;
    let mut told = Vec::new();
    for user in ["12345678", "87654321"] {
        for _ in 0..10 {
            try_password(&mut portal.client(), user, "Verano2026").await;
        }
        let page = try_password(&mut portal.client(), user, GOOD_PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers["retry-after"], "7200");
        assert!(page.says("Espere 2 horas"), "{}", page.words());
        assert_eq!(page.value("usuario"), user);
        assert_eq!(page.value("clave"), "");
        told.push(page.body.replace(user, "…"));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_right_password_gives_back_the_tries_of_a_stranger_but_not_where_two_people_share_a_number() {
    let portal = TestPortal::with_limits().await;
    registered_ana(&portal).await;
    for _ in 0..3 {
        for _ in 0..9 {
            let page = try_password(&mut portal.client(), "12345678", "Verano2026").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(sign_in(&mut portal.client(), "12345678", GOOD_PASSWORD).await.path, "/inicio");
    }
    for namesake in NAMESAKES {
        registered_namesake(&portal, namesake).await;
    }
    let mut guesses = 0;
    for _ in 0..8 {
        for _ in 0..4 {
            let page = try_password(&mut portal.client(), "4123456", "Verano2026").await;
            guesses += u32::from(page.status == StatusCode::UNPROCESSABLE_ENTITY);
        }
        try_password(&mut portal.client(), "4123456", NAMESAKES[0].2).await;
    }
    assert!(guesses < 10, "one of them guesses at the other's: {guesses}");
}

#[tokio::test]
async fn in_ones_own_browser_a_namesakes_password_is_tried_no_more_often_than_a_stranger_may() {
    let portal = TestPortal::with_limits().await;
    let mut elsa = registered_namesake(&portal, NAMESAKES[0]).await;
    registered_namesake(&portal, NAMESAKES[1]).await;
    for _ in 0..10 {
        try_password(&mut portal.client(), "4123456", "Verano2026").await;
    }
    let page = try_password(&mut elsa, "4123456", NAMESAKES[1].2).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "his password is right, and is not looked at");
    let page = try_password(&mut elsa, "4123456", NAMESAKES[0].2).await;
    assert_eq!(page.headers["location"], "/inicio", "hers is");
}

#[tokio::test]
async fn registrations_recoveries_keys_and_links_have_limits_of_their_own() {
    let portal = TestPortal::with_limits().await;
    let mut stranger = portal.client().from_address("198.51.100.9");
    let register: Vec<(&str, String)> = ana_but("poliza", "7654321");
    for number in 0..11 {
        let page = stranger.post("/registro", &register).await;
        let expected = if number < 10 { 422 } else { 429 };
        assert_eq!(page.status.as_u16(), expected, "registration {number}");
    }
    assert!(stranger.post("/registro", &register).await.says("Espere 30 minutos"));
    for number in 0..31 {
        let page = stranger.post("/recuperar", &[("usuario", (33_000_000 + number).to_string())]).await;
        assert_eq!(page.status.as_u16(), if number < 30 { 303 } else { 429 }, "recovery {number}");
    }
    for number in 0..61 {
        let page = stranger.post("/recuperar/clave", &[("clave_transitoria", "ZZZZ-ZZZZ")]).await;
        assert_eq!(page.status.as_u16(), if number < 60 { 422 } else { 429 }, "key {number}");
        assert_eq!(number == 60, page.headers.contains_key("retry-after"));
    }
    let link = format!("/enlace/{}", "A".repeat(64));
    let page = stranger.post(&link, &[("", ""); 0]).await;
    assert_eq!((page.status.as_u16(), page.texts("h1").len()), (429, 1));
    assert_eq!(stranger.get(&link).await.status, StatusCode::OK, "looking costs nothing");
}
