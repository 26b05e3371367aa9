//! A portal with a file of breached passwords: what is in it is refused, and a file that goes away shuts nobody out.

use crate::serving::{register, serve, to_mail_server};
use crate::support::{Place, Running, get, post};
use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};
use zaguan_testing::key_in;
use zaguan_testing::scripted_mail_server::ScriptedMailServer;

const SOON: Duration = Duration::from_secs(10);

/// `printf '%s' 'ballena violeta y cuarenta' | sha1sum`, between two others.
const LIST: &str = "000000005AD76BD555C1D6D771DE417A4B87E4B4:10\r\n\
    F6F1B823A4322A9F676DCC58985D68B8F56C78B9:3\r\nFFFFFFFEE791CBAC0F6305CAF0CEE06BBE131160:2\r\n";
const BREACHED: &str = "clave=ballena+violeta+y+cuarenta";

/// A portal with the file, and a browser that showed a key and is to set a password.
async fn at_the_password(server: &ScriptedMailServer, place: &Place) -> (Running, SocketAddr, Vec<String>) {
    place.write("breached.txt", LIST);
    let (running, portal, _) = serve(place);
    let mut cookies = register(portal, "ana%40example.com");
    let text = server.wait_for_accepted(1, SOON).await[0].letter().text.expect("a plain text");
    let key = key_in(&text).expect("a key");
    let answer = post(portal, "/registro/clave", &cookies, &format!("clave_transitoria={key}"));
    cookies.extend(answer.cookies());
    (running, portal, cookies)
}

fn place(server: &ScriptedMailServer) -> Place {
    Place::with_configuration(&to_mail_server(server, "password.breached_file = \"breached.txt\""))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breached_password_is_refused_while_the_file_is_there_and_nobody_is_shut_out_when_it_is_not() {
    let server = ScriptedMailServer::start().await;
    let place = place(&server);
    let (running, portal, cookies) = at_the_password(&server, &place).await;
    let refused = post(portal, "/clave-definitiva", &cookies, BREACHED);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("robaron en otros sitios"), "{}", refused.body);
    fs::remove_file(place.path("breached.txt")).expect("gone");
    let taken = post(portal, "/clave-definitiva", &cookies, BREACHED);
    assert_eq!(taken.status, 303, "{}", taken.body);
    let metrics = get(running.addresses()[1], "/metrics").body;
    for line in ["{outcome=\"found\"} 1", "{outcome=\"failed\"} 1"] {
        assert!(metrics.contains(&format!("zaguan_breached_lookups_total{line}")), "{line}: {metrics}");
    }
    let log = running.logged();
    assert!(
        log.contains("judged without the file of breached ones") && log.contains("breached.txt"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_hangs_keeps_nobody_waiting_neither_the_person_nor_the_end_of_the_process() {
    let server = ScriptedMailServer::start().await;
    let place = place(&server);
    let (running, portal, cookies) = at_the_password(&server, &place).await;
    // To open a pipe into which nobody writes takes for ever.
    fs::remove_file(place.path("breached.txt")).expect("gone");
    let made = Command::new("mkfifo").arg(place.path("breached.txt")).status().expect("mkfifo runs");
    assert!(made.success());
    let asked = Instant::now();
    let taken = post(portal, "/clave-definitiva", &cookies, BREACHED);
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert!((2..9).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
    running.signal("TERM");
    let (status, _, log) = running.end();
    assert!(status.success() && log.contains("stopped"), "{status}: {log}");
}

#[test]
fn a_file_that_is_of_no_use_is_a_fault_of_the_configuration() {
    let place =
        Place::with_configuration("smtp.url = \"smtp://127.0.0.1:9\"\npassword.breached_file = \"list.txt\"");
    let check = || place.run(&["config", "check"]);
    let missing = check();
    assert_eq!(missing.status, 2);
    assert!(
        missing.err.contains("password.breached_file: the file ") && missing.err.contains("list.txt"),
        "{}",
        missing.err
    );
    let mut lines: Vec<&str> = LIST.lines().collect();
    lines.reverse();
    place.write("list.txt", lines.join("\n"));
    assert!(check().err.contains("sort it: LC_ALL=C sort -o FILE FILE"), "{}", check().err);
    assert_eq!(place.run(&["serve"]).status, 2, "the portal does not start with it either");
    place.write("list.txt", LIST);
    assert_eq!(check().status, 0, "{}", check().err);
}
