//! The postman: claims letters that are due, writes them, hands them over, and records what came of it.
//!
//! What can be done at the same time is: while one letter is handed over, the next ones are claimed many at a time and
//! written, and what came of the ones before is recorded, so that a connection waits for nothing but the mail server.

use crate::logs::Chain;
use crate::mail::outgoing::{NoMessage, Outgoing, put_into_message};
use crate::mail::{Delivery, Transport};
use crate::metrics::Metrics;
use contents::Context;
use jiff::{SignedDuration, Timestamp};
use lanes::Lanes;
use lettre::message::Mailbox;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use zaguan_domain::change::Change;
use zaguan_domain::letter::{GIVE_UP_AFTER, Letter, LetterState, wait_after};
use zaguan_domain::limit::Rules;
use zaguan_domain::secret::{Secrets, Use};
use zaguan_faults::{Indispensable, reach};
use zaguan_store::{CommitError, Store, StoreFault};
use zaguan_views::{RenderError, Views};
use zaguan_web::{PublicUrl, World};

mod contents;
mod lanes;

/// How long a claimed letter is the claimer's. It is longer than a letter may wait for a connection and any dialogue with
/// a mail server may take together, so that no letter is sent by two; after a crash the letter waits this long.
pub const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// The postman looks by itself this often, for letters that another process wrote or left behind.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long a claimed letter waits for a connection before it is put back into the outbox.
const WAITS_AT_MOST: Duration = Duration::from_secs(20);

/// A letter that still has no connection after this is written anew, because its key may be over, or lives from now.
const FRESH_FOR: Duration = Duration::from_secs(5);

/// When a letter is due again whose receiver had no turn for so long. Letters to others come before it.
const ASIDE_FOR: SignedDuration = SignedDuration::from_mins(1);

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

/// The letters in hand, each a task, and what they share.
struct Round {
    postman: Arc<Postman>,
    lanes: Arc<Lanes>,
    stop: CancellationToken,
    in_hand: JoinSet<()>,
}

/// A letter that is ours until its lease is over.
struct Claimed {
    letter: Letter,
    attempts: u32,
    lease_until: Timestamp,
}

/// What became of a letter in hand.
enum Fate {
    /// This is to be recorded.
    Settled(LetterState),
    /// Nothing: it goes back into the outbox, to be due then.
    PutBack {
        /// When.
        due: Timestamp,
    },
}

impl Postman {
    /// Works until told to stop. Letters on a connection are finished; those that wait for one are put back.
    pub async fn run(&self, stop: CancellationToken) {
        let _indispensable = Indispensable("postman");
        let mut round = self.begin(stop.clone());
        while !stop.is_cancelled() {
            let taken = round.take().await;
            if let Err(fault) = &taken {
                tracing::error!(cause = %Chain(fault), "letters could not be claimed; trying again");
            }
            // Where the store fails, letters stay due: who looked again at once would fill the log with that.
            let rests = round.room() == 0 || taken.is_err();
            let pause = if rests { LOOK_EVERY } else { self.pause().await };
            tokio::select! {
                () = stop.cancelled() => {}
                Some(_) = round.in_hand.join_next() => {}
                () = self.wake.notified(), if !rests => {}
                () = tokio::time::sleep(pause) => {}
            }
            while round.in_hand.try_join_next().is_some() {}
        }
        while round.in_hand.join_next().await.is_some() {}
    }

    /// Sends everything that is due now, and says how many letters that were.
    pub async fn round(&self) -> Result<usize, StoreFault> {
        let mut round = self.begin(CancellationToken::new());
        let mut sent = 0;
        loop {
            sent += round.take().await?;
            if round.in_hand.join_next().await.is_none() {
                return Ok(sent);
            }
        }
    }

