//! `zaguan serve`: starts, answers operators, logs without secrets, and stops in order.

use crate::support::{Answer, BOOK, Place, Running, answer, get, head, pause, post};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};
use zaguan_testing::scripted_mail_server::{Act, ScriptedMailServer, Stage};

const NOBODY: &str = "smtp.url = \"smtp://127.0.0.1:9?tls=none\"";
const SOON: Duration = Duration::from_secs(10);

/// A portal with a book, started; its address and the operators'.
pub(crate) fn serve(place: &Place) -> (Running, SocketAddr, SocketAddr) {
    place.write("padron.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    let running = place.start(&["serve"], 1);
    let addresses = running.addresses();
    assert_eq!(addresses.len(), 2, "{}", running.printed());
    (running, addresses[0], addresses[1])
}

pub(crate) fn to_mail_server(server: &ScriptedMailServer, more: &str) -> String {
    format!("smtp.url = \"smtp://127.0.0.1:{}?tls=none\"\n{more}", server.port())
}

/// The headers of a form.
fn form_headers() -> [String; 2] {
    ["Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin"].map(str::to_owned)
}

/// Registers the holder of the book's only policy, and gives the cookies of the browser.
pub(crate) fn register(portal: SocketAddr, email: &str) -> Vec<String> {
    let cookies = get(portal, "/registro").cookies();
    let form = format!("documento=12345678&ramo=automotores&poliza=1234&email={email}");
    let answer = post(portal, "/registro", &cookies, &form);
    assert_eq!(answer.status, 303, "{}", answer.body);
    if answer.cookies().is_empty() { cookies } else { answer.cookies() }
}

#[test]
fn operators_are_answered_on_their_own_listener_and_nowhere_else() {
    let place = Place::with_configuration(NOBODY);
    let (running, portal, ops) = serve(&place);
    assert_eq!(get(portal, "/enlace/canario").status, 200);
    for (path, told) in [
        ("/healthz", "ok"),
        ("/readyz", "ready"),
        ("/metrics", "zaguan_requests_total{method=\"GET\",route=\"/enlace/{token}\",status=\"200\"} 1"),
        ("/metrics", "zaguan_letters_waiting 0"),
    ] {
        let answer = get(ops, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.body.contains(told), "{path}: {told} in {}", answer.body);
        assert_eq!(get(portal, path).status, 404, "{path} on the portal's listener");
    }
    assert_eq!(get(ops, "/ingreso").status, 404);
    drop(running);
}

#[test]
fn what_waits_is_measured() {
    let place = Place::with_configuration(NOBODY);
    let (_running, portal, ops) = serve(&place);
    register(portal, "ana@example.com");
    let started = Instant::now();
    loop {
        let metrics = get(ops, "/metrics").body;
        if metrics.contains("zaguan_letters_waiting 1")
            && metrics.contains("zaguan_letters_total{kind=\"registration-key\",outcome=\"deferred\"} 1")
        {
            break;
        }
        assert!(started.elapsed() < SOON, "{metrics}");
        pause();
    }
}

#[test]
fn a_request_in_flight_is_answered_before_the_process_ends() {
    let place = Place::with_configuration(NOBODY);
    let (running, portal, _) = serve(&place);
    let form = "usuario=12345678&clave=algo";
    let mut stream = TcpStream::connect(portal).expect("connected");
    stream.write_all(head(portal, "POST /ingreso", &form_headers(), form.len()).as_bytes()).expect("sent");
    stream.write_all(&form.as_bytes()[..5]).expect("sent");
    // Another request that was answered proves that the first one has been taken up.
    assert_eq!(get(portal, "/ingreso").status, 200);
    running.signal("TERM");
    running.wait_for("word of stopping", |running| running.logged().contains("stopping"));
    let refused_since = Instant::now();
    while TcpStream::connect(portal).is_ok() {
        assert!(refused_since.elapsed() < SOON, "new requests are still taken");
        pause();
    }
    stream.write_all(&form.as_bytes()[5..]).expect("sent");
    let answer: Answer = answer(&mut stream);
    assert_eq!(answer.status, 422, "{}", answer.head);
    let (status, _, log) = running.end();
    assert!(status.success(), "{status}: {log}");
    assert!(log.contains("stopped"), "{log}");
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    let place = Place::with_configuration(NOBODY);
    let (running, portal, _) = serve(&place);
    let mut stream = TcpStream::connect(portal).expect("connected");
    stream.write_all(head(portal, "POST /ingreso", &form_headers(), 100).as_bytes()).expect("sent");
    assert_eq!(get(portal, "/ingreso").status, 200);
    running.signal("INT");
    running.wait_for("word of stopping", |running| running.logged().contains("stopping"));
    let asked = Instant::now();
    running.signal("INT");
    let (status, _, log) = running.end();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(asked.elapsed() < Duration::from_secs(5), "{log}");
}

#[test]
fn a_request_that_never_ends_holds_the_process_ten_seconds_and_no_longer() {
    let place = Place::with_configuration(NOBODY);
    let (running, portal, _) = serve(&place);
    let mut stream = TcpStream::connect(portal).expect("connected");
    stream.write_all(head(portal, "POST /ingreso", &form_headers(), 100).as_bytes()).expect("sent");
    assert_eq!(get(portal, "/ingreso").status, 200);
    let asked = Instant::now();
    running.signal("TERM");
    let (status, _, log) = running.end();
    assert!(status.success(), "{status}: {log}");
    assert!((9..20).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_in_hand_is_finished_before_the_process_ends() {
    let server = ScriptedMailServer::start().await;
    server.always(Stage::AfterFinalDot, Act::Delay(Duration::from_millis(700)));
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, _) = serve(&place);
    register(portal, "ana@example.com");
    server.wait_until_reached(Stage::AfterFinalDot, 1, SOON).await;
    running.signal("TERM");
    let (status, _, log) = running.end();
    assert!(status.success(), "{status}: {log}");
    let letters: serde_json::Value =
        serde_json::from_str(&place.run(&["letters", "list", "--json"]).out).expect("JSON");
    assert_eq!(letters[0]["state"], "accepted", "{letters}");
    assert_eq!(letters[0]["to"], "a•••a@e•••.com", "addresses are masked");
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_letter_is_sent_again_when_an_operator_says_so() {
    let server = ScriptedMailServer::start().await;
    server.once(Stage::RcptTo, Act::reply(550, "5.1.1 no such user"));
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, _) = serve(&place);
    register(portal, "ana@example.com");
    running.wait_for("refusal", |running| running.logged().contains("a letter was refused"));
    let list = || place.run(&["letters", "list"]).out;
    assert!(list().contains("refused") && list().contains("550 5.1.1 no such user"), "{}", list());
    let done = place.run(&["letters", "retry"]);
    assert!(done.out.starts_with("1 letters will be tried again"), "{}", done.out);
    server.wait_for_accepted(1, SOON).await;
}

#[test]
fn a_new_book_is_in_use_at_once_in_a_portal_that_runs() {
    let place = Place::with_configuration(NOBODY);
    let (_running, portal, _) = serve(&place);
    let cookies = get(portal, "/registro").cookies();
    let status = || {
        post(portal, "/registro", &cookies, "documento=23456789&ramo=rc&poliza=77&email=ana%40example.com")
            .status
    };
    assert_eq!(status(), 422);
    place.write("new.csv", "documento,ramo,poliza\n23456789,rc,77\n");
    assert_eq!(place.run(&["policies", "import", "new.csv", "--accept-shrink"]).status, 0);
    assert_eq!(status(), 303);
}

#[test]
fn the_secret_is_made_once_and_refused_when_open_to_others() {
    let place = Place::with_configuration(NOBODY);
    let (running, _, _) = serve(&place);
    running.signal("TERM");
    running.end();
    let secret = fs::read(place.path("zaguan.secret")).expect("made");
    let again = place.start(&["serve"], 1);
    again.signal("TERM");
    again.end();
    assert_eq!(fs::read(place.path("zaguan.secret")).expect("there"), secret);
    fs::set_permissions(place.path("zaguan.secret"), Permissions::from_mode(0o644)).expect("set");
    let done = place.run(&["serve"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("chmod 600 "), "{}", done.err);
}

#[test]
fn a_lost_secret_is_not_made_anew_for_a_database_that_was_used() {
    let place = Place::with_configuration(NOBODY);
    let (running, portal, _) = serve(&place);
    register(portal, "ana@example.com");
    running.wait_for("a letter", |running| running.logged().contains("a letter was not taken yet"));
    drop(running);
    fs::remove_file(place.path("zaguan.secret")).expect("lost");
    let done = place.run(&["serve"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("put the copy from your backup in its place"), "{}", done.err);
    assert!(!place.path("zaguan.secret").exists());
}

#[test]
fn a_port_that_is_taken_is_told_with_its_key() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = taken.local_addr().expect("an address");
    let place = Place::with_configuration(NOBODY);
    let output = place.command(&["serve"]).env("ZAGUAN__SERVER__LISTEN", address.to_string()).output();
    let err = String::from_utf8(output.expect("it runs").stderr).expect("UTF-8");
    assert!(err.contains(&format!("cannot listen on {address}")) && err.contains("server.listen"), "{err}");
}
