//! What the tests of the process share: a directory with a configuration, the binary in it, and a plain HTTP client.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A directory with a configuration in which the binary is run.
pub(crate) struct Place {
    directory: TempDir,
}

/// What a command did.
pub(crate) struct Done {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    /// An empty directory.
    pub(crate) fn empty() -> Self {
        Self { directory: TempDir::new().expect("a directory") }
    }

    /// A directory whose configuration is enough for a portal on free ports, with these lines added. Its mail server
    /// is on a port where nobody listens.
    pub(crate) fn with_configuration(more: &str) -> Self {
        let place = Self::empty();
        place.write(
            "zaguan.toml",
            format!(
                "server.listen = \"127.0.0.1:0\"\nserver.ops_listen = \"127.0.0.1:0\"\n\
                 server.public_url = \"http://127.0.0.1\"\nbrand.name = \"Seguros Ejemplo\"\n\
                 smtp.from = \"avisos@portal.example\"\n{more}\n"
            ),
        );
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, contents).expect("written");
        path
    }

    /// The binary, in this directory, with nothing of ours in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zaguan"));
        command.args(arguments).current_dir(self.directory()).stdin(Stdio::null());
        command.env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        Done::from(self.command(arguments).output().expect("the binary runs"))
    }

    /// Starts the binary, and waits until it has printed this many lines on standard output.
    pub(crate) fn start(&self, arguments: &[&str], lines: usize) -> Running {
        Running::new(&mut self.command(arguments), lines)
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("it ended by itself"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// A binary that runs; killed when dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) out: Arc<Mutex<String>>,
    pub(crate) err: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts a command, and waits until it has printed this many lines.
    pub(crate) fn new(command: &mut Command, lines: usize) -> Self {
        let mut child = command.spawn().expect("the binary starts");
        let (out, err) = (Arc::default(), Arc::default());
        let readers = vec![
            collect(child.stdout.take().expect("piped"), &out),
            collect(child.stderr.take().expect("piped"), &err),
        ];
        let running = Self { child, out, err, readers };
        running.wait_for("its first lines", |running| running.printed().lines().count() >= lines);
        running
    }

    /// Its number among the processes.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it printed so far.
    pub(crate) fn printed(&self) -> String {
        self.out.lock().expect("unpoisoned").clone()
    }

    /// What it logged so far.
    pub(crate) fn logged(&self) -> String {
        self.err.lock().expect("unpoisoned").clone()
    }

    /// The addresses after `http://` on what it printed, in order.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        let printed = self.printed();
        let after = printed.split("http://").skip(1);
        let address = |text: &str| {
            let end =
                text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':')).unwrap_or(text.len());
            text[..end].parse().ok()
        };
        after.filter_map(address).collect()
    }

    /// Waits for something, ten seconds at most.
    pub(crate) fn wait_for(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "no {what}: {} {}",
                self.printed(),
                self.logged()
            );
            pause();
        }
    }

    /// Sends a signal such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end, and gives its status with all that it printed and logged.
    pub(crate) fn end(mut self) -> (ExitStatus, String, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("waiting") {
                break status;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "it did not end: {}", self.logged());
            pause();
        };
        for reader in self.readers.drain(..) {
            reader.join().expect("read to the end");
        }
        (status, self.printed(), self.logged())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A moment for the other process.
#[expect(clippy::disallowed_methods, reason = "a test's own thread may wait")]
pub(crate) fn pause() {
    thread::sleep(Duration::from_millis(10));
}

fn collect(from: impl std::io::Read + Send + 'static, into: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let into = Arc::clone(into);
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let mut text = into.lock().expect("unpoisoned");
            text.push_str(&line.expect("UTF-8"));
            text.push('\n');
        }
    })
}

/// An answer to a request.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The cookies that it gives, as a browser sends them back.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let lines = self.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        lines.filter_map(|cookie| cookie.split(';').next()).map(str::to_owned).collect()
    }
}

/// Sends a request with these headers, and reads the answer to its end.
pub(crate) fn request(to: SocketAddr, line: &str, headers: &[String], body: &str) -> Answer {
    let mut stream = TcpStream::connect(to).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(head(to, line, headers, body.len()).as_bytes()).expect("sent");
    stream.write_all(body.as_bytes()).expect("sent");
    answer(&mut stream)
}

/// The head of a request that closes its connection.
pub(crate) fn head(to: SocketAddr, line: &str, headers: &[String], length: usize) -> String {
    let mut head =
        format!("{line} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head + "\r\n"
}

/// Reads an answer to the end of its connection.
pub(crate) fn answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.replace("\r\n", "\n"), body: body.to_owned() }
}

/// Asks for a page.
pub(crate) fn get(to: SocketAddr, path: &str) -> Answer {
    request(to, &format!("GET {path}"), &[], "")
}

/// Sends a form with these cookies, as a browser does from a page of the same origin.
pub(crate) fn post(to: SocketAddr, path: &str, cookies: &[String], form: &str) -> Answer {
    let headers = [
        "Content-Type: application/x-www-form-urlencoded".to_owned(),
        "Sec-Fetch-Site: same-origin".to_owned(),
        format!("Cookie: {}", cookies.join("; ")),
    ];
    request(to, &format!("POST {path}"), &headers, form)
}

/// A small right book: one policy of 12.345.678.
pub(crate) const BOOK: &str =
    "documento,ramo,poliza,titular,hasta\n12345678,automotores,0001234,ANA PAZ,2099-12-31\n";
