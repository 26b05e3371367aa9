//! Sorting, with so little memory that runs are written and merged.

use super::*;
use crate::policies::BookRow;
use std::collections::BTreeMap;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber};

/// A row that only these three tell from others.
fn row(document: u32, number: u32, holder: &str) -> BookRow {
    let policy = Policy {
        line: LineOfBusiness::Motor,
        number: PolicyNumber::read(&number.to_string()).unwrap(),
        previous: Vec::new(),
        from: None,
        to: None,
        state: None,
        holder: holder.to_owned(),
        discriminator: String::new(),
        email: None,
        email_shared: false,
    };
    BookRow { document: Document::Person(document), policy }
}

/// Numbers without order, each its successor's only cause.
fn shuffled(count: u32) -> impl Iterator<Item = u32> {
    (0..count).scan(7_u32, |state, _| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(*state >> 8)
    })
}

fn all(merged: &mut Ahead<Repeated>) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some(record) = merged.peek().unwrap() {
        records.push(record.clone());
        merged.advance();
    }
    records
}

#[test]
fn rows_in_any_order_come_out_as_the_ordered_map_has_them_and_the_last_of_each_key_wins() {
    let directory = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(directory.path().to_owned(), 64 * 1024);
    let mut reference = BTreeMap::new();
    let (mut added, mut record) = (0_u64, Record::default());
    for number in shuffled(200_000) {
        let holder = format!("HOLDER {added}");
        record.keep(&row(1_000_000 + number % 9000, number % 13, &holder));
        sorter.add(&record).unwrap();
        reference.insert(record.key().to_vec(), record.clone());
        added += 1;
    }
    // More runs than are merged at once, so that runs were merged into one on the way.
    assert!(usize::try_from(sorter.written).unwrap() > MOST_RUNS, "{}", sorter.written);
    let mut merged = sorter.merge().unwrap();
    let expected: Vec<_> = reference.into_values().collect();
    assert!(all(&mut merged) == expected);
    let repeated = added - u64::try_from(expected.len()).unwrap();
    assert_eq!(merged.end(), Some(&Repeated(repeated)));
}

#[test]
fn the_sorter_takes_no_more_memory_than_it_was_given() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = 256 * 1024;
    let mut sorter = Sorter::new(directory.path().to_owned(), bytes);
    let mut record = Record::default();
    for number in shuffled(50_000) {
        record.keep(&row(1_000_000 + number % 90_000_000, number % 1000, "PEREZ, ANA"));
        sorter.add(&record).unwrap();
        let Piece { bytes: filled, places } = &sorter.filling;
        // One of two pieces; the other one is being written, or spare.
        assert!(2 * (filled.capacity() + places.capacity() * size_of::<Place>()) <= bytes);
    }
    assert!(sorter.written > 10);
}

#[test]
fn a_row_that_is_longer_than_all_of_the_memory_is_sorted_too() {
    let directory = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(directory.path().to_owned(), 4096);
    let long = "Ñ".repeat(100_000);
    let mut record = Record::default();
    for (document, holder) in [(3_000_000, "C"), (2_000_000, long.as_str()), (1_000_000, "A")] {
        record.keep(&row(document, 1, holder));
        sorter.add(&record).unwrap();
    }
    let holders: Vec<String> = all(&mut sorter.merge().unwrap())
        .iter()
        .map(|record| record.columns().unwrap().value[4].unwrap().to_owned())
        .collect();
    assert!(holders == ["A", &long, "C"]);
}

#[test]
fn no_rows_are_no_records() {
    let directory = tempfile::tempdir().unwrap();
    let mut sorter = Sorter::new(directory.path().to_owned(), 4096);
    assert!(all(&mut sorter.merge().unwrap()).is_empty());
}
