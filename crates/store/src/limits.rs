//! Buckets of tokens: kept here, so that a restart forgets none and several processes agree.

use crate::database::{Ask, Database};
use crate::fault::StoreFault;
use crate::statement::statements;
use jiff::Timestamp;
use zaguan_domain::allowance::{Bucket, Subject, Take};

statements! {
    BUCKET = "select full_at from limit_bucket where subject = $1";
    FILL = "insert into limit_bucket (subject, full_at) values ($1, $2)
        on conflict (subject) do update set full_at = excluded.full_at";
    RESTORE = "delete from limit_bucket where subject = $1";
    PRUNE = "delete from limit_bucket where subject in
        (select subject from limit_bucket where full_at <= $1 order by full_at limit $2)";
}

/// What became of tokens that were wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All were there, and are taken.
    All,
    /// One was not there, and none is taken.
    NotYet {
        /// The limit whose token is the last to come.
        limit: &'static str,
        /// When all will be there.
        until: Timestamp,
    },
}

/// A bucket that is not full.
pub(crate) fn bucket(db: &dyn Database, subject: &Subject) -> Result<Option<Bucket>, StoreFault> {
    named(db, &subject.name())
}

fn named(db: &dyn Database, name: &str) -> Result<Option<Bucket>, StoreFault> {
    db.row(BUCKET, &[name.into()], |columns| Ok(Bucket { full_at: columns.time()? }))
}

/// What the buckets would be after the tokens were taken, or until when to wait.
pub(crate) fn look(
    db: &dyn Database,
    wanted: &[Take],
    now: Timestamp,
) -> Result<Result<Vec<(String, Bucket)>, Taken>, StoreFault> {
    let mut after = Vec::with_capacity(wanted.len());
    let mut wait: Option<(Timestamp, &'static str)> = None;
    for take in wanted {
        let name = take.subject.name();
        match take.allowance.take(named(db, &name)?, now) {
            Ok(bucket) => after.push((name, bucket)),
            Err(until) => wait = wait.max(Some((until, take.subject.limit()))),
        }
    }
    Ok(wait.map_or(Ok(after), |(until, limit)| Err(Taken::NotYet { limit, until })))
}

/// Takes all of the tokens or none. It is for the writer alone, so nobody takes one between the looking and the taking.
pub(crate) fn take(db: &dyn Database, wanted: &[Take], now: Timestamp) -> Result<Taken, StoreFault> {
    match look(db, wanted, now)? {
        Err(not_yet) => Ok(not_yet),
        Ok(after) => {
            for (name, bucket) in after {
                db.write(FILL, &[name.into(), bucket.full_at.into()])?;
            }
            Ok(Taken::All)
        }
    }
}

/// Gives tokens back that were taken for nothing.
pub(crate) fn give_back(db: &dyn Database, taken: &[Take], now: Timestamp) -> Result<(), StoreFault> {
    for take in taken {
        let name = take.subject.name();
        if let Some(bucket) = named(db, &name)? {
            let bucket = take.allowance.give_back(bucket, now);
            db.write(FILL, &[name.into(), bucket.full_at.into()])?;
        }
    }
    Ok(())
}

/// Fills a bucket.
pub(crate) fn restore(db: &dyn Database, subject: &Subject) -> Result<(), StoreFault> {
    db.write(RESTORE, &[subject.name().into()])
}

/// Forgets buckets that are full, at most so many. Answers how many.
pub(crate) fn prune(db: &dyn Database, now: Timestamp, at_most: u32) -> Result<usize, StoreFault> {
    db.execute(PRUNE, &[now.into(), at_most.into()])
}
