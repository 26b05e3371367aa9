//! `zaguan policies import`: a whole book or not at all, what was understood said first, and words for every file that
//! is none.

use crate::support::{BOOK, Place, Running, pause};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

/// The numbers of the policies that the book in use has for a document.
fn numbers(place: &Place, document: &str) -> Vec<String> {
    let done = place.run(&["policies", "show", document, "--json"]);
    assert_eq!(done.status, 0, "{}", done.err);
    let shown: Vec<serde_json::Value> = serde_json::from_str(&done.out).expect("JSON");
    shown.iter().map(|policy| policy["poliza"].as_str().expect("a text").to_owned()).collect()
}

/// A book of so many policies, each of its own holder with an address.
fn book_of(policies: u32) -> String {
    let rows = (0..policies).map(|row| {
        format!("{},automotores,{row},PERSONA {row},p{row}@example.com,31/12/2090\n", 10_000_007 + row * 7)
    });
    format!("documento,ramo,poliza,titular,email,hasta\n{}", rows.collect::<String>())
}

/// Windows-1252 as an old system writes it: a title, `;`, CR LF, an end of listing and a Ctrl-Z, and what else is in
/// such files.
fn quirky() -> Vec<u8> {
    let mut text = String::from("Listado de p\u{f3}lizas;;;;;;\r\n");
    text.push_str("Nro. Doc.;Ramo;N\u{ba} de P\u{f3}liza;Apellido y Nombre;Mail;Cobrador;hasta\r\n");
    for row in 0..200 {
        let document = 10_000_007 + row;
        let _ = write!(text, "{document};4;59/{row:06};PERSONA {row};p{row}@example.com;x;31/12/90\r\n");
    }
    text.push_str("12.345.678;4;0001234;MU\u{d1}OZ;NO TIENE;x;31/12/2090\r\n");
    text.push_str("23456789;AUTOMOTORES;77;\"PAZ; ANA\";ana@gmail.con;x;\r\n\r\n");
    text.push_str("2,01235E+10;4;78;=HYPERLINK(1);a@example.com;x;\r\n");
    text.push_str("34567890;99;79;OTRO;b@example.com;x;\r\n");
    text.push_str("*** FIN DE LISTADO ***;;;;;;\r\n\u{1a}");
    // Each of these letters is one byte of the same number in Windows-1252.
    text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("Latin-1")).collect()
}

const INSURER: &str = "policies.lines = { \"4\" = \"automotores\" }\n";

#[test]
fn a_file_of_an_old_system_is_understood_mended_and_loaded() {
    let place = Place::empty();
    place.write("zaguan.toml", INSURER);
    place.write("padron.txt", quirky());
    let done = place.run(&["policies", "import", "padron.txt"]);
    assert_eq!(done.status, 0, "{}\n{}", done.out, done.err);
    for told in [
        "text in windows-1252, \";\" between columns",
        "headers on line 2, lines end in CR LF",
        "documento (\"Nro. Doc.\")",
        "dates in hasta: dd/mm/yy, dd/mm/yyyy",
        "columns that are not known, and not stored: Cobrador",
        "número en notación científica",
        "ramo desconocido",
        "correos de relleno",
        "correos con una terminación que no existe",
        "padron.txt.rejected.csv",
        "Note: 2 rows were rejected.",
        "The book is loaded, and in use from now on.",
    ] {
        assert!(done.out.contains(told), "{told} in:\n{}", done.out);
    }
    assert!(done.out.find("windows-1252") < done.out.find("rows read"), "understood is said first");
    assert_eq!(numbers(&place, "12345678"), ["0001234"]);
    let shown = place.run(&["policies", "show", "12.345.678"]);
    assert!(shown.out.contains("MUÑOZ") && !shown.out.contains("NO TIENE"), "{}", shown.out);
    let shown = place.run(&["policies", "show", "23456789", "--json"]);
    assert!(shown.out.contains("PAZ; ANA") && shown.out.contains("@g•••.com"), "{}", shown.out);
}

