//! Temporary keys: issued, sent, tried, spent once, killed.

use crate::database::{Ask, Database};
use crate::fault::{CommitError, StoreFault};
use crate::statement::statements;
use crate::value::Columns;
use crate::{flows, letters};
use jiff::{SignedDuration, Timestamp};
use zaguan_domain::account::Holder;
use zaguan_domain::document::Document;
use zaguan_domain::id::{AccountId, KeyId};
use zaguan_domain::key::{Key, Typist};
use zaguan_domain::token::TokenHash;

/// Keys that were issued longer ago are of no use to anybody: the longest hold, late by a day, and the day that a key
/// may live then.
const OF_USE: SignedDuration = SignedDuration::from_hours(9 * 24);

macro_rules! columns {
    () => {
        "id, nonce, secret, purpose, document, discriminator, account, email, browser, issued_at, held_until, \
         expires_at, own_tries, other_tries, spent_at, killed_at"
    };
}

statements! {
    ISSUE = concat!(
        "insert into key (", columns!(), ")
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict do nothing"
    );
    SEND = "update key set expires_at = $1 where id = $2 and spent_at is null and killed_at is null";
    KEEP = "update key set browser = $1, expires_at = $2 where id = $3 and spent_at is null and killed_at is null";
    RELEASE = "update key set held_until = $1
        where id = $2 and held_until > $1 and spent_at is null and killed_at is null";
    PROLONG_HOLD = "update key set held_until = $1
        where id = $2 and held_until < $1 and spent_at is null and killed_at is null";
    TRY_OWN = "update key set own_tries = own_tries + 1
        where id = $1 and own_tries = $2 and spent_at is null and killed_at is null";
    TRY_OTHER = "update key set other_tries = other_tries + 1
        where id = $1 and other_tries = $2 and spent_at is null and killed_at is null";
    CONFIRM_OWN = "select id from key
        where id = $1 and own_tries = $2 and spent_at is null and killed_at is null";
    CONFIRM_OTHER = "select id from key
        where id = $1 and other_tries = $2 and spent_at is null and killed_at is null";
    SPEND = "update key set spent_at = $1
        where id = $2 and spent_at is null and killed_at is null and (expires_at is null or expires_at > $1)";
    KILL = "update key set killed_at = $1 where id = $2 and spent_at is null and killed_at is null";
    KILL_OF_HOLDER = "update key set killed_at = $1
        where document = $2 and discriminator = $3 and spent_at is null and killed_at is null";
    BY_ID = concat!("select ", columns!(), " from key where id = $1");
    OF_DOCUMENT = concat!(
        "select ", columns!(), " from key where document = $1 and issued_at > $2 order by issued_at, id"
    );
    OF_BROWSER = concat!(
        "select ", columns!(), " from key where browser = $1 and issued_at > $2 order by issued_at, id"
    );
    OF_DOCUMENT_OR_BROWSER = concat!(
        "select ", columns!(), " from key
        where (document = $1 and issued_at > $2) or (browser = $3 and issued_at > $2) order by issued_at, id"
    );
}

pub(crate) fn issue(db: &dyn Database, key: &Key) -> Result<(), CommitError> {
    let values = [
        (&key.id).into(),
        (&key.nonce).into(),
        key.secret.into(),
        key.purpose.into(),
        key.holder.document.into(),
        key.holder.discriminator.as_str().into(),
        key.account.as_ref().into(),
        key.email.as_ref().into(),
        (&key.browser).into(),
        key.issued_at.into(),
        key.held_until.into(),
        key.expires_at.into(),
        key.own_tries.into(),
        key.other_tries.into(),
        key.spent_at.into(),
        key.killed_at.into(),
    ];
    db.guarded(ISSUE, &values)
}

pub(crate) fn send(db: &dyn Database, key: KeyId, expires_at: Timestamp) -> Result<(), CommitError> {
    db.guarded(SEND, &[expires_at.into(), (&key).into()])
}

pub(crate) fn keep(db: &dyn Database, key: KeyId, expires_at: Timestamp) -> Result<(), CommitError> {
    db.guarded(KEEP, &[(&Key::NOBODYS).into(), expires_at.into(), (&key).into()])
}

