//! What the help desk looks at: everything that a document has, in one state of the database.

use crate::database::{Ask, Database};
use crate::fault::StoreFault;
use crate::statement::statements;
use crate::store::Store;
use crate::{accounts, devices, keys, letters, limits};
use jiff::Timestamp;
use zaguan_domain::account::Account;
use zaguan_domain::allowance::{Bucket, Subject};
use zaguan_domain::document::Document;
use zaguan_domain::help_desk::limits_of;
use zaguan_domain::id::AccountId;
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterState};

statements! {
    SESSIONS = "select opened_at, seen_at from session where account = $1";
}

/// So many of the latest letters are shown.
const LETTERS: u32 = 20;

/// What there is of a document.
#[derive(Clone, Debug)]
pub struct HelpDeskFacts {
    /// Its accounts: none, one, or two where a number was given twice.
    pub accounts: Vec<AccountFacts>,
    /// Its keys of the last two days, the oldest first.
    pub keys: Vec<Key>,
    /// Its latest letters, the newest first.
    pub letters: Vec<(Letter, LetterState)>,
    /// The limits that count what is tried with it, where something was.
    pub limits: Vec<(Subject, Bucket)>,
}

/// What there is of an account.
#[derive(Clone, Debug)]
pub struct AccountFacts {
    /// The account.
    pub account: Account,
    /// When each of its sessions was opened, and when it asked for something last.
    pub sessions: Vec<(Timestamp, Timestamp)>,
    /// How many browsers it knows.
    pub devices: usize,
}

impl Store {
    /// What the help desk looks at.
    pub async fn help_desk_facts(
        &self,
        document: Document,
        now: Timestamp,
    ) -> Result<HelpDeskFacts, StoreFault> {
        self.read_together(|reader| facts(reader.database(), document, now)).await
    }
}

fn facts(db: &dyn Database, document: Document, now: Timestamp) -> Result<HelpDeskFacts, StoreFault> {
    let accounts = accounts::of(db, document)?;
    let mut limits = Vec::new();
    for subject in limits_of(document, &accounts) {
        if let Some(bucket) = limits::bucket(db, &subject)?.filter(|bucket| bucket.full_at > now) {
            limits.push((subject, bucket));
        }
    }
    let look_at = |account: Account| {
        let sessions = sessions(db, account.id)?;
        let devices = devices::of_account(db, account.id)?.len();
        Ok(AccountFacts { account, sessions, devices })
    };
    Ok(HelpDeskFacts {
        accounts: accounts.into_iter().map(look_at).collect::<Result<_, StoreFault>>()?,
        keys: keys::of_document(db, document, now)?,
        letters: letters::of_document(db, document, LETTERS)?,
        limits,
    })
}

fn sessions(db: &dyn Database, account: AccountId) -> Result<Vec<(Timestamp, Timestamp)>, StoreFault> {
    db.rows(SESSIONS, &[(&account).into()], |columns| Ok((columns.time()?, columns.time()?)))
}
