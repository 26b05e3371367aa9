//! Secrets planted on every way through the portal, also when mail and database fail, are found in no log, no incident's
//! page, no metric and no command's words; and a stolen database holds none that opens anything.
//!
//! A new way through the portal is a function like those below and in `account_canaries`, and a line in `walk`.

use crate::account_canaries::{lets_a_held_key_go_and_stops_it, operators_act, uses_an_account};
use crate::stage::{Browser, Letter, Stage};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use zaguan_testing::scripted_mail_server::{Act, Stage as MailStage};
use zaguan_testing::stolen_database;

const SOON: Duration = Duration::from_secs(20);

const EMAIL: &str = "ana.canario@example.com";
const PASSWORD: &str = "canario-ballena-violeta-41";
const NEW_PASSWORD: &str = "canario-tortuga-celeste-87";
pub(crate) const WRONG_PASSWORD: &str = "canario-clave-equivocada";
const WEAK_PASSWORD: &str = "canario-12345678";

/// What identifies a person: the log has it only masked. The database has it, for that is what it is for.
const PERSONAL: [&str; 12] = [
    "12345678",
    "12.345.678",
    "67890123",
    "89012345",
    "90123456",
    "91234567",
    EMAIL,
    "ana.canario%40example.com",
    "fabi.canrio",
    "ANA PAZ",
    "HUGO PAZ",
    "Hugo",
];

/// Every kind of secret that the portal has. A new one belongs here, and on a way.
const KINDS: [&str; 18] = [
    "button \"No fui yo\"",
    "button \"Sí, fui yo\"",
    "cookie of a known browser",
    "cookie of a session",
    "cookie that names a browser",
    "cookie that proves a key",
    "key in a letter",
    "key typed wrong",
    "link in a letter",
    "master secret",
    "password after \"No fui yo\"",
    "password of an account",
    "password of the mail server",
    "password that was changed",
    "password that was chosen",
    "password that was chosen anew",
    "password that was too weak",
    "password typed wrong",
];

/// Every way, one after the other; the browser that is signed in at the end, and a letter whose key nobody used.
async fn walk(stage: &mut Stage) -> (Browser, Letter) {
    for (what, password) in [
        ("password that was chosen", PASSWORD),
        ("password that was chosen anew", NEW_PASSWORD),
        ("password typed wrong", WRONG_PASSWORD),
        ("password that was too weak", WEAK_PASSWORD),
    ] {
        stage.planted.text(what, password);
    }
    registers_while_mail_is_put_off(stage).await;
    signs_in_and_out(stage, PASSWORD);
    recovers_by_link(stage).await;
    corrects_the_address_and_signs_in_with_the_key(stage).await;
    mail_fails_in_every_way(stage).await;
    uses_an_account(stage).await;
    lets_a_held_key_go_and_stops_it(stage).await;
    operators_act(stage).await;
    types_secrets_where_they_do_not_belong(stage);
    let browser = signs_in(stage, NEW_PASSWORD);
    let letter = asks_for_recovery(stage).await;
    the_database_fails(stage, &browser, &letter);
    stage.plant_letters();
    (browser, letter)
}

/// Somebody fills the form of registration.
pub(crate) fn asks_to_register(
    stage: &mut Stage,
    browser: &mut Browser,
    document: &str,
    policy: &str,
    email: &str,
) {
    assert_eq!(stage.get(browser, "/registro").status, 200);
    let fields = [("documento", document), ("ramo", "automotores"), ("poliza", policy), ("email", email)];
    stage.led_on(browser, "/registro", &fields);
}

