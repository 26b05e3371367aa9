//! The directory of the book, beside the database: a file for each generation, and what a build needs meanwhile.

use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The directory of the book.
#[derive(Clone, Debug)]
pub(crate) struct BookDirectory {
    path: PathBuf,
}

/// The right to build, which one process has at a time and which ends with it, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl BookDirectory {
    /// The directory that belongs to a database: its path with `.book` behind.
    pub(crate) fn beside(database: &Path) -> Self {
        let mut path = OsString::from(database);
        path.push(".book");
        Self { path: path.into() }
    }

    /// Opens a generation to read.
    pub(crate) fn open(&self, number: u32) -> Result<Sqlite, StoreFault> {
        let path = self.generation(number);
        if path.exists() {
            Sqlite::open_immutable(&path)
        } else {
            Err(StoreFault::GenerationMissing { number, path })
        }
    }

    /// The file of a generation.
    pub(crate) fn generation(&self, number: u32) -> PathBuf {
        self.path.join(format!("{number}.sqlite"))
    }

    /// Where a build keeps what it needs until it is done.
    pub(crate) fn building(&self) -> PathBuf {
        self.path.join("building")
    }

    /// Takes the right to build, making the directory if it is not there.
    pub(crate) fn lock(&self) -> Result<Lock, StoreFault> {
        make(&self.path)?;
        let path = self.path.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = file.map_err(|error| fault(&path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreFault::AnotherImport),
            Err(TryLockError::Error(error)) => Err(fault(&path, error)),
        }
    }

    /// Makes the place where a build keeps what it needs.
    pub(crate) fn make_building(&self) -> Result<PathBuf, StoreFault> {
        let path = self.building();
        make(&path)?;
        Ok(path)
    }

    /// Makes the file of a generation, for its owner only.
    pub(crate) fn make_generation(&self, number: u32) -> Result<PathBuf, StoreFault> {
        let path = self.generation(number);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        made.map_err(|error| fault(&path, error))?;
        Ok(path)
    }

    /// Makes the file of a generation durable, and that it is there.
    pub(crate) fn make_durable(&self, number: u32) -> Result<(), StoreFault> {
        for path in [&self.generation(number), &self.path] {
            File::open(path).and_then(|file| file.sync_all()).map_err(|error| fault(path, error))?;
        }
        // The directory itself may be new.
        let beside = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let beside = beside.unwrap_or(Path::new("."));
        File::open(beside).and_then(|file| file.sync_all()).map_err(|error| fault(beside, error))
    }

    /// Removes the file of a generation, if it is there.
    pub(crate) fn remove_generation(&self, number: u32) -> Result<(), StoreFault> {
        let path = self.generation(number);
        gone(fs::remove_file(&path)).map_err(|error| fault(&path, error))
    }

    /// Removes what a build needed.
    pub(crate) fn remove_building(&self) -> Result<(), StoreFault> {
        let path = self.building();
        gone(fs::remove_dir_all(&path)).map_err(|error| fault(&path, error))
    }

    /// Removes what builds that did not end left behind. Only who has the lock may do it.
    pub(crate) fn sweep(&self, known: &[u32]) -> Result<(), StoreFault> {
        self.remove_building()?;
        let entries = fs::read_dir(&self.path).map_err(|error| fault(&self.path, error))?;
        for entry in entries {
            let name = entry.map_err(|error| fault(&self.path, error))?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".sqlite"));
            if let Some(number) = number.and_then(|number| number.parse().ok())
                && !known.contains(&number)
            {
                self.remove_generation(number)?;
            }
        }
        Ok(())
    }
}

fn make(path: &Path) -> Result<(), StoreFault> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| fault(path, error))
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// What a file's error means.
pub(crate) fn fault(path: &Path, error: io::Error) -> StoreFault {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        StoreFault::DiskFull
    } else {
        StoreFault::BookFile { path: path.to_owned(), error: error.into() }
    }
}
