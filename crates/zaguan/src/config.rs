//! The configuration: `zaguan.toml`, and above it the environment.

pub mod fault;
pub mod key;
pub mod layers;
pub mod smtp_url;
pub mod written;

mod book;
mod brand;
mod hash;
mod limits;
mod password;
mod reader;
mod value;

pub use book::{BookSettings, WatchSettings};
pub(crate) use book::{add_mapping, column, encoding, separator};

use crate::backup::BackupSettings;
use crate::breached_file::BreachedFile;
use crate::logs::{Format, Level};
use crate::tls::TlsFiles;
use fault::{Advice, Faults};
use ipnet::IpNet;
use jiff::SignedDuration;
use layers::Layers;
use lettre::message::Mailbox;
use reader::Reader;
use smtp_url::{Login, SmtpUrl};
use std::net::SocketAddr;
use std::path::PathBuf;
use zaguan_domain::hold::HoldRules;
use zaguan_domain::holiday::Holidays;
use zaguan_domain::limit::Rules;
use zaguan_domain::password::PasswordRules;
use zaguan_hasher::HashSettings;
use zaguan_store::StoreSettings;
use zaguan_views::{Brand, Locale, Settings};
use zaguan_web::{DoorLimits, LegacyPath, PublicUrl};
use zeroize::Zeroizing;

/// More than so many would each have too little of the time that one letter may take.
const MAIL_SERVERS_AT_MOST: usize = 4;

/// Everything that the operator may say.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the portal listens, and how people reach it.
    pub server: ServerSettings,
    /// The database.
    pub store: StoreSettings,
    /// The mail server.
    pub mail: MailSettings,
    /// How pages and letters look, and their language.
    pub views: Settings,
    /// The numbers of the rules.
    pub rules: Rules,
    /// The file of breached passwords.
    pub breached: Option<BreachedFile>,
    /// How much one network may ask at all.
    pub door: DoorLimits,
    /// The policy book.
    pub book: BookSettings,
    /// The folder that policy books arrive in.
    pub watch: Option<WatchSettings>,
    /// What hashing a password costs.
    pub hashing: HashSettings,
    /// The log.
    pub log: LogSettings,
    /// Where the paths of printed manuals lead.
    pub legacy: Vec<LegacyPath>,
}

/// Where the portal listens, and how people reach it.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Address and port of the portal.
    pub listen: SocketAddr,
    /// Address and port for operators.
    pub ops_listen: SocketAddr,
    /// Where people reach the portal.
    pub public_url: PublicUrl,
    /// The reverse proxies, who are believed when they say whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// The certificate of a portal that speaks HTTPS itself.
    pub tls: Option<TlsFiles>,
    /// The file with the portal's secret.
    pub secret_file: PathBuf,
}

/// The mail servers, and who the letters come from.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The servers, each with its login: letters leave by the first, and by the next one while it fails.
    pub servers: Vec<SmtpUrl>,
    /// Who the letters come from.
    pub from: Mailbox,
    /// A certificate to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// How many letters are sent at the same time.
    pub connections: usize,
}

/// The log.
#[derive(Clone, Copy, Debug)]
pub struct LogSettings {
    /// For whom it is written.
    pub format: Format,
    /// How much is logged.
    pub level: Level,
}

impl Config {
    /// Reads the whole configuration; all faults at once if there are any.
    pub fn read(layers: &Layers) -> Result<Self, Faults> {
        let mut reader = Reader::new(layers);
        let server = server(&mut reader);
        let store = store(&mut reader);
        let mail = mail(&mut reader);
        let public_url = server.as_ref().map(|server| server.public_url.origin().to_owned());
        let views = views(&mut reader, public_url);
        let rules = rules(&mut reader);
        let breached = password::read_breached(&mut reader);
        let door = door(&mut reader);
        let book = book::read(&mut reader);
        let watch = book::read_watch(&mut reader);
        let hashing = hash::read(&mut reader);
        let log = log(&mut reader);
        let legacy = legacy(&mut reader);
        let read = || {
            Some(Self {
                server: server?,
                store: store?,
                mail: mail?,
                views: views?,
                rules: rules?,
                door: door?,
                breached: breached?,
                book: book?,
                watch: watch?,
                hashing: hashing?,
                log: log?,
                legacy: legacy?,
            })
        };
        let read = read();
        reader.finish(read)
    }
}

