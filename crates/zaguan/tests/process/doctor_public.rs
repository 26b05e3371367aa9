//! `zaguan doctor` at the public address: certificates, and who answers there.

use crate::doctor::Examined;
use crate::support::{BOOK, Place, Running};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

/// A certificate for a name that is valid for so many more days, and its key.
fn pair(name: &str, days: i64) -> (String, String) {
    #[expect(clippy::disallowed_methods, reason = "the doctor goes by the real clock")]
    let now = Timestamp::now();
    let until = (now + SignedDuration::from_hours(24 * days + 12)).to_zoned(TimeZone::UTC).date();
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::new([name.to_owned()]).expect("parameters");
    parameters.not_before = date_time_ymd(2020, 1, 1);
    let (month, day) = (until.month().unsigned_abs(), until.day().unsigned_abs());
    parameters.not_after = date_time_ymd(until.year().into(), month, day);
    (parameters.self_signed(&key).expect("a certificate").pem(), key.serialize_pem())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// A portal's place with a certificate for `localhost`.
fn place(port: u16, (certificate, key): &(String, String)) -> Place {
    let place = Place::with_configuration(
        "smtp.url = \"smtp://127.0.0.1:9?tls=none\"\nserver.tls_certificate = \"certificate.pem\"\n\
         server.tls_key = \"key.pem\"",
    );
    let configuration = fs::read_to_string(place.path("zaguan.toml")).expect("there");
    let configuration = configuration
        .replace("server.listen = \"127.0.0.1:0\"", &format!("server.listen = \"127.0.0.1:{port}\""))
        .replace("http://127.0.0.1", &format!("https://localhost:{port}"));
    place.write("zaguan.toml", configuration);
    place.write("certificate.pem", certificate);
    let key = place.write("key.pem", key);
    fs::set_permissions(key, Permissions::from_mode(0o600)).expect("set");
    place.write("padron.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    place
}

/// The doctor's look with this file as the authorities that the machine trusts.
fn trusting(place: &Place, file: &str) -> Examined {
    let path = place.path(file).display().to_string();
    Examined::of(place, &[("SSL_CERT_FILE", &path)])
}

fn serve(place: &Place) -> Running {
    place.start(&["serve"], 1)
}

#[test]
fn a_portal_that_is_reached_with_a_trusted_certificate_is_well() {
    let place = place(free_port(), &pair("localhost", 60));
    let running = serve(&place);
    let examined = trusting(&place, "certificate.pem");
    for about in ["public address", "certificate", "certificate in public"] {
        examined.is_good(about);
    }
    drop(running);
    let examined = trusting(&place, "certificate.pem");
    let bad = examined.bad("public address");
    assert_eq!(bad["verdict"], "warning", "{bad}");
    assert!(bad["remedy"].as_str().is_some_and(|told| told.contains("may be normal")), "{bad}");
}

#[test]
fn a_certificate_that_browsers_refuse_is_a_fault_in_words() {
    let place = place(free_port(), &pair("localhost", 60));
    let _running = serve(&place);
    let (other, _) = pair("localhost", 60);
    place.write("other.pem", other);
    trusting(&place, "other.pem").has_fault(
        "certificate in public",
        "browsers refuse",
        "nobody that this machine trusts has signed its certificate",
    );
}

#[test]
fn a_certificate_for_another_name_is_a_fault_in_words() {
    let place = place(free_port(), &pair("portal.example", 60));
    let _running = serve(&place);
    trusting(&place, "certificate.pem").has_fault(
        "certificate in public",
        "not valid for name",
        "server.public_url",
    );
}

#[test]
fn a_certificate_that_ends_soon_or_has_ended_or_has_another_key_is_told() {
    let soon = place(free_port(), &pair("localhost", 5));
    Examined::of(&soon, &[]).has_fault("certificate", "more days", "renew it");
    let later = place(free_port(), &pair("localhost", 15));
    assert_eq!(Examined::of(&later, &[]).bad("certificate")["verdict"], "warning");
    let ended = place(free_port(), &pair("localhost", -3));
    Examined::of(&ended, &[]).has_fault("certificate", "is valid from", "renew it");
    let (certificate, _) = pair("localhost", 60);
    let (_, key) = pair("localhost", 60);
    let mixed = place(free_port(), &(certificate, key));
    let examined = Examined::of(&mixed, &[]);
    examined.has_fault("certificate", "cannot be used with", "write the two files that belong together");
}

/// Something that is no portal, and answers everybody the same.
fn stranger(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

#[test]
fn whoever_else_answers_at_the_public_address_is_told() {
    for (answer, words, remedy) in [
        ("HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\nWelcome", "is no portal", "server.listen"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "does not reach the portal", "start the portal"),
        ("HTTP/1.1 421 Misdirected Request\r\n\r\n", "another name", "pass the Host header"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "speaks no HTTP", "correct server.public_url"),
    ] {
        let place = Place::with_configuration("smtp.url = \"smtp://127.0.0.1:9?tls=none\"");
        let url = format!("http://127.0.0.1:{}", stranger(answer));
        Examined::of(&place, &[("ZAGUAN__SERVER__PUBLIC_URL", &url)]).has_fault(
            "public address",
            words,
            remedy,
        );
    }
}

#[test]
fn a_clock_that_disagrees_with_the_public_address_is_a_fault() {
    let place = Place::with_configuration("smtp.url = \"smtp://127.0.0.1:9?tls=none\"");
    let answer =
        "HTTP/1.1 200 OK\r\nDate: Mon, 05 Jan 2015 10:00:00 GMT\r\nSet-Cookie: zaguan-navegador=x\r\n\r\n";
    let url = format!("http://127.0.0.1:{}", stranger(answer));
    let examined = Examined::of(&place, &[("ZAGUAN__SERVER__PUBLIC_URL", &url)]);
    examined.is_good("public address");
    examined.has_fault("clock", "seconds away", "time service");
}
