//! What holds for every row, whatever is in it.

use crate::row::{GOOD, raw};
use proptest::prelude::*;
use zaguan_domain::book::{BookRules, CleanRow, Column, Movement, clean};
use zaguan_domain::policy::PolicyNumber;

/// Pieces of which bad cells are made.
const PIECES: [&str; 40] = [
    "12345678",
    "0",
    "1",
    "11111111",
    ".",
    ",",
    "00",
    "-",
    "/",
    " ",
    "'",
    "=\"",
    "\"",
    "E+10",
    "e",
    "dic",
    "98",
    "2026",
    "31",
    "12",
    "@",
    "gmail.con",
    "x",
    "notiene",
    ";",
    "|",
    "<",
    ">",
    "ñ",
    "É",
    "\u{200b}",
    "\u{301}",
    "\u{ff07}",
    "\u{a0}",
    "\0",
    "１",
    "automotores",
    "masculino",
    "30701234568",
    "ß",
];

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..6).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
        2 => "[0-9./-]{0,24}",
    ]
}

/// A good row with up to three cells of anything.
fn row() -> impl Strategy<Value = Vec<(Column, String)>> {
    let changes = prop::collection::vec((prop::sample::select(Column::ALL.to_vec()), cell()), 0..4);
    changes.prop_map(|changes| {
        let good = GOOD.into_iter().map(|(column, text)| (column, text.to_owned()));
        good.chain(changes).collect()
    })
}

fn cleaned(row: &[(Column, String)], rules: &BookRules, from_spreadsheet: bool) -> Option<CleanRow> {
    let cells: Vec<_> = row.iter().map(|(column, text)| (*column, text.as_str())).collect();
    clean(&raw(&cells), rules, from_spreadsheet).ok()
}

/// A row as we would write it.
fn written(row: &CleanRow) -> Vec<(Column, String)> {
    let policy = &row.policy;
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let previous: Vec<_> = policy.previous.iter().map(PolicyNumber::as_str).collect();
    let movement = match row.movement {
        None => "",
        Some(Movement::Add) => "A",
        Some(Movement::Remove) => "B",
        Some(Movement::Change) => "M",
    };
    vec![
        (Column::Document, row.document.to_stored()),
        (Column::DocumentKind, String::new()),
        (Column::Discriminator, policy.discriminator.clone()),
        (Column::Line, policy.line.slug().to_owned()),
        (Column::Number, policy.number.as_str().to_owned()),
        (Column::PreviousNumber, previous.join(";")),
        (Column::Holder, policy.holder.clone()),
        (Column::Email, policy.email.as_ref().map(ToString::to_string).unwrap_or_default()),
        (Column::From, day(policy.from)),
        (Column::To, day(policy.to)),
        (Column::State, policy.state.map(|state| state.in_book().to_owned()).unwrap_or_default()),
        (Column::Movement, movement.to_owned()),
    ]
}

proptest! {
    #[test]
    fn a_clean_row_written_back_and_cleaned_is_the_same(
        row in row(),
        item_digits in 0_usize..4,
        from_spreadsheet: bool,
    ) {
        let rules = BookRules { item_digits, ..BookRules::default() };
        if let Some(once) = cleaned(&row, &rules, from_spreadsheet) {
            let twice = cleaned(&written(&once), &rules, from_spreadsheet);
            let expected = Some(CleanRow { notes: vec![], ..once });
            prop_assert_eq!(twice, expected);
        }
    }

    #[test]
    fn what_is_taken_can_be_kept_and_read_back(row in row()) {
        if let Some(row) = cleaned(&row, &BookRules::default(), false) {
            let number = &row.policy.number;
            let stored = PolicyNumber::from_stored(number.as_str());
            prop_assert_eq!(stored.as_ref(), Some(number));
            prop_assert!(row.policy.is_meant_by(number));
        }
    }

    #[test]
    fn every_date_is_read_back_in_each_shape_that_is_written(days in 0_i32..72_000) {
        let day = jiff::civil::date(1901, 1, 2).saturating_add(jiff::Span::new().days(days));
        for shape in ["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y", "%Y-%m-%d 00:00:00"] {
            let text = day.strftime(shape).to_string();
            let row = cleaned(&[(Column::To, text.clone())], &BookRules::default(), false);
            prop_assert_eq!(row.and_then(|row| row.policy.to), Some(day), "{}", text);
        }
    }

    #[test]
    fn a_header_of_anything_is_one_column_or_none(header in cell()) {
        let alone = Column::from_header(&header);
        prop_assert_eq!(Column::from_headers(&[header.as_str()]), [alone]);
    }
}
