//! Accounts: opened once for each holder, and given passwords.

use crate::change::exactly_one;
use crate::fault::{CommitError, StoreFault};
use crate::sqlite::Sqlite;
use crate::statement::statements;
use crate::value::Columns;
use jiff::Timestamp;
use zaguan_domain::account::{Account, Holder, StoredPassword};
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::id::AccountId;

statements! {
    OPEN = "insert into account
        (id, document, discriminator, email, password, pepper, password_set_at, opened_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        on conflict do nothing";
    SET_PASSWORD = "update account set password = $1, pepper = $2, password_set_at = $3, locked_at = null where id = $4";
    RECLAIM = "update account set email = $1 where id = $2";
    LOCK = "update account set locked_at = $1 where id = $2";
    BY_ID = "select id, document, discriminator, email, password, pepper, opened_at, locked_at
        from account where id = $1";
    BY_DOCUMENT = "select id, document, discriminator, email, password, pepper, opened_at, locked_at
        from account where document = $1 order by discriminator";
}

pub(crate) fn open(db: &Sqlite, account: &Account) -> Result<(), CommitError> {
    let values = [
        (&account.id).into(),
        account.holder.document.into(),
        account.holder.discriminator.as_str().into(),
        (&account.email).into(),
        account.password.phc.as_str().into(),
        account.password.pepper.into(),
        account.opened_at.into(),
    ];
    exactly_one(db.execute(OPEN, &values)?)
}

pub(crate) fn set_password(
    db: &Sqlite,
    account: AccountId,
    password: &StoredPassword,
    at: Timestamp,
) -> Result<(), CommitError> {
    let values = [password.phc.as_str().into(), password.pepper.into(), at.into(), (&account).into()];
    exactly_one(db.execute(SET_PASSWORD, &values)?)
}

pub(crate) fn reclaim(db: &Sqlite, account: AccountId, email: &EmailAddress) -> Result<(), CommitError> {
    exactly_one(db.execute(RECLAIM, &[email.into(), (&account).into()])?)
}

pub(crate) fn lock(db: &Sqlite, account: AccountId, at: Timestamp) -> Result<(), CommitError> {
    exactly_one(db.execute(LOCK, &[at.into(), (&account).into()])?)
}

pub(crate) fn by_id(db: &Sqlite, id: AccountId) -> Result<Option<Account>, StoreFault> {
    db.row(BY_ID, &[(&id).into()], read)
}

pub(crate) fn of(db: &Sqlite, document: Document) -> Result<Vec<Account>, StoreFault> {
    db.rows(BY_DOCUMENT, &[document.into()], read)
}

pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Account, StoreFault> {
    Ok(Account {
        id: columns.id(AccountId::from_bytes)?,
        holder: Holder { document: columns.document()?, discriminator: columns.value()? },
        email: columns.email()?,
        password: StoredPassword { phc: columns.value()?, pepper: columns.value()? },
        opened_at: columns.time()?,
        locked_at: columns.optional_time()?,
    })
}
