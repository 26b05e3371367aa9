//! Debian's `HAProxy` before two PostgreSQL servers: it leads to the one that is the primary now.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::or_fail::{OrFail as _, fail};
use crate::postgres_server::pause;
use crate::server_owner::ServerOwner;

const HAPROXY: &str = "/usr/sbin/haproxy";
const STARTING: Duration = Duration::from_secs(20);

/// The first message of a client that is the user `proxy` and wants the database `postgres`: its length, version 3.0 of the
/// protocol, and the names.
const GREETING: &[u8] = b"\0\0\0\x26\0\x03\0\0user\0proxy\0database\0postgres\0\0";

/// What a server of version 14 or later tells each client of itself before anything is asked of it, when it is the primary.
const OF_A_PRIMARY: &[u8] = b"in_hot_standby\0off\0";

/// A running `HAProxy`; ended when dropped.
#[derive(Debug)]
pub(crate) struct Haproxy {
    process: Child,
}

impl Haproxy {
    /// Starts it at this address, before the servers at those.
    pub(crate) fn start(
        directory: &Path,
        owner: ServerOwner,
        address: SocketAddr,
        servers: [SocketAddr; 2],
    ) -> Self {
        if !Path::new(HAPROXY).exists() {
            fail("HAProxy is not installed: `cargo xtask test` installs it, or `apt-get install haproxy`");
        }
        let file = directory.join("haproxy.cfg");
        fs::write(&file, configuration(address, servers)).or_fail("writing HAProxy's configuration");
        let log = File::create(directory.join("haproxy.log")).or_fail("making HAProxy's log");
        let mut haproxy = Command::new(HAPROXY);
        haproxy.arg("-db").arg("-f").arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        owner.take(directory);
        let process = haproxy.uid(owner.user).gid(owner.group).spawn().or_fail("starting HAProxy");
        let mut started = Self { process };
        let deadline = Instant::now() + STARTING;
        while TcpStream::connect(address).is_err() {
            let ended = started.process.try_wait().is_ok_and(|ended| ended.is_some());
            if ended || Instant::now() > deadline {
                let log = fs::read_to_string(directory.join("haproxy.log")).unwrap_or_default();
                fail(format_args!("HAProxy did not start: {log}"));
            }
            pause(Duration::from_millis(20));
        }
        started
    }
}

impl Drop for Haproxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As an operator would write it, but for how often it looks.
fn configuration(address: SocketAddr, servers: [SocketAddr; 2]) -> String {
    let [one, two] = servers;
    let (greeting, of_a_primary) = (hexadecimal(GREETING), hexadecimal(OF_A_PRIMARY));
    format!(
        "global
    nbthread 1
    maxconn 2000
defaults
    mode tcp
    timeout connect 2s
    retries 0
    timeout client 1h
    timeout server 1h
    timeout check 500ms
listen primary
    bind {address}
    option tcp-check
    tcp-check connect
    tcp-check send-binary {greeting}
    tcp-check expect binary {of_a_primary}
    default-server inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions observe layer4 error-limit 1 on-error mark-down
    server one {one} check
    server two {two} check
"
    )
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_tells_its_own_length() {
        assert_eq!(usize::from(GREETING[3]), GREETING.len());
    }
}
