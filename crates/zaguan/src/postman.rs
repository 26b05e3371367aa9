//! The postman: claims letters that are due, writes them, hands them over, and records what came of it.

use crate::logs::Chain;
use crate::mail::outgoing::{NoMessage, put_into_message};
use crate::mail::{Delivery, Transport};
use crate::metrics::Metrics;
use jiff::{SignedDuration, Timestamp};
use lettre::message::Mailbox;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::email_change::{EmailChange, told_by};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{GIVE_UP_AFTER, Letter, LetterKind, LetterState, wait_after};
use zaguan_domain::letter_token::LetterToken;
use zaguan_domain::limit::Rules;
use zaguan_domain::secret::{Secrets, Use};
use zaguan_store::{CommitError, Store, StoreFault};
use zaguan_views::{LetterContext, RenderError, Views, WrittenLetter};
use zaguan_web::{PublicUrl, World};

/// How long a claimed letter is the claimer's. It is longer than any dialogue with a mail server may take, so that no
/// letter is sent by two; after a crash the letter waits this long.
pub const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// The postman looks by itself this often, for letters that another process wrote or left behind.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often and how fast again the outcome of a letter is written down when the store fails.
const RECORD_AT_MOST: u32 = 5;
const RECORD_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Who sends letters.
#[derive(Clone, Debug)]
pub struct Postman {
    /// Where letters are.
    pub store: Store,
    /// Who writes their text.
    pub views: Views,
    /// From which keys are derived.
    pub secrets: Arc<Secrets>,
    /// The operator's numbers.
    pub rules: Rules,
    /// The clock.
    pub world: Arc<dyn World>,
    /// The way by which letters leave.
    pub transport: Arc<dyn Transport>,
    /// Who they come from.
    pub from: Mailbox,
    /// Where their links lead.
    pub public_url: PublicUrl,
    /// How many are sent at the same time, so that a slow one delays nobody.
    pub at_a_time: usize,
    /// Told when there may be letters.
    pub wake: Arc<Notify>,
    /// Counts what came of them.
    pub metrics: Metrics,
}

/// Whether there is still something to tell.
enum Told {
    /// There is: of this change of address with its time, where the letter is of one.
    About(Option<(EmailChange, Timestamp)>),
    /// What the letter carries was over before it could leave.
    Over,
}

