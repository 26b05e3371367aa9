//! The reading of document numbers: the tables of what people type, and laws that hold for any text.

use proptest::prelude::*;
use zaguan_domain::cuit;
use zaguan_domain::document::{Document, DocumentRefusal, ReadAs};

fn read(typed: &str) -> Result<(Document, ReadAs), DocumentRefusal> {
    Document::read(typed).map(|read| (read.document, read.read_as))
}

fn assert_person(typed: &str, number: u32, read_as: ReadAs) {
    assert_eq!(read(typed), Ok((Document::Person(number), read_as)), "{typed:?}");
}

fn assert_refused(typed: &str, refusal: &DocumentRefusal) {
    assert_eq!(read(typed).as_ref().err(), Some(refusal), "{typed:?}");
}

#[test]
fn a_number_written_with_dots_or_without_is_as_typed() {
    assert_person("12.345.678", 12_345_678, ReadAs::AsTyped);
    assert_person("12345678", 12_345_678, ReadAs::AsTyped);
    assert_person("1.234.567", 1_234_567, ReadAs::AsTyped);
    assert_person("123456", 123_456, ReadAs::AsTyped);
}

#[test]
fn decoration_and_labels_are_cleaned() {
    for typed in [
        "12 345 678",
        "12,345,678",
        "12-345-678",
        "DNI 12345678",
        " 12345678 ",
        "D.N.I. 12.345.678",
        "D. N. I. 12.345.678",
        "DNI N°: 12345678",
        "dni:12345678",
        "Documento nro. 12.345.678",
        "número 12345678",
        "12.345.678 (DNI)",
        "12'345'678",
        "12/345/678",
        "12.345.678.",
        "M 12345678",
    ] {
        assert_person(typed, 12_345_678, ReadAs::Cleaned);
    }
}

#[test]
fn zeros_in_front_are_dropped() {
    assert_person("012345678", 12_345_678, ReadAs::Cleaned);
    assert_person("0012345678", 12_345_678, ReadAs::Cleaned);
    assert_person("01.234.567", 1_234_567, ReadAs::Cleaned);
    assert_person("000000012345678", 12_345_678, ReadAs::Cleaned);
}

#[test]
fn the_old_libretas_are_read() {
    for typed in
        ["M 4.123.456", "F4123456", "L.E. 4123456", "LC 4123456", "Libreta Cívica 4.123.456", "C.I. 4123456"]
    {
        assert_person(typed, 4_123_456, ReadAs::Cleaned);
    }
    assert_person("LC 1234567", 1_234_567, ReadAs::Cleaned);
}

#[test]
fn what_phones_and_clipboards_add_is_cleaned() {
    for typed in [
        "12.345.678\u{00A0}",
        "１２３４５６７８",
        "\u{FEFF}12345678",
        "12\u{200B}345\u{200B}678",
        "\u{202A}12.345.678\u{202C}",
        "\u{200F}12345678",
        "12\u{2019}345\u{2019}678",
        "12–345–678",
        "12\u{202F}345\u{202F}678",
        "12345678\r\n",
        "\t12345678",
        "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
    ] {
        assert_person(typed, 12_345_678, ReadAs::Cleaned);
    }
}

#[test]
fn every_range_in_the_books_is_accepted() {
    for number in
        [100_000, 999_999, 4_123_456, 18_830_123, 59_999_999, 60_000_000, 70_000_123, 92_345_678, 99_999_999]
    {
        assert_person(&number.to_string(), number, ReadAs::AsTyped);
    }
    assert_refused("99999", &DocumentRefusal::TooShort);
    assert_refused("100000000", &DocumentRefusal::OneDigitTooMany);
}

#[test]
fn the_document_is_taken_from_a_persons_cuil() {
    for (typed, number) in [
        ("20-12345678-6", 12_345_678),
        ("20123456786", 12_345_678),
        ("CUIL 20-12345678-6", 12_345_678),
        ("20 12345678 6", 12_345_678),
        ("20–12345678–6", 12_345_678),
        ("0020123456786", 12_345_678),
        ("27-12345678-0", 12_345_678),
        ("20-30123456-3", 30_123_456),
        ("27-28456789-2", 28_456_789),
        ("20-05123456-2", 5_123_456),
        ("27-92345678-9", 92_345_678),
        ("27-70000123-2", 70_000_123),
        ("23-30000002-9", 30_000_002),
        ("23-28000009-4", 28_000_009),
        ("23-94567890-9", 94_567_890),
    ] {
        assert_person(typed, number, ReadAs::FromCuil);
    }
}

