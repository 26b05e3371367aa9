//! Sends letters by mail servers: by the first one, and by the next one while it fails.

use super::mail_server::{MailServer, Trouble};
use super::outgoing::Outgoing;
use super::{Delivery, Sending, Transport};
use crate::config::MailSettings;
use crate::config::smtp_url::SmtpUrl;
use crate::metrics::Metrics;
use lettre::transport::smtp::extension::ClientId;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

pub use super::mail_server::SmtpError;

/// How long one letter's dialogue may take, however slow the mail server.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The mail servers of the settings.
pub struct Smtp {
    ways: Vec<Way>,
    patience: Duration,
    metrics: Metrics,
}

/// A mail server, and until when others are asked before it.
struct Way {
    server: MailServer,
    name: String,
    rests_until: Mutex<Option<Instant>>,
}

impl Smtp {
    /// The mail servers of the settings. `host` is how the portal introduces itself; no letter takes longer than
    /// `patience`, and a server that failed is not asked first again for as long.
    pub fn new(
        settings: &MailSettings,
        host: &str,
        patience: Duration,
        metrics: Metrics,
    ) -> Result<Self, SmtpError> {
        let hello = match host.parse() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) if host.contains('.') => ClientId::Domain(host.to_owned()),
            Err(_) => ClientId::Ipv4(Ipv4Addr::LOCALHOST),
        };
        let way = |url: &SmtpUrl| {
            let name = name(url, &settings.servers);
            metrics.mail_server(&name);
            let server = MailServer::new(url.clone(), settings, hello.clone())?;
            Ok(Way { server, name, rests_until: Mutex::default() })
        };
        let ways = settings.servers.iter().map(way).collect::<Result<_, SmtpError>>()?;
        Ok(Self { ways, patience, metrics })
    }

    /// Goes through the dialogue with each server as far as a letter would begin. Answers whether it was encrypted, or
    /// why no letter would leave by it.
    pub async fn introduce(&self) -> Vec<(&SmtpUrl, Result<bool, String>)> {
        let mut answers = Vec::with_capacity(self.ways.len());
        for way in &self.ways {
            answers.push((way.server.url(), way.server.introduce(self.patience).await));
        }
        answers
    }

    async fn deliver(&self, letter: &Outgoing) -> Delivery {
        let until = Instant::now() + self.patience;
        let way_in = self.patience / u32::try_from(self.ways.len()).unwrap_or(1).max(1);
        let mut reply = String::new();
        for way in self.in_order() {
            match way.server.send(letter, way_in, until).await {
                Ok(delivery) => {
                    self.metrics.mail_server_took(&way.name);
                    return delivery;
                }
                Err(Trouble::Letter { words, for_ever: true }) => return Delivery::Refused { reply: words },
                Err(Trouble::Letter { words, for_ever: false }) => return Delivery::NotYet { reply: words },
                Err(trouble @ Trouble::Server { .. }) => {
                    self.metrics.mail_server_failed(&way.name);
                    way.rest(self.patience);
                    tracing::warn!(server = way.name, %trouble, "a mail server fails");
                    reply = trouble.to_string();
                }
            }
        }
        tracing::error!("letters wait: see smtp.* in the configuration");
        Delivery::NotYet { reply }
    }

    /// Those that work, in the order of the settings, and after them those that failed lately.
    fn in_order(&self) -> Vec<&Way> {
        let now = Instant::now();
        let mut ways: Vec<&Way> = self.ways.iter().collect();
        ways.sort_by_key(|way| way.rests(now));
        ways
    }
}

impl Way {
    fn rests(&self, now: Instant) -> bool {
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    fn rest(&self, time: Duration) {
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
    }
}

/// How a server is called in the log and in metrics: by its host, with the port where that says more.
fn name(url: &SmtpUrl, all: &[SmtpUrl]) -> String {
    let namesakes = all.iter().filter(|other| other.host == url.host).count();
    if namesakes > 1 { format!("{}:{}", url.host, url.port) } else { url.host.clone() }
}

impl Transport for Smtp {
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.deliver(letter))
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.ways.iter().map(|way| &way.name).collect();
        f.debug_struct("Smtp").field("servers", &names).finish_non_exhaustive()
    }
}
