//! A database in the hands of somebody who should not have it: all that is in it, and a way to break it.

use crate::or_fail::OrFail as _;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::path::Path;

/// What a broken table is called meanwhile.
const BROKEN: &str = "broken_";

/// Every value of every table, as bytes, with its table and column. Numbers are left out.
pub fn values(path: &Path) -> Vec<(String, Vec<u8>)> {
    let database = open(path);
    let mut values = Vec::new();
    for table in tables(&database) {
        let mut statement = database.prepare(&format!("select * from \"{table}\"")).or_fail("a table");
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).or_fail("its rows");
        while let Some(row) = rows.next().or_fail("a row") {
            for (place, column) in columns.iter().enumerate() {
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(place).or_fail("a value") {
                    values.push((format!("{table}.{column}"), bytes.to_vec()));
                }
            }
        }
    }
    values
}

/// Takes every table away, so that whatever the portal asks or writes fails, until [`mend`].
pub fn break_tables(path: &Path) {
    rename(path, |table| Some(format!("{BROKEN}{table}")));
}

/// Gives the tables back.
pub fn mend(path: &Path) {
    rename(path, |table| table.strip_prefix(BROKEN).map(str::to_owned));
}

fn rename(path: &Path, name: impl Fn(&str) -> Option<String>) {
    let mut database = open(path);
    let tables = tables(&database);
    let transaction = database.transaction().or_fail("a transaction");
    for table in tables {
        if let Some(new) = name(&table) {
            let sql = format!("alter table \"{table}\" rename to \"{new}\"");
            transaction.execute_batch(&sql).or_fail(sql);
        }
    }
    transaction.commit().or_fail("the tables' names");
}

fn open(path: &Path) -> Connection {
    Connection::open(path).or_fail("the database")
}

fn tables(database: &Connection) -> Vec<String> {
    let sql =
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name";
    let mut statement = database.prepare(sql).or_fail("the tables");
    let named = statement.query_map([], |row: &Row<'_>| row.get(0)).or_fail("the tables");
    named.collect::<Result<_, _>>().or_fail("the tables")
}
