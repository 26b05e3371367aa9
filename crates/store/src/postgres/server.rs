//! Which server: what `store.url` says of it, and how it is reached.

use super::failure::{failed, timed_out};
use crate::fault::StoreFault;
use crate::url::StoreUrlError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long each address of a server is tried.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a host may take for all that a connection needs.
const EACH_HOST: Duration = Duration::from_secs(4);

/// How long what was sent may stay without a sign that it came, before the server counts as gone.
const SILENCE: Duration = Duration::from_secs(8);

/// What every connection is set to. A statement that waits longer for another's lock than SQLite's would is given up; a session
/// that broke off in a transaction holds up the others no longer than that; a plan is made once for all values; and where
/// the server would say "done" before it is, it says so later.
const SETTINGS: &str = "
    set lock_timeout = '5s';
    set statement_timeout = '9s';
    set idle_in_transaction_session_timeout = '10s';
    set plan_cache_mode = force_generic_plan;
    set jit = off;
    set client_min_messages = warning;
    select set_config('synchronous_commit', 'on', false)
        where current_setting('synchronous_commit') in ('off', 'local')";

/// A PostgreSQL server, or several of which one is the primary. Never shows its password.
pub struct PostgresServer {
    config: Config,
    encryption: Encryption,
    tls: OnceLock<MakeRustlsConnect>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Encryption {
    /// It is on this machine.
    None,
    /// It shows a certificate for its name, from whom the system trusts or from who signed in this file.
    Verified { root: Option<PathBuf> },
}

impl PostgresServer {
    /// Reads a URL as PostgreSQL writes it.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreUrlError> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut root) = (None, None);
        let mut rest = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => root = Some(PathBuf::from(value.as_ref())),
                _ => {
                    rest.append_pair(&name, &value);
                }
            }
        }
        let mut config: Config =
            format!("{address}?{}", rest.finish()).parse().map_err(|_| StoreUrlError::PostgreSql)?;
        if config.get_hosts().is_empty() || config.get_dbname().is_none() || config.get_user().is_none() {
            return Err(StoreUrlError::PostgreSql);
        }
        let is_here = config.get_hosts().iter().all(is_on_this_machine);
        let encryption = match mode.as_deref() {
            Some("disable") => Encryption::None,
            None if is_here && root.is_none() => Encryption::None,
            None | Some("verify-full") => Encryption::Verified { root },
            Some(_) => return Err(StoreUrlError::Encryption),
        };
        config.ssl_mode(if encryption == Encryption::None { SslMode::Disable } else { SslMode::Require });
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self { config, encryption, tls: OnceLock::new() })
    }

    /// The same with its certificate's path seen from this directory.
    pub(crate) fn seen_from(mut self, directory: &Path) -> Self {
        if let Encryption::Verified { root: Some(root) } = &mut self.encryption {
            *root = directory.join(&*root);
        }
        self
    }

    /// The same with this password.
    pub(crate) fn with_password(mut self, password: &str) -> Self {
        self.config.password(password);
        self
    }

    /// Connects to the first host that takes writes, on a runtime that then carries the connection, and sets what must be
    /// set. A host that takes the connection and then says nothing is given up in time for the next one.
    pub(super) async fn connect(&self) -> Result<Client, StoreFault> {
        let mut refused = Err(timed_out());
        for host in 0..self.config.get_hosts().len() {
            let connecting = tokio::time::timeout(EACH_HOST, self.connect_to(host)).await;
            refused = connecting.unwrap_or_else(|_| Err(timed_out()));
            if refused.is_ok() {
                break;
            }
        }
        let client = refused?;
        client.batch_execute(SETTINGS).await.map_err(|error| failed(&error))?;
        Ok(client)
    }

    async fn connect_to(&self, host: usize) -> Result<Client, StoreFault> {
        let config = self.only(host);
        if self.encryption == Encryption::None {
            let (client, connection) = config.connect(NoTls).await.map_err(|error| failed(&error))?;
            // It ends with the client; what fails, the client is told.
            Handle::current().spawn(connection);
            return Ok(client);
        }
        let (client, connection) = config.connect(self.trusting()?).await.map_err(|error| failed(&error))?;
        Handle::current().spawn(connection);
        Ok(client)
    }

    /// The same for one of the hosts only.
    fn only(&self, host: usize) -> Config {
        let all = &self.config;
        let mut config = Config::new();
        match all.get_hosts().get(host) {
            Some(Host::Tcp(name)) => config.host(name),
            Some(Host::Unix(path)) => config.host_path(path),
            None => &mut config,
        };
        let ports = all.get_ports();
        config.port(ports.get(host).or(ports.first()).copied().unwrap_or(5432));
        if let Some(address) = all.get_hostaddrs().get(host) {
            config.hostaddr(*address);
        }
        if let Some(options) = all.get_options() {
            config.options(options);
        }
        if let Some(password) = all.get_password() {
            config.password(password);
        }
        config
            .user(all.get_user().unwrap_or_default())
            .dbname(all.get_dbname().unwrap_or_default())
            .ssl_mode(all.get_ssl_mode())
            .target_session_attrs(all.get_target_session_attrs())
            .application_name("zaguan")
            .tcp_user_timeout(SILENCE)
            .connect_timeout(all.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT));
        config
    }

    /// How the server's certificate is verified. Read once, because a thousand authorities take milliseconds.
    fn trusting(&self) -> Result<MakeRustlsConnect, StoreFault> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls.clone());
        }
        let roots = match &self.encryption {
            Encryption::Verified { root: Some(path) } => roots_in(path)?,
            Encryption::Verified { root: None } | Encryption::None => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                roots
            }
        };
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Ok(self.tls.get_or_init(|| MakeRustlsConnect::new(config)).clone())
    }
}

fn roots_in(path: &Path) -> Result<RootCertStore, StoreFault> {
    let unreadable = |error: String| {
        StoreFault::Unreachable(format!("sslrootcert {} cannot be used ({error})", path.display()))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() { Err(unreadable("it holds no certificate".to_owned())) } else { Ok(roots) }
}

/// The hosts and the database, without the user and the password.
impl fmt::Display for PostgresServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ports = self.config.get_ports();
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
            let comma = if index == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}:{port}")?,
                Host::Unix(path) => write!(f, "{comma}{}:{port}", path.display())?,
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for PostgresServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresServer({self})")
    }
}

/// Whether nobody but this machine carries what is said to it.
fn is_on_this_machine(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) if name == "localhost" => true,
        Host::Tcp(name) => name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}
