//! The real mail server of the tests does what a real mail server does: TLS, login, refusals, a mailbox.
#![cfg(test)]

use std::time::Duration;

use lettre::message::{MultiPart, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use zaguan_testing::mail_server::MailServer;

const SOON: Duration = Duration::from_secs(20);
const ANA: &str = "ana@ejemplo.com.ar";

fn letter(to: &str) -> Message {
    letter_about(to, "Su clave transitoria, señora Núñez")
}

fn letter_about(to: &str, subject: &str) -> Message {
    Message::builder()
        .from("Aseguradora <portal@ejemplo.com.ar>".parse().unwrap())
        .to(to.parse().unwrap())
        .subject(subject)
        .header(header::MIME_VERSION_1_0)
        .multipart(MultiPart::alternative_plain_html(
            "La clave es ABCD-EFGH.\nVence mañana.".to_owned(),
            "<p>La clave es <b>ABCD-EFGH</b>.</p>".to_owned(),
        ))
        .unwrap()
}

fn trusting(server: &MailServer) -> TlsParameters {
    TlsParameters::builder("localhost".to_owned())
        .add_root_certificate(Certificate::from_pem(server.ca_pem().as_bytes()).unwrap())
        .build()
        .unwrap()
}

fn transport(server: &MailServer, tls: Tls, password: Option<&str>) -> AsyncSmtpTransport<Tokio1Executor> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("localhost")
        .port(server.port())
        .tls(tls)
        .timeout(Some(SOON));
    match password {
        Some(password) => {
            builder.credentials(Credentials::new(server.user().to_owned(), password.to_owned())).build()
        }
        None => builder.build(),
    }
}

fn signed_in(server: &MailServer) -> AsyncSmtpTransport<Tokio1Executor> {
    transport(server, Tls::Required(trusting(server)), Some(server.password()))
}

#[tokio::test]
async fn a_letter_crosses_tls_and_login_into_the_mailbox() {
    let server = MailServer::start().await;
    signed_in(&server).send(letter(ANA)).await.unwrap();

    let received = server.wait_for_letter(ANA, SOON).await;
    assert_eq!(received.subject, "Su clave transitoria, señora Núñez");
    assert_eq!(received.text.as_deref(), Some("La clave es ABCD-EFGH.\nVence mañana."));
    assert_eq!(received.html.as_deref(), Some("<p>La clave es <b>ABCD-EFGH</b>.</p>"));
    assert_eq!(received.header("return-path"), Some("<portal@ejemplo.com.ar>"));
    assert!(received.header("received").unwrap().contains("esmtpsa"), "sent with TLS and a login");
    assert!(received.raw.windows(9).any(|bytes| bytes == b"ABCD-EFGH"));
}

#[tokio::test]
async fn each_person_finds_their_own_letters_in_the_order_of_delivery() {
    let server = MailServer::start().await;
    let transport = signed_in(&server);
    let mut sent = Vec::new();
    for number in 1..=12 {
        let subject = format!("Mensaje {number}");
        transport.send(letter_about(ANA, &subject)).await.unwrap();
        sent.push(subject);
        // Two deliveries are two processes: only the end of one is before the other for sure.
        server.wait_for_letters(ANA, number, SOON).await;
    }
    transport.send(letter("beto@ejemplo.com.ar")).await.unwrap();
    assert_eq!(server.wait_for_letters("BETO@ejemplo.com.ar", 1, SOON).await.len(), 1);
    let found: Vec<_> = server.letters_to(ANA).into_iter().map(|received| received.subject).collect();
    assert_eq!(found, sent);
    assert!(server.letters_to("carla@ejemplo.com.ar").is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let server = MailServer::start().await;
    let tls = Tls::Required(trusting(&server));
    let refusal = transport(&server, tls, Some("wrong")).send(letter(ANA)).await.unwrap_err();
    assert_eq!(refusal.status().map(|code| code.to_string()).as_deref(), Some("535"), "{refusal}");
    assert!(server.letters_to(ANA).is_empty());
}

#[tokio::test]
async fn an_unknown_mailbox_is_refused_for_good() {
    let server = MailServer::start().await;
    let refusal = signed_in(&server).send(letter(&server.unknown_address())).await.unwrap_err();
    assert_eq!(refusal.status().map(|code| code.to_string()).as_deref(), Some("550"), "{refusal}");
    assert!(refusal.to_string().contains("no such mailbox here"), "{refusal}");
}

#[tokio::test]
async fn nobody_sends_without_tls_or_without_a_login() {
    let server = MailServer::start().await;
    let plain = transport(&server, Tls::None, None).send(letter(ANA)).await.unwrap_err();
    assert!(plain.to_string().contains("STARTTLS"), "{plain}");
    let tls = Tls::Required(trusting(&server));
    let nobody = transport(&server, tls, None).send(letter(ANA)).await.unwrap_err();
    assert!(nobody.to_string().contains("login"), "{nobody}");
}

#[tokio::test]
async fn the_certificate_of_another_server_is_not_trusted() {
    let (server, other) = (MailServer::start().await, MailServer::start().await);
    let tls = Tls::Required(trusting(&other));
    let refusal = transport(&server, tls, Some(server.password())).send(letter(ANA)).await.unwrap_err();
    assert!(refusal.is_tls() || refusal.to_string().contains("certificate"), "{refusal}");
}
