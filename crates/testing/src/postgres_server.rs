//! One PostgreSQL server of Debian's packages, in a directory of its own: made, started, asked and stopped.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::certificate::LocalhostCertificate;
use crate::free_port::free_port;
use crate::or_fail::{OrFail as _, fail};
use crate::server_owner::ServerOwner;

/// Where Debian puts each version's programs.
const VERSIONS: &str = "/usr/lib/postgresql";
const STARTING: Duration = Duration::from_mins(1);
const PORT_CLASHES: usize = 5;

/// The user that a portal is: it may make databases, and is no superuser.
pub(crate) const PORTAL: &str = "portal";
/// A user who is asked for a password; all else that it may is the portal's.
pub(crate) const PORTAL_WITH_PASSWORD: &str = "portal_with_password";
/// Its password.
pub(crate) const PASSWORD: &str = "tres tristes tigres";

/// Who may come in, and how. The superuser only by the socket, which lies in a directory of the server's user.
const WHO_MAY_COME: &str = "\
local all postgres trust
local replication postgres trust
host all portal_with_password 127.0.0.0/8 scram-sha-256
host all portal 127.0.0.0/8 trust
host postgres proxy 127.0.0.0/8 trust
";

/// What every server of the tests has. Language and time zone are those of a machine in Argentina, so that nothing gets by
/// which is right only where text is sorted by its bytes and the clock goes by Greenwich.
const SETTINGS: &str = "
unix_socket_permissions = 0700
timezone = 'America/Argentina/Buenos_Aires'
ssl = on
ssl_cert_file = '../certificate.pem'
ssl_key_file = '../key.pem'
shared_buffers = 64MB
max_connections = 400
max_wal_size = 256MB
min_wal_size = 32MB
log_line_prefix = '%m [%p] %d '
";

/// A server's directory: its data, its socket, its certificate and its log.
#[derive(Clone, Debug)]
pub(crate) struct PostgresServer {
    directory: PathBuf,
    owner: ServerOwner,
}

impl PostgresServer {
    /// The server whose directory this is, or is going to be.
    pub(crate) fn at(directory: &Path, owner: ServerOwner) -> Self {
        Self { directory: directory.to_owned(), owner }
    }

    /// Makes its directory anew, with an empty database cluster and these settings besides the usual ones.
    pub(crate) fn initialize(&self, certificate: &LocalhostCertificate, settings: &str) {
        self.make_directory(certificate);
        let made = self.run(
            Command::new(program("initdb"))
                .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"])
                .args(["--locale-provider=icu", "--icu-locale=es-AR", "--no-sync", "--no-instructions"])
                .arg("-D")
                .arg(self.data()),
        );
        made.or_fail("making a database cluster");
        fs::write(self.data().join("pg_hba.conf"), WHO_MAY_COME).or_fail("writing who may come in");
        self.add_settings(&format!("{SETTINGS}{settings}"));
    }

    /// Makes its directory, without data.
    pub(crate) fn make_directory(&self, certificate: &LocalhostCertificate) {
        let made = fs::DirBuilder::new().mode(0o700).create(&self.directory);
        made.or_fail("making the server's directory");
        write(&self.log_path(), "");
        self.show(certificate);
    }

    /// From its next start or reload on it shows this certificate.
    pub(crate) fn show(&self, certificate: &LocalhostCertificate) {
        write(&self.certificate(), &certificate.certificate_pem);
        write(&self.directory.join("key.pem"), &certificate.key_pem);
        self.owner.take(&self.directory);
    }

    /// From its next start or reload on these settings hold too, and before those that were set earlier.
    pub(crate) fn add_settings(&self, settings: &str) {
        let file = OpenOptions::new().append(true).open(self.data().join("postgresql.conf"));
        file.and_then(|mut file| file.write_all(settings.as_bytes())).or_fail("writing the settings");
    }

    /// Starts it on a free port, in this group of processes; answers when it can be asked.
    pub(crate) fn start(&self, group: Group) -> (Child, u16) {
        for _ in 0..PORT_CLASHES {
            let port = free_port();
            if let Some(process) = self.start_at((Ipv4Addr::LOCALHOST, port).into(), group) {
                return (process, port);
            }
            if !self.log().contains("could not create any TCP/IP sockets") {
                break;
            }
        }
        fail(format_args!("PostgreSQL did not start: {}", self.log()))
    }

