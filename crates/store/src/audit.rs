//! The audit trail: records that are only ever added, each bound to the one before by its hash.

use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use crate::value::Value;
use sha2::{Digest, Sha256};
use zaguan_domain::audit::{Record, RecordedAddress};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::document::Document;

statements! {
    ADD = "insert into audit
        (number, at, event, actor, document, account, browser, detail, address, address_chance, address_hash, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    HEAD = "select number, hash from audit_head where id = 1";
    MOVE_HEAD = "insert into audit_head (id, number, hash) values (1, $1, $2)
        on conflict (id) do update set number = excluded.number, hash = excluded.hash";
}

/// The end of the chain: the number of the last record, and its hash. Whoever keeps it elsewhere finds a cut tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the last record; 0 before the first.
    pub number: u64,
    /// Its hash; zeroes before the first.
    pub hash: [u8; 32],
}

pub(crate) fn head(db: &Sqlite) -> Result<AuditHead, StoreFault> {
    let head = db.row(HEAD, &[], |columns| {
        Ok(AuditHead {
            number: columns.parsed(|number: i64| u64::try_from(number).ok())?,
            hash: columns.value()?,
        })
    })?;
    Ok(head.unwrap_or(AuditHead { number: 0, hash: [0; 32] }))
}

/// Adds a record to the end of the chain. It is for the writer alone, so nobody else adds one meanwhile.
pub(crate) fn add(db: &Sqlite, record: &Record) -> Result<(), StoreFault> {
    let last = head(db)?;
    let number = last.number + 1;
    let address_hash = record.address.as_ref().map(hash_of_address);
    let hash = hash_of(&last.hash, number, record, address_hash.as_ref());
    let stored_number = i64::try_from(number).unwrap_or(i64::MAX);
    let address = record.address.as_ref().map(|recorded| recorded.address.to_string());
    let values = [
        Value::Integer(stored_number),
        record.at.into(),
        record.event.to_stored().into(),
        record.actor.to_stored().into(),
        record.document.into(),
        record.account.as_ref().into(),
        record.browser.map(BrowserKind::to_stored).into(),
        record.detail.as_str().into(),
        address.into(),
        record.address.as_ref().map(|recorded| &recorded.chance).into(),
        address_hash.as_ref().map_or(Value::Null, |hash| Value::Bytes(hash)),
        Value::Bytes(&hash),
    ];
    db.execute(ADD, &values)?;
    db.execute(MOVE_HEAD, &[Value::Integer(stored_number), Value::Bytes(&hash)])?;
    Ok(())
}

fn hash_of_address(recorded: &RecordedAddress) -> [u8; 32] {
    hash_of_parts(&[&recorded.chance, recorded.address.to_string().as_bytes()])
}

/// The hash that binds a record to the one before. The address goes in by its own hash, so that it can be taken out.
fn hash_of(before: &[u8; 32], number: u64, record: &Record, address_hash: Option<&[u8; 32]>) -> [u8; 32] {
    let document = record.document.map(Document::to_stored);
    let browser = record.browser.map(BrowserKind::to_stored);
    hash_of_parts(&[
        before,
        &number.to_be_bytes(),
        &record.at.as_millisecond().to_be_bytes(),
        record.event.to_stored().as_bytes(),
        record.actor.to_stored().as_bytes(),
        document.as_deref().unwrap_or_default().as_bytes(),
        record.account.as_ref().map_or(&[][..], |account| account.as_bytes()),
        browser.as_deref().unwrap_or_default().as_bytes(),
        record.detail.as_bytes(),
        address_hash.map_or(&[][..], |hash| hash),
    ])
}

fn hash_of_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        // The length before each part keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
