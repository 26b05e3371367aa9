//! Policies: their numbers however they are typed, their state, and the door they open.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyRefusal, PolicyState, Seems};

#[expect(clippy::panic, reason = "a step of tests, and only tests run it")]
fn number(text: &str) -> PolicyNumber {
    PolicyNumber::read(text).unwrap_or_else(|refusal| panic!("{text:?}: {refusal:?}"))
}

fn assert_matches(book: &str, typed: &str) {
    assert!(number(book).matches(&number(typed)), "{typed:?} means {book:?}");
}

fn assert_does_not_match(book: &str, typed: &str) {
    assert!(!number(book).matches(&number(typed)), "{typed:?} does not mean {book:?}");
}

#[test]
fn zeros_separators_and_case_do_not_matter() {
    for typed in [
        "0001234",
        "1234",
        "1.234",
        "1,234",
        "1 234",
        "1234/0",
        "1234-00",
        "1234/0/000",
        " 1234 ",
        "001.234",
        "1234/",
    ] {
        for book in ["1234", "0001234", "1.234", "1234/0", "0000000001234"] {
            assert_matches(book, typed);
        }
    }
    for typed in
        ["59/137418", "59-137418", "59137418", "59 137418", "59.137.418", "059/0137418", "59/137418-0"]
    {
        assert_matches("59/137418", typed);
    }
    for typed in ["ab-00123", "AB123", "AB 123", "ab123/0", "AB-0000123"] {
        assert_matches("AB-00123", typed);
    }
}

#[test]
fn without_separators_the_zeros_inside_count() {
    assert_matches("59/0137418", "590137418");
    assert_matches("059-0000000137418", "0590000000137418");
    assert_matches("590137418", "59/0137418");
    assert_matches("12.034", "12034");
    assert_does_not_match("12.034", "1234");
    assert_does_not_match("1-02", "12");
    assert_does_not_match("59/0137418", "59137418");
}

#[test]
fn an_item_or_endorsement_may_be_typed_behind_the_number() {
    for typed in ["1234/2", "1234-02", "1234/002", "1.234/2", "1234/2/1", "1234 / 2"] {
        assert_matches("1234", typed);
    }
    assert_matches("59/137418", "59/137418/3");
    assert_matches("59/137418", "59/137418 00-0-00000-00000-19");
}

#[test]
fn other_digits_never_match() {
    for (book, typed) in [
        ("12345", "1234"),
        ("1234", "12345"),
        ("10", "1"),
        ("1", "10"),
        ("1234", "12340"),
        ("1234", "1243"),
        ("59/137418", "137418"),
        ("59/137418", "59"),
        ("59", "59/137418"),
        ("1234", "1234/5678"),
        ("1234", "1234A"),
        ("A1234", "B1234"),
        ("100", "1"),
        ("1000", "1/0"),
    ] {
        assert_does_not_match(book, typed);
    }
}

#[test]
fn a_label_that_is_typed_before_the_number_is_not_part_of_it() {
    for typed in [
        "Póliza 1234",
        "PÓLIZA Nº 1234",
        "Pol. 1234",
        "Nro. 1234",
        "N° 1234",
        "Número de póliza: 1234",
        "nº1234/0",
    ] {
        assert_matches("1234", typed);
    }
    assert_matches("N-1234", "N 1234");
    assert_does_not_match("N-1234", "1234");
    assert_does_not_match("1234", "X 1234");
}

#[test]
fn what_phones_and_clipboards_add_does_not_matter() {
    for typed in [
        "５９／１３７４１８",
        "59\u{2013}137418",
        "\u{200B}59/137418\u{00A0}",
        "\u{202A}59/137418\u{202C}",
        "59\u{2212}137418\n",
    ] {
        assert_matches("59/137418", typed);
    }
}

#[test]
fn plates_and_chassis_numbers_serve_as_policy_numbers() {
    for typed in ["AB123CD", "ab 123 cd", "AB-123-CD"] {
        assert_matches("AB123CD", typed);
    }
    assert_matches("AB012CD", "AB 012 CD");
    assert_matches("8AP1234ABCD567890", "8ap1234abcd567890");
    assert_does_not_match("AB123CD", "AB123CE");
    assert_does_not_match("AB123CD", "123");
}

#[test]
fn numbers_longer_than_any_integer_match_digit_by_digit() {
    assert_matches("00012345678901234567890123", "12345678901234567890123");
    assert_does_not_match("12345678901234567890123", "12345678901234567890124");
    assert_matches("2147483648", "2.147.483.648");
}

#[test]
fn equal_numbers_share_their_key() {
    for (text, key) in [
        ("0001234", "1234"),
        ("1.234", "1234"),
        ("1234/0", "1234"),
        ("59/137418", "59137418"),
        ("59-137418", "59137418"),
        ("59137418", "59137418"),
        ("059/0137418", "59137418"),
        ("ab-00123/000", "AB123"),
        ("12.034", "12034"),
        ("1234/2", "12342"),
        ("0000", "0"),
        ("Ñ-12", "N12"),
    ] {
        assert_eq!(number(text).key(), key, "{text}");
    }
}

