//! Workbooks: the cells of their sheets as text, read by a thread of its own and handed over a few rows at a time.

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Xls, Xlsx};
use std::fs::File;
use std::io::BufReader;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// So many rows wait for whoever reads them.
const ROWS_AHEAD: usize = 256;
/// A row with more cells is none of policies; the cells beyond are not read.
const CELLS_AT_MOST: usize = 1_100;

/// What a workbook tells, sheet after sheet.
#[derive(Debug)]
pub(crate) enum Event {
    /// The names of all sheets; always the first event.
    Sheets(Vec<String>),
    /// A row with something in it.
    Row(SheetRow),
    /// The end, after which nothing comes.
    End,
    /// It cannot be read any further.
    Broken(String),
}

/// A row of a sheet.
#[derive(Debug, Default)]
pub(crate) struct SheetRow {
    /// The place of its sheet among all, from 0.
    pub(crate) sheet: usize,
    /// Its number in the sheet, from 1.
    pub(crate) number: u64,
    pub(crate) cells: Vec<String>,
}

/// What of a workbook is read.
#[derive(Clone, Debug)]
pub(crate) enum Extent {
    /// So many rows of every sheet.
    Beginning(usize),
    /// All rows of these sheets.
    Sheets(Vec<usize>),
}

/// Whether it is of Excel since 2007.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Xlsx,
    Xls,
}

/// Begins to read. The thread ends when nobody listens any more. If it dies, no end is told.
pub(crate) fn read(file: File, format: Format, extent: Extent) -> std::io::Result<Receiver<Event>> {
    let (sender, receiver) = sync_channel(ROWS_AHEAD);
    thread::Builder::new().name("workbook".to_owned()).spawn(move || {
        let told = match format {
            Format::Xlsx => read_xlsx(file, &extent, &sender),
            Format::Xls => read_xls(file, &extent, &sender),
        };
        let last = match told {
            Ok(()) => Event::End,
            Err(Stop::Broken(words)) => Event::Broken(words),
            Err(Stop::NobodyListens) => return,
        };
        // Nobody listening is no fault at the end.
        let _ = sender.send(last);
    })?;
    Ok(receiver)
}

/// Why a workbook is not read any further.
enum Stop {
    NobodyListens,
    Broken(String),
}

fn broken(error: &impl std::fmt::Display) -> Stop {
    Stop::Broken(error.to_string())
}

impl Extent {
    fn rows_of(&self, sheet: usize) -> usize {
        match self {
            Self::Beginning(rows) => *rows,
            Self::Sheets(sheets) if sheets.contains(&sheet) => usize::MAX,
            Self::Sheets(_) => 0,
        }
    }
}

fn send(sender: &SyncSender<Event>, event: Event) -> Result<(), Stop> {
    sender.send(event).map_err(|_| Stop::NobodyListens)
}

/// Cell by cell, because one stray cell at the end of a sheet makes its rectangle larger than any memory.
fn read_xlsx(file: File, extent: &Extent, sender: &SyncSender<Event>) -> Result<(), Stop> {
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let names = workbook.sheet_names();
    send(sender, Event::Sheets(names.clone()))?;
    for (sheet, name) in names.iter().enumerate() {
        let mut left = extent.rows_of(sheet);
        // A sheet of charts has no cells.
        let Ok(mut cells) = workbook.worksheet_cells_reader(name) else { continue };
        let mut row = SheetRow { sheet, ..SheetRow::default() };
        while left > 0 {
            let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? else { break };
            let (number, place) = cell.get_position();
            if u64::from(number) + 1 != row.number {
                left -= usize::from(send_row(&mut row, sender)?);
                row.number = u64::from(number) + 1;
            }
            put(&mut row, place, text_of_ref(cell.get_value()));
        }
        if left > 0 {
            send_row(&mut row, sender)?;
        }
    }
    Ok(())
}

fn read_xls(file: File, extent: &Extent, sender: &SyncSender<Event>) -> Result<(), Stop> {
    let mut workbook: Xls<_> = Xls::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let names = workbook.sheet_names();
    send(sender, Event::Sheets(names.clone()))?;
    for (sheet, name) in names.iter().enumerate() {
        let rows = extent.rows_of(sheet);
        let Ok(range) = workbook.worksheet_range(name) else { continue };
        let (first_row, first_place) = range.start().unwrap_or_default();
        for (index, cells) in range.rows().enumerate().take(rows) {
            let number = u64::from(first_row) + u64::try_from(index).unwrap_or(u64::MAX) + 1;
            let mut row = SheetRow { sheet, number, cells: Vec::new() };
            for (place, cell) in (first_place..).zip(cells) {
                put(&mut row, place, text_of(cell));
            }
            send_row(&mut row, sender)?;
        }
    }
    Ok(())
}

fn put(row: &mut SheetRow, place: u32, text: String) {
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    if text.is_empty() || place >= CELLS_AT_MOST {
        return;
    }
    if row.cells.len() <= place {
        row.cells.resize(place + 1, String::new());
    }
    row.cells[place] = text;
}

/// Sends a row that has something in it.
fn send_row(row: &mut SheetRow, sender: &SyncSender<Event>) -> Result<bool, Stop> {
    let cells = std::mem::take(&mut row.cells);
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(false);
    }
    send(sender, Event::Row(SheetRow { sheet: row.sheet, number: row.number, cells }))?;
    Ok(true)
}

fn text_of_ref(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => text_of_number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => text_of_bool(*value),
        DataRef::DateTime(date) => text_of_date(date),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn text_of(cell: &Data) -> String {
    match cell {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => text_of_number(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => text_of_bool(*value),
        Data::DateTime(date) => text_of_date(date),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

/// A number as it was written. Of 16 digits or more a spreadsheet keeps the first 15, and no zeros are made up for
/// the others: it stays as the spreadsheet shows it, `1.23456789012346E+15`.
fn text_of_number(number: f64) -> String {
    if number.abs() < 1e15 || !number.is_finite() {
        return number.to_string();
    }
    let scientific = format!("{number:.14E}");
    let (digits, power) = scientific.split_once('E').unwrap_or((&scientific, "0"));
    format!("{}E+{power}", digits.trim_end_matches('0').trim_end_matches('.'))
}

fn text_of_bool(value: bool) -> String {
    if value { "VERDADERO" } else { "FALSO" }.to_owned()
}

fn text_of_date(date: &ExcelDateTime) -> String {
    let number = date.as_f64();
    // Year 10000 and beyond, or before 1900, is a number that only looks like a date.
    if !date.is_datetime() || !(0.0..2_958_466.0).contains(&number) {
        return text_of_number(number);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}
