//! A disk of some megabytes, in name spaces of its own, which needs no rights: it fills up as real ones do.

use crate::support::{Done, Place, pause};
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// A small disk, seen only by the shell that stands in its root. Outside it, in the place, is room enough.
pub(crate) struct SmallDisk {
    pub(crate) place: Place,
    shell: Child,
    commands: ChildStdin,
    portal: Option<String>,
}

impl SmallDisk {
    /// A disk of so many bytes; nothing on machines that give nobody a name space.
    pub(crate) fn of(bytes: u64) -> Option<Self> {
        let place = Place::empty();
        fs::create_dir(place.path("disk")).expect("made");
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh"]).current_dir(place.directory());
        let started = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut shell = started.ok()?;
        let commands = shell.stdin.take().expect("piped");
        let mut disk = Self { place, shell, commands, portal: None };
        let mount = format!("mount -t tmpfs -o size={bytes} tmpfs disk && cd disk");
        disk.obey(&mount).is_some_and(|status| status == 0).then_some(disk)
    }

    /// Runs a command of the shell in the disk's root, and gives its status; nothing if there is no shell any more.
    fn obey(&mut self, command: &str) -> Option<i32> {
        let status = self.place.path("status");
        let path = status.display();
        writeln!(self.commands, "{command}\necho $? > {path}.new; mv {path}.new {path}").ok()?;
        self.commands.flush().ok()?;
        let started = Instant::now();
        while !status.exists() {
            if self.shell.try_wait().expect("waiting").is_some() {
                return None;
            }
            assert!(started.elapsed() < Duration::from_mins(1), "no end of {command}");
            pause();
        }
        let said = fs::read_to_string(&status).expect("said");
        fs::remove_file(&status).expect("removed");
        said.trim().parse().ok()
    }

    /// Runs a command of the shell, which must go well, and gives what it prints.
    pub(crate) fn shell(&mut self, command: &str) -> String {
        let status = self.obey(&format!("( {command} ) > ../out 2> ../err"));
        let read = |name| fs::read_to_string(self.place.path(name)).expect("written");
        assert_eq!(status, Some(0), "{command}: {}", read("err"));
        read("out")
    }

    /// Runs the binary on the disk.
    pub(crate) fn run(&mut self, arguments: &str) -> Done {
        let binary = env!("CARGO_BIN_EXE_zaguan");
        let status = self.obey(&format!("env -i {binary} {arguments} > ../out 2> ../err"));
        let read = |name| fs::read_to_string(self.place.path(name)).expect("UTF-8");
        Done { status: status.expect("it ended by itself"), out: read("out"), err: read("err") }
    }

    /// Starts a portal on the disk, which ends with it; gives its address.
    pub(crate) fn serve(&mut self, arguments: &str) -> SocketAddr {
        let binary = env!("CARGO_BIN_EXE_zaguan");
        // The shell waits for no pipe of the portal's.
        let serve =
            format!("env -i {binary} serve {arguments} > ../served 2> ../served.err & echo $! > ../portal");
        assert_eq!(self.obey(&serve), Some(0));
        let begun = Instant::now();
        loop {
            let printed = fs::read_to_string(self.place.path("served")).unwrap_or_default();
            if let Some(line) = printed.lines().next() {
                let address = line.split("://").nth(1).and_then(|rest| rest.split(',').next());
                self.portal = fs::read_to_string(self.place.path("portal")).ok();
                return address.and_then(|text| text.parse().ok()).expect("an address");
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the portal does not start");
            pause();
        }
    }

    /// What is on the disk: every file with its length.
    pub(crate) fn files(&mut self) -> String {
        self.shell("find . -type f -printf '%p %s\\n' | sort")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Some(portal) = &self.portal {
            let _ = Command::new("kill").args(["-KILL", portal.trim()]).status();
        }
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
