//! Sessions: opened with the password that the account still has, and ended.

use crate::accounts;
use crate::database::{Ask, Database};
use crate::fault::{CommitError, StoreFault};
use crate::question::Question;
use crate::statement::statements;
use crate::value::Columns;
use jiff::Timestamp;
use zaguan_domain::account::{Account, StoredPassword};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::id::AccountId;
use zaguan_domain::session::{Bearer, Session, SessionTimes};
use zaguan_domain::token::TokenHash;

statements! {
    OPEN = "insert into session (token, account, opened_at, seen_at, browser, proven_at, document)
        select $1, id, $2, $3, $4, $5, document from account
        where id = $6 and password = $7 and pepper = $8 and locked_at is null
        on conflict do nothing";
    CAP = "delete from session where account = $1 and token not in (
        select token from session where account = $1
        order by token = $2 desc, seen_at desc, opened_at desc limit $3)";
    SEE = "update session set seen_at = $1 where token = $2 and seen_at < $1";
    PROVE = "update session set token = $1, proven_at = $2
        where token = $3
        and exists (select 1 from account
            where account.id = session.account and password = $4 and pepper = $5 and locked_at is null)";
    END = "delete from session where token = $1";
    END_OTHERS = "delete from session where account = $1 and token <> $2";
    OF_ACCOUNT = "select token, account, opened_at, seen_at, browser, proven_at from session where account = $1";
    END_OF_ACCOUNT = "delete from session where account = $1";
    BY_TOKEN = "select
            session.token, session.account, session.opened_at, session.seen_at, session.browser,
            session.proven_at,
            account.id, account.document, account.discriminator, account.email, account.password, account.pepper,
            account.opened_at, account.locked_at
        from session join account on account.id = session.account where session.token = $1";
    BEARER = "select account,
            coalesce(document, (select account.document from account where account.id = session.account)),
            opened_at, seen_at
        from session where token = $1";
}

pub(crate) fn open(
    db: &dyn Database,
    session: &Session,
    seen_password: &StoredPassword,
) -> Result<(), CommitError> {
    let values = [
        (&session.token).into(),
        session.opened_at.into(),
        session.seen_at.into(),
        session.browser.to_stored().into(),
        session.proven_at.into(),
        (&session.account).into(),
        seen_password.phc.as_str().into(),
        seen_password.pepper.into(),
    ];
    db.guarded(OPEN, &values)
}

/// Ends those sessions of an account that were not used for longest, until so many are left.
pub(crate) fn cap(
    db: &dyn Database,
    account: AccountId,
    newest: &TokenHash,
    at_most: u32,
) -> Result<(), CommitError> {
    Ok(db.write(CAP, &[(&account).into(), newest.into(), at_most.into()])?)
}

/// A session that ended meanwhile stays ended, and its last request never moves back.
pub(crate) fn see(db: &dyn Database, token: &TokenHash, at: Timestamp) -> Result<(), CommitError> {
    Ok(db.write(SEE, &[at.into(), token.into()])?)
}

pub(crate) fn end(db: &dyn Database, token: &TokenHash) -> Result<(), CommitError> {
    Ok(db.write(END, &[token.into()])?)
}

pub(crate) fn end_of_account(db: &dyn Database, account: AccountId) -> Result<(), CommitError> {
    Ok(db.write(END_OF_ACCOUNT, &[(&account).into()])?)
}

/// The session goes on under another token, if its account still has the password that was typed.
pub(crate) fn prove(
    db: &dyn Database,
    session: &TokenHash,
    renamed: &TokenHash,
    seen_password: &StoredPassword,
    at: Timestamp,
) -> Result<(), CommitError> {
    let values = [
        renamed.into(),
        at.into(),
        session.into(),
        seen_password.phc.as_str().into(),
        seen_password.pepper.into(),
    ];
    db.guarded(PROVE, &values)
}

pub(crate) fn end_others(
    db: &dyn Database,
    account: AccountId,
    except: &TokenHash,
) -> Result<(), CommitError> {
    Ok(db.write(END_OTHERS, &[(&account).into(), except.into()])?)
}

/// The sessions of an account, alive or not, those used last first.
pub(crate) fn of_account(db: &dyn Database, account: AccountId) -> Result<Vec<Session>, StoreFault> {
    let mut sessions = db.rows(OF_ACCOUNT, &[(&account).into()], read)?;
    sessions.sort_by_key(|session| std::cmp::Reverse(session.seen_at));
    Ok(sessions)
}

fn read(columns: &mut Columns<'_>) -> Result<Session, StoreFault> {
    Ok(Session {
        token: columns.token()?,
        account: columns.id(AccountId::from_bytes)?,
        opened_at: columns.time()?,
        seen_at: columns.time()?,
        browser: columns.word(|words| Some(BrowserKind::from_stored(words)))?,
        proven_at: columns.time()?,
    })
}

pub(crate) fn by_token(token: &TokenHash) -> Question<'_, (Session, Account)> {
    let read = |columns: &mut Columns<'_>| {
        let session = read(columns)?;
        Ok((session, accounts::read(columns)?))
    };
    Question { statement: BY_TOKEN, by: token.into(), read }
}

/// Whose a session is: a page wants all of the account, and other applications, for each of their own pages, only this. One
/// row is read, for a session has its account's document, which never changes, and ends with its account. A session that an
/// older portal opened has none, and there the account is asked.
pub(crate) fn bearer(token: &TokenHash) -> Question<'_, Bearer> {
    let read = |columns: &mut Columns<'_>| {
        Ok(Bearer {
            account: columns.id(AccountId::from_bytes)?,
            document: columns.document()?,
            times: SessionTimes { opened_at: columns.time()?, seen_at: columns.time()? },
        })
    };
    Question { statement: BEARER, by: token.into(), read }
}
