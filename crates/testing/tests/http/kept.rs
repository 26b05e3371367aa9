//! Pages and files that are the same for everybody: compressed as the browser takes it, and not sent again to who has
//! them. What is of one person is never kept.

use crate::people::*;
use axum::http::{HeaderMap, Method, Request, Response};
use zaguan_testing::{Client, TestPortal};

/// The pages that browsers may keep, as long as they ask each time.
const PUBLIC: [&str; 4] = ["/", "/guia", "/ayuda", "/privacidad"];

async fn ask(client: &Client, path: &str, headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let mut request = Request::builder().method(Method::GET).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.clone().send_for_bytes(request, "").await
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// The paths of the files that a page names.
async fn files(client: &Client) -> Vec<String> {
    let page = client.clone().get("/").await;
    let parts = page.body.split("href=\"").filter_map(|part| part.split('"').next());
    let is_file = |path: &&str| ["/estilo-", "/icono-"].iter().any(|name| path.starts_with(name));
    parts.filter(is_file).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_the_same_for_all_leaves_in_the_best_coding_that_is_taken() {
    let portal = TestPortal::new().await;
    let client = portal.client();
    let mut paths = files(&client).await;
    assert_eq!(paths.len(), 2, "the style and the icon");
    paths.extend(
        PUBLIC.iter().chain(&["/registro", "/ingreso", "/recuperar", "/nada"]).map(|path| (*path).to_owned()),
    );
    for path in paths {
        let plain = ask(&client, &path, &[]).await;
        assert_eq!(header(plain.headers(), "content-encoding"), "", "{path}");
        let mut sizes = vec![plain.body().len()];
        for (taken, coding) in [("gzip", "gzip"), ("gzip, deflate, br", "br")] {
            let coded = ask(&client, &path, &[("accept-encoding", taken)]).await;
            assert_eq!(header(coded.headers(), "content-encoding"), coding, "{path}");
            assert_eq!(header(coded.headers(), "content-length"), coded.body().len().to_string(), "{path}");
            sizes.push(coded.body().len());
            let head = Request::builder().method(Method::HEAD).uri(&path).header("accept-encoding", taken);
            let head = client.clone().send_for_bytes(head, "").await;
            assert!(head.body().is_empty(), "{path}");
            assert_eq!(head.headers()["content-length"], coded.headers()["content-length"], "{path}");
        }
        assert_eq!(header(plain.headers(), "vary"), "accept-encoding", "{path}");
        assert!(sizes.is_sorted_by(|one, next| one > next), "{path}: {sizes:?}");
    }
}

#[tokio::test]
async fn who_has_a_page_or_a_file_is_not_sent_it_again() {
    let portal = TestPortal::new().await;
    let client = portal.client();
    let mut paths = files(&client).await;
    paths.extend(PUBLIC.map(str::to_owned));
    for path in paths {
        let taken = ("accept-encoding", "br");
        let first = ask(&client, &path, &[taken]).await;
        let tag = header(first.headers(), "etag").to_owned();
        assert!(tag.starts_with('"') && !first.headers().contains_key("set-cookie"), "{path}: {tag}");
        let again = ask(&client, &path, &[taken, ("if-none-match", &tag)]).await;
        assert_eq!((again.status().as_u16(), again.body().len()), (304, 0), "{path}");
        assert_eq!(header(again.headers(), "etag"), tag, "{path}");
        for name in ["cache-control", "vary", "content-security-policy"] {
            assert_eq!(again.headers().get(name), first.headers().get(name), "{path}: {name}");
        }
        for other in ["\"another\"".to_owned(), tag.replace("-br", "")] {
            let changed = ask(&client, &path, &[taken, ("if-none-match", &other)]).await;
            assert_eq!(changed.status(), 200, "{path}: {other}");
            assert_eq!(changed.body(), first.body(), "{path}");
        }
    }
}

#[tokio::test]
async fn what_names_a_browser_or_is_of_one_person_may_be_kept_by_nobody() {
    let portal = TestPortal::new().await;
    let ana = signed_in_ana(&portal).await;
    for path in
        ["/registro", "/ingreso", "/recuperar", "/inicio", "/cuenta", "/cuenta/sesiones", "/sesion", "/nada"]
    {
        let page = ask(&ana, path, &[("if-none-match", "*"), ("accept-encoding", "gzip, br")]).await;
        assert_ne!(page.status(), 304, "{path}");
        assert_eq!(header(page.headers(), "cache-control"), "no-store", "{path}");
        assert!(!page.headers().contains_key("etag"), "{path}");
    }
}

#[tokio::test]
async fn a_form_that_is_kept_shows_nothing_of_who_filled_it_in_before() {
    let portal = TestPortal::new().await;
    let before = portal.client().get("/ingreso").await.body;
    let mut ana = signed_in_ana(&portal).await;
    let fields = [("usuario", "12345678"), ("clave", "equivocada")];
    assert!(ana.post("/ingreso", &fields).await.body.contains("12345678"));
    ana.post("/salir", &[("", ""); 0]).await;
    assert_ne!(ana.get("/ingreso").await.body, before, "the notice of having signed out");
    assert_eq!(portal.client().get("/ingreso").await.body, before);
    assert_eq!(ana.get("/ingreso").await.body, before);
}
