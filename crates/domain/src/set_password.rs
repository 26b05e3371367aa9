//! Setting a password (clave definitiva): the one request that spends a key.

use crate::account::{Account, StoredPassword};
use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::device::{Device, DeviceHere};
use crate::document::Document;
use crate::email::EmailAddress;
use crate::flow::Purpose;
use crate::id::AccountId;
use crate::key::{Key, KeyState, KeyToken};
use crate::letter::{Letter, LetterKind};
use crate::mailbox::{Cause, Mailboxes};
use crate::moment::Moment;
use crate::password::PersonalWords;
use crate::policy::Policy;
use crate::token::{Token, TokenHash};

/// What setting a password looks at.
#[derive(Clone, Debug, Default)]
pub struct SetPasswordFacts {
    /// The key that the pass names.
    pub key: Option<Key>,
    /// The accounts of its document.
    pub accounts: Vec<Account>,
    /// The policies of its document.
    pub policies: Vec<Policy>,
    /// The letters to the mailboxes of those accounts and to the key's.
    pub mailboxes: Mailboxes,
    /// The accounts that know this browser.
    pub devices: Vec<Device>,
}

/// Why a password cannot be set now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyNeeded {
    /// This browser showed no key that works.
    Missing,
    /// The key has expired meanwhile.
    Expired {
        /// What it was for, which says where to ask for a new one.
        purpose: Purpose,
    },
    /// A password was set with the key: perhaps in another tab, or by pressing the button twice.
    AlreadyUsed {
        /// Whose.
        document: Document,
    },
}

/// What a person who set a password is told.
#[derive(Debug, PartialEq, Eq)]
pub enum SetPasswordAnswer {
    /// It is set; they may sign in with this user name.
    Done {
        /// The user name.
        document: Document,
        /// The token for the device's cookie, if the browser has none yet.
        device: Option<Token>,
    },
    /// Somebody with the same document number has this very password, so signing in could not tell the two apart.
    TakenByNamesake,
}

/// The key that the browser's pass proves, while it works. Proven again in the request that sets the password: there
/// is no "step reached" to forge.
pub fn proven_key<'a>(
    pass: Option<&KeyToken>,
    browser: &TokenHash,
    facts: &'a SetPasswordFacts,
    moment: &Moment<'_>,
) -> Result<&'a Key, KeyNeeded> {
    let proves =
        |key: &&Key| pass.is_some_and(|pass| pass.proves(key.pass(browser, moment.secrets).as_ref()));
    let key = facts.key.as_ref().filter(proves).ok_or(KeyNeeded::Missing)?;
    match key.state(moment.now) {
        KeyState::Alive => Ok(key),
        KeyState::Expired => Err(KeyNeeded::Expired { purpose: key.purpose }),
        KeyState::Spent => Err(KeyNeeded::AlreadyUsed { document: key.holder.document }),
        KeyState::Killed | KeyState::Held => Err(KeyNeeded::Missing),
    }
}

/// What the person's password must not be made of.
pub fn personal_words(key: &Key, facts: &SetPasswordFacts, brand: &str) -> PersonalWords {
    let own = || facts.policies.iter().filter(|policy| policy.discriminator == key.holder.discriminator);
    PersonalWords {
        document: key.holder.document,
        email: key.email.clone(),
        names: own().map(|policy| policy.holder.clone()).collect(),
        policy_numbers: own().map(|policy| policy.number.as_str().to_owned()).collect(),
        brand: brand.to_owned(),
    }
}

/// Sets the password: spends the key, opens the account or changes its password, kills the holder's other keys, ends
/// the sessions and the flows, and writes the notice, all or nothing.
pub fn set_password(
    key: &Key,
    password: StoredPassword,
    browser: TokenHash,
    facts: &SetPasswordFacts,
    moment: &mut Moment<'_>,
) -> Step<SetPasswordAnswer> {
    let document = key.holder.document;
    let Some(email) = key.email.clone() else {
        // A decoy has no pass, so nobody comes here with one.
        return Step::only(SetPasswordAnswer::Done { document, device: None });
    };
    let namesake = facts.accounts.iter().find(|account| account.holder != key.holder);
    if namesake.is_some_and(|namesake| namesake.password == password) {
        return Step::only(SetPasswordAnswer::TakenByNamesake);
    }
    let now = moment.now;
    let mut changes = vec![Change::KeySpent { key: key.id, at: now }];
    let (account, to) = if let Some(account) = key.account {
        changes.push(Change::PasswordSet { account, password, at: now });
        let stored = facts.accounts.iter().find(|stored| stored.id == account);
        (account, stored.map_or(email, |stored| stored.email.clone()))
    } else {
        let account = open_account(key, email.clone(), password, moment);
        let id = account.id;
        changes.push(Change::AccountOpened(account));
        (id, email)
    };
    let event = if key.account.is_some() { Event::PasswordSet } else { Event::AccountOpened };
    changes.push(record(event, moment).of_account(account, &key.holder).into_change());
    changes.push(Change::HolderKeysKilled { holder: key.holder.clone(), at: now });
    changes.push(Change::AccountSessionsEnded { account });
    // This browser proved the mailbox; the others may be those of whoever knew the old password.
    let device = DeviceHere::find(&facts.devices, moment);
    changes.push(Change::DevicesForgotten { account, except: Some(device.token) });
    changes.push(device.known_to(account, moment));
    changes.push(Change::FlowsEnded { browser, key: key.id });
    let notice = Letter::new(LetterKind::PasswordChanged, Cause::Notice, document, to, moment);
    changes.extend(facts.mailboxes.clone().queue(notice.of_account(Some(account)), moment));
    Step::with(SetPasswordAnswer::Done { document, device: device.new }, changes)
}

fn open_account(
    key: &Key,
    email: EmailAddress,
    password: StoredPassword,
    moment: &mut Moment<'_>,
) -> Account {
    let id = AccountId::new(moment.rng);
    Account { id, holder: key.holder.clone(), email, password, opened_at: moment.now, locked_at: None }
}
