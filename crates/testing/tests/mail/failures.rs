//! A mail server that fails for one person or for hours: nothing is lost, and nobody else is delayed.

use crate::way::*;
use jiff::SignedDuration;
use std::time::{Duration, Instant};
use zaguan::config::smtp_url::Encryption;
use zaguan_testing::scripted_mail_server::{Act, ScriptedMailServer, Stage};
use zaguan_testing::{TestPortal, key_in};

const PATIENCE: Duration = Duration::from_millis(1500);

fn way_to(server: &ScriptedMailServer, directory: &std::path::Path) -> Way {
    let ca_file = directory.join("certificate.pem");
    std::fs::write(&ca_file, server.ca_pem().unwrap()).unwrap();
    Way {
        port: server.port(),
        encryption: Encryption::Required,
        login: None,
        ca_file: Some(ca_file),
        patience: PATIENCE,
    }
}

async fn portal_with(server: &ScriptedMailServer) -> TestPortal {
    let directory = tempfile::tempdir().unwrap();
    let mut portal = TestPortal::new().await;
    portal.send_by(way_to(server, directory.path()).transport());
    portal
}

/// Lets the waits of refused letters pass, and delivers, until all that was written has been settled.
async fn deliver_with_patience(portal: &TestPortal) {
    for _ in 0..4 {
        portal.deliver().await;
        portal.world().pass(SignedDuration::from_mins(3));
    }
}

/// The Message-IDs that were taken for an address, each as often as it was.
fn taken_for(server: &ScriptedMailServer, email: &str) -> Vec<String> {
    let messages =
        server.accepted().into_iter().filter(|message| message.recipients.iter().any(|to| to == email));
    messages.map(|message| message.letter().header("Message-ID").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_refusal_for_ever_stops_that_letter_and_is_shown_and_the_others_arrive() {
    for stage in [Stage::RcptTo, Stage::Data, Stage::AfterFinalDot] {
        let server = ScriptedMailServer::start_with_tls().await;
        let portal = portal_with(&server).await;
        server.always_for(PEOPLE[0].2, stage, Act::reply(550, "5.1.1 no such user"));
        let mut ana = register(&portal, PEOPLE[0]).await;
        register(&portal, PEOPLE[1]).await;
        deliver_with_patience(&portal).await;
        assert!(taken_for(&server, PEOPLE[0].2).is_empty(), "{stage:?}");
        assert_eq!(taken_for(&server, PEOPLE[1].2).len(), 1, "{stage:?}");
        let page = status(&mut ana).await;
        assert!(page.says("no existe"), "{stage:?}: {}", page.words());
    }
}

#[tokio::test]
async fn a_server_down_for_hours_loses_nothing() {
    let down = ScriptedMailServer::start_with_tls().await;
    down.always(Stage::Connect, Act::Close);
    let directory = tempfile::tempdir().unwrap();
    let mut portal = portal_with(&down).await;
    let mut clients = Vec::new();
    for person in PEOPLE {
        clients.push(register(&portal, person).await);
    }
    for _ in 0..12 {
        portal.deliver().await;
        portal.world().pass(SignedDuration::from_mins(31));
    }
    assert!(down.accepted().is_empty());
    let up = ScriptedMailServer::start_with_tls().await;
    portal.send_by(way_to(&up, directory.path()).transport());
    deliver_with_patience(&portal).await;
    for ((_, _, email), mut client) in PEOPLE.into_iter().zip(clients) {
        assert_eq!(taken_for(&up, email).len(), 1, "{email}");
        let letter =
            up.accepted().into_iter().find(|message| message.recipients == [email]).unwrap().letter();
        let key = key_in(&letter.text.unwrap()).unwrap();
        let page = client.post("/registro/clave", &[("clave_transitoria", key)]).await;
        assert_eq!(page.status.as_u16(), 303, "the key lives from when it left: {}", page.words());
    }
}

#[tokio::test]
async fn one_slow_receiver_delays_nobody_else() {
    let server = ScriptedMailServer::start_with_tls().await;
    let portal = portal_with(&server).await;
    server.always_for(PEOPLE[0].2, Stage::RcptTo, Act::Hang);
    for person in PEOPLE {
        register(&portal, person).await;
    }
    let watch = async {
        let started = Instant::now();
        while PEOPLE[1..].iter().any(|(_, _, email)| taken_for(&server, email).is_empty()) {
            assert!(started.elapsed() < PATIENCE, "the others wait for the slow one");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::join!(portal.deliver(), watch);
}