    fn begin(&self, stop: CancellationToken) -> Round {
        let (postman, lanes) = (Arc::new(self.clone()), Arc::new(Lanes::new(self.at_a_time)));
        Round { postman, lanes, stop, in_hand: JoinSet::new() }
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
    async fn deliver(&self, claimed: &Claimed, lanes: &Lanes, stop: &CancellationToken) {
        let letter = &claimed.letter;
        let outcome = match self.attempt(claimed, lanes, stop).await {
            Ok(Fate::Settled(state)) => self.record(letter, state).await,
            Ok(Fate::PutBack { due }) => self.put_back(claimed, due).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = outcome {
            tracing::error!(letter = %letter.id, cause = %Chain(&fault), "a letter could not be sent; trying again");
        }
    }

    /// Waits for a connection and hands the letter over, written at most [`FRESH_FOR`] before.
    async fn attempt(
        &self,
        claimed: &Claimed,
        lanes: &Lanes,
        stop: &CancellationToken,
    ) -> Result<Fate, PostFault> {
        let Claimed { letter, attempts, .. } = claimed;
        let put_back = |wait| Ok(Fate::PutBack { due: later(self.world.now(), wait) });
        let at_the_latest = Instant::now() + WAITS_AT_MOST;
        let turn = tokio::select! {
            () = stop.cancelled() => return put_back(SignedDuration::ZERO),
            turn = timeout_at(at_the_latest, lanes.turn(&letter.to)) => turn,
        };
        let Ok(_turn) = turn else { return put_back(ASIDE_FOR) };
        while Instant::now() < at_the_latest {
            let outgoing = match self.write(letter, *attempts).await? {
                Ok(outgoing) => outgoing,
                Err(state) => return Ok(Fate::Settled(state)),
            };
            let fresh_until = at_the_latest.min(Instant::now() + FRESH_FOR);
            let connection = tokio::select! {
                () = stop.cancelled() => return put_back(SignedDuration::ZERO),
                connection = timeout_at(fresh_until, lanes.connection()) => connection,
            };
            if let Ok(_connection) = connection {
                reach("letter.leaving").map_err(StoreFault::from)?;
                let delivery = self.transport.send(&outgoing).await;
                reach("letter.left").map_err(StoreFault::from)?;
                lanes.left();
                let attempts = attempts.saturating_add(1);
                return Ok(Fate::Settled(state_after(delivery, letter, attempts, self.world.now())));
            }
        }
        put_back(SignedDuration::ZERO)
    }

    /// The letter as it leaves, or what became of one that does not leave.
    async fn write(
        &self,
        letter: &Letter,
        attempts: u32,
    ) -> Result<Result<Outgoing, LetterState>, PostFault> {
        let context = match self.context(letter).await? {
            Context::Words(words) => words,
            Context::Over => return Ok(Err(LetterState::Dropped { at: self.world.now() })),
            Context::Held { until } => {
                return Ok(Err(LetterState::Waiting { attempts, next_at: until, reply: None }));
            }
        };
        let written = self.views.letter(&context, &self.button("/no-fui-yo/", Use::Disown, letter))?;
        match put_into_message(letter, written, &self.from, self.world.now()) {
            Ok(outgoing) => Ok(Ok(outgoing)),
            Err(NoMessage::Address(error)) => {
                let reply = NoMessage::Address(error).to_string();
                Ok(Err(LetterState::Refused { at: self.world.now(), reply }))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn put_back(&self, claimed: &Claimed, due: Timestamp) -> Result<(), PostFault> {
        Ok(self.store.put_letter_back(claimed.letter.id, claimed.lease_until, due).await?)
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

impl Round {
    /// How many letters to claim now.
    fn room(&self) -> usize {
        self.lanes.room(self.in_hand.len())
    }

    /// Claims due letters if there is room for them, and begins to deliver them. Answers how many.
    async fn take(&mut self) -> Result<usize, StoreFault> {
        let (room, now) = (u32::try_from(self.room()).unwrap_or(u32::MAX), self.postman.world.now());
        let store = &self.postman.store;
        // Looking is no write.
        if room == 0 || store.next_letter_due().await?.is_none_or(|due| due > now) {
            return Ok(0);
        }
        let lease_until = later(now, LEASE);
        let claimed = store.claim_letters(now, lease_until, room).await?;
        let taken = claimed.len();
        for (letter, attempts) in claimed {
            let (postman, lanes) = (Arc::clone(&self.postman), Arc::clone(&self.lanes));
            let (claimed, stop) = (Claimed { letter, attempts, lease_until }, self.stop.clone());
            self.in_hand.spawn(async move { postman.deliver(&claimed, &lanes, &stop).await });
        }
        Ok(taken)
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
