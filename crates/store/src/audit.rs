//! The audit trail: records that are only ever added, each bound to the one before by its hash.

use crate::database::{Ask, Database};
use crate::fault::StoreFault;
use crate::statement::statements;
use crate::value::{Columns, Value};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use zaguan_domain::audit::{Event, Record, RecordedAddress};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::document::Document;
use zaguan_domain::id::AccountId;
use zaguan_domain::origin::Actor;

mod verify;

pub(crate) use verify::verify;
pub use verify::{AuditFault, Verified};

macro_rules! columns {
    () => {
        "number, at, event, actor, document, account, browser, detail, address, address_chance, address_hash, hash"
    };
}

statements! {
    ADD = concat!(
        "insert into audit (", columns!(), ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    HEAD = "select number, hash from audit_head where id = 1";
    MOVE_HEAD = "insert into audit_head (id, number, hash) values (1, $1, $2)
        on conflict (id) do update set number = excluded.number, hash = excluded.hash";
    CHAIN = concat!("select ", columns!(), " from audit where number > $1 order by number limit $2");
    LATEST = concat!("select ", columns!(), " from audit order by number desc limit $1");
    OF_DOCUMENT = concat!(
        "select ", columns!(), " from audit where document = $1 order by number desc limit $2"
    );
    OF_ACCOUNT = concat!(
        "select ", columns!(), " from audit where account = $1 order by number desc limit $2"
    );
    MASK = "update audit set address = null, address_chance = null where number in
        (select number from audit where address is not null and at < $1 order by at limit $2)";
}

/// The end of the chain: the number of the last record, and its hash. Whoever keeps it elsewhere finds a cut tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the last record; 0 before the first.
    pub number: u64,
    /// Its hash; zeroes before the first.
    pub hash: [u8; 32],
}

/// Which records to read, the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFilter {
    /// All of them.
    All,
    /// Those about a document.
    OfDocument(Document),
    /// Those about an account.
    OfAccount(AccountId),
}

/// A record as it is kept: in the words of the store, because whoever changed one may have written anything.
struct Kept {
    number: i64,
    at: i64,
    event: String,
    actor: String,
    document: Option<String>,
    account: Option<Vec<u8>>,
    browser: Option<String>,
    detail: String,
    address: Option<String>,
    address_chance: Option<Vec<u8>>,
    address_hash: Option<Vec<u8>>,
    hash: Vec<u8>,
}

pub(crate) fn head(db: &dyn Database) -> Result<AuditHead, StoreFault> {
    let head = db.row(HEAD, &[], |columns| {
        Ok(AuditHead {
            number: columns.parsed(|number: i64| u64::try_from(number).ok())?,
            hash: columns.value()?,
        })
    })?;
    Ok(head.unwrap_or(AuditHead { number: 0, hash: [0; 32] }))
}

/// Adds a record to the end of the chain. It is for the writer alone, so nobody else adds one meanwhile.
pub(crate) fn add(db: &dyn Database, record: &Record) -> Result<(), StoreFault> {
    let last = head(db)?;
    let mut kept = Kept::new(last.number, record);
    kept.hash = kept.hash_after(&last.hash).to_vec();
    let values = [
        Value::Integer(kept.number),
        Value::Integer(kept.at),
        kept.event.as_str().into(),
        kept.actor.as_str().into(),
        kept.document.as_deref().into(),
        kept.account.as_deref().map(Value::Bytes).into(),
        kept.browser.as_deref().into(),
        kept.detail.as_str().into(),
        kept.address.as_deref().into(),
        kept.address_chance.as_deref().map(Value::Bytes).into(),
        kept.address_hash.as_deref().map(Value::Bytes).into(),
        Value::Bytes(&kept.hash),
    ];
    db.write(ADD, &values)?;
    db.write(MOVE_HEAD, &[Value::Integer(kept.number), Value::Bytes(&kept.hash)])
}

/// The record of a book that was put into use.
pub(crate) fn book_switched(at: Timestamp, actor: Actor, detail: String) -> Record {
    let event = Event::BookSwitched;
    Record { at, event, actor, document: None, account: None, browser: None, address: None, detail }
}

