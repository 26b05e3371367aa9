//! The scripted mail server does at each stage what it is told, and keeps what it was sent.
#![cfg(test)]

use std::time::{Duration, Instant};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Response;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::time::timeout;
use zaguan_testing::scripted_mail_server::{Act, ScriptedMailServer, Stage};

const SOON: Duration = Duration::from_secs(10);
const IMPATIENT: Duration = Duration::from_millis(300);
const ANA: &str = "ana@ejemplo.com.ar";
const BETO: &str = "beto@ejemplo.com.ar";

fn letter(to: &str) -> Message {
    Message::builder()
        .from("portal@ejemplo.com.ar".parse().unwrap())
        .to(to.parse().unwrap())
        .subject("Hola")
        .body("Primera línea\n.punto al principio\n".to_owned())
        .unwrap()
}

fn tls(server: &ScriptedMailServer) -> Tls {
    server.ca_pem().map_or(Tls::None, |pem| {
        let trusted = Certificate::from_pem(pem.as_bytes()).unwrap();
        let parameters = TlsParameters::builder("localhost".to_owned());
        Tls::Required(parameters.add_root_certificate(trusted).build().unwrap())
    })
}

fn transport(server: &ScriptedMailServer) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("localhost")
        .port(server.port())
        .tls(tls(server))
        .credentials(Credentials::new("portal".to_owned(), "secret".to_owned()))
        .build()
}

async fn send(server: &ScriptedMailServer, to: &str) -> Result<Response, Error> {
    transport(server).send(letter(to)).await
}

/// The stages that a delivery without TLS goes through up to its acceptance.
const STAGES: [Stage; 8] = [
    Stage::Connect,
    Stage::Banner,
    Stage::Ehlo,
    Stage::Auth,
    Stage::MailFrom,
    Stage::RcptTo,
    Stage::Data,
    Stage::AfterFinalDot,
];

#[tokio::test]
async fn a_good_server_takes_the_letter_and_keeps_its_envelope() {
    let server = ScriptedMailServer::start().await;
    let response = send(&server, ANA).await.unwrap();
    assert!(response.is_positive());

    let accepted = server.wait_for_accepted(1, SOON).await;
    assert_eq!(accepted[0].from, "portal@ejemplo.com.ar");
    assert_eq!(accepted[0].recipients, [ANA]);
    assert!(accepted[0].signed_in && !accepted[0].encrypted);
    assert_eq!(accepted[0].letter().subject, "Hola");
    let text = accepted[0].letter().text.unwrap();
    assert_eq!(
        text.trim_end(),
        "Primera línea\n.punto al principio",
        "the dot that was doubled is one again"
    );
}

#[tokio::test]
async fn with_tls_the_letter_comes_encrypted() {
    let server = ScriptedMailServer::start_with_tls().await;
    send(&server, ANA).await.unwrap();
    assert!(server.accepted()[0].encrypted);
    assert_eq!(server.reached(Stage::Ehlo), 2, "greeted again over TLS");
}

#[tokio::test]
async fn each_stage_refuses_in_the_words_it_is_given() {
    for stage in STAGES {
        let server = ScriptedMailServer::start().await;
        server.once(stage, Act::reply(451, "4.7.1 vuelva en un rato"));
        let refusal = send(&server, ANA).await.unwrap_err();
        assert!(refusal.to_string().contains("vuelva en un rato"), "{stage:?}: {refusal}");
        assert!(refusal.is_transient(), "{stage:?}: {refusal}");
        assert!(server.accepted().is_empty(), "{stage:?}");

        send(&server, ANA).await.unwrap();
        assert_eq!(server.accepted().len(), 1, "{stage:?}: refused once only");
    }
}

#[tokio::test]
async fn each_stage_closes_and_babbles() {
    for stage in STAGES {
        for act in [Act::Close, Act::Garbage] {
            let server = ScriptedMailServer::start().await;
            server.always(stage, act.clone());
            let refusal = send(&server, ANA).await.unwrap_err();
            assert!(!refusal.is_permanent(), "{act:?} at {stage:?}: {refusal}");
            assert!(server.accepted().is_empty(), "{act:?} at {stage:?}");
            let received = usize::from(stage == Stage::AfterFinalDot);
            assert_eq!(server.received().len(), received, "{act:?} at {stage:?}");
        }
    }
}

#[tokio::test]
async fn each_stage_hangs_until_the_client_gives_up() {
    for stage in STAGES {
        let server = ScriptedMailServer::start().await;
        server.always(stage, Act::Hang);
        // The mail client's own limit covers only connecting: whoever sends must set one for the whole.
        let sent = timeout(IMPATIENT, send(&server, ANA)).await;
        assert!(sent.is_err(), "{stage:?}: {sent:?}");
        assert_eq!(server.reached(stage), 1);
    }
}

#[tokio::test]
async fn each_stage_dawdles_and_then_goes_on() {
    for stage in STAGES {
        let server = ScriptedMailServer::start().await;
        server.once(stage, Act::Delay(IMPATIENT));
        let start = Instant::now();
        send(&server, ANA).await.unwrap();
        assert!(start.elapsed() >= IMPATIENT, "{stage:?}");
    }
}

#[tokio::test]
async fn starttls_can_fail_in_every_way() {
    for act in [Act::reply(454, "4.7.0 hoy no"), Act::Close, Act::Garbage] {
        let server = ScriptedMailServer::start_with_tls().await;
        server.once(Stage::StartTls, act.clone());
        send(&server, ANA).await.unwrap_err();
        assert_eq!(server.reached(Stage::MailFrom), 0, "{act:?}: nothing goes in clear");
        send(&server, ANA).await.unwrap();
    }
}

#[tokio::test]
async fn one_recipient_fares_worse_than_another() {
    let server = ScriptedMailServer::start().await;
    server.always_for(ANA, Stage::RcptTo, Act::reply(550, "5.1.1 no vive acá"));
    server.once_for(BETO, Stage::AfterFinalDot, Act::reply(452, "4.2.2 casilla llena"));

    assert!(send(&server, ANA).await.unwrap_err().is_permanent());
    assert!(send(&server, BETO).await.unwrap_err().is_transient());
    send(&server, BETO).await.unwrap();
    send(&server, "carla@ejemplo.com.ar").await.unwrap();

    let to: Vec<_> = server.accepted().into_iter().flat_map(|message| message.recipients).collect();
    assert_eq!(to, [BETO, "carla@ejemplo.com.ar"]);
    assert_eq!(server.received().len(), 3, "the one refused after its final dot came too");
}

#[tokio::test]
async fn a_hanging_client_keeps_nobody_else_waiting() {
    let server = ScriptedMailServer::start().await;
    server.always_for(ANA, Stage::RcptTo, Act::Hang);
    let slow = transport(&server);
    tokio::select! {
        _ = slow.send(letter(ANA)) => unreachable!("the server hangs"),
        () = server.wait_until_reached(Stage::RcptTo, 1, SOON) => {}
    }
    send(&server, BETO).await.unwrap();
}

#[tokio::test]
async fn what_is_told_later_replaces_what_was_told_before() {
    let server = ScriptedMailServer::start().await;
    server.always(Stage::MailFrom, Act::reply(421, "4.3.2 cerrado"));
    send(&server, ANA).await.unwrap_err();
    server.always(Stage::MailFrom, Act::Ok);
    send(&server, ANA).await.unwrap();
}