async fn registers_while_mail_is_put_off(stage: &mut Stage) {
    let mut browser = stage.browser();
    stage.server.once(MailStage::RcptTo, Act::reply(451, &format!("4.7.1 <{EMAIL}>: greylisted")));
    asks_to_register(stage, &mut browser, "12345678", "1234", EMAIL);
    stage
        .running
        .wait_for("letter put off", |running| running.logged().contains("a letter was not taken yet"));
    let listed: serde_json::Value =
        serde_json::from_str(&stage.place.run(&["letters", "list", "--json"]).out).expect("JSON");
    assert_eq!(
        stage.place.run(&["letters", "retry", listed[0]["letter"].as_str().expect("a name")]).status,
        0
    );
    let letter = stage.letter(EMAIL).await;
    assert_eq!(stage.get(&mut browser, &letter.link).status, 200);
    stage.planted.key("key typed wrong", "ZZZZ-9Q7W");
    assert_eq!(
        stage.post(&mut browser, "/registro/clave", &[("clave_transitoria", "ZZZZ-9Q7W")]).status,
        422
    );
    stage.led_on(&mut browser, "/registro/clave", &[("clave_transitoria", &letter.key)]);
    assert_eq!(stage.post(&mut browser, "/clave-definitiva", &[("clave", WEAK_PASSWORD)]).status, 422);
    stage.led_on(&mut browser, "/clave-definitiva", &[("clave", PASSWORD)]);
    stage.letter(EMAIL).await;
}

fn signs_in(stage: &mut Stage, password: &str) -> Browser {
    let mut browser = stage.browser();
    assert_eq!(stage.get(&mut browser, "/ingreso").status, 200);
    let wrong = [("usuario", "12345678"), ("clave", WRONG_PASSWORD)];
    assert_eq!(stage.post(&mut browser, "/ingreso", &wrong).status, 422);
    stage.led_on(&mut browser, "/ingreso", &[("usuario", "12.345.678"), ("clave", password)]);
    for path in ["/inicio", "/sesion"] {
        assert_eq!(stage.get(&mut browser, path).status, 200, "{path}");
    }
    browser
}

fn signs_in_and_out(stage: &mut Stage, password: &str) {
    let mut browser = signs_in(stage, password);
    stage.led_on(&mut browser, "/salir", &[]);
}

async fn asks_for_recovery(stage: &mut Stage) -> Letter {
    let mut browser = stage.browser();
    stage.led_on(&mut browser, "/recuperar", &[("usuario", "12345678")]);
    stage.letter_with_a_link(EMAIL).await
}

async fn recovers_by_link(stage: &mut Stage) {
    let letter = asks_for_recovery(stage).await;
    let mut browser = stage.browser();
    assert_eq!(stage.get(&mut browser, &letter.link).status, 200);
    stage.led_on(&mut browser, &letter.link, &[]);
    stage.led_on(&mut browser, "/clave-definitiva", &[("clave", NEW_PASSWORD)]);
    stage.letter(EMAIL).await;
}

/// Somebody's address was wrong; then they type the key where their password belongs, which is the way on too.
async fn corrects_the_address_and_signs_in_with_the_key(stage: &mut Stage) {
    let (wrong, right) = ("fabi.canrio@example.com", "fabi.canario@example.com");
    let mut browser = stage.browser();
    asks_to_register(stage, &mut browser, "67890123", "6789", wrong);
    let old = stage.letter(wrong).await;
    stage.led_on(&mut browser, "/registro/reenviar", &[]);
    stage.led_on(&mut browser, "/registro/corregir", &[("email", right)]);
    let new = stage.letter(right).await;
    assert_eq!(stage.get(&mut browser, "/registro/clave/estado").status, 200);
    assert_eq!(stage.post(&mut browser, "/registro/clave", &[("clave_transitoria", &old.key)]).status, 422);
    let mut other = stage.browser();
    stage.led_on(&mut other, "/ingreso", &[("usuario", "67890123"), ("clave", &new.key)]);
    assert_eq!(stage.get(&mut other, "/clave-definitiva").status, 200);
}

/// Others register, and each time the mail server fails in another way. It says again what it was told.
async fn mail_fails_in_every_way(stage: &mut Stage) {
    for (document, policy, email, place, act) in [
        ("23456789", "2345", "beto.canario@example.com", MailStage::Data, Act::Close),
        (
            "34567890",
            "3456",
            "caro.canario@example.com",
            MailStage::Auth,
            Act::reply(535, "5.7.8 canario-del-correo"),
        ),
        ("45678901", "4567", "dino.canario@example.com", MailStage::MailFrom, Act::Garbage),
        (
            "56789012",
            "5678",
            "ema.canario@example.com",
            MailStage::RcptTo,
            Act::reply(550, "5.1.1 <ema.canario@example.com>: unknown"),
        ),
    ] {
        let before = stage.server.reached(place);
        let fates = |log: &str| {
            log.matches("a letter was not taken yet").count() + log.matches("a letter was refused").count()
        };
        let told = fates(&stage.running.logged());
        stage.server.once(place, act);
        let mut browser = stage.browser();
        asks_to_register(stage, &mut browser, document, policy, email);
        stage.server.wait_until_reached(place, before + 1, SOON).await;
        stage.running.wait_for("fate of a letter", |running| fates(&running.logged()) > told);
    }
}

