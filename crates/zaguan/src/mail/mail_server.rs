//! One mail server: the dialogue with it, over connections that are kept.
//!
//! The dialogue is lettre's; the keeping of connections is ours, because lettre's pool takes a connection back after
//! a dialogue that was cut short, whose late answers would then be taken for those of the next letter.

use super::Delivery;
use super::concealed::Concealed;
use super::outgoing::Outgoing;
use crate::config::MailSettings;
use crate::config::smtp_url::{Encryption, SmtpUrl};
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use std::error::Error as _;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use zaguan_faults::reach;

/// A connection is not used again after this long without a letter: mail servers hang up on who says nothing.
const IDLE_AT_MOST: Duration = Duration::from_secs(30);

/// How long a kept connection may take to answer the first words of a letter, before a new one is made.
const STILL_THERE_WITHIN: Duration = Duration::from_secs(5);

/// "I am closing this connection" (RFC 5321, section 4.2.2).
const CLOSING: u16 = 421;

/// Of a mail server's words no more than this is kept.
const REPLY_AT_MOST: usize = 500;

/// A mail server, and the connections to it that wait for the next letter.
pub(super) struct MailServer {
    url: SmtpUrl,
    connections: usize,
    tls: Option<TlsParameters>,
    hello: ClientId,
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

/// Why a letter did not leave by a mail server.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The server fails, whatever the letter. It has nothing of this one, which may leave by another.
    #[error("{words}")]
    Server {
        /// What happened.
        words: String,
    },
    /// What the server said, or did not say, of this letter.
    #[error("{words}")]
    Letter {
        /// Its words, or what happened.
        words: String,
        /// Whether it will never take the letter.
        for_ever: bool,
    },
}

/// Why there is no way in.
#[derive(Debug, thiserror::Error)]
enum NoWay {
    #[error("the mail server {server} cannot be reached: {error}")]
    Reached { server: String, error: std::io::Error },
    #[error("the mail server {server} does not let us in: {words}")]
    LetIn { server: String, words: String },
    #[error("the mail server {server} offers no encryption, and the login would be readable")]
    LoginInClear { server: String },
}

impl From<NoWay> for Trouble {
    fn from(no_way: NoWay) -> Self {
        Self::Server { words: no_way.to_string() }
    }
}

impl MailServer {
    /// A mail server of the settings, to whom the portal introduces itself so.
    pub(super) fn new(url: SmtpUrl, settings: &MailSettings, hello: ClientId) -> Result<Self, SmtpError> {
        let tls = match url.encryption {
            Encryption::None => None,
            Encryption::FromTheStart | Encryption::Required | Encryption::Opportunistic => {
                Some(tls(&url.host, settings.ca_file.as_deref())?)
            }
        };
        Ok(Self { url, connections: settings.connections, tls, hello, idle: Mutex::default() })
    }

    /// Where it is.
    pub(super) fn url(&self) -> &SmtpUrl {
        &self.url
    }

    /// Goes through the dialogue as far as a letter would begin, and says goodbye. Answers whether it was encrypted, or
    /// why no letter would leave.
    pub(super) async fn introduce(&self, patience: Duration) -> Result<bool, String> {
        let secrets = Concealed::of("", self.url.login.as_ref());
        match timeout(patience, self.connect(patience, &secrets)).await {
            Ok(Ok(mut connection)) => {
                let is_encrypted = connection.is_encrypted();
                // What it says to that is of no matter.
                let _ = timeout(STILL_THERE_WITHIN, connection.quit()).await;
                Ok(is_encrypted)
            }
            Ok(Err(no_way)) => Err(no_way.to_string()),
            Err(_) => Err(self.no_answer(patience)),
        }
    }

    fn no_answer(&self, within: Duration) -> String {
        format!("the mail server {} did not answer within {} seconds", self.url.host, within.as_secs())
    }

