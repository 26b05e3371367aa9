//! The schema: made and brought up to date by migrations, and recognised before anything is done with a file.

use crate::book;
use crate::database::{Ask, Database};
use crate::fault::{StoreError, StoreFault};
use crate::shape::Shape;
use crate::sqlite::{Access, Sqlite, explain};
use crate::statement::statements;
use crate::value::Value;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// One step of the schema. A migration that was released never changes.
pub(crate) struct Migration {
    pub(crate) version: u32,
    name: &'static str,
    pub(crate) text: &'static str,
    /// The hash of the shape ([`Shape::hash`]) that a database has after it.
    shape: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "the journey",
        text: include_str!("../migrations/0001_the_journey.sql"),
        shape: "816979ae86b836d1d7414abe2dcd0d2a8199eb98839c9c04cc89811147f9a6f9",
    },
    Migration {
        version: GENERATIONS,
        name: "generations",
        text: include_str!("../migrations/0002_generations.sql"),
        shape: "30b90b6a4c89e614a8a0fafe55d4cb3619bb3300a4decf11e802de70e1aef303",
    },
    Migration {
        version: 3,
        name: "security",
        text: include_str!("../migrations/0003_security.sql"),
        shape: "3cdb16d1919b2a1f4ddfb94631d56959036f0de202ba73189aa8f6151e2b4109",
    },
    Migration {
        version: 4,
        name: "growth",
        text: include_str!("../migrations/0004_growth.sql"),
        shape: "b86329f92b756a440e15d0ddd4aac060a8b9c64f92b2bd10a0d37dc572f5b123",
    },
    Migration {
        version: 5,
        name: "epoch",
        text: include_str!("../migrations/0005_epoch.sql"),
        shape: "75f49943d0706ed66959084168d2a986e7e2caaa5cda00673fb79de43f86e6b0",
    },
];

/// The schema that keeps the policy book in generations.
pub(crate) const GENERATIONS: u32 = 2;

/// "ZAGU", in the head of each database of ours.
const APPLICATION: i64 = 0x5a41_4755;

/// SQLite 3.51.3; earlier versions can damage a write-ahead log.
const OLDEST_SQLITE: i32 = 3_051_003;

statements! {
    RECORD = "insert into migration (version, name, hash) values ($1, $2, $3)";
    RECORDED = "select version, hash from migration order by version";
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

/// Opens a database whose schema is the one that this program knows.
pub(crate) fn open(path: &Path) -> Result<Sqlite, StoreError> {
    let db = open_known(path)?;
    let found = version(&db, path)?;
    if found < newest() {
        return Err(StoreError::OlderSchema { path: path.to_owned(), found, known: newest() });
    }
    use_write_ahead_log(&db, path)?;
    Ok(db)
}

/// Opens a database of ours, of this schema or an older one.
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

/// Opens a copy that nobody uses, of this schema or an older one, only to read it.
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
        Ok(Migrated { from, to: newest().max(from) })
    })
    .map_err(|fault| explain(fault, path))
}

pub(crate) fn newest() -> u32 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

pub(crate) fn pending(from: u32) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(move |migration| migration.version > from)
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

/// The version of a schema that this program knows; 0 for an empty file.
fn recognise(db: &Sqlite, path: &Path) -> Result<u32, StoreError> {
    let found = version(db, path)?;
    if found > newest() {
        return Err(StoreError::NewerSchema { path: path.to_owned(), found, known: newest() });
    }
    require_known_migrations(db, found, path)?;
    require_shape(db, path)?;
    Ok(found)
}

/// Refuses a database that has other tables than its version says. Another process may be changing both, so they are
/// read at one moment.
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

/// Records that a migration was done.
pub(crate) fn record(db: &dyn Database, migration: &Migration) -> Result<(), StoreFault> {
    let hash = Sha256::digest(migration.text);
    let values = [migration.version.into(), migration.name.into(), Value::Bytes(&hash)];
    db.execute(RECORD, &values).map(drop)
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

/// The first migration, up to a version, that is not the one that this program knows.
pub(crate) fn unknown_migration(db: &dyn Database, found: u32) -> Result<Option<u32>, StoreFault> {
    let recorded: Vec<(u32, Vec<u8>)> =
        db.rows(RECORDED, &[], |columns| Ok((columns.value()?, columns.value()?)))?;
    let is_recorded = |migration: &Migration| {
        let hash = Sha256::digest(migration.text);
        recorded.iter().any(|(version, recorded)| {
            *version == migration.version && recorded.as_slice() == hash.as_slice()
        })
    };
    let known = MIGRATIONS.iter().filter(|migration| migration.version <= found);
    Ok(known.into_iter().find(|migration| !is_recorded(migration)).map(|migration| migration.version))
}

fn require_writable(db: &Sqlite, path: &Path) -> Result<(), StoreError> {
    let is_read_only = db.is_read_only().map_err(|fault| explain(fault, path))?;
    if is_read_only { Err(StoreError::ReadOnly(path.to_owned())) } else { Ok(()) }
}

fn use_write_ahead_log(db: &Sqlite, path: &Path) -> Result<(), StoreError> {
    let mode = db.use_write_ahead_log().map_err(|fault| explain(fault, path))?;
    if mode == "wal" { Ok(()) } else { Err(StoreError::NoWriteAheadLog { path: path.to_owned(), mode }) }
}

/// The texts of all migrations, one after the other.
#[cfg(test)]
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|migration| migration.text)
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
    fn migrations_are_numbered_one_after_the_other() {
        let versions: Vec<u32> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=newest()).collect::<Vec<_>>());
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
