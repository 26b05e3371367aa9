//! The dialogue with a mail server, good or bad: encrypted as configured, nothing lost, no answer taken for another's.

use std::io::Write as _;
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::task::JoinSet;
use zaguan::config::MailSettings;
use zaguan::config::smtp_url::{Encryption, Login, SmtpUrl};
use zaguan::mail::outgoing::{Outgoing, put_into_message};
use zaguan::mail::smtp::Smtp;
use zaguan::mail::{Delivery, Transport as _};
use zaguan::metrics::Metrics;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::id::LetterId;
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_domain::mailbox::Cause;
use zaguan_testing::scripted_mail_server::{Act, ScriptedMailServer, Stage};
use zaguan_views::WrittenLetter;

/// Long for loopback, short for a test.
pub(crate) const PATIENCE: Duration = Duration::from_millis(800);

pub(crate) fn letter(to: &str) -> Outgoing {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let letter = Letter {
        id: LetterId::from_bytes([9; 16]),
        kind: LetterKind::PasswordChanged,
        flow: None,
        key: None,
        account: None,
        document: Document::Person(12_345_678),
        to: EmailAddress::read(to).expect("an address"),
        cause: Cause::Notice,
        browser: None,
        queued_at: at,
        leaves_at: at,
    };
    let written = WrittenLetter {
        subject: "Señal".to_owned(),
        text: "Hola\n.\nFin".to_owned(),
        html: "<p>Hola".to_owned(),
    };
    let from = "Seguros <avisos@portal.example>".parse().expect("a sender");
    put_into_message(&letter, written, &from, at).expect("a message")
}

pub(crate) fn settings(server: &ScriptedMailServer, encryption: Encryption, login: bool) -> MailSettings {
    let login = login.then(|| Login { user: "portal".to_owned(), password: "canario".to_owned().into() });
    MailSettings {
        servers: vec![SmtpUrl { host: "localhost".to_owned(), port: server.port(), encryption, login }],
        from: "Seguros <avisos@portal.example>".parse().expect("a sender"),
        ca_file: None,
        connections: 2,
    }
}

pub(crate) fn by(settings: &MailSettings, patience: Duration) -> Smtp {
    Smtp::new(settings, "portal.example", patience, Metrics::new()).expect("a way")
}

fn plain(server: &ScriptedMailServer) -> Smtp {
    by(&settings(server, Encryption::None, false), PATIENCE)
}

/// A way to a server whose certificate is trusted.
fn trusting(server: &ScriptedMailServer, encryption: Encryption) -> (Smtp, NamedTempFile) {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(server.ca_pem().expect("a certificate").as_bytes()).expect("written");
    let settings =
        MailSettings { ca_file: Some(file.path().to_owned()), ..settings(server, encryption, true) };
    (by(&settings, PATIENCE * 3), file)
}

#[tokio::test]
async fn a_letter_goes_encrypted_and_signed_in_and_the_servers_words_come_back() {
    let server = ScriptedMailServer::start_with_tls().await;
    server.once(Stage::AfterFinalDot, Act::reply(250, "2.0.0 Ok: queued as 4F1"));
    let (smtp, _file) = trusting(&server, Encryption::Required);
    let delivery = smtp.send(&letter("ana@example.com")).await;
    assert_eq!(
        delivery,
        Delivery::Accepted {
            server: "localhost".to_owned(),
            reply: "250 2.0.0 Ok: queued as 4F1".to_owned()
        }
    );
    let received = server.received();
    assert!(received[0].encrypted && received[0].signed_in);
    assert_eq!(received[0].from, "avisos@portal.example");
    assert_eq!(received[0].recipients, ["ana@example.com"]);
    let letter = received[0].letter();
    assert_eq!(letter.subject, "Señal");
    assert_eq!(letter.text.as_deref(), Some("Hola\n.\nFin"));
    assert_eq!(letter.header("Message-ID"), Some("<09090909090909090909090909090909@portal.example>"));
    assert_eq!(letter.header("Auto-Submitted"), Some("auto-generated"));
}