/// People mistake one field for another, and paste a letter's link into the address of another page.
fn types_secrets_where_they_do_not_belong(stage: &mut Stage) {
    let mut browser = stage.browser();
    let swapped = [("usuario", NEW_PASSWORD), ("clave", "12345678")];
    assert_eq!(stage.post(&mut browser, "/ingreso", &swapped).status, 422);
    let fields = [
        ("documento", NEW_PASSWORD),
        ("ramo", NEW_PASSWORD),
        ("poliza", NEW_PASSWORD),
        ("email", NEW_PASSWORD),
    ];
    assert_eq!(stage.post(&mut browser, "/registro", &fields).status, 422);
    assert_eq!(
        stage.get(&mut browser, "/canario%0A%1B[31m/canario-clave-equivocada?clave=canario").status,
        404
    );
    assert_eq!(stage.get(&mut browser, "/ingreso?clave=canario-tortuga-celeste-87").status, 200);
    assert_eq!(stage.post(&mut browser, "/canario-tortuga-celeste-87", &[]).status, 404);
}

/// Everything is asked for once more while no table is there.
fn the_database_fails(stage: &mut Stage, signed_in: &Browser, letter: &Letter) {
    let database = stage.place.path("zaguan.db");
    stolen_database::break_tables(&database);
    let mut browser = signed_in.clone();
    let before = stage.incidents.len();
    for path in ["/inicio", "/cuenta", "/cuenta/datos", "/registro", &letter.link, &letter.disown] {
        stage.get(&mut browser, path);
    }
    let register = [("documento", "12345678"), ("ramo", "automotores"), ("poliza", "1234"), ("email", EMAIL)];
    for (path, fields) in [
        ("/ingreso", &[("usuario", "12345678"), ("clave", NEW_PASSWORD)][..]),
        ("/recuperar", &[("usuario", "12345678")]),
        ("/registro", &register),
        ("/recuperar/clave", &[("clave_transitoria", letter.key.as_str()), ("documento", "12345678")]),
        (letter.link.as_str(), &[]),
        (letter.disown.as_str(), &[]),
        ("/clave-definitiva", &[("clave", PASSWORD)]),
        ("/cuenta/clave", &[("clave_actual", NEW_PASSWORD), ("clave", PASSWORD)]),
    ] {
        stage.post(&mut browser, path, fields);
    }
    assert!(stage.incidents.len() >= before + 6, "the database did fail: {:?}", stage.incidents);
    stolen_database::mend(&database);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_told_at_any_level_in_any_format() {
    for format in ["json", "human"] {
        let mut stage = Stage::new(format).await;
        walk(&mut stage).await;
        assert_eq!(stage.planted.kinds(), KINDS);
        for (by, told) in stage.told_to_operators() {
            assert_eq!(stage.planted.found_in(told.as_bytes()), Vec::<String>::new(), "told by {by}: {told}");
        }
        for page in &stage.incidents {
            assert_eq!(stage.planted.found_in(page.as_bytes()), Vec::<String>::new(), "{page}");
            assert!(!page.contains("broken_") && !page.contains("no such table"), "{page}");
        }
        let metrics = crate::support::get(stage.ops, "/metrics").body;
        stage.running.signal("TERM");
        let (_, out, log) = stage.running.end();
        assert!(
            log.contains("no such table") && log.contains("incident"),
            "the database's failure is told: {log}"
        );
        for pattern in ["/enlace/{token}", "/no-fui-yo/{token}", "/si-fui-yo/{token}"] {
            assert!(log.contains(pattern), "the route's pattern is there, instead of the token: {log}");
        }
        for told in [&out, &log] {
            assert_eq!(stage.planted.found_in(told.as_bytes()), Vec::<String>::new(), "{told}");
        }
        for personal in PERSONAL.into_iter().chain(["canario"]) {
            assert!(
                !log.contains(personal) && !out.contains(personal) && !metrics.contains(personal),
                "{personal}: {log}"
            );
        }
        assert!(!log.contains('\u{1b}'), "no terminal is steered by a log");
        if format == "json" {
            let is_json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
            assert!(log.lines().all(is_json), "{log}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_database_opens_nothing() {
    let mut stage = Stage::new("json").await;
    let (signed_in, letter) = walk(&mut stage).await;
    let database = stage.place.path("zaguan.db");
    let values = stolen_database::values(&database);
    assert!(values.len() > 30, "{values:?}");
    for (column, value) in &values {
        assert_eq!(stage.planted.found_in(value), Vec::<String>::new(), "{column}");
    }
    let files = files(stage.place.directory());
    assert!(
        files.iter().any(|(name, bytes)| name.ends_with("zaguan.db-wal") && bytes.len() > 10_000),
        "a log of writes"
    );
    for (name, bytes) in &files {
        assert_eq!(stage.planted.found_in(bytes), Vec::<String>::new(), "{name}");
    }
    nothing_stored_signs_in_or_opens_a_link(&mut stage, &values);
    let session = signed_in.cookie("zaguan-sesion");
    let mut right = stage.browser();
    right.plant("zaguan-sesion", session);
    assert_eq!(stage.get(&mut right, "/inicio").status, 200, "the session was open all the time");
    let mut anyone = stage.browser();
    stage.led_on(&mut anyone, &letter.link, &[]);
}

/// Tries every stored secret as what browsers carry: as a session, and beside the names of keys as a link, and of letters
/// as their buttons.
fn nothing_stored_signs_in_or_opens_a_link(stage: &mut Stage, values: &[(String, Vec<u8>)]) {
    let chosen = |is_chosen: &dyn Fn(&str, &[u8]) -> bool| -> BTreeSet<Vec<u8>> {
        values
            .iter()
            .filter(|(column, value)| is_chosen(column, value))
            .map(|(_, value)| value.clone())
            .collect()
    };
    let keys = chosen(&|column, _| column == "key.id");
    let secrets = chosen(&|_, value| value.len() == 32);
    assert!(keys.len() > 3 && secrets.len() > 10, "{} {}", keys.len(), secrets.len());
    for secret in &secrets {
        for text in [URL_SAFE_NO_PAD.encode(secret), String::from_utf8_lossy(secret).into_owned()] {
            let mut thief = stage.browser();
            thief.plant("zaguan-sesion", &text.replace(|c: char| !c.is_ascii_graphic() || c == ';', "_"));
            let answer = stage.get(&mut thief, "/inicio");
            assert_eq!(answer.status, 303, "{}", answer.head);
            assert!(answer.head.contains("location: /ingreso"), "{}", answer.head);
        }
    }
    let letters = chosen(&|column, _| column == "letter.id");
    assert!(letters.len() > 10, "{}", letters.len());
    // Of letters some are enough, from the last on: the account of the first ones is closed.
    let letters = letters.iter().rev().take(4);
    let named = keys.iter().map(|key| ("/enlace/", key));
    let buttons = letters.flat_map(|letter| [("/no-fui-yo/", letter), ("/si-fui-yo/", letter)]);
    for (path, name) in named.chain(buttons) {
        for secret in &secrets {
            let link = format!("{path}{}", URL_SAFE_NO_PAD.encode([name.as_slice(), secret].concat()));
            let mut thief = stage.browser();
            let answer = stage.post(&mut thief, &link, &[]);
            assert_eq!(answer.status, 422, "{link}: {}", answer.head);
        }
    }
}

/// What a thief of the portal's directory finds, less what is kept apart from it: the secret file and the configuration.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    const KEPT_APART: [&str; 4] = ["zaguan.secret", "zaguan.toml", "smtp.password", "ca.pem"];
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !KEPT_APART.contains(&name.as_str()) {
            found.push((name, fs::read(&path).expect("read")));
        }
    }
    found
}
