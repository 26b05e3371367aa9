//! My account: the browsers that are signed in, and the password that is asked for again.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_testing::{Client, ReceivedPage, TestPortal};

const NOTHING: &[(&str, &str)] = &[];

async fn prove(client: &mut Client, page: &ReceivedPage, password: &str) -> ReceivedPage {
    let form = page.forms().into_iter().find(|form| form.has("clave_actual")).unwrap();
    client.submit(form.fill("clave_actual", password)).await
}

#[tokio::test]
async fn sessions_are_listed_in_words_and_ended_one_by_one() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let mut phone = portal.client();
    sign_in(&mut phone, "12345678", GOOD_PASSWORD).await;
    portal.world().pass(SignedDuration::from_mins(3));
    let page = ana.get("/cuenta/sesiones").await;
    assert_eq!(page.texts(".policies li").len(), 2);
    assert!(page.says("Es este navegador") && page.says("hace 3 minutos"), "{}", page.words());
    let name = page.body.split("name=\"sesion\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = ana.post("/cuenta/sesiones", &[("sesion", name)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
    assert_eq!(phone.get("/inicio").await.path, "/ingreso", "its next request is refused");
    let page = ana.get("/cuenta/sesiones").await;
    assert!(page.says("La sesión quedó cerrada.") && page.says("No hay otras sesiones"), "{}", page.words());
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_nobody_elses() {
    let portal = TestPortal::new().await;
    let [elsa, _] = NAMESAKES;
    let mut stranger = registered_namesake(&portal, elsa).await;
    sign_in(&mut stranger, "4123456", elsa.2).await;
    let mut ana = signed_in_ana(&portal).await;
    let mut others = [portal.client(), portal.client(), portal.client()];
    for other in &mut others {
        sign_in(other, "12345678", GOOD_PASSWORD).await;
    }
    let of_ana = ana.get("/cuenta/sesiones").await;
    let name = of_ana.body.split("name=\"sesion\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    stranger.post("/cuenta/sesiones", &[("sesion", name)]).await;
    assert_eq!(ana.get("/cuenta/sesiones").await.texts(".policies li").len(), 4, "not a stranger's to end");
    ana.post("/cuenta/sesiones", &[("todas", "si")]).await;
    for other in &mut others {
        assert_eq!(other.get("/inicio").await.path, "/ingreso");
    }
    assert_eq!(ana.get("/inicio").await.path, "/inicio");
    assert_eq!(stranger.get("/inicio").await.path, "/inicio");
}

#[tokio::test]
async fn what_is_sensitive_asks_for_the_password_again_after_five_minutes_and_leads_back() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    assert_eq!(ana.get("/cuenta/datos").await.path, "/cuenta/datos");
    portal.world().pass(SignedDuration::from_mins(5));
    for path in ["/cuenta/datos", "/cuenta/datos.json"] {
        assert_eq!(ana.get(path).await.path, "/cuenta/confirmar?para=datos", "{path}");
    }
    for (path, fields, asks) in [
        ("/cuenta/sesiones", [("todas", "si")], "/cuenta/confirmar?para=sesiones"),
        ("/cuenta/datos/correccion", [("texto", "Mi nombre")], "/cuenta/confirmar?para=datos"),
    ] {
        assert_eq!(ana.post(path, &fields).await.headers["location"], asks);
    }
    let page = ana.get("/cuenta/datos").await;
    let wrong = prove(&mut ana, &page, "no es esta").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let old = ana.clone();
    let page = prove(&mut ana, &wrong, GOOD_PASSWORD).await;
    assert_eq!(page.path, "/cuenta/datos", "{}", page.words());
    assert_eq!(old.clone().get("/inicio").await.path, "/ingreso", "the session has a new token");
}

#[tokio::test]
async fn where_one_was_going_is_never_an_address_that_came_along() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    for path in [
        "/cuenta/confirmar?para=https://evil.example",
        "/cuenta/confirmar?para=//evil.example",
        "/cuenta/confirmar",
    ] {
        let page = ana.get(path).await;
        assert!(!page.body.contains("evil"), "{path}");
        let fields = [("clave_actual", GOOD_PASSWORD)];
        assert_eq!(ana.post(path, &fields).await.headers["location"], "/cuenta", "{path}");
    }
}

#[tokio::test]
async fn guessing_at_the_password_with_a_stolen_session_is_slowed() {
    let portal = TestPortal::with_limits().await;
    let ana = signed_in_ana(&portal).await;
    let mut thief = portal.client();
    thief.steal_cookies(&ana);
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let fields = [("clave_actual", "adivino")];
        statuses.push(thief.post("/cuenta/confirmar?para=datos", &fields).await.status.as_u16());
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429, 429]);
    assert_eq!(thief.post("/cuenta/cierre", &[("clave_actual", GOOD_PASSWORD)]).await.status.as_u16(), 429);
}

#[tokio::test]
async fn nothing_of_an_account_is_there_for_who_is_not_signed_in() {
    let portal = TestPortal::new().await;
    for path in
        ["/cuenta", "/cuenta/clave", "/cuenta/email", "/cuenta/datos", "/cuenta/datos.json", "/cuenta/cierre"]
    {
        let page = portal.client().get(path).await;
        assert_eq!(page.path, "/ingreso", "{path}");
        assert!(page.says("Ingrese para seguir."), "{path}");
    }
    assert_eq!(portal.client().post("/cuenta/cierre", NOTHING).await.status, StatusCode::SEE_OTHER);
}