/// Lets a held key go: its letter is due, and the pages that wait for it say so.
pub(crate) fn release(db: &dyn Database, key: KeyId, at: Timestamp) -> Result<(), CommitError> {
    db.guarded(RELEASE, &[at.into(), (&key).into()])?;
    letters::release(db, key, at)?;
    Ok(flows::release(db, key, at)?)
}

/// Lets a held key wait longer, unless its letter has left: its letter is due later, and the pages that wait for it say so.
pub(crate) fn prolong_hold(db: &dyn Database, key: KeyId, until: Timestamp) -> Result<(), CommitError> {
    db.guarded(PROLONG_HOLD, &[until.into(), (&key).into()])?;
    letters::hold_longer(db, key, until)?;
    Ok(flows::hold_longer(db, key, until)?)
}

pub(crate) fn count_try(db: &dyn Database, key: KeyId, typist: Typist, seen: u8) -> Result<(), CommitError> {
    let statement = match typist {
        Typist::Own => TRY_OWN,
        Typist::Other => TRY_OTHER,
    };
    db.guarded(statement, &[(&key).into(), seen.into()])
}

pub(crate) fn confirm(db: &dyn Database, key: KeyId, typist: Typist, seen: u8) -> Result<(), CommitError> {
    let statement = match typist {
        Typist::Own => CONFIRM_OWN,
        Typist::Other => CONFIRM_OTHER,
    };
    db.guarded(statement, &[(&key).into(), seen.into()])
}

pub(crate) fn spend(db: &dyn Database, key: KeyId, at: Timestamp) -> Result<(), CommitError> {
    db.guarded(SPEND, &[at.into(), (&key).into()])
}

pub(crate) fn kill(db: &dyn Database, key: KeyId, at: Timestamp) -> Result<(), CommitError> {
    Ok(db.write(KILL, &[at.into(), (&key).into()])?)
}

pub(crate) fn kill_of_holder(db: &dyn Database, holder: &Holder, at: Timestamp) -> Result<(), CommitError> {
    let values = [at.into(), holder.document.into(), holder.discriminator.as_str().into()];
    Ok(db.write(KILL_OF_HOLDER, &values)?)
}

pub(crate) fn by_id(db: &dyn Database, id: KeyId) -> Result<Option<Key>, StoreFault> {
    db.row(BY_ID, &[(&id).into()], read)
}

/// The keys of a document and those of a browser that are still of use, the oldest first.
pub(crate) fn of(
    db: &dyn Database,
    document: Option<Document>,
    browser: &TokenHash,
    now: Timestamp,
) -> Result<Vec<Key>, StoreFault> {
    match document {
        Some(document) => {
            let values = [document.into(), of_use_since(now).into(), browser.into()];
            db.rows(OF_DOCUMENT_OR_BROWSER, &values, read)
        }
        None => db.rows(OF_BROWSER, &[browser.into(), of_use_since(now).into()], read),
    }
}

/// The keys of a document that are still of use, the oldest first.
pub(crate) fn of_document(
    db: &dyn Database,
    document: Document,
    now: Timestamp,
) -> Result<Vec<Key>, StoreFault> {
    db.rows(OF_DOCUMENT, &[document.into(), of_use_since(now).into()], read)
}

pub(crate) fn of_use_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(OF_USE).unwrap_or(Timestamp::MIN)
}

fn read(columns: &mut Columns<'_>) -> Result<Key, StoreFault> {
    Ok(Key {
        id: columns.id(KeyId::from_bytes)?,
        nonce: columns.value()?,
        secret: columns.value()?,
        purpose: columns.purpose()?,
        holder: Holder { document: columns.document()?, discriminator: columns.value()? },
        account: columns.optional_id(AccountId::from_bytes)?,
        email: columns.optional_email()?,
        browser: columns.token()?,
        issued_at: columns.time()?,
        held_until: columns.optional_time()?,
        expires_at: columns.optional_time()?,
        own_tries: columns.value()?,
        other_tries: columns.value()?,
        spent_at: columns.optional_time()?,
        killed_at: columns.optional_time()?,
    })
}
