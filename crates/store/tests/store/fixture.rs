//! A store in a directory of its own, and things to put into it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::task::JoinSet;
use zaguan_domain::account::{Account, Holder, StoredPassword};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::id::{AccountId, FlowId, KeyId, LetterId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::mailbox::Cause;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_domain::session::Session;
use zaguan_domain::token::TokenHash;
use zaguan_store::{BookRow, CommitError, Store, StoreSettings};
use zaguan_testing::{PostgresCluster, TestDatabase};

pub(crate) const ANA: Document = Document::Person(12_345_678);
pub(crate) const BEA: Document = Document::Person(23_456_789);

/// A store on a database that goes with it.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) place: Place,
}

/// Where the database is.
pub(crate) enum Place {
    File(TempDir),
    Server(Arc<TestDatabase>),
}

impl Place {
    pub(crate) fn new() -> Self {
        if crate::ON_A_SERVER {
            Self::Server(Arc::new(PostgresCluster::shared().database()))
        } else {
            Self::File(tempfile::tempdir().unwrap())
        }
    }

    pub(crate) fn settings(&self) -> StoreSettings {
        match self {
            Self::File(directory) => StoreSettings::sqlite(directory.path().join("zaguan.db")),
            Self::Server(database) => StoreSettings::parse(&database.url(), None, Path::new("")).unwrap(),
        }
    }

    /// Writes as another program.
    pub(crate) fn run(&self, statements: &str) {
        match self {
            Self::File(_) => connection(self.settings().file().unwrap()).execute_batch(statements).unwrap(),
            // The one function that the two do not share.
            Self::Server(database) => {
                drop(
                    database.ask(
                        &statements.replace("zeroblob(16)", ZEROES_16).replace("zeroblob(32)", ZEROES_32),
                    ),
                );
            }
        }
    }

    /// Takes the turn to write as another program.
    pub(crate) fn hold(&self) -> Held {
        match self {
            Self::File(_) => {
                let connection = connection(self.settings().file().unwrap());
                connection.execute_batch("begin immediate").unwrap();
                Held::File(connection)
            }
            Self::Server(database) => {
                let of_thread = Arc::clone(database);
                let holder = std::thread::spawn(move || {
                    let held = "do $$begin perform pg_advisory_xact_lock(1514227541, 1); perform pg_sleep(60); \
                        /* as held */ exception when query_canceled then null; end$$";
                    of_thread.ask(held);
                });
                let has_it = format!(
                    "select count(*) from pg_locks where locktype = 'advisory' and granted and pid in (select pid from {HOLDER})"
                );
                // Each question takes some milliseconds.
                let took_it =
                    std::iter::repeat_with(|| database.ask(&has_it)).take(500).any(|held| held.trim() == "1");
                assert!(took_it);
                Held::Server(Arc::clone(database), holder)
            }
        }
    }

    /// A number, as another program finds it.
    pub(crate) fn number(&self, question: &str) -> i64 {
        match self {
            Self::File(_) => {
                connection(self.settings().file().unwrap()).query_row(question, [], |row| row.get(0)).unwrap()
            }
            Self::Server(database) => database.ask(question).trim().parse().unwrap(),
        }
    }
}

/// The turn to write, which another program has until it lets go.
pub(crate) enum Held {
    File(Connection),
    Server(Arc<TestDatabase>, std::thread::JoinHandle<()>),
}

impl Held {
    pub(crate) fn let_go(self) {
        match self {
            Self::File(connection) => connection.execute_batch("rollback").unwrap(),
            Self::Server(database, holder) => {
                database.ask(&format!("select pg_cancel_backend(pid) from {HOLDER}"));
                holder.join().unwrap();
            }
        }
    }
}

const ZEROES_16: &str = "decode(repeat('00', 16), 'hex')";
const ZEROES_32: &str = "decode(repeat('00', 32), 'hex')";

const HOLDER: &str = "pg_stat_activity where datname = current_database() and query like '%as held%' and pid <> pg_backend_pid()";

