//! The reader: a connection to the database, and to the generation of the book that is in use.

use crate::book::{BookDirectory, table};
use crate::database::Database;
use crate::fault::StoreFault;
use crate::postgres::Postgres;
use crate::sqlite::{Access, Sqlite};
use std::cell::RefCell;
use std::path::Path;

/// A way to read, for one at a time.
pub(crate) struct Reader {
    place: Place,
}

enum Place {
    Files { database: Sqlite, directory: BookDirectory, generation: RefCell<Option<(u32, Sqlite)>> },
    Server(Postgres),
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreFault> {
        let database = Sqlite::open(path, Access::Read)?;
        let directory = BookDirectory::beside(path);
        Ok(Self { place: Place::Files { database, directory, generation: RefCell::default() } })
    }

    pub(crate) fn of_postgres(database: Postgres) -> Self {
        Self { place: Place::Server(database) }
    }

    /// The database.
    pub(crate) fn database(&self) -> &dyn Database {
        match &self.place {
            Place::Files { database, .. } => database,
            Place::Server(database) => database,
        }
    }

    /// Lets go of a connection that broke while nobody asked.
    pub(crate) fn freshen(&self) {
        if let Place::Server(database) = &self.place {
            database.freshen();
        }
    }

    /// Asks the generation that is in use now, or that was when the transaction began; nothing if there never was one.
    pub(crate) fn ask_book<T>(
        &self,
        question: impl FnOnce(&dyn Database) -> Result<T, StoreFault>,
    ) -> Result<Option<T>, StoreFault> {
        let Some(number) = table::in_use(self.database())? else {
            return Ok(None);
        };
        match &self.place {
            Place::Files { directory, generation, .. } => {
                let mut generation = generation.borrow_mut();
                if generation.as_ref().is_none_or(|(open, _)| *open != number) {
                    *generation = Some((number, directory.open(number)?.map()?));
                }
                generation.as_ref().map(|(_, book)| question(book)).transpose()
            }
            Place::Server(database) => {
                database.look_in_generation(number)?;
                question(database).map(Some)
            }
        }
    }
}
