//! Books that are read, and all the ways in which they are not.

use super::{BookFault, Counts, Refusal, read};
use std::io::Write as _;
use tempfile::NamedTempFile;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::PolicyState;

fn book(bytes: impl AsRef<[u8]>) -> Result<super::Book, BookFault> {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes.as_ref()).expect("written");
    read(file.path(), |file| file)
}

fn refusal(bytes: impl AsRef<[u8]>) -> Refusal {
    match book(bytes) {
        Err(BookFault::File { refusal, .. }) => refusal,
        other => panic!("not refused as a whole: {other:?}"),
    }
}

fn faults(bytes: impl AsRef<[u8]>) -> Vec<String> {
    match book(bytes) {
        Err(BookFault::Rows { faults, .. }) => faults.iter().map(ToString::to_string).collect(),
        other => panic!("no faults in rows: {other:?}"),
    }
}

#[test]
fn a_book_is_read_with_its_columns_in_any_order_and_any_writing() {
    let text = "\u{feff}Póliza; RAMO ;Documento;Tipo Documento;TITULAR;E-mail;Desde;hasta;Estado;Discriminador;Prima\r\n\
                0001234;Automotores;12.345.678;DNI;\"PEREZ; JUAN\";ana@example.com;01/02/2026;2027-02-01;Vigente;M;1.234,56\r\n";
    let book = book(text).expect("a right book");
    assert_eq!(book.understood.separator, ';');
    assert_eq!(book.understood.ignored, ["E-mail", "Prima"], "only the contract's names are known");
    let rows: Vec<_> = book.into_rows().collect();
    assert_eq!(rows.len(), 1);
    let policy = &rows[0].policy;
    assert_eq!(rows[0].document, Document::Person(12_345_678));
    assert_eq!(policy.line, LineOfBusiness::Motor);
    assert_eq!(policy.number.as_str(), "0001234");
    assert_eq!(policy.holder, "PEREZ; JUAN");
    assert_eq!(policy.discriminator, "M");
    assert_eq!(policy.from, Some(jiff::civil::date(2026, 2, 1)));
    assert_eq!(policy.to, Some(jiff::civil::date(2027, 2, 1)));
    assert_eq!(policy.state, Some(PolicyState::InForce));
}

#[test]
fn what_is_not_required_may_be_missing_or_empty() {
    let book = book("documento,ramo,poliza\n12345678,rc,1\n30-70123456-8,rc,2\n").expect("a right book");
    let rows: Vec<_> = book.into_rows().collect();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter()
            .all(|row| row.policy.to.is_none() && row.policy.state.is_none() && row.policy.email.is_none())
    );
    assert!(matches!(rows[1].document, Document::Company(_)));
}

#[test]
fn rows_are_counted_and_the_last_of_one_policy_counts() {
    let text = "documento,ramo,poliza,titular,email\n\
                12345678,rc,0001,PRIMERO,NO TIENE\n\
                \n\
                ,,,,\n\
                20-12345678-6,rc,1,SEGUNDO,ana@example.com\n\
                23456789,rc,1,OTRA,-\n";
    let book = book(text).expect("a right book");
    let counts = Counts { rows: 3, policies: 2, holders: 2, repeated: 1, blank: 1, no_addresses: 2 };
    assert_eq!(book.counts, counts);
    let first = book.into_rows().next().expect("a row");
    assert_eq!(first.policy.holder, "SEGUNDO");
    assert_eq!(first.document, Document::Person(12_345_678), "the CUIL's middle is the document");
}

