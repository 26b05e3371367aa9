//! Devices: the browsers that an account knows.

use crate::database::{Ask, Database};
use crate::fault::StoreFault;
use crate::statement::statements;
use jiff::Timestamp;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::device::Device;
use zaguan_domain::id::AccountId;
use zaguan_domain::token::TokenHash;

statements! {
    KNOW = "insert into device (account, token, browser, first_seen_at, seen_at) values ($1, $2, $3, $4, $5)
        on conflict (account, token) do update set browser = excluded.browser, seen_at = excluded.seen_at";
    FORGET = "delete from device where account = $1";
    FORGET_OTHERS = "delete from device where account = $1 and token <> $2";
    OF_TOKEN = "select account, token, browser, first_seen_at, seen_at from device where token = $1 and seen_at > $2";
    OF_ACCOUNT = "select account, token, browser, first_seen_at, seen_at from device where account = $1";
    PRUNE = "delete from device where (account, token) in
        (select account, token from device where seen_at < $1 order by seen_at limit $2)";
}

pub(crate) fn know(db: &dyn Database, device: &Device) -> Result<(), StoreFault> {
    let values = [
        (&device.account).into(),
        (&device.token).into(),
        device.browser.to_stored().into(),
        device.first_seen_at.into(),
        device.seen_at.into(),
    ];
    db.write(KNOW, &values)
}

pub(crate) fn forget(
    db: &dyn Database,
    account: AccountId,
    except: Option<&TokenHash>,
) -> Result<(), StoreFault> {
    match except {
        None => db.write(FORGET, &[(&account).into()]),
        Some(except) => db.write(FORGET_OTHERS, &[(&account).into(), except.into()]),
    }
}

/// The accounts that know this browser, used since.
pub(crate) fn of_token(
    db: &dyn Database,
    token: &TokenHash,
    since: Timestamp,
) -> Result<Vec<Device>, StoreFault> {
    db.rows(OF_TOKEN, &[token.into(), since.into()], read)
}

/// The browsers that an account knows.
pub(crate) fn of_account(db: &dyn Database, account: AccountId) -> Result<Vec<Device>, StoreFault> {
    db.rows(OF_ACCOUNT, &[(&account).into()], read)
}

/// Forgets browsers that were not used since, at most so many. Answers how many.
pub(crate) fn prune(db: &dyn Database, since: Timestamp, at_most: u32) -> Result<usize, StoreFault> {
    db.execute(PRUNE, &[since.into(), at_most.into()])
}

fn read(columns: &mut crate::value::Columns<'_>) -> Result<Device, StoreFault> {
    Ok(Device {
        account: columns.id(AccountId::from_bytes)?,
        token: columns.token()?,
        browser: columns.word(|words| Some(BrowserKind::from_stored(words)))?,
        first_seen_at: columns.time()?,
        seen_at: columns.time()?,
    })
}
