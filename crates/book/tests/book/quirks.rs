//! What is odd about real files, by the numbers of the list of quirks: each with its bytes.

use crate::files::{Whole, read, read_told, refusal};
use std::fmt::Write as _;
use zaguan_book::{Encoding, LineEnd, NotABook, RowShape, Shape, Told};
use zaguan_domain::book::Column;

const MUNOZ: [&str; 4] = ["12345678", "rc", "1", "MUÑOZ"];

/// A file whose holder is written in these bytes.
fn named(name: &[u8]) -> Vec<u8> {
    [b"documento;ramo;poliza;titular\r\n12345678;rc;1;", name, b"\r\n"].concat()
}

fn separator(whole: &Whole) -> char {
    let Shape::Delimited { separator, .. } = &whole.understood.shape else { panic!("no separator") };
    *separator
}

#[test]
fn quirk_1_utf_8_with_and_without_its_mark() {
    let plain = read(named("MUÑOZ".as_bytes()));
    assert_eq!(plain.cells(), [MUNOZ]);
    assert_eq!((plain.understood.encoding, plain.understood.byte_order_mark), (Encoding::Utf8, false));
    let marked = read([b"\xef\xbb\xbf", named("MUÑOZ".as_bytes()).as_slice()].concat());
    assert_eq!(marked.cells(), [MUNOZ]);
    assert_eq!((marked.understood.encoding, marked.understood.byte_order_mark), (Encoding::Utf8, true));
    let wrongly = read([b"\xef\xbb\xbf", named(b"\x4d\x55\xd1\x4f\x5a").as_slice()].concat());
    assert_eq!(wrongly.cells(), [MUNOZ], "the mark of UTF-8 before Windows-1252");
}

#[test]
fn quirk_2_windows_1252() {
    let whole = read(named(b"\x4d\x55\xd1\x4f\x5a"));
    assert_eq!(whole.cells(), [MUNOZ]);
    assert_eq!(whole.understood.encoding, Encoding::Windows1252);
    let apostrophe = read(named(b"D\x92ANGELO"));
    assert_eq!(apostrophe.cells()[0][3], "D’ANGELO", "it is not in Latin-1");
    let undefined = read(named(b"PE\xd1A \x81\x8d\x8f\x90\x9d \xd1"));
    assert_eq!(undefined.cells()[0][3], "PEÑA \u{81}\u{8d}\u{8f}\u{90}\u{9d} Ñ", "no byte is lost");
}

#[test]
fn quirk_3_code_page_850() {
    let whole = read(named(b"\x4d\x55\xa5\x4f\x5a"));
    assert_eq!(whole.cells(), [MUNOZ]);
    assert_eq!(whole.understood.encoding, Encoding::Cp850);
    assert_eq!(read(named(b"Jos\x82")).cells()[0][3], "José");
    let told = Told { encoding: Some(Encoding::Windows1252), ..Told::default() };
    let as_told = read_told(named(b"\x4d\x55\xa5\x4f\x5a"), &told).unwrap();
    assert_eq!(as_told.cells()[0][3], "MU¥OZ", "what is told is believed");
}

#[test]
fn a_letter_late_in_the_file_tells_its_encoding_too() {
    let mut bytes = b"documento;ramo;poliza;titular\n".to_vec();
    for number in 0..5_000 {
        bytes.extend(format!("12345678;rc;{number};PEREZ{:1000}JUAN\n", "").bytes());
    }
    bytes.extend_from_slice(b"12345678;rc;5000;MU\xd1OZ\n");
    assert!(bytes.len() > 5_000_000, "beyond what is looked at first");
    let whole = read(bytes);
    assert_eq!(whole.rows.len(), 5_001);
    assert_eq!(whole.rows.last().unwrap().1.as_ref().unwrap()[3], "MUÑOZ");
}

