//! What a portal might do that breaks its word, done to its files: whoever looks for broken promises has to find each.

use crate::or_fail::OrFail as _;
use rusqlite::Connection;
use std::path::Path;

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// Sessions are forgotten.
    SessionsForgotten,
    /// Wrong tries at keys are forgotten.
    TriesForgotten,
    /// Keys that were used work again.
    KeysAlive,
    /// A letter is lost.
    LetterLost,
    /// Whoever signs out stays signed in.
    SessionsStay,
    /// A value is in the database that may not be there.
    Damage,
    /// Passwords that were acknowledged are not there.
    PasswordsForgotten,
    /// The key of a letter is written into a file.
    KeyTold,
    /// The audit trail is another one.
    AuditChanged,
}

impl Sabotage {
    /// Each of them, in an order in which none hides the next.
    pub const ALL: [Self; 9] = [
        Self::SessionsForgotten,
        Self::TriesForgotten,
        Self::KeysAlive,
        Self::LetterLost,
        Self::SessionsStay,
        Self::Damage,
        Self::PasswordsForgotten,
        Self::KeyTold,
        Self::AuditChanged,
    ];

    /// The words by which it is found.
    pub fn found_as(self) -> &'static str {
        match self {
            Self::SessionsForgotten => "I4: a session that was opened",
            Self::TriesForgotten => "I7: the tries of a key went back",
            Self::KeysAlive => "I2: a key that was used",
            Self::LetterLost => "I5: a letter that was there is gone",
            Self::SessionsStay => "I6: a session that was ended",
            Self::Damage => "I9: ",
            Self::PasswordsForgotten => "I4: the password that was acknowledged opens nothing",
            Self::KeyTold => "I10: ",
            Self::AuditChanged => "I8: ",
        }
    }

    /// Does it to a database that nobody has open; `key` is one that left in a letter.
    pub(super) fn commit(self, database: &Path, key: &str) {
        let statements = match self {
            Self::SessionsForgotten => "delete from session",
            Self::TriesForgotten => "update key set own_tries = 0, other_tries = 0",
            Self::KeysAlive => "update key set spent_at = null, killed_at = null",
            Self::LetterLost => {
                "delete from letter where id = (select id from letter where state = 'accepted')"
            }
            Self::SessionsStay => {
                "create trigger stay before delete on session begin select raise(ignore); end"
            }
            Self::Damage => {
                "drop trigger stay; pragma ignore_check_constraints = on;
                update letter set state = 'eaten' where id = (select id from letter where state = 'accepted')"
            }
            Self::PasswordsForgotten => "update account set password = (select min(password) from account)",
            Self::KeyTold => {
                std::fs::write(database.with_extension("told"), key).or_fail("telling");
                return;
            }
            Self::AuditChanged => "update audit set hash = zeroblob(32)",
        };
        let database = Connection::open(database).or_fail("opening the database");
        database.execute_batch(statements).or_fail("the sabotage");
    }
}