#[test]
fn a_companys_cuit_is_its_document() {
    for (typed, number, read_as) in [
        ("30-70123456-8", 30_701_234_568, ReadAs::AsTyped),
        ("30701234568", 30_701_234_568, ReadAs::AsTyped),
        ("33-70123456-7", 33_701_234_567, ReadAs::AsTyped),
        ("CUIT: 30-70123456-8", 30_701_234_568, ReadAs::Cleaned),
        ("30 70123456 8", 30_701_234_568, ReadAs::Cleaned),
    ] {
        assert_eq!(read(typed), Ok((Document::Company(number), read_as)), "{typed}");
    }
}

#[test]
fn a_number_that_holds_no_document_is_read_whole() {
    for prefix in [50, 51, 55] {
        let first_ten = prefix * 100_000_000 + 12_345_678;
        let number = first_ten * 10 + cuit::check_digit(first_ten).unwrap();
        assert_eq!(read(&number.to_string()), Ok((Document::Company(number), ReadAs::AsTyped)));
    }
}

#[test]
fn the_check_digits_of_the_table_are_right() {
    for (first_ten, digit) in [
        (2_012_345_678, Some(6)),
        (2_712_345_678, Some(0)),
        (2_030_123_456, Some(3)),
        (2_728_456_789, Some(2)),
        (2_005_123_456, Some(2)),
        (2_792_345_678, Some(9)),
        (2_770_000_123, Some(2)),
        (3_070_123_456, Some(8)),
        (3_370_123_456, Some(7)),
        (2_030_000_002, None),
        (2_330_000_002, Some(9)),
        (2_728_000_009, None),
        (2_328_000_009, Some(4)),
        (2_094_567_890, None),
        (2_394_567_890, Some(9)),
    ] {
        assert_eq!(cuit::check_digit(first_ten), digit, "{first_ten}");
    }
}

#[test]
fn the_prefix_23_ends_in_9_for_20_and_in_4_for_27() {
    let mut impossible = 0;
    for number in (1_000_000..60_000_000).step_by(997) {
        let digit = |prefix: u64| cuit::check_digit(prefix * 100_000_000 + number);
        if digit(20).is_none() {
            impossible += 1;
            assert_eq!((digit(23), digit(24), digit(25), digit(26)), (Some(9), Some(5), Some(1), Some(8)));
        }
        if digit(27).is_none() {
            assert_eq!((digit(23), digit(24), digit(25), digit(26)), (Some(4), Some(0), Some(7), Some(3)));
        }
        if digit(30).is_none() {
            assert_eq!((digit(33), digit(34)), (Some(9), Some(5)));
        }
    }
    let of_all = 59_000_000 / 997;
    assert!((of_all / 12..of_all / 10).contains(&impossible), "one in eleven, not {impossible} of {of_all}");
}

#[test]
fn a_wrong_check_digit_is_told() {
    for typed in
        ["20-12345678-5", "20123456785", "30-70123456-7", "20-12345687-6", "27-12345678-6", "20-30000002-0"]
    {
        assert_refused(typed, &DocumentRefusal::WrongCheckDigit);
    }
}

#[test]
fn a_wrong_prefix_of_what_is_written_as_a_cuit_is_a_wrong_digit() {
    for typed in ["10-12345678-6", "21-12345678-6", "CUIL 21123456786", "cuit 00123456789"] {
        assert_refused(typed, &DocumentRefusal::WrongCheckDigit);
    }
}

#[test]
fn the_procedure_number_is_recognised() {
    for typed in
        ["00123456789", "00.123.456.789", "01234567890", "00012345678", "61234567890", "Nº 00123456789"]
    {
        assert_refused(typed, &DocumentRefusal::LooksLikeProcedureNumber);
    }
}

