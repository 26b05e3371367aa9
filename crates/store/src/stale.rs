//! What is of no more use to anybody, forgotten a little at a time.
//!
//! Identifiers are ordered by time, so the oldest rows are found without an index of their own.

use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use crate::{devices, limits};
use jiff::{SignedDuration, Timestamp};
use zaguan_domain::device::DEVICE_LIFE;
use zaguan_domain::limit::Rules;

/// How many rows of a kind go in one commit, which takes a few milliseconds.
const AT_MOST: u32 = 500;

/// A flow shows its browser what became of its wish; the browser's name lives for a day.
const FLOW_KEPT: SignedDuration = SignedDuration::from_hours(2 * 24);

/// The button in a letter by which people say that they did not cause it works for 30 days, and people ask the help desk
/// about a letter later than that. A key is kept as long as a letter tells of it.
const LETTER_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

statements! {
    SESSIONS = "delete from session where token in (select token from session where opened_at < $1 limit $2)";
    FLOWS = "delete from flow where id in (select id from flow where id < $1 and asked_at < $2 limit $3)";
    LETTERS = "delete from letter where id in
        (select id from letter where id < $1 and state <> 'waiting' limit $2)";
    KEYS = "delete from key where id in
        (select id from key where id < $1
            and not exists (select 1 from flow where flow.key = key.id)
            and not exists (select 1 from letter where letter.key = key.id) limit $2)";
}

/// Before when what is of no more use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    now: Timestamp,
    device_used: Timestamp,
    session_opened: Timestamp,
    flow_asked: Timestamp,
    letter_queued: Timestamp,
}

impl Before {
    pub(crate) fn at(now: Timestamp, rules: &Rules) -> Self {
        let ago = |span| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        Self {
            now,
            device_used: ago(DEVICE_LIFE),
            session_opened: ago(rules.session_life),
            flow_asked: ago(FLOW_KEPT),
            letter_queued: ago(LETTER_KEPT),
        }
    }
}

/// Forgets at most so many rows of each kind. Answers how many went.
pub(crate) fn forget(db: &Sqlite, before: &Before) -> Result<usize, StoreFault> {
    let (old_flow, old_letter) = (first_name_at(before.flow_asked), first_name_at(before.letter_queued));
    Ok(limits::prune(db, before.now, AT_MOST)?
        + devices::prune(db, before.device_used, AT_MOST)?
        + db.execute(SESSIONS, &[before.session_opened.into(), AT_MOST.into()])?
        + db.execute(FLOWS, &[(&old_flow).into(), before.flow_asked.into(), AT_MOST.into()])?
        + db.execute(LETTERS, &[(&old_letter).into(), AT_MOST.into()])?
        + db.execute(KEYS, &[(&old_letter).into(), AT_MOST.into()])?)
}

/// The least identifier that can have been made at a time: its first 48 bits are milliseconds (UUID version 7).
fn first_name_at(at: Timestamp) -> [u8; 16] {
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    let mut name = [0; 16];
    name[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
    name
}