/// Reads only which database to open, for the commands that need nothing else.
pub fn read_store(layers: &Layers) -> Result<StoreSettings, Faults> {
    let mut reader = Reader::new(layers);
    let read = store(&mut reader);
    reader.finish(read)
}

/// Reads which database to move from, and the password for the server to move to.
pub fn read_store_and_password(
    layers: &Layers,
) -> Result<(StoreSettings, Option<Zeroizing<String>>), Faults> {
    let mut reader = Reader::new(layers);
    let read = store(&mut reader).zip(reader.optional("store.password", not_empty));
    reader.finish(read)
}

/// Reads which database to back up or to restore, and where the portal's secret is.
pub fn read_backup(layers: &Layers) -> Result<BackupSettings, Faults> {
    let mut reader = Reader::new(layers);
    let (store, secret_file) = (store(&mut reader), reader.path("server.secret_file"));
    let read = store.zip(secret_file).map(|(store, secret_file)| BackupSettings { store, secret_file });
    reader.finish(read)
}

/// Reads which database to open and what the policy book is like, for the commands that need nothing else.
pub fn read_book(layers: &Layers) -> Result<(StoreSettings, BookSettings), Faults> {
    let mut reader = Reader::new(layers);
    let (store, book) = (store(&mut reader), book::read(&mut reader));
    reader.finish(store.zip(book))
}

fn server(reader: &mut Reader<'_>) -> Option<ServerSettings> {
    let listen = reader.parsed("server.listen", value::address);
    let ops_listen = reader.parsed("server.ops_listen", value::address);
    let public_url = reader.optional("server.public_url", value::public_url);
    let trusted_proxies = reader.list("server.trusted_proxies", value::network);
    let tls = tls(reader);
    let secret_file = reader.path("server.secret_file");
    if let (Some(listen), Some(ops)) = (listen, ops_listen)
        && listen == ops
        && listen.port() != 0
    {
        reader.refuse("server.ops_listen", Advice::new("write another port than that of server.listen"));
    }
    let public_url = match public_url? {
        Some(public_url) => public_url,
        None if listen?.ip().is_loopback() => PublicUrl::new(&format!("http://{}", listen?)),
        None => {
            let advice = "it is missing, and the portal listens beyond this very machine; write where people reach it, \
                          such as \"https://portal.example\"";
            reader.refuse("server.public_url", Advice::new(advice));
            return None;
        }
    };
    let tls = tls?;
    if tls.is_some() && !public_url.is_https() {
        reader.refuse(
            "server.public_url",
            Advice::new("write https: with server.tls_certificate the portal speaks HTTPS"),
        );
    }
    Some(ServerSettings {
        listen: listen?,
        ops_listen: ops_listen?,
        public_url,
        trusted_proxies: trusted_proxies?,
        tls,
        secret_file: secret_file?,
    })
}

#[expect(clippy::option_option, reason = "a portal without a certificate and a wrong one are two things")]
fn tls(reader: &mut Reader<'_>) -> Option<Option<TlsFiles>> {
    let certificate = reader.optional_path("server.tls_certificate");
    let key = reader.optional_path("server.tls_key");
    match (certificate?, key?) {
        (None, None) => Some(None),
        (Some(certificate), Some(key)) => Some(Some(TlsFiles { certificate, key })),
        (Some(_), None) => {
            reader.refuse(
                "server.tls_certificate",
                Advice::new("it needs server.tls_key, the file with its private key"),
            );
            None
        }
        (None, Some(_)) => {
            reader.refuse("server.tls_key", Advice::new("it needs server.tls_certificate"));
            None
        }
    }
}

fn store(reader: &mut Reader<'_>) -> Option<StoreSettings> {
    let directory = reader.directory();
    let password = reader.optional("store.password", not_empty)?;
    let password = password.as_ref().map(|password| password.as_str());
    reader.parsed("store.url", |text| {
        StoreSettings::parse(text.trim(), password, directory).map_err(|error| Advice::new(error.to_string()))
    })
}

fn not_empty(password: &str) -> Result<Zeroizing<String>, Advice> {
    match password {
        "" => Err(Advice::new("it is empty; write the password, or take the line away")),
        password => Ok(Zeroizing::new(password.to_owned())),
    }
}

