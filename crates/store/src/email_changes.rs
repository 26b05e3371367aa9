//! Changes of address: asked for, tried under their guards, confirmed once, put back.

use crate::database::{Ask, Database};
use crate::fault::{CommitError, StoreFault};
use crate::statement::statements;
use crate::value::Columns;
use jiff::Timestamp;
use zaguan_domain::account::StoredPassword;
use zaguan_domain::email_change::EmailChange;
use zaguan_domain::id::{AccountId, EmailChangeId};

macro_rules! columns {
    () => {
        "id, account, old_email, new_email, nonce, secret, asked_at, expires_at, tries, confirmed_at, ended_at"
    };
}

statements! {
    END_OPEN = "update email_change set ended_at = $1
        where account = $2 and confirmed_at is null and ended_at is null";
    ASK = "insert into email_change
            (id, account, old_email, new_email, nonce, secret, asked_at, expires_at, tries)
        select $1, id, email, $2, $3, $4, $5, $6, 0 from account
        where id = $7 and email = $8 and password = $9 and pepper = $10
        on conflict do nothing";
    SEND = "update email_change set expires_at = $1
        where id = $2 and confirmed_at is null and ended_at is null";
    TRY = "update email_change set tries = tries + 1
        where id = $1 and tries = $2 and confirmed_at is null and ended_at is null";
    CONFIRM = "update email_change set confirmed_at = $1
        where id = $2 and tries = $3 and confirmed_at is null and ended_at is null and expires_at > $1";
    TAKE_NEW = "update account set email = change.new_email from email_change as change
        where change.id = $1 and account.id = change.account and account.email = change.old_email";
    UNDO = "update email_change set ended_at = $1
        where id = $2 and confirmed_at is not null and ended_at is null";
    UNDO_LATER = "update email_change set ended_at = $1
        where account = (select account from email_change where id = $2)
        and confirmed_at > (select confirmed_at from email_change where id = $2) and ended_at is null";
    TAKE_OLD = "update account set email = change.old_email from email_change as change
        where change.id = $1 and account.id = change.account";
    OF_ACCOUNT = concat!(
        "select ", columns!(), " from email_change where account = $1 order by asked_at desc, id desc"
    );
    LATEST = concat!(
        "select ", columns!(), " from email_change where account = $1 order by asked_at desc, id desc limit 1"
    );
}

pub(crate) fn ask(db: &dyn Database, change: &EmailChange, seen: &StoredPassword) -> Result<(), CommitError> {
    end_open(db, change.account, change.asked_at)?;
    let values = [
        (&change.id).into(),
        (&change.new_email).into(),
        (&change.nonce).into(),
        change.secret.into(),
        change.asked_at.into(),
        change.expires_at.into(),
        (&change.account).into(),
        (&change.old_email).into(),
        seen.phc.as_str().into(),
        seen.pepper.into(),
    ];
    db.guarded(ASK, &values)
}

pub(crate) fn send(
    db: &dyn Database,
    change: EmailChangeId,
    expires_at: Timestamp,
) -> Result<(), CommitError> {
    db.guarded(SEND, &[expires_at.into(), (&change).into()])
}

pub(crate) fn count_try(db: &dyn Database, change: EmailChangeId, seen: u8) -> Result<(), CommitError> {
    db.guarded(TRY, &[(&change).into(), seen.into()])
}

pub(crate) fn confirm(
    db: &dyn Database,
    change: EmailChangeId,
    seen: u8,
    at: Timestamp,
) -> Result<(), CommitError> {
    db.guarded(CONFIRM, &[at.into(), (&change).into(), seen.into()])?;
    db.guarded(TAKE_NEW, &[(&change).into()])
}

/// None to call off is no conflict.
pub(crate) fn end_open(db: &dyn Database, account: AccountId, at: Timestamp) -> Result<(), CommitError> {
    Ok(db.write(END_OPEN, &[at.into(), (&account).into()])?)
}

/// Who changed the address once may have changed it again to escape this: what came later is undone with it.
pub(crate) fn restore(db: &dyn Database, change: EmailChangeId, at: Timestamp) -> Result<(), CommitError> {
    db.guarded(UNDO, &[at.into(), (&change).into()])?;
    db.write(UNDO_LATER, &[at.into(), (&change).into()])?;
    db.guarded(TAKE_OLD, &[(&change).into()])
}

/// The changes of address of an account, the newest first.
pub(crate) fn of_account(db: &dyn Database, account: AccountId) -> Result<Vec<EmailChange>, StoreFault> {
    db.rows(OF_ACCOUNT, &[(&account).into()], read)
}

pub(crate) fn latest(db: &dyn Database, account: AccountId) -> Result<Option<EmailChange>, StoreFault> {
    db.row(LATEST, &[(&account).into()], read)
}

fn read(columns: &mut Columns<'_>) -> Result<EmailChange, StoreFault> {
    Ok(EmailChange {
        id: columns.id(EmailChangeId::from_bytes)?,
        account: columns.id(AccountId::from_bytes)?,
        old_email: columns.email()?,
        new_email: columns.email()?,
        nonce: columns.value()?,
        secret: columns.value()?,
        asked_at: columns.time()?,
        expires_at: columns.time()?,
        tries: columns.value()?,
        confirmed_at: columns.optional_time()?,
        ended_at: columns.optional_time()?,
    })
}
