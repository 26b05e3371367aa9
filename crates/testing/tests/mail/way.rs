//! The way to a mail server, and the people who are written to.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use zaguan::config::MailSettings;
use zaguan::config::smtp_url::{Encryption, Login, SmtpUrl};
use zaguan::mail::smtp::Smtp;
use zaguan::metrics::Metrics;
use zaguan_testing::{Client, ReceivedPage, TestPortal};

/// The people of the book who have a policy of their own, and where they are written to.
pub(crate) const PEOPLE: [(&str, &str, &str); 3] = [
    ("12345678", "1234567", "ana@ejemplo.com.ar"),
    ("30123456", "7654", "luis@ejemplo.com.ar"),
    ("22333444", "90001", "eva@ejemplo.com.ar"),
];

/// How the portal goes to a mail server on this machine.
pub(crate) struct Way {
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) login: Option<(String, String)>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) patience: Duration,
}

impl Way {
    pub(crate) fn transport(self) -> Arc<Smtp> {
        let login = self.login.map(|(user, password)| Login { user, password: password.into() });
        let settings = MailSettings {
            servers: vec![SmtpUrl {
                host: "localhost".to_owned(),
                port: self.port,
                encryption: self.encryption,
                login,
            }],
            from: "Seguros del Zaguán <avisos@zaguan.example>".parse().unwrap(),
            ca_file: self.ca_file,
            connections: 4,
        };
        Arc::new(Smtp::new(&settings, "portal.example", self.patience, Metrics::new()).unwrap())
    }
}

/// Registers one of the people.
pub(crate) async fn register(portal: &TestPortal, (document, policy, email): (&str, &str, &str)) -> Client {
    let mut client = portal.client();
    let fields = [("documento", document), ("ramo", "no-se"), ("poliza", policy), ("email", email)];
    let page = client.post("/registro", &fields).await;
    assert_eq!(page.status.as_u16(), 303, "{}", page.words());
    client
}

/// What the page says of the letter.
pub(crate) async fn status(client: &mut Client) -> ReceivedPage {
    client.get("/registro/clave/estado").await
}
