//! My account: everything that is held, to read and to download, and corrections with the law's terms.

use crate::people::*;
use axum::http::{Method, StatusCode};
use serde_json::Value;
use zaguan_testing::{Client, ReceivedPage, TestPortal};

async fn correct(client: &mut Client, text: &str) -> ReceivedPage {
    let page = client.get("/cuenta/datos").await;
    client.submit(page.form("/cuenta/datos/correccion").fill("texto", text)).await
}

#[tokio::test]
async fn my_data_are_all_there_on_the_page_and_in_the_file() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let page = ana.get("/cuenta/datos").await;
    for held in
        ["12.345.678", ANAS_EMAIL, "1234567", "Automotores", "Aviso de clave nueva", "Se abrió la cuenta"]
    {
        let alike = held == "Automotores" && page.says("Auto, camioneta o camión");
        assert!(page.says(held) || alike, "{held}: {}", page.words());
    }
    assert!(page.says("diez días corridos"));
    let file = ana.get("/cuenta/datos.json").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"mis-datos.json\"");
    assert_eq!(file.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(file.headers["cache-control"], "no-store");
    let data: Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(data["cuenta"]["documento"], "12345678");
    assert_eq!(data["cuenta"]["correo"], ANAS_EMAIL);
    assert_eq!(data["polizas"][0]["poliza"], "1234567");
    assert_eq!(data["sesiones"].as_array().unwrap().len(), 1);
    assert!(!data["registro_de_lo_que_paso"].as_array().unwrap().is_empty());
    assert!(!data["mensajes"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn no_secret_is_among_my_data() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let (page, file) = (ana.get("/cuenta/datos").await, ana.get("/cuenta/datos.json").await);
    let session = ana.cookie("zaguan-sesion").unwrap();
    for body in [&page.body, &file.body] {
        for secret in ["argon2", GOOD_PASSWORD, session] {
            assert!(!body.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn who_looked_at_the_data_is_told_and_asking_for_the_headers_alone_is_not_looking() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let commits = portal.commits();
    ana.ask(Method::HEAD, "/cuenta/datos", None).await;
    ana.ask(Method::HEAD, "/cuenta/datos.json", None).await;
    assert_eq!(portal.commits(), commits);
    ana.get("/cuenta/datos").await;
    let told = ana.get("/cuenta").await.texts(".happened li");
    assert!(told[0].starts_with("Se miraron todos los datos"), "{told:?}");
}

#[tokio::test]
async fn of_two_people_with_one_number_each_sees_only_their_own() {
    let portal = TestPortal::new().await;
    let [elsa, raul] = NAMESAKES;
    registered_namesake(&portal, elsa).await;
    registered_namesake(&portal, raul).await;
    portal.deliver().await;
    for (mine, other) in [(elsa, raul), (raul, elsa)] {
        let mut client = portal.client();
        sign_in(&mut client, "4123456", mine.2).await;
        let (page, file) = (client.get("/cuenta/datos").await, client.get("/cuenta/datos.json").await);
        for body in [&page.body, &file.body] {
            assert!(body.contains(mine.0) && body.contains(mine.1));
            assert!(!body.contains(other.0) && !body.contains(other.1), "{body}");
        }
    }
}

#[tokio::test]
async fn a_correction_is_shown_with_the_day_by_which_the_law_wants_it() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let page = correct(&mut ana, "Mi apellido se escribe con hache.\nPereH").await;
    assert_eq!(page.path, "/cuenta/datos", "{}", page.words());
    assert!(
        page.says("Anotamos su pedido.") && page.says("Mi apellido se escribe con hache."),
        "{}",
        page.words()
    );
    let data: Value = serde_json::from_str(&ana.get("/cuenta/datos.json").await.body).unwrap();
    let asked = &data["pedidos_de_correccion"][0];
    let due: jiff::civil::Date = asked["vence"].as_str().unwrap().parse().unwrap();
    let today = zaguan_domain::moment::date_in_argentina(zaguan_web::World::now(portal.world()));
    assert!((7..=14).contains(&(due - today).get_days()), "five business days: {due}");
    let year = due.year().to_string();
    assert!(page.texts(".asked .quiet").last().unwrap().contains(&year));
}

#[tokio::test]
async fn corrections_that_cannot_be_taken_are_told_why_and_the_text_stays() {
    let portal = TestPortal::new().await;
    let mut ana = signed_in_ana(&portal).await;
    let page = correct(&mut ana, "  ").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.errors()[0].0, "texto");
    let long = format!("<b>{}</b>", "x".repeat(2_000));
    let page = correct(&mut ana, &long).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.value("texto"), long);
    assert!(!page.body.contains("<b>xxx"));
    for number in 1..=5 {
        assert_eq!(correct(&mut ana, &format!("Pedido {number}")).await.path, "/cuenta/datos");
    }
    assert!(correct(&mut ana, "Pedido 6").await.says("Ya tiene varios pedidos sin responder."));
}
