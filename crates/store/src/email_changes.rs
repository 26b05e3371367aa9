//! Changes of an account's address that wait to be confirmed.

use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use jiff::Timestamp;
use zaguan_domain::id::AccountId;

statements! {
    END = "update email_change set ended_at = $1
        where account = $2 and confirmed_at is null and ended_at is null";
}

/// Nothing to end is no conflict.
pub(crate) fn end(db: &Sqlite, account: AccountId, at: Timestamp) -> Result<(), StoreFault> {
    db.execute(END, &[at.into(), (&account).into()])?;
    Ok(())
}
