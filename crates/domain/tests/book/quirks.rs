//! What real books are like, quirk by quirk, each with its vector.

use crate::row::{from_spreadsheet, raw, reason, with};
use jiff::civil::{Date, date};
use zaguan_domain::book::{
    BookRules, Column, DateShape, DatesSeen, DocumentKind, Movement, Note, RejectReason, SixDigits, clean,
};
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{PolicyNumber, PolicyState};

fn document(text: &str) -> Document {
    with(&[(Column::Document, text)]).unwrap_or_else(|reject| panic!("{text}: {reject:?}")).document
}

fn number(text: &str) -> String {
    with(&[(Column::Number, text)]).unwrap().policy.number.as_str().to_owned()
}

fn last_day(text: &str) -> Option<Date> {
    with(&[(Column::To, text)]).unwrap_or_else(|reject| panic!("{text}: {reject:?}")).policy.to
}

fn email(text: &str) -> (Option<String>, Vec<Note>) {
    let row = with(&[(Column::Email, text)]).unwrap();
    (row.policy.email.map(|email| email.as_str().to_owned()), row.notes)
}

#[test]
fn a_good_row_is_taken_as_it_is() {
    let row = with(&[]).unwrap();
    assert_eq!(row.document, Document::Person(12_345_678));
    assert_eq!(row.policy.line, LineOfBusiness::Motor);
    assert_eq!(row.policy.number.as_str(), "59/137418");
    assert_eq!(row.policy.holder, "PEREZ, ANA");
    assert_eq!(row.policy.discriminator, "F");
    assert_eq!(row.policy.state, Some(PolicyState::InForce));
    assert_eq!((row.policy.from, row.policy.to), (Some(date(2026, 1, 1)), Some(date(2027, 1, 1))));
    assert_eq!((row.movement, row.notes), (None, vec![]));
}

#[test]
fn quirk_8_what_saves_the_zeros_is_unwrapped() {
    assert_eq!(number("=\"00012345\""), "00012345");
    assert_eq!(number("'00012345"), "00012345");
    assert_eq!(document("=\"12345678\""), Document::Person(12_345_678));
    assert_eq!(document("'12345678"), Document::Person(12_345_678));
}

#[test]
fn quirk_9_zeros_that_a_spreadsheet_lost_do_not_matter() {
    let kept = with(&[(Column::Number, "00012345")]).unwrap().policy;
    let lost = with(&[(Column::Number, "12345")]).unwrap().policy;
    assert!(lost.is_meant_by(&kept.number) && kept.is_meant_by(&lost.number));
    assert_eq!(lost.number.key(), kept.number.key());
}

#[test]
fn quirk_10_scientific_notation_is_rejected_with_what_to_do() {
    for text in ["2,01235E+10", "2.01235E+10", "2E+10", "2,0123456786e10"] {
        for column in [Column::Document, Column::Number, Column::Discriminator] {
            assert_eq!(reason(column, text), RejectReason::Scientific, "{text}");
        }
    }
    assert!(RejectReason::Scientific.in_spanish().contains("formato Texto"));
    assert_eq!(number("5E12"), "5E12", "an insurer's own letter between digits");
}

#[test]
fn quirk_11_digits_that_a_spreadsheet_rounded_are_rejected() {
    for text in ["1234567890123000", "1234567890123450000", "12345678901234500000"] {
        let reject = from_spreadsheet(&[(Column::Number, text)]).unwrap_err();
        assert_eq!(reject.reason, RejectReason::Rounded, "{text}");
        assert_eq!(number(text), text, "in a text file nobody rounds");
    }
    for text in ["123456789012340", "1234567890123456", "0234567890123450", "12345678901234501"] {
        assert!(from_spreadsheet(&[(Column::Number, text)]).is_ok(), "{text}");
    }
}

