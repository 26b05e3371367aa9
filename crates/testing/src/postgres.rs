//! A real PostgreSQL for tests: one throw-away server for all of a run's tests, and a database for each.
//!
//! Each test is a process of its own, and making a server for each would cost a second of a core. So the first test that
//! needs it starts it, in a directory below the system's for what is temporary. Each process that uses it holds a shared
//! lock, which goes with the process however it ends. A shell of the server's waits for the lock to be free, waits some
//! seconds more for the next test, stops the server and removes its directory.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::getuid;

use crate::certificate::LocalhostCertificate;
use crate::or_fail::{OrFail as _, fail};
use crate::postgres_server::{Group, PASSWORD, PORTAL, PORTAL_WITH_PASSWORD, PostgresServer, program};
use crate::server_owner::ServerOwner;

static SHARED: OnceLock<PostgresCluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Nothing of it has to outlive a crash, so nothing is put on the disk on purpose.
const THROW_AWAY: &str = "
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
";

/// Stops the server ($1 is `pg_ctl`) and removes it ($2 is its directory) when nobody has held the lock ($3) for long enough
/// that no other test can be about to begin.
const WHEN_NOBODY_USES_IT: &str = "
while sleep 20; do
    flock --exclusive \"$3\" true
    sleep 10
    flock --exclusive --nonblock \"$3\" sh -c '\"$0\" -D \"$1/data\" -m immediate stop; rm -rf \"$1\"' \"$1\" \"$2\" && exit
done &
";

/// The server that the tests of a run share.
#[derive(Debug)]
pub struct PostgresCluster {
    server: PostgresServer,
    port: u16,
    /// Held as long as this process lives.
    _used: File,
}

impl PostgresCluster {
    /// The server; started when it does not run yet.
    ///
    /// Fails the test when PostgreSQL is missing or does not start. It blocks the thread, for a second at most.
    pub fn shared() -> &'static Self {
        SHARED.get_or_init(Self::join)
    }

    /// A new, empty database, of the portal's user.
    pub fn database(&'static self) -> TestDatabase {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        self.as_superuser(&format!("create database {name} owner {PORTAL} template template0"));
        TestDatabase { cluster: self, name }
    }

    /// The certificate that a client has to trust, in PEM; it is for `localhost`.
    pub fn certificate(&self) -> PathBuf {
        self.server.certificate()
    }

    fn join() -> Self {
        let directory = common_directory();
        let owner = ServerOwner::of(&directory);
        let (starts, used) = (open(&directory.join("starts")), open(&directory.join("used")));
        starts.lock().or_fail("waiting for whoever starts PostgreSQL");
        used.lock_shared().or_fail("waiting for whoever stops PostgreSQL");
        owner.take(&directory);
        let server = PostgresServer::at(&directory.join("server"), owner);
        let port = server.running_port().unwrap_or_else(|| start(&server, &directory));
        Self { server, port, _used: used }
    }

    #[track_caller]
    fn as_superuser(&self, sql: &str) -> String {
        self.server.ask("postgres", sql).or_fail(sql)
    }
}

/// A database of its own for a test; dropped with everybody's connections when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    cluster: &'static PostgresCluster,
    name: String,
}

impl TestDatabase {
    /// Where the portal finds it: no TLS and no password.
    pub fn url(&self) -> String {
        format!("postgres://{PORTAL}@127.0.0.1:{}/{}", self.cluster.port, self.name)
    }

    /// Where the portal finds it by TLS, whose certificate it has to check.
    pub fn tls_url(&self) -> String {
        let certificate = self.cluster.certificate();
        let (port, name) = (self.cluster.port, &self.name);
        let trust = format!("sslmode=verify-full&sslrootcert={}", certificate.display());
        format!("postgres://{PORTAL}@localhost:{port}/{name}?{trust}")
    }

    /// Where a user finds it who is asked for a [password](Self::password).
    pub fn url_with_password(&self) -> String {
        format!("postgres://{PORTAL_WITH_PASSWORD}@127.0.0.1:{}/{}", self.cluster.port, self.name)
    }

    /// The password of the user who is asked for one.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// What writes all of it down as text.
    pub fn dump(&self) -> Command {
        let mut command = Command::new(program("pg_dump"));
        command.arg("--inserts").arg(self.url());
        command
    }

    /// What a superuser is answered in it: a line for a row, `|` between columns.
    ///
    /// Fails the test when there is no answer.
    #[track_caller]
    pub fn ask(&self, sql: &str) -> String {
        self.cluster.server.ask(&self.name, sql).or_fail(sql)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A database that is left behind goes with the server.
        let _ = self.cluster.server.ask("postgres", &format!("drop database {} with (force)", self.name));
    }
}

/// A directory that this user's tests share and nobody else can write to.
fn common_directory() -> PathBuf {
    let user = getuid().as_raw();
    let directory = std::env::temp_dir().join(format!("zaguan-postgres-{user}"));
    let _ = DirBuilder::new().mode(0o700).create(&directory);
    let made = fs::symlink_metadata(&directory).or_fail("making the directory of PostgreSQL");
    let is_ours = made.uid() == user || (user == 0 && made.uid() == ServerOwner::FOR_ROOT.user);
    if !made.is_dir() || !is_ours || made.mode() & 0o077 != 0 {
        fail(format_args!("{} is somebody else's: remove it", directory.display()));
    }
    directory
}

fn open(path: &Path) -> File {
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    file.or_fail(format_args!("opening {}", path.display()))
}

/// Starts it anew in its place, whatever is left there of an earlier one, and sees to its end.
fn start(server: &PostgresServer, directory: &Path) -> u16 {
    let place = directory.join("server");
    if place.exists() {
        fs::remove_dir_all(&place).or_fail("removing what is left of an earlier PostgreSQL");
    }
    server.initialize(&LocalhostCertificate::new(), THROW_AWAY);
    let (_runs_on, port) = server.start(Group::Own);
    server.make_users();
    let mut shell = Command::new("sh");
    shell.args(["-c", WHEN_NOBODY_USES_IT, "sh"]).arg(program("pg_ctl")).arg(&place);
    shell.arg(directory.join("used")).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    server.as_owner(&mut shell).status().or_fail("starting who stops PostgreSQL");
    port
}
