//! The workplace: where a generation is built, by one process at a time.

use crate::book::ahead::Ahead;
use crate::book::build::{FileShelf, GENERATION, Shelf, rows_of};
use crate::book::directory::{Lock, fault};
use crate::book::{BookDifference, BookDirectory, table};
use crate::database::Database;
use crate::fault::StoreFault;
use crate::postgres::PostgresServer;
use crate::postgres::book::{Books, ServerShelf};
use crate::sqlite::Sqlite;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use zaguan_faults::reach;

/// Where a generation is built. Dropped, it leaves the generation only if that is kept.
pub(crate) struct Workplace {
    place: Place,
    number: u32,
    is_kept: bool,
}

enum Place {
    /// In the directory beside the database.
    Files { directory: BookDirectory, _lock: Lock },
    /// In a schema of its own on the server. What waits to be sorted is here.
    Server { books: Books, building: TempDir },
}

impl Workplace {
    /// Takes the right to build beside a database, and removes what others left behind.
    pub(crate) fn beside(directory: BookDirectory, db: &dyn Database) -> Result<Self, StoreFault> {
        let lock = directory.lock()?;
        directory.sweep(&table::numbers(db)?)?;
        let number = table::next_number(db)?;
        Ok(Self { place: Place::Files { directory, _lock: lock }, number, is_kept: false })
    }

    /// Takes the right to build on a server, and removes what others left behind.
    pub(crate) fn on_server(server: &Arc<PostgresServer>) -> Result<Self, StoreFault> {
        let books = Books::lock(server)?;
        books.sweep(&table::numbers(books.database())?)?;
        let number = table::next_number(books.database())?;
        let scratch = std::env::temp_dir();
        let building = tempfile::Builder::new().prefix("zaguan-book-").tempdir_in(&scratch);
        let building = building.map_err(|error| fault(&scratch, error))?;
        Ok(Self { place: Place::Server { books, building }, number, is_kept: false })
    }

    /// The number of the generation.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The generation stays.
    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
    }

    /// Makes the place where a build keeps what it needs.
    pub(crate) fn make_building(&self) -> Result<PathBuf, StoreFault> {
        match &self.place {
            Place::Files { directory, .. } => directory.make_building(),
            Place::Server { building, .. } => Ok(building.path().to_owned()),
        }
    }

    /// The rows of another generation, in the order of their key.
    pub(crate) fn rows_of(&self, number: u32) -> Result<Ahead<()>, StoreFault> {
        match &self.place {
            Place::Files { directory, .. } => {
                let file = directory.open(number)?;
                rows_of(move |question, take| file.each(question, &[], take), &directory.building())
            }
            Place::Server { books, building } => {
                let book = books.open(number)?;
                rows_of(move |question, take| book.stream(question, take), building.path())
            }
        }
    }

    /// Makes the generation, durable and all or nothing, of what is put on its shelf.
    pub(crate) fn write(
        &self,
        fill: impl FnOnce(&mut dyn Shelf, &Path) -> Result<BookDifference, StoreFault>,
    ) -> Result<BookDifference, StoreFault> {
        match &self.place {
            Place::Files { directory, .. } => {
                let path = directory.make_generation(self.number)?;
                reach("book.made")?;
                let db = Sqlite::open_to_build(&path)?;
                db.run(GENERATION)?;
                let difference =
                    db.all_or_nothing(|| fill(&mut FileShelf::new(&db)?, &directory.building()))?;
                db.close()?;
                reach("book.written")?;
                directory.make_durable(self.number)?;
                Ok(difference)
            }
            Place::Server { books, building } => {
                books.write(self.number, || fill(&mut ServerShelf::new(books)?, building.path()))
            }
        }
    }

    /// Removes what the build needed.
    pub(crate) fn remove_building(&self) -> Result<(), StoreFault> {
        match &self.place {
            Place::Files { directory, .. } => directory.remove_building(),
            // It goes with the workplace.
            Place::Server { .. } => Ok(()),
        }
    }

    fn remove_generation(&self) -> Result<(), StoreFault> {
        match &self.place {
            Place::Files { directory, .. } => directory.remove_generation(self.number),
            Place::Server { books, .. } => books.remove(self.number),
        }
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let building = self.remove_building();
        let generation = if self.is_kept { Ok(()) } else { self.remove_generation() };
        if let Err(error) = building.and(generation) {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(
                error,
                "an unfinished policy book could not be removed; the next import will do it"
            );
        }
    }
}

/// Removes what imports that did not end left on a server; while one is under way, nothing.
pub(crate) fn remove_leftovers(server: &Arc<PostgresServer>) -> Result<(), StoreFault> {
    match Books::lock(server) {
        Ok(books) => books.sweep(&table::numbers(books.database())?),
        Err(StoreFault::AnotherImport) => Ok(()),
        Err(fault) => Err(fault),
    }
}
