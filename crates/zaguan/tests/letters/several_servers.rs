//! Several mail servers: letters leave by the first, and by the next one while it fails.

use crate::smtp::{PATIENCE, by, letter, settings};
use tokio::task::JoinSet;
use zaguan::config::MailSettings;
use zaguan::config::smtp_url::Encryption;
use zaguan::mail::smtp::Smtp;
use zaguan::mail::{Delivery, Transport as _};
use zaguan::metrics::{Metrics, Readings};
use zaguan_testing::scripted_mail_server::{Act, ScriptedMailServer, Stage};

/// The settings of two servers, in this order.
fn both(first: &ScriptedMailServer, second: &ScriptedMailServer) -> MailSettings {
    let mut settings = settings(first, Encryption::None, true);
    let others = self::settings(second, Encryption::None, true).servers;
    settings.servers.extend(others);
    settings
}

async fn pair() -> (ScriptedMailServer, ScriptedMailServer) {
    (ScriptedMailServer::start().await, ScriptedMailServer::start().await)
}

#[tokio::test]
async fn letters_leave_by_the_first_server_as_long_as_it_works() {
    let (first, second) = pair().await;
    let smtp = by(&both(&first, &second), PATIENCE);
    for _ in 0..3 {
        let delivery = smtp.send(&letter("ana@example.com")).await;
        assert!(matches!(delivery, Delivery::Accepted { .. }), "{delivery:?}");
    }
    assert_eq!((first.accepted().len(), second.reached(Stage::Connect)), (3, 0));
}

#[tokio::test]
async fn a_server_that_fails_before_it_has_the_letter_is_passed_over() {
    let mut trials = JoinSet::new();
    for stage in [Stage::Connect, Stage::Banner, Stage::Ehlo, Stage::Auth, Stage::MailFrom] {
        for act in [
            Act::reply(421, "4.3.2 closing"),
            Act::reply(554, "5.7.0 no"),
            Act::Close,
            Act::Hang,
            Act::Garbage,
        ] {
            let is_of_letter = stage == Stage::MailFrom && act == Act::reply(554, "5.7.0 no");
            if !is_of_letter && (stage != Stage::Connect || matches!(act, Act::Close | Act::Hang)) {
                trials.spawn(passed_over(stage, act));
            }
        }
    }
    for stage in [Stage::RcptTo, Stage::Data, Stage::AfterFinalDot] {
        trials.spawn(passed_over(stage, Act::reply(421, "4.3.2 closing")));
    }
    assert_eq!(trials.join_all().await.len(), 24);
}

async fn passed_over(stage: Stage, act: Act) {
    let (first, second) = pair().await;
    first.always(stage, act.clone());
    let smtp = by(&both(&first, &second), PATIENCE);
    let delivery = smtp.send(&letter("ana@example.com")).await;
    assert!(matches!(delivery, Delivery::Accepted { .. }), "{stage:?} {act:?}: {delivery:?}");
    assert_eq!((first.accepted().len(), second.accepted().len()), (0, 1), "{stage:?} {act:?}");
}

#[tokio::test]
async fn what_a_server_says_of_a_letter_is_not_asked_of_another() {
    for stage in [Stage::MailFrom, Stage::RcptTo, Stage::Data, Stage::AfterFinalDot] {
        for (act, is_refused) in
            [(Act::reply(550, "5.1.1 no such user"), true), (Act::reply(450, "4.2.0 later"), false)]
        {
            let (first, second) = pair().await;
            first.once(stage, act.clone());
            let smtp = by(&both(&first, &second), PATIENCE);
            let delivery = smtp.send(&letter("ana@example.com")).await;
            assert_eq!(matches!(delivery, Delivery::Refused { .. }), is_refused, "{stage:?}: {delivery:?}");
            assert_eq!(second.reached(Stage::Connect), 0, "{stage:?} {act:?}");
        }
    }
}

#[tokio::test]
async fn a_letter_that_the_first_server_may_have_is_not_handed_to_the_second() {
    for act in [Act::Close, Act::Hang, Act::Garbage] {
        let (first, second) = pair().await;
        first.once(Stage::AfterFinalDot, act.clone());
        let smtp = by(&both(&first, &second), PATIENCE);
        let delivery = smtp.send(&letter("ana@example.com")).await;
        assert!(matches!(delivery, Delivery::NotYet { .. }), "{act:?}: {delivery:?}");
        assert_eq!(second.reached(Stage::Connect), 0, "{act:?}");
    }
}

#[tokio::test]
async fn a_server_that_failed_rests_and_is_then_the_first_again() {
    let (first, second) = pair().await;
    first.once(Stage::Banner, Act::reply(421, "4.3.2 closing"));
    let smtp = by(&both(&first, &second), PATIENCE * 3);
    for _ in 0..2 {
        smtp.send(&letter("ana@example.com")).await;
    }
    assert_eq!((first.reached(Stage::Connect), second.accepted().len()), (1, 2), "it is left alone");
    tokio::time::sleep(PATIENCE * 3).await;
    smtp.send(&letter("ana@example.com")).await;
    assert_eq!((first.accepted().len(), second.accepted().len()), (1, 2));
}

#[tokio::test]
async fn where_all_servers_fail_letters_wait_and_each_was_asked() {
    let (first, second) = pair().await;
    for server in [&first, &second] {
        server.always(Stage::Banner, Act::reply(554, "5.3.2 closed"));
    }
    let smtp = by(&both(&first, &second), PATIENCE);
    for round in 1..=2 {
        let delivery = smtp.send(&letter("ana@example.com")).await;
        assert!(matches!(delivery, Delivery::NotYet { .. }), "{delivery:?}");
        let asked = (first.reached(Stage::Connect), second.reached(Stage::Connect));
        assert_eq!(asked, (round, round), "one that rests is better than none");
    }
}

#[tokio::test]
async fn which_server_took_a_letter_and_which_failed_is_counted() {
    let (first, second) = pair().await;
    let (settings, metrics) = (both(&first, &second), Metrics::new());
    let smtp = Smtp::new(&settings, "portal.example", PATIENCE, metrics.clone()).expect("a way");
    let counts = || metrics.text(&Readings::default()).expect("text");
    let line = |what: &str, server: &ScriptedMailServer, count: u32| {
        format!("zaguan_mail_server_{what}_total{{server=\"localhost:{}\"}} {count}\n", server.port())
    };
    assert!(counts().contains(&line("failures", &first, 0)), "counted from zero: {}", counts());
    first.once(Stage::Banner, Act::Close);
    smtp.send(&letter("ana@example.com")).await;
    for expected in [
        line("failures", &first, 1),
        line("letters", &first, 0),
        line("failures", &second, 0),
        line("letters", &second, 1),
    ] {
        assert!(counts().contains(&expected), "{expected} in {}", counts());
    }
}
