//! Addresses that many holders share.

use zaguan_domain::book::{HOLDERS_AT_MOST, SharedAddresses};
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;

fn email(text: &str) -> EmailAddress {
    EmailAddress::read(text).unwrap()
}

#[test]
fn quirk_18_the_producers_address_is_shared_and_the_holders_own_is_not() {
    let mut addresses = SharedAddresses::default();
    for holder in 0..400 {
        addresses.count(&email("productor@example.com"), Document::Person(1_000_000 + holder), "");
        addresses.count(&email(&format!("h{holder}@example.com")), Document::Person(1_000_000 + holder), "");
    }
    let shared = addresses.over(HOLDERS_AT_MOST);
    assert_eq!(shared.len(), 1);
    assert!(shared.contains(&email("Productor@Example.com")), "whatever the case");
    assert!((0..400).all(|holder| !shared.contains(&email(&format!("h{holder}@example.com")))));
}

#[test]
fn many_policies_of_one_holder_share_nothing() {
    let mut addresses = SharedAddresses::default();
    for _ in 0..1_000 {
        addresses.count(&email("flota@example.com"), Document::Company(30_701_234_568), "");
    }
    assert!(addresses.over(HOLDERS_AT_MOST).is_empty());
}

#[test]
fn three_holders_may_have_one_address_and_four_may_not() {
    for (holders, is_shared) in [(3, false), (4, true)] {
        let mut addresses = SharedAddresses::default();
        for holder in 0..holders {
            addresses.count(&email("familia@example.com"), Document::Person(5_000_000 + holder), "F");
        }
        assert_eq!(addresses.over(HOLDERS_AT_MOST).contains(&email("familia@example.com")), is_shared);
    }
}

#[test]
fn people_who_share_a_number_are_counted_apart() {
    let mut addresses = SharedAddresses::default();
    addresses.count(&email("ambos@example.com"), Document::Person(4_123_456), "F");
    addresses.count(&email("ambos@example.com"), Document::Person(4_123_456), "M");
    assert!(addresses.over(1).contains(&email("ambos@example.com")));
}

#[test]
fn no_holder_is_lost_when_many_rows_go_by_in_any_order() {
    let mut addresses = SharedAddresses::default();
    let own: Vec<_> = (0..50_000).map(|place| email(&format!("h{place}@example.com"))).collect();
    for round in 0..26_u32 {
        for (place, own) in own.iter().enumerate() {
            let place = u32::try_from(place).unwrap();
            addresses.count(own, Document::Person(10_000_000 + place), "");
            if place % 10_000 == round {
                addresses.count(&email("agencia@example.com"), Document::Person(10_000_000 + place), "");
            }
        }
    }
    let shared = addresses.over(100);
    assert!(shared.contains(&email("agencia@example.com")), "five holders in each of 26 rounds");
    assert_eq!(shared.len(), 1);
}
