//! Each way in which a mail server can fail at each stage of the dialogue, and what must come of the letter: 54 in all.

use crate::way::*;
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use zaguan::config::smtp_url::Encryption;
use zaguan_domain::letter::{LetterState, wait_after};
use zaguan_testing::scripted_mail_server::{Act, Presents, ReceivedMessage, ScriptedMailServer, Stage};
use zaguan_testing::{Client, TestPortal, key_in};

/// Long for loopback, short for a test.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How many cases go on at the same time.
const AT_A_TIME: usize = 6;

const PASSWORD: &str = "canario-del-correo";

/// What must come of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It waits, and arrives once.
    Later,
    /// It waits, and arrives; the server may have had it before.
    LaterPerhapsTwice,
    /// It is refused for ever, and that is told.
    Refused,
}

/// What the server does, in the words of the table's columns.
#[derive(Clone, Copy, Debug)]
enum Failure {
    NotNow,
    Never,
    Close,
    Hang,
    Garbage,
}

impl Failure {
    const ALL: [Self; 5] = [Self::NotNow, Self::Never, Self::Close, Self::Hang, Self::Garbage];

    fn act(self) -> Act {
        match self {
            Self::NotNow => Act::reply(450, "4.2.0 not now"),
            Self::Never => Act::reply(550, "5.1.1 no such user"),
            Self::Close => Act::Close,
            Self::Hang => Act::Hang,
            Self::Garbage => Act::Garbage,
        }
    }
}

use Fate::{Later, LaterPerhapsTwice as Twice, Refused};

/// The table: at each stage, what must come of a letter when the server says "not now" (4xx), "never" (5xx), closes,
/// hangs or babbles. What is said before the letter is named is no word about the letter, not even "never".
const TABLE: [(Stage, [Fate; 5]); 9] = [
    (Stage::Connect, [Later, Later, Later, Later, Later]),
    (Stage::Banner, [Later, Later, Later, Later, Later]),
    (Stage::Ehlo, [Later, Later, Later, Later, Later]),
    (Stage::StartTls, [Later, Later, Later, Later, Later]),
    (Stage::Auth, [Later, Later, Later, Later, Later]),
    (Stage::MailFrom, [Later, Refused, Later, Later, Later]),
    (Stage::RcptTo, [Later, Refused, Later, Later, Later]),
    (Stage::Data, [Later, Refused, Later, Later, Later]),
    (Stage::AfterFinalDot, [Later, Refused, Twice, Twice, Twice]),
];

/// Encryption that cannot be relied on: how the server encrypts and what it shows, how we go to it, and whether we trust
/// what it shows. Nothing of the letter or the login may be said then.
const ENCRYPTION: [(Server, Encryption, bool); 9] = [
    (Server::FromTheStart(Presents::AnotherHost), Encryption::FromTheStart, true),
    (Server::FromTheStart(Presents::OutOfDate), Encryption::FromTheStart, true),
    (Server::FromTheStart(Presents::Localhost), Encryption::FromTheStart, false),
    (Server::WhenAsked(Presents::AnotherHost), Encryption::Required, true),
    (Server::WhenAsked(Presents::OutOfDate), Encryption::Required, true),
    (Server::WhenAsked(Presents::Localhost), Encryption::Required, false),
    (Server::Plain, Encryption::FromTheStart, false),
    (Server::Plain, Encryption::Required, false),
    (Server::Plain, Encryption::Opportunistic, false),
];

#[derive(Clone, Copy, Debug)]
enum Server {
    Plain,
    WhenAsked(Presents),
    FromTheStart(Presents),
}

impl Server {
    async fn start(self) -> ScriptedMailServer {
        match self {
            Self::Plain => ScriptedMailServer::start().await,
            Self::WhenAsked(presents) => ScriptedMailServer::start_presenting(presents).await,
            Self::FromTheStart(presents) => ScriptedMailServer::start_encrypted_presenting(presents).await,
        }
    }
}

/// A portal with one person who waits for a key.
struct Case {
    name: String,
    portal: TestPortal,
    ana: Client,
}

impl Case {
    async fn new(name: String) -> Self {
        let portal = TestPortal::new().await;
        let ana = register(&portal, PEOPLE[0]).await;
        Self { name, portal, ana }
    }

    fn send_to(&mut self, server: &ScriptedMailServer, encryption: Encryption, trust: bool) {
        let directory = tempfile::tempdir().unwrap();
        let ca_file = server.ca_pem().filter(|_| trust).map(|pem| {
            let path = directory.path().join("ca.pem");
            std::fs::write(&path, pem).unwrap();
            path
        });
        let login = Some(("portal".to_owned(), PASSWORD.to_owned()));
        let way = Way { port: server.port(), encryption, login, ca_file, patience: PATIENCE };
        self.portal.send_by(way.transport());
    }

    async fn state(&self) -> LetterState {
        let outbox = self.portal.outbox().await;
        assert_eq!(outbox.len(), 1, "{}", self.name);
        outbox.into_iter().next().unwrap().1
    }

