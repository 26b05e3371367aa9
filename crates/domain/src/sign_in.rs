//! Signing in, with a document number and a password.

use crate::account::{Account, StoredPassword};
use crate::allowance::Subject;
use crate::audit::{Event, record};
use crate::browser::BrowserKind;
use crate::change::{Change, Step};
use crate::device::{Device, DeviceHere};
use crate::document::Document;
use crate::enter_key::{EnterKeyAnswer, try_key};
use crate::flow::Purpose;
use crate::key::{Key, KeyToken, TemporaryKey};
use crate::letter::{Letter, LetterKind};
use crate::mailbox::{Cause, Mailboxes};
use crate::moment::Moment;
use crate::session::{SESSIONS_AT_MOST, Session};
use crate::token::{Token, TokenHash};

/// What signing in looks at.
#[derive(Clone, Debug, Default)]
pub struct SignInFacts {
    /// The accounts of the document: none, one, or two where a number was given twice.
    pub accounts: Vec<Account>,
    /// The keys of the document and those that this browser asked for.
    pub keys: Vec<Key>,
    /// The accounts that know this browser, of whatever document.
    pub devices: Vec<Device>,
    /// The letters to the mailboxes of the document's accounts.
    pub mailboxes: Mailboxes,
}

impl SignInFacts {
    fn knows(&self, account: &Account) -> bool {
        self.devices.iter().any(|device| device.account == account.id)
    }
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

/// What was found out about the password that was typed, in the same time whether there are accounts or not.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// Of each account, in their order, whether the password is its own.
    pub right: &'a [bool],
    /// The password read as a temporary key, if it can be one.
    pub typed_key: Option<&'a TemporaryKey>,
    /// The right password hashed anew, where the stored hash cost less than new ones do.
    pub rehashed: Option<&'a StoredPassword>,
}

/// What a person who signs in is told.
#[derive(Debug)]
pub enum SignInAnswer {
    /// They are in.
    Welcome {
        /// The token for the session's cookie.
        token: Token,
        /// The token for the device's cookie, if the browser has none yet.
        device: Option<Token>,
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

/// Decides a sign-in.
pub fn sign_in(
    input: SignIn,
    tried: &Tried<'_>,
    facts: &SignInFacts,
    moment: &mut Moment<'_>,
) -> Step<SignInAnswer> {
    // A locked password is wrong like any other, in the same time: only a new one opens.
    let opens = |(account, right): &(&Account, &bool)| **right && account.locked_at.is_none();
    let account = facts.accounts.iter().zip(tried.right).find(opens).map(|(account, _)| account);
    if let Some(account) = account {
        return welcome(input, account, tried.rehashed, facts, moment);
    }
    let refused = record(Event::SignInRefused, moment).of_document(input.document).into_change();
    let Some(typed_key) = tried.typed_key else {
        return Step::with(SignInAnswer::Wrong, vec![refused]);
    };
    let Step { answer, mut changes } = try_key(typed_key, &input.browser, &facts.keys, moment);
    match answer {
        EnterKeyAnswer::Opens { pass, purpose } => {
            Step::with(SignInAnswer::SetPassword { pass, purpose }, changes)
        }
        EnterKeyAnswer::Wrong { .. }
        | EnterKeyAnswer::NoTriesLeft
        | EnterKeyAnswer::Held
        | EnterKeyAnswer::Expired
        | EnterKeyAnswer::AlreadyUsed
        | EnterKeyAnswer::DoesNotOpen => {
            changes.push(refused);
            Step::with(SignInAnswer::Wrong, changes)
        }
    }
}

fn welcome(
    input: SignIn,
    account: &Account,
    rehashed: Option<&StoredPassword>,
    facts: &SignInFacts,
    moment: &mut Moment<'_>,
) -> Step<SignInAnswer> {
    let token = Token::new(moment.rng);
    let session = Session {
        token: token.hash(),
        account: account.id,
        opened_at: moment.now,
        seen_at: moment.now,
        browser: moment.origin.browser.unwrap_or(BrowserKind::UNKNOWN),
        proven_at: moment.now,
    };
    let device = DeviceHere::find(&facts.devices, moment);
    let mut changes = vec![Change::SessionOpened { session, seen_password: account.password.clone() }];
    changes.extend(rehashed.map(|password| Change::PasswordRehashed {
        account: account.id,
        seen_password: account.password.clone(),
        password: password.clone(),
    }));
    changes.extend(input.session.map(|token| Change::SessionEnded { token }));
    let (account_id, newest) = (account.id, token.hash());
    changes.push(Change::SessionsCapped { account: account_id, newest, at_most: SESSIONS_AT_MOST });
    changes.push(device.known_to(account.id, moment));
    // Where two people share a number, one of them could empty the bucket again and again to guess at the other's.
    if facts.accounts.len() == 1 {
        changes.push(Change::AllowanceRestored(if facts.knows(account) {
            Subject::SignInOfDevice(input.document, device.token)
        } else {
            Subject::SignInOfDocument(input.document)
        }));
    }
    changes.push(record(Event::SignedIn, moment).of_account(account.id, &account.holder).into_change());
    if !facts.knows(account) {
        let document = account.holder.document;
        let letter =
            Letter::new(LetterKind::NewBrowser, Cause::Holder, document, account.email.clone(), moment);
        let letter = letter.of_account(Some(account.id)).about_browser(moment.origin.browser);
        changes.extend(facts.mailboxes.clone().queue(letter, moment));
    }
    Step::with(SignInAnswer::Welcome { token, device: device.new }, changes)
}
