//! Ending a process with everything it started.

use std::fs;
use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};

/// A process and everything it had started when it was looked at.
#[derive(Debug)]
pub(crate) struct ProcessTree<'a> {
    root: &'a mut Child,
    below: Vec<Pid>,
}

impl<'a> ProcessTree<'a> {
    /// Looks at a process. To be done while it lives: what a dead process has left cannot be found any more.
    ///
    /// The processes are not in a group of their own, so that whoever ends a test's group, as the test runner does
    /// when a test hangs, ends them too.
    pub(crate) fn of(root: &'a mut Child) -> Self {
        let below = root.id().try_into().map(descendants).unwrap_or_default();
        Self { root, below }
    }

    /// Sends all of them a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let root = self.root.id().try_into().ok().and_then(Pid::from_raw);
        for process in root.iter().chain(&self.below) {
            let _ = kill_process(*process, signal);
        }
    }

    /// Kills what is left of them, and waits for the first.
    pub(crate) fn kill(self) {
        let _ = self.root.kill();
        let _ = self.root.wait();
        for process in self.below {
            let _ = kill_process(process, Signal::KILL);
        }
    }
}

/// The processes that a process started, those that they started, and so on.
fn descendants(of: i32) -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{of}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<i32> = lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect();
    children
        .into_iter()
        .flat_map(|child| Pid::from_raw(child).into_iter().chain(descendants(child)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn what_a_process_started_ends_with_it() {
        let mut shell = Command::new("sh")
            .args(["-c", "sh -c 'sleep 1000; true'; true"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let id = i32::try_from(shell.id()).unwrap();
        while descendants(id).len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let below = descendants(id);
        ProcessTree::of(&mut shell).kill();
        for process in below {
            let path = PathBuf::from(format!("/proc/{}/stat", process.as_raw_nonzero()));
            while fs::read_to_string(&path).is_ok_and(|stat| !stat.contains(") Z ")) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}
