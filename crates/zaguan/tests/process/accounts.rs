//! The help desk's commands and the audit trail, beside a portal that runs.

use crate::serving::{register, serve, to_mail_server};
use crate::support::{Place, Running, post, request};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use zaguan_testing::key_in;
use zaguan_testing::scripted_mail_server::ScriptedMailServer;

const SOON: Duration = Duration::from_secs(20);
pub(crate) const PASSWORD: &str = "cuatro+ballenas+violetas+cantan";

/// A portal where Ana of the book has set her password, and her key.
pub(crate) async fn with_ana(server: &ScriptedMailServer, place: &Place) -> (Running, SocketAddr, String) {
    let (running, portal, _) = serve(place);
    let mut cookies = register(portal, "ana.paz%40example.com");
    let text = server.wait_for_accepted(1, SOON).await[0].letter().text.expect("a plain text");
    let key = key_in(&text).expect("a key");
    let answer = post(portal, "/registro/clave", &cookies, &format!("clave_transitoria={key}"));
    cookies.extend(answer.cookies());
    let answer = post(portal, "/clave-definitiva", &cookies, &format!("clave={PASSWORD}"));
    assert_eq!(answer.status, 303, "{}", answer.body);
    server.wait_for_accepted(2, SOON).await;
    (running, portal, key)
}

/// What a command prints as JSON.
fn json(place: &Place, arguments: &[&str]) -> Value {
    let done = place.run(&[arguments, &["--json"]].concat());
    assert_eq!(done.status, 0, "{arguments:?}: {}", done.err);
    serde_json::from_str(&done.out).expect("JSON")
}

