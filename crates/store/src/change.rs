//! Changes: what each one writes, and the guard that it is written under.

use crate::database::Database;
use crate::fault::CommitError;
use crate::{accounts, audit, devices, email_changes, flows, keys, letters, limits, my_data, sessions};
use zaguan_domain::change::Change;

/// Writes one change, or says that its guard failed.
pub(crate) fn apply(db: &dyn Database, change: &Change) -> Result<(), CommitError> {
    match change {
        Change::FlowBegun { flow, replaces } => flows::begin(db, flow, *replaces),
        Change::FlowAsked { flow, seen_asked_at, wish, at } => {
            flows::ask(db, *flow, *seen_asked_at, wish, *at)
        }
        Change::FlowResolved { flow, asked_at, at, key } => flows::resolve(db, *flow, *asked_at, *at, *key),
        Change::FlowsEnded { browser, key } => flows::end(db, browser, *key),
        Change::KeyIssued(key) => keys::issue(db, key),
        Change::KeySent { key, expires_at } => keys::send(db, *key, *expires_at),
        Change::KeyKept { key, expires_at } => keys::keep(db, *key, *expires_at),
        Change::HoldReleased { key, at } => keys::release(db, *key, *at),
        Change::HoldProlonged { key, until } => keys::prolong_hold(db, *key, *until),
        Change::KeyTried { key, typist, seen } => keys::count_try(db, *key, *typist, *seen),
        Change::KeyConfirmed { key, typist, seen } => keys::confirm(db, *key, *typist, *seen),
        Change::KeySpent { key, at } => keys::spend(db, *key, *at),
        Change::KeyKilled { key, at } => keys::kill(db, *key, *at),
        Change::HolderKeysKilled { holder, at } => keys::kill_of_holder(db, holder, *at),
        Change::AccountOpened(account) => accounts::open(db, account),
        Change::PasswordSet { account, password, at } => accounts::set_password(db, *account, password, *at),
        Change::AccountLocked { account, at } => accounts::lock(db, *account, *at),
        Change::AccountReclaimed { account, email } => accounts::reclaim(db, *account, email),
        Change::PasswordChanged { account, seen_password, password, at } => {
            accounts::change_password(db, *account, seen_password, password, *at)
        }
        Change::PasswordRehashed { account, seen_password, password } => {
            accounts::rehash(db, *account, seen_password, password)
        }
        Change::SessionOpened { session, seen_password } => sessions::open(db, session, seen_password),
        Change::SessionsCapped { account, newest, at_most } => sessions::cap(db, *account, newest, *at_most),
        Change::SessionSeen { token, at } => sessions::see(db, token, *at),
        Change::SessionProven { session, renamed, seen_password, at } => {
            sessions::prove(db, session, renamed, seen_password, *at)
        }
        Change::SessionEnded { token } => sessions::end(db, token),
        Change::AccountSessionsEnded { account } => sessions::end_of_account(db, *account),
        Change::OtherSessionsEnded { account, except } => sessions::end_others(db, *account, except),
        Change::AccountClosed { account, holder, seen_password } => {
            accounts::close(db, *account, holder, seen_password)
        }
        Change::EmailChangeAsked { change, seen_password } => email_changes::ask(db, change, seen_password),
        Change::EmailChangeSent { change, expires_at } => email_changes::send(db, *change, *expires_at),
        Change::EmailChangeTried { change, seen } => email_changes::count_try(db, *change, *seen),
        Change::EmailChangeConfirmed { change, seen, at } => email_changes::confirm(db, *change, *seen, *at),
        Change::EmailChangesEnded { account, at } => email_changes::end_open(db, *account, *at),
        Change::EmailRestored { change, at } => email_changes::restore(db, *change, *at),
        Change::CorrectionAsked { request, seen_open } => my_data::ask(db, request, *seen_open),
        Change::CorrectionAnswered { request, at } => my_data::answer(db, *request, *at),
        Change::DeviceKnown(device) => Ok(devices::know(db, device)?),
        Change::DevicesForgotten { account, except } => Ok(devices::forget(db, *account, except.as_ref())?),
        Change::AllowanceRestored(subject) => Ok(limits::restore(db, subject)?),
        Change::Recorded(record) => Ok(audit::add(db, record)?),
        Change::MailboxSeen { mailbox, since, letters } => {
            letters::seen_in_mailbox(db, mailbox, *since, *letters)
        }
        Change::LetterQueued(letter) => letters::queue(db, letter),
        Change::LetterDisowned { letter, at } => letters::disown(db, *letter, *at),
        Change::LetterSettled { letter, state } => letters::settle(db, *letter, state),
    }
}