#[tokio::test]
async fn letters_one_after_the_other_share_a_connection() {
    let server = ScriptedMailServer::start().await;
    let smtp = plain(&server);
    for number in 0..5 {
        let delivery = smtp.send(&letter(&format!("p{number}@example.com"))).await;
        assert!(matches!(delivery, Delivery::Accepted { .. }), "{delivery:?}");
    }
    assert_eq!(server.reached(Stage::Connect), 1);
}

#[tokio::test]
async fn what_goes_wrong_before_a_letter_is_named_makes_it_wait() {
    let mut trials = JoinSet::new();
    for stage in [Stage::Connect, Stage::Banner, Stage::Ehlo, Stage::StartTls, Stage::Auth] {
        for act in [
            Act::reply(421, "4.3.2 closing"),
            Act::reply(554, "5.7.0 no"),
            Act::Close,
            Act::Hang,
            Act::Garbage,
        ] {
            if stage != Stage::Connect || matches!(act, Act::Close | Act::Hang) {
                trials.spawn(trouble_before_a_letter(stage, act));
            }
        }
    }
    assert_eq!(trials.join_all().await.len(), 22);
}

async fn trouble_before_a_letter(stage: Stage, act: Act) {
    let server = ScriptedMailServer::start_with_tls().await;
    server.once(stage, act.clone());
    let (smtp, _file) = trusting(&server, Encryption::Required);
    let delivery = smtp.send(&letter("ana@example.com")).await;
    let Delivery::NotYet { reply } = &delivery else { panic!("{stage:?} {act:?}: {delivery:?}") };
    assert!(!reply.is_empty() && !reply.contains("canario"), "{stage:?} {act:?}: {reply}");
    let again = smtp.send(&letter("ana@example.com")).await;
    assert!(matches!(again, Delivery::Accepted { .. }), "{stage:?} {act:?}: {again:?}");
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test]
async fn what_a_server_says_of_a_letter_decides_its_fate() {
    let mut trials = JoinSet::new();
    for stage in [Stage::MailFrom, Stage::RcptTo, Stage::Data, Stage::AfterFinalDot] {
        for (act, refused, words) in [
            (Act::reply(450, "4.2.0 later"), false, Some("450 4.2.0 later")),
            (Act::reply(550, "5.1.1 no such user"), true, Some("550 5.1.1 no such user")),
            (Act::Close, false, None),
            (Act::Hang, false, None),
            (Act::Garbage, false, None),
        ] {
            trials.spawn(async move {
                let (was_refused, reply) = fate(stage, act.clone()).await;
                assert_eq!(was_refused, refused, "{stage:?} {act:?}: {reply}");
                assert!(words.is_none_or(|words| reply == words), "{stage:?} {act:?}: {reply}");
            });
        }
    }
    assert_eq!(trials.join_all().await.len(), 20);
}

/// Whether a letter is refused, and in which words; the letter after it goes through.
async fn fate(stage: Stage, act: Act) -> (bool, String) {
    let server = ScriptedMailServer::start().await;
    server.once(stage, act.clone());
    let smtp = plain(&server);
    let fate = match smtp.send(&letter("ana@example.com")).await {
        Delivery::Refused { reply } => (true, reply),
        Delivery::NotYet { reply } => (false, reply),
        accepted @ Delivery::Accepted { .. } => panic!("{stage:?} {act:?}: {accepted:?}"),
    };
    let next = smtp.send(&letter("beto@example.com")).await;
    assert!(matches!(next, Delivery::Accepted { .. }), "{stage:?} {act:?}: {next:?}");
    fate
}

