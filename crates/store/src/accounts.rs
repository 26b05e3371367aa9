//! Accounts: opened once for each holder, and given passwords.

use crate::database::Database;
use crate::fault::{CommitError, StoreFault};
use crate::question::Question;
use crate::sessions;
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
    CHANGE_PASSWORD = "update account set password = $1, pepper = $2, password_set_at = $3
        where id = $4 and password = $5 and pepper = $6";
    REHASH = "update account set password = $1, pepper = $2 where id = $3 and password = $4 and pepper = $5";
    END_DEVICES = "delete from device where account = $1";
    END_EMAIL_CHANGES = "delete from email_change where account = $1";
    END_LETTERS = "delete from letter where account = $1
        or key in (select id from key where document = $2 and discriminator = $3)";
    END_FLOWS = "delete from flow where key in (select id from key where document = $1 and discriminator = $2)";
    END_KEYS = "delete from key where document = $1 and discriminator = $2";
    CLOSE = "delete from account where id = $1 and password = $2 and pepper = $3";
    BY_ID = "select id, document, discriminator, email, password, pepper, opened_at, locked_at
        from account where id = $1";
    BY_DOCUMENT = "select id, document, discriminator, email, password, pepper, opened_at, locked_at
        from account where document = $1 order by discriminator";
}

pub(crate) fn open(db: &dyn Database, account: &Account) -> Result<(), CommitError> {
    let values = [
        (&account.id).into(),
        account.holder.document.into(),
        account.holder.discriminator.as_str().into(),
        (&account.email).into(),
        account.password.phc.as_str().into(),
        account.password.pepper.into(),
        account.opened_at.into(),
    ];
    db.guarded(OPEN, &values)
}

pub(crate) fn set_password(
    db: &dyn Database,
    account: AccountId,
    password: &StoredPassword,
    at: Timestamp,
) -> Result<(), CommitError> {
    let values = [password.phc.as_str().into(), password.pepper.into(), at.into(), (&account).into()];
    db.guarded(SET_PASSWORD, &values)
}

pub(crate) fn reclaim(
    db: &dyn Database,
    account: AccountId,
    email: &EmailAddress,
) -> Result<(), CommitError> {
    db.guarded(RECLAIM, &[email.into(), (&account).into()])
}

pub(crate) fn lock(db: &dyn Database, account: AccountId, at: Timestamp) -> Result<(), CommitError> {
    db.guarded(LOCK, &[at.into(), (&account).into()])
}

/// The password changes only from the one that was read.
pub(crate) fn change_password(
    db: &dyn Database,
    account: AccountId,
    seen: &StoredPassword,
    password: &StoredPassword,
    at: Timestamp,
) -> Result<(), CommitError> {
    let values = [
        password.phc.as_str().into(),
        password.pepper.into(),
        at.into(),
        (&account).into(),
        seen.phc.as_str().into(),
        seen.pepper.into(),
    ];
    db.guarded(CHANGE_PASSWORD, &values)
}

/// The same password, hashed anew.
pub(crate) fn rehash(
    db: &dyn Database,
    account: AccountId,
    seen: &StoredPassword,
    password: &StoredPassword,
) -> Result<(), CommitError> {
    let values = [
        password.phc.as_str().into(),
        password.pepper.into(),
        (&account).into(),
        seen.phc.as_str().into(),
        seen.pepper.into(),
    ];
    db.guarded(REHASH, &values)
}

/// Everything goes that hangs on the account, and then the account itself if it still has the password that was read.
pub(crate) fn close(
    db: &dyn Database,
    account: AccountId,
    holder: &Holder,
    seen: &StoredPassword,
) -> Result<(), CommitError> {
    sessions::end_of_account(db, account)?;
    for statement in [END_DEVICES, END_EMAIL_CHANGES] {
        db.write(statement, &[(&account).into()])?;
    }
    let held_by = [holder.document.into(), holder.discriminator.as_str().into()];
    let [document, discriminator] = held_by.clone();
    db.write(END_LETTERS, &[(&account).into(), document, discriminator])?;
    for statement in [END_FLOWS, END_KEYS] {
        db.write(statement, &held_by)?;
    }
    let values = [(&account).into(), seen.phc.as_str().into(), seen.pepper.into()];
    db.guarded(CLOSE, &values)
}

pub(crate) fn by_id(db: &dyn Database, id: AccountId) -> Result<Option<Account>, StoreFault> {
    named(&id).first(db)
}

pub(crate) fn named(id: &AccountId) -> Question<'_, Account> {
    Question { statement: BY_ID, by: id.into(), read }
}

pub(crate) fn of(db: &dyn Database, document: Document) -> Result<Vec<Account>, StoreFault> {
    of_document(document).all(db)
}

pub(crate) fn of_document(document: Document) -> Question<'static, Account> {
    Question { statement: BY_DOCUMENT, by: document.into(), read }
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
