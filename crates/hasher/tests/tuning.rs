//! Tuning, at costs that are next to nothing and at the least of the real ones.

use std::time::Duration;
use zaguan_hasher::{HashSettings, HasherError, Measured, Wanted, measure, tune};

const AT_ONCE: Duration = Duration::from_millis(1);

fn wanted(per_second: f64, memory_kib: u64) -> Wanted {
    Wanted { threads: 1, per_second, memory_kib, time_for_each: AT_ONCE }
}

fn costs(measured: &[Measured]) -> Vec<(u32, u32)> {
    measured.iter().map(|one| (one.memory_kib, one.passes)).collect()
}

#[test]
fn what_is_measured_is_told_with_its_cost() {
    let settings = HashSettings { threads: 2, ..HashSettings::for_tests() };
    let measured = measure(&settings, AT_ONCE).unwrap();
    assert_eq!((measured.memory_kib, measured.passes, measured.lanes), (32, 1, 1));
    assert!(measured.per_second > 0.0 && measured.one_takes > Duration::ZERO);
    // Two threads do in a second what one does in two.
    let of_one_thread = measured.per_second / 2.0;
    assert!((of_one_thread * measured.one_takes.as_secs_f64() - 1.0).abs() < 0.5, "{measured:?}");
}

#[test]
fn a_cost_that_no_hasher_has_is_not_measured() {
    let weak = HashSettings { memory_kib: 1024, ..HashSettings::default() };
    assert!(matches!(measure(&weak, AT_ONCE), Err(HasherError::TooWeak { .. })));
    let nobody = HashSettings { threads: 0, ..HashSettings::for_tests() };
    assert_eq!(measure(&nobody, AT_ONCE), Err(HasherError::NoRoom));
}

#[test]
fn the_strongest_cost_that_the_memory_allows_is_proposed() {
    let mut told = Vec::new();
    let proposal = tune(wanted(0.000_1, 47_104), |one| told.push(*one)).unwrap();
    assert_eq!(costs(&told), [(19_456, 2), (32_768, 2), (47_104, 2)]);
    assert_eq!(proposal.measured, told);
    assert_eq!(costs(&[proposal.chosen]), [(47_104, 2)]);
    assert!(proposal.is_enough);
}

#[test]
fn when_nothing_is_fast_enough_the_fastest_of_what_is_strong_enough_is_proposed() {
    let proposal = tune(wanted(1e9, 1024 * 1024), |_| ()).unwrap();
    assert_eq!(costs(&proposal.measured), [(19_456, 2), (47_104, 1), (12_288, 3), (9_216, 4), (7_168, 5)]);
    assert!(!proposal.is_enough);
    assert!(proposal.measured.iter().all(|one| one.per_second <= proposal.chosen.per_second));
}
