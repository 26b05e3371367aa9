//! Signs in as people do, each in a browser of their own: opens the page, fills in the form, sends it. The browser is a fresh
//! one, or one in which the same person signed in before.

use crate::ask::{Span, on_threads};
use crate::browser::{Asker, Cookies, Form, open_form, post};
use crate::connection::Connection;
use crate::people::{PASSWORD, SESSION_COOKIE, address, user_name};
use crate::tally::Tally;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The page of sign-in.
pub(crate) const PAGE: &str = "/ingreso";

/// Who signs in, and how many at a time.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct SignIn {
    /// Where the portal listens.
    #[arg(long)]
    to: SocketAddr,
    /// How many people sign in at the same time.
    #[arg(long, default_value_t = 32)]
    callers: u64,
    /// How many accounts there are.
    #[arg(long)]
    accounts: u32,
    /// For how long.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// For how long before, uncounted.
    #[arg(long, default_value_t = 1.0)]
    warm_up: f64,
    /// Where the turns begin, so that a second run is of other people.
    #[arg(long, default_value_t = 0)]
    from_turn: u64,
    /// In browsers that the portal knows, as people do who come again: each signed in before, uncounted.
    #[arg(long)]
    known: bool,
}

/// How many browsers each caller has that the portal knows.
const KNOWN_EACH: usize = 4;

/// Signs in, and answers how often it went well and how long the answer to the form took.
pub(crate) fn run(sign_in: &SignIn) -> anyhow::Result<Value> {
    // The portal hashes on all cores; one thread is more than enough to ask.
    let tally = on_threads(1, |_| one_thread(sign_in))?;
    Ok(json!({ "sign_ins": tally.to_json(sign_in.seconds) }))
}

fn one_thread(sign_in: &SignIn) -> anyhow::Result<Tally> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut ready = JoinSet::new();
        for caller in 0..sign_in.callers {
            ready.spawn(known_browsers(sign_in.clone(), caller));
        }
        let ready = ready.join_all().await;
        let span = Span::of(sign_in.warm_up, sign_in.seconds);
        let mut people = JoinSet::new();
        for ready in ready {
            people.spawn(one_caller(sign_in.clone(), ready?, span));
        }
        let mut all = Tally::default();
        while let Some(tally) = people.join_next().await {
            all.join(tally?);
        }
        Ok(all)
    })
}

/// A caller, and those of their browsers that the portal knows.
struct Caller {
    turn: u64,
    known: VecDeque<Visit>,
}

/// Signs in once in each browser that is to be known.
async fn known_browsers(sign_in: SignIn, caller: u64) -> anyhow::Result<Caller> {
    let mut caller = Caller { turn: sign_in.from_turn + caller, known: VecDeque::new() };
    let mut connection = None;
    while sign_in.known && caller.known.len() < KNOWN_EACH {
        let mut visit = caller.stranger(&sign_in);
        let sent = visit.sign_in(&mut connection).await?;
        anyhow::ensure!(sent.status == 303, "the first sign-in of a browser is answered {}", sent.status);
        caller.known.push_back(visit);
    }
    Ok(caller)
}

impl Caller {
    /// The next person, in a fresh browser.
    fn stranger(&mut self, sign_in: &SignIn) -> Visit {
        let person = u32::try_from(self.turn % u64::from(sign_in.accounts)).unwrap_or_default();
        let visit = Visit::new(sign_in.to, person, self.turn);
        self.turn += sign_in.callers;
        visit
    }
}

async fn one_caller(sign_in: SignIn, mut caller: Caller, span: Span) -> Tally {
    let mut tally = Tally::default();
    let mut connection = None;
    while !span.is_over(Instant::now()) {
        let mut visit = caller.known.pop_front().unwrap_or_else(|| caller.stranger(&sign_in));
        let signed_in = visit.sign_in(&mut connection).await;
        if sign_in.known {
            // Their session is long over when they come again.
            visit.cookies.forget(SESSION_COOKIE);
            caller.known.push_back(visit);
        }
        match signed_in {
            Ok(signed_in) => {
                if span.counts(Instant::now()) {
                    tally.add(signed_in.status, signed_in.took);
                }
            }
            Err(error) => {
                connection = None;
                tally.broke(&error);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
    tally
}

/// A person at the portal.
#[derive(Debug)]
pub(crate) struct Visit {
    to: SocketAddr,
    host: String,
    person: u32,
    /// From which address; each turn another one.
    pub(crate) turn: u64,
    /// What their browser keeps.
    pub(crate) cookies: Cookies,
}

/// What came of a form that was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// The answer's status: 303 when the person is in.
    pub(crate) status: u16,
    /// From the form's first byte to the answer's last.
    pub(crate) took: Duration,
    /// Whether the answer says when to come again.
    pub(crate) says_when: bool,
}

impl Visit {
    /// A person with a fresh browser.
    pub(crate) fn new(to: SocketAddr, person: u32, turn: u64) -> Self {
        Self { to, host: to.to_string(), person, turn, cookies: Cookies::default() }
    }

    fn asker(&self) -> Asker<'_> {
        Asker { host: &self.host, address: address(self.turn) }
    }

    /// Opens the page, fills in the form and sends it. That the person is in is seen by the session in their cookies.
    pub(crate) async fn sign_in(&mut self, connection: &mut Option<Connection>) -> anyhow::Result<Sent> {
        let asker = Asker { host: &self.host, address: address(self.turn) };
        let connection = opened(connection, self.to).await?;
        let form = open_form(connection, PAGE, asker, &mut self.cookies).await?;
        self.send(connection, &form).await
    }

    /// Sends the form that is open already.
    pub(crate) async fn send(&mut self, connection: &mut Connection, form: &Form) -> anyhow::Result<Sent> {
        let body = form.filled(&[("usuario", &user_name(self.person)), ("clave", PASSWORD)]);
        let request = post(PAGE, self.asker(), &self.cookies.header(), &body);
        let sent = Instant::now();
        let answer = connection.ask(&request).await?;
        let took = sent.elapsed();
        let (status, says_when) = (answer.status, answer.header("retry-after").next().is_some());
        self.cookies.keep(&answer);
        if status == 303 && !self.cookies.has(SESSION_COOKIE) {
            anyhow::bail!("303 without a session: {}", answer.header("location").next().unwrap_or_default());
        }
        Ok(Sent { status, took, says_when })
    }
}

/// The connection, opened if there is none.
pub(crate) async fn opened(
    connection: &mut Option<Connection>,
    to: SocketAddr,
) -> anyhow::Result<&mut Connection> {
    let open = match connection.take() {
        Some(open) => open,
        None => Connection::open(to).await?,
    };
    Ok(connection.insert(open))
}
