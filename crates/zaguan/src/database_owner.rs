//! Root does not work on the database of another user: what root made beside it the portal could not read.

use anyhow::{Result, bail};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Refuses to work for root on a database, or in the directory where it is to be, that another user owns.
pub(crate) fn refuse_root(database: &Path) -> Result<()> {
    let there = fs::metadata(database).ok().or_else(|| fs::metadata(database.parent()?).ok());
    let Some(owner) = there.map(|metadata| metadata.uid()) else { return Ok(()) };
    if rustix::process::geteuid().is_root() && owner != 0 {
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        bail!("{}", refusal(database, &name(owner, &users)));
    }
    Ok(())
}

fn refusal(database: &Path, owner: &str) -> String {
    format!(
        "the database {} belongs to {owner}, and what root made beside it the portal could not read; run: sudo -u \
         '{owner}' zaguan …",
        database.display()
    )
}

/// The name of a user, or the number as `sudo` takes it.
fn name(number: u32, users: &str) -> String {
    let number = number.to_string();
    let named = users.lines().find(|line| line.split(':').nth(2) == Some(&number));
    named.and_then(|line| line.split(':').next()).map_or_else(|| format!("#{number}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{name, refusal};
    use std::path::Path;

    const USERS: &str =
        "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nzaguan:x:101:104::/var/lib/zaguan:/x\n";

    #[test]
    fn a_user_is_named_and_one_without_a_name_is_numbered() {
        assert_eq!(name(101, USERS), "zaguan");
        assert_eq!(name(104, USERS), "#104", "that is a group");
    }

    #[test]
    fn the_refusal_says_what_to_run() {
        let said = refusal(Path::new("/var/lib/zaguan/zaguan.db"), "zaguan");
        assert!(said.ends_with("run: sudo -u 'zaguan' zaguan …"), "{said}");
    }
}
