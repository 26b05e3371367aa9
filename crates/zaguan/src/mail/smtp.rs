//! Sends letters to a mail server over connections that are kept.
//!
//! The dialogue is lettre's; the keeping of connections is ours, because lettre's pool takes a connection back after
//! a dialogue that was cut short, whose late answers would then be taken for those of the next letter.

use super::concealed::Concealed;
use super::outgoing::Outgoing;
use super::{Delivery, Sending, Transport};
use crate::config::MailSettings;
use crate::config::smtp_url::Encryption;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use std::error::Error as _;
use std::fmt;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// How long one letter's dialogue may take, however slow the mail server.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A connection is not used again after this long without a letter: mail servers hang up on who says nothing.
const IDLE_AT_MOST: Duration = Duration::from_secs(30);

/// How long a kept connection may take to answer the first words of a letter, before a new one is made.
const STILL_THERE_WITHIN: Duration = Duration::from_secs(5);

/// "I am closing this connection" (RFC 5321, section 4.2.2).
const CLOSING: u16 = 421;

/// Of a mail server's words no more than this is kept.
const REPLY_AT_MOST: usize = 500;

/// A mail server, and the connections to it that wait for the next letter.
pub struct Smtp {
    settings: MailSettings,
    tls: Option<TlsParameters>,
    hello: ClientId,
    patience: Duration,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// Why there is no way to the mail server.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The certificate file cannot be used.
    #[error("smtp.ca_file: {path} has no certificate in PEM ({why}); name another file")]
    Authority {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up: {0}")]
    Tls(#[from] Error),
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the mail server {server} cannot be reached: {error}")]
    NoWay { server: String, error: std::io::Error },
    #[error("the mail server {server} does not let us in: {words}")]
    NotLetIn { server: String, words: String },
    #[error("the mail server {server} offers no encryption, and the login would be readable")]
    LoginInClear { server: String },
    #[error("{words}")]
    Letter { words: String, for_ever: bool },
}

impl Smtp {
    /// The mail server of the settings. `host` is how the portal introduces itself; no letter takes longer than
    /// `patience`.
    pub fn new(settings: MailSettings, host: &str, patience: Duration) -> Result<Self, SmtpError> {
        let tls = match settings.server.encryption {
            Encryption::None => None,
            Encryption::FromTheStart | Encryption::Required | Encryption::Opportunistic => {
                Some(tls(&settings)?)
            }
        };
        let hello = match host.parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) if host.contains('.') => ClientId::Domain(host.to_owned()),
            Err(_) => ClientId::Ipv4(Ipv4Addr::LOCALHOST),
        };
        Ok(Self { settings, tls, hello, patience, idle: Mutex::new(Vec::new()) })
    }

    /// Goes through the dialogue as far as a letter would begin, and says goodbye. Answers whether it was encrypted, or
    /// why no letter would leave.
    pub async fn introduce(&self) -> Result<bool, String> {
        let secrets = Concealed::of("", self.settings.login.as_ref());
        match timeout(self.patience, self.connect(&secrets)).await {
            Ok(Ok(mut connection)) => {
                let is_encrypted = connection.is_encrypted();
                // What it says to that is of no matter.
                let _ = timeout(STILL_THERE_WITHIN, connection.quit()).await;
                Ok(is_encrypted)
            }
            Ok(Err(trouble)) => Err(trouble.to_string()),
            Err(_) => Err(self.no_answer()),
        }
    }

    fn no_answer(&self) -> String {
        let (host, seconds) = (&self.settings.server.host, self.patience.as_secs());
        format!("the mail server {host} did not answer within {seconds} seconds")
    }

    async fn deliver(&self, letter: &Outgoing) -> Delivery {
        let secrets = Concealed::of(&letter.written.text, self.settings.login.as_ref());
        match timeout(self.patience, self.dialogue(letter, &secrets)).await {
            Ok(Ok(response)) => {
                let reply = said(&response, &secrets);
                Delivery::Accepted { server: self.settings.server.host.clone(), reply }
            }
            Ok(Err(Trouble::Letter { words, for_ever: true })) => Delivery::Refused { reply: words },
            Ok(Err(trouble @ Trouble::Letter { .. })) => Delivery::NotYet { reply: trouble.to_string() },
            Ok(Err(trouble)) => {
                tracing::error!(%trouble, "letters wait: see smtp.* in the configuration");
                Delivery::NotYet { reply: trouble.to_string() }
            }
            Err(_) => Delivery::NotYet { reply: self.no_answer() },
        }
    }

    /// The connection is ours alone while the letter is sent, and is kept only after a dialogue that ended well.
    async fn dialogue(&self, letter: &Outgoing, secrets: &Concealed) -> Result<Response, Trouble> {
        let envelope = letter.message.envelope();
        let of_letter =
            |error: Error| Trouble::Letter { words: words(&error, secrets), for_ever: error.is_permanent() };
        let mut connection = match self.begun(envelope).await {
            Some(begun) => begun.map_err(of_letter)?,
            None => begin(self.connect(secrets).await?, envelope).await.map_err(of_letter)?,
        };
        let sent = finish(&mut connection, letter).await;
        if sent.is_err() {
            connection.abort().await;
        }
        let response = sent.map_err(of_letter)?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.settings.connections {
            idle.push(Idle { connection, since: Instant::now() });
        }
        Ok(response)
    }

