//! Everybody at once: sign-ins come at their own pace, whatever the portal can do, while others only want a page, and some
//! sit at browsers that the portal knows.

use crate::browser::{Asker, Cookies, Form, get, open_form};
use crate::connection::Connection;
use crate::people::{SESSION_COOKIE, address, session_text};
use crate::sign_in::{PAGE, Sent, Visit, opened};
use crate::tally::Tally;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How many come.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Flood {
    /// Where the portal listens.
    #[arg(long)]
    to: SocketAddr,
    /// How many accounts there are, all of them signed in somewhere.
    #[arg(long)]
    accounts: u32,
    /// How many people sign in each second.
    #[arg(long)]
    rate: u32,
    /// For how long.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// How many of the people sit at browsers that the portal knows; each signs in about once a second.
    #[arg(long, default_value_t = 8)]
    known: u32,
    /// How many pages, and how many session checks, are asked for each second.
    #[arg(long, default_value_t = 50)]
    pages: u32,
}

/// What is known of a sign-in that is answered as fast as on a quiet day.
const QUIET: Duration = Duration::from_millis(250);

/// The longest that recovery is waited for.
const RECOVERY_AT_MOST: Duration = Duration::from_secs(30);

/// What everybody sees.
#[derive(Debug, Default)]
struct Seen {
    pages: Tally,
    sessions: Tally,
    strangers: Tally,
    admitted: Tally,
    turned_away: Tally,
    known: Tally,
    without_retry_after: u64,
}

/// What those who come share.
struct Crowd {
    flood: Flood,
    form: Form,
    seen: Mutex<Seen>,
    idle: Mutex<Vec<Connection>>,
    is_over: AtomicBool,
    turns: AtomicU64,
}

/// Floods, and answers what everybody saw and how long the portal took to be itself again.
pub(crate) fn run(flood: &Flood) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(flood.clone()))
}

async fn measure(flood: Flood) -> anyhow::Result<Value> {
    let (seconds, host) = (flood.seconds, flood.to.to_string());
    let mut first = Connection::open(flood.to).await?;
    let asker = Asker { host: &host, address: address(0) };
    let form = open_form(&mut first, PAGE, asker, &mut Cookies::default()).await?;
    let known = know(&flood).await?;
    let crowd = Arc::new(Crowd {
        flood,
        form,
        seen: Mutex::default(),
        idle: Mutex::default(),
        is_over: AtomicBool::new(false),
        turns: AtomicU64::new(1_000),
    });
    let mut others = JoinSet::new();
    for path in [PAGE, "/sesion"] {
        others.spawn(Arc::clone(&crowd).look(path));
    }
    for visit in known {
        others.spawn(Arc::clone(&crowd).come_again(visit));
    }
    Arc::clone(&crowd).come().await;
    crowd.is_over.store(true, Ordering::Relaxed);
    let recovery = crowd.recovery().await;
    while others.join_next().await.is_some() {}
    let seen = crowd.seen();
    Ok(json!({
        "asked_per_second": crowd.flood.rate,
        "pages": seen.pages.to_json(seconds),
        "sessions": seen.sessions.to_json(seconds),
        "strangers": seen.strangers.to_json(seconds),
        "admitted": seen.admitted.to_json(seconds),
        "turned_away": seen.turned_away.to_json(seconds),
        "without_retry_after": seen.without_retry_after,
        "known": seen.known.to_json(seconds),
        "recovery_seconds": recovery,
    }))
}

/// Browsers in which somebody signed in before.
async fn know(flood: &Flood) -> anyhow::Result<Vec<Visit>> {
    let (mut known, mut connection) = (Vec::new(), None);
    for person in 0..flood.known {
        let mut visit = Visit::new(flood.to, person, u64::from(person));
        let sent = visit.sign_in(&mut connection).await?;
        anyhow::ensure!(
            sent.status == 303,
            "a person who signs in before the flood is answered {}",
            sent.status
        );
        known.push(visit);
    }
    Ok(known)
}

