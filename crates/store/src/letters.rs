//! Letters: the outbox, from which each letter is claimed with a lease.

use crate::database::{Ask, Database};
use crate::fault::{CommitError, StoreFault};
use crate::keys;
use crate::statement::statements;
use crate::value::{Columns, Value, only_text, only_time};
use jiff::Timestamp;
use std::collections::BTreeSet;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::id::{AccountId, FlowId, KeyId, LetterId};
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_domain::mailbox::{COUNTED_FOR, Cause, CountedLetter, Mailboxes};
use zaguan_domain::resolve::BARRED_FOR;

/// Which letters to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterFilter {
    /// All of them.
    All,
    /// Those that wait for their first or next attempt.
    Waiting,
    /// Those that a mail server took.
    Accepted,
    /// Those that no mail server will take.
    Refused,
    /// Those that were over before they could leave.
    Dropped,
}

/// How the outbox stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Letters that wait for their first or next attempt.
    pub waiting: u64,
    /// Letters that no mail server will take.
    pub refused: u64,
    /// Since when the oldest of those that wait does.
    pub oldest_waiting: Option<Timestamp>,
}

/// Which letters to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryLetters {
    /// All that were refused.
    AllRefused,
    /// This one, if it was refused, or waits and nobody is at it.
    One(LetterId),
}

const WAITING: &str = "waiting";
const ACCEPTED: &str = "accepted";
const REFUSED: &str = "refused";
const DROPPED: &str = "dropped";

macro_rules! letter {
    () => {
        "letter.id, letter.kind, letter.flow, letter.key, letter.account, letter.document, letter.recipient, \
         letter.cause, letter.browser, letter.queued_at, letter.leaves_at"
    };
}

macro_rules! letter_and_state {
    () => {
        concat!(
            letter!(),
            ", letter.state, letter.attempts, letter.next_at, letter.server, letter.reply, letter.settled_at"
        )
    };
}

/// Of the letters of a key, those that carry it; the others only tell of it.
macro_rules! carries_key {
    () => {
        "letter.kind not in ('registration-held', 'registration-told')"
    };
}

