//! Where the portal that is killed keeps what it knows, and how to look into that while it runs.

use crate::or_fail::{OrFail as _, fail};
use crate::{PostgresCluster, TestDatabase};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::block_in_place;
use tokio::time::Instant;

const CONNECTIONS_END_WITHIN: Duration = Duration::from_mins(1);

/// What the portal keeps what it knows on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in its directory.
    Sqlite,
    /// A database on the server that the tests share.
    Postgres,
}

/// A database of a portal.
#[derive(Debug)]
pub(super) enum Database {
    File(PathBuf),
    Server(TestDatabase),
}

impl Database {
    /// One for a portal in this directory.
    pub(super) fn on(engine: Engine, directory: &Path) -> Self {
        match engine {
            Engine::Sqlite => Self::File(directory.join("zaguan.db")),
            Engine::Postgres => Self::Server(block_in_place(|| PostgresCluster::shared().database())),
        }
    }

    /// The lines of the configuration that name it.
    pub(super) fn settings(&self) -> String {
        match self {
            // It is the usual one.
            Self::File(_) => String::new(),
            Self::Server(database) => format!("[store]\nurl = \"{}\"\n", database.url()),
        }
    }

    /// What is answered, each value as text: nothing is "", and bytes are as the database shows them.
    pub(super) fn rows<const COLUMNS: usize>(
        &self,
        question: &str,
    ) -> impl Iterator<Item = [String; COLUMNS]> + use<COLUMNS> {
        let rows: Vec<Vec<String>> = match self {
            Self::File(path) => ask_file(path, question, COLUMNS),
            Self::Server(database) => {
                let told = block_in_place(|| database.ask(question));
                told.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
            }
        };
        rows.into_iter().map(|row| row.try_into().ok().or_fail("as many columns"))
    }

    /// A number that is answered.
    pub(super) fn number(&self, question: &str) -> i64 {
        let answered = self.rows(question).next().map(|[number]| number);
        answered.and_then(|number| number.parse().ok()).or_fail(question)
    }

    /// The connections that are there now. A portal that is killed leaves some to the server for a moment.
    pub(super) fn connections(&self) -> HashSet<String> {
        let question = "select pid from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()";
        match self {
            Self::File(_) => HashSet::new(),
            Self::Server(_) => self.rows(question).map(|[process]| process).collect(),
        }
    }

    /// Waits until these have ended: what a dead portal had sent to the server is still done there.
    pub(super) async fn wait_for_end_of(&self, connections: &HashSet<String>) {
        let over = Instant::now() + CONNECTIONS_END_WITHIN;
        while !self.connections().is_disjoint(connections) {
            if Instant::now() > over {
                fail("a connection of a portal that was killed is still there");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What is wrong with how it is kept. A server sees to that itself.
    pub(super) fn damage(&self) -> Vec<String> {
        match self {
            Self::File(_) => {
                let told = self.rows("pragma integrity_check").map(|[told]| told);
                told.filter(|told| told != "ok").map(|told| format!("I9: {told}")).collect()
            }
            Self::Server(_) => Vec::new(),
        }
    }

    /// All that is on the server as text; what is in files is looked for there.
    pub(super) fn text_on_server(&self) -> Vec<u8> {
        match self {
            Self::File(_) => Vec::new(),
            Self::Server(database) => {
                let dumped = block_in_place(|| database.dump().output()).or_fail("the dump");
                if !dumped.status.success() {
                    fail(format_args!("the dump: {}", String::from_utf8_lossy(&dumped.stderr)));
                }
                dumped.stdout
            }
        }
    }

    /// The file, for who breaks promises in it.
    pub(super) fn file(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Server(_) => fail("promises are broken in files only"),
        }
    }
}

fn ask_file(path: &Path, question: &str, columns: usize) -> Vec<Vec<String>> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let database = database.or_fail("opening the database");
    database.busy_timeout(Duration::from_secs(10)).or_fail("waiting for others");
    database.pragma_update(None, "query_only", true).or_fail("only reading");
    let mut statement = database.prepare(question).or_fail(question);
    let rows = statement.query_map([], |row| {
        (0..columns).map(|column| Ok(shown(row.get_ref(column)?))).collect::<rusqlite::Result<Vec<_>>>()
    });
    rows.or_fail(question).collect::<Result<_, _>>().or_fail(question)
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("{bytes:02x?}"),
    }
}
