//! What the model of the store does when an account is closed or its address changes.

use crate::model::{Conflict, Tables, guard};
use zaguan_domain::account::{Account, Holder, StoredPassword};
use zaguan_domain::change::Change;
use zaguan_domain::email_change::EmailChange;
use zaguan_domain::id::{AccountId, KeyId};

pub(crate) fn close(
    tables: &mut Tables,
    account: AccountId,
    holder: &Holder,
    seen: &StoredPassword,
) -> Result<(), Conflict> {
    guard(tables.accounts.iter().any(|a| a.id == account && a.password == *seen))?;
    let keys: Vec<KeyId> = tables.keys.iter().filter(|key| key.holder == *holder).map(|key| key.id).collect();
    let carries = |key: Option<KeyId>| key.is_some_and(|key| keys.contains(&key));
    tables.letters.retain(|letter| letter.account != Some(account) && !carries(letter.key));
    let letters = &tables.letters;
    tables.outbox.retain(|(id, _)| letters.iter().any(|letter| letter.id == *id));
    tables.flows.retain(|flow| !carries(flow.key));
    tables.keys.retain(|key| key.holder != *holder);
    tables.sessions.retain(|session| session.account != account);
    tables.devices.retain(|device| device.account != account);
    tables.email_changes.retain(|change| change.account != account);
    tables.accounts.retain(|a| a.id != account);
    Ok(())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the model gives it the changes of address only")]
pub(crate) fn change_email(tables: &mut Tables, change: Change) -> Result<(), Conflict> {
    let waits = |change: &EmailChange| change.confirmed_at.is_none() && change.ended_at.is_none();
    let find = |changes: &mut Vec<EmailChange>, id| {
        let place = changes.iter().position(|change| change.id == id && waits(change));
        place.ok_or(Conflict)
    };
    match change {
        Change::EmailChangeAsked { change, seen_password } => {
            let is_right = |a: &Account| {
                a.id == change.account && a.email == change.old_email && a.password == seen_password
            };
            guard(tables.accounts.iter().any(is_right))?;
            let before = tables.email_changes.iter_mut().filter(|c| c.account == change.account && waits(c));
            before.for_each(|before| before.ended_at = Some(change.asked_at));
            tables.email_changes.push(change);
        }
        Change::EmailChangeSent { change, expires_at } => {
            let place = find(&mut tables.email_changes, change)?;
            tables.email_changes[place].expires_at = expires_at;
        }
        Change::EmailChangeTried { change, seen } => {
            let place = find(&mut tables.email_changes, change)?;
            guard(tables.email_changes[place].tries == seen)?;
            tables.email_changes[place].tries += 1;
        }
        Change::EmailChangeConfirmed { change, seen, at } => {
            let place = find(&mut tables.email_changes, change)?;
            let confirmed = &mut tables.email_changes[place];
            guard(confirmed.tries == seen && confirmed.expires_at > at)?;
            confirmed.confirmed_at = Some(at);
            let has_old = |a: &&mut Account| a.id == confirmed.account && a.email == confirmed.old_email;
            let account = tables.accounts.iter_mut().find(has_old).ok_or(Conflict)?;
            account.email = confirmed.new_email.clone();
        }
        Change::EmailChangesEnded { account, at } => {
            let open = tables.email_changes.iter_mut().filter(|c| c.account == account && waits(c));
            open.for_each(|change| change.ended_at = Some(at));
        }
        Change::EmailRestored { change, at } => {
            let confirmed =
                |c: &EmailChange| c.id == change && c.confirmed_at.is_some() && c.ended_at.is_none();
            let undone = tables.email_changes.iter().find(|c| confirmed(c)).ok_or(Conflict)?.clone();
            let later = |c: &&mut EmailChange| {
                c.account == undone.account && c.confirmed_at >= undone.confirmed_at && c.ended_at.is_none()
            };
            tables.email_changes.iter_mut().filter(later).for_each(|c| c.ended_at = Some(at));
            let its = |a: &&mut Account| a.id == undone.account;
            tables.accounts.iter_mut().find(its).ok_or(Conflict)?.email = undone.old_email;
        }
        other => unreachable!("{other:?}"),
    }
    Ok(())
}