/// A file as another program sees it.
pub(crate) fn connection(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let place = Place::new();
        Store::migrate(&place.settings()).await.unwrap();
        Self { store: Store::open(place.settings()).await.unwrap(), place }
    }

    /// The file, where it is one.
    pub(crate) fn path(&self) -> PathBuf {
        self.settings().file().unwrap().to_owned()
    }

    pub(crate) fn settings(&self) -> StoreSettings {
        self.place.settings()
    }

    /// The database as another program sees it.
    pub(crate) fn other_program(&self) -> &Place {
        &self.place
    }

    /// The store of another process on the same file.
    pub(crate) async fn other_store(&self) -> Store {
        Store::open(self.settings()).await.unwrap()
    }

    /// A fixture in which these changes were committed.
    pub(crate) async fn with(changes: Vec<Change>) -> Self {
        let fixture = Self::new().await;
        fixture.commits(changes).await;
        fixture
    }

    /// Commits changes that must not fail.
    pub(crate) async fn commits(&self, changes: Vec<Change>) {
        self.store.commit(changes).await.unwrap();
    }

    /// Commits each of these on its own, at once; all of them wait in the writer's queue, or are done, when this returns.
    pub(crate) async fn commits_at_once(&self, changes: Vec<Change>) -> JoinSet<Result<(), CommitError>> {
        let count = changes.len();
        let begun = Arc::new(AtomicUsize::new(0));
        let mut callers = JoinSet::new();
        for change in changes {
            let (store, begun) = (self.store.clone(), Arc::clone(&begun));
            callers.spawn(async move {
                // From here to where it waits for its answer, nothing else runs on the runtime's only thread.
                begun.fetch_add(1, Ordering::Relaxed);
                store.commit(vec![change]).await
            });
        }
        while begun.load(Ordering::Relaxed) < count {
            tokio::task::yield_now().await;
        }
        callers
    }

    /// Commits a change whose guard must fail.
    pub(crate) async fn conflicts(&self, change: Change) {
        let refused = self.store.commit(vec![change.clone()]).await;
        assert!(matches!(refused, Err(CommitError::Conflict)), "{change:?}: {refused:?}");
    }

    pub(crate) async fn key(&self, number: u8) -> Key {
        self.store.key(key_id(number)).await.unwrap().unwrap()
    }
}

/// A time, so many seconds after the tests' beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(crate) fn account_id(number: u8) -> AccountId {
    AccountId::from_bytes([number; 16])
}

pub(crate) fn flow_id(number: u8) -> FlowId {
    FlowId::from_bytes([number; 16])
}

pub(crate) fn key_id(number: u8) -> KeyId {
    KeyId::from_bytes([number; 16])
}

pub(crate) fn letter_id(number: u8) -> LetterId {
    LetterId::from_bytes([number; 16])
}

pub(crate) fn browser(number: u8) -> TokenHash {
    TokenHash::from_bytes([number; 32])
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::read(text).unwrap()
}

pub(crate) fn password(text: &str) -> StoredPassword {
    StoredPassword { phc: format!("$argon2id$v=19$m=32,t=1,p=1$c2FsdHNhbHQ${text}"), pepper: 1 }
}

pub(crate) fn holder(document: Document, discriminator: &str) -> Holder {
    Holder { document, discriminator: discriminator.to_owned() }
}

pub(crate) fn account(number: u8, document: Document) -> Account {
    Account {
        id: account_id(number),
        holder: holder(document, ""),
        email: email("ana@example.com"),
        password: password("one"),
        opened_at: at(0),
        locked_at: None,
    }
}

pub(crate) fn flow(number: u8, browser_number: u8) -> Flow {
    Flow {
        id: flow_id(number),
        purpose: Purpose::Register,
        document: ANA,
        discriminator: Some(String::new()),
        email: Some(email("ana@example.com")),
        on_file: None,
        held_until: None,
        browser: browser(browser_number),
        device: None,
        asked_at: at(0),
        resolved_at: None,
        key: None,
    }
}

pub(crate) fn begun(flow: Flow) -> Change {
    Change::FlowBegun { flow, replaces: None }
}

pub(crate) fn key(number: u8) -> Key {
    Key {
        id: key_id(number),
        nonce: [number; 16],
        secret: 1,
        purpose: Purpose::Register,
        holder: holder(ANA, ""),
        account: None,
        email: Some(email("ana@example.com")),
        browser: browser(1),
        issued_at: at(0),
        held_until: None,
        expires_at: None,
        own_tries: 0,
        other_tries: 0,
        spent_at: None,
        killed_at: None,
    }
}

pub(crate) fn session(number: u8, account: u8) -> Session {
    Session {
        token: browser(number),
        account: account_id(account),
        opened_at: at(0),
        seen_at: at(0),
        browser: BrowserKind::UNKNOWN,
        proven_at: at(0),
    }
}

pub(crate) fn letter(number: u8) -> Letter {
    Letter {
        id: letter_id(number),
        kind: LetterKind::PasswordChanged,
        flow: None,
        key: None,
        account: None,
        document: ANA,
        to: email("ana@example.com"),
        cause: Cause::Notice,
        browser: None,
        queued_at: at(0),
        leaves_at: at(0),
    }
}

pub(crate) fn policy(line: LineOfBusiness, number: &str) -> Policy {
    Policy {
        line,
        number: PolicyNumber::read(number).unwrap(),
        previous: Vec::new(),
        from: None,
        to: None,
        state: Some(PolicyState::InForce),
        holder: "PEREZ, ANA".to_owned(),
        discriminator: String::new(),
        email: None,
        email_shared: false,
    }
}

pub(crate) fn book_row(document: Document, line: LineOfBusiness, number: &str) -> BookRow {
    BookRow { document, policy: policy(line, number) }
}
