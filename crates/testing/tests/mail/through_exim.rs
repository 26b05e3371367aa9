//! A real mail server from Debian, with STARTTLS and a login, into a mailbox from which the key is read.

use crate::way::*;
use std::time::Duration;
use zaguan::config::smtp_url::Encryption;
use zaguan_testing::mail_server::MailServer;
use zaguan_testing::{TestPortal, key_in, link_path_in};

const SOON: Duration = Duration::from_secs(20);

fn way_to(server: &MailServer) -> Way {
    Way {
        port: server.port(),
        encryption: Encryption::Required,
        login: Some((server.user().to_owned(), server.password().to_owned())),
        ca_file: Some(server.ca_path()),
        patience: SOON,
    }
}

#[tokio::test]
async fn the_journey_and_the_recovery_cross_a_real_mail_server() {
    let server = MailServer::start().await;
    let mut portal = TestPortal::new().await;
    portal.send_by(way_to(&server).transport());
    let (document, _, email) = PEOPLE[0];
    let mut ana = register(&portal, PEOPLE[0]).await;
    portal.deliver().await;
    assert!(status(&mut ana).await.says("localhost"), "accepted, and by whom");
    let letter = server.wait_for_letter(email, SOON).await;
    let text = letter.text.clone().unwrap();
    assert!(letter.html.unwrap().contains(&key_in(&text).unwrap()), "both versions have the key");
    ana.post("/registro/clave", &[("clave_transitoria", key_in(&text).unwrap())]).await;
    let page = ana.post("/clave-definitiva", &[("clave", "el mate con yuyos de Nélida")]).await;
    assert_eq!(page.status.as_u16(), 303, "{}", page.words());
    let mut again = portal.client();
    again.post("/recuperar", &[("usuario", document)]).await;
    portal.deliver().await;
    let letters = server.wait_for_letters(email, 3, SOON).await;
    let mut links = letters.iter().filter_map(|letter| link_path_in(letter.text.as_deref()?));
    let recovery = links.find(|link| Some(link) != link_path_in(&text).as_ref()).unwrap();
    let page = again.post(&recovery, &[("", ""); 0]).await;
    assert_eq!(page.headers["location"], "/clave-definitiva");
}

#[tokio::test]
async fn letters_have_the_headers_that_mail_servers_and_answering_machines_look_for() {
    let server = MailServer::start().await;
    let mut portal = TestPortal::new().await;
    portal.send_by(way_to(&server).transport());
    register(&portal, PEOPLE[0]).await;
    portal.deliver().await;
    let letter = server.wait_for_letter(PEOPLE[0].2, SOON).await;
    assert_eq!(letter.header("Auto-Submitted"), Some("auto-generated"));
    assert!(letter.header("Message-ID").unwrap().ends_with("@zaguan.example>"));
    assert!(letter.header("Date").is_some());
    assert!(letter.header("From").unwrap().contains("avisos@zaguan.example"));
    assert!(letter.subject.contains("Seguros del Zaguán"), "{}", letter.subject);
    assert!(String::from_utf8_lossy(&letter.raw).contains("(TLS"), "the server says that it came encrypted");
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_told_on_the_page() {
    let server = MailServer::start().await;
    let mut portal = TestPortal::new().await;
    portal.send_by(way_to(&server).transport());
    let nobody = server.unknown_address();
    let mut ana = register(&portal, ("12345678", "1234567", &nobody)).await;
    portal.deliver().await;
    assert!(status(&mut ana).await.says("no existe"), "{}", status(&mut ana).await.words());
}

#[tokio::test]
async fn a_wrong_password_or_an_unknown_certificate_keeps_letters_waiting_until_it_is_put_right() {
    let server = MailServer::start().await;
    let wrong_password =
        Way { login: Some((server.user().to_owned(), "wrong".to_owned())), ..way_to(&server) };
    let unknown_certificate = Way { ca_file: None, ..way_to(&server) };
    for (way, person) in [(wrong_password, PEOPLE[0]), (unknown_certificate, PEOPLE[1])] {
        let mut portal = TestPortal::new().await;
        portal.send_by(way.transport());
        let mut client = register(&portal, person).await;
        portal.deliver().await;
        assert!(!status(&mut client).await.says("localhost"));
        assert!(server.letters_to(person.2).is_empty());
        portal.send_by(way_to(&server).transport());
        portal.world().pass(jiff::SignedDuration::from_mins(1));
        portal.deliver().await;
        server.wait_for_letter(person.2, SOON).await;
    }
}
