//! A portal moves from a file to a server: everything is there, the same, whenever it was cut short before.

use crate::audit::record;
use crate::fixture::{
    ANA, BEA, account, account_id, at, begun, book_row, browser, connection, flow, key, key_id, letter,
    session,
};
use std::path::Path;
use zaguan_domain::change::Change;
use zaguan_domain::line::LineOfBusiness;
use zaguan_store::{LetterFilter, Moved, Store, StoreError, StoreSettings, move_to_server};
use zaguan_testing::{PostgresCluster, TestDatabase};

/// A portal in a file that remembers something of most kinds.
async fn portal(directory: &Path) -> StoreSettings {
    let settings = StoreSettings::sqlite(directory.join("zaguan.db"));
    Store::migrate(&settings).await.unwrap();
    let store = Store::open(settings.clone()).await.unwrap();
    for number in ["1", "2"] {
        let rows = [
            book_row(ANA, LineOfBusiness::Motor, number),
            book_row(BEA, LineOfBusiness::Household, "A\\\t7"),
        ];
        store.replace_book(rows.into_iter(), at(1)).await.unwrap();
    }
    let open = Change::SessionOpened { session: session(1, 1), seen_password: account(1, ANA).password };
    let changes = vec![
        Change::AccountOpened(account(1, ANA)),
        open,
        Change::KeyIssued(key(1)),
        begun(flow(1, 1)),
        Change::LetterQueued(letter(1)),
        Change::Recorded(record(1)),
    ];
    store.commit(changes).await.unwrap();
    for number in 2..=40 {
        store
            .commit(vec![Change::Recorded(record(number)), Change::LetterQueued(letter(number))])
            .await
            .unwrap();
    }
    store.close().await;
    settings
}

fn on_server(database: &TestDatabase) -> StoreSettings {
    StoreSettings::parse(&database.url(), None, Path::new("")).unwrap()
}

async fn moved(from: &StoreSettings, to: &StoreSettings) -> Vec<Moved> {
    let (tell, told) = std::sync::mpsc::channel();
    let head = move_to_server(from.clone(), to.clone(), move |one| tell.send(one).unwrap()).await.unwrap();
    // The two books were recorded too.
    assert_eq!(head.number, 42);
    told.iter().collect()
}

#[tokio::test]
async fn everything_is_there_and_the_portal_goes_on_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let from = portal(directory.path()).await;
    let database = PostgresCluster::shared().database();
    let to = on_server(&database);
    let told = moved(&from, &to).await;
    let rows = |what: &str| told.iter().find(|one| one.what == what).unwrap().rows;
    assert_eq!((rows("account"), rows("letter"), rows("audit"), rows("generation")), (1, 40, 42, 2));
    assert_eq!(rows("generation 2 of the policy book"), 2);
    let store = Store::open(to.clone()).await.unwrap();
    assert_eq!(store.account(account_id(1)).await.unwrap().unwrap().holder.document, ANA);
    assert!(store.session(&browser(1)).await.unwrap().is_some());
    assert_eq!(store.letters(LetterFilter::Waiting, 100).await.unwrap().len(), 40);
    let policies = store.policies_of(BEA).await.unwrap();
    assert_eq!(policies, [book_row(BEA, LineOfBusiness::Household, "A\\\t7").policy]);
    store
        .commit(vec![Change::KeySpent { key: key_id(1), at: at(9) }, Change::Recorded(record(50))])
        .await
        .unwrap();
    assert_eq!(store.verify_audit(None).await.unwrap().faults, []);
    assert!(store.undo_generation(at(9), zaguan_domain::origin::Actor::Operator).await.unwrap().is_some());
    store.close().await;
    let again = move_to_server(from, to, |_| ()).await.unwrap_err();
    assert!(matches!(again, StoreError::NotEmpty(_)), "{again}");
}

#[tokio::test]
async fn a_move_that_was_cut_short_keeps_portals_away_and_goes_on_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let from = portal(directory.path()).await;
    let database = PostgresCluster::shared().database();
    let to = on_server(&database);
    moved(&from, &to).await;
    for cut in [
        "create table moving ()",
        "create table moving (); delete from letter where state = 'waiting'",
        "create table moving (); truncate account cascade; delete from book_in_use",
        "create table moving (); drop schema public_book_2 cascade",
        "create table moving (); update public_book_1.policy set holder = 'x'",
        "create table moving (); update audit set detail = 'x' where number = 7",
    ] {
        database.ask(cut);
        let refused = Store::open(to.clone()).await.unwrap_err();
        assert!(matches!(refused, StoreError::HalfMoved(_)), "{refused}");
        let told = moved(&from, &to).await;
        assert!(told.iter().any(|one| one.was_there), "{cut}");
        assert_eq!(told.iter().all(|one| one.was_there), cut == "create table moving ()", "{cut}");
        Store::open(to.clone()).await.unwrap().close().await;
    }
}

#[tokio::test]
async fn a_portal_that_is_open_is_not_moved() {
    let directory = tempfile::tempdir().unwrap();
    let from = portal(directory.path()).await;
    let store = Store::open(from.clone()).await.unwrap();
    let database = PostgresCluster::shared().database();
    let refused = move_to_server(from, on_server(&database), |_| ()).await.unwrap_err();
    assert!(matches!(refused, StoreError::InUse(_)), "{refused}");
    store.close().await;
}

#[tokio::test]
async fn an_older_program_neither_moves_a_newer_database_nor_into_one_nor_begins_its_epoch() {
    let newer = "insert into migration (version, name, hash, works_with) values (99, 'later', ";
    let directory = tempfile::tempdir().unwrap();
    let from = portal(directory.path()).await;
    let database = PostgresCluster::shared().database();
    let to = on_server(&database);
    Store::migrate(&to).await.unwrap();
    database.ask(&format!("{newer}'\\x00', 6)"));
    let into = move_to_server(from.clone(), to.clone(), |_| ()).await.unwrap_err();
    let voiding = zaguan_store::begin_epoch(&to, at(9), "put back").await.unwrap_err();
    assert_eq!(database.ask("select count(*) from account").trim(), "0");
    let file = connection(from.file().unwrap());
    file.execute_batch(&format!("{newer}x'00', 6); pragma user_version = 99")).unwrap();
    file.close().unwrap();
    let empty = PostgresCluster::shared().database();
    let out_of = move_to_server(from, on_server(&empty), |_| ()).await.unwrap_err();
    assert_eq!(empty.ask("select count(*) from pg_tables where schemaname = 'public'").trim(), "0");
    for (refusal, wanted) in [
        (into, "zaguan migrate --to"),
        (voiding, "zaguan restore --void-only"),
        (out_of, "zaguan migrate --to"),
    ] {
        assert!(matches!(refusal, StoreError::NotByOlder { found: 99, .. }), "{refusal}");
        assert!(refusal.to_string().contains(&format!("do {wanted} with the newer program")), "{refusal}");
    }
}
