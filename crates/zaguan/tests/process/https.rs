//! A portal with a certificate of its own: HTTPS, HTTP/2, and a new certificate while people are connected.

use crate::support::{Place, Running, get, pause, request};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A certificate for `localhost`, and its key.
pub(crate) struct Made {
    certificate: String,
    der: CertificateDer<'static>,
    key: String,
}

pub(crate) fn made(until: i32) -> Made {
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(until, 1, 1);
    let certificate = parameters.self_signed(&key).expect("a certificate");
    Made { certificate: certificate.pem(), der: certificate.der().clone(), key: key.serialize_pem() }
}

fn write_pair(place: &Place, certificate: &str, key: &str) {
    place.write("certificate.pem", certificate);
    let path = place.write("key.pem", key);
    fs::set_permissions(path, Permissions::from_mode(0o600)).expect("set");
}

pub(crate) fn place(pair: &Made) -> Place {
    let place = Place::with_configuration(
        "smtp.url = \"smtp://127.0.0.1:9?tls=none\"\nserver.tls_certificate = \"certificate.pem\"\n\
         server.tls_key = \"key.pem\"",
    );
    let configuration = fs::read_to_string(place.path("zaguan.toml")).expect("there");
    place.write("zaguan.toml", configuration.replace("http://127.0.0.1", "https://localhost"));
    write_pair(&place, &pair.certificate, &pair.key);
    place
}

pub(crate) fn serve(place: &Place) -> (Running, SocketAddr) {
    let running = place.start(&["serve"], 1);
    let printed = running.printed();
    let after = printed.split("https://").nth(1).expect("it speaks HTTPS");
    let address = after.split(',').next().and_then(|text| text.parse().ok()).expect("an address");
    (running, address)
}