#[test]
fn quirk_12_a_number_that_became_a_date_is_rejected() {
    for text in ["dic-98", "DIC-98", "dic-1998", "12-dic", "01-dic-98", "Dec-98", "1/ene/2026"] {
        assert_eq!(reason(Column::Number, text), RejectReason::TurnedIntoDate, "{text}");
    }
    for text in ["1998-12-01", "01/12/1998", "1/12/1998", "1998-12-01 00:00:00"] {
        let reject = from_spreadsheet(&[(Column::Number, text)]).unwrap_err();
        assert_eq!(reject.reason, RejectReason::TurnedIntoDate, "{text}");
    }
    assert_eq!(number("12/1998"), "12/1998", "as the insurer wrote it");
    assert_eq!(number("01/12/1998"), "01/12/1998", "in a text file it may be a number");
    for text in ["59/137418", "12/1998", "1234-5-1", "MAR123", "2015/3/12", "99/99/2015"] {
        assert!(from_spreadsheet(&[(Column::Number, text)]).is_ok(), "{text}");
    }
}

#[test]
fn quirk_13_dates_are_read_in_every_shape_the_day_first() {
    for text in [
        "31/12/2026",
        "31-12-26",
        "31/12/26",
        "31.12.2026",
        "20261231",
        "31122026",
        "2026-12-31",
        "2026/12/31",
        "2026-12-31 00:00:00",
        "2026-12-31T00:00:00Z",
        "31/12/2026 0:00",
        "46387",
        "46387,0",
        "46387.5",
        "31-dic-2026",
        "31/DIC/26",
        " 31/12/2026 ",
    ] {
        assert_eq!(last_day(text), Some(date(2026, 12, 31)), "{text}");
    }
    assert_eq!(last_day("1/2/2026"), Some(date(2026, 2, 1)));
    assert_eq!(last_day("01/01/30"), Some(date(1930, 1, 1)));
    assert_eq!(last_day("31/12/29"), Some(date(2029, 12, 31)));
}

#[test]
fn quirk_13_what_cores_write_for_no_date_is_none_and_what_is_no_date_is_rejected() {
    let none = [
        "",
        " ",
        "-",
        "00/00/0000",
        "00/00/0000 00:00:00",
        "00000000",
        "0",
        "  /  /    ",
        "0000-00-00",
        "00:00:00",
        "31/12/9999",
        "99991231",
        "9999-12-31",
        "01/01/1900",
        "19000101",
        "0001-01-01",
    ];
    for text in none {
        assert_eq!(last_day(text), None, "{text}");
    }
    let rejected = [
        "12/31/2026",
        "30/02/2026",
        "2026",
        "nunca",
        "1/2",
        "1/2/3/4",
        "01/01/1026",
        "01/01/2926",
        "123456789",
        "*",
    ];
    for text in rejected {
        assert_eq!(reason(Column::To, text), RejectReason::NotADate, "{text}");
    }
}

#[test]
fn quirk_13_six_digits_are_a_date_only_where_it_is_known_which() {
    for text in ["261231", "311226", "999999"] {
        assert_eq!(reason(Column::To, text), RejectReason::DateOfSixDigits, "{text}");
    }
    let to = |text: &str, order| {
        let rules = BookRules { six_digit_dates: Some(order), ..BookRules::default() };
        clean(&raw(&[(Column::To, text)]), &rules, false)
            .map(|row| row.policy.to)
            .map_err(|reject| reject.reason)
    };
    let new_years_eve = Ok(Some(date(2026, 12, 31)));
    assert_eq!(to("311226", SixDigits::DayFirst), new_years_eve);
    assert_eq!(to("261231", SixDigits::YearFirst), new_years_eve);
    assert_eq!(to("'311226", SixDigits::DayFirst), new_years_eve);
    assert_eq!(to("31/12/2026", SixDigits::YearFirst), new_years_eve);
    assert_eq!(to("000000", SixDigits::DayFirst), Ok(None));
    assert_eq!(to("010199", SixDigits::DayFirst), Ok(Some(date(1999, 1, 1))));
    // A zero was lost in front; a spreadsheet's number would be another day.
    for text in ["321226", "46387", "991301"] {
        assert_eq!(to(text, SixDigits::DayFirst), Err(RejectReason::NotADate), "{text}");
    }
}

