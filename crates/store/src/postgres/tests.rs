//! Every statement of the crate, prepared by a real server; and a connection that breaks.

use super::{Postgres, schema};
use crate::database::Database;
use crate::fault::StoreFault;
use crate::statement::all_statements;
use crate::url::StoreSettings;
use crate::{Store, StoreError};
use std::path::Path;
use std::sync::Arc;
use zaguan_testing::{PostgresCluster, TestDatabase};

/// A database with our tables and an empty book, and its server as the store knows it.
fn made() -> (TestDatabase, Arc<super::PostgresServer>) {
    let database = PostgresCluster::shared().database();
    let Ok(StoreSettings::Postgres(server)) = StoreSettings::parse(&database.url(), None, Path::new(""))
    else {
        unreachable!("it is the URL of a server");
    };
    schema::migrate(&server).unwrap();
    (database, server)
}

#[test]
fn every_statement_can_be_prepared_by_postgresql() {
    let (_database, server) = made();
    let books = super::book::Books::lock(&server).unwrap();
    books.write(1, || Ok(())).unwrap();
    let db = Postgres::new(server);
    db.look_in_generation(1).unwrap();
    let of_sqlite_only = ["schema::TABLES", "snapshot::TABLE_NAMES", "shape::", "book::take_over::"];
    let mut prepared = 0;
    for (name, text) in all_statements() {
        if of_sqlite_only.iter().any(|only| name.starts_with(only)) {
            continue;
        }
        let done = db.with_link(|link| link.prepared(text));
        assert!(done.is_ok(), "{name}: {}", done.unwrap_err());
        prepared += 1;
    }
    assert!(prepared > 100, "{prepared}");
}

#[test]
fn what_a_transaction_wrote_is_not_committed_on_another_connection() {
    let (database, server) = made();
    let db = Postgres::new(server);
    db.begin_writing().unwrap();
    db.execute("insert into book_in_use (id, generation, switched_at) values (1, 1, 1)", &[]).unwrap_err();
    db.undo().unwrap();
    db.begin_writing().unwrap();
    db.execute("insert into limit_bucket (subject, full_at) values ('a', 1)", &[]).unwrap();
    database.ask(
        "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid()",
    );
    let mut tried = Vec::new();
    for _ in 0..3 {
        tried.push(db.commit());
    }
    assert!(tried.iter().all(|told| matches!(told, Err(StoreFault::Unreachable(_)))), "{tried:?}");
    db.begin_writing().unwrap();
    db.execute("insert into limit_bucket (subject, full_at) values ('b', 1)", &[]).unwrap();
    db.commit().unwrap();
    assert_eq!(database.ask("select subject from limit_bucket").trim(), "b");
}

#[tokio::test]
async fn a_host_that_takes_connections_and_says_nothing_does_not_hide_the_next_one() {
    let database = PostgresCluster::shared().database();
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let first = format!("@{},", deaf.local_addr().unwrap());
    let settings =
        StoreSettings::parse(&database.url().replacen('@', &first, 1), None, Path::new("")).unwrap();
    Store::migrate(&settings).await.unwrap();
    Store::open(settings).await.unwrap().close().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_refused_with_what_to_look_at() {
    let settings = StoreSettings::parse("postgres://zaguan@127.0.0.1:1/zaguan", None, Path::new("")).unwrap();
    let refusal = Store::open(settings).await.unwrap_err();
    assert!(matches!(refusal, StoreError::CannotReach { .. }), "{refusal}");
    assert!(refusal.to_string().contains("127.0.0.1:1/zaguan cannot be used"), "{refusal}");
}