pub(crate) fn trusting(certificates: &[&Made]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for made in certificates {
        roots.add(made.der.clone()).expect("an authority");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(config.expect("versions").with_root_certificates(roots).with_no_client_auth())
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn connect(to: SocketAddr, config: &Arc<ClientConfig>) -> std::io::Result<Stream> {
    let name = "localhost".try_into().expect("a name");
    let connection = ClientConnection::new(Arc::clone(config), name).expect("a client");
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// Asks for the form of sign-in, and leaves the connection open.
fn ask(stream: &mut Stream) -> String {
    stream.write_all(b"GET /ingreso HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
    let mut text = String::new();
    let mut bytes = [0; 4096];
    while !text.contains("</html>") {
        let read = stream.read(&mut bytes).expect("an answer");
        assert!(read > 0, "cut: {text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    text
}

/// Waits until new connections are given this certificate.
fn wait_until_shown(to: SocketAddr, made: &Made, config: &Arc<ClientConfig>) {
    let started = Instant::now();
    loop {
        let stream = connect(to, config).expect("connected");
        if stream.conn.peer_certificates().is_some_and(|chain| chain[0] == made.der) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "the new certificate is not shown");
        pause();
    }
}

#[test]
fn people_are_answered_over_https_with_its_promises() {
    let pair = made(2100);
    let place = place(&pair);
    let (_running, address) = serve(&place);
    let answer = ask(&mut connect(address, &trusting(&[&pair])).expect("connected"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = answer.to_ascii_lowercase();
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    assert!(answer.contains("set-cookie: __host-zaguan-navegador="), "{answer}");
    assert!(connect(address, &trusting(&[&made(2100)])).is_err(), "the client does check certificates");
}

#[test]
fn who_speaks_plainly_to_the_port_of_https_is_not_answered_and_disturbs_nobody() {
    let pair = made(2100);
    let place = place(&pair);
    let (_running, address) = serve(&place);
    let mut plain = TcpStream::connect(address).expect("connected");
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert!(ask(&mut connect(address, &trusting(&[&pair])).expect("connected")).starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn browsers_that_speak_http_2_are_given_it() {
    let pair = made(2100);
    let place = place(&pair);
    let (_running, address) = serve(&place);
    let mut config = ClientConfig::clone(&trusting(&[&pair]));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = tokio::net::TcpStream::connect(address).await.expect("connected");
    let name = "localhost".try_into().expect("a name");
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let executor = TokioExecutor::new();
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(executor, TokioIo::new(stream)).await.expect("HTTP/2");
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(connection);
    for (target, status) in [("https://localhost/ingreso", 200), ("https://evil.example/ingreso", 421)] {
        let asked = hyper::Request::builder().uri(target).body(Empty::<Bytes>::new()).expect("a request");
        let answer = client.send_request(asked).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{target}");
        for header in ["strict-transport-security", "content-security-policy", "cache-control"] {
            assert!(answer.headers().contains_key(header), "{target} lacks {header}");
        }
    }
}

#[test]
fn a_new_certificate_is_taken_while_people_stay_connected() {
    let (old, new) = (made(2100), made(2101));
    let place = place(&old);
    let (running, address) = serve(&place);
    let trusted = trusting(&[&old, &new]);
    let mut stays = connect(address, &trusted).expect("connected");
    assert!(ask(&mut stays).starts_with("HTTP/1.1 200"));
    write_pair(&place, &new.certificate, &new.key);
    wait_until_shown(address, &new, &trusted);
    assert!(ask(&mut stays).starts_with("HTTP/1.1 200"), "the open connection goes on");
    assert!(running.logged().contains("a new certificate is in use"), "{}", running.logged());
}

#[test]
fn operators_see_when_the_certificate_in_use_expires() {
    let (old, new) = (made(2100), made(2101));
    let place = place(&old);
    let (running, _) = serve(&place);
    let ops = *running.addresses().last().expect("the address for operators");
    let shows = |until: &str| {
        let line = format!("zaguan_certificate_expires_seconds {until}\n");
        running.wait_for("the certificate's end", |_| get(ops, "/metrics").body.contains(&line));
    };
    // The first moments of 2100 and of 2101.
    shows("4102444800");
    write_pair(&place, &new.certificate, &new.key);
    shows("4133980800");
}

#[test]
fn a_new_pair_that_cannot_be_used_is_logged_and_the_old_one_stays() {
    let (old, other) = (made(2100), made(2101));
    let place = place(&old);
    let (running, address) = serve(&place);
    let trusted = trusting(&[&old, &other]);
    write_pair(&place, &other.certificate, &old.key);
    running.wait_for("word of the wrong key", |running| {
        running.logged().contains("cannot be used with the first")
    });
    wait_until_shown(address, &old, &trusted);
    write_pair(&place, "nothing", &other.key);
    running.wait_for("word of the file", |running| running.logged().contains("has no certificate in PEM"));
    wait_until_shown(address, &old, &trusted);
    fs::remove_file(place.path("key.pem")).expect("removed");
    running.wait_for("word of the missing file", |running| running.logged().contains("cannot be read"));
    wait_until_shown(address, &old, &trusted);
    assert_eq!(running.logged().matches("the certificate in use stays").count(), 3, "{}", running.logged());
    write_pair(&place, &other.certificate, &other.key);
    wait_until_shown(address, &other, &trusted);
}

#[test]
fn the_check_says_what_is_wrong_with_a_certificate() {
    let (good, other) = (made(2100), made(2100));
    let expired = made(2021);
    let place = place(&good);
    let check = || place.run(&["config", "check"]);
    assert_eq!(check().status, 0, "{}", check().err);
    let refused = |told: &str| {
        let done = check();
        assert_ne!(done.status, 0, "{told}");
        assert!(done.err.contains(told), "{told} in {}", done.err);
    };
    write_pair(&place, &good.certificate, &other.key);
    refused("write the two files that belong together");
    write_pair(&place, &expired.certificate, &expired.key);
    refused("certificate.pem is valid from 2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z; renew it");
    write_pair(&place, &good.key, &good.key);
    refused("certificate.pem has no certificate in PEM");
    write_pair(&place, &good.certificate, &good.certificate);
    refused("key.pem has no private key in PEM");
    write_pair(&place, &good.certificate, &good.key);
    fs::set_permissions(place.path("key.pem"), Permissions::from_mode(0o644)).expect("set");
    refused("run: chmod o= ");
    fs::remove_file(place.path("key.pem")).expect("removed");
    refused("server.tls_key: ");
    fs::remove_file(place.path("certificate.pem")).expect("removed");
    refused("cannot be read");
    for (line, told) in [
        ("server.tls_key = \"key.pem\"", "it needs server.tls_certificate"),
        ("server.tls_certificate = \"c.pem\"", "it needs server.tls_key"),
        ("server.tls_certificate = \"c.pem\"\nserver.tls_key = \"key.pem\"", "write https"),
    ] {
        let place = Place::with_configuration(&format!("smtp.url = \"smtp://127.0.0.1:9?tls=none\"\n{line}"));
        let done = place.run(&["config", "check"]);
        assert!(done.status != 0 && done.err.contains(told), "{told} in {}", done.err);
    }
}

#[test]
fn operators_are_answered_without_tls() {
    let pair = made(2100);
    let place = place(&pair);
    let (running, _) = serve(&place);
    let ops = *running.addresses().last().expect("the address for operators");
    assert_eq!(request(ops, "GET /healthz", &[], "").status, 200);
}
