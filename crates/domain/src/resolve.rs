//! Resolving a flow: after the request was answered, its wish is turned into keys and letters.
//!
//! Who exists is looked up only here, so a request takes the same time and gives the same page for everybody. Where
//! nobody can be written to, a decoy is issued, so that typing keys behaves alike too.

use crate::account::{Account, Holder};
use crate::audit::{Event, record};
use crate::change::Change;
use crate::device::Device;
use crate::email::EmailAddress;
use crate::flow::{Flow, Purpose};
use crate::hold::{KeyRoute, addresses_on_file, has_time_to_say_no, key_route};
use crate::id::{AccountId, KeyId};
use crate::key::Key;
use crate::letter::{Letter, LetterKind};
use crate::mailbox::{Cause, Mailboxes};
use crate::moment::Moment;
use crate::policy::Policy;
use jiff::{SignedDuration, Timestamp};

/// What resolving looks at.
#[derive(Clone, Debug)]
pub struct ResolveFacts {
    /// The accounts of the flow's document.
    pub accounts: Vec<Account>,
    /// The keys of the flow's document.
    pub keys: Vec<Key>,
    /// When a letter was last queued for each of those keys, of those that left or may still leave.
    pub letters: Vec<(KeyId, Timestamp)>,
    /// The accounts that know the browser which asked.
    pub devices: Vec<Device>,
    /// The policies of the flow's document.
    pub policies: Vec<Policy>,
    /// The mailboxes that said of a key to register that document with, within [`BARRED_FOR`], that they did not ask for
    /// it ([`EmailAddress::mailbox`]).
    pub barred: Vec<String>,
    /// The letters to the mailboxes of those accounts, of the policies, and to the one that was typed.
    pub mailboxes: Mailboxes,
}

/// A mailbox that got a key without asking gets no other of the same document for so long.
pub const BARRED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What a flow leads to: a letter of this kind, to this address, with this key.
struct Outcome<'a> {
    holder: Holder,
    account: Option<&'a Account>,
    key_email: Option<EmailAddress>,
    letter: Option<(LetterKind, EmailAddress)>,
}

impl Outcome<'_> {
    fn account_id(&self) -> Option<AccountId> {
        self.account.map(|account| account.id)
    }
}

/// Turns a flow's wish into changes.
pub fn resolve(flow: &Flow, facts: &ResolveFacts, moment: &mut Moment<'_>) -> Vec<Change> {
    let outcomes = match flow.purpose {
        Purpose::Register => vec![register_outcome(flow, facts)],
        Purpose::Recover => recover_outcomes(flow, facts),
    };
    let mut resolving = Resolving { flow, facts, mailboxes: facts.mailboxes.clone(), changes: Vec::new() };
    let mut key = None;
    for outcome in outcomes {
        key = Some(resolving.issue(&outcome, moment));
    }
    let mut changes = resolving.changes;
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
            key_email: flow.goes_to().cloned(),
            letter: flow.goes_to().cloned().map(|email| (LetterKind::RegistrationKey, email)),
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

/// A flow on its way to changes.
struct Resolving<'a> {
    flow: &'a Flow,
    facts: &'a ResolveFacts,
    mailboxes: Mailboxes,
    changes: Vec<Change>,
}

/// What there is already.
struct Old<'a> {
    /// The key.
    key: Option<&'a Key>,
    /// The decoy that browsers type keys at in its place.
    stand_in: Option<&'a Key>,
}

