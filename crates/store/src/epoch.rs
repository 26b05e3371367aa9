//! The epoch: when the database was last put back from a backup. Whatever was given out before is void, so that a rollback
//! revives nothing: no key, no session, no link and no button of a letter.

use crate::audit;
use crate::book::table;
use crate::database::{Ask, Database};
use crate::fault::{StoreError, StoreFault};
use crate::migration::known_schema;
use crate::postgres::{self, Postgres};
use crate::schema;
use crate::sqlite::{Sqlite, explain};
use crate::statement::statements;
use crate::url::StoreSettings;
use crate::value::{Value, only_time};
use jiff::Timestamp;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use zaguan_domain::audit::{Event, Record};
use zaguan_domain::origin::Actor;

statements! {
    RAISED_AT = "select raised_at from epoch where id = 1";
    RAISE = "insert into epoch (id, raised_at) values (1, $1)
        on conflict (id) do update set raised_at = excluded.raised_at";
    KILL_KEYS = "update key set killed_at = $1 where spent_at is null and killed_at is null";
    END_SESSIONS = "delete from session";
    FORGET_DEVICES = "delete from device";
    END_FLOWS = "delete from flow";
    END_EMAIL_CHANGES = "update email_change set ended_at = $1 where confirmed_at is null and ended_at is null";
    DROP_LETTERS = "update letter set state = 'dropped', next_at = null, due_at = null, settled_at = $1
        where state = 'waiting' and kind not in ('password-changed', 'new-browser', 'email-changed', 'account-closed')";
    RENEW_NOTICES = "update letter set attempts = 0, leaves_at = $1, next_at = $1, due_at = $1
        where state = 'waiting'";
}

/// The accounts whose password, address or lock is another than in the database that was there before: if the password
/// of the backup opened them again, whoever it was taken from would be let in.
const LOCK_CHANGED: &str = "update account set locked_at = $1 where locked_at is null and not exists
    (select 1 from before.account as known where known.id = account.id and known.locked_at is null
        and known.password_set_at = account.password_set_at and known.email = account.email)";

/// A new epoch.
#[derive(Clone, Copy, Debug)]
pub struct Epoch<'a> {
    /// When it begins.
    pub at: Timestamp,
    /// What the audit trail says of it: which backup.
    pub detail: &'a str,
    /// The database that was in use before, where there is one.
    pub before: Option<&'a Path>,
    /// Generations of the policy book of which the backup has no file.
    pub lost_generations: &'a [u32],
}

/// What a new epoch made void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voided {
    /// Keys that still worked.
    pub keys: usize,
    /// Sessions.
    pub sessions: usize,
    /// Browsers that accounts knew.
    pub devices: usize,
    /// Letters that waited and carried something that is void.
    pub letters: usize,
    /// Accounts that are locked until a new password is chosen, because something of theirs changed after the backup;
    /// nothing where the database from before could not be asked.
    pub locked: Option<usize>,
}

/// When the database was last put back from a backup.
pub(crate) fn raised_at(db: &dyn Database) -> Result<Option<Timestamp>, StoreFault> {
    db.row(RAISED_AT, &[], only_time)
}

/// Brings a restored copy to the schema of this program and begins a new epoch in it, all or nothing.
pub(crate) fn raise(path: &Path, epoch: &Epoch<'_>) -> Result<Voided, StoreError> {
    schema::migrate(path)?;
    let db = schema::open_own(path, "zaguan restore")?;
    // A database that is too damaged to be asked must not stop its repair.
    let locked = epoch.before.and_then(|before| {
        attach(&db, before).ok()?;
        let locked = db.execute(LOCK_CHANGED, &[epoch.at.into()]);
        let detached = db.run("detach before");
        detached.and(locked).ok()
    });
    let voided = db.all_or_nothing(|| void(&db, epoch));
    let voided = Voided { locked, ..voided.map_err(|fault| explain(fault, path))? };
    db.checkpoint().and_then(|()| db.close()).map_err(|fault| explain(fault, path))?;
    Ok(voided)
}

/// Begins a new epoch on a server whose database was put back by the server's own means, all or nothing. Portals may not run
/// meanwhile; which accounts changed since the moment of the backup nobody can tell there.
pub async fn begin_epoch(
    settings: &StoreSettings,
    at: Timestamp,
    detail: &str,
) -> Result<Voided, StoreError> {
    let StoreSettings::Postgres(server) = settings else {
        return Err(StoreError::OnlyOnServers("zaguan restore --void-only"));
    };
    postgres::schema::migrate_own(server, "zaguan restore --void-only")?;
    let db = Postgres::new(Arc::clone(server));
    let epoch = Epoch { at, detail, before: None, lost_generations: &[] };
    db.all_or_nothing(|| void(&db, &epoch)).map_err(|fault| postgres::schema::explain(fault, server))
}

/// Attaches the database from before, if it is whole enough to be opened, and of this schema.
fn attach(db: &Sqlite, before: &Path) -> Result<(), StoreError> {
    schema::require_head(before)?;
    let known = schema::open_known(before)?;
    let is_of_this_schema = schema::stored_version(&known).is_ok_and(|found| found == known_schema());
    if !is_of_this_schema {
        return Err(StoreError::NotMade(before.to_owned()));
    }
    let name = String::from_utf8_lossy(before.as_os_str().as_bytes());
    let attached = db.execute("attach database $1 as before", &[Value::from(name.as_ref())]);
    attached.map(|_| ()).map_err(|fault| explain(fault, before))
}

fn void(db: &dyn Database, epoch: &Epoch<'_>) -> Result<Voided, StoreFault> {
    let at = || Value::from(epoch.at);
    db.write(RAISE, &[at()])?;
    db.write(END_FLOWS, &[])?;
    db.write(END_EMAIL_CHANGES, &[at()])?;
    let letters = db.execute(DROP_LETTERS, &[at()])?;
    db.write(RENEW_NOTICES, &[at()])?;
    let voided = Voided {
        keys: db.execute(KILL_KEYS, &[at()])?,
        sessions: db.execute(END_SESSIONS, &[])?,
        devices: db.execute(FORGET_DEVICES, &[])?,
        letters,
        locked: None,
    };
    for number in epoch.lost_generations {
        table::forget(db, *number)?;
    }
    let told = Record {
        at: epoch.at,
        event: Event::Restored,
        actor: Actor::Operator,
        document: None,
        account: None,
        browser: None,
        address: None,
        detail: epoch.detail.to_owned(),
    };
    audit::add(db, &told)?;
    Ok(voided)
}
