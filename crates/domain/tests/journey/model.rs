//! The smallest store there can be: facts in memory, changes applied with their guards, all or nothing.

use crate::account_model;
use jiff::{SignedDuration, Timestamp};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::mem::take;
use zaguan_domain::account::{Account, StoredPassword};
use zaguan_domain::audit::Record;
use zaguan_domain::change::{Change, Step};
use zaguan_domain::device::Device;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::email_change::EmailChange;
use zaguan_domain::enter_key::{EnterKeyAnswer, enter_key};
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::id::{KeyId, LetterId};
use zaguan_domain::key::{Key, KeyToken, TemporaryKey, Typist};
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_domain::limit::Rules;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::mailbox::{CountedLetter, Mailboxes};
use zaguan_domain::moment::Moment;
use zaguan_domain::my_data::DataRequest;
use zaguan_domain::origin::Origin;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_domain::recover::recover;
use zaguan_domain::register::{Register, RegisterAnswer, RegisterFacts, register};
use zaguan_domain::resolve::{BARRED_FOR, ResolveFacts, resolve};
use zaguan_domain::secret::Secrets;
use zaguan_domain::session::Session;
use zaguan_domain::set_password::{KeyNeeded, SetPasswordAnswer, SetPasswordFacts, proven_key, set_password};
use zaguan_domain::token::{Token, TokenHash};

#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) flows: Vec<Flow>,
    pub(crate) keys: Vec<Key>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) outbox: Vec<(LetterId, Timestamp)>,
    pub(crate) sent: Vec<LetterId>,
    pub(crate) disowned: Vec<(LetterId, Timestamp)>,
    pub(crate) devices: Vec<Device>,
    pub(crate) records: Vec<Record>,
    pub(crate) email_changes: Vec<EmailChange>,
    pub(crate) requests: Vec<DataRequest>,
}

pub(crate) struct Model {
    pub(crate) tables: Tables,
    pub(crate) policies: Vec<Policy>,
    pub(crate) now: Timestamp,
    pub(crate) rules: Rules,
    pub(crate) secrets: Secrets,
    rng: ChaCha8Rng,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Conflict;

impl Model {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            tables: Tables::default(),
            policies: vec![policy("1234567", "M")],
            now: "2026-11-23T12:00:00Z".parse().unwrap(),
            rules: Rules::default(),
            secrets: Secrets::derive([(1, &[7; 32])]).unwrap(),
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    pub(crate) fn later(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.post();
    }

    pub(crate) fn browser(&mut self) -> TokenHash {
        Token::new(&mut self.rng).hash()
    }

