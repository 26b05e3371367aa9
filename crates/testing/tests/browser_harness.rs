//! The browser harness does what it says: it acts like a person, and sees what it must see.
#![cfg(test)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use zaguan_testing::browser::{Browser, Settings};

const SOON: Duration = Duration::from_secs(20);

const FORM: &str = r#"<!doctype html><html lang="es"><head><title>Registro</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>body { font: 1.125rem sans-serif; color: #111; background: #fff } button, a { padding: 12px }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } a { color: #8cf } }</style></head>
<body><main><h1 id="principio">Registro</h1><form method="post" action="/registro">
<p><label>Documento <input name="documento"></label></p>
<p><label>Ramo <select name="ramo"><option value="">Elija</option>
<option value="automotores">Auto, camioneta o camión</option></select></label></p>
<fieldset><legend>Tipo</legend><label><input type="radio" name="tipo" value="dni"> DNI</label>
<label><input type="radio" name="tipo" value="cuit"> CUIT</label></fieldset>
<p><button>Guardar</button></p></form><p><a href="/ayuda">Ayuda para entrar</a></p>
<p><a href=#principio>Al principio</a></p><p id="script">Sin JavaScript</p></main>
<script>document.getElementById('script').textContent = 'Con JavaScript'</script></body></html>"#;

/// A page server of the test's own; it stops when dropped.
struct Pages {
    origin: String,
    /// The form that was sent last.
    sent: Arc<Mutex<String>>,
    _serving: JoinSet<()>,
}

