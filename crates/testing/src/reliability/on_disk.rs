//! What the database itself says after a kill: that it is whole, that nothing went back, and that every promise has its
//! row.

use super::database::Database;
use crate::or_fail::OrFail as _;
use std::collections::{HashMap, HashSet};

/// Questions whose answer is a number of rows that must not be there.
pub(super) const NEVER: [(&str, &str); 5] = [
    (
        "I1: an account was opened, and no letter tells of it",
        "select count(*) from account where not exists
            (select 1 from letter where letter.document = account.document)",
    ),
    (
        "I1: a key was issued to somebody, and there is no letter with it",
        "select count(*) from key where (email is not null or account is not null) and not exists
            (select 1 from letter where letter.key = key.id)",
    ),
    (
        "I3: an account's password was set, and no key was used for it",
        "select count(*) from account where not exists
            (select 1 from key where key.document = account.document and key.spent_at = account.password_set_at)",
    ),
    (
        "I3: a key was used, and the password is an older one",
        "select count(*) from key join account using (document, discriminator)
            where key.spent_at > account.password_set_at",
    ),
    (
        "I3: a key was used, and there is no account",
        "select count(*) from key where spent_at is not null and not exists
            (select 1 from account where account.document = key.document)",
    ),
];

/// Of each key its tries, own and others', and when it was used and killed, if it was.
type Keys = HashMap<String, (u32, u32, String, String)>;

/// What was there at an earlier look.
#[derive(Debug, Default)]
pub(super) struct Seen {
    keys: Keys,
    letters: HashMap<String, String>,
    audit: Option<(String, String)>,
}

/// Everything that is wrong with a portal's database, compared with what was seen before, which is what is seen now
/// afterwards.
pub(super) fn violations(database: &Database, seen: &mut Seen) -> Vec<String> {
    let mut violations = database.damage();
    for (what, question) in NEVER {
        let rows = database.number(question);
        if rows > 0 {
            violations.push(format!("{what}: {rows} times"));
        }
    }
    compare_keys(database, seen, &mut violations);
    compare_letters(database, seen, &mut violations);
    compare_audit(database, seen, &mut violations);
    violations
}

fn compare_keys(database: &Database, seen: &mut Seen, violations: &mut Vec<String>) {
    let question = "select id, own_tries, other_tries, spent_at, killed_at from key";
    let now: Keys = database
        .rows(question)
        .map(|[id, own, other, spent, killed]| (id, (tries(&own), tries(&other), spent, killed)))
        .collect();
    for (id, was) in &seen.keys {
        let Some(is) = now.get(id) else {
            violations.push("I4: a key that was there is gone".to_owned());
            continue;
        };
        if is.0 < was.0 || is.1 < was.1 {
            violations.push(format!("I7: the tries of a key went back from {was:?} to {is:?}"));
        }
        if !was.2.is_empty() && is.2 != was.2 || !was.3.is_empty() && is.3 != was.3 {
            violations.push("I2: a key that was used or killed is not any more".to_owned());
        }
    }
    seen.keys = now;
}

/// No letter vanishes, and none that was settled waits again.
fn compare_letters(database: &Database, seen: &mut Seen, violations: &mut Vec<String>) {
    let now: HashMap<String, String> =
        database.rows("select id, state from letter").map(|[id, state]| (id, state)).collect();
    for (id, was) in &seen.letters {
        match now.get(id) {
            None => violations.push("I5: a letter that was there is gone".to_owned()),
            Some(is) if was != "waiting" && is != was => {
                violations.push(format!("I5: a letter that was {was} is {is}"));
            }
            Some(_) => {}
        }
    }
    seen.letters = now;
}

fn compare_audit(database: &Database, seen: &mut Seen, violations: &mut Vec<String>) {
    if let Some((number, hash)) = &seen.audit {
        let question = format!("select hash from audit where number = {number}");
        if database.rows(&question).next() != Some([hash.clone()]) {
            violations.push(format!("I7, I8: record {number} of the audit trail is not the one that it was"));
        }
    }
    let last = database.rows("select number, hash from audit order by number desc limit 1").next();
    seen.audit = last.map(|[number, hash]| (number, hash));
}

/// How often the newest key of each document was typed wrong in the browser that asked for it, and in others.
pub(super) fn tries_of_everybody(database: &Database) -> HashMap<String, (u32, u32)> {
    // A later row of the same document takes the place of an earlier one.
    let question = "select document, own_tries, other_tries from key order by issued_at";
    database.rows(question).map(|[document, own, other]| (document, (tries(&own), tries(&other)))).collect()
}

/// The documents of those who were promised a letter, and for whom a flow waits for its turn or a letter for its.
pub(super) fn accounted_for(database: &Database) -> HashSet<String> {
    let question = "select document from flow where resolved_at is null
        union select document from letter where state = 'waiting'";
    database.rows(question).map(|[document]| document).collect()
}

fn tries(counted: &str) -> u32 {
    counted.parse().or_fail("tries")
}