    pub(crate) fn step<T>(&mut self, step: impl FnOnce(&Tables, &mut Moment<'_>) -> T) -> T {
        let (rng, rules, secrets) = (&mut self.rng, &self.rules, &self.secrets);
        step(&self.tables, &mut Moment { now: self.now, rng, rules, secrets, origin: Origin::PORTAL })
    }

    pub(crate) fn settle<A>(&mut self, step: Step<A>) -> A {
        self.commit(step.changes).expect("nobody else writes here");
        step.answer
    }

    pub(crate) fn commit(&mut self, changes: Vec<Change>) -> Result<(), Conflict> {
        let mut tables = self.tables.clone();
        for change in changes {
            apply(&mut tables, change)?;
        }
        self.tables = tables;
        Ok(())
    }

    pub(crate) fn flow(&self, browser: &TokenHash, purpose: Purpose) -> Option<Flow> {
        let mut flows = self.tables.flows.iter();
        flows.find(|flow| flow.browser == *browser && flow.purpose == purpose).cloned()
    }

    pub(crate) fn register(&mut self, browser: TokenHash, email: &str) -> RegisterAnswer {
        let input = register_input(email);
        let facts =
            RegisterFacts { policies: self.policies.clone(), flow: self.flow(&browser, Purpose::Register) };
        let step = self.step(|_, moment| register(&input, browser, &facts, moment));
        let answer = self.settle(step);
        self.resolve();
        answer
    }

    pub(crate) fn recover(&mut self, browser: TokenHash, document: Document) {
        let flow = self.flow(&browser, Purpose::Recover);
        let step = self.step(|_, moment| recover(document, browser, flow.as_ref(), moment));
        self.settle(step);
        self.resolve();
    }

    /// The letters that count for the room in mailboxes.
    pub(crate) fn mailboxes(&self) -> Mailboxes {
        let counted = |letter: &Letter| CountedLetter {
            mailbox: letter.to.mailbox(),
            cause: letter.cause,
            leaves_at: letter.leaves_at,
            is_held: letter.kind == LetterKind::RegistrationKey
                && !self.tables.sent.contains(&letter.id)
                && letter.key.is_some_and(|key| self.key(key).held_until.is_some()),
        };
        Mailboxes::new(self.tables.letters.iter().map(counted).collect())
    }

    /// Does the clerk's work, and the postman's: every letter leaves at once.
    pub(crate) fn resolve(&mut self) {
        let waiting: Vec<Flow> =
            self.tables.flows.iter().filter(|flow| flow.resolved_at.is_none()).cloned().collect();
        for flow in waiting {
            let mine = |document: Document| document == flow.document;
            let facts = ResolveFacts {
                accounts: filtered(&self.tables.accounts, |account| mine(account.holder.document)),
                keys: filtered(&self.tables.keys, |key| mine(key.holder.document)),
                letters: last_queued(&self.tables.letters),
                devices: filtered(&self.tables.devices, |device| Some(device.token) == flow.device),
                policies: self.policies.clone(),
                barred: self.barred(),
                mailboxes: self.mailboxes(),
            };
            let changes = self.step(|_, moment| resolve(&flow, &facts, moment));
            self.commit(changes).expect("nobody else writes here");
        }
        self.post();
    }

    /// Does the postman's work: what is due leaves, but for letters whose keys are over.
    pub(crate) fn post(&mut self) {
        let now = self.now;
        let (due, later) = take(&mut self.tables.outbox).into_iter().partition(|(_, due)| *due <= now);
        self.tables.outbox = later;
        let due: Vec<(LetterId, Timestamp)> = due;
        for (id, left_at) in due {
            let letter = self.tables.letters.iter().find(|letter| letter.id == id).cloned().unwrap();
            if let Some(key) = letter.key.filter(|_| !letter.kind.only_tells_of_its_key()) {
                let key = self.key(key);
                if !key.can_be_sent(left_at) {
                    continue;
                }
                let expires_at = key.expiry_if_sent(left_at, &self.rules);
                self.commit(vec![Change::KeySent { key: key.id, expires_at }]).expect("the key is there");
            }
            self.tables.sent.push(id);
        }
    }

    /// The letters that left, to this address.
    pub(crate) fn sent_to(&self, address: &str) -> Vec<Letter> {
        let sent = self.tables.letters.iter().filter(|letter| self.tables.sent.contains(&letter.id));
        sent.filter(|letter| letter.to.as_str() == address).cloned().collect()
    }

    fn barred(&self) -> Vec<String> {
        let lately = |at: &Timestamp| self.now.duration_since(*at) < BARRED_FOR;
        let disowned =
            self.tables.disowned.iter().filter(|(_, at)| lately(at)).filter_map(|(id, _)| self.letter(*id));
        let key = disowned.filter(|letter| letter.kind == LetterKind::RegistrationKey);
        key.map(|letter| letter.to.mailbox()).collect()
    }

    pub(crate) fn letter(&self, id: LetterId) -> Option<Letter> {
        self.tables.letters.iter().find(|letter| letter.id == id).cloned()
    }

    pub(crate) fn key(&self, id: KeyId) -> Key {
        self.tables.keys.iter().find(|key| key.id == id).cloned().expect("the key is there")
    }

    /// The text of the key in the last letter.
    pub(crate) fn key_in_last_letter(&self) -> TemporaryKey {
        let letter = self.tables.letters.iter().rev().find(|letter| letter.key.is_some()).expect("a letter");
        self.key(letter.key.unwrap()).text(&self.secrets).unwrap()
    }

    pub(crate) fn keys_for(&self, browser: &TokenHash, document: Document) -> Vec<Key> {
        filtered(&self.tables.keys, |key| key.holder.document == document || key.browser == *browser)
    }

    pub(crate) fn enter(
        &mut self,
        browser: TokenHash,
        document: Document,
        typed: &TemporaryKey,
    ) -> EnterKeyAnswer {
        let keys = self.keys_for(&browser, document);
        let step = self.step(|_, moment| enter_key(typed, document, &browser, &keys, moment));
        self.settle(step)
    }

    pub(crate) fn set_password(
        &mut self,
        browser: TokenHash,
        pass: &KeyToken,
        password: &str,
    ) -> Result<SetPasswordAnswer, KeyNeeded> {
        let key = self.tables.keys.iter().find(|key| key.id == pass.key()).cloned();
        let facts = SetPasswordFacts {
            accounts: self.tables.accounts.clone(),
            policies: self.policies.clone(),
            key,
            mailboxes: self.mailboxes(),
            devices: Vec::new(),
        };
        let hashed = StoredPassword { phc: password.to_owned(), pepper: 1 };
        let step = self.step(|_, moment| {
            let key = proven_key(Some(pass), &browser, &facts, moment)?;
            Ok(set_password(key, hashed, browser, &facts, moment))
        })?;
        Ok(self.settle(step))
    }

    /// Registers all the way.
    pub(crate) fn registered(&mut self, browser: TokenHash, password: &str) {
        self.register(browser, "ana@gmail.com");
        let typed = self.key_in_last_letter();
        let EnterKeyAnswer::Opens { pass, .. } = self.enter(browser, ana(), &typed) else {
            panic!("the key opens");
        };
        self.set_password(browser, &pass, password).expect("the password is set");
    }
}

pub(crate) fn ana() -> Document {
    Document::Person(12_345_678)
}

pub(crate) fn policy(number: &str, discriminator: &str) -> Policy {
    Policy {
        line: LineOfBusiness::from_slug("automotores").unwrap(),
        number: PolicyNumber::from_stored(number).unwrap(),
        previous: Vec::new(),
        from: Some("2026-01-01".parse().unwrap()),
        to: Some("2027-01-01".parse().unwrap()),
        state: Some(PolicyState::InForce),
        holder: "PEREZ, ANA".to_owned(),
        discriminator: discriminator.to_owned(),
        email: None,
        email_shared: false,
    }
}

pub(crate) fn register_input(email: &str) -> Register {
    Register {
        document: ana(),
        line: None,
        number: PolicyNumber::read("1234567").unwrap(),
        email: EmailAddress::read(email).unwrap(),
        insists_on_email: false,
    }
}

pub(crate) fn filtered<T: Clone>(rows: &[T], keep: impl Fn(&T) -> bool) -> Vec<T> {
    rows.iter().filter(|row| keep(row)).cloned().collect()
}

/// When the last letter with each key was queued.
fn last_queued(letters: &[Letter]) -> Vec<(KeyId, Timestamp)> {
    let mut last: Vec<(KeyId, Timestamp)> = Vec::new();
    let carrying = letters.iter().filter(|letter| !letter.kind.only_tells_of_its_key());
    for (key, queued_at) in carrying.filter_map(|letter| Some((letter.key?, letter.queued_at))) {
        last.retain(|(of, _)| *of != key);
        last.push((key, queued_at));
    }
    last
}

pub(crate) fn guard(holds: bool) -> Result<(), Conflict> {
    if holds { Ok(()) } else { Err(Conflict) }
}

fn key_mut(tables: &mut Tables, id: KeyId) -> Result<&mut Key, Conflict> {
    let live = |key: &&mut Key| key.id == id && key.spent_at.is_none() && key.killed_at.is_none();
    tables.keys.iter_mut().find(live).ok_or(Conflict)
}

fn count_try(key: &mut Key, typist: Typist, seen: u8) -> Result<(), Conflict> {
    guard(key.tries(typist) == seen)?;
    match typist {
        Typist::Own => key.own_tries += 1,
        Typist::Other => key.other_tries += 1,
    }
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one arm for each change that there is")]
fn apply(tables: &mut Tables, change: Change) -> Result<(), Conflict> {
    match change {
        Change::FlowBegun { flow, replaces } => {
            let same = |old: &Flow| old.browser == flow.browser && old.purpose == flow.purpose;
            guard(tables.flows.iter().find(|old| same(old)).map(|old| old.id) == replaces)?;
            tables.flows.retain(|old| !same(old));
            tables.flows.push(flow);
        }
        Change::FlowAsked { flow, seen_asked_at, wish, at } => {
            let asked = tables.flows.iter_mut().find(|f| f.id == flow && f.asked_at == seen_asked_at);
            let asked = asked.ok_or(Conflict)?;
            (asked.email, asked.asked_at, asked.resolved_at) = (Some(wish.email), at, None);
            (asked.on_file, asked.held_until) = (wish.on_file, wish.held_until);
        }
        Change::FlowResolved { flow, asked_at, at, key } => {
            let waits = |f: &&mut Flow| f.id == flow && f.asked_at == asked_at && f.resolved_at.is_none();
            let resolved = tables.flows.iter_mut().find(waits).ok_or(Conflict)?;
            (resolved.resolved_at, resolved.key) = (Some(at), key);
        }
        Change::FlowsEnded { browser, key } => {
            tables.flows.retain(|flow| flow.browser != browser && flow.key != Some(key));
        }
        Change::KeyIssued(key) => tables.keys.push(key),
        Change::KeySent { key, expires_at } => key_mut(tables, key)?.expires_at = Some(expires_at),
        Change::HoldReleased { key, at } => {
            let held = key_mut(tables, key)?;
            guard(held.is_held(at))?;
            held.held_until = Some(at);
            tables.flows.iter_mut().filter(|f| f.key == Some(key)).for_each(|f| f.held_until = Some(at));
            let carries = |id: LetterId| {
                tables
                    .letters
                    .iter()
                    .any(|l| l.id == id && l.key == Some(key) && !l.kind.only_tells_of_its_key())
            };
            tables.outbox.iter_mut().filter(|(id, _)| carries(*id)).for_each(|(_, due)| *due = at);
        }
        Change::HoldProlonged { .. } => panic!("only the postman prolongs a hold"),
        Change::KeyKept { key, expires_at } => {
            let key = key_mut(tables, key)?;
            (key.browser, key.expires_at) = (Key::NOBODYS, Some(expires_at));
        }
        Change::KeyTried { key, typist, seen } => count_try(key_mut(tables, key)?, typist, seen)?,
        Change::KeyConfirmed { key, typist, seen } => guard(key_mut(tables, key)?.tries(typist) == seen)?,
        Change::KeySpent { key, at } => {
            let key = key_mut(tables, key)?;
            guard(key.expires_at.is_none_or(|expires_at| expires_at > at))?;
            key.spent_at = Some(at);
        }
        Change::KeyKilled { key, at } => key_mut(tables, key)?.killed_at = Some(at),
        Change::HolderKeysKilled { holder, at } => {
            let unspent = tables.keys.iter_mut().filter(|key| key.holder == holder && key.spent_at.is_none());
            unspent.for_each(|key| key.killed_at = Some(at));
        }
        Change::AccountOpened(account) => {
            guard(tables.accounts.iter().all(|other| other.holder != account.holder))?;
            tables.accounts.push(account);
        }
        Change::PasswordSet { account, password, .. } => {
            let account = tables.accounts.iter_mut().find(|a| a.id == account).ok_or(Conflict)?;
            (account.password, account.locked_at) = (password, None);
        }
        Change::AccountLocked { account, at } => {
            tables.accounts.iter_mut().find(|a| a.id == account).ok_or(Conflict)?.locked_at = Some(at);
        }
        Change::AccountReclaimed { account, email } => {
            tables.accounts.iter_mut().find(|a| a.id == account).ok_or(Conflict)?.email = email;
        }
        Change::PasswordChanged { account, seen_password, password, .. } => {
            let same = |a: &&mut Account| a.id == account && a.password == seen_password;
            tables.accounts.iter_mut().find(same).ok_or(Conflict)?.password = password;
        }
        Change::PasswordRehashed { account, seen_password, password } => {
            let same = |a: &&mut Account| a.id == account && a.password == seen_password;
            tables.accounts.iter_mut().find(same).ok_or(Conflict)?.password = password;
        }
        Change::SessionOpened { session, seen_password } => {
            guard(tables.accounts.iter().any(|a| a.id == session.account && a.password == seen_password))?;
            tables.sessions.push(session);
        }
        Change::SessionsCapped { account, newest, at_most } => {
            let (mut of_account, others): (Vec<Session>, Vec<Session>) =
                take(&mut tables.sessions).into_iter().partition(|session| session.account == account);
            of_account.sort_by_key(|s| std::cmp::Reverse((s.token == newest, s.seen_at, s.opened_at)));
            of_account.truncate(usize::try_from(at_most).expect("a small number"));
            tables.sessions = [others, of_account].concat();
        }
        Change::SessionSeen { token, at } => {
            tables.sessions.iter_mut().find(|s| s.token == token).ok_or(Conflict)?.seen_at = at;
        }
        Change::SessionEnded { token } => tables.sessions.retain(|session| session.token != token),
        Change::AccountSessionsEnded { account } => tables.sessions.retain(|s| s.account != account),
        Change::SessionProven { session, renamed, seen_password, at } => {
            let proven = tables.sessions.iter_mut().find(|s| s.token == session).ok_or(Conflict)?;
            let still =
                |a: &Account| a.id == proven.account && a.password == seen_password && a.locked_at.is_none();
            guard(tables.accounts.iter().any(still))?;
            (proven.token, proven.proven_at) = (renamed, at);
        }
        Change::OtherSessionsEnded { account, except } => {
            tables.sessions.retain(|session| session.account != account || session.token == except);
        }
        Change::AccountClosed { account, holder, seen_password } => {
            account_model::close(tables, account, &holder, &seen_password)?;
        }
        change @ (Change::EmailChangeAsked { .. }
        | Change::EmailChangeSent { .. }
        | Change::EmailChangeTried { .. }
        | Change::EmailChangeConfirmed { .. }
        | Change::EmailChangesEnded { .. }
        | Change::EmailRestored { .. }) => account_model::change_email(tables, change)?,
        Change::CorrectionAsked { request, seen_open } => {
            let open =
                tables.requests.iter().filter(|r| r.account == request.account && r.answered_at.is_none());
            guard(open.count() == usize::try_from(seen_open).expect("a small number"))?;
            tables.requests.push(request);
        }
        Change::CorrectionAnswered { request, at } => {
            let open = |r: &&mut DataRequest| r.id == request && r.answered_at.is_none();
            tables.requests.iter_mut().find(open).ok_or(Conflict)?.answered_at = Some(at);
        }
        Change::DeviceKnown(device) => {
            tables.devices.retain(|d| (d.account, d.token) != (device.account, device.token));
            tables.devices.push(device);
        }
        Change::DevicesForgotten { account, except } => {
            tables.devices.retain(|device| device.account != account || Some(device.token) == except);
        }
        Change::AllowanceRestored(_) => {}
        Change::Recorded(record) => tables.records.push(record),
        Change::MailboxSeen { mailbox, since, letters } => {
            let counts = |letter: &&Letter| letter.to.mailbox() == mailbox && letter.leaves_at > since;
            guard(tables.letters.iter().filter(counts).count() == letters as usize)?;
        }
        Change::LetterQueued(letter) => {
            let key = tables.keys.iter().find(|key| Some(key.id) == letter.key);
            let held_until =
                key.filter(|_| letter.kind == LetterKind::RegistrationKey).and_then(|key| key.held_until);
            tables.outbox.push((letter.id, held_until.map_or(letter.queued_at, |_| letter.leaves_at)));
            tables.letters.push(letter);
        }
        Change::LetterDisowned { letter, at } => {
            guard(tables.disowned.iter().all(|(id, _)| *id != letter))?;
            tables.disowned.push((letter, at));
        }
        Change::LetterSettled { state, .. } => guard(state != LetterState::Dropped { at: Timestamp::MIN })?,
    }
    Ok(())
}
