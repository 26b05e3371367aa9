//! Laws that hold for any bytes: nothing panics, and every line is accounted for.

use crate::files::{file, rest};
use proptest::prelude::*;
use zaguan_book::{BookFile, Encoding, LineCounts, Stretch, Told};
use zaguan_domain::book::Column;

fn sum(counts: &LineCounts) -> u64 {
    counts.rows + counts.continued + counts.blank + counts.totals + counts.headers + counts.titles
}

/// Pieces of which files are made, so that odd ones come together.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::sample::select(vec![
            &b"documento;ramo;poliza\r\n"[..], b"12345678;rc;1\n", b"1,2,3", b";", b"\"", b"\"\"", b"\n", b"\r",
            b"\r\n", b"\x1a", b"\0", b"\x0c", b"TOTAL;", b"sep=;\n", b"=\"", b"'", b"\xef\xbb\xbf", b"\xff\xfe",
            b"\xc3\x83\xe2\x80\x98", b"\xa5", b"\xd1", b"4111111111111111", b"|", b"\t", b" ",
        ]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..60).prop_map(|pieces| pieces.concat())
}

fn told() -> impl Strategy<Value = Told> {
    let places = vec![(1, Column::Document), (2, Column::Line), (3, Column::Number)];
    let layout = [Column::Document, Column::Line, Column::Number]
        .into_iter()
        .zip([1, 5, 9])
        .map(|(column, from)| Stretch { column, from, to: from + 3 })
        .collect();
    let encodings =
        Encoding::ALL.into_iter().map(|encoding| Told { encoding: Some(encoding), ..Told::default() });
    let mut all: Vec<Told> = encodings.collect();
    all.push(Told::default());
    all.push(Told { places, ..Told::default() });
    all.push(Told { layout, ..Told::default() });
    all.push(Told { drop: vec!["poliza".to_owned(), "3".to_owned()], ..Told::default() });
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_line_of_any_bytes_is_accounted_for(rest_of_it in bytes(), has_headers: bool, told in told()) {
        let start: &[u8] = if has_headers { b"documento;ramo;poliza\n12345678;rc;1\n" } else { b"" };
        let file = file([start, &rest_of_it].concat());
        if let Ok(mut book) = BookFile::open(file.path(), &told)
            && let Ok(whole) = rest(&mut book)
        {
            prop_assert_eq!(whole.counts.lines, sum(&whole.counts));
            prop_assert_eq!(whole.counts.rows, u64::try_from(whole.rows.len()).unwrap());
            prop_assert!(whole.rows.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }

    #[test]
    fn no_bytes_make_a_workbook_panic_in_the_process(tail in prop::collection::vec(any::<u8>(), 0..2_000), old: bool) {
        let start: &[u8] = if old { b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" } else { b"PK\x03\x04" };
        let file = file([start, &tail].concat());
        prop_assert!(BookFile::open(file.path(), &Told::default()).is_err());
    }

    #[test]
    fn cells_come_back_as_they_were_written(
        cells in prop::collection::vec("[^\\s'=\u{0}-\u{1f}\u{feff}ÃÂ\"][^\u{0}-\u{1f}ÃÂ]{0,20}[^\\s\u{0}-\u{1f}\"ÃÂ]", 1..20),
        separator in prop::sample::select(vec![';', ',', '\t', '|']),
    ) {
        let header = ["documento", "ramo", "titular", "poliza"].join(&separator.to_string());
        let row = |cell: &String| {
            let quoted = cell.replace('"', "\"\"");
            format!("\r\n1{separator}rc{separator}\"{quoted}\"{separator}2")
        };
        let rows: Vec<String> = cells.iter().map(row).collect();
        let file = file(header + &rows.concat());
        let mut book = BookFile::open(file.path(), &Told::default()).unwrap();
        let whole = rest(&mut book).unwrap();
        let read: Vec<&str> = whole.rows.iter().map(|(_, row)| row.as_ref().unwrap()[2].as_str()).collect();
        prop_assert_eq!(read, cells);
    }
}