#[tokio::test]
async fn a_late_answer_is_not_taken_for_the_next_letters() {
    let server = ScriptedMailServer::start().await;
    let smtp = plain(&server);
    assert!(matches!(smtp.send(&letter("ana@example.com")).await, Delivery::Accepted { .. }));
    server.once_for("lento@example.com", Stage::AfterFinalDot, Act::Delay(PATIENCE * 2));
    assert!(matches!(smtp.send(&letter("lento@example.com")).await, Delivery::NotYet { .. }));
    tokio::time::sleep(PATIENCE * 2).await;
    server.always_for("nadie@example.com", Stage::RcptTo, Act::reply(550, "5.1.1 no such user"));
    let delivery = smtp.send(&letter("nadie@example.com")).await;
    assert_eq!(delivery, Delivery::Refused { reply: "550 5.1.1 no such user".to_owned() });
    assert!(server.reached(Stage::Connect) >= 2, "the connection that was cut short is not used again");
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closes_is_replaced_and_no_letter_waits_for_it() {
    for act in [Act::Close, Act::reply(421, "4.7.0 too many letters on this connection"), Act::Garbage] {
        let server = ScriptedMailServer::start().await;
        let smtp = plain(&server);
        assert!(matches!(smtp.send(&letter("ana@example.com")).await, Delivery::Accepted { .. }));
        server.once(Stage::MailFrom, act.clone());
        let next = smtp.send(&letter("ana@example.com")).await;
        assert!(matches!(next, Delivery::Accepted { .. }), "{act:?}: {next:?}");
        assert_eq!((server.reached(Stage::Connect), server.received().len()), (2, 2));
    }
}

#[tokio::test]
async fn what_a_kept_connection_says_of_a_letter_counts_and_is_not_asked_elsewhere() {
    let server = ScriptedMailServer::start().await;
    let smtp = plain(&server);
    smtp.send(&letter("ana@example.com")).await;
    server.once(Stage::MailFrom, Act::reply(550, "5.7.1 not from you"));
    let delivery = smtp.send(&letter("ana@example.com")).await;
    assert_eq!(delivery, Delivery::Refused { reply: "550 5.7.1 not from you".to_owned() });
    assert_eq!(server.reached(Stage::Connect), 1);
}

#[tokio::test]
async fn nothing_goes_in_clear_where_encryption_is_required() {
    let server = ScriptedMailServer::start().await;
    let smtp = by(&settings(&server, Encryption::Required, true), PATIENCE);
    assert!(matches!(smtp.send(&letter("ana@example.com")).await, Delivery::NotYet { .. }));
    assert_eq!((server.reached(Stage::Auth), server.reached(Stage::MailFrom)), (0, 0));
}

#[tokio::test]
async fn opportunistic_encryption_is_used_when_offered_and_never_shows_a_login() {
    let server = ScriptedMailServer::start_with_tls().await;
    let (smtp, _file) = trusting(&server, Encryption::Opportunistic);
    assert!(matches!(smtp.send(&letter("ana@example.com")).await, Delivery::Accepted { .. }));
    assert!(server.received()[0].encrypted);

    let server = ScriptedMailServer::start().await;
    let smtp = |login| by(&settings(&server, Encryption::Opportunistic, login), PATIENCE);
    assert!(matches!(smtp(false).send(&letter("ana@example.com")).await, Delivery::Accepted { .. }));
    assert!(matches!(smtp(true).send(&letter("ana@example.com")).await, Delivery::NotYet { .. }));
    assert_eq!(server.reached(Stage::Auth), 0);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_believed() {
    let server = ScriptedMailServer::start_with_tls().await;
    let smtp = by(&settings(&server, Encryption::Required, true), PATIENCE * 3);
    let delivery = smtp.send(&letter("ana@example.com")).await;
    assert!(matches!(delivery, Delivery::NotYet { .. }), "{delivery:?}");
    assert_eq!((server.reached(Stage::Auth), server.reached(Stage::MailFrom)), (0, 0));
}

#[tokio::test]
async fn a_file_without_a_certificate_is_refused_at_the_start() {
    let server = ScriptedMailServer::start().await;
    let file = NamedTempFile::new().expect("a file");
    for contents in
        ["", "nothing of the kind", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        std::fs::write(file.path(), contents).expect("written");
        let settings = MailSettings {
            ca_file: Some(file.path().to_owned()),
            ..settings(&server, Encryption::Required, false)
        };
        let refused = Smtp::new(&settings, "portal.example", PATIENCE, Metrics::new());
        assert!(refused.is_err(), "{contents:?}");
    }
}

#[tokio::test]
async fn where_nobody_listens_letters_wait() {
    let server = ScriptedMailServer::start().await;
    let mut settings = settings(&server, Encryption::None, false);
    settings.servers[0].port = 9;
    let smtp = by(&settings, PATIENCE);
    let delivery = smtp.send(&letter("ana@example.com")).await;
    let Delivery::NotYet { reply } = delivery else { panic!("{delivery:?}") };
    assert!(reply.starts_with("the mail server localhost cannot be reached: "), "{reply}");
}