#[test]
fn quirk_4_utf_16_of_spreadsheets() {
    let text = "documento\tramo\tpoliza\ttitular\r\n12345678\trc\t1\tMUÑOZ\r\n";
    let low: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (mark, bytes, encoding) in [
        (&b"\xff\xfe"[..], &low, Encoding::Utf16Le),
        (b"", &low, Encoding::Utf16Le),
        (b"\xfe\xff", &high, Encoding::Utf16Be),
        (b"", &high, Encoding::Utf16Be),
    ] {
        let whole = read([mark, bytes].concat());
        assert_eq!(whole.cells(), [MUNOZ]);
        assert_eq!((whole.understood.encoding, separator(&whole)), (encoding, '\t'));
        assert_eq!(whole.understood.byte_order_mark, !mark.is_empty());
    }
}

#[test]
fn quirk_5_letters_encoded_twice() {
    let whole = read(named("MUÃ‘OZ".as_bytes()));
    assert_eq!(whole.cells(), [MUNOZ]);
    assert!(whole.understood.encoded_twice);
    assert_eq!(whole.counts.repaired_cells, 1);
    assert!(!read(named("MUÑOZ".as_bytes())).understood.encoded_twice);
}

#[test]
fn quirk_6_separators_and_the_line_that_tells_them() {
    for expected in [';', ',', '\t', '|'] {
        let text = "documento;ramo;poliza;titular\n12345678;rc;1;MUÑOZ\n".replace(';', &expected.to_string());
        let whole = read(&text);
        assert_eq!(whole.cells(), [MUNOZ]);
        assert_eq!(separator(&whole), expected);
    }
    let said = read("sep=,\r\ndocumento,ramo,poliza,titular\r\n12345678,rc,1,MUÑOZ\r\n");
    assert_eq!(said.cells(), [MUNOZ]);
    assert!(matches!(
        said.understood.shape,
        Shape::Delimited { separator_line: true, header_line: Some(2), .. }
    ));
    let odd = read("\"SEP=^\"\ndocumento^ramo^poliza^titular\n12345678^rc^1^MUÑOZ\n");
    assert_eq!(odd.cells(), [MUNOZ]);
}

#[test]
fn commas_within_cells_do_not_make_the_comma_a_separator() {
    let whole = read("documento;ramo;poliza;titular\n1;rc;1;\"PEREZ, JUAN, DE\"\n2;rc;2;GOMEZ, ANA, M\n");
    assert_eq!(whole.cells(), [["1", "rc", "1", "PEREZ, JUAN, DE"], ["2", "rc", "2", "GOMEZ, ANA, M"]]);
}

#[test]
fn quirk_7_quotes_right_and_stray() {
    for (written, expected) in [
        ("\"PEREZ; JUAN\"", "PEREZ; JUAN"),
        ("\"EL \"\"BIS\"\" SA\"", "EL \"BIS\" SA"),
        ("\"\"", ""),
        ("CALLE 9 \"BIS\"", "CALLE 9 \"BIS\""),
        ("\"CALLE 9 \"BIS\"\"", "CALLE 9 \"BIS\""),
        ("\"BIS\" CALLE 9", "\"BIS\" CALLE 9"),
        ("\"PEREZ\" ", "PEREZ"),
        ("\"SIN CERRAR", "\"SIN CERRAR"),
        ("\"PEREZ\nJUAN\"", "PEREZ\nJUAN"),
    ] {
        let whole = read(format!("documento;ramo;titular;poliza\n1;rc;{written};7\n2;rc;OTRA;8\n"));
        assert_eq!(whole.cells(), [["1", "rc", expected, "7"], ["2", "rc", "OTRA", "8"]], "{written}");
    }
}

#[test]
fn a_quote_that_is_never_closed_costs_no_other_row() {
    let rows = (0..100).map(|number| format!("{number};rc;NOMBRE;7\n")).collect::<Vec<_>>().concat();
    let whole = read(format!("documento;ramo;titular;poliza\n1;rc;\"PEREZ;7\n{rows}2;rc;\"GOMEZ;8\n"));
    assert_eq!(whole.rows.len(), 102);
    assert_eq!(whole.cells()[0], ["1", "rc", "\"PEREZ", "7"]);
    assert_eq!(whole.cells()[101], ["2", "rc", "\"GOMEZ", "8"]);
}

