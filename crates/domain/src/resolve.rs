//! Resolving a flow: after the request was answered, its wish is turned into keys and letters.
//!
//! Who exists is looked up only here, so a request takes the same time and gives the same page for everybody. Where
//! nobody can be written to, a decoy is issued, so that typing keys behaves alike too.

use crate::account::{Account, Holder};
use crate::audit::{Event, record};
use crate::change::Change;
use crate::email::EmailAddress;
use crate::flow::{Flow, Purpose};
use crate::id::{AccountId, KeyId, LetterId};
use crate::key::Key;
use crate::letter::{Letter, LetterKind};
use crate::moment::Moment;
use jiff::Timestamp;

/// What resolving looks at.
#[derive(Clone, Debug)]
pub struct ResolveFacts {
    /// The accounts of the flow's document.
    pub accounts: Vec<Account>,
    /// The keys of the flow's document.
    pub keys: Vec<Key>,
    /// When a letter was last queued for each of those keys.
    pub letters: Vec<(KeyId, Timestamp)>,
}

/// What a flow leads to: a letter of this kind, to this address, with this key.
struct Outcome<'a> {
    holder: Holder,
    account: Option<&'a Account>,
    key_email: Option<EmailAddress>,
    letter: Option<(LetterKind, EmailAddress)>,
}

/// Turns a flow's wish into changes.
pub fn resolve(flow: &Flow, facts: &ResolveFacts, moment: &mut Moment<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let outcomes = match flow.purpose {
        Purpose::Register => vec![register_outcome(flow, facts)],
        Purpose::Recover => recover_outcomes(flow, facts),
    };
    let mut key = None;
    for outcome in outcomes {
        key = Some(issue(flow, outcome, facts, moment, &mut changes));
    }
    changes.push(Change::FlowResolved { flow: flow.id, asked_at: flow.asked_at, at: moment.now, key });
    changes
}

fn register_outcome<'a>(flow: &Flow, facts: &'a ResolveFacts) -> Outcome<'a> {
    let holder =
        Holder { document: flow.document, discriminator: flow.discriminator.clone().unwrap_or_default() };
    match facts.accounts.iter().find(|account| account.holder == holder) {
        Some(account) => Outcome {
            holder,
            account: Some(account),
            key_email: None,
            letter: Some((LetterKind::AlreadyRegistered, account.email.clone())),
        },
        None => Outcome {
            holder,
            account: None,
            key_email: flow.email.clone(),
            letter: flow.email.clone().map(|email| (LetterKind::RegistrationKey, email)),
        },
    }
}

fn recover_outcomes<'a>(flow: &Flow, facts: &'a ResolveFacts) -> Vec<Outcome<'a>> {
    if facts.accounts.is_empty() {
        let holder = Holder { document: flow.document, discriminator: String::new() };
        return vec![Outcome { holder, account: None, key_email: None, letter: None }];
    }
    let outcome = |account: &'a Account| Outcome {
        holder: account.holder.clone(),
        account: Some(account),
        key_email: Some(account.email.clone()),
        letter: Some((LetterKind::RecoverySteps, account.email.clone())),
    };
    facts.accounts.iter().map(outcome).collect()
}

/// Issues the outcome's key, or takes the one that lives: asking again sends the same key again, so that a stranger
/// who asks in somebody's name kills nothing. Only the browser that began, its own tries used up, gets a new one.
fn issue(
    flow: &Flow,
    outcome: Outcome<'_>,
    facts: &ResolveFacts,
    moment: &mut Moment<'_>,
    changes: &mut Vec<Change>,
) -> KeyId {
    let account = outcome.account.map(|account| account.id);
    let usable = facts.keys.iter().rfind(|key| {
        key.purpose == flow.purpose
            && key.holder == outcome.holder
            && key.account == account
            && key.email == outcome.key_email
            && key.can_be_sent(moment.now)
    });
    let used_up = |key: &Key| key.browser == flow.browser && key.own_tries >= moment.rules.key_tries;
    let key = match usable {
        Some(key) if key.is_alive(moment.now) && !used_up(key) => key.clone(),
        over => {
            // A letter of the old key that still waits for a mail server is dropped with it.
            changes.extend(over.map(|key| Change::KeyKilled { key: key.id, at: moment.now }));
            let key = new_key(flow, &outcome, account, moment);
            changes.push(Change::KeyIssued(key.clone()));
            changes.extend(issued(&key, moment));
            key
        }
    };
    let just_sent = facts.letters.iter().any(|(of, queued_at)| {
        *of == key.id && moment.now.duration_since(*queued_at) < moment.rules.resend_wait
    });
    match outcome.letter {
        Some(_) if just_sent => {}
        Some((kind, to)) => changes.push(Change::LetterQueued(Letter {
            id: LetterId::new(moment.now, moment.rng),
            kind,
            flow: Some(flow.id),
            key: Some(key.id),
            account,
            document: flow.document,
            to,
            queued_at: moment.now,
        })),
        None => changes
            .push(Change::KeySent { key: key.id, expires_at: key.expiry_if_sent(moment.now, moment.rules) }),
    }
    key.id
}

/// The record of an issued key. Of a decoy there is none: nobody was written to.
fn issued(key: &Key, moment: &mut Moment<'_>) -> Option<Change> {
    let email = key.email.as_ref().filter(|_| !key.is_decoy())?;
    let detail = format!("to {}: {}", key.purpose.to_stored(), email.masked());
    let issued = record(Event::KeyIssued, moment).of_document(key.holder.document).with_detail(detail);
    let issued = key.account.iter().fold(issued, |issued, account| issued.of_account(*account, &key.holder));
    Some(issued.into_change())
}

fn new_key(flow: &Flow, outcome: &Outcome<'_>, account: Option<AccountId>, moment: &mut Moment<'_>) -> Key {
    let mut nonce = [0; 16];
    moment.rng.fill_bytes(&mut nonce);
    Key {
        id: KeyId::new(moment.now, moment.rng),
        nonce,
        secret: moment.secrets.current(),
        purpose: flow.purpose,
        holder: outcome.holder.clone(),
        account,
        email: outcome.key_email.clone(),
        browser: flow.browser,
        issued_at: moment.now,
        expires_at: None,
        own_tries: 0,
        other_tries: 0,
        spent_at: None,
        killed_at: None,
    }
}
