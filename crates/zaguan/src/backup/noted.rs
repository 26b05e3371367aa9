//! When the newest backup was made: a line in a file beside the database, which the running portal and the doctor read.
//!
//! It is a file and no row, so that a backup writes nothing into the database, and a restore does not take the note back.

use crate::machine::directory_of;
use jiff::Timestamp;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The note's file.
fn file(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(".backed-up");
    PathBuf::from(name)
}

/// Notes that what a database held at this moment is in a backup that was proven. It is never half written.
pub(super) fn note(database: &Path, made_at: Timestamp) -> io::Result<()> {
    let mut file_beside = NamedTempFile::new_in(directory_of(database))?;
    writeln!(file_beside, "{made_at}")?;
    file_beside.as_file().sync_all()?;
    file_beside.persist(file(database))?;
    Ok(())
}

/// When the newest backup of a database was made on this machine, if one was.
pub(crate) fn newest(database: &Path) -> Option<Timestamp> {
    fs::read_to_string(file(database)).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{file, newest, note};
    use jiff::Timestamp;

    #[test]
    fn the_note_tells_of_the_newest_backup_and_nothing_where_there_is_none_to_read() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("zaguan.db");
        assert_eq!(newest(&database), None);
        for second in [1_790_000_000, 1_790_086_400] {
            let made_at = Timestamp::from_second(second).unwrap();
            note(&database, made_at).unwrap();
            assert_eq!(newest(&database), Some(made_at));
        }
        std::fs::write(file(&database), "nonsense").unwrap();
        assert_eq!(newest(&database), None);
    }
}