#[test]
fn quirk_13_days_of_six_digits_are_understood_where_all_of_them_leave_no_doubt() {
    let seen = |cells: &[&str]| {
        let mut seen = DatesSeen::default();
        for cell in cells {
            seen.see(cell);
        }
        seen
    };
    for (cells, meaning) in [
        (&["010226", "311299", "000000", ""][..], Some(SixDigits::DayFirst)),
        (&["260201", "991231"], Some(SixDigits::YearFirst)),
        (&["010226", "261231"], None),
        (&["311299", "991231"], None),
        (&["31/12/2026"], None),
    ] {
        assert_eq!(seen(cells).six_digits(), meaning, "{cells:?}");
    }
    let mut both = seen(&["010226", "20261231"]);
    both.extend(&seen(&["311299"]));
    assert_eq!(both.six_digits(), Some(SixDigits::DayFirst));
    assert_eq!(both.shapes(), [DateShape::SixDigits, DateShape::YearFirstDigits]);
}

#[test]
fn quirk_13_each_shape_of_a_date_is_known() {
    for (cell, shape) in [
        ("31/12/2026", DateShape::DayFirst),
        ("1.2.2026", DateShape::DayFirst),
        ("31-12-26", DateShape::DayFirstShort),
        ("31122026", DateShape::DayFirstDigits),
        ("20261231", DateShape::YearFirstDigits),
        ("2026-12-31T00:00:00Z", DateShape::YearFirst),
        ("31-dic-26", DateShape::MonthByName),
        ("46387", DateShape::SpreadsheetNumber),
        ("46387,5", DateShape::SpreadsheetNumber),
        ("00/00/0000", DateShape::NoDay),
        ("99991231", DateShape::NoDay),
        ("311226", DateShape::SixDigits),
        ("30/02/2026", DateShape::NotADate),
        ("nunca", DateShape::NotADate),
    ] {
        assert_eq!(DateShape::of(cell), Some(shape), "{cell}");
    }
    assert_eq!(DateShape::of(" "), None);
}

#[test]
fn quirk_13_the_window_of_two_digit_years_is_the_insurers() {
    let rules = BookRules { two_digit_years_from: 1990, ..BookRules::default() };
    let row = clean(&raw(&[(Column::From, "01/01/89"), (Column::To, "01/01/90")]), &rules, false).unwrap();
    assert_eq!((row.policy.from, row.policy.to), (Some(date(2089, 1, 1)), Some(date(1990, 1, 1))));
}

#[test]
fn quirk_15_documents_are_mended_and_dummies_rejected() {
    let plain = ["12.345.678", "12 345 678", "00012345678", "DNI 12345678"];
    for text in plain {
        assert_eq!(document(text), Document::Person(12_345_678), "{text}");
    }
    for text in ["12345678,00", "12345678.0", "12.345.678,00"] {
        let row = with(&[(Column::Document, text)]).unwrap();
        assert_eq!(
            (row.document, row.notes),
            (Document::Person(12_345_678), vec![Note::DecimalsDropped]),
            "{text}"
        );
    }
    for text in
        ["0", "1", "00000000", "11111111", "11.111.111", "99999999", "7777777", "20-11111111-2", "0,00"]
    {
        assert_eq!(reason(Column::Document, text), RejectReason::DummyDocument, "{text}");
    }
    for (text, expected) in [
        ("", RejectReason::Empty),
        ("12345", RejectReason::DocumentTooShort),
        ("123456789", RejectReason::DocumentOneDigitTooMany),
        ("1234567890", RejectReason::DocumentTooLong),
        ("AB123CD", RejectReason::NotADocument),
        ("NO TIENE", RejectReason::NotADocument),
        ("ana@example.com", RejectReason::NotADocument),
    ] {
        assert_eq!(reason(Column::Document, text), expected, "{text}");
    }
}

