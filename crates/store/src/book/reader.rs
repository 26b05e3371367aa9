//! The reader: one thread's connection to the database, and to the generation of the book that is in use.

use crate::book::{BookDirectory, table};
use crate::fault::StoreFault;
use crate::sqlite::{Access, Sqlite};
use std::cell::RefCell;
use std::path::Path;

/// One thread's way to read.
pub(crate) struct Reader {
    database: Sqlite,
    directory: BookDirectory,
    generation: RefCell<Option<(u32, Sqlite)>>,
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreFault> {
        let database = Sqlite::open(path, Access::Read)?;
        Ok(Self { database, directory: BookDirectory::beside(path), generation: RefCell::default() })
    }

    /// The database.
    pub(crate) fn database(&self) -> &Sqlite {
        &self.database
    }

    /// Asks the generation that is in use now, or that was when the transaction began; nothing if there never was one.
    pub(crate) fn ask_book<T>(
        &self,
        question: impl FnOnce(&Sqlite) -> Result<T, StoreFault>,
    ) -> Result<Option<T>, StoreFault> {
        let Some(number) = table::in_use(&self.database)? else {
            return Ok(None);
        };
        let mut generation = self.generation.borrow_mut();
        if generation.as_ref().is_none_or(|(open, _)| *open != number) {
            *generation = Some((number, self.directory.open(number)?.map()?));
        }
        generation.as_ref().map(|(_, book)| question(book)).transpose()
    }
}