    /// The letter waits for its first next attempt, and the page says that it is late.
    async fn waits(&mut self) {
        let state = self.state().await;
        let LetterState::Waiting { attempts: 1, next_at, reply: Some(reply) } = &state else {
            panic!("{}: {state:?}", self.name)
        };
        let wait = next_at.duration_since(zaguan_web::World::now(self.portal.world()));
        assert_eq!(wait, wait_after(1), "{}", self.name);
        assert!(!reply.is_empty() && !reply.contains(PASSWORD), "{}: {reply}", self.name);
        assert!(self.counts("deferred"), "{}", self.name);
        let page = status(&mut self.ana).await;
        assert!(page.says("sale con demora"), "{}: {}", self.name, page.words());
    }

    /// The letter is refused, which the page says and the counts tell, and is not tried again.
    async fn is_refused(&mut self, server: &ScriptedMailServer) {
        let state = self.state().await;
        let LetterState::Refused { reply, .. } = &state else { panic!("{}: {state:?}", self.name) };
        assert_eq!(reply, "550 5.1.1 no such user", "{}", self.name);
        assert!(self.counts("refused"), "{}", self.name);
        let page = status(&mut self.ana).await;
        assert!(page.says("Esa dirección no existe"), "{}: {}", self.name, page.words());
        let before = server.reached(Stage::MailFrom);
        self.portal.world().pass(SignedDuration::from_hours(12));
        self.portal.deliver().await;
        assert_eq!((server.reached(Stage::MailFrom), server.accepted().len()), (before, 0), "{}", self.name);
    }

    /// After the wait the letter is taken, once; of all its copies name and key are the same.
    async fn arrives(&mut self, server: &ScriptedMailServer, copies: usize) {
        self.portal.world().pass(wait_after(1));
        self.portal.deliver().await;
        assert_eq!(server.accepted().len(), 1, "{}", self.name);
        let received = server.received();
        assert_eq!(received.len(), copies, "{}", self.name);
        let letters: Vec<_> = received.iter().map(ReceivedMessage::letter).collect();
        let names: BTreeSet<_> = letters.iter().map(|letter| letter.header("Message-ID").unwrap()).collect();
        let keys: BTreeSet<_> =
            letters.iter().map(|letter| key_in(letter.text.as_deref().unwrap()).unwrap()).collect();
        assert_eq!((names.len(), keys.len()), (1, 1), "{}", self.name);
        assert!(status(&mut self.ana).await.says("Su mensaje salió"), "{}", self.name);
    }

    fn counts(&self, outcome: &str) -> bool {
        let line = format!("zaguan_letters_total{{kind=\"registration-key\",outcome=\"{outcome}\"}} 1\n");
        self.portal.counted().contains(&line)
    }
}

async fn fails_at(stage: Stage, failure: Failure, fate: Fate) {
    let server = ScriptedMailServer::start_with_tls().await;
    let mut case = Case::new(format!("{stage:?} {failure:?}")).await;
    case.send_to(&server, Encryption::Required, true);
    server.once(stage, failure.act());
    case.portal.deliver().await;
    assert!(server.accepted().is_empty(), "{}", case.name);
    match fate {
        Later => {
            case.waits().await;
            // What it refused in so many words it does not have.
            let before = server.received().len();
            case.arrives(&server, before + 1).await;
            assert!(before <= usize::from(stage == Stage::AfterFinalDot), "{}", case.name);
        }
        Twice => {
            case.waits().await;
            case.arrives(&server, 2).await;
        }
        Refused => case.is_refused(&server).await,
    }
}

async fn cannot_encrypt(server: Server, encryption: Encryption, trust: bool) {
    let mut case = Case::new(format!("{server:?} {encryption:?} trust={trust}")).await;
    let failing = server.start().await;
    case.send_to(&failing, encryption, trust);
    case.portal.deliver().await;
    case.waits().await;
    let said = (failing.reached(Stage::Auth), failing.reached(Stage::MailFrom));
    assert_eq!(said, (0, 0), "{}", case.name);
    let mended = ScriptedMailServer::start_with_tls().await;
    case.send_to(&mended, Encryption::Required, true);
    case.arrives(&mended, 1).await;
}

#[tokio::test]
async fn each_of_54_failures_of_a_mail_server_has_the_end_that_it_must_have() {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let mut cases = JoinSet::new();
    for (stage, fates) in TABLE {
        for (failure, fate) in Failure::ALL.into_iter().zip(fates) {
            let places = Arc::clone(&places);
            cases.spawn(async move {
                let _place = places.acquire().await.unwrap();
                fails_at(stage, failure, fate).await;
            });
        }
    }
    for (server, encryption, trust) in ENCRYPTION {
        let places = Arc::clone(&places);
        cases.spawn(async move {
            let _place = places.acquire().await.unwrap();
            cannot_encrypt(server, encryption, trust).await;
        });
    }
    assert_eq!(cases.join_all().await.len(), 54);
}
