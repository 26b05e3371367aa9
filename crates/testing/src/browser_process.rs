//! The `ChromeDriver` process behind a browser session, and the directory both live in.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::or_fail::{OrFail as _, fail};
use crate::process_tree::ProcessTree;

const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";
const STARTING: Duration = Duration::from_secs(30);
const STARTS: u32 = 5;
const ENDING: Duration = Duration::from_secs(10);

/// A `ChromeDriver` on a port of its own; it and its browser end when it is dropped.
#[derive(Debug)]
pub(crate) struct ChromeDriver {
    process: Child,
    port: u16,
    directory: TempDir,
}

impl ChromeDriver {
    /// Starts it and waits until it tells its port. It chooses one in IPv6, and ends when another program has the same one
    /// in IPv4; then it is started again.
    pub(crate) async fn start() -> Self {
        for program in [CHROMEDRIVER, CHROMIUM] {
            if !Path::new(program).exists() {
                fail(format_args!(
                    "{program} is missing: `cargo xtask test` installs it, or `apt-get install chromium chromium-driver`"
                ));
            }
        }
        for _ in 0..STARTS {
            if let Some(driver) = Self::start_once().await {
                return driver;
            }
        }
        fail(format_args!("ChromeDriver found no port {STARTS} times"))
    }

    async fn start_once() -> Option<Self> {
        let directory = TempDir::with_prefix("zaguan-browser-").or_fail("making the browser's directory");
        let log = directory.path().join("chromedriver.log");
        let output = File::create(&log).or_fail("making ChromeDriver's log");
        let process = Command::new(CHROMEDRIVER)
            .arg("--port=0")
            .env("HOME", directory.path())
            .env("TMPDIR", directory.path())
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::null())
            .spawn()
            .or_fail("starting ChromeDriver");
        let mut driver = Self { process, port: 0, directory };
        driver.port = wait_for_port(&log).await?;
        Some(driver)
    }

    /// Where sessions are asked for.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A directory for the browser's profile, empty at first.
    pub(crate) fn profile(&self) -> PathBuf {
        self.directory.path().join("profile")
    }
}

impl Drop for ChromeDriver {
    /// Asks `ChromeDriver` to close its browser and end, and then sees to it that both have.
    fn drop(&mut self) {
        let tree = ProcessTree::of(&mut self.process);
        let _ = ask_to_end(self.port);
        tree.kill();
    }
}

/// Its port is its own to choose, so that two tests never get the same one; it tells it in its first lines, or that it got none.
async fn wait_for_port(log: &Path) -> Option<u16> {
    let deadline = Instant::now() + STARTING;
    loop {
        let told = fs::read_to_string(log).or_fail("reading ChromeDriver's log");
        let port = told
            .lines()
            .find_map(|line| line.split_once("started successfully on port "))
            .and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
        if port.is_some() || told.contains("port not available") {
            return port;
        }
        if Instant::now() >= deadline {
            fail(format_args!("ChromeDriver did not start: {told}"));
        }
        sleep(Duration::from_millis(20)).await;
    }
}

fn ask_to_end(port: u16) -> std::io::Result<()> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    connection.set_read_timeout(Some(ENDING))?;
    connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    connection.read_to_end(&mut Vec::new())?;
    Ok(())
}