#[test]
fn rejected_rows_are_kept_beside_the_file_where_no_spreadsheet_calculates_them() {
    let place = Place::empty();
    place.write("zaguan.toml", INSURER);
    place.write("padron.txt", quirky());
    place.run(&["policies", "import", "padron.txt"]);
    let path = place.path("padron.txt.rejected.csv");
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).expect("UTF-8");
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines[0], "\"linea\";\"columna\";\"motivo\";\"fila\"");
    assert!(lines[1].starts_with("\"206\";\"documento\";\"La planilla escribió el número"), "{text}");
    assert!(lines[1].ends_with(";\"2,01235E+10;4;78;=HYPERLINK(1);a@example.com;x;\""), "{text}");
    assert!(lines[2].starts_with("\"207\";\"ramo\";\"El ramo «99» no se conoce"), "{text}");
    place.write("formula.csv", format!("{}=1+1,rc,1,ANA,,\n", book_of(100)));
    place.run(&["policies", "import", "formula.csv", "--accept-shrink"]);
    let text = fs::read_to_string(place.path("formula.csv.rejected.csv")).expect("there");
    assert!(text.contains(";\"'=1+1,rc,1,ANA,,\""), "{text}");
    place.write("formula.csv", book_of(100));
    place.run(&["policies", "import", "formula.csv"]);
    assert!(!place.path("formula.csv.rejected.csv").exists(), "nothing was rejected this time");
}