impl Resolving<'_> {
    /// Issues the outcome's key, or takes the one that lives: asking again sends the same key again, so that a stranger
    /// who asks in somebody's name kills nothing. Only the browser that began, its own tries used up, gets a new one.
    fn issue(&mut self, outcome: &Outcome<'_>, moment: &mut Moment<'_>) -> KeyId {
        let facts = self.facts;
        if self.is_barred(outcome) {
            return self.stop(new_key(self.flow, outcome, moment), moment.now);
        }
        let sendable = |key: &&Key| self.is_of(outcome, key) && key.can_be_sent(moment.now);
        let old = Old {
            key: facts.keys.iter().rfind(|key| sendable(key) && key.email == outcome.key_email),
            stand_in: facts
                .keys
                .iter()
                .filter(|_| outcome.key_email.is_some())
                .rfind(|key| sendable(key) && key.is_decoy()),
        };
        match (old.key, self.route(moment)) {
            // The letter of a held key leaves by itself.
            (Some(key), _) if key.is_held(moment.now) && !key.is_decoy() => return key.id,
            (Some(key), _) if key.is_held(moment.now) => {
                return self.send_again(key, None, outcome, moment);
            }
            (None, Some(KeyRoute::Held { until })) => return self.hold(until, outcome, moment),
            _ => {}
        }
        let typed_at = old.stand_in.or(old.key).filter(|key| {
            let used_up = key.browser == self.flow.browser && key.own_tries >= moment.rules.key_tries;
            key.is_alive(moment.now) && !used_up
        });
        match (typed_at, old.key) {
            (Some(_), Some(key)) => self.send_again(key, old.stand_in, outcome, moment),
            (Some(stand_in), None) => {
                self.changes.push(sent(stand_in, moment));
                let key = Key { browser: Key::NOBODYS, ..new_key(self.flow, outcome, moment) };
                self.put(&key, outcome, moment)
            }
            (None, _) => self.issue_new(&old, outcome, moment),
        }
    }

    /// The same letter again, unless one left just now or its mailbox has no room. The key works on in any case.
    fn send_again(
        &mut self,
        key: &Key,
        stand_in: Option<&Key>,
        outcome: &Outcome<'_>,
        moment: &mut Moment<'_>,
    ) -> KeyId {
        let living = [Some(key).filter(|key| key.expires_at.is_some() || outcome.letter.is_none()), stand_in];
        self.changes.extend(living.into_iter().flatten().map(|key| sent(key, moment)));
        let last = self.letter_queued_at(key);
        let is_due = last.is_none_or(|at| moment.now.duration_since(at) >= moment.rules.resend_wait);
        if let Some(letter) = self.letter(key, outcome, moment).filter(|_| is_due) {
            match self.mailboxes.queue_now(letter.clone(), moment) {
                Some(queued) => self.changes.extend(queued),
                None if last.is_none() => self.changes.extend(self.mailboxes.queue(letter, moment)),
                None => {}
            }
        }
        key.id
    }

    fn issue_new(&mut self, old: &Old<'_>, outcome: &Outcome<'_>, moment: &mut Moment<'_>) -> KeyId {
        let new = new_key(self.flow, outcome, moment);
        let queued =
            self.letter(&new, outcome, moment).and_then(|letter| self.mailboxes.queue_now(letter, moment));
        self.changes.extend(old.stand_in.map(|key| Change::KeyKilled { key: key.id, at: moment.now }));
        let in_mailbox = old.key.filter(|key| self.letter_queued_at(key).is_some());
        if let (None, Some(kept)) =
            (&queued, in_mailbox.filter(|key| key.lives_on(moment) && !key.is_decoy()))
        {
            self.keep(kept, &new, moment);
            return kept.id;
        }
        // A letter of the old key that still waits for a mail server is dropped with it.
        self.changes.extend(old.key.map(|key| Change::KeyKilled { key: key.id, at: moment.now }));
        match queued {
            Some(queued) => {
                self.changes.push(Change::KeyIssued(new.clone()));
                self.changes.extend(issued(&new, moment));
                self.changes.extend(queued);
                if old.key.is_none() {
                    self.tell_addresses_on_file(&new, moment);
                }
                new.id
            }
            None if in_mailbox.is_some_and(Key::is_decoy) => {
                let sent = sent(&new, moment);
                let id = new.id;
                self.changes.extend([Change::KeyIssued(new), sent]);
                id
            }
            None => self.put(&new, outcome, moment),
        }
    }

    /// A new key that waits. The addresses on file hear of it first: where they cannot soon, it waits longer, and where
    /// they cannot within a day, nothing leaves.
    fn hold(&mut self, until: Timestamp, outcome: &Outcome<'_>, moment: &mut Moment<'_>) -> KeyId {
        let new = Key { held_until: Some(until), ..new_key(self.flow, outcome, moment) };
        let told = self.notices(LetterKind::RegistrationHeld, &new, moment);
        let heard_at =
            told.iter().map(|letter| self.mailboxes.room_from(letter, &moment.rules.letters)).min();
        let delay = heard_at.map_or(SignedDuration::ZERO, |at| at.duration_since(moment.now));
        if delay > SignedDuration::from_hours(24) {
            return self.stop(new, moment.now);
        }
        let until = until.saturating_add(delay).unwrap_or(Timestamp::MAX);
        let id = self.put(&Key { held_until: Some(until), ..new }, outcome, moment);
        for letter in told {
            self.changes.extend(self.mailboxes.queue(letter, moment));
        }
        id
    }

    /// A key that opens nothing from the beginning, whose page is like that of any other.
    fn stop(&mut self, key: Key, now: Timestamp) -> KeyId {
        let id = key.id;
        self.changes.push(Change::KeyIssued(Key { killed_at: Some(now), ..key }));
        id
    }

    fn is_barred(&self, outcome: &Outcome<'_>) -> bool {
        let is_barred = |email: &EmailAddress| self.facts.barred.contains(&email.mailbox());
        outcome.account.is_none() && outcome.key_email.as_ref().is_some_and(is_barred)
    }

    /// Where a key to register with goes, as its page said; or, when its page said it so long ago that no time to say no is
    /// left, as it is now.
    fn route(&self, moment: &Moment<'_>) -> Option<KeyRoute> {
        let has_time_to_say_no =
            |until: &Timestamp| has_time_to_say_no(*until, moment.now, &moment.rules.hold);
        if let Some(until) = self.flow.held_until.filter(has_time_to_say_no) {
            return Some(KeyRoute::Held { until });
        }
        let discriminator = self.flow.discriminator.as_deref()?;
        Some(key_route(&self.facts.policies, discriminator, self.flow.email.as_ref()?, moment))
    }

    /// The letters that tell the addresses on file of a key that goes elsewhere. Where no key goes, nobody is told.
    fn notices(&self, kind: LetterKind, key: &Key, moment: &mut Moment<'_>) -> Vec<Letter> {
        let Some(goes_to) = &key.email else { return Vec::new() };
        let mut on_file = addresses_on_file(&self.facts.policies, &key.holder.discriminator);
        on_file.retain(|address| address != goes_to);
        let letter =
            |to| Letter::new(kind, Cause::Stranger, key.holder.document, to, moment).with_key(key.id);
        on_file.into_iter().map(letter).collect()
    }

    /// The addresses on file hear of a key that leaves at once for another, where the operator wants that.
    fn tell_addresses_on_file(&mut self, key: &Key, moment: &mut Moment<'_>) {
        if self.flow.purpose == Purpose::Register && self.route(moment) == Some(KeyRoute::AtOnceAndTold) {
            for letter in self.notices(LetterKind::RegistrationTold, key, moment) {
                self.changes.extend(self.mailboxes.queue(letter, moment));
            }
        }
    }

    /// A new key whose letter, if there is one to write, leaves when its mailbox has room.
    fn put(&mut self, key: &Key, outcome: &Outcome<'_>, moment: &mut Moment<'_>) -> KeyId {
        self.changes.extend([Change::KeyIssued(key.clone()), sent(key, moment)]);
        self.changes.extend(issued(key, moment));
        if let Some(letter) = self.letter(key, outcome, moment) {
            self.changes.extend(self.mailboxes.queue(letter, moment));
        }
        key.id
    }

    /// Keeps a key that is in its mailbox already, where there is no room to send a new one. The browser that asked
    /// types keys at a decoy from now on: it sees what it would see of a new key, and of a document that nobody has, so
    /// that no stranger is told that there is a mailbox, and that it is full. The key opens in any browser.
    fn keep(&mut self, key: &Key, new: &Key, moment: &mut Moment<'_>) {
        let decoy = Key { email: None, ..new.clone() };
        let expires_at = key.expiry_if_sent(moment.now, moment.rules);
        let sent = sent(&decoy, moment);
        self.changes.extend([Change::KeyKept { key: key.id, expires_at }, Change::KeyIssued(decoy), sent]);
        if key.browser != Key::NOBODYS {
            // The browser that began sees a key that another took the place of.
            let id = KeyId::new(moment.now, moment.rng);
            let over = Key { id, email: None, killed_at: Some(moment.now), ..key.clone() };
            self.changes.push(Change::KeyIssued(over));
        }
    }

    fn is_of(&self, outcome: &Outcome<'_>, key: &Key) -> bool {
        key.purpose == self.flow.purpose
            && key.holder == outcome.holder
            && key.account == outcome.account_id()
    }

    /// When the key's letter was queued last, if one left or may still leave.
    fn letter_queued_at(&self, key: &Key) -> Option<Timestamp> {
        self.facts.letters.iter().find(|(of, _)| *of == key.id).map(|(_, queued_at)| *queued_at)
    }

    fn letter(&self, key: &Key, outcome: &Outcome<'_>, moment: &mut Moment<'_>) -> Option<Letter> {
        let (kind, to) = outcome.letter.clone()?;
        let known = |account: &Account| self.facts.devices.iter().any(|device| device.account == account.id);
        let cause = if outcome.account.is_some_and(known) { Cause::Holder } else { Cause::Stranger };
        let mut letter = Letter::new(kind, cause, self.flow.document, to, moment);
        if let (LetterKind::RegistrationKey, Some(until)) = (kind, key.held_until) {
            letter.leaves_at = until.max(moment.now);
        }
        Some(letter.with_key(key.id).of_flow(self.flow.id).of_account(outcome.account_id()))
    }
}

