//! Asks for one page again and again over kept connections, each as soon as the last one is answered.

use crate::browser::{Asker, get};
use crate::connection::Connection;
use crate::people::{SESSION_COOKIE, address, grown_session_text, one_of, session_text};
use crate::tally::Tally;
use serde_json::Value;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What is asked, and how.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Ask {
    /// Where the portal, or the floor, listens.
    #[arg(long)]
    to: SocketAddr,
    /// The page.
    #[arg(long)]
    path: String,
    /// How many connections are kept.
    #[arg(long, default_value_t = 32)]
    connections: u64,
    /// How many threads ask.
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// For how long.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// For how long before, uncounted.
    #[arg(long, default_value_t = 0.5)]
    warm_up: f64,
    /// How many people are signed in; each request is of one of them, in no order. Without, nobody is.
    #[arg(long)]
    sessions: Option<u32>,
    /// They are those of a database of `bench growth`.
    #[arg(long, requires = "sessions")]
    grown: bool,
    /// From how many addresses.
    #[arg(long, default_value_t = 4_096)]
    addresses: u64,
    /// The encodings that are taken, such as `gzip`.
    #[arg(long)]
    encoding: Option<String>,
    /// Where the turns begin, so that a second run asks for other people.
    #[arg(long, default_value_t = 0)]
    from_turn: u64,
}

/// When to begin to count, and when to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    begin: Instant,
    end: Instant,
}

impl Span {
    /// From now on: so many seconds uncounted, and then so many that count.
    pub(crate) fn of(warm_up: f64, seconds: f64) -> Self {
        let begin = Instant::now() + Duration::from_secs_f64(warm_up);
        Self { begin, end: begin + Duration::from_secs_f64(seconds) }
    }

    /// Whether what ends now counts.
    pub(crate) fn counts(&self, now: Instant) -> bool {
        now >= self.begin && now < self.end
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        now >= self.end
    }
}

/// Asks, and answers what came back.
pub(crate) fn run(ask: &Ask) -> anyhow::Result<Value> {
    let span = Span::of(ask.warm_up, ask.seconds);
    let tally = on_threads(ask.threads, |thread| one_thread(ask, thread, span))?;
    Ok(tally.to_json(ask.seconds))
}

/// Does the same on several threads, each with a runtime of its own, so that none waits for another.
pub(crate) fn on_threads(
    threads: u64,
    work: impl Fn(u64) -> anyhow::Result<Tally> + Sync,
) -> anyhow::Result<Tally> {
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        let mut all = Tally::default();
        for thread in running {
            all.join(thread.join().map_err(|_| anyhow::anyhow!("a thread that asked broke"))??);
        }
        Ok(all)
    })
}

fn one_thread(ask: &Ask, thread: u64, span: Span) -> anyhow::Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut asking = JoinSet::new();
        for connection in (0..ask.connections).filter(|connection| connection % ask.threads == thread) {
            asking.spawn(one_connection(ask.clone(), connection, span));
        }
        let mut all = Tally::default();
        while let Some(tally) = asking.join_next().await {
            all.join(tally?);
        }
        Ok(all)
    })
}

async fn one_connection(ask: Ask, number: u64, span: Span) -> Tally {
    let mut tally = Tally::default();
    let mut turn = ask.from_turn + number;
    while !span.is_over(Instant::now()) {
        match Connection::open(ask.to).await {
            Ok(connection) => {
                if let Err(error) = ask_on(&ask, connection, &mut turn, span, &mut tally).await {
                    tally.broke(&error);
                }
            }
            Err(error) => {
                tally.broke(&error);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    tally
}

async fn ask_on(
    ask: &Ask,
    mut connection: Connection,
    turn: &mut u64,
    span: Span,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let host = ask.to.to_string();
    let more =
        ask.encoding.as_ref().map_or_else(String::new, |words| format!("accept-encoding: {words}\r\n"));
    loop {
        let text = if ask.grown { grown_session_text } else { session_text };
        let session = ask.sessions.map(|count| text(one_of(count, *turn)));
        let cookies = session.map_or_else(String::new, |session| format!("{SESSION_COOKIE}={session}"));
        let asker = Asker { host: &host, address: address(*turn % ask.addresses) };
        let request = get(&ask.path, asker, &cookies, &more);
        *turn += ask.connections;
        let sent = Instant::now();
        let status = connection.ask(&request).await?.status;
        let now = Instant::now();
        if span.counts(now) {
            tally.add(status, now.duration_since(sent));
        } else if span.is_over(now) {
            return Ok(());
        }
    }
}
