//! Files that are no book, or stop being one: each with a sentence that says what to do.

use crate::files::{file, read_path, read_told, refusal, rest};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use zaguan_book::{BookFile, Encoding, FileFault, NotABook, Told};

#[test]
fn quirk_25_what_is_no_list_is_refused_by_what_it_is() {
    for (bytes, words) in [
        (&b""[..], "it is empty"),
        (b"\xef\xbb\xbf\r\n", "it is empty"),
        (b"\r\n  \n\n", "it is empty"),
        (b"\x1a", "it is empty"),
        (b"documento;ramo;poliza\r\n", "headers and no rows"),
        (b"documento;ramo;poliza\r\n;;\r\n\r\nTOTAL;0;\r\n", "headers and no rows"),
        (b"PK\x03\x04\x14\0\0\0\x08\0padron.csv", "compressed file (ZIP"),
        (b"\x1f\x8b\x08\0abc", "compressed file (gzip)"),
        (b"Rar!\x1a\x07", "compressed file (RAR)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old workbook", "workbook that cannot be opened"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\n<html><table><tr><td>documento", "web page"),
        (b"\x7fELF\x02\x01", "a program"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a picture"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f", "no text"),
        (b"documento,poliza\n1,2\n", "lacks the column ramo"),
        (b"12345678;rc;1\n", "lacks the columns documento, ramo, poliza"),
        (b"documento;ramo;poliza;Documento\n1;2;3;4\n", "both the column documento"),
    ] {
        let refused = refusal(bytes).to_string();
        assert!(refused.contains(words), "{refused:?} for {}", String::from_utf8_lossy(bytes));
        assert!(refused.len() > 20 && refused.contains([';', ',']), "{refused:?} says what to do");
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let told = Told::default();
    assert!(matches!(read_path(directory.path(), &told), Err(NotABook::Directory)));
    assert!(matches!(read_path(&directory.path().join("none.csv"), &told), Err(NotABook::Missing)));
    assert!(matches!(read_path(Path::new("/dev/null"), &told), Err(NotABook::NotAFile)));
}

#[test]
fn thousands_of_columns_are_refused() {
    let headers: Vec<String> = (0..5_000).map(|number| format!("c{number}")).collect();
    let text = format!("documento;ramo;poliza;{}\n1;rc;1\n", headers.join(";"));
    assert!(matches!(refusal(text), NotABook::TooManyColumns(5_003)));
}

#[test]
fn a_line_that_does_not_end_is_refused_without_reading_it_all() {
    let long = vec![b'a'; 3 * 1024 * 1024];
    assert!(matches!(refusal(&long), NotABook::LineTooLong { line: 1 }));
    let later = [b"documento;ramo;poliza\n1;rc;1\n".as_slice(), &long].concat();
    assert!(matches!(refusal(later), NotABook::LineTooLong { line: 3 }));
}

#[test]
fn a_line_that_does_not_end_far_into_the_file_stops_it_there() {
    let mut bytes = b"documento;ramo;poliza\n".to_vec();
    (0..5_000).for_each(|_| bytes.extend(format!("1;rc;1{}\n\n\n", " ".repeat(1_000)).bytes()));
    bytes.extend(vec![b'a'; 3 * 1024 * 1024]);
    let file = file(bytes);
    let mut book = BookFile::open(file.path(), &Told::default()).unwrap();
    assert!(matches!(rest(&mut book), Err(FileFault::LineTooLong { line: 15_002 })));
}

/// A book of some megabytes, of which not all is read at once.
fn large() -> Vec<u8> {
    let mut bytes = b"documento;ramo;poliza\n".to_vec();
    (0..8_000).for_each(|number| bytes.extend(format!("12345678;rc;{number:1000}\n").bytes()));
    bytes
}

#[test]
fn quirk_25_a_file_that_shrinks_grows_or_is_written_again_while_it_is_read_is_not_believed() {
    for change in ["shrinks", "grows"] {
        let file = file(large());
        let mut book = BookFile::open(file.path(), &Told::default()).unwrap();
        let mut other = OpenOptions::new().append(true).open(file.path()).unwrap();
        match change {
            "shrinks" => other.set_len(2_000_000).unwrap(),
            _ => other.write_all(b"12345678;rc;9\n").unwrap(),
        }
        assert!(matches!(rest(&mut book), Err(FileFault::Changed)), "it {change}");
    }
}

#[test]
fn what_is_not_in_the_told_encoding_says_its_line() {
    let told = Told { encoding: Some(Encoding::Utf8), ..Told::default() };
    let refused = read_told(b"documento;ramo;poliza\n1;rc;1\n2;rc;\xd1\n", &told).unwrap_err().to_string();
    assert!(refused.contains("line 3") && refused.contains("utf-8"), "{refused}");
    let marked = read_told(b"\xff\xfed\0o\0", &told).unwrap_err().to_string();
    assert!(marked.contains("utf-16le"), "{marked}");
}

#[test]
fn how_far_it_was_read_is_told() {
    let file = file(large());
    let mut book = BookFile::open(file.path(), &Told::default()).unwrap();
    let bytes = book.understood().bytes;
    assert_eq!((bytes, book.bytes_read()), (u64::try_from(large().len()).unwrap(), 0));
    assert_eq!(rest(&mut book).unwrap().rows.len(), 8_000);
    assert_eq!(book.bytes_read(), bytes);
}

#[test]
fn quirk_25_a_hash_tells_the_same_file() {
    let hash = |bytes: &str| {
        let file = file(bytes);
        BookFile::open(file.path(), &Told::default()).unwrap().understood().sha256.clone()
    };
    let one = hash("documento;ramo;poliza\n1;rc;1\n");
    assert_eq!(one, hash("documento;ramo;poliza\n1;rc;1\n"));
    assert_ne!(one, hash("documento;ramo;poliza\n1;rc;2\n"));
    assert_eq!(one.len(), 64);
}
