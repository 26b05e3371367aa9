//! The table of routes, walked: access, methods, headers, and that looking changes nothing.

use crate::people::*;
use axum::http::{Method, Request, StatusCode};
use zaguan_testing::TestPortal;
use zaguan_web::{Access, ROUTES};

fn concrete(path: &str) -> String {
    path.replace("{token}", &"A".repeat(64))
}

#[tokio::test]
async fn every_route_lets_in_whom_its_access_says_and_nobody_else() {
    let portal = TestPortal::new().await;
    let mut signed_in = registered_ana(&portal).await;
    sign_in(&mut signed_in, "12345678", GOOD_PASSWORD).await;
    for route in ROUTES {
        let path = concrete(route.path);
        let body = (route.method == Method::POST).then(String::new);
        let nobody = portal.client().ask(route.method.clone(), &path, body.clone()).await.status;
        if route.access == Access::Public {
            assert!(!matches!(nobody.as_u16(), 401 | 403 | 404 | 405 | 500), "{route:?}: {nobody}");
            continue;
        }
        let person = signed_in.clone().ask(route.method.clone(), &path, body).await.status;
        match route.access {
            Access::Public => {}
            Access::SignedIn => {
                assert_eq!(nobody, StatusCode::SEE_OTHER, "{route:?}");
                // A page, the way to the page where something was asked for first, or a form that lacks its fields.
                let is_let_in = matches!(person.as_u16(), 200 | 303 | 422);
                assert!(
                    is_let_in && (person != StatusCode::OK || route.method == Method::GET),
                    "{route:?}: {person}"
                );
            }
            Access::ForwardAuth => {
                assert_eq!((nobody, person), (StatusCode::UNAUTHORIZED, StatusCode::OK), "{route:?}");
            }
            Access::Demo => {
                assert_eq!((nobody, person), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{route:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_contract_is_all_there() {
    let contract = [
        "GET /",
        "GET /registro",
        "POST /registro",
        "GET /registro/clave",
        "POST /registro/clave",
        "POST /registro/reenviar",
        "POST /registro/corregir",
        "GET /clave-definitiva",
        "POST /clave-definitiva",
        "GET /ingreso",
        "POST /ingreso",
        "POST /salir",
        "GET /recuperar",
        "POST /recuperar",
        "GET /recuperar/clave",
        "POST /recuperar/clave",
        "GET /enlace/{token}",
        "POST /enlace/{token}",
        "GET /inicio",
        "GET /cuenta",
        "GET /cuenta/clave",
        "POST /cuenta/clave",
        "GET /cuenta/email",
        "POST /cuenta/email",
        "GET /cuenta/sesiones",
        "POST /cuenta/sesiones",
        "GET /cuenta/datos",
        "GET /guia",
        "GET /ayuda",
        "GET /privacidad",
        "GET /sesion",
    ];
    let table: Vec<String> = ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    for route in contract {
        assert!(table.iter().any(|row| row == route), "{route} is missing");
    }
    assert!(ROUTES.iter().all(|route| !route.doc.is_empty()));
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_answered_in_the_portals_look() {
    let portal = TestPortal::new().await;
    for path in ["/nada", "/registro/nada", "/enlace", "/.env", "/%2e%2e/etc", "/registro/", "//"] {
        let page = portal.client().ask(Method::GET, path, None).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.says("Seguros del Zaguán") && page.texts("h1").len() == 1, "{path}");
    }
    for route in ROUTES {
        let path = concrete(route.path);
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let page = portal.client().ask(method.clone(), &path, None).await;
            assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(page.headers.contains_key("allow"), "{method} {path}");
            assert_eq!(page.texts("h1").len(), 1, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_answer_wears_the_headers_that_keep_browsers_safe() {
    let portal = TestPortal::new().await;
    let mut paths: Vec<(Method, String)> =
        ROUTES.iter().map(|route| (route.method.clone(), concrete(route.path))).collect();
    paths.push((Method::GET, "/nada".to_owned()));
    paths.push((Method::DELETE, "/registro".to_owned()));
    for (method, path) in paths {
        let body = (method == Method::POST).then(String::new);
        let page = portal.client().ask(method.clone(), &path, body).await;
        let header = |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"), "{path}");
        let same_for_all = method == Method::GET && ["/", "/guia", "/ayuda", "/privacidad"].contains(&&*path);
        let kept = if same_for_all { "no-cache" } else { "no-store" };
        assert_eq!(header("cache-control").as_deref(), Some(kept), "{path}");
        assert_eq!(header("cross-origin-opener-policy").as_deref(), Some("same-origin"), "{path}");
        assert!(header("permissions-policy").is_some(), "{path}");
    }
}

#[tokio::test]
async fn https_makes_cookies_secure_and_prefixed_and_promises_https() {
    let portal = TestPortal::with_public_url("https://portal.example").await;
    let page = portal.client().get("/registro").await;
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    for part in ["__Host-zaguan-navegador=", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert!(page.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn looking_changes_nothing() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    let key = portal.last_letter_to(ANAS_EMAIL).key();
    type_key(&mut ana, "/registro/clave", &key).await;
    let before = portal.commits();
    for route in ROUTES.iter().filter(|route| route.method == Method::GET) {
        for method in [Method::GET, Method::HEAD] {
            ana.ask(method, &concrete(route.path), None).await;
        }
    }
    assert_eq!(portal.commits(), before);
}

#[tokio::test]
async fn forms_that_another_site_sends_are_refused() {
    let portal = TestPortal::new().await;
    let mut ana = registered_ana(&portal).await;
    sign_in(&mut ana, "12345678", GOOD_PASSWORD).await;
    for route in ROUTES.iter().filter(|route| route.method == Method::POST) {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let request = Request::builder()
                .method(Method::POST)
                .uri(concrete(route.path))
                .header("content-type", "application/x-www-form-urlencoded")
                .header(name, value);
            let page = ana.clone().send(request, "").await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{} with {name}: {value}", route.path);
            assert_eq!(page.texts("h1").len(), 1);
        }
    }
    assert_eq!(ana.get("/inicio").await.path, "/inicio", "still signed in");
}

#[tokio::test]
async fn the_paths_of_the_printed_manual_still_lead_somewhere() {
    let portal = TestPortal::new().await;
    let mut client = portal.client();
    assert_eq!(client.get("/netprod/Account/Login?registroAsegurado=true").await.path, "/registro");
    assert_eq!(client.get("/netprod/Account/Login").await.path, "/ingreso");
}

#[tokio::test]
async fn the_files_of_the_look_may_be_kept_for_ever() {
    let portal = TestPortal::new().await;
    let mut client = portal.client();
    let page = client.get("/").await;
    let style = page.body.split("href=\"").find(|part| part.contains(".css\"")).unwrap();
    let path = style.split('"').next().unwrap().to_owned();
    let sheet = client.get(&path).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.headers["content-type"], "text/css; charset=utf-8");
    assert!(sheet.headers["cache-control"].to_str().unwrap().contains("immutable"));
}

#[tokio::test]
async fn pages_are_compressed_for_browsers_that_take_it() {
    let portal = TestPortal::new().await;
    for (path, coding) in [("/guia", "br"), ("/registro/clave", "gzip")] {
        let request = Request::builder().uri(path).header("accept-encoding", "gzip, br");
        let page = portal.client().send_for_bytes(request, "").await;
        assert_eq!(page.headers()["content-encoding"], coding, "{path}");
        assert!(page.body().len() < 4_000, "{path}: {}", page.body().len());
    }
}

#[tokio::test]
async fn the_help_desk_is_on_every_page_where_somebody_could_be_stuck() {
    let portal = TestPortal::new().await;
    for path in [
        "/registro",
        "/registro/clave",
        "/recuperar",
        "/recuperar/clave",
        "/ingreso",
        "/clave-definitiva",
        "/ayuda",
    ] {
        let page = portal.client().get(path).await;
        assert!(page.says("0800-555-0123") || page.links().iter().any(|to| to == "/ayuda"), "{path}");
    }
}
