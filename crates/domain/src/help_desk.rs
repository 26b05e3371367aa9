//! The help desk: what the insurer's operator does for whoever calls. Nothing here lets anybody in: no password and no key
//! is shown or set, and no letter goes to another address. Everything is recorded, even a look.

use crate::account::Account;
use crate::allowance::Subject;
use crate::audit::{Event, record};
use crate::change::Change;
use crate::document::Document;
use crate::moment::Moment;

/// The operator looks at what there is of a document.
pub fn look_up(document: Document, moment: &mut Moment<'_>) -> Vec<Change> {
    vec![record(Event::DataLookedUp, moment).of_document(document).into_change()]
}

/// Who tried too often may try again at once. A password that its holder locked stays locked: they open it by choosing
/// another one.
pub fn unlock(document: Document, accounts: &[Account], moment: &mut Moment<'_>) -> Vec<Change> {
    let mut changes: Vec<Change> = limits_of(document, accounts).map(Change::AllowanceRestored).collect();
    changes.push(record(Event::AccountUnlocked, moment).of_document(document).into_change());
    changes
}

/// The limits that count what is tried with a document, and not from where.
pub fn limits_of(document: Document, accounts: &[Account]) -> impl Iterator<Item = Subject> {
    let of_document = [Subject::SignInOfDocument(document), Subject::RegisterOfDocument(document)];
    of_document.into_iter().chain(accounts.iter().map(|account| Subject::ProofOf(account.id)))
}