#[test]
fn a_cell_over_several_lines_is_one_row_and_lines_are_counted_on() {
    let whole = read("documento;ramo;titular;poliza\n1;rc;\"A\r\nB\n\nC\";7\n2;rc;D;8\n");
    assert_eq!(whole.cells()[0], ["1", "rc", "A\nB\n\nC", "7"]);
    assert_eq!(whole.rows[1].0, 6);
    assert_eq!((whole.counts.rows, whole.counts.continued, whole.counts.lines), (2, 3, 6));
}

#[test]
fn quirk_8_what_keeps_the_zeros_of_a_number() {
    for written in ["=\"00012345\"", "\"=\"\"00012345\"\"\"", "'00012345", " 00012345 "] {
        let whole = read(format!("documento;ramo;poliza\n12345678;rc;{written}\n"));
        assert_eq!(whole.cells(), [["12345678", "rc", "00012345"]], "{written}");
    }
}

#[test]
fn quirk_14_and_19_money_and_telephones_are_not_stored_and_taken_for_nothing_else() {
    let mut text = String::from("documento;ramo;poliza;Prima;Telefono 1\n");
    let money = ["1.234.567,89", "1234567.89", "$ 1.234,00", "(1.234,00)", "1.234,00-"];
    let telephones = ["0341-15-5123456", "155123456", "+54 9 341 5123456", "3415123456/3415123457", ""];
    for (number, (money, telephone)) in money.iter().zip(telephones).enumerate() {
        let _ = writeln!(text, "12345678;rc;{number};{money};{telephone}");
    }
    let whole = read(text);
    assert_eq!(whole.understood.ignored, ["Prima", "Telefono 1"]);
    let cells = whole.cells();
    assert_eq!(cells.len(), 5);
    for (number, cells) in cells.iter().enumerate() {
        assert_eq!(*cells, ["12345678", "rc", number.to_string().as_str()]);
    }
}

#[test]
fn quirk_20_names_are_kept_as_they_are() {
    for name in ["PEREZ, JUAN", "PEREZ/JUAN", "D*ANGELO", "MU#OZ", "MU\\OZ", "ACME S. A.", "D´ANGELO"] {
        assert_eq!(read(named(name.as_bytes())).cells()[0][3], name);
    }
    assert_eq!(read(named(b"PEREZ   ")).cells()[0][3], "PEREZ");
}

#[test]
fn quirk_21_lines_end_in_any_way() {
    for (end, kinds) in [("\r", vec![LineEnd::Cr]), ("\n", vec![LineEnd::Lf]), ("\r\n", vec![LineEnd::CrLf])]
    {
        let whole = read(["documento;ramo;poliza", "1;rc;1", "2;rc;2", ""].join(end));
        assert_eq!(whole.cells(), [["1", "rc", "1"], ["2", "rc", "2"]]);
        assert_eq!(whole.understood.line_ends, kinds);
        assert_eq!(whole.rows[1].0, 3);
    }
    let mixed = read("documento;ramo;poliza\r\n1;rc;1\n2;rc;2\r3;rc;3");
    assert_eq!(mixed.rows.len(), 3, "and the last line needs no end");
    assert_eq!(mixed.understood.line_ends, [LineEnd::Lf, LineEnd::CrLf, LineEnd::Cr]);
}

#[test]
fn quirk_21_bytes_that_are_no_text_are_left_out() {
    let whole = read(b"documento|ramo|poliza|titular\r\n1|rc|1|ANA\0\0\r\n\x0c2|rc|2|JU\x1aAN\r\n\x1a");
    assert_eq!(whole.cells(), [["1", "rc", "1", "ANA"], ["2", "rc", "2", "JUAN"]]);
    assert_eq!(whole.counts.blank, 1, "the end of a file in DOS is no row");
}

