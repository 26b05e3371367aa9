//! A disk that is full, a database that is gone for a while: people are told kindly, nobody is let in who should not be, who
//! is signed in is still answered, and everything goes on by itself when it is over.

use crate::serving::{register, serve, to_mail_server};
use crate::small_disk::SmallDisk;
use crate::support::{Answer, BOOK, Place, get, pause, post};
use std::fs;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use zaguan_testing::key_in;
use zaguan_testing::scripted_mail_server::ScriptedMailServer;

const PASSWORD: &str = "tres gatos bajo la parra";
const SOON: Duration = Duration::from_secs(20);

/// Registers Ana all the way, and signs her in: the cookies of her session.
async fn signed_in(portal: SocketAddr, server: &ScriptedMailServer) -> Vec<String> {
    let browser = register(portal, "ana@example.com");
    let letter = server.wait_for_accepted(1, SOON).await[0].letter();
    let key = key_in(&letter.text.expect("a text")).expect("a key");
    let typed = post(portal, "/registro/clave", &browser, &format!("clave_transitoria={key}"));
    assert_eq!(typed.status, 303, "{}", typed.body);
    let cookies = [browser, typed.cookies()].concat();
    let set = post(portal, "/clave-definitiva", &cookies, &format!("clave={}", PASSWORD.replace(' ', "+")));
    assert_eq!(set.status, 303, "{}", set.body);
    let answer = sign_in(portal, PASSWORD);
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.cookies()
}

fn sign_in(portal: SocketAddr, password: &str) -> Answer {
    post(portal, "/ingreso", &[], &format!("usuario=12345678&clave={}", password.replace(' ', "+")))
}

/// Asks for `/sesion`, and for the first page of whoever is signed in.
fn is_still_in(portal: SocketAddr, session: &[String]) -> bool {
    let headers = [format!("Cookie: {}", session.join("; "))];
    let ask = |path: &str| crate::support::request(portal, &format!("GET {path}"), &headers, "").status;
    ask("/sesion") == 200 && ask("/inicio") == 200
}

/// Asserts that a page tells of the outage in plain words, with what to do, and nothing of what happened inside.
fn assert_kind(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.head.contains("retry-after: 120"), "{}", answer.head);
    for words in ["El portal no anda por un momento", "Espere unos minutos", "díganos este número"] {
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
    let body = answer.body.to_lowercase();
    for inside in ["sqlite", "zaguan.db", "disk", "database", "error:"] {
        assert!(!body.contains(inside), "{inside}: {}", answer.body);
    }
    assert!(answer.cookies().iter().all(|cookie| !cookie.contains("sesion=")), "{}", answer.head);
}

/// Waits until something that was refused works again.
fn until_it_works(what: &str, works: impl Fn() -> bool) {
    let begun = Instant::now();
    while !works() {
        assert!(begun.elapsed() < SOON, "{what} does not work again");
        pause();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_kindly_opens_nothing_and_is_over_when_there_is_room_again() {
    let Some(mut disk) = SmallDisk::of(8 << 20) else {
        println!("this machine gives no name spaces, so nothing is shown of a full disk");
        return;
    };
    let server = ScriptedMailServer::start().await;
    let configuration = format!(
        "server.listen = \"127.0.0.1:0\"\nserver.ops_listen = \"127.0.0.1:0\"\nserver.public_url = \"http://127.0.0.1\"\n\
         brand.name = \"Seguros Ejemplo\"\nsmtp.from = \"avisos@portal.example\"\nstore.url = \"sqlite:{}\"\n\
         limits.sign_in_document = \"100000, one more each 1ms\"\nlimits.door_at_once = 100000\n\
         limits.sign_in_network = \"100000, one more each 1ms\"\n{}",
        disk.place.path("disk/zaguan.db").display(),
        to_mail_server(&server, "")
    );
    let config = format!("--config {}", disk.place.write("zaguan.toml", configuration).display());
    disk.place.write("book.csv", BOOK);
    assert_eq!(disk.run(&format!("policies import ../book.csv {config}")).status, 0);
    let portal = disk.serve(&config);
    let session = signed_in(portal, &server).await;
    // Seen long ago, so that this is worth writing down.
    disk.shell("sqlite3 zaguan.db 'update session set seen_at = seen_at - 300000'");
    disk.shell("cat /dev/zero > filler; true");
    // The log has some room of its own.
    let begun = Instant::now();
    let refused = loop {
        let answer = sign_in(portal, "una que no es");
        if answer.status == 503 {
            break answer;
        }
        assert_eq!(answer.status, 422, "a wrong password: {}", answer.body);
        assert!(begun.elapsed() < Duration::from_mins(1), "the disk does not fill up");
    };
    assert_kind(&refused);
    for _ in 0..5 {
        assert!(is_still_in(portal, &session), "whoever is signed in is answered");
        assert_ne!(sign_in(portal, "una que no es").status, 303, "nobody is let in");
        assert_eq!(get(portal, "/ingreso").status, 200);
    }
    disk.shell("rm filler");
    until_it_works("sign-in", || sign_in(portal, PASSWORD).status == 303);
    assert_ne!(sign_in(portal, "una que no es").status, 303);
    assert!(is_still_in(portal, &session));
    assert_eq!(disk.run(&format!("audit verify {config}")).status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_taken_away_or_replaced_is_not_written_into_the_void_and_comes_back() {
    let server = ScriptedMailServer::start().await;
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, ops) = serve(&place);
    let session = signed_in(portal, &server).await;
    for name in ["zaguan.db", "zaguan.db-wal"] {
        fs::rename(place.path(name), place.path("away")).expect("taken away");
        assert_kind(&sign_in(portal, PASSWORD));
        assert_kind(&post(portal, "/recuperar", &[], "usuario=12345678"));
        assert!(is_still_in(portal, &session), "{name}: whoever is signed in is answered");
        assert_eq!(get(ops, "/readyz").status, 503, "{name}: who watches is told");
        assert_eq!(get(ops, "/healthz").status, 200);
        fs::copy(place.path("away"), place.path(name)).expect("a copy");
        assert_kind(&sign_in(portal, PASSWORD));
        fs::rename(place.path("away"), place.path(name)).expect("put back");
        assert_eq!(sign_in(portal, PASSWORD).status, 303, "{name}: it works again by itself");
        assert_eq!(get(ops, "/readyz").status, 200, "{name}");
    }
    assert!(
        running.logged().contains("is not the file that was opened; put that one back"),
        "{}",
        running.logged()
    );
    assert_eq!(place.run(&["audit", "verify"]).status, 0);
}
