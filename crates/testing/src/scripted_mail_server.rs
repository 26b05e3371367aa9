//! A mail server that misbehaves on command: it refuses, closes, hangs, babbles or dawdles at any stage.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use crate::certificate::LocalhostCertificate;
pub use crate::certificate::Presents;
use crate::or_fail::{OrFail as _, fail};
use crate::received_letter::ReceivedLetter;
use crate::scripted_mail_dialogue::Dialogue;

/// Where in a delivery the server acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The connection was taken, and nothing said yet.
    Connect,
    /// The greeting is due.
    Banner,
    /// EHLO or HELO came.
    Ehlo,
    /// STARTTLS came.
    StartTls,
    /// AUTH came.
    Auth,
    /// MAIL FROM came.
    MailFrom,
    /// RCPT TO came.
    RcptTo,
    /// DATA came, and the letter not yet.
    Data,
    /// The whole letter came.
    AfterFinalDot,
    /// QUIT came.
    Quit,
}

/// What the server does at a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// What a good server does.
    Ok,
    /// Answers with this code and these words; from 400 up it is a refusal.
    Reply(u16, String),
    /// Closes the connection without a word (at [`Stage::Connect`], resets it).
    Close,
    /// Says nothing more, and keeps the connection open.
    Hang,
    /// Answers with bytes that are no SMTP.
    Garbage,
    /// Waits this long, then does what a good server does.
    Delay(Duration),
}

impl Act {
    /// A refusal or an acceptance in the server's own words.
    pub fn reply(code: u16, words: &str) -> Self {
        Self::Reply(code, words.to_owned())
    }
}

/// A letter whose final dot came.
#[derive(Debug, Clone)]
pub struct ReceivedMessage {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients that were not refused, in order.
    pub recipients: Vec<String>,
    /// The letter, with lines ended by CRLF.
    pub data: Vec<u8>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Whether the client had signed in.
    pub signed_in: bool,
    /// Whether the server has answered that it took it.
    pub accepted: bool,
}

impl ReceivedMessage {
    /// The letter taken apart.
    pub fn letter(&self) -> ReceivedLetter {
        ReceivedLetter::parse(self.data.clone())
    }
}

/// How a server encrypts.
#[derive(Clone)]
pub(crate) enum Encrypts {
    /// Never.
    Never,
    /// After STARTTLS.
    WhenAsked(TlsAcceptor),
    /// From the first byte.
    FromTheStart(TlsAcceptor),
}

/// What is to happen at a stage, to whom, and whether only once.
#[derive(Debug)]
struct Instruction {
    stage: Stage,
    recipient: Option<String>,
    once: bool,
    act: Act,
}

/// A server that now and then fails by chance.
#[derive(Debug)]
struct Moods {
    chance: ChaCha8Rng,
    one_in: u32,
    acts: Vec<Act>,
}

impl Moods {
    fn next(&mut self) -> Act {
        let fails = self.chance.random_ratio(1, self.one_in);
        self.acts.choose(&mut self.chance).filter(|_| fails).cloned().unwrap_or(Act::Ok)
    }
}

/// What the server was told to do and what it has seen.
#[derive(Debug, Default)]
pub(crate) struct Record {
    instructions: Vec<Instruction>,
    moods: Option<Moods>,
    messages: Vec<ReceivedMessage>,
    reached: HashMap<Stage, usize>,
}

impl Record {
    /// Notes that a stage was reached for these recipients, and answers what to do there.
    ///
    /// What is for once goes before what is for always, and what is for a recipient before what is for all.
    pub(crate) fn reach(&mut self, stage: Stage, recipients: &[String]) -> Act {
        *self.reached.entry(stage).or_default() += 1;
        let chosen = self
            .instructions
            .iter()
            .enumerate()
            .filter(|(_, told)| told.stage == stage)
            .filter(|(_, told)| told.recipient.as_ref().is_none_or(|named| recipients.contains(named)))
            .min_by_key(|(_, told)| (!told.once, told.recipient.is_none()))
            .map(|(index, told)| (index, told.once));
        match chosen {
            None => self.moods.as_mut().map_or(Act::Ok, Moods::next),
            Some((index, true)) => self.instructions.remove(index).act,
            Some((index, false)) => self.instructions[index].act.clone(),
        }
    }

    /// Keeps a letter, and answers its place among them.
    pub(crate) fn keep(&mut self, message: ReceivedMessage) -> usize {
        self.messages.push(message);
        self.messages.len() - 1
    }

    /// Notes that a kept letter was accepted.
    pub(crate) fn accept(&mut self, place: usize) {
        if let Some(message) = self.messages.get_mut(place) {
            message.accepted = true;
        }
    }
}

/// A record that the server and its dialogues share.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedRecord(Arc<Mutex<Record>>);

impl SharedRecord {
    /// The record, for this moment.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A scripted mail server on a random port of loopback; all its connections end when it is dropped.
#[derive(Debug)]
pub struct ScriptedMailServer {
    port: u16,
    ca_pem: Option<String>,
    record: SharedRecord,
    _dialogues: JoinSet<()>,
}

impl ScriptedMailServer {
    /// Starts a server without STARTTLS. Until told otherwise it does what a good server does.
    pub async fn start() -> Self {
        Self::listen(Encrypts::Never, None).await
    }

    /// Starts a server that offers STARTTLS, with a certificate for `localhost`.
    pub async fn start_with_tls() -> Self {
        Self::start_presenting(Presents::Localhost).await
    }

