//! The programs that measure and are measured, built for release, and those that run beside others until they are dropped.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cargo_metadata::MetadataCommand;
use serde_json::Value;

use super::report;
use crate::command::{command, run as run_aloud, say, words_of};

/// Built programs, and the folder for what they write.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    /// The root of the project.
    pub(super) root: PathBuf,
    /// `target/bench`.
    pub(super) folder: PathBuf,
    /// The portal, built as it is shipped.
    pub(super) zaguan: PathBuf,
    load: PathBuf,
    release: PathBuf,
}

impl Programs {
    /// Builds the portal, alone as it is shipped, and the client that loads it.
    pub(super) fn build(root: &Path) -> anyhow::Result<Self> {
        Self::build_as(root, "release", &[])
    }

    /// Builds them so that one can see from outside what they do: with the names of functions, and with a register that
    /// says who called them.
    pub(super) fn build_with_names(root: &Path) -> anyhow::Result<Self> {
        let flags = [("RUSTFLAGS", "-C force-frame-pointers=yes"), ("CFLAGS", "-fno-omit-frame-pointer")];
        Self::build_as(root, "profiling", &flags)
    }

    /// Builds only the client, for what is measured without a portal.
    pub(super) fn build_load(root: &Path) -> anyhow::Result<Self> {
        Self::build_these(root, &["zaguan-load"], "release", &[])
    }

    fn build_as(root: &Path, profile: &str, flags: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::build_these(root, &["zaguan", "zaguan-load"], profile, flags)
    }

    fn build_these(
        root: &Path,
        packages: &[&str],
        profile: &str,
        flags: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        // Apart, because what one needs of a library would else be built into the other.
        for package in packages {
            let mut build = command(root, &["cargo", "build", "--profile", profile, "--package", package]);
            run_aloud(build.envs(flags.iter().copied()))?;
        }
        let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
        let release = metadata.target_directory.join(profile).into_std_path_buf();
        Ok(Self {
            root: root.to_owned(),
            folder: report::folder(root)?,
            zaguan: release.join("zaguan"),
            load: release.join("zaguan-load"),
            release,
        })
    }

    /// Builds an example of `crates/testing`.
    pub(super) fn example(&self, name: &str) -> anyhow::Result<PathBuf> {
        let build = ["cargo", "build", "--release", "--package", "zaguan-testing", "--example", name];
        run_aloud(&mut command(&self.root, &build))?;
        Ok(self.release.join("examples").join(name))
    }

    /// Measures one thing once, with the client that loads; answers what it found.
    pub(super) fn load(&self, words: &[&str]) -> anyhow::Result<Value> {
        answer_of(Command::new(&self.load).args(words))
    }

    /// The same, before other programs where the system lets us: who asks is no part of what is measured.
    pub(super) fn load_first(&self, words: &[&str]) -> Command {
        let is_let = crate::command::succeeds(&mut command(&self.root, &["nice", "-n", "-10", "true"]));
        let mut first = if is_let {
            let mut nice = command(&self.root, &["nice", "-n", "-10"]);
            nice.arg(&self.load);
            nice
        } else {
            Command::new(&self.load)
        };
        first.args(words);
        first
    }

    /// Starts the floor under an answer that was written down.
    pub(super) fn floor(&self, answer: &Path) -> anyhow::Result<Beside> {
        let address = free_address()?;
        let mut floor = Command::new(&self.load);
        floor.args(["floor", "--listen", &address.to_string(), "--answer"]).arg(answer);
        Beside::start(&mut floor, address)
    }

    /// Starts a mail server that takes every letter.
    pub(super) fn sink(&self) -> anyhow::Result<Beside> {
        let address = free_address()?;
        Beside::start(Command::new(&self.load).args(["sink", "--listen", &address.to_string()]), address)
    }
}

/// Runs a program to its end and reads its last line as JSON.
pub(super) fn answer_of(command: &mut Command) -> anyhow::Result<Value> {
    let output = command.output().with_context(|| format!("could not run `{}`", words_of(command)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", words_of(command), String::from_utf8_lossy(&output.stderr).trim());
    }
    last_line(&String::from_utf8_lossy(&output.stdout))
}

/// The last line as JSON.
pub(super) fn last_line(text: &str) -> anyhow::Result<Value> {
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).with_context(|| format!("this is no result: {line:?}"))
}

/// A number in a result, by a path such as `/pages/p99_ms`.
pub(super) fn number(value: &Value, path: &str) -> anyhow::Result<f64> {
    value.pointer(path).and_then(Value::as_f64).with_context(|| format!("there is no {path} in {value}"))
}

/// A program that runs until it is dropped, and where it listens.
#[derive(Debug)]
pub(super) struct Beside {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Beside {
    /// Starts it and waits until it listens.
    fn start(command: &mut Command, address: SocketAddr) -> anyhow::Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = child.with_context(|| format!("could not run `{}`", words_of(command)))?;
        let mut beside = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = beside.child.try_wait()? {
                bail!("`{}` ended with {status}", words_of(command));
            }
            if begun.elapsed() > Duration::from_secs(30) {
                bail!("`{}` does not listen", words_of(command));
            }
            pause(Duration::from_millis(2));
        }
        Ok(beside)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It holds nothing that has to be written.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address on loopback where nobody listens.
pub(super) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Waits for another program.
pub(super) fn pause(time: Duration) {
    #[expect(clippy::disallowed_methods, reason = "this thread only waits for another program")]
    sleep(time);
}

/// Tells what a round has found.
pub(super) fn tell_round(round: u32, words: &str) {
    say(&format!("round {round}: {words}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_result_is_the_last_line() {
        assert_eq!(last_line("warming up\n{\"a\":{\"b\":2}}\n").unwrap(), json!({ "a": { "b": 2 } }));
        assert!(last_line("").is_err() && last_line("{\"a\":1}\nbroken\n").is_err());
    }

    #[test]
    fn a_number_is_found_by_its_path_or_missed_aloud() {
        let value = json!({ "pages": { "p99_ms": 1.5, "statuses": {} } });
        assert!((number(&value, "/pages/p99_ms").unwrap() - 1.5).abs() < 1e-9);
        let error = number(&value, "/pages/p50_ms").unwrap_err().to_string();
        assert!(error.contains("/pages/p50_ms"), "{error}");
    }

    #[test]
    fn a_program_that_fails_says_why() {
        let error = answer_of(Command::new("sh").args(["-c", "echo full >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
        assert_eq!(answer_of(Command::new("echo").arg("7")).unwrap(), json!(7));
    }
}