    /// Starts it at this address; answers when it can be asked, and nothing when it ended instead.
    pub(crate) fn start_at(&self, address: SocketAddr, group: Group) -> Option<Child> {
        let log = OpenOptions::new().append(true).open(self.log_path()).or_fail("the server's log");
        let errors = log.try_clone().or_fail("the server's log");
        let mut command = Command::new(program("postgres"));
        command.arg("-D").arg(self.data()).args(["-p", &address.port().to_string()]);
        command.args(["-h", &address.ip().to_string()]);
        command.arg("-k").arg(&self.directory).stdout(log).stderr(errors);
        if group == Group::Own {
            command.process_group(0);
        }
        let mut process = self.as_owner(&mut command).spawn().or_fail("starting PostgreSQL");
        let deadline = Instant::now() + STARTING;
        while Instant::now() < deadline {
            if process.try_wait().is_ok_and(|ended| ended.is_some()) {
                return None;
            }
            if self.status().is_some_and(|status| status.process == process.id() && status.is_ready) {
                return Some(process);
            }
            pause(Duration::from_millis(20));
        }
        let _ = process.kill();
        let _ = process.wait();
        fail(format_args!("PostgreSQL did not start within {STARTING:?}: {}", self.log()))
    }

    /// Makes the users that may come in.
    pub(crate) fn make_users(&self) {
        let users = format!(
            "create role {PORTAL} login createdb;
             create role {PORTAL_WITH_PASSWORD} login password '{PASSWORD}' in role {PORTAL};
             create role proxy login"
        );
        self.ask("postgres", &users).or_fail("making the users");
    }

    /// The port of the server that runs here and answers.
    pub(crate) fn running_port(&self) -> Option<u16> {
        let status = self.status().filter(|status| status.is_ready)?;
        self.ask("postgres", "select 1").ok().map(|_| status.port)
    }

    /// The server's own note of its process, its port and whether it can be asked. A killed one leaves it behind.
    fn status(&self) -> Option<Status> {
        let note = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = note.lines().map(str::trim).collect();
        Some(Status {
            process: lines.first()?.parse().ok()?,
            port: lines.get(3)?.parse().ok()?,
            is_ready: lines.get(7) == Some(&"ready"),
        })
    }

    /// What a superuser is answered in a database: a line for a row, `|` between columns; or why there is no answer.
    pub(crate) fn ask(&self, database: &str, sql: &str) -> Result<String, String> {
        let port = self.status().ok_or("the server does not run")?.port.to_string();
        let mut psql = Command::new(program("psql"));
        psql.args([
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "postgres",
            "-p",
            &port,
            "-d",
            database,
            "-c",
            sql,
        ]);
        self.run(psql.arg("-h").arg(&self.directory))
    }

    /// Runs one of PostgreSQL's programs as the server's user; answers what it printed, or what it complained of.
    pub(crate) fn run(&self, command: &mut Command) -> Result<String, String> {
        let output = self.as_owner(command).output().map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }

    /// The command as the server's user gives it, whatever the environment says about PostgreSQL.
    pub(crate) fn as_owner<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("PATH", "/usr/bin:/bin")
            .current_dir("/")
            .stdin(Stdio::null())
            .uid(self.owner.user)
            .gid(self.owner.group)
    }

    /// Where its data is.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// The certificate that a client has to trust, in PEM; it is for `localhost`.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.join("certificate.pem")
    }

    /// The directory with its socket.
    pub(crate) fn socket(&self) -> &Path {
        &self.directory
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.directory.join("log")
    }
}

/// What a server notes of itself.
#[derive(Debug)]
struct Status {
    process: u32,
    port: u16,
    is_ready: bool,
}

/// Which group of processes a server belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// The test's: whoever ends a test that hangs ends the server too.
    OfTheTest,
    /// Its own: it outlives the test.
    Own,
}

/// A program of the newest PostgreSQL that is installed. Those in `/usr/bin` are Debian's, and slower.
pub(crate) fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| Path::new(VERSIONS).join(version.to_string()).join("bin/postgres").exists())
        .max();
    let newest = newest.or_fail(
        "PostgreSQL is not installed: `cargo xtask test` installs it, or `apt-get install postgresql`",
    );
    Path::new(VERSIONS).join(newest.to_string()).join("bin").join(name)
}

/// Waits for another program.
pub(crate) fn pause(time: Duration) {
    #[expect(clippy::disallowed_methods, reason = "a test's thread that only waits for another program")]
    std::thread::sleep(time);
}

fn write(path: &Path, text: &str) {
    let file = File::options().create(true).truncate(true).write(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .or_fail(format_args!("writing {}", path.display()));
}