#[test]
fn quirk_16_a_cuit_is_read_with_its_hyphens_and_refused_with_a_wrong_digit() {
    assert_eq!(document("30-70123456-8"), Document::Company(30_701_234_568));
    assert_eq!(document("30701234568"), Document::Company(30_701_234_568));
    assert_eq!(document("20-12345678-6"), Document::Person(12_345_678));
    assert_eq!(document("20123456786.0"), Document::Person(12_345_678));
    assert_eq!(reason(Column::Document, "30-70123456-9"), RejectReason::WrongCheckDigit);
    assert_eq!(reason(Column::Document, "0-70123456-8"), RejectReason::DocumentOneDigitTooMany);
}

#[test]
fn a_kind_of_document_is_known_by_its_name_or_the_insurers_code() {
    for text in ["", "DNI", "d.n.i.", "L.E.", "Libreta cívica", "cuit", "CDI", "DU"] {
        assert!(with(&[(Column::DocumentKind, text)]).is_ok(), "{text}");
    }
    assert_eq!(reason(Column::DocumentKind, "96"), RejectReason::UnknownDocumentKind);
    assert_eq!(reason(Column::DocumentKind, "Pasaporte"), RejectReason::UnknownDocumentKind);
    let mut rules = BookRules::default();
    rules.document_kinds.extend([("96", DocumentKind::Dni)]);
    assert!(clean(&raw(&[(Column::DocumentKind, "096")]), &rules, false).is_ok());
}

#[test]
fn quirk_17_addresses_that_stand_for_none_are_left_out_and_counted() {
    for text in [
        "NO TIENE",
        "-",
        "NO",
        "S/D",
        "sin mail",
        "notiene@notiene.com",
        "NO.TIENE@GMAIL.COM",
        "x@x.com",
        "xxx@hotmail.com",
        "sinmail@gmail.com",
        "gmail@gmail.com",
        "ana@notiene.com",
    ] {
        assert_eq!(email(text), (None, vec![Note::EmailDummy]), "{text}");
    }
    for text in ["", "  "] {
        assert_eq!(email(text), (None, vec![]));
    }
}

#[test]
fn quirk_17_of_two_addresses_the_first_good_one_is_taken() {
    for text in [
        "ana@b.com;eva@d.com",
        "ana@b.com / eva@d.com",
        "ana@b.com/eva@d.com",
        "ana@b.com, eva@d.com",
        "ana@b.com eva@d.com",
        "ana@b.com y eva@d.com",
        "x@x.com;ana@b.com",
        "ana@;ana@b.com",
    ] {
        assert_eq!(email(text), (Some("ana@b.com".to_owned()), vec![Note::EmailOneOfSeveral]), "{text}");
    }
}

