//! Who the servers run as that a test starts: some refuse to be root.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;

use crate::or_fail::OrFail as _;

/// The user and group that a test's servers run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerOwner {
    /// The user's number.
    pub(crate) user: u32,
    /// The group's number.
    pub(crate) group: u32,
}

impl ServerOwner {
    /// Debian's `nobody`: Exim refuses to deliver as root and PostgreSQL to start, so that a test run as root starts them
    /// as this user.
    pub(crate) const FOR_ROOT: Self = Self { user: 65534, group: 65534 };

    /// Who made this directory; of root's `nobody`.
    pub(crate) fn of(directory: &Path) -> Self {
        let made_by = fs::metadata(directory).or_fail("reading who owns the server's directory");
        match made_by.uid() {
            0 => Self::FOR_ROOT,
            user => Self { user, group: made_by.gid() },
        }
    }

    /// Gives the directory and the files in it to the server's user, when root made them.
    pub(crate) fn take(self, directory: &Path) {
        let entries = fs::read_dir(directory).or_fail("reading the server's directory");
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        for path in paths.chain([directory.to_owned()]) {
            chown(&path, Some(self.user), Some(self.group)).or_fail("giving the server its directory");
        }
    }
}
