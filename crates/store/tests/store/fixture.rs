//! A store in a directory of its own, and things to put into it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use std::path::PathBuf;
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

pub(crate) const ANA: Document = Document::Person(12_345_678);
pub(crate) const BEA: Document = Document::Person(23_456_789);

/// A store on a file that goes with it.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) directory: TempDir,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings = StoreSettings { path: directory.path().join("zaguan.db") };
        Store::migrate(&settings).await.unwrap();
        Self { store: Store::open(settings).await.unwrap(), directory }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("zaguan.db")
    }

    pub(crate) fn settings(&self) -> StoreSettings {
        StoreSettings { path: self.path() }
    }

    /// The database as another program sees it.
    pub(crate) fn other_program(&self) -> Connection {
        let connection = Connection::open(self.path()).unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        connection
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