#[test]
fn quirk_17_what_is_beyond_doubt_is_mended_and_the_rest_kept_or_left_out() {
    for (text, expected) in [
        ("ana@gmail.com.", "ana@gmail.com"),
        ("ana@gmail.com;", "ana@gmail.com"),
        (" ANA @ GMAIL.COM ", "ANA@gmail.com"),
        ("<ana@gmail.com>", "ana@gmail.com"),
        ("Ana Perez <ana@gmail.com>", "ana@gmail.com"),
        ("ana@gmail.com 4444-5555", "ana@gmail.com"),
        ("NO TIENE / ana@gmail.com", "ana@gmail.com"),
        ("ana@hotmail.com.ar", "ana@hotmail.com.ar"),
        ("ana@gmial.com", "ana@gmial.com"),
        ("acme@acme.com.ar", "acme@acme.com.ar"),
    ] {
        assert_eq!(email(text), (Some(expected.to_owned()), vec![]), "{text}");
    }
    for (text, expected) in [
        ("ana@gmail.con", "ana@gmail.com"),
        ("ana@GMAIL.CON.", "ana@gmail.com"),
        ("ana@yahoo.con.ar", "ana@yahoo.com.ar"),
        ("ana@hotmail.cmo", "ana@hotmail.com"),
    ] {
        assert_eq!(email(text), (Some(expected.to_owned()), vec![Note::EmailMended]), "{text}");
    }
    // The right address would be a guess, and a wrong one is somebody else's.
    for text in [
        "ana perez@gmail.com",
        "ana,perez@gmail.com",
        "ana/perez@gmail.com",
        "ana@yahoo.com,ar",
        "josé@gmail.com",
        "ana@gmail",
        "anagmail.com",
        "44445555",
    ] {
        assert_eq!(email(text), (None, vec![Note::EmailUnreadable]), "{text}");
    }
}

#[test]
fn quirk_20_names_are_kept_as_they_are_on_one_line() {
    for (text, expected) in [
        ("PEREZ, JUAN", "PEREZ, JUAN"),
        ("PEREZ/JUAN", "PEREZ/JUAN"),
        ("D*ANGELO", "D*ANGELO"),
        ("MU#OZ", "MU#OZ"),
        ("MU\\OZ", "MU\\OZ"),
        ("  PEREZ   JUAN  \u{a0}", "PEREZ JUAN"),
        ("PEREZ\r\nJUAN\t\0", "PEREZ JUAN"),
        ("LA ZAGUANA S. A.", "LA ZAGUANA S. A."),
        ("=HYPERLINK(\"x\")", "=HYPERLINK(\"x\")"),
    ] {
        assert_eq!(with(&[(Column::Holder, text)]).unwrap().policy.holder, expected);
    }
    let long = "PEREZ ".repeat(40);
    assert_eq!(reason(Column::Holder, &long), RejectReason::TextTooLong { longest: 200 });
}

#[test]
fn quirk_24_rows_of_one_policy_have_one_key_and_its_holders_several() {
    let key = |document, number| {
        let row = with(&[(Column::Document, document), (Column::Number, number)]).unwrap();
        (row.document, row.policy.line, row.policy.number.key())
    };
    assert_eq!(key("12345678", "0001234/0"), key("12.345.678", "1234"));
    assert_ne!(key("12345678", "1234"), key("23456789", "1234"), "two holders of one policy");
    let marked = |marker| with(&[(Column::Discriminator, marker)]).unwrap().policy.discriminator;
    assert_eq!([marked("m"), marked("Masculino"), marked(" M ")], ["M", "M", "M"]);
    assert_ne!(marked("F"), marked("M"), "two people with one number");
}

#[test]
fn a_line_is_known_by_our_name_the_official_one_or_the_insurers_code() {
    let line = |text, rules: &BookRules| {
        clean(&raw(&[(Column::Line, text)]), rules, false).map(|row| row.policy.line)
    };
    let mut rules = BookRules::default();
    for text in ["automotores", "AUTOMOTORES", " Automotores "] {
        assert_eq!(line(text, &rules), Ok(LineOfBusiness::Motor));
    }
    assert_eq!(line("Responsabilidad Civil", &rules), Ok(LineOfBusiness::Liability));
    assert_eq!(line("combinado_familiar", &rules), Ok(LineOfBusiness::Household));
    let unknown = |text| reason(Column::Line, text);
    assert_eq!(unknown(""), RejectReason::Empty);
    let RejectReason::UnknownLine { code, near } = unknown("17") else { panic!("a code") };
    assert_eq!((code.as_deref(), near), (Some("17"), None));
    let RejectReason::UnknownLine { near, .. } = unknown("automotor") else { panic!("a slip") };
    assert_eq!(near, Some("automotores"));
    rules.lines.extend([("17", LineOfBusiness::Motor), ("04", LineOfBusiness::Fire)]);
    assert_eq!(line("17", &rules), Ok(LineOfBusiness::Motor));
    assert_eq!(line("4", &rules), Ok(LineOfBusiness::Fire), "zeros in front come and go");
    assert!(
        unknown("17").in_spanish().contains("«17»")
            && unknown("17").in_spanish().contains("[policies.lines]")
    );
}

