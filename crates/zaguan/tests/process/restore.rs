//! `zaguan restore`: the portal is back, nothing that was given out before works, and nothing is destroyed.

use crate::accounts::{PASSWORD, with_ana};
use crate::serving::to_mail_server;
use crate::support::{Answer, Place, Running, get, post, request};
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use zaguan_testing::scripted_mail_server::ScriptedMailServer;
use zaguan_testing::{key_in, link_path_in};

const SOON: Duration = Duration::from_secs(20);

fn sign_in(portal: SocketAddr, password: &str) -> Answer {
    post(portal, "/ingreso", &[], &format!("usuario=12345678&clave={password}"))
}

fn get_with(portal: SocketAddr, path: &str, cookies: &[String]) -> Answer {
    request(portal, &format!("GET {path}"), &[format!("Cookie: {}", cookies.join("; "))], "")
}

fn stop(running: Running) {
    running.signal("TERM");
    assert!(running.end().0.success());
}

fn start(place: &Place) -> (Running, SocketAddr) {
    let running = place.start(&["serve"], 1);
    let portal = running.addresses()[0];
    (running, portal)
}

/// The letter of so many that were sent that has this in it.
async fn letter_with(server: &ScriptedMailServer, sent: usize, wanted: &str) -> String {
    let accepted = server.wait_for_accepted(sent, SOON).await;
    let texts = accepted.iter().map(|letter| letter.letter().text.expect("a plain text"));
    texts.rev().find(|text| text.contains(wanted)).expect("such a letter")
}

/// The path of "No fui yo" in a letter.
fn disown_path(letter: &str) -> String {
    let after = letter.split("/no-fui-yo/").nth(1).expect("a button");
    format!("/no-fui-yo/{}", after.split_whitespace().next().expect("a token"))
}

