//! What the operator tells: mappings, places, stretches, and columns that are dropped.

use crate::files::{read_told, refusal};
use zaguan_book::{Encoding, NotABook, RowShape, Secret, Shape, Stretch, Told};
use zaguan_domain::book::Column;

const CARDS: [&str; 5] =
    ["4111111111111111", "5500000000000004", "340000000000009", "30000000000004", "6011000000000004"];

fn with_cards() -> String {
    let rows = CARDS.map(|card| format!("1;rc;2;{card}\n")).concat();
    format!("documento;ramo;poliza;Medio de pago\n{rows}")
}

#[test]
fn a_header_means_what_is_told_of_it() {
    let told = Told {
        headers: vec![
            ("ASEG_NRO".to_owned(), Column::Document),
            ("Certificado".to_owned(), Column::Number),
            ("apellido".to_owned(), Column::Holder),
            ("NOMBRES".to_owned(), Column::Holder),
        ],
        ..Told::default()
    };
    let whole = read_told(
        "aseg nro;ramo;poliza;certificado;Apellido;Nombres\n1;rc;7;8;PEREZ;JUAN\n2;rc;7;9;GOMEZ;\n",
        &told,
    )
    .unwrap();
    assert_eq!(whole.cells(), [["1", "rc", "8", "PEREZ JUAN"], ["2", "rc", "9", "GOMEZ"]]);
    assert_eq!(whole.understood.ignored, ["poliza"], "the told one is the number");
    assert_eq!(whole.understood.columns[3].1, "Apellido + Nombres");
}

#[test]
fn a_file_without_headers_is_read_by_places() {
    let places = vec![(1, Column::Number), (3, Column::Document), (2, Column::Line)];
    let told = Told { places, ..Told::default() };
    let whole = read_told("7,auto,12345678,\"a;b;c;d\"\n8,auto,23456789,x\n", &told).unwrap();
    assert_eq!(whole.cells(), [["7", "12345678", "auto"], ["8", "23456789", "auto"]]);
    assert_eq!(whole.understood.ignored, ["4"]);
    assert!(matches!(whole.understood.shape, Shape::Delimited { separator: ',', header_line: None, .. }));
    let too_far = Told { places: vec![(9, Column::Number)], ..Told::default() };
    assert!(matches!(read_told("1,2\n", &too_far), Err(NotABook::WronglyTold(_))));
}

fn layout() -> Told {
    let stretch = |column, from, to| Stretch { column, from, to };
    let layout = vec![
        stretch(Column::Number, 4, 16),
        stretch(Column::Holder, 20, 29),
        stretch(Column::Document, 30, 37),
        stretch(Column::Line, 1, 3),
        stretch(Column::To, 38, 45),
    ];
    Told { layout, ..Told::default() }
}

#[test]
fn lines_of_fixed_width_are_read_by_stretches() {
    let whole = read_told(
        b"0010000001234567000PE\xd1A JOSE 1234567820271231\r\n\
          0020000001234568000GOMEZ     23456789\r\n\
          003000000\r\n\r\n\
          TOTAL DE REGISTROS 2\r\n\x1a",
        &layout(),
    )
    .unwrap();
    assert_eq!(whole.understood.shape, Shape::FixedWidth);
    assert_eq!(whole.understood.encoding, Encoding::Windows1252);
    assert_eq!(
        whole.rows[0].1.as_deref().unwrap(),
        ["0000001234567", "PEÑA JOSE", "12345678", "001", "20271231"]
    );
    assert_eq!(whole.rows[1].1.as_deref().unwrap()[4], "", "what is beyond the end is empty");
    assert_eq!(whole.rows[2].1, Err(RowShape::TooShort { has: 9, begins: 30 }));
    assert_eq!((whole.counts.rows, whole.counts.blank, whole.counts.totals), (3, 2, 1));
}

#[test]
fn a_layout_that_cannot_be_is_refused() {
    let mut told = layout();
    told.layout[0].to = 1;
    assert!(read_told("0010000001234567\n", &told).unwrap_err().to_string().contains("poliza"));
    told.layout.clear();
    told.layout.push(Stretch { column: Column::Number, from: 1, to: 3 });
    assert!(matches!(read_told("001\n", &told), Err(NotABook::MissingColumns { .. })));
}

#[test]
fn a_separator_that_is_told_is_taken() {
    let told = Told { separator: Some('~'), ..Told::default() };
    assert_eq!(read_told("documento~ramo~poliza\n1~rc~2\n", &told).unwrap().cells(), [["1", "rc", "2"]]);
    let letter = Told { separator: Some('ñ'), ..Told::default() };
    assert!(matches!(read_told("documento~ramo~poliza\n1~rc~2\n", &letter), Err(NotABook::WronglyTold(_))));
}

#[test]
fn columns_of_cards_and_bank_accounts_stop_the_file() {
    let NotABook::Sensitive { column, what } = refusal(with_cards()) else { panic!("not seen") };
    assert_eq!((column.as_str(), what), ("Medio de pago", Secret::Cards));
    let accounts =
        "documento;ramo;poliza;cuenta\n1;rc;2;9990000100000000000017\n1;rc;3;9990000100000000000024\n";
    assert!(matches!(refusal(accounts), NotABook::Sensitive { what: Secret::BankAccounts, .. }));
    let mapped = with_cards().replace("poliza;Medio de pago", "otra;poliza");
    assert!(matches!(refusal(mapped), NotABook::Sensitive { .. }), "a column that is read, too");
}

#[test]
fn what_is_dropped_by_its_name_is_nowhere() {
    let told = Told { drop: vec!["MEDIO DE PAGO".to_owned()], ..Told::default() };
    let text = format!("{}1;2;4111 1111 1111 1111\n", with_cards());
    let whole = read_told(text, &told).unwrap();
    assert_eq!(whole.understood.dropped, ["Medio de pago"]);
    assert_eq!(whole.understood.ignored, Vec::<String>::new());
    assert_eq!(whole.texts[0], "1;rc;2;***");
    assert_eq!(whole.texts[5], "1;2;***", "nor in a row whose cells cannot be told apart");
}

#[test]
fn one_of_two_columns_that_are_the_same_can_be_dropped() {
    let text = "documento;ramo;poliza;Mail;E-Mail\n1;rc;2;a@example.com;b@example.com\n";
    assert!(matches!(refusal(text), NotABook::ColumnTwice { column: Column::Email, .. }));
    let told = Told { drop: vec!["5".to_owned()], ..Told::default() };
    let whole = read_told(text, &told).unwrap();
    assert_eq!(whole.cells()[0][3], "a@example.com");
    assert_eq!(whole.understood.dropped, ["E-Mail"]);
    let nameless = with_cards().replace("Medio de pago", "");
    assert!(refusal(&nameless).to_string().contains("its column \"4\" has card numbers"));
    let told = Told { drop: vec!["4".to_owned()], ..Told::default() };
    assert_eq!(read_told(nameless, &told).unwrap().texts[0], "1;rc;2;***");
}