#[test]
fn what_is_no_csv_is_refused_by_name() {
    for (bytes, expected) in [
        (&b""[..], Refusal::Empty),
        (b"\xef\xbb\xbf", Refusal::Empty),
        (b"documento,ramo,poliza", Refusal::HeaderOnly),
        (b"documento;ramo;poliza\r\n\r\n;;\r\n", Refusal::HeaderOnly),
        (b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml", Refusal::Workbook),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old workbook", Refusal::Workbook),
        (b"PK\x03\x04padron.csv", Refusal::Compressed),
        (b"\x1f\x8b\x08\0", Refusal::Compressed),
        (b"%PDF-1.7", Refusal::Pdf),
        (b"\xff\xfed\0o\0c\0", Refusal::Utf16),
        (b"\x7fELF\0\0\0", Refusal::Binary),
        (b"documento,ramo,p\xf3liza\n", Refusal::NotUtf8 { line: 1 }),
        (
            b"documento,ramo,poliza,titular\n12345678,rc,1,ANA\n23456789,rc,2,MU\xd1OZ\n",
            Refusal::NotUtf8 { line: 3 },
        ),
    ] {
        assert_eq!(refusal(bytes), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_directory_and_a_missing_file_are_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let read_it = |path: &std::path::Path| read(path, |file| file).expect_err("not a book").to_string();
    assert!(read_it(directory.path()).contains("is a directory"));
    assert!(read_it(&directory.path().join("nothing.csv")).contains("cannot be read"));
}

#[test]
fn missing_and_double_columns_are_named() {
    let words = |bytes: &str| refusal(bytes).to_string();
    assert!(words("documento,poliza\n1,2\n").contains("lacks the column ramo"));
    assert!(words("a|b|c\n1|2|3\n").contains("lacks the columns documento, ramo, poliza"));
    assert!(words("12345678,rc,1\n").contains("lacks the columns"), "a file without a first line of names");
    assert!(words("documento,ramo,poliza,Póliza\n1,2,3,4\n").contains("poliza twice"));
}

#[test]
fn every_fault_of_a_row_is_told_with_its_line_and_column() {
    let text = "tipo_documento,documento,ramo,poliza,hasta,estado\n\
                DNI,12345678,rc,1,,\n\
                PAS,AAA123456,automotor,-,31/02/2026,activa\n\
                \"DNI\",\"123\n45\",rc,1,,\n\
                DNI,23456789,rc,1\n";
    let faults = faults(text);
    for expected in [
        "line 3, column documento: ",
        "line 3, column tipo_documento: documents of the kind \"PAS\"",
        "line 3, column ramo: \"automotor\" is no ramo; did you mean automotores?",
        "line 3, column poliza: ",
        "line 3, column hasta: \"31/02/2026\" is no date",
        "line 3, column estado: \"activa\" is no state",
        "line 4, column documento: ",
        "line 6: it has 4 columns and the first line names 6",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{expected} in {faults:#?}");
    }
    assert_eq!(faults.len(), 8, "{faults:#?}");
}

#[test]
fn faults_are_told_up_to_twenty_and_counted_beyond() {
    let rows: String = (0..1_000).map(|_| "x,rc,1\n").collect();
    match book(format!("documento,ramo,poliza\n{rows}")) {
        Err(BookFault::Rows { faults, rows, .. }) => assert_eq!((faults.len(), rows), (20, 1_000)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fault_repeats_no_document_and_no_address() {
    let faults =
        faults("documento,ramo,poliza,email\n123456789,rc,1,ana@example.com\nana@example.com,rc,1,\n");
    assert!(
        faults.iter().all(|fault| !fault.contains("123456789") && !fault.contains("ana@")),
        "{faults:#?}"
    );
}

#[test]
fn nothing_that_is_fed_to_it_makes_it_panic() {
    let pieces = [
        "documento",
        "ramo",
        "poliza",
        ",",
        ";",
        "\"",
        "\n",
        "\r",
        "\0",
        "ñ",
        "\u{202e}",
        "12345678",
        "rc",
        "''",
        "=\"1\"",
    ];
    let mut seed = 7_usize;
    for _ in 0..2_000 {
        let mut text = String::from("documento,ramo,poliza\n");
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(seed >> 33) % pieces.len()]);
        }
        let _ = book(&text);
    }
}
