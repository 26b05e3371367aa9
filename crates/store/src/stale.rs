//! What is of no more use to anybody, forgotten a little at a time.
//!
//! Identifiers are ordered by time, so the oldest rows are found without an index of their own.

use crate::database::Database;
use crate::fault::StoreFault;
use crate::statement::statements;
use crate::{devices, limits};
use jiff::{SignedDuration, Timestamp};
use zaguan_domain::device::DEVICE_LIFE;
use zaguan_domain::limit::Rules;

/// How many rows go in one commit, which takes a few milliseconds.
const AT_MOST: u32 = 200;

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

/// What goes, a kind at a time: letters before the keys that they tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    Buckets,
    Devices,
    Sessions,
    Flows,
    Letters,
    Keys,
}

impl Stale {
    pub(crate) const ALL: [Self; 6] =
        [Self::Buckets, Self::Devices, Self::Sessions, Self::Flows, Self::Letters, Self::Keys];

    /// Forgets a few rows of the kind. Answers how many went.
    pub(crate) fn forget(
        self,
        db: &dyn Database,
        now: Timestamp,
        rules: &Rules,
    ) -> Result<usize, StoreFault> {
        let ago = |span| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        let at_most = || AT_MOST.into();
        match self {
            Self::Buckets => limits::prune(db, now, AT_MOST),
            Self::Devices => devices::prune(db, ago(DEVICE_LIFE), AT_MOST),
            Self::Sessions => db.execute(SESSIONS, &[ago(rules.session_life).into(), at_most()]),
            Self::Flows => {
                let asked = ago(FLOW_KEPT);
                db.execute(FLOWS, &[(&first_name_at(asked)).into(), asked.into(), at_most()])
            }
            Self::Letters => db.execute(LETTERS, &[(&first_name_at(ago(LETTER_KEPT))).into(), at_most()]),
            Self::Keys => db.execute(KEYS, &[(&first_name_at(ago(LETTER_KEPT))).into(), at_most()]),
        }
    }
}

/// The least identifier that can have been made at a time: its first 48 bits are milliseconds (UUID version 7).
fn first_name_at(at: Timestamp) -> [u8; 16] {
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    let mut name = [0; 16];
    name[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
    name
}
