//! A whole portal for a test: a real SQLite file, the real router, the real clerk and postman, a clock to set.

use crate::client::Client;
use crate::mailbox::{SentLetter, TestMailbox};
use crate::or_fail::OrFail;
use crate::postgres::{PostgresCluster, TestDatabase};
use crate::sample_book::sample_book;
use crate::world::TestWorld;
use axum::Router;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zaguan::mail::Transport;
use zaguan::metrics::{Metrics, Readings};
use zaguan::portal::{Parts, Portal};
use zaguan::postman::Postman;
use zaguan::server::{Bounds, Server};
use zaguan_domain::allowance::Allowance;
use zaguan_domain::document::Document;
use zaguan_domain::hold::{EmailOnFile, HoldRules};
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_domain::limit::Rules;
use zaguan_domain::secret::Secrets;
use zaguan_domain::throttle::Limits;
use zaguan_hasher::{HashSettings, Hasher};
use zaguan_store::{BookRow, LetterFilter, Store, StoreSettings};
use zaguan_views::{Brand, Locale, Settings, Views};
use zaguan_web::{DoorLimits, LegacyPath, PublicUrl, World};

/// The name of the database's file.
const DATABASE: &str = "zaguan.sqlite";

/// A portal.
#[derive(Debug)]
pub struct TestPortal {
    portal: Portal,
    postman: Postman,
    router: Router,
    tasks: Mutex<JoinSet<()>>,
    around: Surroundings,
}

/// What the processes of one portal share.
#[derive(Clone, Debug)]
struct Surroundings {
    public_url: String,
    hashing: HashSettings,
    door: DoorLimits,
    rules: Rules,
    world: Arc<TestWorld>,
    mailbox: Arc<TestMailbox>,
    directory: Arc<TempDir>,
    /// The database on a server, where the run is about that.
    on_server: Option<Arc<TestDatabase>>,
}

impl TestPortal {
    /// What the mail server calls itself.
    pub const MAIL_SERVER: &str = TestMailbox::SERVER;

    /// A reverse proxy that is believed when it says whom it speaks for.
    pub const TRUSTED_PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    /// A portal of "Seguros del Zaguán" on loopback, with a small invented policy book.
    pub async fn new() -> Self {
        Self::with_public_url("http://127.0.0.1:8080").await
    }

    /// A portal that people reach at this address.
    pub async fn with_public_url(public_url: &str) -> Self {
        Self::build(public_url, sample_book(), HashSettings::for_tests(), open_door()).await
    }

    /// A portal at whose door these limits hold; at the others' there is none, for their clock stands still.
    pub async fn with_door(door: DoorLimits) -> Self {
        Self::build("http://127.0.0.1:8080", sample_book(), HashSettings::for_tests(), door).await
    }

    /// A portal where a password costs this much.
    pub async fn with_hashing(hashing: HashSettings) -> Self {
        Self::build("http://127.0.0.1:8080", sample_book(), hashing, open_door()).await
    }

    /// A portal of this policy book.
    pub async fn with_book(book: Vec<BookRow>) -> Self {
        Self::build("http://127.0.0.1:8080", book, HashSettings::for_tests(), open_door()).await
    }

    /// A portal where things may be tried as often as the usual limits say; at the others nobody reaches a limit.
    pub async fn with_limits() -> Self {
        Self::with_rules(sample_book(), Rules::default()).await
    }

    /// A portal of this policy book, whose operator set these rules.
    pub async fn with_rules(book: Vec<BookRow>, rules: Rules) -> Self {
        let usual = Surroundings::new("http://127.0.0.1:8080", HashSettings::for_tests(), open_door());
        Self::begin(book, Surroundings { rules, ..usual }).await
    }

    /// A portal that people reach at this address, whose operator decided this about addresses that the book has.
    pub async fn with_hold(public_url: &str, email_on_file: EmailOnFile) -> Self {
        let usual = Surroundings::new(public_url, HashSettings::for_tests(), open_door());
        let hold = HoldRules { email_on_file, ..HoldRules::default() };
        let rules = Rules { hold, ..usual.rules.clone() };
        Self::begin(sample_book(), Surroundings { rules, ..usual }).await
    }

    /// The same portal as another process runs it: on the same database, with the same clock and mail server.
    pub async fn other_process(&self) -> Self {
        self.other_process_with_hashing(self.around.hashing).await
    }

