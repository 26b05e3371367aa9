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
mod tests {
    //! Every statement of the crate, prepared.

    use crate::{accounts, flows, keys, letters, policies, schema, sessions};
    use rusqlite::Connection;

    const NOUNS: &[(&str, &[(&str, &str)])] = &[
        ("accounts", accounts::STATEMENTS),
        ("flows", flows::STATEMENTS),
        ("keys", keys::STATEMENTS),
        ("letters", letters::STATEMENTS),
        ("policies", policies::STATEMENTS),
        ("schema", schema::STATEMENTS),
        ("sessions", sessions::STATEMENTS),
    ];

    fn statements() -> impl Iterator<Item = (String, &'static str)> {
        NOUNS.iter().flat_map(|(noun, statements)| {
            statements.iter().map(move |(name, text)| (format!("{noun}::{name}"), *text))
        })
    }

    fn database() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../migrations/0001_the_journey.sql")).unwrap();
        connection.execute_batch(policies::STAGE).unwrap();
        connection
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
        let database = database();
        for (name, text) in statements() {
            let prepared = database.prepare(text);
            let count = prepared.unwrap_or_else(|error| panic!("{name}: {error}")).parameter_count();
            assert_eq!(count, numbers(text).len(), "{name}");
        }
    }

    #[test]
    fn values_are_numbered_in_order_of_first_appearance() {
        for (name, text) in statements() {
            let numbers = numbers(text);
            assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{name}");
            assert!(!text.contains('?'), "{name}");
        }
    }

    #[test]
    fn no_question_of_a_request_reads_a_whole_table() {
        let whole = [
            // The lines of business are two dozen; the other three are asked by the operator or written with the book.
            "policies::LINES",
            "policies::TAKE_STAGED",
            "policies::KEEP_LINES",
            "policies::KEEP_COUNTS",
            "policies::FORGET_BOOK",
            "policies::FORGET_LINES",
            "letters::ALL",
            "schema::TABLES",
            "schema::RECORDED",
        ];
        let database = database();
        for (name, text) in statements().filter(|(name, _)| !whole.contains(&name.as_str())) {
            let steps = plan(&database, text);
            let scans = |step: &&String| step.starts_with("SCAN") && !step.contains("USING INDEX");
            assert_eq!(steps.iter().find(scans), None, "{name}: {steps:?}");
        }
    }

    #[test]
    fn what_is_asked_again_and_again_is_not_sorted_again_and_again() {
        let database = database();
        let asked_often = ["flows::TO_RESOLVE", "letters::CLAIM", "letters::NEXT_DUE", "letters::OF_FLOW"];
        for (name, text) in statements().filter(|(name, _)| asked_often.contains(&name.as_str())) {
            let steps = plan(&database, text);
            assert_eq!(steps.iter().find(|step| step.contains("TEMP B-TREE")), None, "{name}: {steps:?}");
        }
    }
}