#[test]
fn a_new_book_takes_the_place_of_the_old_one_and_undo_brings_it_back() {
    let place = Place::empty();
    place.write("one.csv", book_of(100));
    place.write("other.csv", format!("{}{}", book_of(100), "23456789,rc,77,ANA,,\n"));
    assert_eq!(place.run(&["policies", "undo"]).status, 1, "there is nothing to go back to");
    assert_eq!(place.run(&["policies", "import", "one.csv"]).status, 0);
    let done = place.run(&["policies", "import", "other.csv"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("100 before, +1.0 %"), "{}", done.out);
    assert_eq!(numbers(&place, "23456789"), ["77"]);
    let listed: serde_json::Value =
        serde_json::from_str(&place.run(&["policies", "list", "--json"]).out).expect("JSON");
    assert_eq!(listed[0]["file"], "other.csv");
    assert_eq!((&listed[0]["in_use"], &listed[1]["in_use"]), (&true.into(), &false.into()));
    let done = place.run(&["policies", "undo", "--json"]);
    assert_eq!((done.status, done.out.as_str()), (0, "{\"from\":2,\"to\":1}\n"), "{}", done.err);
    assert!(numbers(&place, "23456789").is_empty());
    assert!(place.run(&["policies", "list"]).out.contains("   1  in use"));
}

#[test]
fn a_book_that_shrank_is_braked_with_its_figures_until_it_is_accepted() {
    let place = Place::empty();
    place.write("padron.csv", book_of(100));
    place.write("cut.csv", book_of(59));
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    let last = (10_000_007 + 99 * 7).to_string();
    for arguments in [&["--json"][..], &[]] {
        let done = place.run(&[&["policies", "import", "cut.csv"], arguments].concat());
        assert_eq!(done.status, 1, "{}", done.out);
        assert!(
            done.err.contains("el archivo trae 41 % menos pólizas que ayer: no se aplicó"),
            "{}",
            done.err
        );
        assert!(done.err.contains("--accept-shrink"), "{}", done.err);
        assert_eq!(numbers(&place, &last), ["99"], "nothing was changed");
    }
    let done = place.run(&["policies", "import", "cut.csv", "--accept-shrink"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(numbers(&place, &last).is_empty());
}

#[test]
fn too_many_rejected_rows_brake_and_are_kept_all_the_same() {
    let place = Place::empty();
    place.write("padron.csv", format!("{}x,rc,1,ANA,,\nx,rc,2,ANA,,\n", book_of(90)));
    let done = place.run(&["policies", "import", "padron.csv"]);
    assert_eq!(done.status, 1, "{}", done.out);
    assert!(done.err.contains("de las filas del archivo: no se aplicó"), "{}", done.err);
    assert!(place.path("padron.csv.rejected.csv").exists());
    place.write("zaguan.toml", "[policies]\nrejects_percent = 3\n");
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
}

#[test]
fn changes_are_added_to_the_book_and_taken_out_of_it() {
    let place = Place::empty();
    place.write("padron.csv", book_of(100));
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    place.write(
        "novedades.csv",
        "movimiento;documento;ramo;poliza;titular\nA;23456789;rc;77;ANA\nB;10000007;automotores;0;\nM;10000014;automotores;1;OTRA\n",
    );
    let done = place.run(&["policies", "import", "novedades.csv"]);
    assert_eq!(done.status, 1, "it may be changes only");
    assert!(done.err.contains("--mode delta"), "{}", done.err);
    let done = place.run(&["policies", "import", "novedades.csv", "--mode", "delta", "--json"]);
    assert_eq!(done.status, 0, "{}", done.err);
    let report: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    for (figure, count) in
        [("rows", 3), ("new", 1), ("changed", 1), ("removed", 1), ("ended", 1), ("policies", 100)]
    {
        assert_eq!(report[figure], count, "{figure} in {}", done.out);
    }
    assert_eq!(numbers(&place, "23456789"), ["77"]);
    assert!(numbers(&place, "10000007").is_empty());
    assert_eq!(numbers(&place, "10000021"), ["2"], "what is not named stays");
}

#[test]
fn a_dry_run_reports_the_same_and_changes_nothing() {
    let place = Place::empty();
    place.write("padron.csv", book_of(100));
    let done = place.run(&["policies", "import", "padron.csv", "--dry-run"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("Nothing was loaded") && done.out.contains("rows read"), "{}", done.out);
    assert!(!place.path("zaguan.db").exists());
    place.run(&["policies", "import", "padron.csv"]);
    place.write("cut.csv", book_of(10));
    let done = place.run(&["policies", "import", "cut.csv", "--dry-run"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("el archivo trae 90 % menos pólizas"), "{}", done.out);
    assert_eq!(numbers(&place, "10000700"), ["99"]);
    let listed = place.run(&["policies", "list"]).out;
    assert_eq!(listed.lines().count(), 1, "{listed}");
}

#[test]
fn the_same_file_again_is_noticed_and_keeps_the_way_back() {
    let place = Place::empty();
    place.write("one.csv", book_of(100));
    place.write("other.csv", book_of(101));
    place.run(&["policies", "import", "one.csv"]);
    place.run(&["policies", "import", "other.csv"]);
    let done = place.run(&["policies", "import", "other.csv"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("the same file was loaded before, as generation 2"), "{}", done.out);
    assert!(done.out.contains("this very file is in use already"), "{}", done.out);
    assert_eq!(place.run(&["policies", "undo"]).status, 0);
    assert!(place.run(&["policies", "list"]).out.contains("   1  in use"));
}

#[test]
fn the_report_can_be_read_by_programs_and_adds_up() {
    let place = Place::empty();
    place.write("zaguan.toml", INSURER);
    place.write("padron.txt", quirky());
    let done = place.run(&["policies", "import", "padron.txt", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&done.out).expect("JSON and nothing else");
    assert_eq!((&report["loaded"], &report["separator"]), (&true.into(), &";".into()));
    assert_eq!(report["rejected_by_reason"]["ramo desconocido"], 1);
    assert_eq!(report["columns"][0], "documento");
    assert_eq!(report["headers"]["documento"][0], "Nro. Doc.");
    assert_eq!(report["date_shapes"]["hasta"][0], "dd/mm/yy");
    let count = |name: &str| report[name].as_u64().expect(name);
    let told = ["new", "changed", "unchanged", "removed", "repeated", "rejected"].map(count);
    assert_eq!(told.iter().sum::<u64>(), count("rows"), "{}", done.out);
    assert_eq!(count("rows"), 204);
}

#[test]
fn what_is_not_detected_can_be_told() {
    let place = Place::empty();
    place.write("padron.csv", "Asociado#Rama#Ref#CBU\n12345678#auto#0001234#x\n");
    let told =
        ["--separator", "#", "--map", "Asociado=documento", "--map", "Rama=ramo", "--map", "Ref=poliza"];
    place.write("zaguan.toml", "[policies.lines]\nauto = \"automotores\"\n");
    let done = place.run(&[&["policies", "import", "padron.csv", "--drop", "CBU"], &told[..]].concat());
    assert_eq!(done.status, 0, "{}\n{}", done.out, done.err);
    assert!(done.out.contains("columns that are dropped, as told: CBU"), "{}", done.out);
    place.write(
        "zaguan.toml",
        "[policies]\nlines = { \"4\" = \"automotores\" }\nlayout = { ramo = \"1-2\", poliza = \"3-9\", documento = \"10-17\" }\n",
    );
    place.write("fijo.txt", "04000777723456789\n04000888823456789\n");
    let done = place.run(&["policies", "import", "fijo.txt", "--accept-shrink"]);
    assert_eq!(done.status, 0, "{}\n{}", done.out, done.err);
    assert!(done.out.contains("lines of fixed width"), "{}", done.out);
    assert_eq!(numbers(&place, "23456789"), ["0007777", "0008888"]);
    for (wrong, words) in [
        (&["--encoding", "klingon"][..], "is no encoding"),
        (&["--map", "a=b"], "is no column"),
        (&["--map", "a"], "write HEADER=COLUMN"),
        (&["--separator", "ab"], "the one character"),
    ] {
        let done = place.run(&[&["policies", "import", "padron.csv"], wrong].concat());
        assert_eq!(done.status, 2, "{wrong:?}");
        assert!(done.err.contains(words), "{wrong:?}: {}", done.err);
    }
}

#[test]
fn dates_of_six_digits_are_read_where_it_is_clear_or_told_what_they_are() {
    let place = Place::empty();
    let book = |day: &str| {
        format!("documento;ramo;poliza;desde;hasta\n12345678;rc;1;010226;{day}\n23456789;rc;2;;\n")
    };
    let last_day = || {
        let shown = place.run(&["policies", "show", "12345678", "--json"]).out;
        serde_json::from_str::<serde_json::Value>(&shown).expect("JSON")[0]["hasta"].clone()
    };
    place.write("doubtful.csv", book("261231"));
    let done = place.run(&["policies", "import", "doubtful.csv", "--accept-shrink"]);
    assert!(done.out.contains("say which in policies.six_digit_dates"), "{}", done.out);
    assert!(done.out.contains("fecha de seis dígitos"), "{}", done.out);
    place.write("clear.csv", book("311299"));
    let done = place.run(&["policies", "import", "clear.csv", "--accept-shrink"]);
    assert!(
        done.out.contains("dates of six digits are ddmmyy, for not all can be otherwise"),
        "{}",
        done.out
    );
    assert_eq!(last_day(), "1999-12-31");
    place.write("zaguan.toml", "policies.six_digit_dates = \"yymmdd\"\n");
    let done = place.run(&["policies", "import", "doubtful.csv", "--accept-shrink"]);
    assert!(done.out.contains("dates of six digits are yymmdd, as told"), "{}", done.out);
    assert_eq!((done.status, last_day()), (0, "2026-12-31".into()), "{}", done.err);
    place.write("zaguan.toml", "policies.six_digit_dates = \"mmddyy\"\n");
    let done = place.run(&["policies", "import", "doubtful.csv"]);
    assert!(done.status == 2 && done.err.contains("write ddmmyy or yymmdd"), "{}", done.err);
}

#[test]
fn whatever_cannot_be_read_is_refused_and_the_book_stays() {
    let place = Place::empty();
    place.write("good.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "good.csv"]).status, 0);
    fs::create_dir(place.path("directory.csv")).expect("made");
    let header = "documento,ramo,poliza,cbu\n";
    let account = "2850590940090418135201";
    for (name, bytes, told) in [
        ("empty.csv", Vec::new(), "it is empty"),
        ("header.csv", header.into(), "has headers and no rows"),
        ("book.zip", b"PK\x03\x04\x14\0padron.csv".to_vec(), "compressed"),
        ("book.pdf", b"%PDF-1.4".to_vec(), "it is a PDF"),
        ("missing.csv", b"documento,poliza\n23456789,1\n".to_vec(), "lacks the column ramo"),
        (
            "twice.csv",
            b"documento,documento,ramo,poliza\n23456789,1,rc,1\n".to_vec(),
            "both the column documento",
        ),
        (
            "account.csv",
            format!("{header}23456789,rc,1,{account}\n23456789,rc,2,0170099220000067797370\n").into(),
            "bank accounts",
        ),
    ] {
        place.write(name, bytes);
        let done = place.run(&["policies", "import", name]);
        assert_eq!(done.status, 1, "{name}: {}", done.out);
        assert!(done.err.contains(told), "{name}: {told} in {}", done.err);
        assert!(done.err.contains("the book in use stays as it is"), "{name}: {}", done.err);
        assert_eq!(numbers(&place, "12345678"), ["0001234"], "{name}");
    }
    for (name, told) in [("directory.csv", "is a directory"), ("nothing.csv", "does not exist")] {
        let done = place.run(&["policies", "import", name]);
        assert_eq!(done.status, 1, "{name}");
        assert!(done.err.contains(told), "{name}: {}", done.err);
    }
}

/// An import of many rows, and its place, once it is in the middle of its work.
fn in_the_middle(place: &Place) -> Running {
    place.write("padron.csv", book_of(100));
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    place.write("big.csv", book_of(300_000));
    let running = Running::new(&mut place.command(&["policies", "import", "big.csv"]), 2);
    let started = Instant::now();
    while !has_more_than_the_first_generation(place) {
        assert!(started.elapsed() < Duration::from_secs(20), "no import began: {}", running.logged());
        pause();
    }
    running
}

fn has_more_than_the_first_generation(place: &Place) -> bool {
    let entries = fs::read_dir(place.path("zaguan.db.book")).expect("the book's directory");
    entries.filter_map(Result::ok).any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        !name.starts_with("1.") && !name.contains("lock")
    })
}

#[test]
fn an_import_that_is_killed_leaves_the_old_book_and_is_in_nobodys_way() {
    let place = Place::empty();
    let running = in_the_middle(&place);
    running.signal("KILL");
    drop(running);
    assert_eq!(numbers(&place, "10000007"), ["0"]);
    assert_eq!(place.run(&["policies", "list"]).out.lines().count(), 1);
    place.write("next.csv", book_of(101));
    let done = place.run(&["policies", "import", "next.csv"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("100 before, +1.0 %"), "{}", done.out);
}

#[test]
fn an_import_that_is_interrupted_leaves_nothing_behind() {
    let place = Place::empty();
    let running = in_the_middle(&place);
    running.signal("INT");
    let (status, _, errors) = running.end();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(errors.contains("it was stopped before its end"), "{errors}");
    assert!(!has_more_than_the_first_generation(&place), "something was left behind");
    assert_eq!(place.run(&["policies", "list"]).out.lines().count(), 1);
}

#[test]
fn only_one_import_runs_at_a_time() {
    let place = Place::empty();
    let running = in_the_middle(&place);
    let done = place.run(&["policies", "import", "padron.csv"]);
    assert_eq!(done.status, 1, "{}", done.out);
    assert!(done.err.contains("another import of the policy book is under way"), "{}", done.err);
    drop(running);
}

#[test]
fn who_shares_a_document_or_an_address_is_shown_with_it() {
    let place = Place::empty();
    let mut text = String::from("documento;ramo;poliza;titular;sexo;email\n");
    text.push_str("4123456;rc;1;PAZ ANA;F;\n4123456;vida-individual;2;PAZ JUAN;M;\n");
    for document in 23_456_780..23_456_784 {
        let _ = writeln!(text, "{document};rc;{document};ALGUIEN;;productor@example.com");
    }
    place.write("padron.csv", text);
    let done = place.run(&["policies", "import", "padron.csv"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("shared addresses"), "{}", done.out);
    let both = place.run(&["policies", "show", "4.123.456"]).out;
    assert!(
        both.contains("PAZ ANA  discriminador F") && both.contains("PAZ JUAN  discriminador M"),
        "{both}"
    );
    let shared = place.run(&["policies", "show", "23456780"]).out;
    assert!(shared.contains("shared by too many holders") && !shared.contains("productor@"), "{shared}");
    assert_eq!(place.run(&["policies", "show", "ana"]).status, 1);
    assert_eq!(place.run(&["policies", "show", "99888777", "--json"]).out, "[]\n");
}
