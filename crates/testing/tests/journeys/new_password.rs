//! Where a password is chosen: the one page with a script, and what its policy allows.

use crate::people::*;
use axum::http::StatusCode;
use zaguan_testing::{ReceivedPage, TestPortal};
use zaguan_web::{Access, ROUTES};

fn policy(page: &ReceivedPage) -> &str {
    page.headers["content-security-policy"].to_str().unwrap()
}

fn scripts(page: &ReceivedPage) -> usize {
    page.body.matches("<script").count()
}

#[tokio::test]
async fn only_the_page_that_loads_our_script_lets_scripts_run_and_only_ours() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    let page = type_key(&mut ana, "/registro/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    let weak = set_password(&mut ana, "12345678").await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    for page in [page, weak] {
        assert_eq!((page.path.as_str(), scripts(&page)), ("/clave-definitiva", 1));
        assert!(policy(&page).contains("script-src 'self';"), "{}", policy(&page));
        assert!(!policy(&page).contains("unsafe"), "{}", policy(&page));
    }
    for route in ROUTES.iter().filter(|route| route.access == Access::Public && route.method == "GET") {
        let page = portal.client().get(route.path).await;
        assert_eq!(scripts(&page), 0, "{}", route.path);
        assert!(!policy(&page).contains("script-src"), "{}: {}", route.path, policy(&page));
    }
}

#[tokio::test]
async fn the_script_is_served_under_the_name_that_the_page_gives_it_and_may_be_kept() {
    let portal = TestPortal::new().await;
    let mut ana = portal.client();
    register(&mut ana, &ANA).await;
    portal.deliver().await;
    let page = type_key(&mut ana, "/registro/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
    let path = page.body.split("<script src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let script = portal.client().get(path).await;
    assert_eq!(script.status, StatusCode::OK);
    assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(script.headers["cache-control"], "public, max-age=31536000, immutable");
    assert!(script.body.contains("addEventListener"), "{}", script.body);
}
