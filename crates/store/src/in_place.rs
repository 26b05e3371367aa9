//! Whether the files of an open database still are where they were.
//!
//! Who takes an open file away, or puts another one in its place, leaves the process with one that has no name: it goes on
//! writing there, and all of that is gone when it ends.

use crate::fault::StoreFault;
use crate::presence::beside;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The files, as they were when they were first looked at.
pub(crate) struct InPlace {
    files: [Known; 2],
}

struct Known {
    path: PathBuf,
    /// Device and number of the file.
    first: Option<(u64, u64)>,
}

impl InPlace {
    /// The database and its write-ahead log, which its first transaction makes.
    pub(crate) fn of(database: &Path) -> Self {
        let known = |path| Known { path, first: None };
        Self { files: [known(database.to_owned()), known(beside(database, "-wal"))] }
    }

    /// Refuses to go on where one of them is gone or another.
    pub(crate) fn check(&mut self) -> Result<(), StoreFault> {
        for Known { path, first } in &mut self.files {
            let now = fs::metadata(&*path).ok().map(|file| (file.dev(), file.ino()));
            match *first {
                None => *first = now,
                known if known == now => {}
                Some(_) => return Err(StoreFault::Moved { path: path.clone() }),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_went_or_was_replaced_is_told_and_one_that_came_back_is_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let [database, away] = ["zaguan.db", "away.db"].map(|name| directory.path().join(name));
        fs::write(&database, "the database").unwrap();
        let mut files = InPlace::of(&database);
        files.check().unwrap();
        for path in [database.clone(), beside(&database, "-wal")] {
            fs::write(beside(&database, "-wal"), "the log").unwrap();
            files.check().unwrap();
            fs::rename(&path, &away).unwrap();
            assert!(matches!(files.check(), Err(StoreFault::Moved { path: told }) if told == path));
            fs::copy(&away, &path).unwrap();
            assert!(matches!(files.check(), Err(StoreFault::Moved { .. })), "a copy is another file");
            fs::rename(&away, &path).unwrap();
            files.check().unwrap();
        }
    }
}