impl Pages {
    async fn serve() -> Self {
        let page = |body: &'static str| get(move || async move { Html(body) });
        let sent = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&sent);
        let keep = async move |form: String| {
            *kept.lock().unwrap() = form;
            Redirect::to("/gracias")
        };
        let router = Router::new()
            .route("/registro", page(FORM).post(keep))
            .route("/gracias", page("<link rel=icon href='data:,'><title>Gracias</title><p>Gracias</p>"))
            .route("/ayuda", page("<title>Ayuda</title><p>Ayuda</p>"))
            .route("/barreras", page(BARRIERS))
            .route(
                "/ancha",
                page("<meta name=viewport content='width=device-width'><p style='width:2000px'>Ancha"),
            )
            .route("/ajena", page("<link rel=icon href='data:,'><img src='http://ajena.example/pixel.png'><img src='/propia.png'>Ajena"))
            .route("/espera", page("<meta http-equiv=refresh content='1;url=/gracias'>Espere"))
            .route("/larga", page("<body style='margin:0'><div style='height:3000px;background:#080'></div>"))
            .route("/sin-foco", page("<style>*{outline:none}</style><a href='/ayuda'>Ayuda para entrar</a>"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, sent, _serving: serving }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

const BARRIERS: &str = r#"<!doctype html><html lang="es"><title>Barreras</title><main><h1>Barreras</h1>
<input name="documento"><p style="color:#ccc;background:#fff">Casi no se lee</p>
<p><a href="/a" style="font-size:8px">a</a> <a href="/b" style="font-size:8px">b</a></p></main>"#;

async fn opened(settings: Settings, path: &str) -> (Pages, Browser) {
    let pages = Pages::serve().await;
    let browser = Browser::open(settings).await;
    browser.goto(&pages.at(path)).await;
    (pages, browser)
}

#[tokio::test]
async fn a_person_fills_a_form_presses_and_follows() {
    let (pages, browser) = opened(Settings::phone(), "/registro").await;
    browser.fill("documento", "1").await;
    browser.fill("documento", "12345678").await;
    browser.fill("ramo", "Auto, camioneta o camión").await;
    browser.fill("tipo", "CUIT").await;
    assert_eq!(browser.field("documento").await, "12345678");
    assert_eq!(browser.field("ramo").await, "automotores");
    browser.press("Guardar").await;
    assert_eq!(browser.url().await, pages.at("/gracias"));
    assert_eq!(*pages.sent.lock().unwrap(), "documento=12345678&ramo=automotores&tipo=cuit");
    browser.back().await;
    browser.follow("Al principio").await;
    assert_eq!(browser.url().await, pages.at("/registro#principio"));
    browser.follow("Ayuda para entrar").await;
    assert_eq!(browser.text().await, "Ayuda");
}

#[tokio::test]
async fn javascript_is_on_or_really_off() {
    let (_pages, on) = opened(Settings::phone(), "/registro").await;
    assert!(on.text().await.contains("Con JavaScript"));

    let (pages, off) = opened(Settings::phone().without_javascript(), "/registro").await;
    assert!(off.text().await.contains("Sin JavaScript"));
    off.fill("documento", "12345678").await;
    off.fill("ramo", "automotores").await;
    off.press("Guardar").await;
    assert_eq!(off.url().await, pages.at("/gracias"));
}

#[tokio::test]
async fn the_window_the_colours_and_the_text_are_as_set() {
    let measure = "return [document.documentElement.clientWidth, devicePixelRatio, matchMedia('(prefers-color-scheme: dark)').matches,
        getComputedStyle(document.documentElement).fontSize]";
    for (settings, expected) in [
        (Settings::phone(), r#"[360,2,false,"16px"]"#),
        (Settings::desktop().dark(), r#"[1280,1,true,"16px"]"#),
        (Settings::phone().width(320).text_percent(200).without_javascript(), r#"[320,2,false,"32px"]"#),
    ] {
        let (pages, browser) = opened(settings, "/registro").await;
        browser.goto(&pages.at("/registro")).await;
        let measured = browser.driver().execute(measure, vec![]).await.unwrap();
        assert_eq!(measured.json().to_string(), expected, "{settings:?}");
    }
}

#[tokio::test]
async fn axe_finds_the_barriers_that_are_there_and_none_that_are_not() {
    let (pages, browser) = opened(Settings::phone(), "/barreras").await;
    let rules: Vec<_> = browser.axe().await.into_iter().map(|violation| violation.rule).collect();
    for rule in ["label", "color-contrast", "target-size"] {
        assert!(rules.iter().any(|found| found == rule), "{rule} is not among {rules:?}");
    }
    browser.goto(&pages.at("/registro")).await;
    let found: Vec<_> = browser.axe().await.iter().map(ToString::to_string).collect();
    assert_eq!(found, [""; 0]);
}

#[tokio::test]
async fn a_request_to_another_origin_is_seen_and_goes_nowhere() {
    let (pages, browser) = opened(Settings::desktop(), "/ajena").await;
    let requests = browser.requests().await;
    let page = requests.iter().find(|request| request.url == pages.at("/ajena")).unwrap();
    assert_eq!((page.method.as_str(), page.status), ("GET", Some(200)));
    assert!(page.bytes > 60 && page.bytes < 1000, "{page:?}");
    let own = requests.iter().find(|request| request.url == pages.at("/propia.png")).unwrap();
    assert_eq!(own.status, Some(404));
    let foreign = requests.iter().find(|request| request.url == "http://ajena.example/pixel.png").unwrap();
    assert_eq!((foreign.status, foreign.bytes), (None, 0));
    assert!(
        requests.iter().all(|request| request.url.starts_with(&pages.origin) || request == foreign),
        "{requests:?}"
    );
    let later = browser.requests().await;
    // Chromium may ask for an icon in its own time.
    assert!(later.iter().all(|request| request.url.ends_with("/favicon.ico")), "only what is new: {later:?}");
}

#[tokio::test]
async fn a_form_and_its_redirect_are_two_requests() {
    let (pages, browser) = opened(Settings::desktop(), "/registro").await;
    browser.requests().await;
    browser.press("Guardar").await;
    let seen: Vec<_> =
        browser.requests().await.into_iter().map(|one| (one.method, one.url, one.status)).collect();
    let post = ("POST".to_owned(), pages.at("/registro"), Some(303));
    let get = ("GET".to_owned(), pages.at("/gracias"), Some(200));
    assert_eq!(seen, [post, get]);
}

#[tokio::test]
async fn the_keyboard_alone_gets_through_a_form() {
    let (pages, browser) = opened(Settings::desktop().without_javascript(), "/registro").await;
    browser.tab_to("documento").await;
    browser.type_keys("12345678").await;
    browser.tab_to("Guardar").await;
    assert_eq!(browser.field("documento").await, "12345678");
    browser.enter().await;
    assert_eq!(browser.url().await, pages.at("/gracias"));
}

#[tokio::test]
#[should_panic(expected = "has the keyboard and does not show it")]
async fn a_focus_that_cannot_be_seen_fails_the_test() {
    let (_pages, browser) = opened(Settings::desktop(), "/sin-foco").await;
    browser.tab_to("Ayuda para entrar").await;
}

#[tokio::test]
#[should_panic(expected = "no such element")]
async fn a_button_that_is_not_there_fails_the_test() {
    let (_pages, browser) = opened(Settings::phone(), "/registro").await;
    browser.press("Continuar").await;
}

#[tokio::test]
async fn a_page_that_scrolls_sideways_tells_what_sticks_out() {
    let (pages, browser) = opened(Settings::phone(), "/ancha").await;
    let found = browser.horizontal_scroll().await;
    assert!(found.iter().any(|element| element.contains("width:2000px")), "{found:?}");
    browser.goto(&pages.at("/registro")).await;
    assert_eq!(browser.horizontal_scroll().await, [""; 0]);
}

#[tokio::test]
async fn a_page_that_reloads_itself_is_waited_for() {
    let (_pages, browser) = opened(Settings::phone().without_javascript(), "/espera").await;
    browser.wait_for_text("Gracias", SOON).await;
}

#[tokio::test]
async fn a_picture_shows_the_whole_page() {
    let (_pages, browser) = opened(Settings::phone(), "/larga").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/larga.png");
    browser.screenshot(&path).await;
    let picture = std::fs::read(path).unwrap();
    assert_eq!(&picture[1..4], b"PNG");
    let height = u32::from_be_bytes(picture[20..24].try_into().unwrap());
    assert_eq!(height, 6000, "3000 CSS pixels at two for one");
}
