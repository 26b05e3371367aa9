//! My account: its front page, and another password.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use tokio::task::JoinSet;
use zaguan_testing::{Client, ReceivedPage, TestPortal};

async fn change(client: &mut Client, present: &str, new: &str) -> ReceivedPage {
    let page = client.get("/cuenta/clave").await;
    client.submit(page.form("/cuenta/clave").fill("clave_actual", present).fill("clave", new)).await
}

#[tokio::test]
async fn my_account_is_one_link_from_my_policies_and_tells_what_happened_in_plain_words() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    sign_in(&mut portal.client(), "12345678", "no es esta").await;
    let home = ana.get("/inicio").await;
    assert!(home.links().contains(&"/cuenta".to_owned()));
    let page = ana.get("/cuenta").await;
    assert!(page.says("12.345.678") && page.says(ANAS_EMAIL), "{}", page.words());
    let told = page.texts(".happened li");
    assert!(told[0].starts_with("Probaron una clave que no era desde"), "{told:?}");
    assert!(told[1].starts_with("Ingresó desde") && told[1].contains("hoy a la"), "{told:?}");
    assert!(told.iter().any(|sentence| sentence.starts_with("Se abrió la cuenta")), "{told:?}");
}

#[tokio::test]
async fn the_password_is_changed_and_from_then_on_only_the_new_one_opens() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let mut phone = portal.client();
    sign_in(&mut phone, "12345678", GOOD_PASSWORD).await;
    let letters = portal.letters().len();
    let page = change(&mut ana, GOOD_PASSWORD, OTHER_PASSWORD).await;
    assert_eq!((page.status, page.path.as_str()), (StatusCode::OK, "/cuenta"));
    assert!(page.says("Su clave nueva quedó guardada."), "{}", page.words());
    assert_eq!(ana.get("/inicio").await.path, "/inicio", "this browser stays in");
    let old_tab = phone.post("/cuenta/clave", &[("clave_actual", GOOD_PASSWORD), ("clave", "x")]).await;
    assert_eq!(
        (old_tab.status, &old_tab.headers["location"]),
        (StatusCode::SEE_OTHER, &"/ingreso".parse().unwrap())
    );
    assert!(phone.get("/ingreso").await.says("Ingrese para seguir."));
    portal.deliver().await;
    let since = portal.letters().split_off(letters);
    let notices = since.iter().filter(|letter| letter.subject.starts_with("Su clave de"));
    assert_eq!(notices.count(), 1, "{since:?}");
    assert_eq!(sign_in(&mut portal.client(), "12345678", GOOD_PASSWORD).await.path, "/ingreso");
    assert_eq!(sign_in(&mut portal.client(), "12345678", OTHER_PASSWORD).await.path, "/inicio");
}

#[tokio::test]
async fn a_wrong_present_password_or_a_weak_new_one_changes_nothing_and_says_why() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    for (present, new, field) in [
        ("no es esta", OTHER_PASSWORD, "clave_actual"),
        ("", OTHER_PASSWORD, "clave_actual"),
        (GOOD_PASSWORD, "12345678", "clave"),
        (GOOD_PASSWORD, "", "clave"),
    ] {
        let page = change(&mut ana, present, new).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{present} {new}");
        assert_eq!(page.errors()[0].0, field, "{:?}", page.errors());
        assert_eq!((page.value("clave_actual"), page.value("clave")), (String::new(), String::new()));
    }
    let twice = [("clave_actual", GOOD_PASSWORD), ("clave_actual", GOOD_PASSWORD), ("clave", OTHER_PASSWORD)];
    assert_eq!(ana.post("/cuenta/clave", &twice).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sign_in(&mut portal.client(), "12345678", GOOD_PASSWORD).await.path, "/inicio");
}

#[tokio::test]
async fn the_present_password_may_be_wrong_five_times_and_then_one_more_each_five_minutes() {
    let portal = TestPortal::with_limits().await;
    let mut ana = signed_in_ana(&portal).await;
    for _ in 0..5 {
        assert_eq!(
            change(&mut ana, "no es esta", OTHER_PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let page = change(&mut ana, GOOD_PASSWORD, OTHER_PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.headers["retry-after"], "300");
    portal.world().pass(SignedDuration::from_mins(5));
    assert_eq!(change(&mut ana, GOOD_PASSWORD, OTHER_PASSWORD).await.path, "/cuenta");
}

#[tokio::test]
async fn of_two_people_with_one_number_each_changes_only_their_own_password() {
    let portal = TestPortal::new().await;
    let [elsa, raul] = NAMESAKES;
    registered_namesake(&portal, elsa).await;
    registered_namesake(&portal, raul).await;
    let mut client = portal.client();
    sign_in(&mut client, "4123456", elsa.2).await;
    let taken = change(&mut client, elsa.2, raul.2).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(change(&mut client, raul.2, OTHER_PASSWORD).await.errors()[0].0, "clave_actual");
    assert_eq!(change(&mut client, elsa.2, OTHER_PASSWORD).await.path, "/cuenta");
    assert_eq!(sign_in(&mut portal.client(), "4123456", raul.2).await.path, "/inicio");
    assert_eq!(sign_in(&mut portal.client(), "4123456", OTHER_PASSWORD).await.path, "/inicio");
}

#[tokio::test]
async fn of_many_changes_at_once_one_wins_and_no_session_of_the_old_password_stays() {
    let portal = TestPortal::new().await;
    let ana = signed_in_ana(&portal).await;
    let mut racers = JoinSet::new();
    for number in 0..8 {
        let mut client = ana.clone();
        racers.spawn(async move {
            let new = format!("{OTHER_PASSWORD} {number}");
            let fields = [("clave_actual", GOOD_PASSWORD), ("clave", &new)];
            let page = client.post("/cuenta/clave", &fields).await;
            (new, page.headers.get("location").is_some_and(|to| to == "/cuenta"))
        });
        let mut stranger = portal.client();
        racers.spawn(async move {
            let fields = [("usuario", "12345678"), ("clave", GOOD_PASSWORD)];
            stranger.post("/ingreso", &fields).await;
            let inside = stranger.get("/inicio").await.path == "/inicio";
            (format!("old {inside}"), false)
        });
    }
    let outcomes = racers.join_all().await;
    let winners: Vec<_> = outcomes.iter().filter(|(_, won)| *won).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    let mut owner = portal.client();
    assert_eq!(sign_in(&mut owner, "12345678", &winners[0].0).await.path, "/inicio");
    let open = owner.get("/cuenta/sesiones").await.texts(".policies h2");
    assert_eq!(open.len(), 2, "the one of the change and the one of just now: {open:?}");
}