/// The life of a key begins, or begins again.
fn sent(key: &Key, moment: &Moment<'_>) -> Change {
    Change::KeySent { key: key.id, expires_at: key.expiry_if_sent(moment.now, moment.rules) }
}

/// The record of an issued key. Of a decoy there is none: nobody was written to.
fn issued(key: &Key, moment: &mut Moment<'_>) -> Option<Change> {
    let email = key.email.as_ref().filter(|_| !key.is_decoy())?;
    let (event, detail) = match key.held_until {
        Some(until) => (Event::KeyHeld, format!("for {}, until {until}", email.masked())),
        None => (Event::KeyIssued, format!("to {}: {}", key.purpose.to_stored(), email.masked())),
    };
    let issued = record(event, moment).of_document(key.holder.document).with_detail(detail);
    let issued = key.account.iter().fold(issued, |issued, account| issued.of_account(*account, &key.holder));
    Some(issued.into_change())
}

fn new_key(flow: &Flow, outcome: &Outcome<'_>, moment: &mut Moment<'_>) -> Key {
    let mut nonce = [0; 16];
    moment.rng.fill_bytes(&mut nonce);
    Key {
        id: KeyId::new(moment.now, moment.rng),
        nonce,
        secret: moment.secrets.current(),
        purpose: flow.purpose,
        holder: outcome.holder.clone(),
        account: outcome.account_id(),
        email: outcome.key_email.clone(),
        browser: flow.browser,
        issued_at: moment.now,
        held_until: None,
        expires_at: None,
        own_tries: 0,
        other_tries: 0,
        spent_at: None,
        killed_at: None,
    }
}
