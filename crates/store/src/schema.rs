//! The schema: made and brought up to date by migrations, and recognised before anything is done with a file.

use crate::book;
use crate::database::Ask;
use crate::fault::{StoreError, StoreFault};
use crate::migration::{
    GENERATIONS, MIGRATIONS, Migration, known_schema, may_work_with, pending, record, unknown_migration,
};
use crate::shape::Shape;
use crate::sqlite::{Access, Sqlite, explain};
use crate::statement::statements;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// "ZAGU", in the head of each database of ours.
const APPLICATION: i64 = 0x5a41_4755;

/// SQLite 3.51.3; earlier versions can damage a write-ahead log.
const OLDEST_SQLITE: i32 = 3_051_003;

statements! {
    TABLES = "select count(*) from sqlite_schema";
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The schema that was found; 0 where there was no database.
    pub from: u32,
    /// The schema that is there now.
    pub to: u32,
}

impl Migrated {
    /// Whether the database is newer than this program, which works with it.
    pub fn is_ahead(&self) -> bool {
        self.to > known_schema()
    }
}

/// Opens a database whose schema is the one that this program knows, or a newer one that it works with.
pub(crate) fn open(path: &Path) -> Result<Sqlite, StoreError> {
    let db = open_known(path)?;
    let found = version(&db, path)?;
    if found < known_schema() {
        return Err(StoreError::OlderSchema { path: path.to_owned(), found, known: known_schema() });
    }
    use_write_ahead_log(&db, path)?;
    Ok(db)
}

/// Opens a database whose schema is the one that this program knows, for what would lose or overlook what a newer one adds.
pub(crate) fn open_own(path: &Path, wanted: &'static str) -> Result<Sqlite, StoreError> {
    let db = open(path)?;
    match version(&db, path)? {
        found if found > known_schema() => {
            Err(StoreError::NotByOlder { wanted, path: path.to_owned(), found })
        }
        _ => Ok(db),
    }
}

/// Opens a database of ours, of this schema, an older one, or a newer one that this program works with.
pub(crate) fn open_known(path: &Path) -> Result<Sqlite, StoreError> {
    if !path.exists() {
        return Err(missing(path));
    }
    let db = open_recognised(path)?;
    match version(&db, path)? {
        0 => Err(StoreError::NotMade(path.to_owned())),
        _ => Ok(db),
    }
}

/// Refuses a file whose head is not that of a database of ours, without SQLite, which takes the log away from what it
/// does not recognise.
pub(crate) fn require_head(path: &Path) -> Result<(), StoreError> {
    let mut head = [0; 72];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    let is_ours = head.starts_with(b"SQLite format 3\0")
        && head[68..].iter().fold(0, |number, byte| number << 8 | i64::from(*byte)) == APPLICATION;
    if read.is_ok() && is_ours { Ok(()) } else { Err(StoreError::NotADatabase(path.to_owned())) }
}

/// Opens a copy that nobody uses, of a schema as [`open_known`] takes it, only to read it.
pub(crate) fn open_copy(path: &Path) -> Result<Sqlite, StoreError> {
    let db = Sqlite::open_immutable(path).map_err(|fault| explain(fault, path))?;
    match recognise(&db, path)? {
        0 => Err(StoreError::OtherApplication(path.to_owned())),
        _ => Ok(db),
    }
}

/// Makes the database if it is not there, and brings its schema up to date, all or nothing.
pub(crate) fn migrate(path: &Path) -> Result<Migrated, StoreError> {
    make_file(path)?;
    let db = open_recognised(path)?;
    use_write_ahead_log(&db, path)?;
    // Another process may be doing the same, so the version that counts is the one found when it is our turn.
    db.all_or_nothing(|| {
        let from = stored_version(&db)?;
        for migration in pending(from) {
            apply(&db, migration)?;
            if migration.version == GENERATIONS {
                book::take_over(&db, path)?;
            }
        }
        Ok(Migrated { from, to: known_schema().max(from) })
    })
    .map_err(|fault| explain(fault, path))
}

fn apply(db: &Sqlite, migration: &Migration) -> Result<(), StoreFault> {
    db.run(migration.text)?;
    record(db, migration)?;
    db.set_head("user_version", migration.version.into())?;
    db.set_head("application_id", APPLICATION)
}

/// Only its owner may read the file, and SQLite gives the files beside it the same rights.
fn make_file(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing(path)),
        Err(_) => Err(StoreError::CannotOpen(path.to_owned())),
    }
}

pub(crate) fn missing(path: &Path) -> StoreError {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    match directory {
        Some(directory) if !directory.is_dir() => StoreError::DirectoryMissing(directory.to_owned()),
        _ => StoreError::NotMade(path.to_owned()),
    }
}

/// Opens a file that is ours, or empty, and that we may write.
fn open_recognised(path: &Path) -> Result<Sqlite, StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite(rusqlite::version()));
    }
    let db = Sqlite::open(path, Access::Write).map_err(|fault| explain(fault, path))?;
    recognise(&db, path)?;
    require_writable(&db, path)?;
    Ok(db)
}

/// The version of a schema that this program works with; 0 for an empty file.
fn recognise(db: &Sqlite, path: &Path) -> Result<u32, StoreError> {
    let found = version(db, path)?;
    require_known_migrations(db, found, path)?;
    if !may_work_with(db, found).map_err(|fault| explain(fault, path))? {
        return Err(StoreError::NewerSchema { path: path.to_owned(), found, known: known_schema() });
    }
    require_shape(db, path)?;
    Ok(found)
}

