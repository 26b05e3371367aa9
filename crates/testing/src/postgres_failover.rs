//! Two PostgreSQL servers that copy each other, for tests of what is left when one is gone: a primary, a standby, and a
//! `HAProxy` before them.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::certificate::LocalhostCertificate;
use crate::haproxy::Haproxy;
use crate::or_fail::{OrFail as _, fail};
use crate::postgres_server::{Group, PORTAL, PostgresServer, pause, program};
use crate::process_tree::ProcessTree;
use crate::server_owner::ServerOwner;

/// A server that is rewound needs hints in its log, and what it wrote since the two parted. Nothing is put on the disk on
/// purpose, for what is killed leaves what it wrote to the system; the power stays on.
const COPIED: &str = "
fsync = off
wal_log_hints = on
wal_keep_size = 256MB
wal_retrieve_retry_interval = 200ms
";
const PATIENCE: Duration = Duration::from_mins(1);
const STARTS: u32 = 20;

/// Whether a commit waits until the standby has it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replication {
    /// It does: what was acknowledged is on two disks.
    Synchronous,
    /// It does not: what was acknowledged last may be gone with the primary.
    Asynchronous,
}

/// A primary, its standby and a `HAProxy` that leads to the primary; all ended and removed when dropped.
#[derive(Debug)]
pub struct FailoverCluster {
    nodes: [Node; 2],
    /// Which of the two is the primary, or was when it died.
    primary: usize,
    replication: Replication,
    /// The proxy's.
    address: SocketAddr,
    certificate: LocalhostCertificate,
    _proxy: Haproxy,
    directory: TempDir,
}

/// How many addresses this process has used.
static ADDRESSES: AtomicU16 = AtomicU16::new(0);

/// An address of loopback that no other process takes while a server is away from it: its host has this process's number in
/// it, for all of 127.0.0.0/8 is this machine, and no client is given one of its ports.
fn address_to_come_back_to() -> SocketAddr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    let port = 20_000 + ADDRESSES.fetch_add(1, Ordering::Relaxed);
    (Ipv4Addr::new(127, high + 1, middle, low), port).into()
}

/// One server, at an address that it keeps.
#[derive(Debug)]
struct Node {
    server: PostgresServer,
    address: SocketAddr,
    process: Option<Child>,
}

impl FailoverCluster {
    /// Starts them, and waits until the standby has all that the primary has.
    pub fn start(replication: Replication) -> Self {
        let directory = TempDir::with_prefix("zaguan-failover-").or_fail("making the servers' directory");
        let owner = ServerOwner::of(directory.path());
        let mut nodes = ["one", "two"].map(|name| Node::new(&directory.path().join(name), owner));
        let address = address_to_come_back_to();
        let proxy =
            Haproxy::start(directory.path(), owner, address, nodes.each_ref().map(|node| node.address));
        let certificate =
            LocalhostCertificate::also_for([&nodes[0], &nodes[1]].map(|node| node.address.ip()));
        nodes[0].server.initialize(&certificate, COPIED);
        fs::write(directory.path().join("trusted.pem"), &certificate.certificate_pem)
            .or_fail("writing the certificate to trust");
        nodes[0].start();
        nodes[0].server.make_users();
        nodes[0].ask(&format!("create database portal owner {PORTAL}"));
        nodes[1].server.make_directory(&certificate);
        let mut cluster =
            Self { nodes, primary: 0, replication, address, certificate, _proxy: proxy, directory };
        cluster.copy_primary();
        cluster.follow();
        cluster
    }

    /// Where a portal finds whichever of them is the primary: both are named.
    pub fn url(&self) -> String {
        let [one, two] = self.nodes.each_ref().map(|node| node.address.to_string());
        format!("postgres://{PORTAL}@{one},{two}/portal?target_session_attrs=read-write")
    }

    /// Where a portal finds the primary by the proxy.
    pub fn proxied_url(&self) -> String {
        format!("postgres://{PORTAL}@{}/portal", self.address)
    }

    /// The same by TLS, with a certificate that is checked.
    pub fn tls_url(&self) -> String {
        format!("{}&{}", self.url(), self.trust())
    }

    /// The same by the proxy.
    pub fn proxied_tls_url(&self) -> String {
        format!("{}?{}", self.proxied_url(), self.trust())
    }

    fn trust(&self) -> String {
        let trusted = self.directory.path().join("trusted.pem");
        format!("sslmode=verify-full&sslrootcert={}", trusted.display())
    }

    /// What a superuser is answered by the primary: a line for a row, `|` between columns.
    #[track_caller]
    pub fn ask(&self, sql: &str) -> String {
        self.nodes[self.primary].server.ask("portal", sql).or_fail(sql)
    }

    /// Kills the primary with `SIGKILL`, with everything it has started.
    pub fn kill_primary(&mut self) {
        self.nodes[self.primary].kill();
    }

    /// Makes the standby the primary. Nothing is copied until [`rejoin`](Self::rejoin).
    pub fn promote(&mut self) {
        self.primary = 1 - self.primary;
        let promoted = self.nodes[self.primary].ask("select pg_promote(true, 60)");
        if promoted != "t" {
            fail(format_args!("the standby was not promoted: {}", self.nodes[self.primary].server.log()));
        }
    }

