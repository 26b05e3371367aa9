//! The schema on a PostgreSQL server: made and brought up to date by the same migrations, and recognised before anything is
//! done with a database.

use super::{Postgres, PostgresServer};
use crate::database::Ask;
use crate::dialect::for_postgres;
use crate::fault::{StoreError, StoreFault};
use crate::migration::{
    GENERATIONS, Migration, known_schema, may_work_with, pending, record, unknown_migration,
};
use crate::schema::Migrated;
use crate::value::only_flag;
use std::sync::Arc;

/// Tables of the first schema that became generations of the book.
const TAKEN_OVER: &str = "drop table policy; drop table book_line; drop table book";

const HAS_TABLES: &str =
    "select count(*), count(*) filter (where tablename = 'migration') from pg_catalog.pg_tables
    where schemaname = current_schema()";

const HAS_ROWS: &str = "select exists (select 1 from audit) or exists (select 1 from account) or exists (select 1 from generation)
    or exists (select 1 from letter)";

/// A restarted primary that is not one any more, or a standby, takes no writes.
const IS_STANDBY: &str = "select pg_is_in_recovery()";

/// Brings the schema up to date, all or nothing.
pub(crate) fn migrate(server: &Arc<PostgresServer>) -> Result<Migrated, StoreError> {
    let db = connect(server)?;
    let migrated = migrate_with(&db, server)?;
    require_current(&db, server)?;
    Ok(migrated)
}

/// Brings the schema up to date, for what would lose or overlook what a newer one adds.
pub(crate) fn migrate_own(server: &Arc<PostgresServer>, wanted: &'static str) -> Result<(), StoreError> {
    require_own(&migrate(server)?, server, wanted)
}

fn require_own(migrated: &Migrated, server: &PostgresServer, wanted: &'static str) -> Result<(), StoreError> {
    if migrated.is_ahead() {
        let path = server.to_string().into();
        return Err(StoreError::NotByOlder { wanted, path, found: migrated.to });
    }
    Ok(())
}

/// Makes the tables for who fills them from elsewhere, and a mark that keeps portals from them meanwhile.
pub(crate) fn migrate_to_fill(server: &Arc<PostgresServer>) -> Result<(), StoreError> {
    let db = connect(server)?;
    let explained = |fault| explain(fault, server);
    require_own(&migrate_with(&db, server)?, server, "zaguan migrate --to")?;
    if is_half_moved(&db).map_err(explained)? {
        return Ok(());
    }
    let rows = db.row(HAS_ROWS, &[], only_flag).map_err(explained)?;
    if rows == Some(true) {
        return Err(StoreError::NotEmpty(server.to_string()));
    }
    db.run("create table moving ()").map_err(explained)
}

/// Takes the mark away.
pub(crate) fn filled(db: &Postgres) -> Result<(), StoreFault> {
    db.run("drop table moving")
}

fn is_half_moved(db: &Postgres) -> Result<bool, StoreFault> {
    let mark = "select to_regclass('moving') is not null";
    Ok(db.row(mark, &[], only_flag)? == Some(true))
}

fn migrate_with(db: &Postgres, server: &Arc<PostgresServer>) -> Result<Migrated, StoreError> {
    let explained = |fault| explain(fault, server);
    // Another node may be doing the same, so the version that counts is the one found when it is our turn.
    let migrated = db.all_or_nothing(|| {
        let from = match version(db)? {
            Found::Ours(version) => version,
            Found::Nothing => 0,
            Found::Other => return Ok(None),
        };
        if from > known_schema() || (from > 0 && unknown_migration(db, from)?.is_some()) {
            return Ok(Some(Migrated { from, to: from }));
        }
        for migration in pending(from) {
            apply(db, migration)?;
        }
        Ok::<_, StoreFault>(Some(Migrated { from, to: known_schema() }))
    });
    match migrated.map_err(explained)? {
        None => Err(StoreError::OtherOnServer(server.to_string())),
        Some(migrated) => Ok(migrated),
    }
}

fn apply(db: &Postgres, migration: &Migration) -> Result<(), StoreFault> {
    db.run_patiently(&for_postgres(migration.text))?;
    if migration.version == GENERATIONS {
        db.run(TAKEN_OVER)?;
    }
    record(db, migration)
}

/// Refuses a server whose database is not one of ours, of this schema or of a newer one that this program works with.
pub(crate) fn open(server: &Arc<PostgresServer>) -> Result<(), StoreError> {
    let db = connect(server)?;
    require_current(&db, server)
}

fn connect(server: &Arc<PostgresServer>) -> Result<Postgres, StoreError> {
    let db = Postgres::new(Arc::clone(server));
    let is_standby = db.row(IS_STANDBY, &[], only_flag);
    match is_standby.map_err(|fault| explain(fault, server))? {
        Some(true) => Err(StoreError::Standby(server.to_string())),
        _ => Ok(db),
    }
}

fn require_current(db: &Postgres, server: &PostgresServer) -> Result<(), StoreError> {
    let explained = |fault| explain(fault, server);
    if is_half_moved(db).map_err(explained)? {
        return Err(StoreError::HalfMoved(server.to_string()));
    }
    let named = || server.to_string();
    let found = match version(db).map_err(explained)? {
        Found::Nothing => return Err(StoreError::NotMadeOnServer(named())),
        Found::Other => return Err(StoreError::OtherOnServer(named())),
        Found::Ours(found) => found,
    };
    let known = known_schema();
    if let Some(version) = unknown_migration(db, found).map_err(explained)? {
        return Err(StoreError::OtherMigration { path: named().into(), version });
    }
    if !may_work_with(db, found).map_err(explained)? {
        return Err(StoreError::NewerSchema { path: named().into(), found, known });
    }
    if found < known {
        return Err(StoreError::OlderSchema { path: named().into(), found, known });
    }
    Ok(())
}

/// What is in a database.
enum Found {
    Nothing,
    Other,
    Ours(u32),
}

fn version(db: &Postgres) -> Result<Found, StoreFault> {
    let tables = db.row(HAS_TABLES, &[], |columns| Ok((columns.value::<i64>()?, columns.value::<i64>()?)))?;
    match tables {
        Some((_, 1)) => {
            let version = db.row("select coalesce(max(version), 0) from migration", &[], |columns| {
                columns.parsed(|version: i64| u32::try_from(version).ok())
            })?;
            Ok(version.map_or(Found::Other, Found::Ours))
        }
        Some((0, _)) | None => Ok(Found::Nothing),
        Some(_) => Ok(Found::Other),
    }
}

pub(crate) fn explain(fault: StoreFault, server: &PostgresServer) -> StoreError {
    let server = server.to_string();
    if let StoreFault::Unreachable(why) = fault {
        StoreError::CannotReach { server, why }
    } else if let StoreFault::Server { code, message } = fault {
        StoreError::ServerRefuses { server, why: format!("{message}, {code}") }
    } else {
        StoreError::Fault(fault)
    }
}
