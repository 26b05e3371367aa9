//! Generations of the policy book: built, switched to, undone, pruned and compared.

use crate::fixture::{ANA, BEA, Fixture, Place, at, book_row, email};
use std::cell::Cell;
use std::fs;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::origin::Actor;
use zaguan_store::{
    BookDifference, BookRow, BookSource, NewGeneration, ReadyGeneration, Store, StoreFault, Undone,
};

pub(crate) fn source(name: &str) -> BookSource {
    BookSource { name: name.to_owned(), sha256: Some([7; 32]) }
}

pub(crate) fn motor(document: Document, number: &str) -> BookRow {
    book_row(document, LineOfBusiness::Motor, number)
}

fn with_email(mut row: BookRow, address: &str) -> BookRow {
    row.policy.email = Some(email(address));
    row
}

pub(crate) fn add(generation: &mut NewGeneration, rows: &[BookRow]) {
    for row in rows {
        generation.add(row).unwrap();
    }
}

pub(crate) fn ready(store: &Store, rows: &[BookRow]) -> ReadyGeneration {
    let mut generation = store.new_generation(source("padron.csv"), at(7)).unwrap();
    add(&mut generation, rows);
    generation.finish(3).unwrap()
}

pub(crate) async fn load(store: &Store, rows: &[BookRow]) -> BookDifference {
    let ready = ready(store, rows);
    let difference = *ready.difference();
    ready.switch(Actor::Operator).await.unwrap();
    difference
}

pub(crate) async fn numbers(store: &Store, document: Document) -> Vec<String> {
    let policies = store.policies_of(document).await.unwrap();
    policies.iter().map(|policy| policy.number.as_str().to_owned()).collect()
}

async fn kept(store: &Store) -> Vec<u32> {
    store.generations().await.unwrap().iter().map(|generation| generation.number).collect()
}

/// The numbers of the generations that take room, in use or not.
fn taking_room(fixture: &Fixture) -> Vec<u32> {
    let mut numbers: Vec<u32> = match &fixture.place {
        Place::File(_) => fs::read_dir(fixture.path().with_extension("db.book"))
            .unwrap()
            .filter_map(|entry| entry.unwrap().path().with_extension("").file_name()?.to_str()?.parse().ok())
            .collect(),
        Place::Server(database) => {
            let schemas = "select replace(nspname, 'public_book_', '') from pg_namespace where nspname like 'public_book_%'";
            database.ask(schemas).lines().map(|number| number.trim().parse().unwrap()).collect()
        }
    };
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn a_generation_is_in_use_when_it_is_switched_to_and_not_before() {
    let fixture = Fixture::new().await;
    load(&fixture.store, &[motor(ANA, "1")]).await;
    let ready = ready(&fixture.store, &[motor(ANA, "2"), motor(BEA, "3")]);
    assert_eq!(numbers(&fixture.store, ANA).await, ["1"]);
    assert_eq!(fixture.store.book_counts().await.unwrap().policies, 1);
    ready.switch(Actor::Operator).await.unwrap();
    assert_eq!(numbers(&fixture.store, ANA).await, ["2"]);
    assert_eq!(fixture.store.book_counts().await.unwrap().policies, 2);
    let generations = fixture.store.generations().await.unwrap();
    assert_eq!(
        generations.iter().map(|one| (one.number, one.is_current)).collect::<Vec<_>>(),
        [(1, false), (2, true)]
    );
    assert_eq!((&generations[1].source, generations[1].loaded_at), (&source("padron.csv"), at(7)));
    assert_eq!((generations[1].counts.policies, generations[1].counts.holders), (2, 2));
    assert_eq!(taking_room(&fixture), [1, 2]);
}

#[tokio::test]
async fn undoing_goes_back_to_the_generation_before_until_there_is_none() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    assert_eq!(store.undo_generation(at(8), Actor::Operator).await.unwrap(), None);
    for number in ["1", "2", "3"] {
        load(store, &[motor(ANA, number)]).await;
    }
    assert_eq!(store.undo_generation(at(8), Actor::Operator).await.unwrap(), Some(Undone { from: 3, to: 2 }));
    assert_eq!(numbers(store, ANA).await, ["2"]);
    // What replaces it now goes back to it, and not to the one that was undone.
    load(store, &[motor(ANA, "4")]).await;
    assert_eq!(numbers(store, ANA).await, ["4"]);
    assert_eq!(store.undo_generation(at(9), Actor::Operator).await.unwrap(), Some(Undone { from: 4, to: 2 }));
    assert_eq!(store.undo_generation(at(9), Actor::Operator).await.unwrap(), Some(Undone { from: 2, to: 1 }));
    assert_eq!(store.undo_generation(at(9), Actor::Operator).await.unwrap(), None);
    assert_eq!(numbers(store, ANA).await, ["1"]);
}