fn mail(reader: &mut Reader<'_>) -> Option<MailSettings> {
    let servers = reader.list_of_some("smtp.url", MAIL_SERVERS_AT_MOST, smtp_url::smtp_url);
    let login = mail_login(reader);
    let from = reader.parsed("smtp.from", value::mailbox);
    let ca_file = reader.optional_path("smtp.ca_file");
    let connections = reader.number("smtp.connections", 1..=64);
    let (mut servers, login) = (servers?, login?);
    if login.is_some() && servers.iter().any(|server| server.login.is_some()) {
        reader.refuse(
            "smtp.url",
            Advice::new("it has a login already; keep that one, or smtp.user and smtp.password"),
        );
        return None;
    }
    if login.is_some() {
        for server in &mut servers {
            server.login.clone_from(&login);
        }
    }
    Some(MailSettings { servers, from: from?, ca_file: ca_file?, connections: connections? })
}

/// The login that all mail servers take.
#[expect(clippy::option_option, reason = "no login and a wrong one are two things")]
fn mail_login(reader: &mut Reader<'_>) -> Option<Option<Login>> {
    let user = reader.optional("smtp.user", |text| value::line(text, 200));
    let password = reader.optional("smtp.password", not_empty);
    match (user?, password?) {
        (None, None) => Some(None),
        (Some(user), Some(password)) => Some(Some(Login { user, password })),
        (Some(_), None) => {
            reader
                .refuse("smtp.user", Advice::new("it needs smtp.password_file, the file with its password"));
            None
        }
        (None, Some(_)) => {
            reader.refuse("smtp.password", Advice::new("it needs smtp.user"));
            None
        }
    }
}

fn views(reader: &mut Reader<'_>, public_url: Option<String>) -> Option<Settings> {
    let brand: Option<Brand> = brand::read(reader);
    let locale: Option<Locale> = reader.parsed("locale.default", value::locale);
    let overrides = reader.optional_path("views.overrides");
    Some(Settings {
        brand: brand?,
        locale: locale?,
        public_url: public_url?,
        overrides: overrides?,
        demo: false,
    })
}

fn rules(reader: &mut Reader<'_>) -> Option<Rules> {
    let lapsed_months = reader.number("registration.lapsed_months", 0..=120);
    let email_on_file = reader.parsed("registration.email_on_file", value::email_on_file);
    let hold = reader.number("registration.hold_hours", 1..=168);
    let key_life = reader.number("key.life_minutes", 5..=1440);
    let key_tries = reader.number("key.tries", 1..=10);
    let min_length = reader.number("password.min_length", 8..=64);
    let session_idle = reader.number("session.idle_minutes", 1..=1440);
    let session_life = reader.number("session.life_hours", 1..=24);
    let audit_days: Option<i64> = reader.number("audit.address_days", 1..=3650);
    let limits = limits::read(reader);
    let letters = limits::read_letters(reader);
    let by_decree = reader.list("law.extra_holidays", value::day);
    Some(Rules {
        key_life: SignedDuration::from_mins(key_life?),
        key_tries: key_tries?,
        lapsed_months: lapsed_months?,
        hold: HoldRules { email_on_file: email_on_file?, hold: SignedDuration::from_hours(hold?) },
        session_idle: SignedDuration::from_mins(session_idle?),
        session_life: SignedDuration::from_hours(session_life?),
        audit_addresses: SignedDuration::from_hours(audit_days? * 24),
        limits: limits?,
        letters: letters?,
        holidays: Holidays::with_days_by_decree(by_decree?),
        password: PasswordRules { min_length: min_length? },
        ..Rules::default()
    })
}

fn door(reader: &mut Reader<'_>) -> Option<DoorLimits> {
    let at_once = reader.number("limits.door_at_once", 1..=100_000);
    let per_second = reader.number("limits.door_per_second", 1..=10_000);
    Some(DoorLimits::new(at_once?, per_second?))
}

fn log(reader: &mut Reader<'_>) -> Option<LogSettings> {
    let format = reader.parsed("log.format", value::log_format);
    let level = reader.parsed("log.level", value::log_level);
    Some(LogSettings { format: format?, level: level? })
}

fn legacy(reader: &mut Reader<'_>) -> Option<Vec<LegacyPath>> {
    let pairs = reader.table("paths.legacy");
    match value::legacy_paths(pairs) {
        Ok(paths) => Some(paths),
        Err(advice) => {
            reader.refuse("paths.legacy", advice);
            None
        }
    }
}
