//! What no form expects: never an error page for a person's slip, never a 500, and nothing typed is lost but the password.

use crate::people::*;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request, StatusCode};
use zaguan_testing::{Client, TestPortal};

/// The forms of the portal, with a good value for each field.
const FORMS: [(&str, &[(&str, &str)]); 7] = [
    ("/registro", &ANA),
    ("/registro/clave", &[("documento", "12345678"), ("clave_transitoria", "0000-0000")]),
    ("/registro/corregir", &[("email", ANAS_EMAIL)]),
    ("/clave-definitiva", &[("clave", GOOD_PASSWORD)]),
    ("/ingreso", &[("usuario", "12345678"), ("clave", GOOD_PASSWORD)]),
    ("/recuperar", &[("usuario", "12345678")]),
    ("/recuperar/clave", &[("documento", "12345678"), ("clave_transitoria", "0000-0000")]),
];

/// A text as a page can hold it: HTML has no NUL, and one kind of line end.
fn in_html(text: &str) -> String {
    text.replace('\0', "\u{fffd}").replace("\r\n", "\n").replace('\r', "\n")
}

fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\0",
        "12\u{0}345678",
        "\u{202e}87654321",
        "🦙🦙🦙",
        "١٢٣٤٥٦٧٨",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'; DROP TABLE accounts; --",
        "{{ 7*7 }}",
        "%00",
        "\r\nBcc: x@x.com",
        "\u{1b}[31m",
        "../../etc/passwd",
        "a@b.com,c@d.com",
        "ana@gmail.com\nBcc: eva@gmail.com",
        "-1",
        "1e9",
        "NaN",
        "99999999999999999999",
        "\u{fffd}",
        "ﬁ",
        "İ",
        "\u{0}\u{1}\u{2}\u{7f}",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("9".repeat(10_000));
    texts.push("ñ".repeat(2_000));
    texts
}

/// A browser that has begun a registration and so may post every form.
async fn begun(portal: &TestPortal) -> Client {
    let mut client = portal.client();
    register(&mut client, &ANA).await;
    portal.deliver().await;
    client
}

#[tokio::test]
async fn every_field_takes_anything_and_answers_in_words() {
    let portal = TestPortal::new().await;
    let begun = begun(&portal).await;
    for (path, fields) in FORMS {
        for (name, _) in fields {
            for text in hostile_texts() {
                let otherwise = |(field, good): &(&str, &str)| {
                    ((*field).to_owned(), if field == name { text.clone() } else { (*good).to_owned() })
                };
                let sent: Vec<(String, String)> = fields.iter().map(otherwise).collect();
                let page = begun.clone().post(path, &sent).await;
                let what = format!("{path} {name}={text:.30?}");
                assert!(matches!(page.status.as_u16(), 422 | 303), "{what}: {}", page.status);
                if page.status == StatusCode::UNPROCESSABLE_ENTITY && path == "/registro" {
                    // A list of choices cannot show what is none of them.
                    for (field, value) in sent.iter().filter(|(field, _)| field != "ramo") {
                        assert_eq!(in_html(&page.value(field)), in_html(value), "{what} keeps {field}");
                    }
                }
                assert!(!page.body.contains("<script>alert"), "{what}");
                assert!(!page.body.contains("<img src=x"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn fields_that_come_twice_or_as_arrays_are_refused_in_words() {
    let portal = TestPortal::new().await;
    let begun = begun(&portal).await;
    for (path, fields) in FORMS {
        for (name, value) in fields {
            let mut twice = fields.to_vec();
            twice.push((name, value));
            let page = begun.clone().post(path, &twice).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {name} twice");
            let as_array: Vec<(String, &str)> = fields
                .iter()
                .map(|(field, value)| {
                    (if field == name { format!("{field}[]") } else { (*field).to_owned() }, *value)
                })
                .collect();
            let page = portal.client().post(path, &as_array).await;
            assert!(matches!(page.status.as_u16(), 422 | 303), "{path} {name}[]: {}", page.status);
        }
    }
}

#[tokio::test]
async fn a_form_that_lacks_every_field_names_each_of_them() {
    let portal = TestPortal::new().await;
    let page = portal.client().post("/registro", &[("", ""); 0]).await;
    let fields: Vec<String> = page.errors().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["documento", "ramo", "poliza", "email"], "{}", page.words());
    assert!(page.title().starts_with("Error"), "{}", page.title());
}

#[tokio::test]
async fn what_is_not_a_form_is_told_so() {
    let portal = TestPortal::new().await;
    for (path, _) in FORMS {
        for content_type in ["application/json", "multipart/form-data; boundary=x", "text/plain", ""] {
            let request =
                Request::builder().method(Method::POST).uri(path).header(CONTENT_TYPE, content_type);
            let page = portal.client().send(request, "{\"documento\": [1, 2]}").await;
            assert_eq!(page.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {content_type}");
            assert_eq!(page.texts("h1").len(), 1, "in the portal's look");
        }
    }
}

#[tokio::test]
async fn a_body_over_sixteen_kibibytes_is_too_large_announced_or_not() {
    let portal = TestPortal::new().await;
    for (path, _) in FORMS {
        for announced in [true, false] {
            let body = format!("documento={}", "1".repeat(16 * 1024));
            let mut request = Request::builder().method(Method::POST).uri(path);
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            if announced {
                request = request.header("content-length", body.len());
            }
            let page = portal.client().send(request, body).await;
            assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}, announced: {announced}");
            assert_eq!(page.texts("h1").len(), 1);
        }
    }
}

#[tokio::test]
async fn broken_encodings_are_read_as_well_as_they_can_be() {
    let portal = TestPortal::new().await;
    for body in ["documento=%", "documento=%zz&ramo", "documento=%ff%fe&&&", "=&=&=", "documento", "%00=%00"]
    {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/registro")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
        let page = portal.client().send(request, body).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
}

#[tokio::test]
async fn cookies_that_are_cut_doubled_or_huge_are_no_cookies() {
    let portal = TestPortal::new().await;
    let good = registered_ana(&portal).await;
    for value in ["", "x", "AAAA", &"A".repeat(43), &"A".repeat(8_000), "\"", "%00", "clave-elegida.<script>"]
    {
        for name in ["zaguan-navegador", "zaguan-paso", "zaguan-sesion", "zaguan-aviso"] {
            let mut client = good.clone();
            client.set_cookie(name, value);
            for path in
                ["/", "/registro", "/registro/clave", "/clave-definitiva", "/ingreso", "/inicio", "/sesion"]
            {
                let page = client.ask(Method::GET, path, None).await;
                assert!(page.status.as_u16() < 500, "{name}={value:.20} {path}: {}", page.status);
                assert!(!page.body.contains("<script>"));
            }
        }
    }
}

#[tokio::test]
async fn links_that_are_cut_or_made_up_say_what_to_do() {
    let portal = TestPortal::new().await;
    let mut ana = begun(&portal).await;
    let link = portal.last_letter_to(ANAS_EMAIL).link_path();
    let last = if link.ends_with('A') { 'B' } else { 'A' };
    let changed = format!("{}{last}", &link[..link.len() - 1]);
    for path in [
        &link[..link.len() - 5],
        &changed,
        "/enlace/x",
        "/enlace/%00",
        &format!("/enlace/{}", "A".repeat(64)),
    ] {
        let page = ana.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            page.links().iter().any(|to| to.starts_with("/registro") || to.starts_with("/recuperar")),
            "{}",
            page.words()
        );
        let page = ana.post(path, &[("", ""); 0]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
}