#[test]
fn no_digit_is_ever_cut_off() {
    assert_refused("123456789", &DocumentRefusal::OneDigitTooMany);
    assert_refused("0123456789", &DocumentRefusal::OneDigitTooMany);
    assert_refused("1234567890", &DocumentRefusal::TooLong);
    assert_refused("123456789012", &DocumentRefusal::TooLong);
    assert_refused("+54 9 11 4444 5555", &DocumentRefusal::NotADocument);
    assert_refused(&"1".repeat(60), &DocumentRefusal::TooLong);
    assert_refused(&"1".repeat(10_000), &DocumentRefusal::TooLong);
}

#[test]
fn too_few_digits_are_told() {
    for typed in ["1", "12345", "0", "00000000000", "DNI 123", "20-00000002-8"] {
        assert_refused(typed, &DocumentRefusal::TooShort);
    }
}

#[test]
fn a_letter_for_a_digit_is_suggested_and_not_mended() {
    for (typed, suggestion) in [
        ("1234567B", "12.345.678"),
        ("12.345.67O", "12.345.670"),
        ("l2345678", "12.345.678"),
        ("DNI I2.345.678", "12.345.678"),
        ("1Z34S678", "12.345.678"),
        ("2O-12345678-6", "12.345.678"),
        ("3O-70123456-8", "30-70123456-8"),
        ("O12345678", "12.345.678"),
    ] {
        assert_refused(typed, &DocumentRefusal::LetterForDigit { suggestion: suggestion.to_owned() });
    }
}

#[test]
fn plates_and_addresses_are_recognised() {
    for typed in ["AB123CD", "ab 123 cd", "AB-123-CD", "ABC123", "ABC 123", "A123BCD", "123ABC"] {
        assert_refused(typed, &DocumentRefusal::LooksLikePlate);
    }
    for typed in ["ana@gmail.com", "12345678@gmail.com", "@"] {
        assert_refused(typed, &DocumentRefusal::LooksLikeEmail);
    }
}

#[test]
fn nothing_is_told_apart_from_something_else() {
    for typed in ["", " ", "\u{200B}", "\u{FEFF}\u{00A0}", "\r\n"] {
        assert_refused(typed, &DocumentRefusal::Empty);
    }
    for typed in [
        "Ana",
        "DNI",
        "---",
        "AAB123456",
        "12345678N1",
        "12\u{0}345678",
        "🙂12345678",
        "$ 1.234.567",
        "٠١٢٣٤٥٦٧",
        "<script>",
        "12345678 Pérez",
        "1e7",
        "12345678\u{1B}",
        "½345678",
    ] {
        assert_refused(typed, &DocumentRefusal::NotADocument);
    }
}

#[test]
fn a_number_with_decimals_is_not_misread_as_a_longer_one() {
    assert_refused("12345678.0", &DocumentRefusal::OneDigitTooMany);
    assert_refused("12345678,00", &DocumentRefusal::TooLong);
}

#[test]
fn all_but_the_last_three_digits_are_masked_and_debug_tells_no_more() {
    assert_eq!(Document::Person(12_345_678).masked(), "••.•••.678");
    assert_eq!(Document::Person(1_234_567).masked(), "•.•••.567");
    assert_eq!(Document::Person(123_456).masked(), "•••.456");
    assert_eq!(Document::Company(30_701_234_568).masked(), "••-••••••56-8");
    assert_eq!(format!("{:?}", Document::Person(12_345_678)), "Document(••.•••.678)");
    assert!(!format!("{:?}", Document::read("20-12345678-6")).contains("12"));
}

#[test]
fn what_is_stored_is_read_strictly() {
    for text in [
        "",
        "0",
        "99999",
        "012345678",
        "12.345.678",
        "+1234567",
        "100000000",
        "20123456786",
        "30701234567",
        " 1234567",
    ] {
        assert_eq!(Document::from_stored(text), None, "{text}");
    }
    assert_eq!(Document::from_stored("30701234568"), Some(Document::Company(30_701_234_568)));
}

/// Any document: the books' mixture of persons and companies.
fn any_document() -> impl Strategy<Value = Document> {
    let company = (prop::sample::select(vec![30_u64, 33, 34]), 0_u64..100_000_000).prop_filter_map(
        "a check digit of ten",
        |(prefix, number)| {
            let first_ten = prefix * 100_000_000 + number;
            Some(Document::Company(first_ten * 10 + cuit::check_digit(first_ten)?))
        },
    );
    prop_oneof![4 => (100_000_u32..=99_999_999).prop_map(Document::Person), 1 => company]
}