    /// A kept connection on which the letter is begun, or what the server said of it there. One that the server has
    /// closed, or closes now because it takes only so many letters on each, is no trouble of the letter's.
    async fn begun(&self, envelope: &Envelope) -> Option<Result<AsyncSmtpConnection, Error>> {
        loop {
            let Idle { connection, since } =
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() >= IDLE_AT_MOST {
                continue;
            }
            match timeout(STILL_THERE_WITHIN, begin(connection, envelope)).await {
                Ok(Ok(connection)) => return Some(Ok(connection)),
                Ok(Err(error)) if error.status().is_some_and(|code| u16::from(code) != CLOSING) => {
                    return Some(Err(error));
                }
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }

    async fn connect(&self, secrets: &Concealed) -> Result<AsyncSmtpConnection, Trouble> {
        let server = &self.settings.server;
        let not_let_in =
            |error: Error| Trouble::NotLetIn { server: server.host.clone(), words: words(&error, secrets) };
        let mut connection = if let (Some(tls), Encryption::FromTheStart) = (&self.tls, server.encryption) {
            let (to, limit) = ((server.host.as_str(), server.port), Some(self.patience));
            AsyncSmtpConnection::connect_tokio1(to, limit, &self.hello, Some(tls.clone()), None).await
        } else {
            let no_way = |error| Trouble::NoWay { server: server.host.clone(), error };
            let stream = self.stream().await.map_err(no_way)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await
        }
        .map_err(not_let_in)?;
        if let Some(tls) = &self.tls
            && (server.encryption == Encryption::Required
                || server.encryption == Encryption::Opportunistic && connection.can_starttls())
        {
            connection.starttls(tls.clone(), &self.hello).await.map_err(not_let_in)?;
        }
        if let Some(login) = &self.settings.login {
            if server.encryption == Encryption::Opportunistic && !connection.is_encrypted() {
                return Err(Trouble::LoginInClear { server: server.host.clone() });
            }
            let credentials = Credentials::new(login.user.clone(), login.password.to_string());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(not_let_in)?;
        }
        Ok(connection)
    }

    async fn stream(&self) -> std::io::Result<TcpStream> {
        let stream =
            TcpStream::connect((self.settings.server.host.as_str(), self.settings.server.port)).await?;
        // Each line of the dialogue waits for an answer; without this it also waits 40 ms for the kernel.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

impl Transport for Smtp {
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.deliver(letter))
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.settings.server.host).finish_non_exhaustive()
    }
}

/// Says who writes, the first words of each letter. Nothing of it is taken yet, so it may be said again elsewhere.
async fn begin(
    mut connection: AsyncSmtpConnection,
    envelope: &Envelope,
) -> Result<AsyncSmtpConnection, Error> {
    match connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await {
        Ok(_) => Ok(connection),
        Err(error) => {
            connection.abort().await;
            Err(error)
        }
    }
}

/// Says to whom, and hands the letter over. Addresses and letters are ASCII, so no extension is needed.
async fn finish(connection: &mut AsyncSmtpConnection, letter: &Outgoing) -> Result<Response, Error> {
    for to in letter.message.envelope().to() {
        connection.command(Rcpt::new(to.clone(), Vec::new())).await?;
    }
    connection.command(Data).await?;
    connection.message(&letter.message.formatted()).await
}

fn tls(settings: &MailSettings) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(settings.server.host.clone());
    if let Some(path) = &settings.ca_file {
        let refused = |why: String| SmtpError::Authority { path: path.display().to_string(), why };
        let pem = fs::read(path).map_err(|error| refused(error.to_string()))?;
        if !pem.windows(11).any(|start| start == b"-----BEGIN ") {
            return Err(refused("it is not PEM".to_owned()));
        }
        builder = builder
            .add_root_certificate(Certificate::from_pem(&pem).map_err(|error| refused(error.to_string()))?);
    }
    Ok(builder.build_rustls()?)
}

/// A mail server's answer in its own words: the code, and all lines as one.
fn said(response: &Response, secrets: &Concealed) -> String {
    let lines: Vec<_> = response.message().collect();
    one_line(&secrets.in_words(&format!("{} {}", response.code(), lines.join(" "))))
}

/// What an error tells: the server's own words where it spoke.
fn words(error: &Error, secrets: &Concealed) -> String {
    let source = error.source().map(ToString::to_string);
    one_line(&secrets.in_words(&match (error.status(), source) {
        (Some(code), Some(said)) => format!("{code} {said}"),
        (Some(code), None) => code.to_string(),
        (None, _) => error.to_string(),
    }))
}

/// What another program said goes into the database, the log and a page: on one line, and not without end.
fn one_line(text: &str) -> String {
    let clean = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    clean.take(REPLY_AT_MOST).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_servers_words_are_kept_on_one_line_and_not_without_end() {
        assert_eq!(one_line("550 5.1.1 no\r\nsuch\x1b[31m user "), "550 5.1.1 no  such [31m user");
        assert_eq!(one_line(&"x".repeat(10_000)).len(), 500);
    }
}
