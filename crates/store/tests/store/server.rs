//! What is particular to a server: how it is opened, nodes that share it, and connections that break.

use crate::fixture::{
    ANA, Fixture, account, account_id, at, begun, browser, flow, key, key_id, letter, session,
};
use std::path::Path;
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::key::Typist;
use zaguan_domain::origin::Actor;
use zaguan_store::{
    BookSource, CommitError, GENERATIONS_KEPT, LetterFilter, SHARED_OVER, Store, StoreError, StoreFault,
    StoreSettings, begin_epoch,
};
use zaguan_testing::{PostgresCluster, TestDatabase};

const END_CONNECTIONS: &str = "select pg_terminate_backend(pid) from pg_stat_activity \
    where datname = current_database() and pid <> pg_backend_pid()";

fn settings(url: &str, password: Option<&str>) -> StoreSettings {
    StoreSettings::parse(url, password, Path::new("")).unwrap()
}

/// Why neither opening nor migrating does; the tables must be as they were.
async fn refused(database: &TestDatabase) -> StoreError {
    let tables = "select tablename from pg_tables where schemaname = 'public' order by 1";
    let before = database.ask(tables);
    let migrating = Store::migrate(&settings(&database.url(), None)).await.unwrap_err();
    let opening = Store::open(settings(&database.url(), None)).await.unwrap_err();
    assert_eq!(migrating.to_string(), opening.to_string());
    assert_eq!(database.ask(tables), before);
    opening
}

#[tokio::test]
async fn a_database_without_tables_is_refused_until_they_are_made() {
    let database = PostgresCluster::shared().database();
    let refusal = Store::open(settings(&database.url(), None)).await.unwrap_err();
    assert!(matches!(&refusal, StoreError::NotMadeOnServer(_)), "{refusal}");
    let made = Store::migrate(&settings(&database.url(), None)).await.unwrap();
    assert_eq!(made.from, 0);
    let again = Store::migrate(&settings(&database.url(), None)).await.unwrap();
    assert_eq!((again.from, again.to), (made.to, made.to));
    Store::open(settings(&database.url(), None)).await.unwrap().close().await;
}

#[tokio::test]
async fn a_database_of_another_application_of_a_newer_version_or_another_build_is_refused_untouched() {
    let database = PostgresCluster::shared().database();
    database.ask("create table customer (id bigint)");
    assert!(matches!(refused(&database).await, StoreError::OtherOnServer(_)));

    let database = PostgresCluster::shared().database();
    let newest = Store::migrate(&settings(&database.url(), None)).await.unwrap().to;
    database.ask(&format!(
        "insert into migration (version, name, hash) values ({}, 'later', '\\x00')",
        newest + 1
    ));
    assert!(matches!(refused(&database).await, StoreError::NewerSchema { .. }));
    database.ask(&format!("delete from migration where version > {newest}"));
    database.ask("update migration set hash = '\\x00' where version = 2");
    assert!(matches!(refused(&database).await, StoreError::OtherMigration { version: 2, .. }));
}

