//! A migration that was released never changes: databases out there have already run it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::Fault;

const FOLDER: &str = "crates/store/migrations";
/// A line a released migration, as `sha256sum` writes it; a release adds its own.
const LIST: &str = "frozen.txt";

/// Released migrations that are gone or changed.
pub(super) fn faults(root: &Path) -> anyhow::Result<Vec<Fault>> {
    let folder = root.join(FOLDER);
    let list = folder.join(LIST);
    if !list.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(&list).with_context(|| format!("could not read {}", list.display()))?;
    let path = format!("{FOLDER}/{LIST}");
    let judged = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    Ok(judged
        .filter_map(|(index, line)| {
            judge(&folder, line).err().map(|words| Fault::new(&path, index + 1, words))
        })
        .collect())
}

fn judge(folder: &Path, line: &str) -> Result<(), String> {
    let (frozen, name) = line.split_once("  ").ok_or("is no line of sha256sum")?;
    let bytes = fs::read(folder.join(name)).map_err(|_| format!("{name} was released and is gone"))?;
    let now = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    if now == frozen {
        Ok(())
    } else {
        Err(format!("{name} was released and is changed: put it back, and write a new migration"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH_OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn found(migration: Option<&str>, list: Option<&str>) -> Vec<Fault> {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(FOLDER);
        fs::create_dir_all(&folder).unwrap();
        if let Some(text) = migration {
            fs::write(folder.join("0001_first.sql"), text).unwrap();
        }
        if let Some(text) = list {
            fs::write(folder.join(LIST), text).unwrap();
        }
        faults(root.path()).unwrap()
    }

    #[test]
    fn a_released_migration_stays_as_it_was() {
        let list = format!("{HASH_OF_ABC}  0001_first.sql\n");
        assert_eq!(found(Some("abc"), Some(&list)), []);
        assert!(found(Some("abcd"), Some(&list))[0].words.contains("is changed"));
        assert!(found(None, Some(&list))[0].words.contains("is gone"));
    }

    #[test]
    fn one_that_is_not_released_may_change() {
        assert_eq!(found(Some("abcd"), None), []);
        assert_eq!(found(Some("abcd"), Some("")), []);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_a_fault() {
        assert_eq!(found(Some("abc"), Some("0001_first.sql\n")).len(), 1);
    }
}