    /// The same portal as another process runs it, where a password costs this much.
    pub async fn other_process_with_hashing(&self, hashing: HashSettings) -> Self {
        let store = Store::open(self.around.store_settings()).await;
        Self::on(store.or_fail("the database again"), Surroundings { hashing, ..self.around.clone() })
    }

    /// Who hashes the portal's passwords.
    pub fn hasher(&self) -> &Hasher {
        &self.portal.app.hasher
    }

    async fn build(public_url: &str, book: Vec<BookRow>, hashing: HashSettings, door: DoorLimits) -> Self {
        Self::begin(book, Surroundings::new(public_url, hashing, door)).await
    }

    async fn begin(book: Vec<BookRow>, around: Surroundings) -> Self {
        let store = open_store(around.store_settings(), book, around.world.now()).await;
        Self::on(store, around)
    }

    fn on(store: Store, around: Surroundings) -> Self {
        let secrets = Arc::new(Secrets::derive([(1, &[7; 32])]).or_fail("a secret"));
        let views = Views::new(Settings {
            brand: sample_brand(),
            locale: Locale::EsAr,
            public_url: around.public_url.clone(),
            overrides: None,
            demo: false,
        });
        let portal = Portal::new(Parts {
            store,
            hasher: Hasher::new(around.hashing, Arc::clone(&secrets)).or_fail("a hasher"),
            views: views.or_fail("the pages"),
            secrets,
            rules: around.rules.clone(),
            brand_name: sample_brand().name,
            breached: None,
            public_url: PublicUrl::new(&around.public_url),
            trusted_proxies: vec![Self::TRUSTED_PROXY.into()],
            door: around.door,
            legacy: LegacyPath::of_the_manual(),
            world: Arc::clone(&around.world) as Arc<dyn World>,
            transport: Arc::clone(&around.mailbox) as Arc<dyn Transport>,
            from: "Seguros del Zaguán <avisos@zaguan.example>".parse().or_fail("a sender"),
            letters_at_a_time: 4,
            mailbox: None,
            metrics: Metrics::new(),
        });
        let postman = Postman::clone(&portal.postman);
        let router = portal.router();
        Self { portal, postman, router, tasks: Mutex::default(), around }
    }

    /// A portal that a real browser can reach, on a free port of loopback, and its address.
    pub async fn served() -> (Arc<Self>, String) {
        let (portal, address) = Self::served_with(sample_book(), HashSettings::for_tests()).await;
        (portal, format!("http://{address}"))
    }

    /// A portal of this policy book, where a password costs this much, on a free port of loopback, and its address.
    pub async fn served_with(book: Vec<BookRow>, hashing: HashSettings) -> (Arc<Self>, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.or_fail("a free port");
        let address = listener.local_addr().or_fail("the address of the port");
        let portal = Self::build(&format!("http://{address}"), book, hashing, open_door()).await;
        let (bounds, proxies) = (Bounds::of_this_system(), Vec::new());
        let serving = Server { listener, tls: None, bounds, proxies };
        let serving = serving.run(portal.router.clone(), CancellationToken::new());
        portal.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(serving);
        (Arc::new(portal), address)
    }

    /// From now on letters leave by another way than the mailbox in memory.
    pub fn send_by(&mut self, transport: Arc<dyn Transport>) {
        self.postman.transport = transport;
    }

    /// A browser without cookies.
    pub fn client(&self) -> Client {
        let origin = self.portal.app.public_url.origin();
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        Client::new(self.router.clone()).at_host(host)
    }

    /// The clock, to set.
    pub fn world(&self) -> &TestWorld {
        &self.around.world
    }

    /// Does what the clerk and the postman do in their time.
    pub async fn deliver(&self) {
        self.portal.clerk.round().await.or_fail("the clerk's round");
        self.postman.round().await.or_fail("the postman's round");
    }

    /// The letters that were taken, in order.
    pub fn letters(&self) -> Vec<SentLetter> {
        self.around.mailbox.letters()
    }

    /// The last letter to this address.
    ///
    /// # Panics
    /// When there is none.
    pub fn last_letter_to(&self, address: &str) -> SentLetter {
        let letter = self.letters().into_iter().rev().find(|letter| letter.to == address);
        letter.or_fail(format_args!("no letter to {address}"))
    }

