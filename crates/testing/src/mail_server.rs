//! A real mail server for tests: Debian's Exim, on a random port of loopback, with STARTTLS and a login.
//!
//! Exim was chosen because it runs as a plain user from nothing but a configuration file; Postfix and
//! `OpenSMTPD` want to be root and to own parts of the file system. Each server has a directory of its own, so
//! many of them run side by side. A letter is refused without TLS and a login.

use std::fs;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::certificate::LocalhostCertificate;
use crate::free_port::free_port;
use crate::or_fail::{OrFail as _, fail};
use crate::process_tree::ProcessTree;
use crate::received_letter::ReceivedLetter;
use crate::server_owner::ServerOwner;

const EXIM: &str = "/usr/sbin/exim4";
const USER: &str = "portal";
/// The local part that no domain has a mailbox for; every other address is accepted.
const UNKNOWN_LOCAL_PART: &str = "no-existe";
const STARTING: Duration = Duration::from_secs(20);
const PORT_CLASHES: usize = 5;

/// A running Exim and the mailbox it delivers into; stopped, and its directory removed, when dropped.
#[derive(Debug)]
pub struct MailServer {
    port: u16,
    password: String,
    certificate: LocalhostCertificate,
    exim: Child,
    directory: TempDir,
}

impl MailServer {
    /// Starts the server and waits until it greets.
    ///
    /// Fails the test if Exim is missing or does not greet within twenty seconds.
    pub async fn start() -> Self {
        if !Path::new(EXIM).exists() {
            fail(
                "Exim is not installed: `cargo xtask test` installs it, or `apt-get install exim4-daemon-light`",
            );
        }
        let directory = TempDir::with_prefix("zaguan-mail-").or_fail("making the mail server's directory");
        let certificate = LocalhostCertificate::new();
        let owner = ServerOwner::of(directory.path());
        for folder in ["spool", "log", "mailbox"] {
            fs::create_dir(directory.path().join(folder)).or_fail("making the mail server's folders");
        }
        write(&directory.path().join("certificate.pem"), &certificate.certificate_pem);
        write(&directory.path().join("key.pem"), &certificate.key_pem);
        // The directory's random name serves as the password: nobody else can know it.
        let password = name_of(directory.path());
        write(&directory.path().join("exim.conf"), &configuration(directory.path(), &password, owner));
        owner.take(directory.path());
        for _ in 0..PORT_CLASHES {
            let port = free_port();
            let mut exim = spawn(directory.path(), port, owner);
            if greets(&mut exim, port, &password).await {
                return Self { port, password, certificate, exim, directory };
            }
            ProcessTree::of(&mut exim).kill();
        }
        fail(format_args!("Exim did not start: {}", log(directory.path())))
    }

    /// The port of 127.0.0.1 it listens on; its certificate is for `localhost`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The login's user.
    pub fn user(&self) -> &'static str {
        USER
    }

    /// The login's password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The certificate a client has to trust, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.certificate.certificate_pem
    }

    /// The file with the certificate a client has to trust, in PEM.
    pub fn ca_path(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    /// An address this server has no mailbox for: it answers 550 to it.
    pub fn unknown_address(&self) -> String {
        format!("{UNKNOWN_LOCAL_PART}@ejemplo.com.ar")
    }

    /// Every letter delivered so far to an address, oldest first.
    pub fn letters_to(&self, address: &str) -> Vec<ReceivedLetter> {
        let delivered = self.directory.path().join("mailbox/new");
        let mut letters: Vec<(PathBuf, ReceivedLetter)> = fs::read_dir(delivered)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let letter = ReceivedLetter::parse(fs::read(&path).ok()?);
                Some((path, letter))
            })
            .filter(|(_, letter)| {
                letter.header("Envelope-to").is_some_and(|to| to.eq_ignore_ascii_case(address))
            })
            .collect();
        letters.sort_by_key(|(path, _)| delivered_at(&name_of(path)));
        letters.into_iter().map(|(_, letter)| letter).collect()
    }

    /// The newest letter to an address, as soon as there is one; fails the test when none came in time.
    pub async fn wait_for_letter(&self, address: &str, limit: Duration) -> ReceivedLetter {
        self.wait_for_letters(address, 1, limit).await.pop().or_fail("the letter that was just counted")
    }

    /// At least `count` letters to an address, oldest first; fails the test when they did not come in time.
    pub async fn wait_for_letters(
        &self,
        address: &str,
        count: usize,
        limit: Duration,
    ) -> Vec<ReceivedLetter> {
        let deadline = Instant::now() + limit;
        loop {
            let letters = self.letters_to(address);
            if letters.len() >= count {
                return letters;
            }
            if Instant::now() >= deadline {
                let log = log(self.directory.path());
                fail(format_args!(
                    "{} of {count} letters to {address} came within {limit:?}; the mail server's log:\n{log}",
                    letters.len()
                ));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        ProcessTree::of(&mut self.exim).kill();
    }
}

/// The second and microsecond of a delivery, with which the names of a Maildir begin: `1795435200.M73421P99.host`.
fn delivered_at(name: &str) -> (u64, u64) {
    let number = |text: &str| text.parse().unwrap_or(0);
    let (second, rest) = name.split_once(".M").unwrap_or((name, ""));
    (number(second), number(rest.split('P').next().unwrap_or("")))
}

fn write(path: &Path, text: &str) {
    fs::File::create(path)
        .and_then(|mut file| {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
            file.write_all(text.as_bytes())
        })
        .or_fail(format_args!("writing {}", path.display()));
}

fn name_of(directory: &Path) -> String {
    directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn spawn(directory: &Path, port: u16, owner: ServerOwner) -> Child {
    let log = fs::File::create(directory.join("log/stderr")).or_fail("making the mail server's log");
    Command::new(EXIM)
        .arg("-C")
        .arg(directory.join("exim.conf"))
        .args(["-bdf", "-oX", &format!("127.0.0.1.{port}")])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .uid(owner.user)
        .gid(owner.group)
        .spawn()
        .or_fail("starting Exim")
}

/// Whether it is our own server that greets at the port: its name in the banner is unique.
async fn greets(exim: &mut Child, port: u16, name: &str) -> bool {
    let deadline = Instant::now() + STARTING;
    while Instant::now() < deadline {
        if exim.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
        if let Ok(mut connection) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
            let mut banner = [0; 256];
            let read = timeout(Duration::from_secs(5), connection.read(&mut banner)).await;
            let length = read.ok().and_then(Result::ok).unwrap_or_default();
            return String::from_utf8_lossy(&banner[..length]).contains(name);
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}

fn log(directory: &Path) -> String {
    ["log/stderr", "log/mainlog", "log/paniclog"]
        .map(|name| fs::read_to_string(directory.join(name)).unwrap_or_default())
        .concat()
}

/// Exim's configuration with its blanks filled in.
fn configuration(directory: &Path, password: &str, owner: ServerOwner) -> String {
    include_str!("exim.conf")
        .replace("@home@", &directory.display().to_string())
        .replace("@user@", &owner.user.to_string())
        .replace("@group@", &owner.group.to_string())
        .replace("@login@", USER)
        .replace("@password@", password)
        .replace("@unknown@", UNKNOWN_LOCAL_PART)
}
