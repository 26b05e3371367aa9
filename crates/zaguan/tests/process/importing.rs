//! `zaguan policies import`: the book as a whole or not at all, and words for every file that is none.

use crate::support::{BOOK, Place};
use std::fs;
use std::io::Write as _;
use zaguan_domain::document::Document;
use zaguan_store::{Store, StoreSettings};

/// The numbers of the policies that a document has in the database.
fn numbers(place: &Place, document: u32) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(StoreSettings { path: place.path("zaguan.db") }).await.expect("opened");
        let policies = store.policies_of(Document::Person(document)).await.expect("read");
        store.close().await;
        policies.iter().map(|policy| policy.number.as_str().to_owned()).collect()
    })
}

#[test]
fn a_book_is_loaded_and_what_was_understood_is_told() {
    let place = Place::empty();
    let text = "\u{feff}RAMO;Póliza;Documento;Titular;Email;Cobrador\r\n\
                automotores;0001;12.345.678;\"PAZ; ANA\";ana@example.com;7\r\n\
                automotores;1;12345678;PAZ ANA;NO TIENE;7\r\n\
                rc;A-77/3;30-70123456-8;TALLERES;-;7\r\n";
    place.write("padron.csv", text);
    let done = place.run(&["policies", "import", "padron.csv"]);
    assert_eq!(done.status, 0, "{}", done.err);
    for line in [
        "padron.csv: CSV in UTF-8, with ; between its columns",
        "columns: ramo, poliza, documento, titular, email",
        "columns that are not known, and not stored: Cobrador",
        "3 rows: 2 policies of 2 holders",
        "1 rows are of a policy that comes again; the last one counts",
        "2 e-mail addresses are none and were left out",
        "The book is loaded, and in use from now on.",
    ] {
        assert!(done.out.contains(line), "{line} in:\n{}", done.out);
    }
    assert_eq!(numbers(&place, 12_345_678), ["1"]);
}

#[test]
fn a_new_book_takes_the_place_of_the_old_one() {
    let place = Place::empty();
    place.write("one.csv", BOOK);
    place.write("other.csv", "documento,ramo,poliza\n23456789,rc,77\n");
    assert_eq!(place.run(&["policies", "import", "one.csv"]).status, 0);
    assert_eq!(place.run(&["policies", "import", "other.csv"]).status, 0);
    assert!(numbers(&place, 12_345_678).is_empty());
    assert_eq!(numbers(&place, 23_456_789), ["77"]);
}

#[test]
fn a_dry_run_loads_nothing() {
    let place = Place::empty();
    place.write("padron.csv", BOOK);
    let done = place.run(&["policies", "import", "padron.csv", "--dry-run"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("Nothing was loaded"), "{}", done.out);
    assert!(!place.path("zaguan.db").exists());
}

#[test]
fn the_report_can_be_read_by_programs() {
    let place = Place::empty();
    place.write("padron.csv", BOOK);
    let done = place.run(&["policies", "import", "padron.csv", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&done.out).expect("JSON and nothing else");
    assert_eq!(report["policies"], 1);
    assert_eq!(report["loaded"], true);
    assert_eq!(report["separator"], ",");
}

#[test]
fn whatever_cannot_be_read_is_refused_and_the_book_stays() {
    let place = Place::empty();
    place.write("good.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "good.csv"]).status, 0);
    fs::create_dir(place.path("directory.csv")).expect("made");
    let header = "documento,ramo,poliza,titular,hasta\n";
    let good = "23456789,rc,1,ANA,2030-01-01\n";
    for (name, bytes, told) in [
        ("empty.csv", Vec::new(), "is empty"),
        ("header.csv", header.into(), "has no policies in it"),
        ("book.xlsx", b"PK\x03\x04\x14\0[Content_Types].xml".to_vec(), "is an Excel workbook"),
        ("book.zip", b"PK\x03\x04\x14\0padron.csv".to_vec(), "is a compressed file"),
        ("book.pdf", b"%PDF-1.4".to_vec(), "is a PDF"),
        (
            "latin1.csv",
            [header.as_bytes(), b"23456789,rc,1,MU\xd1OZ,\n"].concat(),
            "is not in UTF-8 (line 2)",
        ),
        ("dos.csv", [header.as_bytes(), b"23456789,rc,1,MU\xa5OZ,\n"].concat(), "is not in UTF-8"),
        ("utf16.csv", b"\xff\xfed\0o\0".to_vec(), "is in UTF-16"),
        ("missing.csv", b"documento,poliza\n23456789,1\n".to_vec(), "lacks the column ramo"),
        ("row.csv", format!("{header}{good}x,rc,1,ANA,\n").into(), "line 3, column documento"),
        ("ramo.csv", format!("{header}{good}23456789,auto,1,ANA,\n").into(), "\"auto\" is no ramo"),
        ("date.csv", format!("{header}{good}23456789,rc,2,ANA,12/31/2030\n").into(), "is no date"),
        ("cut.csv", format!("{header}{good}2345678").into(), "line 3: it has 1 columns"),
        ("quote.csv", format!("{header}23456789,rc,1,\"ANA,2030-01-01\n{good}").into(), "line 2: "),
    ] {
        place.write(name, bytes);
        let done = place.run(&["policies", "import", name]);
        assert_eq!(done.status, 1, "{name}: {}", done.err);
        assert!(done.err.contains(told), "{name}: {told} in {}", done.err);
        assert!(done.err.contains("the book in use stays as it is"), "{name}: {}", done.err);
        assert_eq!(numbers(&place, 12_345_678), ["0001234"], "{name}");
        assert!(numbers(&place, 23_456_789).is_empty(), "{name}");
    }
    for (name, told) in [("directory.csv", "is a directory"), ("nothing.csv", "cannot be read")] {
        let done = place.run(&["policies", "import", name]);
        assert_eq!(done.status, 1, "{name}");
        assert!(done.err.contains(told), "{name}: {}", done.err);
    }
}

#[test]
fn twenty_thousand_rows_are_loaded() {
    let place = Place::empty();
    let mut file = fs::File::create(place.path("big.csv")).expect("made");
    writeln!(file, "documento,ramo,poliza,titular,email,hasta").expect("written");
    for row in 0..20_000 {
        writeln!(
            file,
            "{},automotores,{row},PERSONA {row},p{row}@example.com,31/12/2030",
            10_000_000 + row * 7
        )
        .expect("written");
    }
    drop(file);
    let done = place.run(&["policies", "import", "big.csv"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("20000 policies of 20000 holders"), "{}", done.out);
    assert_eq!(numbers(&place, 10_000_007), ["1"]);
}
