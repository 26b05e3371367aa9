//! Changing the password: by somebody who is signed in and types the present one.

use crate::account::{Account, StoredPassword};
use crate::allowance::Subject;
use crate::audit::{Event, record};
use crate::browser::BrowserKind;
use crate::change::{Change, Step};
use crate::id::AccountId;
use crate::letter::{Letter, LetterKind};
use crate::mailbox::{Cause, Mailboxes};
use crate::moment::Moment;
use crate::password::PersonalWords;
use crate::policy::Policy;
use crate::session::Session;
use crate::token::Token;

/// What changing a password looks at.
#[derive(Clone, Debug)]
pub struct ChangePasswordFacts {
    /// The accounts of the document.
    pub accounts: Vec<Account>,
    /// The letters to their mailboxes.
    pub mailboxes: Mailboxes,
}

/// What a person who changes their password is told.
#[derive(Debug)]
pub enum ChangePasswordAnswer {
    /// It is changed, and this browser goes on with a new session.
    Done {
        /// The token for the session's cookie.
        token: Token,
    },
    /// Somebody with the same document number has this very password, so signing in could not tell the two apart.
    TakenByNamesake,
    /// The password changed since it was tried, or the account was closed.
    PasswordChanged,
}

/// What somebody's password must not be made of.
pub fn personal_words_of(account: &Account, policies: &[Policy], brand: &str) -> PersonalWords {
    let own = || policies.iter().filter(|policy| policy.discriminator == account.holder.discriminator);
    PersonalWords {
        document: account.holder.document,
        email: Some(account.email.clone()),
        names: own().map(|policy| policy.holder.clone()).collect(),
        policy_numbers: own().map(|policy| policy.number.as_str().to_owned()).collect(),
        brand: brand.to_owned(),
    }
}

/// Changes the password: all sessions end and this browser gets a new one, other browsers are forgotten, keys that are
/// out are killed, and a notice is written, all or nothing. `proven` is the password that was found right.
pub fn change_password(
    (account, proven): (AccountId, &StoredPassword),
    password: StoredPassword,
    facts: &ChangePasswordFacts,
    moment: &mut Moment<'_>,
) -> Step<ChangePasswordAnswer> {
    let present = facts.accounts.iter().find(|other| other.id == account && other.password == *proven);
    let Some(present) = present else {
        return Step::only(ChangePasswordAnswer::PasswordChanged);
    };
    if facts.accounts.iter().any(|other| other.id != account && other.password == password) {
        return Step::only(ChangePasswordAnswer::TakenByNamesake);
    }
    let now = moment.now;
    let token = Token::new(moment.rng);
    let session = Session {
        token: token.hash(),
        account,
        opened_at: now,
        seen_at: now,
        browser: moment.origin.browser.unwrap_or(BrowserKind::UNKNOWN),
        proven_at: now,
    };
    let told = record(Event::PasswordChanged, moment).of_account(account, &present.holder);
    let mut changes = vec![
        Change::PasswordChanged {
            account,
            seen_password: proven.clone(),
            password: password.clone(),
            at: now,
        },
        Change::AccountSessionsEnded { account },
        Change::SessionOpened { session, seen_password: password },
        Change::DevicesForgotten { account, except: moment.origin.device },
        Change::HolderKeysKilled { holder: present.holder.clone(), at: now },
        Change::AllowanceRestored(Subject::ProofOf(account)),
        told.into_change(),
    ];
    let (document, to) = (present.holder.document, present.email.clone());
    let notice = Letter::new(LetterKind::PasswordChanged, Cause::Notice, document, to, moment);
    changes.extend(facts.mailboxes.clone().queue(notice.of_account(Some(account)), moment));
    Step::with(ChangePasswordAnswer::Done { token }, changes)
}
