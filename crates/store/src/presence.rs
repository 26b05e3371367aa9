//! Presence: whoever has the database open shares a lock beside it, so that nobody puts another one in its place meanwhile.

use crate::fault::StoreError;
use crate::schema;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A share in the lock, or all of it. It ends with the process, however that ends.
#[derive(Debug)]
pub(crate) struct Presence {
    _file: File,
}

impl Presence {
    /// For who opens the database. Refused while it is being restored, and after a restore that was cut short.
    pub(crate) fn share(database: &Path) -> Result<Self, StoreError> {
        let (path, file) = lock_file(database)?;
        match file.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::BeingRestored(database.to_owned())),
            Err(TryLockError::Error(error)) => return Err(StoreError::Beside { path, error }),
        }
        if decided(database).exists() {
            return Err(StoreError::RestoreCut(database.to_owned()));
        }
        Ok(Self { _file: file })
    }

    /// For who puts another database in its place. Refused while anybody has it open.
    pub(crate) fn alone(database: &Path) -> Result<Self, StoreError> {
        let (path, file) = lock_file(database)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(database.to_owned())),
            Err(TryLockError::Error(error)) => Err(StoreError::Beside { path, error }),
        }
    }
}

/// Where a restore prepares what it puts in place.
pub(crate) fn staging(database: &Path) -> PathBuf {
    beside(database, ".restoring")
}

/// The mark that what is prepared is whole, and is being put in place. It names the directory for what was there.
pub(crate) fn decided(database: &Path) -> PathBuf {
    staging(database).join("decided")
}

/// The database's path with something behind.
pub(crate) fn beside(database: &Path, behind: &str) -> PathBuf {
    let mut path = OsString::from(database);
    path.push(behind);
    path.into()
}

fn lock_file(database: &Path) -> Result<(PathBuf, File), StoreError> {
    let directory = database.parent().filter(|parent| !parent.as_os_str().is_empty());
    if directory.is_some_and(|directory| !directory.is_dir()) {
        return Err(schema::missing(database));
    }
    let path = beside(database, ".lock");
    // To lock it, it need not be written.
    let file = File::open(&path)
        .or_else(|_| OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path));
    match file {
        Ok(file) => Ok((path, file)),
        Err(error) => Err(StoreError::Beside { path, error }),
    }
}
