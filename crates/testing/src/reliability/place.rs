//! A directory with a real portal's configuration, and the real binary in it.

use super::book::book_of;
use super::browser::Browser;
use crate::or_fail::{OrFail as _, fail};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A directory, and the binary that runs in it.
#[derive(Debug)]
pub struct Place {
    binary: PathBuf,
    directory: PathBuf,
}

/// A portal that runs; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    // Closed, it would be the portal's trouble.
    _printed: BufReader<ChildStdout>,
    /// Where people are answered.
    pub portal: SocketAddr,
    /// Where operators are answered.
    pub ops: SocketAddr,
    /// How long it took until it was ready.
    pub ready_after: Duration,
}

impl Place {
    /// A fresh portal in this empty directory, for a book of so many people, which sends letters to this port and hashes
    /// passwords so ([`FAST_HASHES`]; nothing for the usual way).
    ///
    /// # Panics
    /// When the directory cannot be written, or the book is not taken.
    pub fn prepare(binary: &Path, directory: &Path, people: u32, mail_port: u16, hashing: &str) -> Self {
        fs::create_dir_all(directory).or_fail("making the directory");
        let place = Self { binary: binary.to_owned(), directory: directory.to_owned() };
        let configuration = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nops_listen = \"127.0.0.1:0\"\npublic_url = \"http://127.0.0.1\"\n\
             trusted_proxies = [\"127.0.0.1\"]\n\
             [smtp]\nurl = \"smtp://127.0.0.1:{mail_port}?tls=none\"\nfrom = \"avisos@zaguan.example\"\n\
             [brand]\nname = \"Seguros Ejemplo\"\n{hashing}{LIMITS}"
        );
        fs::write(place.path("zaguan.toml"), configuration).or_fail("writing the configuration");
        fs::write(place.path("book.csv"), book_of(people)).or_fail("writing the book");
        place.must(&["policies", "import", "book.csv"]);
        place
    }

    /// Another machine of the same portal, in this empty directory: it has the same secret, and the same configuration but for
    /// a part that is replaced.
    ///
    /// # Panics
    /// When the directory cannot be written.
    #[must_use]
    pub fn beside(&self, directory: &Path, (was, is): (&str, &str)) -> Self {
        let other = Self { binary: self.binary.clone(), directory: directory.to_owned() };
        fs::create_dir_all(directory).or_fail("making the other directory");
        let configuration = fs::read_to_string(self.path("zaguan.toml")).or_fail("reading the configuration");
        fs::write(other.path("zaguan.toml"), configuration.replace(was, is)).or_fail("the configuration");
        fs::copy(self.path("zaguan.secret"), other.path("zaguan.secret")).or_fail("copying the secret");
        other
    }

    /// A file of the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.path("zaguan.db")
    }

    /// The binary, in this directory, with nothing of ours in its environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).current_dir(&self.directory).env_clear().stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().or_fail("running the binary")
    }

    /// Runs the binary, which must succeed.
    ///
    /// # Panics
    /// When it does not.
    pub fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        if !output.status.success() {
            fail(format_args!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts the portal, and waits until it is ready. What it logs is added to `portal.log`.
    ///
    /// # Panics
    /// When it does not get ready within a minute.
    pub async fn start(&self) -> Running {
        self.start_as(self.command(&["serve"])).await
    }

    /// Starts the portal by this command, which may end as soon as it has said where it listens.
    ///
    /// # Panics
    /// When it does not get ready within a minute.
    pub async fn start_as(&self, mut command: Command) -> Running {
        let begun = Instant::now();
        let log = File::options().create(true).append(true).open(self.path("portal.log"));
        command.stdout(Stdio::piped()).stderr(log.or_fail("opening the log"));
        let mut child = command.spawn().or_fail("starting the portal");
        let mut printed = BufReader::new(child.stdout.take().or_fail("its standard output"));
        let (printed, line) = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            let read: io::Result<usize> = printed.read_line(&mut line);
            read.map(|_| (printed, line))
        })
        .await
        .or_fail("reading what the portal prints")
        .or_fail("reading what the portal prints");
        let addresses = addresses(&line);
        let [portal, ops] = addresses[..] else {
            let _ = child.kill();
            let log = fs::read_to_string(self.path("portal.log")).unwrap_or_default();
            let lines: Vec<&str> = log.lines().rev().take(5).collect();
            fail(format_args!(
                "the portal did not start: {line:?}; the end of its log, backwards: {lines:?}"
            ));
        };
        let mut running = Running { child, _printed: printed, portal, ops, ready_after: Duration::ZERO };
        let mut operator = Browser::at(Ipv4Addr::LOCALHOST);
        while operator.get(ops, "/readyz").await.map_or(0, |answer| answer.status) != 200 {
            if running.has_ended() {
                break;
            }
            if begun.elapsed() > Duration::from_mins(1) {
                fail("the portal is not ready after a minute");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.ready_after = begun.elapsed();
        running
    }
}

impl Running {
    /// Its number among the processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power switch does a process: at once, in the middle of whatever it does.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn kill(mut self) {
        self.end();
    }

    /// The same; nobody listens where it was.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn end(&mut self) {
        let _ = self.child.kill();
        self.child.wait().or_fail("waiting for the portal's end");
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The addresses after `http://` in what the portal prints, that of the portal first; its public one has no port.
fn addresses(line: &str) -> Vec<SocketAddr> {
    let after = line.split("http://").skip(1);
    let address = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':')).unwrap_or(text.len());
        text[..end].parse().ok()
    };
    after.filter_map(address).collect()
}

/// Passwords that cost next to nothing, where it is not shown how they are hashed.
pub const FAST_HASHES: &str = "[hash]\nprofile = \"test\"\nmemory_kib = 32\npasses = 1\nthreads = 2\n";

/// Nobody real asks as much from one machine as a crowd in a test does.
const LIMITS: &str = "[limits]\ndoor_at_once = 100000\ndoor_per_second = 10000\n\
    sign_in_portal = \"1000000, one more each 1ms\"\nsign_in_document = \"1000000, one more each 1ms\"\n\
    sign_in_device = \"1000000, one more each 1ms\"\nsign_in_network = \"1000000, one more each 1ms\"\n\
    register_document = \"1000000, one more each 1ms\"\nregister_policy = \"1000000, one more each 1ms\"\n\
    register_network = \"1000000, one more each 1ms\"\nrecover_network = \"1000000, one more each 1ms\"\n\
    key_network = \"1000000, one more each 1ms\"\nproof = \"1000000, one more each 1ms\"\n\
    letters_per_hour = 100\nletters_per_day = 1000\nletters_by_strangers_per_hour = 90\n\
    letters_by_strangers_per_day = 900\n";