/// Records with their numbers, the newest first.
pub(crate) fn list(
    db: &dyn Database,
    filter: AuditFilter,
    limit: u32,
) -> Result<Vec<(u64, Record)>, StoreFault> {
    match filter {
        AuditFilter::All => db.rows(LATEST, &[limit.into()], read),
        AuditFilter::OfDocument(document) => db.rows(OF_DOCUMENT, &[document.into(), limit.into()], read),
        AuditFilter::OfAccount(account) => db.rows(OF_ACCOUNT, &[(&account).into(), limit.into()], read),
    }
}

/// Takes the addresses out of records older than that, the oldest first and at most so many. Answers how many.
pub(crate) fn mask_addresses(
    db: &dyn Database,
    before: Timestamp,
    at_most: u32,
) -> Result<usize, StoreFault> {
    db.execute(MASK, &[before.into(), at_most.into()])
}

fn read(columns: &mut Columns<'_>) -> Result<(u64, Record), StoreFault> {
    let number = columns.parsed(|number: i64| u64::try_from(number).ok())?;
    let at = columns.time()?;
    let event = columns.word(Event::from_stored)?;
    let actor = columns.word(Actor::from_stored)?;
    let document = columns.optional_word(Document::from_stored)?;
    let account = columns.optional_id(AccountId::from_bytes)?;
    let browser = columns.optional_word(|words| Some(BrowserKind::from_stored(words)))?;
    let detail = columns.value()?;
    let address: Option<IpAddr> = columns.optional_word(|address| address.parse().ok())?;
    let chance: Option<[u8; 16]> = columns.value()?;
    let address = address.zip(chance).map(|(address, chance)| RecordedAddress { address, chance });
    Ok((number, Record { at, event, actor, document, account, browser, address, detail }))
}

impl Kept {
    fn new(last: u64, record: &Record) -> Self {
        Self {
            number: i64::try_from(last.saturating_add(1)).unwrap_or(i64::MAX),
            at: record.at.as_millisecond(),
            event: record.event.to_stored().to_owned(),
            actor: record.actor.to_stored().to_owned(),
            document: record.document.map(Document::to_stored),
            account: record.account.map(|account| account.as_bytes().to_vec()),
            browser: record.browser.map(BrowserKind::to_stored),
            detail: record.detail.clone(),
            address: record.address.map(|recorded| recorded.address.to_string()),
            address_chance: record.address.map(|recorded| recorded.chance.to_vec()),
            address_hash: record
                .address
                .map(|recorded| hash_of_address(&recorded.chance, &recorded.address.to_string()).to_vec()),
            hash: Vec::new(),
        }
    }

    /// The hash that binds the record to the one before. The address goes in by its own hash, so that it can be taken
    /// out.
    fn hash_after(&self, before: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        add_part(&mut hash, Some(before));
        add_part(&mut hash, Some(&self.number.to_be_bytes()));
        add_part(&mut hash, Some(&self.at.to_be_bytes()));
        add_part(&mut hash, Some(self.event.as_bytes()));
        add_part(&mut hash, Some(self.actor.as_bytes()));
        add_part(&mut hash, self.document.as_deref().map(str::as_bytes));
        add_part(&mut hash, self.account.as_deref());
        add_part(&mut hash, self.browser.as_deref().map(str::as_bytes));
        add_part(&mut hash, Some(self.detail.as_bytes()));
        add_part(&mut hash, self.address_hash.as_deref());
        hash.finalize().into()
    }
}

/// An address has few values, so its hash needs chance to tell nothing once the address is out.
fn hash_of_address(chance: &[u8], address: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    add_part(&mut hash, Some(chance));
    add_part(&mut hash, Some(address.as_bytes()));
    hash.finalize().into()
}

/// The length before each part keeps ("ab", "c") and ("a", "bc") apart, and the mark before it nothing and "".
fn add_part(hash: &mut Sha256, part: Option<&[u8]>) {
    match part {
        None => hash.update([0]),
        Some(part) => {
            hash.update([1]);
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
}