/// What was moved aside.
fn aside(place: &Place) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(place.directory()).expect("a directory").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.display().to_string().contains("zaguan.db.before-")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restore_the_password_works_and_nothing_that_was_given_out_before() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, _) = with_ana(&server, &place).await;
    let signed_in = sign_in(portal, PASSWORD).cookies();
    assert_eq!(get_with(portal, "/inicio", &signed_in).status, 200);
    let cookies = get(portal, "/recuperar").cookies();
    assert_eq!(post(portal, "/recuperar", &cookies, "usuario=12345678").status, 303);
    let text = letter_with(&server, 4, "/enlace/").await;
    let (key, link) = (key_in(&text).expect("a key"), link_path_in(&text).expect("a link"));
    let button = disown_path(&text);
    assert!(get(portal, &button).body.contains("<button"), "the button works");
    assert_eq!(place.run(&["backup", "copy"]).status, 0);
    stop(running);
    let done = place.run(&["restore", "copy"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("Void from now on: 1 sessions, 1 keys"), "{}", done.out);

    let (_running, portal) = start(&place);
    assert_eq!(get_with(portal, "/inicio", &signed_in).status, 303, "the session is over");
    let typed =
        post(portal, "/recuperar/clave", &cookies, &format!("clave_transitoria={key}&documento=12345678"));
    let opens = get_with(portal, "/clave-definitiva", &[cookies, typed.cookies()].concat());
    assert_ne!(opens.status, 200, "the key opens nothing: {} {}", typed.status, typed.body);
    let followed = post(portal, &link, &[], "");
    assert_ne!(
        get_with(portal, "/clave-definitiva", &followed.cookies()).status,
        200,
        "the link opens nothing"
    );
    let looked = get(portal, &button);
    assert!(!looked.body.contains("<form method=\"post\" action=\"/no-fui-yo"), "{}", looked.body);
    assert_eq!(post(portal, &button, &[], "").status, 422, "the button stops nothing");
    assert_eq!(sign_in(portal, PASSWORD).status, 303, "the password works: it was not locked by the button");

    let verified = place.run(&["audit", "verify"]);
    assert!(verified.out.contains("The audit trail is whole"), "{} {}", verified.out, verified.err);
    let shown = place.run(&["audit", "show"]);
    assert!(shown.out.contains("the database was put back from a backup"), "{}", shown.out);
    let aside = aside(&place);
    assert_eq!(aside.len(), 1);
    let mut old = place.command(&["audit", "verify"]);
    old.env("ZAGUAN__STORE__URL", format!("sqlite:{}/zaguan.db", aside[0].display()));
    assert!(old.status().expect("it runs").success(), "the database from before is whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_changed_after_the_backup_does_not_open_again() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, _) = with_ana(&server, &place).await;
    assert_eq!(place.run(&["backup", "copy"]).status, 0);
    let new = "tres+tortugas+celestes+nadan";
    let recover = async |portal, sent| {
        let cookies = get(portal, "/recuperar").cookies();
        assert_eq!(post(portal, "/recuperar", &cookies, "usuario=12345678").status, 303);
        let key = key_in(&letter_with(&server, sent, "/enlace/").await).expect("a key");
        let pass = post(portal, "/recuperar/clave", &cookies, &format!("clave_transitoria={key}")).cookies();
        let set = post(portal, "/clave-definitiva", &[cookies, pass].concat(), &format!("clave={new}"));
        assert_eq!(set.status, 303, "{}", set.body);
    };
    recover(portal, 3).await;
    assert_eq!(sign_in(portal, new).status, 303);
    server.wait_for_accepted(5, SOON).await;
    stop(running);
    let done = place.run(&["restore", "copy"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("1 accounts were changed or closed after it"), "{}", done.out);
    let (_running, portal) = start(&place);
    for password in [PASSWORD, new] {
        assert_eq!(sign_in(portal, password).status, 422, "{password}");
    }
    recover(portal, 6).await;
    assert_eq!(sign_in(portal, new).status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_portal_and_an_import_are_not_disturbed() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, _) = with_ana(&server, &place).await;
    assert_eq!(place.run(&["backup", "copy"]).status, 0);
    let done = place.run(&["restore", "copy"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("is in use; stop the portal"), "{}", done.err);
    assert_eq!(place.run(&["restore", "--dry-run", "copy"]).status, 0, "a backup can be proven at any time");
    assert_eq!(sign_in(portal, PASSWORD).status, 303);
    assert!(aside(&place).is_empty());
    stop(running);
    assert_eq!(place.run(&["restore", "copy"]).status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_machine_is_made_again_from_a_backup_and_the_secret_file() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, _, _) = with_ana(&server, &place).await;
    assert_eq!(place.run(&["backup", "copy"]).status, 0);
    stop(running);
    let new = Place::with_configuration(&to_mail_server(&server, ""));
    let backup = place.path("copy").display().to_string();
    let done = new.run(&["restore", &backup]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("zaguan.secret is missing"), "{}", done.err);
    fs::copy(place.path("zaguan.secret"), new.path("zaguan.secret")).expect("copied");
    let done = new.run(&["restore", &backup, "--json"]);
    assert_eq!(done.status, 0, "{}", done.err);
    let told: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!((&told["accounts"], &told["moved_aside"]), (&1.into(), &Value::Null), "{told}");
    let (_running, portal) = start(&new);
    assert_eq!(sign_in(portal, PASSWORD).status, 303);
    let shown = new.run(&["policies", "show", "12345678"]);
    assert!(shown.out.contains("0001234"), "{}", shown.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_moved_aside_as_it_is() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, _, _) = with_ana(&server, &place).await;
    assert_eq!(place.run(&["backup", "copy"]).status, 0);
    stop(running);
    place.write("zaguan.db", "this was a database");
    place.write("zaguan.db-wal", "and this its log");
    let done = place.run(&["restore", "copy"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("cannot be asked who changed a password since"), "{}", done.out);
    let aside = aside(&place).remove(0);
    let kept = |name: &str| fs::read_to_string(aside.join(name)).expect(name);
    assert_eq!(
        (kept("zaguan.db").as_str(), kept("zaguan.db-wal").as_str()),
        ("this was a database", "and this its log")
    );
    assert!(!place.path("zaguan.db-wal").exists(), "its log is not read into the restored one");
    let (_running, portal) = start(&place);
    assert_eq!(sign_in(portal, PASSWORD).status, 303);
}