/// What went wrong on our side with a letter; it is tried again when its lease is over.
#[derive(Debug, thiserror::Error)]
pub enum PostFault {
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(#[from] StoreFault),
    /// The letter cannot be written.
    #[error("the letter cannot be written: {0}")]
    Render(#[from] RenderError),
    /// The letter cannot be made into a message.
    #[error("the letter cannot be made into a message: {0}")]
    Message(#[from] NoMessage),
}

impl Postman {
    /// Works until told to stop. Letters in hand are finished.
    pub async fn run(&self, stop: CancellationToken) {
        let mut in_hand = JoinSet::new();
        while !stop.is_cancelled() {
            let free = self.at_a_time.saturating_sub(in_hand.len());
            if let Err(fault) = self.take(free, &mut in_hand).await {
                tracing::error!(cause = %Chain(&fault), "letters could not be claimed; trying again");
            }
            let full = in_hand.len() >= self.at_a_time;
            let pause = self.pause().await;
            tokio::select! {
                () = stop.cancelled() => {}
                Some(_) = in_hand.join_next() => {}
                () = self.wake.notified(), if !full => {}
                () = tokio::time::sleep(pause), if !full => {}
            }
        }
        while in_hand.join_next().await.is_some() {}
    }

    /// Sends everything that is due now, and says how many letters that were.
    pub async fn round(&self) -> Result<usize, StoreFault> {
        let mut in_hand = JoinSet::new();
        let mut sent = 0;
        loop {
            sent += self.take(self.at_a_time, &mut in_hand).await?;
            if in_hand.is_empty() {
                return Ok(sent);
            }
            while in_hand.join_next().await.is_some() {}
        }
    }

    /// Claims as many due letters as there are free hands, and begins to deliver them.
    async fn take(&self, free: usize, in_hand: &mut JoinSet<()>) -> Result<usize, StoreFault> {
        if free == 0 {
            return Ok(0);
        }
        let now = self.world.now();
        let claimed =
            self.store.claim_letters(now, later(now, LEASE), u32::try_from(free).unwrap_or(u32::MAX)).await?;
        let taken = claimed.len();
        for (letter, attempts) in claimed {
            let postman = self.clone();
            in_hand.spawn(async move { postman.deliver(&letter, attempts).await });
        }
        Ok(taken)
    }

    /// How long there is nothing to do.
    async fn pause(&self) -> Duration {
        match self.store.next_letter_due().await {
            Ok(Some(due)) => {
                let wait = due.duration_since(self.world.now()).max(SignedDuration::from_millis(50));
                Duration::try_from(wait).unwrap_or(LOOK_EVERY).min(LOOK_EVERY)
            }
            Ok(None) | Err(_) => LOOK_EVERY,
        }
    }

    /// Delivers one letter. A fault of ours leaves it claimed, and so it is tried again when the lease is over.
    async fn deliver(&self, letter: &Letter, attempts: u32) {
        let outcome = match self.attempt(letter, attempts).await {
            Ok(state) => self.record(letter, state).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = outcome {
            tracing::error!(letter = %letter.id, cause = %Chain(&fault), "a letter could not be sent; trying again");
        }
    }

    async fn attempt(&self, letter: &Letter, attempts: u32) -> Result<LetterState, PostFault> {
        let context = match self.context(letter).await? {
            Context::Words(words) => words,
            Context::Over => return Ok(LetterState::Dropped { at: self.world.now() }),
            Context::Held { until } => {
                return Ok(LetterState::Waiting { attempts, next_at: until, reply: None });
            }
        };
        let written: WrittenLetter =
            self.views.letter(&context, &self.button("/no-fui-yo/", Use::Disown, letter))?;
        let outgoing = match put_into_message(letter, written, &self.from, self.world.now()) {
            Ok(outgoing) => outgoing,
            Err(NoMessage::Address(error)) => {
                let reply = NoMessage::Address(error).to_string();
                return Ok(LetterState::Refused { at: self.world.now(), reply });
            }
            Err(error) => return Err(error.into()),
        };
        let delivery = self.transport.send(&outgoing).await;
        Ok(state_after(delivery, letter, attempts.saturating_add(1), self.world.now()))
    }

    /// What the letter says. The life of a key begins before its letter leaves, because what was sent cannot be taken
    /// back.
    async fn context(&self, letter: &Letter) -> Result<Context, PostFault> {
        let key = match letter.key {
            None => None,
            Some(id) => {
                let now = self.world.now();
                let Some(key) = self.store.key(id).await? else { return Ok(Context::Over) };
                let expires_at = key.expiry_if_sent(now, &self.rules);
                if letter.kind.only_tells_of_its_key() {
                    return Ok(Context::of(self.told(letter, &key)));
                }
                if !key.can_be_sent(now) {
                    return Ok(Context::Over);
                }
                // Whoever has it tried again by hand does not make it leave before its time.
                if let Some(until) = key.held_until.filter(|until| now < *until && !key.is_decoy()) {
                    return Ok(Context::Held { until });
                }
                match self.store.commit(vec![Change::KeySent { key: id, expires_at }]).await {
                    Ok(()) => Some((key, expires_at)),
                    Err(CommitError::Conflict) => return Ok(Context::Over),
                    Err(CommitError::Fault(fault)) => return Err(fault.into()),
                }
            }
        };
        let change = match self.email_change(letter).await? {
            Told::About(change) => change,
            Told::Over => return Ok(Context::Over),
        };
        Ok(Context::of(self.words(letter, key, change)))
    }

    /// The address of a button in a letter.
    fn button(&self, path: &str, usage: Use, letter: &Letter) -> String {
        let token = LetterToken::of(letter.id, usage, &self.secrets);
        self.public_url.join(&format!("{path}{}", token.map(|token| token.to_text()).unwrap_or_default()))
    }

    /// What a letter says that tells of somebody else's key.
    fn told(&self, letter: &Letter, key: &Key) -> Option<LetterContext> {
        let (document, typed) = (letter.document, key.email.as_ref()?.masked());
        match key.held_until.filter(|_| letter.kind == LetterKind::RegistrationHeld) {
            Some(leaves_at) => {
                let release_url = self.button("/si-fui-yo/", Use::Release, letter);
                Some(LetterContext::RegistrationHeld { document, typed, leaves_at, release_url })
            }
            None => Some(LetterContext::RegistrationTold { document, typed }),
        }
    }

    /// The change of address that the letter tells of. Letter and change were written at the same moment. Of a change
    /// that was called off no key is sent any more.
    async fn email_change(&self, letter: &Letter) -> Result<Told, PostFault> {
        let (Some(account), true) = (letter.account, letter.kind.is_of_email_change()) else {
            return Ok(Told::About(None));
        };
        let changes = self.store.email_changes_of(account).await?;
        let Some(change) = told_by(letter, &changes).cloned() else {
            return Ok(Told::Over);
        };
        if letter.kind != LetterKind::EmailChangeKey {
            return Ok(Told::About(Some((change, letter.queued_at))));
        }
        let now = self.world.now();
        if !change.can_be_sent(now) {
            return Ok(Told::Over);
        }
        let expires_at = change.expiry_if_sent(now, &self.rules);
        match self.store.commit(vec![Change::EmailChangeSent { change: change.id, expires_at }]).await {
            Ok(()) => Ok(Told::About(Some((change, expires_at)))),
            Err(CommitError::Conflict) => Ok(Told::Over),
            Err(CommitError::Fault(fault)) => Err(fault.into()),
        }
    }

    fn words(
        &self,
        letter: &Letter,
        key: Option<(Key, Timestamp)>,
        change: Option<(EmailChange, Timestamp)>,
    ) -> Option<LetterContext> {
        let document = letter.document;
        let recover_url = self.public_url.join("/recuperar");
        let carried = || {
            let (key, expires_at) = key.as_ref()?;
            let link = key.link(&self.secrets)?.to_text();
            let text = key.text(&self.secrets)?.shown();
            Some((text, self.public_url.join(&format!("/enlace/{link}")), *expires_at))
        };
        match letter.kind {
            LetterKind::RegistrationKey => {
                let (key, link, expires_at) = carried()?;
                Some(LetterContext::RegistrationKey { document, key, link, expires_at })
            }
            LetterKind::RegistrationHeld | LetterKind::RegistrationTold => {
                key.and_then(|(key, _)| self.told(letter, &key))
            }
            LetterKind::RecoverySteps => {
                let (key, link, expires_at) = carried()?;
                let enter_key_url = self.public_url.join("/recuperar/clave");
                Some(LetterContext::RecoverySteps { document, key, link, enter_key_url, expires_at })
            }
            LetterKind::AlreadyRegistered => Some(LetterContext::AlreadyRegistered { document, recover_url }),
            LetterKind::PasswordChanged => {
                Some(LetterContext::PasswordChanged { document, at: letter.queued_at, recover_url })
            }
            LetterKind::NewBrowser => Some(LetterContext::NewBrowser {
                document,
                browser: letter.browser.unwrap_or(BrowserKind::UNKNOWN),
                at: letter.queued_at,
                recover_url,
            }),
            LetterKind::EmailChangeKey => {
                let (change, expires_at) = change?;
                let key = change.key(&self.secrets)?.shown();
                let enter_key_url = self.public_url.join("/cuenta/email/clave");
                Some(LetterContext::EmailChangeKey { document, key, enter_key_url, expires_at })
            }
            LetterKind::EmailChangeAsked => {
                let (change, at) = change?;
                let new_email = change.new_email.masked();
                Some(LetterContext::EmailChangeAsked { document, new_email, at, recover_url })
            }
            LetterKind::EmailChanged => {
                let (change, at) = change?;
                Some(LetterContext::EmailChanged { document, new_email: change.new_email.masked(), at })
            }
            LetterKind::AccountClosed => {
                let register_url = self.public_url.join("/registro");
                Some(LetterContext::AccountClosed { document, at: letter.queued_at, register_url })
            }
        }
    }

    /// Writes down what became of the letter, in spite of a store that fails for a moment: what was sent is sent.
    async fn record(&self, letter: &Letter, state: LetterState) -> Result<(), PostFault> {
        let mut tries = 0;
        loop {
            let change = Change::LetterSettled { letter: letter.id, state: state.clone() };
            tries += 1;
            match self.store.commit(vec![change]).await {
                Ok(()) => break,
                // Another process has settled it, and tells of it.
                Err(CommitError::Conflict) => return Ok(()),
                Err(CommitError::Fault(fault)) if tries >= RECORD_AT_MOST => return Err(fault.into()),
                Err(CommitError::Fault(_)) => tokio::time::sleep(RECORD_AGAIN_AFTER * tries).await,
            }
        }
        log(letter, &state);
        self.metrics.letter(letter.kind, &state);
        Ok(())
    }
}

/// What a letter says, if it may leave.
enum Context {
    /// This.
    Words(LetterContext),
    /// Nothing: what it carries was over before it could leave.
    Over,
    /// Nothing yet: what it carries waits.
    Held {
        /// Until when.
        until: Timestamp,
    },
}

impl Context {
    fn of(words: Option<LetterContext>) -> Self {
        words.map_or(Self::Over, Self::Words)
    }
}

/// What a letter's delivery leads to, after so many attempts.
fn state_after(delivery: Delivery, letter: &Letter, attempts: u32, now: Timestamp) -> LetterState {
    match delivery {
        Delivery::Accepted { server, reply } => LetterState::Accepted { at: now, server, reply },
        Delivery::Refused { reply } => LetterState::Refused { at: now, reply },
        Delivery::NotYet { reply } if now.duration_since(letter.leaves_at) >= GIVE_UP_AFTER => {
            LetterState::Refused { at: now, reply }
        }
        Delivery::NotYet { reply } => {
            LetterState::Waiting { attempts, next_at: later(now, wait_after(attempts)), reply: Some(reply) }
        }
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// The log has the letter's kind and fate, and its address only masked.
fn log(letter: &Letter, state: &LetterState) {
    let (id, kind, to) = (letter.id, letter.kind.to_stored(), letter.to.masked());
    match state {
        LetterState::Accepted { server, .. } => {
            tracing::info!(letter = %id, kind, to, server, "a letter was accepted");
        }
        LetterState::Waiting { attempts, .. } => {
            tracing::warn!(letter = %id, kind, to, attempts, "a letter was not taken yet");
        }
        LetterState::Refused { .. } => tracing::warn!(letter = %id, kind, to, "a letter was refused"),
        LetterState::Dropped { .. } => {
            tracing::info!(letter = %id, kind, to, "a letter was dropped: its key was over");
        }
    }
}