    /// Starts a server that offers STARTTLS and shows this certificate.
    pub async fn start_presenting(presents: Presents) -> Self {
        let certificate = LocalhostCertificate::presenting(presents);
        Self::listen(Encrypts::WhenAsked(acceptor(&certificate)), Some(certificate.certificate_pem)).await
    }

    /// Starts a server that speaks TLS from the first byte and shows this certificate.
    pub async fn start_encrypted_presenting(presents: Presents) -> Self {
        let certificate = LocalhostCertificate::presenting(presents);
        Self::listen(Encrypts::FromTheStart(acceptor(&certificate)), Some(certificate.certificate_pem)).await
    }

    async fn listen(tls: Encrypts, ca_pem: Option<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.or_fail("listening for mail");
        let port = listener.local_addr().or_fail("reading the mail port").port();
        let record = SharedRecord::default();
        let mut dialogues = JoinSet::new();
        dialogues.spawn(accept_all(listener, tls, record.clone()));
        Self { port, ca_pem, record, _dialogues: dialogues }
    }

    /// The port of 127.0.0.1 it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate a client has to trust, in PEM; only a server started with TLS has one.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// From now on, does this at that stage, in place of what it did before for all recipients.
    pub fn always(&self, stage: Stage, act: Act) {
        self.instruct(Instruction { stage, recipient: None, once: false, act });
    }

    /// Does this the next time at that stage; told twice, does it the next two times.
    pub fn once(&self, stage: Stage, act: Act) {
        self.instruct(Instruction { stage, recipient: None, once: true, act });
    }

    /// From now on, does this to letters for that recipient; works at RCPT TO and the stages after it.
    pub fn always_for(&self, recipient: &str, stage: Stage, act: Act) {
        self.instruct(Instruction { stage, recipient: Some(recipient.to_owned()), once: false, act });
    }

    /// Does this to the next letter for that recipient; works at RCPT TO and the stages after it.
    pub fn once_for(&self, recipient: &str, stage: Stage, act: Act) {
        self.instruct(Instruction { stage, recipient: Some(recipient.to_owned()), once: true, act });
    }

    /// From now on, where nothing else was told, does one of these at one in so many stages, by chance from this seed.
    pub fn now_and_then(&self, seed: u64, one_in: u32, acts: Vec<Act>) {
        self.record.lock().moods = Some(Moods { chance: ChaCha8Rng::seed_from_u64(seed), one_in, acts });
    }

    fn instruct(&self, told: Instruction) {
        let mut record = self.record.lock();
        if !told.once {
            record.instructions.retain(|earlier| {
                earlier.once || earlier.stage != told.stage || earlier.recipient != told.recipient
            });
        }
        record.instructions.push(told);
    }

    /// Every letter whose final dot came, in order, whether it was then accepted or not.
    pub fn received(&self) -> Vec<ReceivedMessage> {
        self.record.lock().messages.clone()
    }

    /// Those that came after so many others.
    pub fn received_since(&self, place: usize) -> Vec<ReceivedMessage> {
        self.record.lock().messages.get(place..).unwrap_or_default().to_vec()
    }

    /// The letters it answered that it took, in order.
    pub fn accepted(&self) -> Vec<ReceivedMessage> {
        self.received().into_iter().filter(|message| message.accepted).collect()
    }

    /// How many times a stage was reached; `Stage::Connect` counts the connections.
    pub fn reached(&self, stage: Stage) -> usize {
        self.record.lock().reached.get(&stage).copied().unwrap_or_default()
    }

    /// Waits until it has accepted this many letters; fails the test when it takes too long.
    pub async fn wait_for_accepted(&self, count: usize, limit: Duration) -> Vec<ReceivedMessage> {
        self.wait_until(limit, "letters accepted", count, |server| server.accepted().len()).await;
        self.accepted()
    }

    /// Waits until a stage was reached this many times; fails the test when it takes too long.
    pub async fn wait_until_reached(&self, stage: Stage, count: usize, limit: Duration) {
        self.wait_until(limit, "times at the stage", count, |server| server.reached(stage)).await;
    }

    async fn wait_until(&self, limit: Duration, what: &str, wanted: usize, count: impl Fn(&Self) -> usize) {
        let deadline = Instant::now() + limit;
        while count(self) < wanted {
            if Instant::now() >= deadline {
                let record = self.record.lock();
                fail(format_args!(
                    "not {wanted} {what} within {limit:?}; stages reached: {:?}",
                    record.reached
                ));
            }
            sleep(Duration::from_millis(10)).await;
        }
    }
}

fn acceptor(certificate: &LocalhostCertificate) -> TlsAcceptor {
    config(certificate).map(|config| TlsAcceptor::from(Arc::new(config))).or_fail("setting up TLS")
}

fn config(certificate: &LocalhostCertificate) -> Result<ServerConfig, rustls::Error> {
    let chain = vec![CertificateDer::from(certificate.certificate_der.clone())];
    let key = PrivatePkcs8KeyDer::from(certificate.key_der.clone());
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
}

async fn accept_all(listener: TcpListener, tls: Encrypts, record: SharedRecord) {
    let mut dialogues: JoinSet<io::Result<()>> = JoinSet::new();
    loop {
        if let Ok((connection, _)) = listener.accept().await {
            dialogues.spawn(Dialogue::hold(connection, tls.clone(), record.clone()));
        }
        // Those that ended are let go of; how they ended is in what the client saw.
        while dialogues.try_join_next().is_some() {}
    }
}
