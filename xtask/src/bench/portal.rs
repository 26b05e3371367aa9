//! The portal that is measured: the process that is shipped, on a real database, with plain HTTP on loopback.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::programs::{Beside, Programs, free_address, pause};
use super::report::value_of;
use crate::command::{command, run as run_aloud, say, succeeds};

/// What one hash costs: KiB, passes and lanes.
pub(super) type Cost = (u32, u32, u32);

/// OWASP's minimum, which is what the portal does unless told otherwise.
pub(super) const USUAL_COST: Cost = (19_456, 2, 1);

/// Nobody asks as much from one place, or about one person, as a measurement does.
const UNLIMITED: &str = "[limits]\ndoor_at_once = 100000\ndoor_per_second = 1000\n\
    sign_in_portal = \"1000000, one more each 1ms\"\nsign_in_network = \"1000000, one more each 1ms\"\n\
    sign_in_document = \"1000000, one more each 1ms\"\nsign_in_device = \"1000000, one more each 1ms\"\n\
    register_network = \"1000000, one more each 1ms\"\nregister_document = \"1000000, one more each 1ms\"\n";

/// How long it may take to start, whatever else runs.
const PATIENCE: Duration = Duration::from_mins(1);

/// A portal's folder, and all that it needs to run.
#[derive(Debug)]
pub(super) struct Portal {
    binary: PathBuf,
    folder: PathBuf,
    mail: Beside,
}

impl Portal {
    /// A portal in a fresh folder.
    pub(super) fn prepare(programs: &Programs, name: &str) -> anyhow::Result<Self> {
        let folder = programs.folder.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        Self::on(programs, folder)
    }

    /// A portal on a database `zaguan.db` that is there.
    pub(super) fn on(programs: &Programs, folder: PathBuf) -> anyhow::Result<Self> {
        Ok(Self { binary: programs.zaguan.clone(), folder, mail: programs.sink()? })
    }

    /// A portal in which so many people have an account, with a password at this cost, and a session.
    pub(super) fn with_people(programs: &Programs, people: u32, cost: Cost) -> anyhow::Result<Self> {
        let portal = Self::prepare(programs, &format!("people-{}", cost.0))?;
        let (memory, passes, lanes) = cost;
        let folder = portal.folder.display().to_string();
        let begun = Instant::now();
        programs.load(&[
            "seed",
            "--folder",
            &folder,
            "--accounts",
            &people.to_string(),
            "--sessions",
            &people.to_string(),
            "--memory-kib",
            &memory.to_string(),
            "--passes",
            &passes.to_string(),
            "--lanes",
            &lanes.to_string(),
        ])?;
        say(&format!(
            "{people} people with an account and a session, in {:.1} s",
            begun.elapsed().as_secs_f64()
        ));
        Ok(portal)
    }

