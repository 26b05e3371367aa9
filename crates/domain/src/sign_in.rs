//! Signing in, with a document number and a password.

use crate::account::Account;
use crate::audit::{Event, record};
use crate::browser::BrowserKind;
use crate::change::{Change, Step};
use crate::document::Document;
use crate::enter_key::{EnterKeyAnswer, try_key};
use crate::flow::Purpose;
use crate::key::{Key, KeyToken, TemporaryKey};
use crate::moment::Moment;
use crate::session::Session;
use crate::token::{Token, TokenHash};

/// What signing in looks at.
#[derive(Clone, Debug)]
pub struct SignInFacts {
    /// The accounts of the document: none, one, or two where a number was given twice.
    pub accounts: Vec<Account>,
    /// The keys of the document and those that this browser asked for.
    pub keys: Vec<Key>,
}

/// Who signs in, and where.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    /// The document, whether or not anybody has it.
    pub document: Document,
    /// The browser.
    pub browser: TokenHash,
    /// The session that it has already, which ends when a new one opens.
    pub session: Option<TokenHash>,
}

/// What a person who signs in is told.
#[derive(Debug)]
pub enum SignInAnswer {
    /// They are in.
    Welcome {
        /// The token for the session's cookie.
        token: Token,
    },
    /// They typed their temporary key instead: they go on to set their password.
    SetPassword {
        /// The proof for the browser's cookie.
        pass: KeyToken,
        /// What the key is for.
        purpose: Purpose,
    },
    /// User name or password is wrong; which is not said.
    Wrong,
}

/// Decides a sign-in. `right` says of each account whether the password is its own; it was found out in the same time
/// whether there are accounts or not. `typed_key` is the password read as a temporary key, if it can be one.
pub fn sign_in(
    input: SignIn,
    right: &[bool],
    typed_key: Option<&TemporaryKey>,
    facts: &SignInFacts,
    moment: &mut Moment<'_>,
) -> Step<SignInAnswer> {
    let account = facts.accounts.iter().zip(right).find(|(_, right)| **right).map(|(account, _)| account);
    if let Some(account) = account {
        let token = Token::new(moment.rng);
        let session = Session {
            token: token.hash(),
            account: account.id,
            opened_at: moment.now,
            seen_at: moment.now,
            browser: moment.origin.browser.unwrap_or(BrowserKind::UNKNOWN),
            proven_at: moment.now,
        };
        let mut changes = vec![Change::SessionOpened { session, seen_password: account.password.clone() }];
        changes.extend(input.session.map(|token| Change::SessionEnded { token }));
        changes.push(record(Event::SignedIn, moment).of_account(account.id, &account.holder).into_change());
        return Step::with(SignInAnswer::Welcome { token }, changes);
    }
    let refused = record(Event::SignInRefused, moment).of_document(input.document).into_change();
    let Some(typed_key) = typed_key else {
        return Step::with(SignInAnswer::Wrong, vec![refused]);
    };
    let Step { answer, mut changes } = try_key(typed_key, &input.browser, &facts.keys, moment);
    match answer {
        EnterKeyAnswer::Opens { pass, purpose } => {
            Step::with(SignInAnswer::SetPassword { pass, purpose }, changes)
        }
        EnterKeyAnswer::Wrong { .. }
        | EnterKeyAnswer::NoTriesLeft
        | EnterKeyAnswer::Expired
        | EnterKeyAnswer::AlreadyUsed
        | EnterKeyAnswer::DoesNotOpen => {
            changes.push(refused);
            Step::with(SignInAnswer::Wrong, changes)
        }
    }
}
