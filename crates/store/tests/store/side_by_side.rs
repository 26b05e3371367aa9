//! Programs of two schemas on one database: the older one goes on, is started or is refused, as the database says.

use crate::audit::record;
use crate::fixture::{
    ANA, BEA, Fixture, Place, account, account_id, at, begun, book_row, browser, flow, key, key_id, letter,
    password, session,
};
use crate::limits::of_ana;
use crate::my_account::{asked, correction};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::device::Device;
use zaguan_domain::flow::Purpose;
use zaguan_domain::line::LineOfBusiness;
use zaguan_store::{LetterFilter, Migrated, Store, StoreError, Taken, known_schema};

const TABLES: [&str; 14] = [
    "account",
    "session",
    "key",
    "flow",
    "letter",
    "limit_bucket",
    "device",
    "email_change",
    "data_request",
    "audit",
    "audit_head",
    "generation",
    "book_in_use",
    "epoch",
];

/// Does what a newer program's migration may do: it adds to every table, makes another one, and says how old a program
/// may be.
fn raise(place: &Place, works_with: Option<u32>) {
    let newer = known_schema() + 1;
    for table in TABLES {
        place.run(&format!("alter table {table} add column later integer default 7"));
    }
    place.run(
        "create table later (id integer not null primary key, account blob references account (id))"
            .replace("blob", if crate::ON_A_SERVER { "bytea" } else { "blob" })
            .as_str(),
    );
    let works_with = works_with.map_or("null".to_owned(), |oldest| oldest.to_string());
    place.run(&format!(
        "insert into migration (version, name, hash, works_with) values ({newer}, 'later', zeroblob(32), {works_with})"
    ));
    if !crate::ON_A_SERVER {
        place.run(&format!("pragma user_version = {newer}"));
    }
}

/// Writes into every table but the epoch's, things that bear this number, and finds them.
async fn works(store: &Store, number: u8) {
    let device = Device {
        account: account_id(1),
        token: browser(number),
        browser: BrowserKind::UNKNOWN,
        first_seen_at: at(0),
        seen_at: at(0),
    };
    let changes = vec![
        Change::SessionOpened { session: session(number, 1), seen_password: password("one") },
        Change::KeyIssued(key(number)),
        begun(flow(number, number)),
        Change::LetterQueued(letter(number)),
        Change::DeviceKnown(device),
        Change::CorrectionAsked { request: correction(number, 1), seen_open: u32::from(number) - 1 },
        asked(number),
        Change::Recorded(record(number)),
    ];
    store.commit(changes).await.unwrap();
    let of_person = at(i64::from(number) * 1_000_000);
    assert_eq!(store.take(vec![of_ana(1)], of_person).await.unwrap(), Taken::All);
    let row = book_row(ANA, LineOfBusiness::Motor, &number.to_string());
    store.replace_book([row].into_iter(), at(i64::from(number))).await.unwrap();
}

/// Whether a store finds all that was written by either, up to this number.
async fn finds(store: &Store, numbers: u8) {
    for number in 1..=numbers {
        let bearer = store.session_bearer(&browser(number)).await.unwrap().unwrap();
        assert_eq!((bearer.account, bearer.document), (account_id(1), ANA));
        assert!(store.session(&browser(number)).await.unwrap().is_some());
        assert_eq!(store.key(key_id(number)).await.unwrap().unwrap().holder.document, ANA);
        assert!(store.flow_of(&browser(number), Purpose::Register).await.unwrap().is_some());
    }
    let many = usize::from(numbers);
    assert_eq!(store.letters(LetterFilter::Waiting, 100).await.unwrap().len(), many);
    assert_eq!(store.devices_of_account(account_id(1)).await.unwrap().len(), many);
    assert_eq!(store.corrections_of(account_id(1)).await.unwrap().len(), many);
    assert_eq!(store.email_changes_of(account_id(1)).await.unwrap().len(), many);
    assert_eq!(store.policies_of(ANA).await.unwrap()[0].number.as_str(), numbers.to_string());
    let verified = store.verify_audit(None).await.unwrap();
    // Each book that was switched to is recorded, too.
    assert_eq!((verified.records, verified.faults), (2 * u64::from(numbers), Vec::new()));
    store.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_adds_to_a_database_in_use_is_noticed_by_nobody_and_an_older_program_starts_beside_it() {
    let fixture = Fixture::with(vec![Change::AccountOpened(account(1, ANA))]).await;
    let other = fixture.other_store().await;
    works(&fixture.store, 1).await;
    works(&other, 2).await;
    raise(&fixture.place, Some(known_schema()));
    works(&fixture.store, 3).await;
    works(&other, 4).await;
    let newer = known_schema() + 1;
    let migrated = Store::migrate(&fixture.settings()).await.unwrap();
    assert_eq!(migrated, Migrated { from: newer, to: newer });
    assert!(migrated.is_ahead());
    let started = fixture.other_store().await;
    works(&started, 5).await;
    for store in [&fixture.store, &other, &started] {
        finds(store, 5).await;
    }
    assert_eq!(started.health().await.unwrap().schema(), newer);
    let spent = |number| vec![Change::KeySpent { key: key_id(number), at: at(9) }];
    other.commit(spent(1)).await.unwrap();
    assert!(started.commit(spent(1)).await.is_err(), "no key works twice");
    other.commit(vec![Change::SessionEnded { token: browser(1) }]).await.unwrap();
    assert!(started.session_bearer(&browser(1)).await.unwrap().is_none());
    let filled = format!("select count(*) from migration where version = {newer}");
    assert_eq!(fixture.place.number(&filled), 1);
    assert_eq!(fixture.place.number("select count(*) from session where later = 7"), 4);
}

#[tokio::test]
async fn a_program_older_than_the_database_allows_is_refused_and_one_that_runs_goes_on() {
    for works_with in [Some(known_schema() + 1), None] {
        let fixture = Fixture::with(vec![Change::AccountOpened(account(1, ANA))]).await;
        raise(&fixture.place, works_with);
        for refused in [
            Store::open(fixture.settings()).await.map(drop),
            Store::migrate(&fixture.settings()).await.map(drop),
        ] {
            let refusal = refused.unwrap_err();
            assert!(matches!(refusal, StoreError::NewerSchema { .. }), "{refusal}");
            assert!(refusal.to_string().contains("run the newer program"), "{refusal}");
        }
        fixture.commits(vec![Change::AccountOpened(account(2, BEA))]).await;
        assert!(fixture.store.account(account_id(2)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn every_program_of_a_schema_that_this_one_only_adds_to_may_work_with_it() {
    let fixture = Fixture::new().await;
    let told = format!("select works_with from migration where version = {}", known_schema());
    assert!(fixture.place.number(&told) < i64::from(known_schema()));
}
