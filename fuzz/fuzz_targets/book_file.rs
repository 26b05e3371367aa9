//! Any bytes as a policy book: it is refused or read to its end, without a panic, and every line is accounted for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::Write as _;
use zaguan_book::{BookFile, RawRow, Told};

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("written");
    let Ok(mut book) = BookFile::open(file.path(), &Told::default()) else {
        return;
    };
    let mut row = RawRow::default();
    let mut rows = 0_u64;
    while let Ok(true) = book.next_row(&mut row) {
        rows += 1;
        let _ = row.cells();
    }
    assert!(rows <= bytes.len() as u64, "more rows than bytes");
});
