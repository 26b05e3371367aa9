//! The migrations of the schema, and which programs may work with what each of them makes.
//!
//! A database keeps its own word about that, because a program knows nothing of migrations that came after it.

use crate::database::{Ask, Database};
use crate::fault::StoreFault;
use crate::statement::statements;
use crate::value::Value;
use sha2::{Digest, Sha256};

/// One step of the schema. A migration that was released never changes.
pub(crate) struct Migration {
    pub(crate) version: u32,
    name: &'static str,
    pub(crate) text: &'static str,
    /// Whether it only adds to what was there, so that a program of the schema before goes on beside this one, and may be
    /// started: it finds all that it asks for, can write all that it writes, and reads whatever the newer one writes.
    only_expands: bool,
    /// The hash of the shape ([`Shape::hash`]) that a database has after it.
    pub(crate) shape: &'static str,
}

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "the journey",
        text: include_str!("../migrations/0001_the_journey.sql"),
        only_expands: false,
        shape: "816979ae86b836d1d7414abe2dcd0d2a8199eb98839c9c04cc89811147f9a6f9",
    },
    Migration {
        version: GENERATIONS,
        name: "generations",
        text: include_str!("../migrations/0002_generations.sql"),
        only_expands: false,
        shape: "30b90b6a4c89e614a8a0fafe55d4cb3619bb3300a4decf11e802de70e1aef303",
    },
    Migration {
        version: 3,
        name: "security",
        text: include_str!("../migrations/0003_security.sql"),
        only_expands: false,
        shape: "3cdb16d1919b2a1f4ddfb94631d56959036f0de202ba73189aa8f6151e2b4109",
    },
    Migration {
        version: 4,
        name: "growth",
        text: include_str!("../migrations/0004_growth.sql"),
        only_expands: false,
        shape: "b86329f92b756a440e15d0ddd4aac060a8b9c64f92b2bd10a0d37dc572f5b123",
    },
    Migration {
        version: 5,
        name: "epoch",
        text: include_str!("../migrations/0005_epoch.sql"),
        only_expands: false,
        shape: "75f49943d0706ed66959084168d2a986e7e2caaa5cda00673fb79de43f86e6b0",
    },
    Migration {
        version: SIDE_BY_SIDE,
        name: "side by side",
        text: include_str!("../migrations/0006_side_by_side.sql"),
        only_expands: true,
        shape: "2a093efc2a83c5826097868af15241d6b03d58e83d413ce6288d15b5ad007f05",
    },
];

/// The schema that keeps the policy book in generations.
pub(crate) const GENERATIONS: u32 = 2;

/// The first schema that tells which older programs may work with it.
const SIDE_BY_SIDE: u32 = 6;

statements! {
    RECORD = "insert into migration (version, name, hash) values ($1, $2, $3)";
    RECORD_WORKS_WITH = "update migration set works_with = $1 where version = $2";
    WORKS_WITH = "select works_with from migration where version = $1";
    RECORDED = "select version, hash from migration order by version";
}

/// The newest schema that this program knows. A database may have a newer one that this program works with.
pub fn known_schema() -> u32 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

pub(crate) fn pending(from: u32) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(move |migration| migration.version > from)
}

/// Whether this program may work with a database whose migrations it knows, as far as it knows any. Whoever migrated a
/// newer one has written into it how old a program may be.
pub(crate) fn may_work_with(db: &dyn Database, found: u32) -> Result<bool, StoreFault> {
    if found <= known_schema() {
        return Ok(true);
    }
    let works = db.row(WORKS_WITH, &[found.into()], |columns| {
        let oldest: Option<u32> = columns.value()?;
        Ok(oldest.is_some_and(|oldest| oldest <= known_schema()))
    })?;
    Ok(works == Some(true))
}

/// The oldest schema whose programs may work with this one.
fn works_with(version: u32) -> u32 {
    let later = MIGRATIONS.iter().rev().skip_while(|migration| migration.version > version);
    later.take_while(|migration| migration.only_expands).last().map_or(version, |first| first.version - 1)
}

/// Records that a migration was done.
pub(crate) fn record(db: &dyn Database, migration: &Migration) -> Result<(), StoreFault> {
    let hash = Sha256::digest(migration.text);
    let values = [migration.version.into(), migration.name.into(), Value::Bytes(&hash)];
    db.execute(RECORD, &values)?;
    if migration.version >= SIDE_BY_SIDE {
        let values = [works_with(migration.version).into(), migration.version.into()];
        db.execute(RECORD_WORKS_WITH, &values)?;
    }
    Ok(())
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

/// The texts of all migrations, one after the other.
#[cfg(test)]
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    MIGRATIONS.iter().map(|migration| migration.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_one_after_the_other() {
        let versions: Vec<u32> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=known_schema()).collect::<Vec<_>>());
    }

    #[test]
    fn a_program_of_the_schema_before_works_with_what_was_only_added_to() {
        assert_eq!(works_with(SIDE_BY_SIDE), SIDE_BY_SIDE - 1);
        assert_eq!(works_with(SIDE_BY_SIDE - 1), SIDE_BY_SIDE - 1);
        for Migration { version, text, only_expands, .. } in MIGRATIONS {
            let takes_away =
                ["drop ", "rename ", "delete ", "update "].iter().any(|word| text.contains(word));
            assert!(!(*only_expands && takes_away), "{version}");
            assert!((1..=*version).contains(&works_with(*version)));
        }
    }
}
