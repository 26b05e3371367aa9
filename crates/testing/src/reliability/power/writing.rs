//! The writer whose calls are recorded: the real store, which tells after each commit that it was acknowledged.

use super::trace::TOLD;
use crate::or_fail::OrFail as _;
use crate::sample_book::sample_book;
use jiff::{SignedDuration, Timestamp};
use std::fs::File;
use std::io::Write as _;
use zaguan_domain::account::{Account, Holder, StoredPassword};
use zaguan_domain::audit::{Event, Record};
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::flow::Purpose;
use zaguan_domain::id::{AccountId, KeyId, LetterId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_domain::mailbox::Cause;
use zaguan_domain::origin::Actor;
use zaguan_domain::token::TokenHash;
use zaguan_store::{Store, StoreSettings};

/// How many commits are written, one after the other.
pub const COMMITS: u32 = 200;

const NOW: Timestamp = Timestamp::constant(1_795_435_200, 0);

/// Makes a database where it is started, and writes: keys with their letters, and accounts whose password is set with them.
/// After each commit the file `told` says how many are durable. Where a test wants `synchronous` to fail, commits do not
/// wait for the disk.
///
/// # Panics
/// When the store fails.
pub async fn write_and_tell() {
    zaguan_faults::arm();
    let settings = StoreSettings::sqlite("zaguan.db");
    Store::migrate(&settings).await.or_fail("a schema");
    let store = Store::open(settings).await.or_fail("a database");
    store.replace_book(sample_book().into_iter(), NOW).await.or_fail("a book");
    let mut told = File::create(TOLD).or_fail("a file to tell in");
    let mut tell = |number: u32| told.write_all(format!("{number}\n").as_bytes()).or_fail("telling");
    tell(0);
    for number in 1..=COMMITS {
        let person = number.div_ceil(2);
        let changes = if number % 2 == 1 { key_of(person) } else { account_of(person) };
        store.commit(changes).await.or_fail("a commit");
        tell(number);
    }
    // As a machine without power does: nothing is closed.
    std::process::exit(0);
}

fn id(person: u32) -> [u8; 16] {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&person.to_be_bytes());
    id
}

fn holder(person: u32) -> Holder {
    Holder { document: Document::Person(20_000_000 + person), discriminator: String::new() }
}

fn email(person: u32) -> EmailAddress {
    EmailAddress::from_stored(&format!("persona{person}@correo.example")).or_fail("an address")
}

fn key_of(person: u32) -> Vec<Change> {
    let key = Key {
        id: KeyId::from_bytes(id(person)),
        nonce: [7; 16],
        secret: 1,
        purpose: Purpose::Register,
        holder: holder(person),
        account: None,
        email: Some(email(person)),
        browser: TokenHash::from_bytes([1; 32]),
        issued_at: NOW,
        held_until: None,
        expires_at: None,
        own_tries: 0,
        other_tries: 0,
        spent_at: None,
        killed_at: None,
    };
    let letter = Letter {
        id: LetterId::from_bytes(id(person)),
        kind: LetterKind::RegistrationKey,
        flow: None,
        key: Some(key.id),
        account: None,
        document: key.holder.document,
        to: email(person),
        cause: Cause::Stranger,
        browser: None,
        queued_at: NOW,
        leaves_at: NOW,
    };
    vec![Change::KeyIssued(key), Change::LetterQueued(letter), recorded(Event::KeyIssued, person)]
}

fn account_of(person: u32) -> Vec<Change> {
    let at = NOW.saturating_add(SignedDuration::from_mins(1)).unwrap_or(NOW);
    let account = Account {
        id: AccountId::from_bytes(id(person)),
        holder: holder(person),
        email: email(person),
        password: StoredPassword { phc: format!("$argon2id$no one's: {person}"), pepper: 1 },
        opened_at: at,
        locked_at: None,
    };
    let key = KeyId::from_bytes(id(person));
    vec![Change::KeySpent { key, at }, Change::AccountOpened(account), recorded(Event::AccountOpened, person)]
}

fn recorded(event: Event, person: u32) -> Change {
    Record {
        at: NOW,
        event,
        actor: Actor::Portal,
        document: Some(holder(person).document),
        account: None,
        browser: None,
        address: None,
        detail: String::new(),
    }
    .into_change()
}