#[tokio::test]
async fn a_password_and_a_certificate_are_asked_for_and_wrong_ones_refused() {
    let database = PostgresCluster::shared().database();
    Store::migrate(&settings(&database.tls_url(), None)).await.unwrap();
    let with_password = settings(&database.url_with_password(), Some(database.password()));
    Store::open(with_password).await.unwrap().close().await;
    let wrong = Store::open(settings(&database.url_with_password(), Some("equivocada"))).await.unwrap_err();
    assert!(matches!(&wrong, StoreError::ServerRefuses { .. }), "{wrong}");
    assert!(!format!("{wrong}{wrong:?}").contains("equivocada"));
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("other.pem");
    std::fs::write(&other, "no certificate").unwrap();
    let url = database.tls_url();
    let (address, _) = url.split_once("sslrootcert=").unwrap();
    let with_other = format!("{address}sslrootcert={}", other.display());
    let refusal = Store::open(settings(&with_other, None)).await.unwrap_err();
    assert!(matches!(refusal, StoreError::CannotReach { .. }), "{refusal}");
    // The system's authorities do not know it.
    let (address, _) = url.split_once('?').unwrap();
    let refusal = Store::open(settings(&format!("{address}?sslmode=verify-full"), None)).await.unwrap_err();
    assert!(matches!(refusal, StoreError::CannotReach { .. }), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_agree_on_keys_sessions_letters_the_book_and_the_audit_trail() {
    let fixture = Fixture::with(vec![
        Change::AccountOpened(account(1, ANA)),
        Change::KeyIssued(key(1)),
        begun(flow(1, 1)),
    ])
    .await;
    let nodes = [fixture.store.clone(), fixture.other_store().await];
    let spent = async |node: &Store| node.commit(vec![Change::KeySpent { key: key_id(1), at: at(1) }]).await;
    let (one, other) = tokio::join!(spent(&nodes[0]), spent(&nodes[1]));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert!([one, other].iter().any(|told| matches!(told, Err(CommitError::Conflict))));

    let open = Change::SessionOpened { session: session(1, 1), seen_password: account(1, ANA).password };
    nodes[0].commit(vec![open]).await.unwrap();
    assert!(nodes[1].session(&browser(1)).await.unwrap().is_some());
    nodes[1].commit(vec![Change::SessionEnded { token: browser(1) }]).await.unwrap();
    assert!(nodes[0].session(&browser(1)).await.unwrap().is_none());

    for number in 1..=60 {
        nodes[usize::from(number % 2)].commit(vec![Change::LetterQueued(letter(number))]).await.unwrap();
    }
    let claim = async |node: &Store| node.claim_letters(at(10), at(100), 40).await;
    let (one, other) = tokio::join!(claim(&nodes[0]), claim(&nodes[1]));
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 60);

    let source = || BookSource { name: "padron.csv".to_owned(), sha256: None };
    let first = nodes[0].new_generation(source(), at(1)).unwrap();
    assert!(matches!(nodes[1].new_generation(source(), at(1)), Err(StoreFault::AnotherImport)));
    first.finish(SHARED_OVER).unwrap().switch(Actor::Operator).await.unwrap();
    assert_eq!(nodes[1].generations().await.unwrap().len(), 1);
    nodes[1].prune_generations(GENERATIONS_KEPT).await.unwrap();
    assert_eq!(nodes[0].verify_audit(None).await.unwrap().faults, []);
}

#[tokio::test]
async fn a_new_epoch_voids_what_a_database_that_was_put_back_brings_back() {
    let fixture = Fixture::with(vec![
        Change::AccountOpened(account(1, ANA)),
        Change::KeyIssued(key(1)),
        begun(flow(1, 1)),
        Change::LetterQueued(letter(1)),
        Change::SessionOpened { session: session(1, 1), seen_password: account(1, ANA).password },
    ])
    .await;
    let voided = begin_epoch(&fixture.settings(), at(60), "put back").await.unwrap();
    assert_eq!(
        (voided.keys, voided.sessions, voided.letters, voided.locked),
        (1, 1, 0, None),
        "the letter is a notice, which is sent"
    );
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_none());
    fixture.conflicts(Change::KeySpent { key: key_id(1), at: at(61) }).await;
    assert!(fixture.store.account(account_id(1)).await.unwrap().is_some());
    assert_eq!(fixture.store.verify_audit(None).await.unwrap().records, 1);
    let of_a_file = begin_epoch(&StoreSettings::sqlite("zaguan.db"), at(60), "").await.unwrap_err();
    assert!(matches!(of_a_file, StoreError::OnlyOnServers(_)), "{of_a_file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_two_nodes_at_once_make_one_chain() {
    let fixture = Fixture::new().await;
    let nodes = [fixture.store.clone(), fixture.other_store().await];
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..100_usize {
        let node = nodes[number % 2].clone();
        tasks.spawn(async move {
            node.commit(vec![Change::Recorded(crate::audit::record(u8::try_from(number).unwrap()))]).await
        });
    }
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    let verified = nodes[0].verify_audit(None).await.unwrap();
    assert_eq!((verified.records, verified.faults), (100, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_server_ends_all_connections_the_store_goes_on_by_itself() {
    let fixture = Fixture::with(vec![Change::KeyIssued(key(1))]).await;
    let place = fixture.other_program();
    for tries in 0..5_u8 {
        place.run(END_CONNECTIONS);
        assert!(fixture.store.key(key_id(1)).await.unwrap().is_some());
        place.run(END_CONNECTIONS);
        let tried = Change::KeyTried { key: key_id(1), typist: Typist::Own, seen: tries };
        fixture.store.commit(vec![tried]).await.unwrap();
    }
    assert_eq!(fixture.key(1).await.own_tries, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_fly_together_are_answered_each_with_its_own_and_so_after_a_cut() {
    let accounts = (1..=40).map(|number| {
        Change::AccountOpened(account(number, Document::Person(20_000_000 + u32::from(number))))
    });
    let fixture = Fixture::with(accounts.collect()).await;
    for _ in 0..5 {
        fixture.other_program().run(END_CONNECTIONS);
        let mut asking = tokio::task::JoinSet::new();
        for number in (1..=40_u8).chain(1..=40) {
            let store = fixture.store.clone();
            asking.spawn(async move { (number, store.account(account_id(number)).await) });
        }
        for (number, told) in asking.join_all().await {
            assert_eq!(told.unwrap().unwrap().id, account_id(number));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_while_connections_are_cut_is_there_and_what_is_not_is_told() {
    let fixture = Fixture::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=200_u8 {
        let store = fixture.store.clone();
        tasks.spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(u64::from(number) * 3)).await;
            (number, store.commit(vec![Change::LetterQueued(letter(number))]).await)
        });
    }
    for _ in 0..10 {
        fixture.other_program().run(END_CONNECTIONS);
    }
    let told = tasks.join_all().await;
    let kept = fixture.store.letters(LetterFilter::All, 1_000).await.unwrap();
    for (number, told) in &told {
        let is_there = kept.iter().any(|(kept, _)| kept.id == letter(*number).id);
        assert!(told.is_err() || is_there, "{number}: {told:?}");
    }
    assert!(told.iter().any(|(_, told)| told.is_ok()));
    fixture.commits(vec![Change::AccountOpened(account(1, ANA))]).await;
    assert!(fixture.store.account(account_id(1)).await.unwrap().is_some());
}
