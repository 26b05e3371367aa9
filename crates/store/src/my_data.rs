//! My data: what is held of a person, what happened to them, and the corrections that they ask for.

use crate::database::{Ask, Database};
use crate::fault::{CommitError, StoreFault};
use crate::statement::statements;
use crate::value::Columns;
use jiff::Timestamp;
use zaguan_domain::account::Account;
use zaguan_domain::audit::Event;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::id::{AccountId, DataRequestId};
use zaguan_domain::my_data::{DataRequest, Happening};

macro_rules! request {
    () => {
        "select id, account, document, text, asked_at, due_on, answered_at from data_request"
    };
}

statements! {
    HAPPENED_TO_ACCOUNT = "select number, at, event, browser, address from audit
        where account = $1 order by number desc limit $2";
    HAPPENED_WITH_DOCUMENT = "select number, at, event, browser, null from audit
        where document = $1 and account is null order by number desc limit $2";
    ASK = "insert into data_request (id, account, document, text, asked_at, due_on)
        select $1, id, $2, $3, $4, $5 from account
        where id = $6
        and (select count(*) from data_request where account = $6 and answered_at is null) = $7";
    ANSWER = "update data_request set answered_at = $1 where id = $2 and answered_at is null";
    OF_ACCOUNT = concat!(request!(), " where account = $1 order by asked_at desc, id desc");
    OPEN = concat!(request!(), " where answered_at is null order by due_on, id");
    LATEST = concat!(request!(), " order by id desc limit $1");
    BY_ID = concat!(request!(), " where id = $1");
}

/// What happened to an account, and what was tried with its document, such as a wrong password, the newest first. From
/// where the latter came is somebody else's datum.
pub(crate) fn happenings(
    db: &dyn Database,
    account: &Account,
    at_most: u32,
) -> Result<Vec<Happening>, StoreFault> {
    let to_account = [(&account.id).into(), at_most.into()];
    let with_document = [account.holder.document.into(), at_most.into()];
    let mut numbered = db.rows(HAPPENED_TO_ACCOUNT, &to_account, read_happening)?;
    numbered.extend(db.rows(HAPPENED_WITH_DOCUMENT, &with_document, read_happening)?);
    numbered.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let most = usize::try_from(at_most).unwrap_or(usize::MAX);
    Ok(numbered.into_iter().map(|(_, happening)| happening).take(most).collect())
}

fn read_happening(columns: &mut Columns<'_>) -> Result<(i64, Happening), StoreFault> {
    let number = columns.value()?;
    let happening = Happening {
        at: columns.time()?,
        event: columns.word(Event::from_stored)?,
        browser: columns.optional_word(|words| Some(BrowserKind::from_stored(words)))?,
        address: columns.optional_word(|text| text.parse().ok())?,
    };
    Ok((number, happening))
}

pub(crate) fn ask(db: &dyn Database, request: &DataRequest, seen_open: u32) -> Result<(), CommitError> {
    let values = [
        (&request.id).into(),
        request.document.into(),
        request.text.as_str().into(),
        request.asked_at.into(),
        request.due_on.into(),
        (&request.account).into(),
        seen_open.into(),
    ];
    db.guarded(ASK, &values)
}

pub(crate) fn answer(db: &dyn Database, request: DataRequestId, at: Timestamp) -> Result<(), CommitError> {
    db.guarded(ANSWER, &[at.into(), (&request).into()])
}

/// The corrections that an account asked for, the newest first.
pub(crate) fn of_account(db: &dyn Database, account: AccountId) -> Result<Vec<DataRequest>, StoreFault> {
    db.rows(OF_ACCOUNT, &[(&account).into()], read)
}

/// The corrections that wait, those due first before; or the latest ones, answered or not.
pub(crate) fn list(db: &dyn Database, open_only: bool, at_most: u32) -> Result<Vec<DataRequest>, StoreFault> {
    if open_only { db.rows(OPEN, &[], read) } else { db.rows(LATEST, &[at_most.into()], read) }
}

pub(crate) fn by_id(db: &dyn Database, id: DataRequestId) -> Result<Option<DataRequest>, StoreFault> {
    db.row(BY_ID, &[(&id).into()], read)
}

fn read(columns: &mut Columns<'_>) -> Result<DataRequest, StoreFault> {
    Ok(DataRequest {
        id: columns.id(DataRequestId::from_bytes)?,
        account: columns.id(AccountId::from_bytes)?,
        document: columns.document()?,
        text: columns.value()?,
        asked_at: columns.time()?,
        due_on: columns.word(|day| day.parse().ok())?,
        answered_at: columns.optional_time()?,
    })
}
