//! Cookies as they should not be: doubled, cut, foreign, huge. None gives a session, and none breaks a page.

use crate::people::*;
use axum::http::{Method, StatusCode};
use zaguan_testing::{Client, TestPortal};

const COOKIES: [&str; 4] = ["zaguan-navegador", "zaguan-paso", "zaguan-sesion", "zaguan-aviso"];
const PAGES: [&str; 8] = [
    "/",
    "/registro",
    "/registro/clave",
    "/recuperar/clave",
    "/clave-definitiva",
    "/ingreso",
    "/inicio",
    "/sesion",
];

async fn signed_in(portal: &TestPortal) -> Client {
    let mut ana = registered_ana(portal).await;
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    assert_eq!(ana.ask(Method::GET, "/sesion", None).await.status, StatusCode::OK);
    ana
}

/// Sends this cookie header from a browser without cookies of its own; nobody may be signed in by it.
async fn gives_nothing(portal: &TestPortal, cookie: &str) {
    for path in PAGES {
        let page = portal.client().with_header("cookie", cookie).ask(Method::GET, path, None).await;
        let what = format!("{path} with {cookie:.60}: {}", page.status);
        assert!(page.status.as_u16() < 500, "{what}");
        match path {
            "/sesion" => assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{what}"),
            "/inicio" => assert_eq!(page.status, StatusCode::SEE_OTHER, "{what}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn cookies_that_are_cut_foreign_or_huge_give_neither_a_fault_nor_a_session() {
    let portal = TestPortal::new().await;
    let ana = signed_in(&portal).await;
    let session = ana.cookie("zaguan-sesion").expect("a session").to_owned();
    let mut values: Vec<String> =
        (0..session.len()).step_by(7).map(|end| session[..end].to_owned()).collect();
    values.extend([
        format!("{session}A"),
        format!("\"{session}"),
        session.to_ascii_lowercase(),
        session.chars().rev().collect(),
        format!("{session}%00"),
        "A".repeat(session.len()),
        "A".repeat(8 * 1024),
        "ñ".repeat(100),
        "\u{1}".trim().to_owned(),
        "; ; ;=;".to_owned(),
    ]);
    for name in COOKIES {
        for value in &values {
            if value.chars().all(|c| !c.is_control()) {
                gives_nothing(&portal, &format!("{name}={value}")).await;
            }
        }
    }
    for other in COOKIES.into_iter().filter(|name| *name != "zaguan-sesion") {
        gives_nothing(&portal, &format!("{other}={session}")).await;
    }
    for name in [
        "Zaguan-sesion",
        "zaguan-sesion ",
        "x-zaguan-sesion",
        "__Secure-zaguan-sesion",
        "__Host-zaguan-sesion",
    ] {
        if name.trim() == name {
            gives_nothing(&portal, &format!("{name}={session}")).await;
        }
    }
}

#[tokio::test]
async fn two_cookies_of_one_name_are_never_a_fault_nor_somebody_elses_session() {
    let portal = TestPortal::new().await;
    let ana = signed_in(&portal).await;
    let session = ana.cookie("zaguan-sesion").expect("a session").to_owned();
    for name in COOKIES {
        for pair in [
            format!("{name}=x; {name}=y"),
            format!("{name}={}; {name}={}", "A".repeat(8 * 1024), "B".repeat(8 * 1024)),
        ] {
            gives_nothing(&portal, &pair).await;
        }
    }
    let planted = "A".repeat(session.len());
    for doubled in [
        format!("zaguan-sesion={session}; zaguan-sesion={planted}"),
        format!("zaguan-sesion={planted}; zaguan-sesion={session}"),
    ] {
        let mut client = portal.client().with_header("cookie", &doubled);
        let page = client.ask(Method::GET, "/sesion", None).await;
        assert!(matches!(page.status.as_u16(), 200 | 401), "{}", page.status);
        if page.status == StatusCode::OK {
            assert_eq!(page.headers["x-zaguan-document"], "12345678", "it is the session's own person");
        }
    }
}

#[tokio::test]
async fn on_https_every_cookie_is_bound_to_the_host_and_one_without_the_prefix_counts_nothing() {
    let portal = TestPortal::with_public_url("https://portal.example").await;
    let ana = signed_in(&portal).await;
    let session = ana.cookie("zaguan-sesion").expect("a session").to_owned();
    gives_nothing(&portal, &format!("zaguan-sesion={session}")).await;
    gives_nothing(&portal, &format!("__Secure-zaguan-sesion={session}")).await;
    let mut ana = portal.client();
    let mut given = Vec::new();
    let mut note = |page: &zaguan_testing::ReceivedPage| {
        given.extend(
            page.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text").to_owned()),
        );
    };
    note(&ana.ask(Method::GET, "/ingreso", None).await);
    note(&ana.post("/ingreso", &[("usuario", "12345678"), ("clave", GOOD_PASSWORD)]).await);
    note(&ana.post("/salir", &[("", ""); 0]).await);
    note(&ana.post("/registro", &ana_but("email", "otra@gmail.com")).await);
    assert!(given.len() >= 4, "{given:?}");
    for cookie in given {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite="] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
    }
}
