//! The machine: how much memory and disk this process may have.

use std::fs;
use std::path::Path;

/// Where the kernel tells of control groups, version 2.
const GROUPS: &str = "/sys/fs/cgroup";

/// The memory that this process may have, in bytes: that of the machine, or the least that one of its control groups
/// allows (`MemoryMax` of systemd, the limit of a container). Nothing where the system does not tell.
pub fn memory() -> Option<u64> {
    let of_machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| memory_in_all(&text));
    let groups = fs::read_to_string("/proc/self/cgroup").ok();
    let group = groups.as_deref().and_then(own_group).unwrap_or_default();
    of_machine.into_iter().chain(limits(Path::new(GROUPS), group)).min()
}

/// The room on a disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What is free for this process.
    pub free: u64,
    /// The whole disk.
    pub size: u64,
}

/// The directory that a file is in.
pub fn directory_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The room on the disk that this directory is on. Nothing where the system does not tell.
pub fn room(directory: &Path) -> Option<Room> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
    Some(Room { free: bytes(disk.f_bavail), size: bytes(disk.f_blocks) })
}

/// The line `MemTotal` of `/proc/meminfo`, which is in KiB.
fn memory_in_all(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib.saturating_mul(1024))
}

/// The path of the process's group, such as `system.slice/zaguan.service`.
fn own_group(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("0::/"))
}

/// The limits of a group and of those that it is in; a group without a limit says `max`.
fn limits(root: &Path, group: &str) -> Vec<u64> {
    let within = root.join(group);
    let groups = within.ancestors().take_while(|path| path.starts_with(root));
    let limit = |path: &Path| fs::read_to_string(path.join("memory.max")).ok()?.trim().parse().ok();
    groups.filter_map(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::{limits, memory, memory_in_all, own_group};
    use std::fs;

    #[test]
    fn this_machine_has_memory() {
        assert!(memory().is_some_and(|bytes| bytes > 64 * 1024 * 1024));
    }

    #[test]
    fn the_memory_of_the_machine_is_read_in_kib() {
        assert_eq!(memory_in_all("MemTotal:       24576000 kB\nMemFree: 1 kB\n"), Some(24_576_000 * 1024));
        assert_eq!(memory_in_all("MemFree: 1 kB\n"), None);
    }

    #[test]
    fn the_least_limit_of_the_groups_around_counts() {
        let root = tempfile::tempdir().unwrap();
        let group = own_group("1:name=x:/y\n0::/system.slice/zaguan.service\n").unwrap();
        fs::create_dir_all(root.path().join(group)).unwrap();
        assert!(limits(root.path(), group).is_empty());
        fs::write(root.path().join("system.slice/memory.max"), "1073741824\n").unwrap();
        fs::write(root.path().join(group).join("memory.max"), "max\n").unwrap();
        assert_eq!(limits(root.path(), group), [1_073_741_824]);
        fs::write(root.path().join(group).join("memory.max"), "268435456\n").unwrap();
        assert_eq!(limits(root.path(), group), [268_435_456, 1_073_741_824]);
    }
}