/// The events of the trail, the newest last.
fn events(place: &Place, document: &str) -> Vec<String> {
    let shown = json(place, &["audit", "show", document]);
    let records = shown.as_array().expect("records");
    records.iter().map(|record| record["event"].as_str().expect("an event").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_the_accounts_of_a_document_and_the_look_is_recorded() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (_running, portal, _) = with_ana(&server, &place).await;
    let signed_in = post(portal, "/ingreso", &[], &format!("usuario=12345678&clave={PASSWORD}"));
    assert_eq!(signed_in.status, 303);
    let shown = json(&place, &["accounts", "show", "12.345.678"]);
    let account = &shown["accounts"][0];
    assert_eq!(account["sessions"], 1, "{shown}");
    assert_eq!(account["locked_at"], Value::Null);
    assert_eq!(shown["keys"][0]["state"], "used");
    let letters: Vec<_> = shown["letters"].as_array().expect("letters").iter().collect();
    assert!(
        letters.iter().any(|letter| letter["kind"] == "registration-key" && letter["state"] == "accepted")
    );
    let words = place.run(&["accounts", "show", "12345678"]);
    assert!(words.out.starts_with("Document 12345678: one account"), "{}", words.out);
    assert!(words.out.contains("1 open sessions"), "{}", words.out);
    let nobody = place.run(&["accounts", "show", "99999999"]);
    assert!(nobody.out.contains("no account"), "{}", nobody.out);
    let happened = events(&place, "12345678");
    assert_eq!(happened.iter().filter(|event| *event == "data-looked-up").count(), 2, "{happened:?}");
    assert_eq!(events(&place, "99999999"), ["data-looked-up"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_shows_a_password_a_key_or_a_whole_address() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (_running, _, key) = with_ana(&server, &place).await;
    for arguments in [
        &["accounts", "show", "12345678"][..],
        &["accounts", "unlock", "12345678"],
        &["audit", "show", "12345678"],
        &["audit", "show"],
        &["letters", "list"],
        &["policies", "show", "12345678"],
    ] {
        for more in [&[][..], &["--json"]] {
            let done = place.run(&[arguments, more].concat());
            assert_eq!(done.status, 0, "{arguments:?}: {}", done.err);
            let told = format!("{}{}", done.out, done.err).to_lowercase();
            for secret in [key.as_str(), &key.replace('-', ""), "ballenas", "ana.paz@", "argon2", "$v=19"] {
                assert!(!told.contains(&secret.to_lowercase()), "{arguments:?} shows {secret}: {told}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tried_too_often_is_let_try_again_by_an_operator_and_it_is_recorded() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (_running, portal, _) = with_ana(&server, &place).await;
    let sign_in =
        |password: &str| post(portal, "/ingreso", &[], &format!("usuario=12345678&clave={password}")).status;
    for _ in 0..10 {
        assert_eq!(sign_in("otra+cosa"), 422);
    }
    assert_eq!(sign_in(PASSWORD), 429);
    let shown = json(&place, &["accounts", "show", "12345678"]);
    let limits = shown["limits"].as_array().expect("limits");
    assert!(
        limits.iter().any(|limit| limit["limit"] == "sign_in_document" && limit["waits_until"].is_string())
    );
    let done = place.run(&["accounts", "unlock", "12345678"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("may try again at once"), "{}", done.out);
    assert_eq!(events(&place, "12345678").last().map(String::as_str), Some("account-unlocked"));
    assert_eq!(sign_in(PASSWORD), 303);
    let wrong = place.run(&["accounts", "unlock", "Ana"]);
    assert_eq!(wrong.status, 1);
    assert!(wrong.err.contains("is no document"), "{}", wrong.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_lets_a_waiting_key_go_at_once_and_it_is_recorded() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (_running, portal, _) = serve(&place);
    let book = "documento,ramo,poliza,titular,hasta,email\n\
        12345678,automotores,0001234,ANA PAZ,2099-12-31,ana.paz@example.com\n";
    place.write("con-correo.csv", book);
    let loaded = place.run(&["policies", "import", "con-correo.csv", "--accept-shrink"]);
    assert_eq!(loaded.status, 0, "{}", loaded.err);
    register(portal, "otra%40example.com");
    server.wait_for_accepted(1, SOON).await;
    let waits = json(&place, &["accounts", "show", "12345678"]);
    assert!(waits["keys"][0]["state"].as_str().expect("a state").starts_with("waits"), "{waits}");
    let released = place.run(&["accounts", "release", "12345678"]);
    assert_eq!(released.status, 0, "{}", released.err);
    assert!(released.out.contains("The key leaves now"), "{}", released.out);
    let letters = server.wait_for_accepted(2, SOON).await;
    assert!(key_in(&letters[1].letter().text.expect("a plain text")).is_some());
    assert!(events(&place, "12345678").contains(&"hold-released".to_owned()));
    let again = place.run(&["accounts", "release", "12345678"]);
    assert_eq!(again.status, 1);
    assert!(again.err.contains("no key of that document waits"), "{}", again.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_closes_the_accounts_of_a_document() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (_running, portal, _) = with_ana(&server, &place).await;
    let sign_in = || post(portal, "/ingreso", &[], &format!("usuario=12345678&clave={PASSWORD}"));
    let session = sign_in().cookies();
    let unasked = place.run(&["accounts", "close", "12345678"]);
    assert_eq!(unasked.status, 1);
    assert!(unasked.err.contains("--yes"), "{}", unasked.err);
    assert_eq!(sign_in().status, 303, "nothing was closed");
    let closed = place.run(&["accounts", "close", "12345678", "--yes"]);
    assert_eq!(closed.status, 0, "{}", closed.err);
    assert!(closed.out.contains("a letter confirms it"), "{}", closed.out);
    assert_eq!(sign_in().status, 422);
    let home = request(portal, "GET /inicio", &[format!("Cookie: {}", session.join("; "))], "");
    assert_eq!(home.status, 303, "the session is over");
    assert_eq!(json(&place, &["accounts", "show", "12345678"])["accounts"], Value::Array(Vec::new()));
    assert_eq!(events(&place, "12345678").iter().filter(|event| *event == "account-closed").count(), 1);
    let again = place.run(&["accounts", "close", "12345678", "--yes"]);
    assert!(again.err.contains("has no account"), "{}", again.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_tells_what_happened_in_plain_words_and_is_proven_whole() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, _) = with_ana(&server, &place).await;
    assert_eq!(post(portal, "/ingreso", &[], "usuario=12345678&clave=otra+cosa").status, 422);
    let happened = events(&place, "12345678");
    for event in ["registration-asked", "key-issued", "account-opened", "sign-in-refused"] {
        assert_eq!(happened.iter().filter(|told| *told == event).count(), 1, "{event}: {happened:?}");
    }
    let words = place.run(&["audit", "show", "12345678"]).out;
    assert!(words.contains("set a password: the account is open"), "{words}");
    assert!(words.contains("typed a wrong password"), "{words}");
    let all = place.run(&["audit", "show"]).out;
    assert!(all.contains("a policy book was put into use: generation 1: padron.csv, 1 policies"), "{all}");
    assert!(all.contains("by the operator"), "{all}");
    running.signal("TERM");
    let (_, _, log) = running.end();
    let heads: Vec<&str> = log.lines().filter(|line| line.contains("audit head")).collect();
    assert_eq!(heads.len(), 2, "at the start and at the end: {log}");
    let last = heads[1].split_once("head=").expect("a head").1.trim_matches('"');
    let verified = json(&place, &["audit", "verify", "--head", last]);
    assert_eq!(verified["faults"], Value::Array(Vec::new()), "{verified}");
    assert_eq!(verified["head"], last);
    let forged = format!("{}:{}", verified["records"], "0".repeat(64));
    let other = place.run(&["audit", "verify", "--head", &forged]);
    assert_eq!(other.status, 1);
    assert!(other.err.contains("not whole"), "{}", other.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_that_somebody_asks_for_waits_with_its_day_until_an_operator_did_it() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (_running, portal, _) = with_ana(&server, &place).await;
    assert!(place.run(&["requests", "list"]).out.contains("Nobody waits"));
    let cookies = post(portal, "/ingreso", &[], &format!("usuario=12345678&clave={PASSWORD}")).cookies();
    let asked = post(portal, "/cuenta/datos/correccion", &cookies, "texto=Mi+apellido+lleva+hache");
    assert_eq!(asked.status, 303, "{}", asked.body);
    let waiting = json(&place, &["requests", "list"]);
    let request = &waiting[0];
    assert_eq!(request["document"], "12345678");
    assert_eq!(request["text"], "Mi apellido lleva hache");
    assert_eq!((&request["overdue"], &request["answered_at"]), (&Value::Bool(false), &Value::Null));
    let words = place.run(&["requests", "list"]);
    assert!(words.out.contains("due on ") && words.out.contains("Mi apellido"), "{}", words.out);
    let name = request["request"].as_str().expect("a name");
    assert_eq!(json(&place, &["requests", "done", name])["done"], name);
    for wrong in [name, "0198c2f7a1b27c3d8e4f5a6b7c8d9e0f", "nothing"] {
        assert_eq!(place.run(&["requests", "done", wrong]).status, 1, "{wrong}");
    }
    assert_eq!(json(&place, &["requests", "list"]), Value::Array(Vec::new()));
    assert!(json(&place, &["requests", "list", "--all"])[0]["answered_at"].is_string());
    let happened = events(&place, "12345678");
    assert_eq!(happened.last().map(String::as_str), Some("correction-answered"), "{happened:?}");
}