    /// The letters in the outbox, the newest first, and what became of each.
    pub async fn outbox(&self) -> Vec<(Letter, LetterState)> {
        self.portal.app.store.letters(LetterFilter::All, 1_000).await.or_fail("the letters")
    }

    /// What was counted, as Prometheus reads it.
    pub fn counted(&self) -> String {
        self.portal.metrics.text(&Readings::default()).or_fail("the metrics")
    }

    /// The kinds of the letters that were taken.
    pub async fn kinds_of_letters(&self) -> HashSet<LetterKind> {
        let taken = self.portal.app.store.letters(LetterFilter::Accepted, 1_000).await.or_fail("the letters");
        taken.into_iter().map(|(letter, _)| letter.kind).collect()
    }

    /// From now on the mail server takes letters.
    pub fn accept_letters(&self) {
        self.around.mailbox.accept();
    }

    /// From now on the mail server puts letters off, in these words.
    pub fn defer_letters(&self, reply: &str) {
        self.around.mailbox.defer(reply);
    }

    /// From now on the mail server refuses letters, in these words.
    pub fn refuse_letters(&self, reply: &str) {
        self.around.mailbox.refuse(reply);
    }

    /// The file of the database.
    pub fn database(&self) -> PathBuf {
        self.around.directory.path().join(DATABASE)
    }

    /// The database on a server, where the run is about that.
    pub fn on_server(&self) -> Option<&TestDatabase> {
        self.around.on_server.as_deref()
    }

    /// How many commits were made, ever.
    pub fn commits(&self) -> u64 {
        self.portal.app.store.metrics().commits
    }
}

impl Surroundings {
    fn store_settings(&self) -> StoreSettings {
        match &self.on_server {
            Some(database) => {
                StoreSettings::parse(&database.url(), None, self.directory.path()).or_fail("the URL")
            }
            None => StoreSettings::sqlite(self.directory.path().join(DATABASE)),
        }
    }

    fn new(public_url: &str, hashing: HashSettings, door: DoorLimits) -> Self {
        Self {
            public_url: public_url.to_owned(),
            hashing,
            door,
            rules: Rules { limits: lifted_limits(), ..Rules::default() },
            world: Arc::new(TestWorld::new(1)),
            mailbox: Arc::default(),
            directory: Arc::new(TempDir::new().or_fail("a directory for the test")),
            on_server: is_about_postgres().then(|| Arc::new(PostgresCluster::shared().database())),
        }
    }
}

/// Limits that nobody reaches.
fn lifted_limits() -> Limits {
    let lifted = Allowance { at_once: 1_000_000, one_more_each: SignedDuration::from_millis(1) };
    Limits {
        sign_in_document: lifted,
        sign_in_device: lifted,
        sign_in_network: lifted,
        sign_in_portal: lifted,
        register_document: lifted,
        register_policy: lifted,
        register_network: lifted,
        recover_network: lifted,
        key_network: lifted,
        proof: lifted,
    }
}

/// A door that nobody is turned away from.
fn open_door() -> DoorLimits {
    DoorLimits::new(100_000_000, 1)
}

/// Whether the portals of this run keep what they know on a PostgreSQL server: `cargo xtask test` runs the journeys a second
/// time with this.
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment which database it is about")]
fn is_about_postgres() -> bool {
    std::env::var("ZAGUAN_TESTS_ON").is_ok_and(|database| database == "postgres")
}

async fn open_store(settings: StoreSettings, book: Vec<BookRow>, now: Timestamp) -> Store {
    Store::migrate(&settings).await.or_fail("a schema");
    let store = Store::open(settings).await.or_fail("a database");
    store.replace_book(book.into_iter(), now).await.or_fail("the policy book");
    store
}

/// The insurer of the tests.
pub fn sample_brand() -> Brand {
    Brand {
        support_phone: Some("0800-555-0123".to_owned()),
        support_email: Some("ayuda@zaguan.example".to_owned()),
        support_hours: Some("lunes a viernes de 9 a 18".to_owned()),
        ..Brand::named("Seguros del Zaguán")
    }
}

/// A document as pages show it.
///
/// # Panics
/// When it is none.
pub fn shown_document(typed: &str) -> String {
    Document::read(typed).map(|read| read.document.shown()).ok().or_fail("a document")
}