#[test]
fn the_number_is_kept_as_the_insurer_writes_it() {
    assert_eq!(number("  00059/137418 ").as_str(), "00059/137418");
    assert_eq!(PolicyNumber::from_stored("00059/137418"), Some(number("00059/137418")));
    for text in ["", " 1234", "sin número", "1234\n"] {
        assert_eq!(PolicyNumber::from_stored(text), None, "{text:?}");
    }
}

#[test]
fn what_is_no_number_is_refused_with_its_reason() {
    for typed in ["", "  ", "\u{200B}"] {
        assert_eq!(PolicyNumber::read(typed), Err(PolicyRefusal::Empty));
    }
    for typed in ["no sé", "---", "Automotores"] {
        assert_eq!(PolicyNumber::read(typed), Err(PolicyRefusal::NoDigits), "{typed}");
    }
    for (typed, character) in [
        ("ana@gmail.com", '@'),
        ("12\u{0}34", '\0'),
        ("1234 🚗", '🚗'),
        ("<1234>", '<'),
        ("12\u{1B}34", '\u{1B}'),
        ("保1", '保'),
    ] {
        assert_eq!(PolicyNumber::read(typed), Err(PolicyRefusal::BadCharacter { character }), "{typed}");
    }
    assert!(PolicyNumber::read(&"1".repeat(PolicyNumber::LONGEST)).is_ok());
    for typed in ["1".repeat(PolicyNumber::LONGEST + 1), "1/".repeat(5_000)] {
        assert_eq!(PolicyNumber::read(&typed), Err(PolicyRefusal::TooLong));
    }
}

#[test]
fn a_number_that_fits_no_policy_is_told_what_it_seems_to_be() {
    for (typed, seems) in [
        ("AB123CD", Some(Seems::Plate)),
        ("ab 123 cd", Some(Seems::Plate)),
        ("ABC123", Some(Seems::Plate)),
        ("A123BCD", Some(Seems::Plate)),
        ("123 ABC", Some(Seems::Plate)),
        ("20-12345678-6", Some(Seems::Cuit)),
        ("30701234568", Some(Seems::Cuit)),
        ("30701234567", None),
        ("00123456789", Some(Seems::ProcedureNumber)),
        ("01234567890", None),
        ("Siniestro Nº 4567", Some(Seems::Claim)),
        ("SIN-4567", Some(Seems::Claim)),
        ("n° de siniestro 4567", Some(Seems::Claim)),
        ("59/137418", None),
        ("1234", None),
        ("12345678901234567890123", None),
    ] {
        assert_eq!(number(typed).seems(), seems, "{typed}");
    }
}

fn policy(state: Option<PolicyState>, to: Option<Date>) -> Policy {
    Policy {
        line: LineOfBusiness::Motor,
        number: number("1234"),
        previous: Vec::new(),
        from: None,
        to,
        state,
        holder: "PEREZ, JUANA".to_owned(),
        discriminator: String::new(),
        email: None,
        email_shared: false,
    }
}

const TODAY: Date = date(2026, 3, 31);

#[test]
fn the_dates_win_over_a_book_that_still_says_in_force() {
    for state in [None, Some(PolicyState::InForce)] {
        assert_eq!(
            policy(state, Some(date(2026, 3, 30))).state_on(TODAY),
            PolicyState::Expired,
            "ended yesterday"
        );
        assert_eq!(policy(state, Some(TODAY)).state_on(TODAY), PolicyState::InForce, "ends today at noon");
        assert_eq!(policy(state, Some(date(2026, 4, 1))).state_on(TODAY), PolicyState::InForce);
        assert_eq!(policy(state, None).state_on(TODAY), PolicyState::InForce);
    }
}

#[test]
fn no_date_revives_an_expired_or_cancelled_policy() {
    for to in [None, Some(date(2025, 1, 1)), Some(date(2027, 1, 1))] {
        assert_eq!(policy(Some(PolicyState::Cancelled), to).state_on(TODAY), PolicyState::Cancelled);
        assert_eq!(policy(Some(PolicyState::Expired), to).state_on(TODAY), PolicyState::Expired);
    }
}

#[test]
fn a_policy_opens_the_door_for_some_months_after_its_end() {
    let ended = |to| policy(Some(PolicyState::Expired), Some(to));
    assert!(policy(None, None).opens_the_door(TODAY, 0), "in force");
    assert!(ended(date(2026, 3, 30)).opens_the_door(TODAY, 24));
    assert!(ended(date(2024, 4, 1)).opens_the_door(TODAY, 24), "a day less than 24 months");
    assert!(!ended(date(2024, 3, 31)).opens_the_door(TODAY, 24), "24 months");
    assert!(!ended(date(2026, 3, 30)).opens_the_door(TODAY, 0), "only what is in force");
    assert!(ended(date(2026, 2, 28)).opens_the_door(date(2026, 3, 27), 1));
    assert!(!ended(date(2026, 2, 28)).opens_the_door(date(2026, 3, 28), 1));
    assert!(ended(date(1000, 1, 1)).opens_the_door(TODAY, u16::MAX));
    assert!(ended(Date::MAX).opens_the_door(TODAY, u16::MAX), "no overflow");
}