#[tokio::test]
async fn pruning_keeps_the_newest_the_one_in_use_and_the_one_to_go_back_to() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    for number in ["1", "2", "3", "4", "5"] {
        load(store, &[motor(ANA, number)]).await;
    }
    assert_eq!(store.prune_generations(3).await.unwrap(), [2, 1]);
    assert_eq!((kept(store).await, taking_room(&fixture).len()), (vec![3, 4, 5], 3));
    store.undo_generation(at(8), Actor::Operator).await.unwrap();
    assert_eq!(store.prune_generations(0).await.unwrap(), [0_u32; 0]);
    assert_eq!(kept(store).await, [3, 4, 5]);
    store.undo_generation(at(8), Actor::Operator).await.unwrap();
    assert_eq!(store.prune_generations(1).await.unwrap(), [4]);
    assert_eq!(taking_room(&fixture), [3, 5]);
    assert_eq!(numbers(store, ANA).await, ["3"]);
    load(store, &[motor(ANA, "6")]).await;
    assert_eq!(kept(store).await, [3, 5, 6]);
}

#[tokio::test]
async fn each_process_sees_a_switch_at_its_next_question() {
    let fixture = Fixture::new().await;
    let other = fixture.other_store().await;
    assert_eq!(numbers(&other, ANA).await, [""; 0]);
    for number in ["1", "2", "3"] {
        load(&fixture.store, &[motor(ANA, number)]).await;
        assert_eq!(numbers(&other, ANA).await, [number]);
        assert_eq!(numbers(&fixture.store, ANA).await, [number]);
    }
    other.undo_generation(at(8), Actor::Operator).await.unwrap();
    assert_eq!(numbers(&fixture.store, ANA).await, ["2"]);
}

#[tokio::test]
async fn a_generation_says_how_it_differs_from_the_one_in_use() {
    let fixture = Fixture::new().await;
    let first = [motor(ANA, "1"), motor(ANA, "2"), motor(BEA, "3"), motor(BEA, "4")];
    let difference = load(&fixture.store, &first).await;
    assert_eq!(difference, BookDifference { new: 4, policies: 4, holders: 2, ..BookDifference::default() });
    let mut renamed = motor(ANA, "0002");
    renamed.policy.holder = "PEREZ DE PAZ, ANA".to_owned();
    let addressed = with_email(motor(BEA, "3"), "bea@example.com");
    let second = [motor(ANA, "2"), motor(BEA, "9"), addressed, motor(ANA, "1"), renamed];
    let difference = load(&fixture.store, &second).await;
    let expected = BookDifference {
        new: 1,
        changed: 2,
        ended: 1,
        unchanged: 1,
        repeated: 1,
        policies: 4,
        holders: 2,
        with_email: 1,
        ..BookDifference::default()
    };
    assert_eq!(difference, expected);
    assert_eq!(numbers(&fixture.store, ANA).await, ["1", "0002"]);
}

#[tokio::test]
async fn both_holders_of_one_policy_are_kept() {
    let fixture = Fixture::new().await;
    let difference = load(&fixture.store, &[motor(ANA, "1"), motor(BEA, "1")]).await;
    assert_eq!((difference.policies, difference.repeated), (2, 0));
    assert_eq!(numbers(&fixture.store, ANA).await, ["1"]);
    assert_eq!(numbers(&fixture.store, BEA).await, ["1"]);
}

#[tokio::test]
async fn a_delta_changes_what_it_names_and_leaves_the_rest() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    load(store, &[motor(ANA, "1"), motor(ANA, "2"), motor(BEA, "3"), motor(BEA, "4")]).await;
    let mut delta = store.new_delta(source("novedades.csv"), at(9)).unwrap();
    add(&mut delta, &[motor(ANA, "5"), motor(BEA, "3"), with_email(motor(ANA, "1"), "ana@example.com")]);
    delta.end(&motor(BEA, "0004")).unwrap();
    delta.end(&motor(BEA, "8")).unwrap();
    // The last word on a policy counts, whatever it is.
    delta.end(&motor(ANA, "6")).unwrap();
    delta.add(&motor(ANA, "6")).unwrap();
    let ready = delta.finish(3).unwrap();
    let expected = BookDifference {
        new: 2,
        changed: 1,
        ended: 1,
        unchanged: 1,
        repeated: 1,
        absent: 1,
        policies: 5,
        holders: 2,
        with_email: 1,
        shared_addresses: 0,
    };
    assert_eq!(*ready.difference(), expected);
    ready.switch(Actor::Operator).await.unwrap();
    assert_eq!(numbers(store, ANA).await, ["1", "2", "5", "6"]);
    assert_eq!(numbers(store, BEA).await, ["3"]);
    store.undo_generation(at(9), Actor::Operator).await.unwrap();
    assert_eq!(numbers(store, BEA).await, ["3", "4"]);
}

