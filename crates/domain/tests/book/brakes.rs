//! When a load is not believed.

use proptest::prelude::*;
use zaguan_domain::book::{Brake, Counts, InUse, Note, RejectReason, Thresholds, brake};

const IN_USE: InUse = InUse { policies: 1_000, with_email: 600 };

fn loaded(policies: u64, ended: u64, with_email: u64) -> Counts {
    let new = policies - (IN_USE.policies - ended);
    Counts {
        rows: policies,
        new,
        unchanged: policies - new,
        ended,
        policies,
        with_email,
        ..Counts::default()
    }
}

fn told(in_use: Option<&InUse>, loaded: &Counts) -> Vec<String> {
    brake(in_use, loaded, &Thresholds::default()).iter().map(Brake::in_spanish).collect()
}

#[test]
fn an_ordinary_night_is_believed() {
    assert!(told(Some(&IN_USE), &loaded(1_010, 20, 605)).is_empty());
    assert!(told(Some(&IN_USE), &loaded(950, 50, 570)).is_empty(), "exactly at the thresholds");
}

#[test]
fn a_book_that_shrank_is_not_applied_and_its_figures_are_told() {
    assert_eq!(
        told(Some(&IN_USE), &loaded(590, 410, 600)),
        ["el archivo trae 41 % menos pólizas que ayer: no se aplicó (antes 1.000, ahora 590)"]
    );
    assert_eq!(
        told(Some(&IN_USE), &loaded(949, 51, 600)),
        ["el archivo trae 5,1 % menos pólizas que ayer: no se aplicó (antes 1.000, ahora 949)"]
    );
}

#[test]
fn a_book_of_the_same_size_with_other_policies_is_not_applied() {
    assert_eq!(
        told(Some(&IN_USE), &loaded(1_000, 300, 600)),
        ["al archivo le faltan 30 % de las pólizas de ayer: no se aplicó (300 de 1.000)"]
    );
}

#[test]
fn rejected_rows_brake_even_the_first_load() {
    let mut counts = Counts { rows: 1_000, new: 979, policies: 979, ..Counts::default() };
    for _ in 0..21 {
        counts.reject(&RejectReason::DummyDocument);
    }
    assert!(counts.adds_up());
    assert_eq!(
        told(None, &counts),
        ["no se puede tomar el 2,1 % de las filas del archivo: no se aplicó (21 de 1.000)"]
    );
    assert_eq!(counts.rejected["documento de relleno"], 21);
}

#[test]
fn addresses_that_vanish_brake() {
    assert_eq!(
        told(Some(&IN_USE), &loaded(1_000, 0, 300)),
        ["el archivo trae 50 % menos correos que ayer: no se aplicó (antes 600, ahora 300)"]
    );
}

#[test]
fn a_book_without_policies_is_never_applied() {
    let anything_goes = Thresholds { ended: 100, rejected: 100, emails_vanished: 100 };
    let nothing = Counts::default();
    assert_eq!(brake(Some(&IN_USE), &nothing, &anything_goes), [Brake::NothingLeft]);
    assert_eq!(brake(None, &nothing, &anything_goes), [Brake::NothingLeft]);
}

#[test]
fn a_row_that_was_lost_does_not_add_up() {
    let mut counts =
        Counts { rows: 6, new: 1, changed: 1, unchanged: 1, removed: 1, repeated: 1, ..Counts::default() };
    assert!(!counts.adds_up());
    counts.reject(&RejectReason::NotADate);
    assert!(counts.adds_up());
    counts.note(&[Note::EmailDummy, Note::DecimalsDropped, Note::EmailDummy]);
    assert_eq!(counts.notes[&Note::EmailDummy], 2);
    assert!(counts.adds_up(), "a note is no row");
}

proptest! {
    #[test]
    fn more_that_vanishes_never_loosens_the_brake(ended in 0_u64..=1_000, more in 0_u64..=1_000) {
        let brakes = |ended| brake(Some(&IN_USE), &loaded(1_001 - ended, ended, 600), &Thresholds::default());
        let more = (ended + more).min(1_000);
        prop_assert!(brakes(ended).len() <= brakes(more).len());
        prop_assert_eq!(brakes(ended).is_empty(), ended <= 50);
    }

    #[test]
    fn no_figures_are_too_large(before: u64, after: u64, ended: u64) {
        let counts = Counts { rows: u64::MAX, policies: after.max(1), ended, ..Counts::default() };
        let in_use = InUse { policies: before, with_email: before };
        for brake in brake(Some(&in_use), &counts, &Thresholds::default()) {
            prop_assert!(brake.in_spanish().contains('%'));
        }
    }
}
