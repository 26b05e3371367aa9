//! Flows: one of each purpose for each browser, asked for again, and resolved.

use crate::database::{Ask, Database};
use crate::fault::{CommitError, StoreFault};
use crate::statement::statements;
use crate::value::Columns;
use jiff::Timestamp;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::id::{FlowId, KeyId};
use zaguan_domain::register::Wish;
use zaguan_domain::token::TokenHash;

statements! {
    FORGET = "delete from flow where id = $1";
    BEGIN = "insert into flow
        (id, purpose, document, discriminator, email, on_file, held_until, browser, device, asked_at, resolved_at, key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict do nothing";
    ASK = "update flow set asked_at = $1, email = $2, on_file = $3, held_until = $4, resolved_at = null
        where id = $5 and asked_at = $6";
    RESOLVE = "update flow set resolved_at = $1, key = $2
        where id = $3 and asked_at = $4 and resolved_at is null";
    RELEASE = "update flow set held_until = $1 where key = $2 and held_until > $1";
    END = "delete from flow where browser = $1 or key = $2";
    HOLD_LONGER = "update flow set held_until = $1 where key = $2 and held_until is not null";
    OF_BROWSER = "select id, purpose, document, discriminator, email, on_file, held_until, browser, device, asked_at, resolved_at, key
        from flow where browser = $1 and purpose = $2";
    TO_RESOLVE = "select id, purpose, document, discriminator, email, on_file, held_until, browser, device, asked_at, resolved_at, key
        from flow where resolved_at is null order by asked_at limit $1";
    WAITING = "select count(*) from flow where resolved_at is null";
}

/// The flow that is replaced goes; if the browser has another by now, the new one finds its place taken.
pub(crate) fn begin(db: &dyn Database, flow: &Flow, replaces: Option<FlowId>) -> Result<(), CommitError> {
    if let Some(replaced) = replaces {
        db.write(FORGET, &[(&replaced).into()])?;
    }
    let values = [
        (&flow.id).into(),
        flow.purpose.into(),
        flow.document.into(),
        flow.discriminator.as_deref().into(),
        flow.email.as_ref().into(),
        flow.on_file.as_ref().into(),
        flow.held_until.into(),
        (&flow.browser).into(),
        flow.device.as_ref().into(),
        flow.asked_at.into(),
        flow.resolved_at.into(),
        flow.key.as_ref().into(),
    ];
    db.guarded(BEGIN, &values)
}

pub(crate) fn ask(
    db: &dyn Database,
    flow: FlowId,
    seen_asked_at: Timestamp,
    wish: &Wish,
    at: Timestamp,
) -> Result<(), CommitError> {
    let values = [
        at.into(),
        (&wish.email).into(),
        wish.on_file.as_ref().into(),
        wish.held_until.into(),
        (&flow).into(),
        seen_asked_at.into(),
    ];
    db.guarded(ASK, &values)
}

/// The pages that wait for a key say that it was let go.
pub(crate) fn release(db: &dyn Database, key: KeyId, at: Timestamp) -> Result<(), StoreFault> {
    db.write(RELEASE, &[at.into(), (&key).into()])
}

/// The pages that wait for a held key say that it waits longer.
pub(crate) fn hold_longer(db: &dyn Database, key: KeyId, until: Timestamp) -> Result<(), StoreFault> {
    db.write(HOLD_LONGER, &[until.into(), (&key).into()])
}

/// Nothing to end is no conflict.
pub(crate) fn end(db: &dyn Database, browser: &TokenHash, key: KeyId) -> Result<(), CommitError> {
    Ok(db.write(END, &[browser.into(), (&key).into()])?)
}

pub(crate) fn resolve(
    db: &dyn Database,
    flow: FlowId,
    asked_at: Timestamp,
    at: Timestamp,
    key: Option<KeyId>,
) -> Result<(), CommitError> {
    let values = [at.into(), key.as_ref().into(), (&flow).into(), asked_at.into()];
    db.guarded(RESOLVE, &values)
}

pub(crate) fn of_browser(
    db: &dyn Database,
    browser: &TokenHash,
    purpose: Purpose,
) -> Result<Option<Flow>, StoreFault> {
    db.row(OF_BROWSER, &[browser.into(), purpose.into()], read)
}

pub(crate) fn to_resolve(db: &dyn Database, limit: u32) -> Result<Vec<Flow>, StoreFault> {
    db.rows(TO_RESOLVE, &[limit.into()], read)
}

fn read(columns: &mut Columns<'_>) -> Result<Flow, StoreFault> {
    Ok(Flow {
        id: columns.id(FlowId::from_bytes)?,
        purpose: columns.purpose()?,
        document: columns.document()?,
        discriminator: columns.value()?,
        email: columns.optional_email()?,
        on_file: columns.optional_email()?,
        held_until: columns.optional_time()?,
        browser: columns.token()?,
        device: columns.optional_token()?,
        asked_at: columns.time()?,
        resolved_at: columns.optional_time()?,
        key: columns.optional_id(KeyId::from_bytes)?,
    })
}

/// How many flows wait to be resolved.
pub(crate) fn waiting(db: &dyn Database) -> Result<u64, StoreFault> {
    let count = db.row(WAITING, &[], |columns| columns.parsed(|number: i64| u64::try_from(number).ok()))?;
    Ok(count.unwrap_or(0))
}
