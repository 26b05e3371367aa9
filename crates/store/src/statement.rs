//! Statements: SQL texts that both SQLite and PostgreSQL understand, each beside the question that it answers.
//!
//! Values are `$1`, `$2` and so on in order of first appearance, because SQLite counts them so whatever their numbers.

/// Declares statements, and the list of them by which a test prepares each.
macro_rules! statements {
    ($($name:ident = $text:expr;)*) => {
        $(const $name: &str = $text;)*

        #[cfg(test)]
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

pub(crate) use statements;

#[cfg(test)]
pub(crate) use tests::all as all_statements;

#[cfg(test)]
mod tests {
    //! Every statement of the crate, prepared.

    use crate::book::{build, table, take_over};
    use crate::{
        accounts, audit, devices, email_changes, epoch, flows, help_desk, keys, letters, limits, migration,
        my_data, policies, proof, schema, sessions, shape, snapshot, stale,
    };
    use rusqlite::Connection;

    type Noun = (&'static str, &'static [(&'static str, &'static str)]);

    /// What the database is asked.
    const OF_DATABASE: &[Noun] = &[
        ("accounts", accounts::STATEMENTS),
        ("audit", audit::STATEMENTS),
        ("book::table", table::STATEMENTS),
        ("devices", devices::STATEMENTS),
        ("email_changes", email_changes::STATEMENTS),
        ("epoch", epoch::STATEMENTS),
        ("flows", flows::STATEMENTS),
        ("help_desk", help_desk::STATEMENTS),
        ("keys", keys::STATEMENTS),
        ("letters", letters::STATEMENTS),
        ("limits", limits::STATEMENTS),
        ("migration", migration::STATEMENTS),
        ("my_data", my_data::STATEMENTS),
        ("schema", schema::STATEMENTS),
        ("sessions", sessions::STATEMENTS),
        ("shape", shape::STATEMENTS),
        ("snapshot", snapshot::STATEMENTS),
        ("stale", stale::STATEMENTS),
    ];

    /// What a generation of the book is asked.
    const OF_GENERATION: &[Noun] = &[
        ("book::build", build::STATEMENTS),
        ("policies", policies::STATEMENTS),
        ("proof", proof::STATEMENTS),
    ];

    /// What a database of the first schema is asked.
    const OF_FIRST_SCHEMA: &[Noun] = &[("book::take_over", take_over::STATEMENTS)];

    /// The name and the text of each statement.
    pub(crate) fn all() -> impl Iterator<Item = (String, &'static str)> {
        [OF_DATABASE, OF_GENERATION, OF_FIRST_SCHEMA].into_iter().flatten().flat_map(|(noun, statements)| {
            statements.iter().map(move |(name, text)| (format!("{noun}::{name}"), *text))
        })
    }

    /// Each statement, with a database that it is for.
    fn statements() -> impl Iterator<Item = (Connection, String, &'static str)> {
        let schemas = [
            (OF_DATABASE, migration::texts().collect::<Vec<_>>()),
            (OF_GENERATION, vec![build::GENERATION]),
            (OF_FIRST_SCHEMA, migration::texts().take(1).collect()),
        ];
        schemas.into_iter().flat_map(|(nouns, schema)| {
            let texts = nouns.iter().flat_map(|(noun, statements)| {
                statements.iter().map(move |(name, text)| (format!("{noun}::{name}"), *text))
            });
            texts.map(move |(name, text)| {
                let database = Connection::open_in_memory().unwrap();
                database.execute_batch(&schema.concat()).unwrap();
                (database, name, text)
            })
        })
    }

    /// The numbers of the values of a statement, in order of first appearance.
    fn numbers(statement: &str) -> Vec<usize> {
        let mut numbers = Vec::new();
        for part in statement.split('$').skip(1) {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            let number = digits.parse().unwrap();
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }

    /// How SQLite would go about a statement.
    fn plan(database: &Connection, statement: &str) -> Vec<String> {
        let mut plan = database.prepare(&format!("explain query plan {statement}")).unwrap();
        let values = vec![1; plan.parameter_count()];
        plan.query_map(rusqlite::params_from_iter(values), |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn every_statement_can_be_prepared() {
        for (database, name, text) in statements() {
            let prepared = database.prepare(text);
            let count = prepared.unwrap_or_else(|error| panic!("{name}: {error}")).parameter_count();
            assert_eq!(count, numbers(text).len(), "{name}");
        }
    }

    #[test]
    fn values_are_numbered_in_order_of_first_appearance() {
        for (_, name, text) in statements() {
            let numbers = numbers(text);
            assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{name}");
            assert!(!text.contains('?'), "{name}");
        }
    }

    #[test]
    fn no_statement_reads_a_whole_table_or_index() {
        let whole = [
            // The lines of business are two dozen and the generations a few; the rest is asked by who imports a book.
            "policies::LINES",
            "book::table::ALL",
            "book::table::FORGET",
            "book::build::ALL_ROWS",
            "book::take_over::OLD_ROWS",
            "audit::LATEST",
            "letters::ALL",
            "my_data::LATEST",
            // Of the indexes of these there is nothing but what waits.
            "flows::TO_RESOLVE",
            "flows::WAITING",
            "my_data::OPEN",
            "schema::TABLES",
            "migration::RECORDED",
            "shape::OBJECTS",
            "snapshot::TABLE_NAMES",
            "proof::POLICIES",
            // A restore goes over everything, where nobody waits.
            "epoch::KILL_KEYS",
            "epoch::END_SESSIONS",
            "epoch::FORGET_DEVICES",
            "epoch::END_FLOWS",
            "epoch::END_EMAIL_CHANGES",
            "epoch::DROP_LETTERS",
            "epoch::RENEW_NOTICES",
        ];
        for (database, name, text) in statements().filter(|(_, name, _)| !whole.contains(&name.as_str())) {
            let steps = plan(&database, text);
            // The whole of an index is as long as its table.
            let scans = |step: &&String| step.starts_with("SCAN") && *step != "SCAN CONSTANT ROW";
            assert_eq!(steps.iter().find(scans), None, "{name}: {steps:?}");
        }
    }

    #[test]
    fn what_is_asked_again_and_again_is_not_sorted_again_and_again() {
        let asked_often = [
            "policies::OF_DOCUMENT",
            "flows::TO_RESOLVE",
            "letters::CLAIM",
            "letters::NEXT_DUE",
            "letters::OF_FLOW",
        ];
        for (database, name, text) in statements().filter(|(_, name, _)| asked_often.contains(&name.as_str()))
        {
            let steps = plan(&database, text);
            assert_eq!(steps.iter().find(|step| step.contains("TEMP B-TREE")), None, "{name}: {steps:?}");
        }
    }
}
