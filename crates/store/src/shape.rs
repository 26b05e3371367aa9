//! The shape of a database: its tables and indexes, each as it was made. By it a database is known that calls itself of one
//! schema and has the tables of another, as one has whose migration somebody made by hand, or half.

use crate::database::Ask;
use crate::fault::StoreFault;
use crate::sqlite::Sqlite;
use crate::statement::statements;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

statements! {
    OBJECTS = "select type || ' ' || name, sql from sqlite_schema
        where type in ('table', 'index') and name not like 'sqlite!_%' escape '!'";
}

/// What was made, by kind and name, with the words that made it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape(BTreeMap<String, String>);

impl Shape {
    /// The shape of a database.
    pub(crate) fn of(db: &Sqlite) -> Result<Self, StoreFault> {
        let objects = db.rows(OBJECTS, &[], |columns| Ok((columns.value()?, columns.value::<String>()?)))?;
        let in_few_signs =
            |(name, made): (String, String)| (name, made.replace('"', "").split_whitespace().collect());
        Ok(Self(objects.into_iter().map(in_few_signs).collect()))
    }

    /// By which it is compared: SHA-256, in hexadecimal.
    pub(crate) fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (name, made) in &self.0 {
            for part in [name, made] {
                hasher.update(part);
                hasher.update([0]);
            }
        }
        hasher.finalize().iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// What differs first from how it must be, in words; nothing where nothing does.
    pub(crate) fn difference(&self, right: &Self) -> Option<String> {
        let wrong = right.0.iter().find_map(|(name, made)| match self.0.get(name) {
            None => Some(format!("the {name} is missing")),
            Some(found) if found != made => Some(format!("the {name} is another")),
            Some(_) => None,
        });
        let foreign = || self.0.keys().find(|name| !right.0.contains_key(*name));
        wrong.or_else(|| foreign().map(|name| format!("the {name} is not of that schema")))
    }
}
