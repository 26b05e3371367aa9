//! A panic is told by its place: what it said, which may be what somebody typed, is found nowhere.
#![cfg(test)]

use axum::http::StatusCode;
use std::process::Command;
use std::sync::Arc;
use zaguan::logs::{self, Format, Level};
use zaguan::mail::outgoing::Outgoing;
use zaguan::mail::{Sending, Transport};
use zaguan_testing::TestPortal;

/// A way for letters whose code is wrong, and says so with the whole letter.
#[derive(Debug)]
struct Broken;

impl Transport for Broken {
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a> {
        let whole = letter.written.text.clone();
        Box::pin(async move { panic!("canario {whole}") })
    }
}

#[test]
fn what_a_panic_said_is_neither_in_the_log_nor_on_a_page() {
    let this = std::env::current_exe().expect("this test's own program");
    let mut command = Command::new(this);
    command.args(["--exact", "the_portal_panics", "--ignored", "--nocapture"]);
    let output = command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1").output().expect("it runs");
    let (out, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out} {log}");
    for (name, text) in [("page", &out), ("log", &log)] {
        assert!(!text.contains("canario") && !text.contains("/enlace/"), "{name}: {text}");
    }
    let told: Vec<&str> =
        log.lines().filter(|line| line.contains("a panic: a mistake of the program")).collect();
    assert_eq!(told.len(), 2, "one at the door, one at the post: {log}");
    assert!(told[0].contains("world.rs:") && told[1].contains("panics.rs:"), "{told:?}");
    let number = out.split("incident ").nth(1).and_then(|rest| rest.get(..8)).expect("an incident number");
    assert!(log.contains(number), "{number}: {log}");
}

#[tokio::test]
#[ignore = "the test above runs it in a process of its own"]
async fn the_portal_panics() {
    logs::start(Format::Json, Level::TRACE);
    let mut portal = TestPortal::new().await;
    let mut ana = portal.client();
    let form = [
        ("documento", "12345678"),
        ("ramo", "automotores"),
        ("poliza", "1234567"),
        ("email", "ana.canario@gmail.com"),
    ];
    ana.set_cookie("zaguan-sesion", "canario-en-la-sesion");
    portal.world().panic_once("canario: byte index 5 is not a char boundary of `canario`");
    let page = ana.post("/ingreso", &[("usuario", "12345678"), ("clave", "canario en la clave")]).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    let shown = page.texts("main").join(" ");
    let is_number = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number =
        shown.split(|c: char| !c.is_ascii_alphanumeric()).find(is_number).expect("an incident number");
    println!("{}\nincident {number}", page.body);
    assert_eq!(ana.post("/registro", &form).await.status, StatusCode::SEE_OTHER);
    portal.send_by(Arc::new(Broken));
    portal.deliver().await;
}