    /// Hands a letter over: the first words of it within `way_in`, and all of it until then.
    pub(super) async fn send(
        &self,
        letter: &Outgoing,
        way_in: Duration,
        until: Instant,
    ) -> Result<Delivery, Trouble> {
        let secrets = Concealed::of(&letter.written.text, self.url.login.as_ref());
        let begun_at = Instant::now();
        let connection = match timeout(way_in, self.way_in(letter.message.envelope(), way_in, &secrets)).await
        {
            Ok(connection) => connection?,
            Err(_) => return Err(Trouble::Server { words: self.no_answer(way_in) }),
        };
        match timeout_at(until, self.hand_over(connection, letter)).await {
            Ok(Ok(response)) => {
                Ok(Delivery::Accepted { server: self.url.host.clone(), reply: said(&response, &secrets) })
            }
            Ok(Err(error)) => Err(of_letter(&error, &secrets)),
            Err(_) => Err(Trouble::Letter { words: self.no_answer(begun_at.elapsed()), for_ever: false }),
        }
    }

    /// A connection on which the letter is begun: a kept one, or else a new one.
    async fn way_in(
        &self,
        envelope: &Envelope,
        within: Duration,
        secrets: &Concealed,
    ) -> Result<AsyncSmtpConnection, Trouble> {
        let begun = match self.begun(envelope).await {
            Some(begun) => begun,
            None => begin(self.connect(within, secrets).await?, envelope).await,
        };
        begun.map_err(|error| match error.status() {
            Some(_) => of_letter(&error, secrets),
            // Who goes away or babbles before there is anything of the letter would do so with any.
            None => Trouble::Server { words: words(&error, secrets) },
        })
    }

    /// The connection is ours alone while the letter is sent, and is kept only after a dialogue that ended well.
    async fn hand_over(
        &self,
        mut connection: AsyncSmtpConnection,
        letter: &Outgoing,
    ) -> Result<Response, Error> {
        let sent = finish(&mut connection, letter).await;
        if sent.is_err() {
            connection.abort().await;
        }
        let response = sent?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.connections {
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

    async fn connect(&self, within: Duration, secrets: &Concealed) -> Result<AsyncSmtpConnection, NoWay> {
        let server = &self.url;
        let not_let_in =
            |error: Error| NoWay::LetIn { server: server.host.clone(), words: words(&error, secrets) };
        let mut connection = if let (Some(tls), Encryption::FromTheStart) = (&self.tls, server.encryption) {
            let to = (server.host.as_str(), server.port);
            AsyncSmtpConnection::connect_tokio1(to, Some(within), &self.hello, Some(tls.clone()), None).await
        } else {
            let no_way = |error| NoWay::Reached { server: server.host.clone(), error };
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
        if let Some(login) = &server.login {
            if server.encryption == Encryption::Opportunistic && !connection.is_encrypted() {
                return Err(NoWay::LoginInClear { server: server.host.clone() });
            }
            let credentials = Credentials::new(login.user.clone(), login.password.to_string());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(not_let_in)?;
        }
        Ok(connection)
    }

    async fn stream(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect((self.url.host.as_str(), self.url.port)).await?;
        // Each line of the dialogue waits for an answer; without this it also waits 40 ms for the kernel.
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// What an error in the middle of a letter means: a server that says goodbye fails, and has not taken it.
fn of_letter(error: &Error, secrets: &Concealed) -> Trouble {
    let words = words(error, secrets);
    if error.status().is_some_and(|code| u16::from(code) == CLOSING) {
        Trouble::Server { words }
    } else {
        Trouble::Letter { words, for_ever: error.is_permanent() }
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
    pass("smtp.mail", connection).await;
    for to in letter.message.envelope().to() {
        connection.command(Rcpt::new(to.clone(), Vec::new())).await?;
    }
    pass("smtp.rcpt", connection).await;
    connection.command(Data).await?;
    pass("smtp.data", connection).await;
    connection.message(&letter.message.formatted()).await
}

/// Where a test wants an error the dialogue breaks off, as with a server that hangs up.
async fn pass(place: &str, connection: &mut AsyncSmtpConnection) {
    if reach(place).is_err() {
        connection.abort().await;
    }
}

fn tls(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca_file {
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