#[tokio::test]
async fn an_address_of_more_holders_than_may_share_it_is_counted_once_for_each_of_them() {
    let fixture = Fixture::new().await;
    let holders = [20_000_001, 20_000_002, 20_000_003].map(Document::Person);
    let mut rows: Vec<_> =
        holders.iter().map(|holder| with_email(motor(*holder, "1"), "Productor@Example.com")).collect();
    // A second policy of a holder is no further holder.
    rows.push(with_email(motor(holders[0], "2"), "productor@example.com"));
    assert_eq!(load(&fixture.store, &rows).await.shared_addresses, 0);
    // Another person with the same document number is.
    let mut other = with_email(motor(holders[0], "3"), "productor@example.com");
    other.policy.discriminator = "F".to_owned();
    rows.push(other);
    let difference = load(&fixture.store, &rows).await;
    assert_eq!((difference.shared_addresses, difference.with_email, difference.holders), (1, 5, 4));
    rows.push(with_email(motor(holders[2], "4"), "own@example.com"));
    load(&fixture.store, &rows).await;
    let policies = fixture.store.policies_of(holders[2]).await.unwrap();
    assert_eq!(policies.iter().map(|policy| policy.email_shared).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn one_process_at_a_time_builds_a_generation() {
    let fixture = Fixture::new().await;
    let other = fixture.other_store().await;
    let building = fixture.store.new_generation(source("padron.csv"), at(7)).unwrap();
    let refusal = other.new_generation(source("padron.csv"), at(7)).unwrap_err();
    assert!(matches!(refusal, StoreFault::AnotherImport), "{refusal}");
    assert!(refusal.to_string().contains("wait for its end"));
    let ready = building.finish(3).unwrap();
    assert!(matches!(other.new_delta(source("x"), at(7)), Err(StoreFault::AnotherImport)));
    ready.discard();
    assert_eq!(taking_room(&fixture), [0_u32; 0]);
    load(&other, &[motor(ANA, "1")]).await;
}

#[tokio::test]
async fn a_build_that_is_told_to_give_up_does_so_while_it_writes_and_leaves_nothing() {
    let fixture = Fixture::new().await;
    let rows: Vec<BookRow> = (0..20_000).map(|number| motor(ANA, &number.to_string())).collect();
    load(&fixture.store, &rows).await;
    for delta in [false, true] {
        let store = &fixture.store;
        let begun = if delta {
            store.new_delta(source("x"), at(8))
        } else {
            store.new_generation(source("x"), at(8))
        };
        let mut generation = begun.unwrap();
        add(&mut generation, if delta { &rows[..1] } else { &rows });
        let asked = Cell::new(0);
        let is_stopped = || asked.replace(asked.get() + 1) == 2;
        assert!(matches!(generation.finish_unless(3, &is_stopped), Err(StoreFault::Stopped)));
        assert_eq!(asked.get(), 3, "it goes on no longer than it must");
        assert_eq!(taking_room(&fixture), [1]);
    }
}

#[tokio::test]
async fn a_generation_is_not_switched_to_when_the_one_that_it_was_compared_with_is_not_in_use_any_more() {
    let fixture = Fixture::new().await;
    load(&fixture.store, &[motor(ANA, "1")]).await;
    load(&fixture.store, &[motor(ANA, "2")]).await;
    let ready = ready(&fixture.store, &[motor(ANA, "3")]);
    fixture.store.undo_generation(at(8), Actor::Operator).await.unwrap();
    let refusal = ready.switch(Actor::Operator).await.unwrap_err();
    assert!(matches!(refusal, StoreFault::BookChanged), "{refusal}");
    assert_eq!(numbers(&fixture.store, ANA).await, ["1"]);
    assert_eq!(taking_room(&fixture), [1, 2]);
}

#[tokio::test]
async fn a_closed_store_switches_to_nothing_and_leaves_nothing() {
    let fixture = Fixture::new().await;
    let ready = ready(&fixture.store, &[motor(ANA, "1")]);
    fixture.store.clone().close().await;
    assert!(matches!(ready.switch(Actor::Operator).await, Err(StoreFault::Closed)));
    assert_eq!(taking_room(&fixture), [0_u32; 0]);
}
