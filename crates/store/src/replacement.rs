//! Putting a restored database in the place of the one that is there, which is moved aside whole.
//!
//! Everything is prepared beside it. When it is whole and durable, a mark says so, and files are moved: first those that
//! are there, the log before all others would be written into the new one, then the new ones. Nobody can open the database
//! while the mark is there, and whoever restores again after a crash ends what was begun.

use crate::book::BookDirectory;
use crate::epoch::{self, Epoch, Voided};
use crate::fault::StoreError;
use crate::presence::{Presence, beside, decided, staging};
use crate::url::StoreSettings;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use zaguan_faults::reach;

/// What belongs to a database: its path with one of these behind. The book is the last.
const PARTS: [&str; 4] = ["", "-wal", "-shm", ".book"];

/// The place of a database, which nobody else has meanwhile. Dropped, it leaves everything as it was.
#[derive(Debug)]
pub struct Replacement {
    target: PathBuf,
    _presence: Presence,
}

/// What was found where a database is to be restored.
#[derive(Debug)]
pub enum Begun {
    /// The place can be prepared.
    Place(Replacement),
    /// An earlier restore was cut short, and is ended now.
    EndedEarlier {
        /// Where that what was there before it is now, if there was anything.
        aside: Option<PathBuf>,
    },
}

impl Replacement {
    /// Takes the place, in which nobody may have the database open.
    pub fn begin(settings: &StoreSettings) -> Result<Begun, StoreError> {
        let target = settings.file().ok_or(StoreError::OnlyForFiles("zaguan restore"))?.to_owned();
        let place = Self { _presence: Presence::alone(&target)?, target };
        let mark = decided(&place.target);
        if mark.exists() {
            let name = fs::read_to_string(&mark).map_err(|error| StoreError::Beside { path: mark, error })?;
            return Ok(Begun::EndedEarlier { aside: place.carry_out(&name)? });
        }
        place.sweep()?;
        let staging = staging(&place.target);
        for path in [&staging, &beside(&place.database(), ".book")] {
            done(path, DirBuilder::new().mode(0o700).create(path))?;
        }
        Ok(Begun::Place(place))
    }

    /// Where the restored database is prepared.
    pub fn database(&self) -> PathBuf {
        staging(&self.target).join(self.target.file_name().unwrap_or(OsStr::new("database")))
    }

    /// Where the file of a generation of the book is prepared.
    pub fn generation(&self, number: u32) -> PathBuf {
        BookDirectory::beside(&self.database()).generation(number)
    }

    /// Brings what is prepared to this program's schema, and makes void whatever was given out before.
    pub fn raise_epoch(&self, epoch: &Epoch<'_>) -> Result<Voided, StoreError> {
        let is_there = self.target.exists();
        epoch::raise(&self.database(), &Epoch { before: is_there.then_some(&self.target), ..*epoch })
    }

    /// Puts what is prepared in place. What was there is moved into a directory beside it, named by `stamp`; answers
    /// which, if there was anything.
    pub fn put_in_place(self, stamp: &str) -> Result<Option<PathBuf>, StoreError> {
        let book = beside(&self.database(), ".book");
        for path in [&self.database(), &book, &staging(&self.target)] {
            sync(path)?;
        }
        let name = format!(".before-{stamp}");
        let aside = beside(&self.target, &name);
        done(&aside, DirBuilder::new().mode(0o700).create(&aside))?;
        let mark = decided(&self.target);
        done(&mark, reach("replace.prepared").map_err(Into::into))?;
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&mark);
        done(
            &mark,
            written.and_then(|mut file| file.write_all(name.as_bytes()).and_then(|()| file.sync_all())),
        )?;
        sync(&staging(&self.target))?;
        self.carry_out(&name)
    }

    /// Moves everything to where it belongs. What a crash left undone is done by doing all of it again.
    fn carry_out(&self, name: &str) -> Result<Option<PathBuf>, StoreError> {
        let aside = beside(&self.target, name);
        for (from, to) in self.moves(&aside) {
            done(&from, reach("replace.move").map_err(Into::into))?;
            done(&from, fs::rename(&from, &to))?;
            sync(self.directory())?;
        }
        // A restore that was cut short after all was moved may have removed it.
        if aside.exists() {
            sync(&aside)?;
        }
        done(&aside, reach("replace.moved").map_err(Into::into))?;
        self.sweep()?;
        // Nothing was there.
        let is_empty = !aside.exists() || fs::remove_dir(&aside).is_ok();
        sync(self.directory())?;
        Ok((!is_empty).then_some(aside))
    }

    /// What is still to be moved, in order. A part that was prepared and is not in place yet tells that what is in its
    /// place is from before.
    fn moves(&self, aside: &Path) -> Vec<(PathBuf, PathBuf)> {
        let database = self.database();
        let aside = aside.join(self.target.file_name().unwrap_or(OsStr::new("database")));
        let is_prepared = |part: &str| beside(&database, if part == ".book" { part } else { "" }).exists();
        let out = PARTS.iter().filter(|part| is_prepared(part) && beside(&self.target, part).exists());
        let out = out.map(|part| (beside(&self.target, part), beside(&aside, part)));
        let prepared = [".book", ""].into_iter().filter(|part| beside(&database, part).exists());
        out.chain(prepared.map(|part| (beside(&database, part), beside(&self.target, part)))).collect()
    }

    fn sweep(&self) -> Result<(), StoreError> {
        let staging = staging(&self.target);
        // The mark goes first: without the rest it would stop everybody for nothing.
        for removed in [fs::remove_file(decided(&self.target)), fs::remove_dir_all(&staging)] {
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Beside { path: staging, error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn directory(&self) -> &Path {
        self.target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !decided(&self.target).exists() {
            // What is left is in nobody's way, and the next restore removes it.
            let _ = self.sweep();
        }
    }
}

fn sync(path: &Path) -> Result<(), StoreError> {
    done(path, File::open(path).and_then(|file| file.sync_all()))
}

fn done<T>(path: &Path, result: io::Result<T>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::Beside { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests;
