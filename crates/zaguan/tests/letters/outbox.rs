//! A real outbox with a clock to set, and a transport that does what it is told.

use jiff::SignedDuration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::sync::Notify;
use zaguan::mail::outgoing::Outgoing;
use zaguan::mail::{Delivery, Sending, Transport};
use zaguan::metrics::Metrics;
use zaguan::postman::Postman;
use zaguan_domain::account::Holder;
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::flow::Purpose;
use zaguan_domain::id::{KeyId, LetterId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_domain::limit::Rules;
use zaguan_domain::mailbox::Cause;
use zaguan_domain::secret::Secrets;
use zaguan_domain::token::TokenHash;
use zaguan_store::{LetterFilter, Store, StoreSettings};
use zaguan_testing::{TestWorld, sample_brand};
use zaguan_views::{Locale, Settings, Views};
use zaguan_web::{Chance, PublicUrl, World as _};

pub(crate) const DOCUMENT: Document = Document::Person(12_345_678);

/// A store with nothing in it but what a test puts there.
pub(crate) struct Outbox {
    pub(crate) store: Store,
    pub(crate) world: Arc<TestWorld>,
    pub(crate) secrets: Arc<Secrets>,
    directory: TempDir,
}

impl Outbox {
    pub(crate) async fn new() -> Self {
        let directory = TempDir::new().expect("a directory");
        let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
        Store::migrate(&settings).await.expect("a schema");
        let store = Store::open(settings).await.expect("a database");
        let secrets = Arc::new(Secrets::derive([(1, &[7; 32])]).expect("a secret"));
        Self { store, world: Arc::new(TestWorld::new(5)), secrets, directory }
    }

    /// A postman who hands letters to this transport.
    pub(crate) fn postman(&self, transport: Arc<dyn Transport>) -> Postman {
        let views = Views::new(Settings {
            brand: sample_brand(),
            locale: Locale::EsAr,
            public_url: "https://portal.example".to_owned(),
            overrides: None,
            demo: false,
        });
        Postman {
            store: self.store.clone(),
            views: views.expect("pages and letters"),
            secrets: Arc::clone(&self.secrets),
            rules: Rules::default(),
            world: Arc::clone(&self.world) as _,
            transport,
            from: "Seguros <avisos@portal.example>".parse().expect("a sender"),
            public_url: PublicUrl::new("https://portal.example"),
            at_a_time: 3,
            wake: Arc::new(Notify::new()),
            metrics: Metrics::new(),
        }
    }

    /// The postman of another process on the same database.
    pub(crate) async fn postman_of_another_process(&self, transport: Arc<dyn Transport>) -> Postman {
        let store = Store::open(self.settings()).await.expect("the database again");
        Postman { store, ..self.postman(transport) }
    }

    fn settings(&self) -> StoreSettings {
        StoreSettings::sqlite(self.directory.path().join("zaguan.db"))
    }

    /// Puts a key and its letter into the outbox.
    pub(crate) async fn queue_key(&self, to: &str) -> (KeyId, LetterId) {
        let (now, mut chance) = (self.world.now(), Chance(&*self.world));
        let email = EmailAddress::read(to).expect("an address");
        let mut nonce = [0; 16];
        self.world.fill(&mut nonce);
        let key = Key {
            id: KeyId::new(now, &mut chance),
            nonce,
            secret: 1,
            purpose: Purpose::Register,
            holder: Holder { document: DOCUMENT, discriminator: String::new() },
            account: None,
            email: Some(email),
            browser: TokenHash::from_bytes([1; 32]),
            issued_at: now,
            held_until: None,
            expires_at: None,
            own_tries: 0,
            other_tries: 0,
            spent_at: None,
            killed_at: None,
        };
        let letter = self.letter(LetterKind::RegistrationKey, Some(key.id), to);
        let ids = (key.id, letter.id);
        self.store.commit(vec![Change::KeyIssued(key), Change::LetterQueued(letter)]).await.expect("written");
        ids
    }

    /// Puts a letter without a key into the outbox.
    pub(crate) async fn queue_notice(&self, to: &str) -> LetterId {
        let letter = self.letter(LetterKind::PasswordChanged, None, to);
        let id = letter.id;
        self.store.commit(vec![Change::LetterQueued(letter)]).await.expect("written");
        id
    }

    fn letter(&self, kind: LetterKind, key: Option<KeyId>, to: &str) -> Letter {
        Letter {
            id: LetterId::new(self.world.now(), &mut Chance(&*self.world)),
            kind,
            flow: None,
            key,
            account: None,
            document: DOCUMENT,
            to: EmailAddress::read(to).expect("an address"),
            cause: Cause::Stranger,
            browser: None,
            queued_at: self.world.now(),
            leaves_at: self.world.now(),
        }
    }

    pub(crate) async fn state(&self, letter: LetterId) -> LetterState {
        let letters = self.store.letters(LetterFilter::All, 100).await.expect("read");
        letters.into_iter().find(|(of, _)| of.id == letter).expect("in the outbox").1
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.world.pass(time);
    }
}

/// What a told transport does with a letter.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// Answers this.
    Answer(Delivery),
    /// Takes the letter and never comes back, as when the process dies there.
    NeverComesBack,
}

/// A transport that does what it is told, and remembers what it was handed.
#[derive(Debug, Default)]
pub(crate) struct ToldTransport {
    told: Mutex<VecDeque<Told>>,
    handed: Mutex<Vec<Handed>>,
}

/// A letter that was handed over.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) message_id: String,
}

impl ToldTransport {
    /// A transport that does this with the letters to come, and takes all after them.
    pub(crate) fn new(told: impl IntoIterator<Item = Told>) -> Arc<Self> {
        Arc::new(Self { told: Mutex::new(told.into_iter().collect()), handed: Mutex::default() })
    }

    pub(crate) fn handed(&self) -> Vec<Handed> {
        self.handed.lock().expect("unpoisoned").clone()
    }

    async fn take(&self, letter: &Outgoing) -> Delivery {
        let message = String::from_utf8(letter.message.formatted()).expect("ASCII");
        let message_id =
            message.lines().find(|line| line.starts_with("Message-ID: ")).expect("a name").to_owned();
        let handed =
            Handed { to: letter.to.as_str().to_owned(), text: letter.written.text.clone(), message_id };
        self.handed.lock().expect("unpoisoned").push(handed);
        let told = self.told.lock().expect("unpoisoned").pop_front();
        match told {
            Some(Told::Answer(delivery)) => delivery,
            Some(Told::NeverComesBack) => std::future::pending().await,
            None => accepted_by("correo.prueba.example"),
        }
    }
}

impl Transport for ToldTransport {
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.take(letter))
    }
}

pub(crate) fn accepted_by(server: &str) -> Delivery {
    Delivery::Accepted { server: server.to_owned(), reply: "250 2.0.0 Ok: queued as 4F1".to_owned() }
}

pub(crate) fn not_yet(reply: &str) -> Told {
    Told::Answer(Delivery::NotYet { reply: reply.to_owned() })
}

pub(crate) fn refused(reply: &str) -> Told {
    Told::Answer(Delivery::Refused { reply: reply.to_owned() })
}
