//! The server: a real process, kept on the cores that it is given.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A portal's folder, and the binary that runs in it.
pub(crate) struct Server {
    binary: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
}

impl Server {
    /// A portal that sends its letters to this port, in a fresh folder.
    pub(crate) fn prepare(binary: &Path, folder: &Path, mail_port: u16) -> Self {
        fresh(folder);
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("the port");
        let configuration = format!(
            "[server]\nlisten = \"{address}\"\nops_listen = \"127.0.0.1:0\"\npublic_url = \"http://{address}\"\n\
             trusted_proxies = [\"127.0.0.1\"]\n\
             [store]\nurl = \"sqlite:zaguan.db\"\n\
             [smtp]\nurl = \"smtp://127.0.0.1:{mail_port}?tls=none\"\nfrom = \"avisos@zaguan.example\"\n\
             [brand]\nname = \"Seguros Ejemplo\"\n{UNLIMITED}"
        );
        fs::write(folder.join("zaguan.toml"), configuration).expect("a configuration");
        Self { binary: binary.to_owned(), folder: folder.to_owned(), address }
    }

    /// Loads the policy book.
    pub(crate) fn import(&self, book: &str) {
        fs::write(self.folder.join("book.csv"), book).expect("a book");
        let mut import = Command::new(&self.binary);
        import.current_dir(&self.folder).args(["policies", "import", "book.csv"]);
        let output = import.output().expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts it on these cores, as `taskset` names them.
    pub(crate) fn start(&self, cores: &str) -> Running {
        let log = |name| File::create(self.folder.join(name)).expect("a file for the log");
        let mut serve = Command::new("taskset");
        serve.args(["-c", cores]).arg(&self.binary).arg("serve").current_dir(&self.folder);
        let child = serve.stdout(log("out.log")).stderr(log("err.log")).spawn().expect("taskset runs");
        let running = Running { child, address: self.address };
        let begin = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(begin.elapsed() < Duration::from_mins(1), "the portal does not start; see err.log");
            pause();
        }
        running
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

/// A folder without what an earlier run left.
fn fresh(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("the folder of an earlier run goes");
    }
    fs::create_dir_all(folder).expect("a folder");
}

/// Waits a little for somebody else.
pub(crate) fn pause() {
    #[expect(clippy::disallowed_methods, reason = "this thread only waits for another program")]
    sleep(Duration::from_millis(2));
}

/// Nobody asks as much from one place as this measurement does.
const UNLIMITED: &str = "[limits]\ndoor_at_once = 100000\ndoor_per_second = 1000\n\
    sign_in_portal = \"1000000, one more each 1ms\"\n\
    register_policy = \"1000000, one more each 1ms\"\n\
    register_document = \"1000000, one more each 1ms\"\n\
    sign_in_document = \"1000000, one more each 1ms\"\n";