impl Crowd {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Lets strangers come at their pace, a hundredth of a second's worth at a time, and waits for their answers.
    async fn come(self: Arc<Self>) {
        let begun = Instant::now();
        let end = begun + Duration::from_secs_f64(self.flood.seconds);
        let mut clock = interval(Duration::from_millis(10));
        let (mut coming, mut came) = (JoinSet::new(), 0);
        while Instant::now() < end {
            clock.tick().await;
            let due = begun.elapsed().as_secs_f64() * f64::from(self.flood.rate);
            while f64::from(came) < due {
                coming.spawn(Arc::clone(&self).come_once());
                came += 1;
            }
            while coming.try_join_next().is_some() {}
        }
        // Those who still wait then are what the portal has to recover from; they are waited for with it.
        coming.detach_all();
    }

    async fn come_once(self: Arc<Self>) {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        let person = u32::try_from(turn % u64::from(self.flood.accounts)).unwrap_or_default();
        let mut visit = Visit::new(self.flood.to, person, turn);
        let mut connection = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let sent = self.try_once(&mut visit, &mut connection).await;
        self.note(sent);
        if let Some(connection) = connection {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }

    async fn try_once(&self, visit: &mut Visit, slot: &mut Option<Connection>) -> anyhow::Result<Sent> {
        let sent = match opened(slot, self.flood.to).await {
            Ok(connection) => visit.send(connection, &self.form).await,
            Err(error) => Err(error),
        };
        if sent.is_err() {
            *slot = None;
        }
        sent
    }

    fn note(&self, sent: anyhow::Result<Sent>) {
        let mut seen = self.seen();
        match sent {
            Ok(sent) => {
                seen.strangers.add(sent.status, sent.took);
                if sent.status == 303 {
                    seen.admitted.add(sent.status, sent.took);
                } else {
                    seen.turned_away.add(sent.status, sent.took);
                    seen.without_retry_after += u64::from(!sent.says_when);
                }
            }
            Err(error) => seen.strangers.broke(&error),
        }
    }

    /// Somebody who only looks, again and again.
    async fn look(self: Arc<Self>, path: &'static str) {
        let mut clock = interval(Duration::from_secs(1) / self.flood.pages.max(1));
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (host, mut connection, mut turn) = (self.flood.to.to_string(), None, 0);
        while !self.is_over() {
            clock.tick().await;
            turn += 1;
            let signed_in = u32::try_from(turn % u64::from(self.flood.accounts)).unwrap_or_default();
            let cookies = format!("{SESSION_COOKIE}={}", session_text(signed_in));
            let request = get(path, Asker { host: &host, address: address(turn) }, &cookies, "");
            let sent = Instant::now();
            let answered = match opened(&mut connection, self.flood.to).await {
                Ok(connection) => connection.ask(&request).await.map(|answer| answer.status),
                Err(error) => Err(error),
            };
            let mut seen = self.seen();
            let tally = if path == PAGE { &mut seen.pages } else { &mut seen.sessions };
            match answered {
                Ok(status) => tally.add(status, sent.elapsed()),
                Err(error) => {
                    tally.broke(&error);
                    connection = None;
                }
            }
        }
    }

    /// Somebody at a browser that is known, who signs in again and again.
    async fn come_again(self: Arc<Self>, mut visit: Visit) {
        let mut connection = None;
        while !self.is_over() {
            sleep(Duration::from_secs(1)).await;
            let sent = self.try_once(&mut visit, &mut connection).await;
            let mut seen = self.seen();
            match sent {
                Ok(sent) => seen.known.add(sent.status, sent.took),
                Err(error) => seen.known.broke(&error),
            }
        }
    }

    /// How many seconds after the flood a stranger is let in as fast as on a quiet day.
    async fn recovery(&self) -> f64 {
        let (over, mut connection) = (Instant::now(), None);
        loop {
            let turn = self.turns.fetch_add(1, Ordering::Relaxed);
            let person = u32::try_from(turn % u64::from(self.flood.accounts)).unwrap_or_default();
            let mut visit = Visit::new(self.flood.to, person, turn);
            let sent = self.try_once(&mut visit, &mut connection).await;
            let is_well = sent.is_ok_and(|sent| sent.status == 303 && sent.took < QUIET);
            if is_well || over.elapsed() > RECOVERY_AT_MOST {
                return over.elapsed().as_secs_f64();
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}
