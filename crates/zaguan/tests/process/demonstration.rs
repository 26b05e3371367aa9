//! `zaguan demo`: everything works without configuring anything, and `--dir` keeps it.

use crate::support::{Place, Running, get, post};
use std::net::{SocketAddr, TcpListener};
use zaguan_testing::key_in;

/// Lines that the demo prints when it is ready.
const LINES: usize = 14;

fn demo(place: &Place, arguments: &[&str]) -> (Running, SocketAddr) {
    let running = place.start(&[&["demo"], arguments].concat(), LINES);
    let address = running.addresses()[0];
    (running, address)
}

#[test]
fn the_demo_says_where_to_look_and_whom_to_try_and_the_whole_journey_works() {
    let place = Place::empty();
    let (running, portal) = demo(&place, &["--listen", "127.0.0.1:0", "--dir", "kept"]);
    let printed = running.printed();
    assert!(printed.contains(&format!("http://{portal}/buzon")), "{printed}");
    assert!(printed.contains("documento 28.456.789") && printed.contains("póliza 41/208315"), "{printed}");

    let cookies = get(portal, "/registro").cookies();
    let form = "documento=28.456.789&ramo=no-se&poliza=41%2F208315&email=julian%40example.com";
    assert_eq!(post(portal, "/registro", &cookies, form).status, 303);
    running.wait_for("letter in the mailbox", |_| key_in(&get(portal, "/buzon").body).is_some());
    let key = key_in(&get(portal, "/buzon").body).expect("a key");
    let answer = post(portal, "/registro/clave", &cookies, &format!("clave_transitoria={key}"));
    assert_eq!(answer.status, 303, "{}", answer.body);
    let with_pass = [cookies.clone(), answer.cookies()].concat();
    assert_eq!(
        post(portal, "/clave-definitiva", &with_pass, "clave=cuatro+ballenas+violetas+cantan").status,
        303
    );
    running.signal("TERM");
    assert!(running.end().0.success());

    let (again, portal) = demo(&place, &["--listen", "127.0.0.1:0", "--dir", "kept"]);
    let mailbox = get(portal, "/buzon").body;
    assert!(mailbox.contains(&key), "letters are kept: {mailbox}");
    let answer = post(portal, "/ingreso", &[], "usuario=28456789&clave=cuatro+ballenas+violetas+cantan");
    assert_eq!(answer.status, 303, "accounts are kept: {}", answer.body);
    drop(again);
}

#[test]
fn the_people_to_try_are_in_the_book_each_in_a_way_of_their_own() {
    let place = Place::empty();
    let (running, portal) = demo(&place, &["--listen", "127.0.0.1:0", "--dir", "kept"]);
    let shown = |document: &str| {
        let mut command = place.command(&["policies", "show", document, "--json"]);
        let output = command.env("ZAGUAN__STORE__URL", "sqlite:kept/zaguan.db").output().expect("it runs");
        serde_json::from_slice::<Vec<serde_json::Value>>(&output.stdout).expect("JSON")
    };
    let of = |document: &str, column: &str| -> Vec<String> {
        shown(document).iter().map(|policy| policy[column].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(of("5.318.742", "estado"), ["vigente"]);
    assert_eq!(of("28456789", "ramo"), ["automotores", "combinado-familiar"]);
    assert_eq!(of("4123456", "discriminador"), ["M", "F"]);
    assert_eq!(of("17654321", "estado"), ["vencida"]);
    let printed = running.printed();
    for line in printed.lines().filter(|line| line.contains("documento ")) {
        let cells = line.split_once("documento ").expect("a document").1;
        let document = cells.split_whitespace().next().expect("a document");
        let number =
            line.split_once("póliza ").expect("a policy").1.split_whitespace().next().expect("a number");
        assert!(of(document, "poliza").contains(&number.to_owned()), "{line}");
        let cookies = get(portal, "/registro").cookies();
        let form = format!(
            "documento={document}&ramo=no-se&poliza={}&email=x%40example.com",
            number.replace('/', "%2F")
        );
        let answer = post(portal, "/registro", &cookies, &form);
        assert_eq!(answer.status, 303, "{line}: {}", answer.body);
    }
    assert_eq!(printed.matches("documento ").count(), 7);
}

#[test]
fn without_a_directory_everything_is_forgotten() {
    let place = Place::empty();
    let mut command = place.command(&["demo", "--listen", "127.0.0.1:0"]);
    let running = Running::new(command.env("TMPDIR", place.directory()), LINES);
    let kept = || std::fs::read_dir(place.directory()).expect("read").count();
    assert_eq!(kept(), 1, "one temporary directory");
    running.signal("INT");
    assert!(running.end().0.success());
    assert_eq!(kept(), 0, "and nothing is left of it");
}

#[test]
fn the_next_port_is_taken_when_the_usual_one_is_not_free() {
    // Whether this test or somebody else holds the usual port, the demo must do without.
    let _held = TcpListener::bind("127.0.0.1:8080");
    let (running, portal) = demo(&Place::empty(), &[]);
    assert_ne!(portal.port(), 8080);
    assert_eq!(get(portal, "/").status, 200);
    drop(running);
}