#[test]
fn quirk_22_what_a_printed_list_has_beside_rows_is_counted() {
    let whole = read(
        "LA ASEGURADORA DEL SUR          Página 1\n\
         documento;ramo;poliza\n\
         ---------;----;------\n\
         1;rc;1\n\
         \x0cLA ASEGURADORA DEL SUR          Página 2\n\
         documento;ramo;poliza\n\
         2;rc;2\n\
         SUBTOTAL;;2\n\
         TOTAL GENERAL: 2\n\
         *** FIN DE LISTADO ***\n",
    );
    assert_eq!(whole.cells(), [["1", "rc", "1"], ["2", "rc", "2"]]);
    let counts = whole.counts;
    assert_eq!((counts.rows, counts.headers, counts.titles, counts.totals), (2, 2, 2, 4));
    assert_eq!(counts.lines, 10);
}

#[test]
fn quirk_22_a_holder_named_like_a_total_is_a_row() {
    let whole =
        read("titular;documento;ramo;poliza\nTOTAL SA;30701234563;rc;1\nHOJA VERDE SRL;30701234563;rc;2\n");
    assert_eq!(whole.rows.len(), 2);
}

#[test]
fn quirk_23_a_blank_line_in_the_middle_ends_nothing() {
    let whole = read("documento;ramo;poliza\n1;rc;1\n\n  \n;;\n2;rc;2\n");
    assert_eq!(whole.cells(), [["1", "rc", "1"], ["2", "rc", "2"]]);
    assert_eq!(whole.counts.blank, 3);
    assert_eq!(whole.rows[1].0, 6);
}

#[test]
fn quirk_26_columns_go_by_their_names() {
    let whole = read("Prima;PÓLIZA;Ramo ;Nº Doc.;Correo electrónico\n9;1;rc;12345678;ana@example.com\n");
    let columns: Vec<_> = whole.understood.columns.iter().map(|(column, _)| *column).collect();
    assert_eq!(columns, [Column::Number, Column::Line, Column::Document, Column::Email]);
    assert_eq!(whole.understood.columns[2].1, "Nº Doc.");
    assert_eq!(whole.understood.ignored, ["Prima"]);
    assert_eq!(whole.cells(), [["1", "rc", "12345678", "ana@example.com"]]);
    let refused = refusal("documento;ramos;numero\n1;rc;2\n");
    let NotABook::MissingColumns { missing, nearest, found } = refused else { panic!("{refused}") };
    assert_eq!(missing, [Column::Line, Column::Number]);
    assert_eq!(nearest, [(Column::Line, "ramos".to_owned())]);
    assert_eq!(found, "documento, ramos, numero");
}

#[test]
fn quirk_27_a_row_with_fewer_or_more_cells_is_told_and_the_others_go_on() {
    let whole = read("documento;ramo;poliza\n1;rc\n2;rc;2\n3;rc;3;4\n4;rc;4\n");
    assert_eq!(whole.rows[0], (2, Err(RowShape::TooFewFields { has: 2, expected: 3 })));
    assert_eq!(whole.rows[2], (4, Err(RowShape::TooManyFields { has: 4, expected: 3 })));
    assert!(whole.rows[1].1.is_ok() && whole.rows[3].1.is_ok());
    assert_eq!(whole.texts[2], "3;rc;3;4");
}

#[test]
fn a_separator_at_the_end_of_every_row_or_of_the_headers_only_is_no_cell() {
    let ended = read("documento;ramo;poliza\n1;rc;1;\n2;rc;2;\n3;rc;3\n");
    assert_eq!(ended.rows.iter().filter(|row| row.1.is_ok()).count(), 2);
    let headers = read("documento;ramo;poliza;\n1;rc;1\n2;rc;2\n");
    assert_eq!(headers.cells(), [["1", "rc", "1"], ["2", "rc", "2"]]);
}
