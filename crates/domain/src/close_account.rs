//! Closing an account: what the portal keeps of it goes, and its holder may register again.

use crate::account::{Account, StoredPassword};
use crate::allowance::Subject;
use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::letter::{Letter, LetterKind};
use crate::mailbox::{Cause, Mailboxes};
use crate::moment::Moment;

/// What a person who closes their account is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAccountAnswer {
    /// It is closed.
    Closed,
    /// The password changed since it was tried, or the account was closed already.
    PasswordChanged,
}

/// What closing an account looks at.
#[derive(Clone, Debug)]
pub struct CloseAccountFacts {
    /// The account as it is now; nothing when it was closed already.
    pub account: Option<Account>,
    /// The letters to its mailbox.
    pub mailboxes: Mailboxes,
}

/// Closes an account: it goes with its password, address, sessions, known browsers, keys, changes of address and letters;
/// one last letter confirms it. What happened stays in the audit trail, and the policies are the insurer's to keep
/// (Ley 25.326, article 16, number 5). `proven` is the password that was found right.
pub fn close_account(
    proven: &StoredPassword,
    facts: &CloseAccountFacts,
    moment: &mut Moment<'_>,
) -> Step<CloseAccountAnswer> {
    match facts.account.as_ref().filter(|account| account.password == *proven) {
        Some(account) => {
            let changes = account_closed(account, facts.mailboxes.clone(), moment);
            Step::with(CloseAccountAnswer::Closed, changes)
        }
        None => Step::only(CloseAccountAnswer::PasswordChanged),
    }
}

/// The changes that close an account, for its holder or for an operator.
pub fn account_closed(account: &Account, mut mailboxes: Mailboxes, moment: &mut Moment<'_>) -> Vec<Change> {
    let (document, to) = (account.holder.document, account.email.clone());
    // It is not of the account, whose letters go; and it goes first, while its mailbox is as it was read.
    let confirmation = Letter::new(LetterKind::AccountClosed, Cause::Notice, document, to, moment);
    let mut changes = mailboxes.queue(confirmation, moment);
    changes.push(Change::AccountClosed {
        account: account.id,
        holder: account.holder.clone(),
        seen_password: account.password.clone(),
    });
    changes.push(Change::AllowanceRestored(Subject::ProofOf(account.id)));
    changes.push(record(Event::AccountClosed, moment).of_account(account.id, &account.holder).into_change());
    changes
}