    /// Makes the server that died the standby of the other one: it is taken back to where the two parted, or copied anew.
    pub fn rejoin(&mut self) {
        // Without a checkpoint after the promotion the other one would still be taken for what it was before.
        self.ask("checkpoint");
        if let Err(reason) = self.rewind() {
            let data = self.nodes[1 - self.primary].server.data();
            fs::remove_dir_all(&data)
                .or_fail(format_args!("removing a server that was not rewound ({reason})"));
            self.copy_primary();
        }
        self.follow();
    }

    /// Starts the primary again where it died, as a machine that comes back before anybody was promoted.
    pub fn restart_primary(&mut self) {
        self.nodes[self.primary].start();
        self.wait_for_standby();
    }

    /// Stops the primary in the middle of whatever it does, without ending it.
    pub fn pause_primary(&mut self) {
        self.nodes[self.primary].signal(Signal::STOP);
    }

    /// Lets the primary go on.
    pub fn resume_primary(&mut self) {
        self.nodes[self.primary].signal(Signal::CONT);
    }

    /// Has no connection left for the portal, and ends those that it has.
    pub fn take_nobody(&self) {
        self.ask(&format!("alter role {PORTAL} connection limit 0"));
        self.end_connections();
    }

    /// Has connections again.
    pub fn take_everybody(&self) {
        self.ask(&format!("alter role {PORTAL} connection limit -1"));
    }

    /// Shows a certificate that nobody has a reason to trust, and ends the connections that there are.
    pub fn show_wrong_certificate(&self) {
        self.show(&LocalhostCertificate::also_for(self.nodes.each_ref().map(|node| node.address.ip())));
        self.end_connections();
    }

    /// Shows the right certificate again.
    pub fn show_right_certificate(&self) {
        self.show(&self.certificate);
    }

    fn show(&self, certificate: &LocalhostCertificate) {
        let primary = &self.nodes[self.primary].server;
        primary.show(certificate);
        self.ask("select pg_reload_conf()");
    }

    fn end_connections(&self) {
        let of_portal =
            format!("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{PORTAL}'");
        self.ask(&of_portal);
    }

    /// From now on nothing gets to the standby, as when the network between the two is cut, until they are started again.
    pub fn cut_replication(&self) {
        let sender = self.ask("select pid from pg_stat_replication").parse().ok().and_then(Pid::from_raw);
        kill_process(sender.or_fail("who sends to the standby"), Signal::STOP)
            .or_fail("stopping who sends to the standby");
    }

    /// Copies the whole primary to where the other server was.
    fn copy_primary(&self) {
        let (from, to) = (&self.nodes[self.primary], &self.nodes[1 - self.primary].server);
        let mut copy = Command::new(program("pg_basebackup"));
        copy.args(["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "-d", &from.to_copy()])
            .arg("-D")
            .arg(to.data());
        to.run(&mut copy).or_fail("copying the primary");
    }

    /// Takes the other server back to where it parted from the primary.
    fn rewind(&self) -> Result<String, String> {
        let (from, to) = (&self.nodes[self.primary], &self.nodes[1 - self.primary].server);
        let mut rewind = Command::new(program("pg_rewind"));
        rewind
            .args(["--no-sync", "--write-recovery-conf", "--source-server", &from.to_copy()])
            .arg("-D")
            .arg(to.data());
        to.run(&mut rewind)
    }

    /// Starts the standby, waits until it follows, and makes commits wait for it from then on.
    fn follow(&mut self) {
        self.nodes[1 - self.primary].start();
        if self.replication == Replication::Synchronous {
            self.ask("alter system set synchronous_standby_names = '*'");
            self.ask("select pg_reload_conf()");
        }
        self.wait_for_standby();
    }

    fn wait_for_standby(&self) {
        let wanted = match self.replication {
            Replication::Synchronous => "streaming|sync",
            Replication::Asynchronous => "streaming|async",
        };
        let deadline = Instant::now() + PATIENCE;
        while self.ask("select state, sync_state from pg_stat_replication") != wanted {
            if Instant::now() > deadline {
                let logs = self.nodes.each_ref().map(|node| node.server.log());
                fail(format_args!("the standby does not follow: {}", logs.join("\n")));
            }
            pause(Duration::from_millis(20));
        }
    }
}

impl Node {
    fn new(directory: &Path, owner: ServerOwner) -> Self {
        Self {
            server: PostgresServer::at(directory, owner),
            address: address_to_come_back_to(),
            process: None,
        }
    }

    /// Another program may be at its port for a moment.
    fn start(&mut self) {
        for _ in 0..STARTS {
            self.process = self.server.start_at(self.address, Group::OfTheTest);
            if self.process.is_some() {
                return;
            }
            pause(Duration::from_millis(100));
        }
        fail(format_args!("PostgreSQL did not start: {}", self.server.log()));
    }

    /// How it is reached by whoever copies it.
    fn to_copy(&self) -> String {
        format!(
            "host={} port={} user=postgres dbname=postgres",
            self.server.socket().display(),
            self.address.port()
        )
    }

    #[track_caller]
    fn ask(&self, sql: &str) -> String {
        self.server.ask("postgres", sql).or_fail(sql)
    }

    fn signal(&mut self, signal: Signal) {
        if let Some(process) = &mut self.process {
            ProcessTree::of(process).signal(signal);
        }
    }

    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            ProcessTree::of(&mut process).kill();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}