statements! {
    QUEUE = "insert into letter
        (id, kind, flow, key, account, document, recipient, mailbox, cause, browser, queued_at, leaves_at, state,
            attempts, next_at, due_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', 0, $12, $12)
        on conflict do nothing";
    MAILBOX_SEEN = "select 1 where
        (select count(*) from letter where mailbox = $1 and leaves_at > $2 and state <> 'dropped') = $3";
    TO_MAILBOX = "select mailbox, cause, leaves_at,
            state = 'waiting' and kind = 'registration-key'
                and exists (select 1 from key where key.id = letter.key and key.held_until is not null)
        from letter where mailbox = $1 and leaves_at > $2 and state <> 'dropped'";
    SETTLE = "update letter set
        state = $1, attempts = coalesce($2, attempts), next_at = $3, due_at = $3, server = $4, reply = $5,
        settled_at = $6
        where id = $7 and state = 'waiting'";
    CLAIM = concat!(
        "update letter set due_at = $1 where id in
            (select id from letter where state = 'waiting' and due_at <= $2 order by due_at limit $3)
        returning ", letter!(), ", letter.attempts, letter.next_at"
    );
    PUT_BACK = "update letter set
        next_at = case when next_at > $1 then next_at else $1 end,
        due_at = case when next_at > $1 then next_at else $1 end
        where id = $2 and state = 'waiting' and due_at = $3";
    RELEASE = concat!(
        "update letter set leaves_at = $1, next_at = $1, due_at = $1
        where key = $2 and state = 'waiting' and attempts = 0 and due_at = next_at and ", carries_key!()
    );
    HOLD_LONGER = concat!("update letter set leaves_at = $1, next_at = $1, due_at = $1
        where key = $2 and state = 'waiting' and ", carries_key!());
    DISOWN = "update letter set disowned_at = $1 where id = $2 and disowned_at is null";
    BY_ID = concat!("select ", letter!(), ", letter.disowned_at from letter where id = $1");
    BARRED = "select mailbox from letter
        where document = $1 and disowned_at > $2 and kind = 'registration-key'";
    NEXT_DUE = "select due_at from letter where state = 'waiting' order by due_at limit 1";
    OUTBOX = "select count(*) filter (where state = 'waiting'), count(*) filter (where state = 'refused'),
        min(case when queued_at > leaves_at then queued_at else leaves_at end) filter (where state = 'waiting')
        from letter where state in ('waiting', 'refused')";
    RETRY_REFUSED = "update letter set state = 'waiting', attempts = 0, next_at = $1, due_at = $1, settled_at = null
        where state = 'refused'";
    RETRY_ONE = "update letter set state = 'waiting', attempts = 0, next_at = $1, due_at = $1, settled_at = null
        where id = $2 and (state = 'refused' or (state = 'waiting' and due_at = next_at))";
    OF_FLOW = concat!(
        "select ", letter_and_state!(), " from flow join letter on letter.key = flow.key
        where flow.id = $1 and ", carries_key!(), " order by letter.queued_at desc, letter.id desc limit 1"
    );
    OF_KEY =
        concat!("select ", letter_and_state!(), " from letter where key = $1 order by letter.queued_at, letter.id");
    ALL = concat!("select ", letter_and_state!(), " from letter order by id desc limit $1");
    IN_STATE = concat!("select ", letter_and_state!(), " from letter where state = $1 order by id desc limit $2");
    OF_DOCUMENT = concat!(
        "select ", letter_and_state!(), " from letter where document = $1 order by id desc limit $2"
    );
    OF_ACCOUNT = concat!(
        "select ", letter_and_state!(), " from letter where account = $1 order by queued_at desc, id desc"
    );
    LAST_QUEUED = concat!(
        "select letter.key, max(letter.queued_at)
        from key join letter on letter.key = key.id
        where key.document = $1 and key.issued_at > $2 and letter.state in ('waiting', 'accepted') and ",
        carries_key!(), " group by letter.key"
    );
}

pub(crate) fn queue(db: &dyn Database, letter: &Letter) -> Result<(), CommitError> {
    let values = [
        (&letter.id).into(),
        letter.kind.to_stored().into(),
        letter.flow.as_ref().into(),
        letter.key.as_ref().into(),
        letter.account.as_ref().into(),
        letter.document.into(),
        (&letter.to).into(),
        letter.to.mailbox().into(),
        letter.cause.to_stored().into(),
        letter.browser.map(BrowserKind::to_stored).into(),
        letter.queued_at.into(),
        letter.leaves_at.into(),
    ];
    db.guarded(QUEUE, &values)
}

/// The guard that as many letters went or will go to a mailbox since as were read.
pub(crate) fn seen_in_mailbox(
    db: &dyn Database,
    mailbox: &str,
    since: Timestamp,
    seen: u32,
) -> Result<(), CommitError> {
    db.guarded(MAILBOX_SEEN, &[mailbox.into(), since.into(), seen.into()])
}

/// The letters to mailboxes that still count for the room in them.
pub(crate) fn to_mailboxes<'a>(
    db: &dyn Database,
    addresses: impl Iterator<Item = &'a EmailAddress>,
    now: Timestamp,
) -> Result<Mailboxes, StoreFault> {
    let since = now.saturating_sub(COUNTED_FOR).unwrap_or(Timestamp::MIN);
    let names: BTreeSet<String> = addresses.map(EmailAddress::mailbox).collect();
    let mut letters = Vec::new();
    for name in names {
        letters.extend(db.rows(TO_MAILBOX, &[name.into(), since.into()], |columns| {
            Ok(CountedLetter {
                mailbox: columns.value()?,
                cause: columns.word(Cause::from_stored)?,
                leaves_at: columns.time()?,
                is_held: columns.value()?,
            })
        })?);
    }
    Ok(Mailboxes::new(letters))
}

/// The letter of a key that was let go is due now.
pub(crate) fn release(db: &dyn Database, key: KeyId, at: Timestamp) -> Result<(), StoreFault> {
    db.write(RELEASE, &[at.into(), (&key).into()])
}

/// The letter of a held key is due later.
pub(crate) fn hold_longer(db: &dyn Database, key: KeyId, until: Timestamp) -> Result<(), CommitError> {
    db.guarded(HOLD_LONGER, &[until.into(), (&key).into()])
}

pub(crate) fn disown(db: &dyn Database, letter: LetterId, at: Timestamp) -> Result<(), CommitError> {
    db.guarded(DISOWN, &[at.into(), (&letter).into()])
}

/// A letter, and when somebody said that they did not cause it.
pub(crate) fn by_id(
    db: &dyn Database,
    letter: LetterId,
) -> Result<Option<(Letter, Option<Timestamp>)>, StoreFault> {
    db.row(BY_ID, &[(&letter).into()], |columns| Ok((read_letter(columns)?, columns.optional_time()?)))
}

/// The mailboxes that said lately of a key to register this document with that they did not ask for it.
pub(crate) fn barred(
    db: &dyn Database,
    document: Document,
    now: Timestamp,
) -> Result<Vec<String>, StoreFault> {
    let since = now.saturating_sub(BARRED_FOR).unwrap_or(Timestamp::MIN);
    db.rows(BARRED, &[document.into(), since.into()], only_text)
}

pub(crate) fn settle(db: &dyn Database, letter: LetterId, state: &LetterState) -> Result<(), CommitError> {
    let nothing = || Value::Null;
    let [word, attempts, next_at, server, reply, settled_at] = match state {
        LetterState::Waiting { attempts, next_at, reply } => [
            WAITING.into(),
            (*attempts).into(),
            (*next_at).into(),
            nothing(),
            reply.as_deref().into(),
            nothing(),
        ],
        LetterState::Accepted { at, server, reply } => [
            ACCEPTED.into(),
            nothing(),
            nothing(),
            server.as_str().into(),
            reply.as_str().into(),
            (*at).into(),
        ],
        LetterState::Refused { at, reply } => {
            [REFUSED.into(), nothing(), nothing(), nothing(), reply.as_str().into(), (*at).into()]
        }
        LetterState::Dropped { at } => {
            [DROPPED.into(), nothing(), nothing(), nothing(), nothing(), (*at).into()]
        }
    };
    let values = [word, attempts, next_at, server, reply, settled_at, (&letter).into()];
    db.guarded(SETTLE, &values)
}

/// Marks the lease of letters that are due, and gives them with the attempts made so far, the longest due first.
pub(crate) fn claim(
    db: &dyn Database,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<(Letter, u32)>, StoreFault> {
    let values = [lease_until.into(), now.into(), limit.into()];
    let mut claimed = db.rows(CLAIM, &values, |columns| {
        let letter = read_letter(columns)?;
        let attempts: u32 = columns.value()?;
        Ok((columns.time()?, letter, attempts))
    })?;
    // A statement that writes gives its rows in any order.
    claimed.sort_by_key(|(next_at, letter, _)| (*next_at, letter.id));
    Ok(claimed.into_iter().map(|(_, letter, attempts)| (letter, attempts)).collect())
}

/// Ends the lease of a letter that was not tried, if it is still that lease.
pub(crate) fn put_back(
    db: &dyn Database,
    letter: LetterId,
    lease_until: Timestamp,
    due: Timestamp,
) -> Result<(), StoreFault> {
    db.write(PUT_BACK, &[due.into(), (&letter).into(), lease_until.into()])
}

pub(crate) fn next_due(db: &dyn Database) -> Result<Option<Timestamp>, StoreFault> {
    db.row(NEXT_DUE, &[], only_time)
}

pub(crate) fn outbox(db: &dyn Database) -> Result<OutboxCounts, StoreFault> {
    let counts = db.row(OUTBOX, &[], |columns| {
        let count = |number: i64| u64::try_from(number).ok();
        Ok(OutboxCounts {
            waiting: columns.parsed(count)?,
            refused: columns.parsed(count)?,
            oldest_waiting: columns.optional_time()?,
        })
    })?;
    Ok(counts.unwrap_or_default())
}

pub(crate) fn retry(db: &dyn Database, which: RetryLetters, now: Timestamp) -> Result<usize, StoreFault> {
    match which {
        RetryLetters::AllRefused => db.execute(RETRY_REFUSED, &[now.into()]),
        RetryLetters::One(letter) => db.execute(RETRY_ONE, &[now.into(), (&letter).into()]),
    }
}

/// The latest letter that carries the key of the flow.
pub(crate) fn of_flow(db: &dyn Database, flow: FlowId) -> Result<Option<(Letter, LetterState)>, StoreFault> {
    db.row(OF_FLOW, &[(&flow).into()], read)
}

/// The letters that carry a key or only tell of it, the oldest first.
pub(crate) fn of_key(db: &dyn Database, key: KeyId) -> Result<Vec<(Letter, LetterState)>, StoreFault> {
    db.rows(OF_KEY, &[(&key).into()], read)
}

/// The latest letters, the newest first: their identifiers are ordered by time.
pub(crate) fn list(
    db: &dyn Database,
    filter: LetterFilter,
    limit: u32,
) -> Result<Vec<(Letter, LetterState)>, StoreFault> {
    let state = match filter {
        LetterFilter::All => return db.rows(ALL, &[limit.into()], read),
        LetterFilter::Waiting => WAITING,
        LetterFilter::Accepted => ACCEPTED,
        LetterFilter::Refused => REFUSED,
        LetterFilter::Dropped => DROPPED,
    };
    db.rows(IN_STATE, &[state.into(), limit.into()], read)
}

/// The latest letters about a document, the newest first.
pub(crate) fn of_document(
    db: &dyn Database,
    document: Document,
    limit: u32,
) -> Result<Vec<(Letter, LetterState)>, StoreFault> {
    db.rows(OF_DOCUMENT, &[document.into(), limit.into()], read)
}

/// The letters of an account, the newest first.
pub(crate) fn of_account(
    db: &dyn Database,
    account: AccountId,
) -> Result<Vec<(Letter, LetterState)>, StoreFault> {
    db.rows(OF_ACCOUNT, &[(&account).into()], read)
}

/// When a letter was last queued for each key of a document that is still of use.
pub(crate) fn last_queued(
    db: &dyn Database,
    document: Document,
    now: Timestamp,
) -> Result<Vec<(KeyId, Timestamp)>, StoreFault> {
    let values = [document.into(), keys::of_use_since(now).into()];
    db.rows(LAST_QUEUED, &values, |columns| Ok((columns.id(KeyId::from_bytes)?, columns.time()?)))
}

fn read(columns: &mut Columns<'_>) -> Result<(Letter, LetterState), StoreFault> {
    Ok((read_letter(columns)?, read_state(columns)?))
}

fn read_letter(columns: &mut Columns<'_>) -> Result<Letter, StoreFault> {
    Ok(Letter {
        id: columns.id(LetterId::from_bytes)?,
        kind: columns.word(LetterKind::from_stored)?,
        flow: columns.optional_id(FlowId::from_bytes)?,
        key: columns.optional_id(KeyId::from_bytes)?,
        account: columns.optional_id(AccountId::from_bytes)?,
        document: columns.document()?,
        to: columns.email()?,
        cause: columns.word(Cause::from_stored)?,
        browser: columns.optional_word(|words| Some(BrowserKind::from_stored(words)))?,
        queued_at: columns.time()?,
        leaves_at: columns.time()?,
    })
}

fn read_state(columns: &mut Columns<'_>) -> Result<LetterState, StoreFault> {
    let state: String = columns.value()?;
    let attempts = columns.value()?;
    let next_at = columns.optional_time()?;
    let server: Option<String> = columns.value()?;
    let reply: Option<String> = columns.value()?;
    let settled_at = columns.optional_time()?;
    let read = match (state.as_str(), next_at, settled_at) {
        (WAITING, Some(next_at), _) => Some(LetterState::Waiting { attempts, next_at, reply }),
        (ACCEPTED, _, Some(at)) => {
            server.zip(reply).map(|(server, reply)| LetterState::Accepted { at, server, reply })
        }
        (REFUSED, _, Some(at)) => reply.map(|reply| LetterState::Refused { at, reply }),
        (DROPPED, _, Some(at)) => Some(LetterState::Dropped { at }),
        _ => None,
    };
    read.ok_or_else(|| StoreFault::Unreadable { column: "state".to_owned() })
}