/// Refuses a database that has other tables than its version says. Another process may be changing both, so they are
/// read at one moment. Of a newer one that this program works with it knows no shape.
fn require_shape(db: &Sqlite, path: &Path) -> Result<(), StoreError> {
    let read = db.together(|| Ok((stored_version(db)?, Shape::of(db)?)));
    let (found, shape) = read.map_err(|fault| explain(fault, path))?;
    let Some(migration) = MIGRATIONS.iter().find(|migration| migration.version == found) else {
        return Ok(());
    };
    if shape.hash() == migration.shape {
        return Ok(());
    }
    let right = shape_of(found).map_err(|fault| explain(fault, path))?;
    let difference = shape.difference(&right).unwrap_or_default();
    Err(StoreError::HalfMade { path: path.to_owned(), found, difference })
}

/// The shape that a database of a version has, made anew.
fn shape_of(version: u32) -> Result<Shape, StoreFault> {
    let db = Sqlite::open(Path::new(":memory:"), Access::Write)?;
    for migration in MIGRATIONS.iter().filter(|migration| migration.version <= version) {
        db.run(migration.text)?;
        if migration.version == GENERATIONS {
            book::forget_old(&db)?;
        }
    }
    Shape::of(&db)
}

/// The version of a schema of ours; 0 for an empty file.
fn version(db: &Sqlite, path: &Path) -> Result<u32, StoreError> {
    let explained = |fault| explain(fault, path);
    // Another process may be making the database, so all is read at one moment.
    let head = db.together(|| {
        let is_empty = db.row(TABLES, &[], |columns| Ok(columns.value::<i64>()? == 0))?;
        Ok((db.head("application_id")?, stored_version(db)?, is_empty))
    });
    let (application, version, is_empty) = head.map_err(explained)?;
    match (application, is_empty) {
        (APPLICATION, _) => Ok(version),
        (0, Some(true)) => Ok(0),
        _ => Err(StoreError::OtherApplication(path.to_owned())),
    }
}

pub(crate) fn stored_version(db: &Sqlite) -> Result<u32, StoreFault> {
    let version = db.head("user_version")?;
    u32::try_from(version).map_err(|_| StoreFault::Unreadable { column: "user_version".to_owned() })
}

fn require_known_migrations(db: &Sqlite, found: u32, path: &Path) -> Result<(), StoreError> {
    if found == 0 {
        return Ok(());
    }
    match unknown_migration(db, found).map_err(|fault| explain(fault, path))? {
        None => Ok(()),
        Some(version) => Err(StoreError::OtherMigration { path: path.to_owned(), version }),
    }
}

fn require_writable(db: &Sqlite, path: &Path) -> Result<(), StoreError> {
    let is_read_only = db.is_read_only().map_err(|fault| explain(fault, path))?;
    if is_read_only { Err(StoreError::ReadOnly(path.to_owned())) } else { Ok(()) }
}

fn use_write_ahead_log(db: &Sqlite, path: &Path) -> Result<(), StoreError> {
    let mode = db.use_write_ahead_log().map_err(|fault| explain(fault, path))?;
    if mode == "wal" { Ok(()) } else { Err(StoreError::NoWriteAheadLog { path: path.to_owned(), mode }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("zaguan.db");
        migrate(&path).unwrap();
        (directory, path)
    }

    #[test]
    fn the_shape_after_each_migration_is_the_one_that_is_written_beside_it() {
        let of_each = MIGRATIONS.iter().map(|migration| shape_of(migration.version).unwrap().hash());
        let written: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.shape).collect();
        assert_eq!(of_each.collect::<Vec<_>>(), written);
    }

    #[test]
    fn a_file_that_can_only_be_read_is_refused() {
        let (_directory, path) = made();
        let db = Sqlite::open_to_read_only(&path);
        let refusal = require_writable(&db, &path).unwrap_err();
        assert!(matches!(refusal, StoreError::ReadOnly(_)), "{refusal}");
        assert!(refusal.to_string().contains("give this user the right to write it"));
        require_writable(&open(&path).unwrap(), &path).unwrap();
    }

    #[test]
    fn a_place_without_a_write_ahead_log_is_refused() {
        // A database in memory has none.
        let db = Sqlite::open(Path::new(":memory:"), Access::Write).unwrap();
        let refusal = use_write_ahead_log(&db, Path::new("zaguan.db")).unwrap_err();
        assert!(
            matches!(&refusal, StoreError::NoWriteAheadLog { mode, .. } if mode == "memory"),
            "{refusal}"
        );
    }

    #[test]
    fn connections_wait_for_the_disk_and_keep_references_whole() {
        let (_directory, path) = made();
        for access in [Access::Read, Access::Write] {
            let db = Sqlite::open(&path, access).unwrap();
            assert_eq!(db.head("synchronous").unwrap(), 2);
            assert_eq!(db.head("foreign_keys").unwrap(), 1);
            assert_eq!(db.head("query_only").unwrap(), i64::from(access == Access::Read));
            assert!(db.head("mmap_size").unwrap() > 1 << 30);
            assert!(db.head("busy_timeout").unwrap() > 0);
        }
    }
}
