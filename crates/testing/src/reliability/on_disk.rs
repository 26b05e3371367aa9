//! What the database itself says after a kill: that it is whole, that nothing went back, and that every promise has its
//! row.

use crate::or_fail::OrFail as _;
use rusqlite::{Connection, OpenFlags};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

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

/// Of each key its tries, own and others', and when it was used and killed.
type Keys = HashMap<Vec<u8>, (u32, u32, Option<i64>, Option<i64>)>;

/// What was there at an earlier look.
#[derive(Debug, Default)]
pub(super) struct Seen {
    keys: Keys,
    letters: HashMap<Vec<u8>, String>,
    audit: Option<(i64, Vec<u8>)>,
}

/// The database of a portal that runs.
pub(super) struct OnDisk {
    database: Connection,
}

impl OnDisk {
    /// Opens it to read.
    pub(super) fn open(path: &Path) -> Self {
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
        let database = database.or_fail("opening the database");
        database.busy_timeout(Duration::from_secs(10)).or_fail("waiting for others");
        database.pragma_update(None, "query_only", true).or_fail("only reading");
        Self { database }
    }

    /// Everything that is wrong with it, compared with what was seen before, which is what is seen now afterwards.
    pub(super) fn violations(&self, seen: &mut Seen) -> Vec<String> {
        let mut violations = Vec::new();
        let whole: String =
            self.database.query_row("pragma integrity_check", [], |row| row.get(0)).or_fail("its integrity");
        if whole != "ok" {
            violations.push(format!("I9: {whole}"));
        }
        for (what, question) in NEVER {
            let rows: i64 = self.database.query_row(question, [], |row| row.get(0)).or_fail(what);
            if rows > 0 {
                violations.push(format!("{what}: {rows} times"));
            }
        }
        self.compare_keys(seen, &mut violations);
        self.compare_letters(seen, &mut violations);
        self.compare_audit(seen, &mut violations);
        violations
    }

    fn compare_keys(&self, seen: &mut Seen, violations: &mut Vec<String>) {
        let question = "select id, own_tries, other_tries, spent_at, killed_at from key";
        let mut statement = self.database.prepare_cached(question).or_fail("the keys");
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))));
        let now: Keys = rows.or_fail("the keys").collect::<Result<_, _>>().or_fail("the keys");
        for (id, was) in &seen.keys {
            let Some(is) = now.get(id) else {
                violations.push("I4: a key that was there is gone".to_owned());
                continue;
            };
            if is.0 < was.0 || is.1 < was.1 {
                violations.push(format!("I7: the tries of a key went back from {was:?} to {is:?}"));
            }
            if was.2.is_some() && is.2 != was.2 || was.3.is_some() && is.3 != was.3 {
                violations.push("I2: a key that was used or killed is not any more".to_owned());
            }
        }
        seen.keys = now;
    }

    /// No letter vanishes, and none that was settled waits again.
    fn compare_letters(&self, seen: &mut Seen, violations: &mut Vec<String>) {
        let mut statement =
            self.database.prepare_cached("select id, state from letter").or_fail("the letters");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).or_fail("the letters");
        let now: HashMap<Vec<u8>, String> = rows.collect::<Result<_, _>>().or_fail("the letters");
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

    fn compare_audit(&self, seen: &mut Seen, violations: &mut Vec<String>) {
        let record = |number: i64| {
            let question = "select hash from audit where number = ?1";
            self.database.query_row(question, [number], |row| row.get::<_, Vec<u8>>(0)).ok()
        };
        if let Some((number, hash)) = &seen.audit
            && record(*number).as_ref() != Some(hash)
        {
            violations.push(format!("I7, I8: record {number} of the audit trail is not the one that it was"));
        }
        let last = "select number, hash from audit order by number desc limit 1";
        seen.audit = self.database.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).ok();
    }

    /// How often the newest key of a document was typed wrong in the browser that asked for it, and in others.
    pub(super) fn tries(&self, document: &str) -> (u32, u32) {
        let question =
            "select own_tries, other_tries from key where document = ?1 order by issued_at desc limit 1";
        let read = self.database.query_row(question, [document], |row| Ok((row.get(0)?, row.get(1)?)));
        read.unwrap_or_default()
    }

    /// Whether there is, for somebody who was promised a letter, a flow that waits for its turn or a letter that waits for
    /// its.
    pub(super) fn accounts_for(&self, document: &str) -> bool {
        let question = "select exists (select 1 from flow where document = ?1 and resolved_at is null)
            or exists (select 1 from letter where document = ?1 and state = 'waiting')";
        self.database.query_row(question, [document], |row| row.get(0)).or_fail("what waits")
    }
}