    /// Loads a policy book.
    pub(super) fn import(&self, book: &Path) -> anyhow::Result<()> {
        // The configuration is only read here; where it listens is written anew at each start.
        fs::write(
            self.folder.join("zaguan.toml"),
            configuration(free_address()?, self.mail.address, USUAL_COST),
        )?;
        let mut import = Command::new(&self.binary);
        import.args(["policies", "import"]).arg(book).current_dir(&self.folder);
        let output = import.output().with_context(|| format!("could not run {}", self.binary.display()))?;
        if !output.status.success() {
            bail!("the book was not loaded: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }

    /// Where its files are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts it, where passwords are hashed at this cost, and waits for its first page.
    pub(super) fn start(&self, cost: Cost) -> anyhow::Result<Running> {
        let address = free_address()?;
        fs::write(self.folder.join("zaguan.toml"), configuration(address, self.mail.address, cost))?;
        let log = File::create(self.folder.join("zaguan.log"))?;
        let mut serve = Command::new(&self.binary);
        serve.arg("serve").current_dir(&self.folder).stdout(log.try_clone()?).stderr(log);
        let begun = Instant::now();
        let child = serve.spawn().with_context(|| format!("could not run {}", self.binary.display()))?;
        let mut running = Running { child, address, first_page: Duration::ZERO };
        while !is_served(address) {
            if let Some(status) = running.child.try_wait()? {
                let log = fs::read_to_string(self.folder.join("zaguan.log")).unwrap_or_default();
                bail!("the portal ended with {status}: {}", log.lines().last().unwrap_or_default());
            }
            if begun.elapsed() > PATIENCE {
                bail!("the portal does not start; see {}", self.folder.join("zaguan.log").display());
            }
            pause(Duration::from_micros(200));
        }
        running.first_page = begun.elapsed();
        Ok(running)
    }
}

/// What an operator would write, but for the limits.
pub(super) fn configuration(address: SocketAddr, mail: SocketAddr, cost: Cost) -> String {
    let hashing = if cost == USUAL_COST { String::new() } else { hashing(cost) };
    format!(
        "[server]\nlisten = \"{address}\"\nops_listen = \"127.0.0.1:0\"\npublic_url = \"http://{address}\"\n\
         trusted_proxies = [\"127.0.0.1\"]\n\
         [store]\nurl = \"sqlite:zaguan.db\"\n\
         [smtp]\nurl = \"smtp://{mail}?tls=none\"\nfrom = \"avisos@zaguan.example\"\n\
         [brand]\nname = \"Seguros Ejemplo\"\n{UNLIMITED}{hashing}"
    )
}

fn hashing((memory, passes, lanes): Cost) -> String {
    format!("[hash]\nmemory_kib = {memory}\npasses = {passes}\nlanes = {lanes}\n")
}

/// Whether the portal answers its page of sign-in.
fn is_served(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET /ingreso HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut begin = [0; 12];
        stream.read_exact(&mut begin)?;
        Ok(&begin == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// A portal that runs until it is dropped.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// From its start to its first page.
    pub(super) first_page: Duration,
}

/// The memory of a process, in MiB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Memory {
    /// All that is resident.
    pub(super) resident: f64,
    /// What is its own. The rest are pages of files, which the system takes back when it needs them.
    pub(super) own: f64,
}

impl Running {
    /// Its address as text.
    pub(super) fn to(&self) -> String {
        self.address.to_string()
    }

    /// Its number among the processes of the machine.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its memory now.
    pub(super) fn memory(&self) -> anyhow::Result<Memory> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
        read_memory(&status).with_context(|| format!("{path} does not tell the memory"))
    }
}

fn read_memory(status: &str) -> Option<Memory> {
    let mib = |name| {
        let value = value_of(status, name)?;
        Some(value.strip_suffix("kB")?.trim().parse::<f64>().ok()? / 1024.0)
    };
    Some(Memory { resident: mib("VmRSS")?, own: mib("RssAnon")? })
}

impl Drop for Running {
    fn drop(&mut self) {
        // As an operator stops it, so that the write-ahead log is copied into the database.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// How large the binary is, as it is built and without its symbols, in MB.
pub(super) fn binary_sizes(programs: &Programs) -> anyhow::Result<(f64, f64)> {
    let stripped = programs.folder.join("zaguan-stripped");
    let mut strip = command(&programs.root, &["strip", "--strip-all", "-o"]);
    strip.arg(&stripped).arg(&programs.zaguan);
    run_aloud(&mut strip)?;
    let size = |path: &Path| -> anyhow::Result<f64> {
        let bytes = fs::metadata(path).with_context(|| format!("could not read {}", path.display()))?.len();
        Ok(f64::from(u32::try_from(bytes)?) / 1e6)
    };
    if !succeeds(Command::new(&stripped).arg("--help")) {
        bail!("{} does not run", stripped.display());
    }
    Ok((size(&programs.zaguan)?, size(&stripped)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_mebibytes() {
        let status =
            "Name:\tzaguan\nVmHWM:\t   40960 kB\nVmRSS:\t   20480 kB\nRssAnon:\t    5120 kB\nThreads:\t6\n";
        assert_eq!(read_memory(status), Some(Memory { resident: 20.0, own: 5.0 }));
        assert_eq!(read_memory("Name:\tzaguan\n"), None);
    }

    #[test]
    fn the_usual_cost_is_not_written_down_and_another_one_is() {
        let [address, mail]: [SocketAddr; 2] =
            ["127.0.0.1:1".parse().unwrap(), "127.0.0.1:2".parse().unwrap()];
        assert!(!configuration(address, mail, USUAL_COST).contains("memory_kib"));
        let other = configuration(address, mail, (47_104, 1, 1));
        assert!(other.contains("memory_kib = 47104\npasses = 1\nlanes = 1\n"), "{other}");
    }
}