/// A CUIT or CUIL of any prefix that is given out, as eleven digits.
fn any_cuit() -> impl Strategy<Value = String> {
    let prefixes = vec![20_u64, 23, 24, 25, 26, 27, 30, 33, 34];
    (prop::sample::select(prefixes), 100_000_u64..100_000_000).prop_filter_map(
        "a check digit of ten",
        |(prefix, number)| {
            let first_ten = prefix * 100_000_000 + number;
            Some((first_ten * 10 + cuit::check_digit(first_ten)?).to_string())
        },
    )
}

/// Texts near the forms that are read, where a rule may slip.
fn nearly_a_document() -> impl Strategy<Value = String> {
    "[ 0-9.,/'@A-Za-zñºª°\u{200B}\u{00A0}１-３–-]{0,24}"
}

proptest! {
    #[test]
    fn reading_never_panics(text in ".*") {
        let _ = Document::read(&text);
    }

    #[test]
    fn whatever_is_read_reads_the_same_when_shown_or_stored(text in nearly_a_document()) {
        if let Ok(first) = Document::read(&text) {
            prop_assert_eq!(read(&first.document.shown()), Ok((first.document, ReadAs::AsTyped)));
            prop_assert_eq!(Document::from_stored(&first.document.to_stored()), Some(first.document));
        }
    }

    #[test]
    fn every_document_survives_showing_and_storing(document in any_document()) {
        prop_assert_eq!(read(&document.shown()), Ok((document, ReadAs::AsTyped)));
        prop_assert_eq!(read(&document.to_stored()), Ok((document, ReadAs::AsTyped)));
        prop_assert_eq!(Document::from_stored(&document.to_stored()), Some(document));
    }

    #[test]
    fn a_suggestion_is_a_document_as_we_show_it(text in "[0-9OIlSZB]{6,8}") {
        if let Err(DocumentRefusal::LetterForDigit { suggestion }) = Document::read(&text) {
            prop_assert!(matches!(read(&suggestion), Ok((_, ReadAs::AsTyped))), "{}", suggestion);
        }
    }

    #[test]
    fn blanks_dots_and_invisible_marks_change_nothing(
        number in 100_000_u32..=99_999_999,
        marks in prop::collection::vec(prop::sample::select(vec!["", " ", ".", "-", "\u{200B}", "\u{00A0}", "\u{200E}"]), 9),
    ) {
        let mut typed = String::new();
        for (digit, mark) in number.to_string().chars().zip(&marks) {
            typed.push_str(mark);
            typed.push(digit);
        }
        typed.push_str(marks[8]);
        prop_assert_eq!(Document::read(&typed).map(|read| read.document), Ok(Document::Person(number)));
    }

    #[test]
    fn one_wrong_digit_in_a_cuit_is_always_found(cuit in any_cuit(), place in 0_usize..11, more in 1_u8..10) {
        let mut digits = cuit.into_bytes();
        digits[place] = b'0' + (digits[place] - b'0' + more) % 10;
        let typed = String::from_utf8(digits).unwrap();
        prop_assert!(read(&typed).is_err(), "{}", typed);
    }

    #[test]
    fn two_neighbours_swapped_in_a_cuit_are_always_found(cuit in any_cuit(), place in 0_usize..10) {
        let mut digits = cuit.clone().into_bytes();
        digits.swap(place, place + 1);
        let typed = String::from_utf8(digits).unwrap();
        prop_assert!(typed == cuit || read(&typed).is_err(), "{}", typed);
    }

    #[test]
    fn a_cuil_reads_as_the_document_in_its_middle(cuit in any_cuit()) {
        let (document, read_as) = read(&cuit).unwrap();
        if cuit.starts_with('2') {
            prop_assert_eq!(document.to_stored(), cuit[2..10].trim_start_matches('0'));
            prop_assert_eq!(read_as, ReadAs::FromCuil);
        } else {
            prop_assert_eq!(document.to_stored(), cuit);
        }
    }

    #[test]
    fn neither_the_mask_nor_debug_tells_more_than_three_digits(document in any_document()) {
        for text in [document.masked(), format!("{document:?}")] {
            prop_assert_eq!(text.chars().filter(char::is_ascii_digit).count(), 3);
        }
    }
}
