//! Workbooks: sheets with their own headers, and cells that are no text.

use crate::files::{Whole, read_path};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use zaguan_book::{NotABook, Shape, Told};

fn read(workbook: &mut Workbook, told: &Told) -> Result<Whole, NotABook> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("padron.xlsx");
    workbook.save(&path).unwrap();
    read_path(&path, told)
}

fn write(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
}

#[test]
fn cells_become_text_without_losing_digits() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    write(sheet, &[&["Documento", "Ramo", "Póliza", "Titular", "Hasta", "Estado"]]);
    let day = ExcelDateTime::from_ymd(2026, 12, 31).unwrap();
    sheet.write_number(1, 0, 12_345_678.0).unwrap();
    sheet.write_string(1, 1, "rc").unwrap();
    sheet.write_string(1, 2, "00012345").unwrap();
    sheet.write_string(1, 3, " MUÑOZ; ANA ").unwrap();
    sheet.write_datetime_with_format(1, 4, &day, &Format::new().set_num_format("dd/mm/yyyy")).unwrap();
    sheet.write_boolean(1, 5, true).unwrap();
    sheet.write_number(2, 0, 20_123_456_786.0).unwrap();
    sheet.write_number(2, 2, 1_234_567_890_123_456_800.0).unwrap();
    let whole = read(&mut workbook, &Told::default()).unwrap();
    assert_eq!(
        whole.cells(),
        [
            ["12345678", "rc", "00012345", "MUÑOZ; ANA", "2026-12-31", "VERDADERO"],
            ["20123456786", "", "1.23456789012346E+18", "", "", ""],
        ]
    );
    assert_eq!(whole.rows[0].0, 2);
}

#[test]
fn each_sheet_with_the_columns_is_read_by_its_own_headers() {
    let mut workbook = Workbook::new();
    for (name, rows) in [
        ("Banco Uno", &[&["documento", "ramo", "poliza"][..], &["1", "rc", "11"]][..]),
        ("Notas", &[&["leer antes"][..]]),
        (
            "Banco Dos",
            &[
                &["CAMPAÑA 2"][..],
                &[],
                &["poliza", "documento", "ramo"],
                &["22", "2", "rc"],
                &["TOTAL", "", ""],
            ],
        ),
    ] {
        write(workbook.add_worksheet().set_name(name).unwrap(), rows);
    }
    let whole = read(&mut workbook, &Told::default()).unwrap();
    assert_eq!(whole.cells(), [["1", "rc", "11"], ["22", "2", "rc"]]);
    assert_eq!(whole.sheets, ["Banco Uno", "Banco Dos"]);
    assert_eq!(whole.rows[1].0, 4, "the row of the sheet");
    let sheets = ["Banco Uno", "Banco Dos"].map(str::to_owned).to_vec();
    assert_eq!(whole.understood.shape, Shape::Workbook { sheets, ignored: vec!["Notas".to_owned()] });
    assert_eq!((whole.counts.titles, whole.counts.totals, whole.counts.headers), (1, 1, 2));

    let told = Told { sheets: vec!["Banco Dos".to_owned()], ..Told::default() };
    assert_eq!(read(&mut workbook, &told).unwrap().sheets, ["Banco Dos"]);
    let told = Told { sheets: vec!["Notas".to_owned()], ..Told::default() };
    assert!(matches!(read(&mut workbook, &told), Err(NotABook::MissingColumns { .. })));
    let told = Told { sheets: vec!["Tres".to_owned()], ..Told::default() };
    let refused = read(&mut workbook, &told).unwrap_err().to_string();
    assert!(refused.contains("\"Tres\"") && refused.contains("Banco Uno"), "{refused}");
}

#[test]
fn a_workbook_without_the_columns_or_with_cards_is_refused() {
    let mut workbook = Workbook::new();
    write(workbook.add_worksheet(), &[&["documento", "ramo"], &["1", "rc"]]);
    let refused = read(&mut workbook, &Told::default()).unwrap_err().to_string();
    assert!(refused.contains("lacks the column poliza"), "{refused}");
    let mut workbook = Workbook::new();
    let header: &[&str] = &["documento", "ramo", "poliza", "Tarjeta"];
    write(workbook.add_worksheet(), &[header, &["1", "rc", "2", "4111111111111111"]]);
    assert!(matches!(read(&mut workbook, &Told::default()), Err(NotABook::Sensitive { .. })));
    let told = Told { drop: vec!["tarjeta".to_owned()], ..Told::default() };
    assert_eq!(read(&mut workbook, &told).unwrap().texts, ["1;rc;2;***"]);
}

#[test]
fn one_stray_cell_at_the_end_of_a_sheet_costs_no_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    write(sheet, &[&["documento", "ramo", "poliza"], &["1", "rc", "2"]]);
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    assert_eq!(read(&mut workbook, &Told::default()).unwrap().cells(), [["1", "rc", "2"]]);
}

#[test]
fn a_workbook_of_excel_2003_is_read_like_the_others() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/book/samples/two_banks.xls");
    let whole = read_path(path.as_ref(), &Told::default()).unwrap();
    assert_eq!(
        whole.cells(),
        [&["12345678", "rc", "00012345", "MUÑOZ, ANA", "2026-12-31"][..], &["7/1", "20123456786", "auto"]]
    );
    assert_eq!(whole.rows.iter().map(|row| row.0).collect::<Vec<_>>(), [4, 2]);
    assert_eq!(whole.sheets, ["Banco Uno", "Banco Dos"]);
    assert_eq!((whole.counts.titles, whole.counts.headers), (1, 2));
}