#[test]
fn states_and_movements_are_read_by_their_words() {
    let state = |text| with(&[(Column::State, text)]).unwrap().policy.state;
    assert_eq!(state(""), None);
    assert_eq!(state("VENCIDA"), Some(PolicyState::Expired));
    assert_eq!(state("Dada de baja"), Some(PolicyState::Cancelled));
    assert_eq!(reason(Column::State, "suspendida"), RejectReason::UnknownState);
    let movement = |text| with(&[(Column::Movement, text)]).unwrap().movement;
    for (text, expected) in [
        ("", None),
        ("A", Some(Movement::Add)),
        ("b", Some(Movement::Remove)),
        ("Modificación", Some(Movement::Change)),
    ] {
        assert_eq!(movement(text), expected, "{text}");
    }
    assert_eq!(reason(Column::Movement, "Z"), RejectReason::UnknownMovement);
}

#[test]
fn previous_numbers_mean_the_policy_and_unreadable_ones_are_noted() {
    let row = with(&[(Column::PreviousNumber, "59/000777; 888 | 59/137418;0;-;dic-98")]).unwrap();
    let previous: Vec<_> = row.policy.previous.iter().map(PolicyNumber::as_str).collect();
    assert_eq!(previous, ["59/000777", "888"], "neither its own number nor zeros");
    assert_eq!(row.notes, [Note::PreviousNumberUnreadable]);
    assert!(row.policy.is_meant_by(&PolicyNumber::read("59-777").unwrap()));
}

#[test]
fn the_item_at_the_end_of_a_number_may_be_left_out_where_the_insurer_has_one() {
    let rules = BookRules { item_digits: 3, ..BookRules::default() };
    let policy = |text| clean(&raw(&[(Column::Number, text)]), &rules, false).unwrap().policy;
    let typed = PolicyNumber::read("1234567").unwrap();
    assert!(policy("0000001234567001").is_meant_by(&typed));
    assert!(!with(&[(Column::Number, "0000001234567001")]).unwrap().policy.is_meant_by(&typed));
    assert_eq!(policy("59/137418").previous, [], "numbers with separators have their own segments");
    assert_eq!(policy("0000123").previous, []);
}

#[test]
fn a_policy_number_is_rejected_with_its_reason() {
    let long = "1".repeat(41);
    for (text, expected) in [
        ("", RejectReason::Empty),
        ("SIN NUMERO", RejectReason::NumberWithoutDigits),
        ("12=34", RejectReason::NumberWithOddCharacter),
        (&long, RejectReason::NumberTooLong),
    ] {
        assert_eq!(reason(Column::Number, text), expected, "{text}");
    }
    assert_eq!(number("137418,00"), "137418");
    assert_eq!(number("1.234.00"), "1.234.00");
}

#[test]
fn reasons_say_what_to_do_and_repeat_neither_documents_nor_addresses() {
    let secrets = ["123456789", "ana@example.com", "30-70123456-9"];
    for text in secrets {
        for column in [Column::Document, Column::Line, Column::To, Column::State, Column::DocumentKind] {
            let Err(reject) = with(&[(column, text)]) else { continue };
            let told = reject.reason.in_spanish();
            assert!(!told.contains(text) && !format!("{reject:?}").contains(text), "{told}");
            assert!(told.ends_with('.') && told.matches(". ").count() <= 1, "one or two sentences: {told}");
        }
    }
}