#[test]
fn an_end_that_the_book_does_not_tell_gets_the_benefit_of_the_doubt() {
    assert!(policy(Some(PolicyState::Expired), None).opens_the_door(TODAY, 24));
    assert!(!policy(Some(PolicyState::Expired), None).opens_the_door(TODAY, 0));
    let cancelled_early = policy(Some(PolicyState::Cancelled), Some(date(2027, 1, 1)));
    assert!(cancelled_early.opens_the_door(TODAY, 1));
    assert!(!cancelled_early.opens_the_door(TODAY, 0));
    assert!(!policy(Some(PolicyState::Cancelled), Some(date(2020, 1, 1))).opens_the_door(TODAY, 24));
}

#[test]
fn the_book_has_three_words_for_the_state() {
    for state in [PolicyState::InForce, PolicyState::Expired, PolicyState::Cancelled] {
        assert_eq!(PolicyState::from_book(state.in_book()), Some(state));
    }
    assert_eq!(PolicyState::from_book(" VIGENTE "), Some(PolicyState::InForce));
    assert_eq!(PolicyState::from_book("suspendida"), None);
}

#[test]
fn debug_leaves_the_holders_name_out() {
    assert!(!format!("{:?}", policy(None, None)).contains("PEREZ"));
}

/// A number in segments of digits, none of them beginning with a zero.
fn segments() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[1-9][0-9]{0,9}", 1..=3)
}

proptest! {
    #[test]
    fn nothing_panics_on_any_text(book in ".*", typed in ".*") {
        if let (Ok(book), Ok(typed)) = (PolicyNumber::read(&book), PolicyNumber::read(&typed)) {
            let _ = (book.key(), book.matches(&typed), typed.seems());
        }
    }

    #[test]
    fn every_number_matches_itself_and_survives_storing(text in "[A-Za-z0-9 ./_-]{0,20}[0-9][A-Za-z0-9 ./_-]{0,19}") {
        let read = number(&text);
        prop_assert!(read.matches(&read));
        prop_assert_eq!(PolicyNumber::from_stored(read.as_str()), Some(read));
    }

    #[test]
    fn a_number_matches_under_any_decoration(
        segments in segments(),
        zeros in prop::collection::vec(0_usize..4, 3),
        separators in prop::collection::vec(prop::sample::select(vec!["/", "-", " / ", "_"]), 3),
        ending in prop::sample::select(vec!["", "/0", "-000", " "]),
    ) {
        let book = number(&segments.join("/"));
        let mut typed = String::new();
        for ((segment, zeros), separator) in segments.iter().zip(zeros).zip(separators) {
            if !typed.is_empty() {
                typed.push_str(separator);
            }
            typed.push_str(&"0".repeat(zeros));
            typed.push_str(segment);
        }
        typed.push_str(ending);
        prop_assume!(typed.chars().count() <= PolicyNumber::LONGEST);
        let typed = number(&typed);
        prop_assert!(book.matches(&typed) && typed.matches(&book), "{:?} {:?}", book, typed);
        prop_assert_eq!(book.key(), typed.key());
        prop_assert!(book.matches(&number(&segments.concat())));
    }

    #[test]
    fn other_digits_do_not_match_however_they_are_written(book in "[1-9][0-9]{0,11}", typed in "[1-9][0-9]{0,11}", zeros in 0_usize..4) {
        prop_assume!(book != typed);
        let typed = "0".repeat(zeros) + &typed;
        prop_assert!(!number(&book).matches(&number(&typed)));
    }

    #[test]
    fn one_digit_changed_added_or_lost_does_not_match(
        book in "[1-9][0-9]{3,11}",
        place in 0_usize..4,
        more in 1_u8..10,
    ) {
        let mut changed = book.clone().into_bytes();
        changed[place] = b'0' + (changed[place] - b'0' + more) % 10;
        let changed = String::from_utf8(changed).unwrap();
        let longer = format!("{book}{more}");
        for typed in [&changed, &longer, &book[1..], &book[..book.len() - 1]] {
            prop_assert!(!number(&book).matches(&number(typed)), "{} {}", book, typed);
        }
    }

    #[test]
    fn a_door_that_has_closed_stays_closed(days in 0_i32..2_000, later in 0_i32..2_000, months in 0_u16..60) {
        let day = |days: i32| date(2020, 1, 1).saturating_add(jiff::Span::new().days(days));
        let ended = policy(None, Some(date(2020, 1, 1)));
        prop_assert!(ended.opens_the_door(day(days), months) || !ended.opens_the_door(day(days + later), months));
    }
}
