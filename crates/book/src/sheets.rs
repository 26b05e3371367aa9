//! The rows of a workbook: each sheet with its own headers, as if it were a file.

use crate::columns::{Columns, header_of, score};
use crate::dates::Dates;
use crate::refusal::{FileFault, NotABook};
use crate::row::RawRow;
use crate::sensitive::Watch;
use crate::source::Unchanged;
use crate::told::{LineCounts, Told};
use crate::totals::{is_no_row, skeleton};
use crate::workbook::{Event, Extent, Format, SheetRow, read};
use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// So many rows of each sheet are looked at to understand it.
const ROWS_LOOKED_AT: usize = 2_000;
/// Titles may stand above the headers, but not more than this.
const HEADERS_WITHIN: usize = 20;

/// A sheet that is read.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    pub(crate) name: Arc<str>,
    /// Its place among all sheets, from 0.
    index: usize,
    header_row: u64,
    titles: BTreeSet<String>,
    pub(crate) columns: Columns,
    pub(crate) dates: Dates,
}

/// A workbook that was understood.
#[derive(Debug)]
pub(crate) struct Workbook {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) ignored: Vec<String>,
    format: Format,
}

/// Looks at the first rows of each sheet, and chooses those that are read.
pub(crate) fn understand(file: File, format: Format, told: &Told) -> Result<Workbook, NotABook> {
    let (names, rows) = first_rows(file, format)?;
    if let Some(missing) = told.sheets.iter().find(|told| !names.contains(told)) {
        return Err(NotABook::NoSuchSheet { told: missing.clone(), found: names.join(", ") });
    }
    let mut workbook = Workbook { sheets: Vec::new(), ignored: Vec::new(), format };
    let mut refusals = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let is_told = told.sheets.contains(name);
        if !told.sheets.is_empty() && !is_told {
            workbook.ignored.push(name.clone());
            continue;
        }
        match understand_sheet((index, name), rows.get(index).map_or(&[], Vec::as_slice), told) {
            Ok(sheet) => workbook.sheets.push(sheet),
            // A sheet beside the book may be anything, but not one that is the book and has what it must not have.
            Err(NotABook::MissingColumns { .. } | NotABook::Empty | NotABook::HeaderOnly)
                if !is_told && names.len() > 1 =>
            {
                workbook.ignored.push(name.clone());
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    match refusals.into_iter().next() {
        Some(refusal) => Err(refusal),
        None if workbook.sheets.is_empty() => {
            // None of several sheets is a book: what the first one lacks is what there is to say.
            let first = names.first().map_or((0, ""), |name| (0, name.as_str()));
            Err(understand_sheet(first, rows.first().map_or(&[], Vec::as_slice), told)
                .err()
                .unwrap_or(NotABook::Empty))
        }
        None => Ok(workbook),
    }
}

type Rows = Vec<Vec<SheetRow>>;

fn first_rows(file: File, format: Format) -> Result<(Vec<String>, Rows), NotABook> {
    let events = read(file, format, Extent::Beginning(ROWS_LOOKED_AT))?;
    let (mut names, mut rows) = (Vec::new(), Rows::new());
    loop {
        match events.recv() {
            Ok(Event::Sheets(found)) => {
                rows.resize_with(found.len(), Vec::new);
                names = found;
            }
            Ok(Event::Row(row)) => {
                if let Some(rows) = rows.get_mut(row.sheet) {
                    rows.push(row);
                }
            }
            Ok(Event::End) => return Ok((names, rows)),
            Ok(Event::Broken(_)) if names.is_empty() && format == Format::Xlsx => {
                return Err(NotABook::Compressed("ZIP, and no workbook is in it"));
            }
            Ok(Event::Broken(words)) => return Err(NotABook::BrokenWorkbook(words)),
            Err(_) => return Err(NotABook::BrokenWorkbook("its parts contradict each other".to_owned())),
        }
    }
}

fn understand_sheet((index, name): (usize, &str), rows: &[SheetRow], told: &Told) -> Result<Sheet, NotABook> {
    let headers_of =
        |row: &SheetRow| -> Vec<String> { row.cells.iter().map(|cell| header_of(cell)).collect() };
    let best = rows
        .iter()
        .take(HEADERS_WITHIN)
        .enumerate()
        // The first one wins where several are as good.
        .max_by_key(|(place, row)| (score(&headers_of(row), told), std::cmp::Reverse(*place)));
    let Some((place, header)) = best else { return Err(NotABook::Empty) };
    let columns = Columns::of_headers(headers_of(header), told)?;
    let mut watch = Watch::new(columns.headers.len());
    let mut dates = Dates::default();
    let mut has_rows = false;
    for row in
        rows[place + 1..].iter().filter(|row| row.cells != header.cells && !is_no_row(&joined(&row.cells)))
    {
        has_rows = true;
        dates.see(&columns, |place| row.cells.get(place).map_or("", String::as_str));
        for (place, cell) in
            row.cells.iter().enumerate().filter(|(place, _)| !columns.dropped.contains(place))
        {
            watch.see(place, cell);
        }
    }
    if !has_rows {
        return Err(NotABook::HeaderOnly);
    }
    watch.verdict(|place| columns.headers.get(place).cloned().unwrap_or_default())?;
    let titles = rows[..place].iter().map(|row| skeleton(&joined(&row.cells))).collect();
    Ok(Sheet { name: name.into(), index, header_row: header.number, titles, columns, dates })
}

fn joined(cells: &[String]) -> String {
    cells.join(";")
}

/// Reads the rows of the sheets, one sheet after the other.
#[derive(Debug)]
pub(crate) struct SheetRows {
    events: Receiver<Event>,
    sheets: Vec<Sheet>,
    file: Unchanged,
    pub(crate) counts: LineCounts,
    ended: bool,
}

impl SheetRows {
    pub(crate) fn new(workbook: &Workbook, file: File, watched: Unchanged) -> Result<Self, NotABook> {
        let indexes = workbook.sheets.iter().map(|sheet| sheet.index).collect();
        let events = read(file, workbook.format, Extent::Sheets(indexes))?;
        let sheets = workbook.sheets.clone();
        Ok(Self { events, sheets, file: watched, counts: LineCounts::default(), ended: false })
    }

    pub(crate) fn file(&self) -> &Unchanged {
        &self.file
    }

    /// Reads on to the next row; false at the end.
    pub(crate) fn next_row(&mut self, row: &mut RawRow) -> Result<bool, FileFault> {
        while !self.ended {
            match self.events.recv() {
                Ok(Event::Row(cells)) => {
                    if self.take(&cells, row) {
                        return Ok(true);
                    }
                }
                Ok(Event::Sheets(_)) => {}
                Ok(Event::End) => {
                    self.file.check_again()?;
                    self.ended = true;
                }
                Ok(Event::Broken(words)) => return Err(FileFault::BrokenWorkbook(words)),
                Err(_) => {
                    return Err(FileFault::BrokenWorkbook("its parts contradict each other".to_owned()));
                }
            }
        }
        Ok(false)
    }

    fn take(&mut self, from: &SheetRow, row: &mut RawRow) -> bool {
        let Some(sheet) = self.sheets.iter().find(|sheet| sheet.index == from.sheet) else { return false };
        self.counts.lines += 1;
        let cell = |place: usize| from.cells.get(place).map_or("", String::as_str);
        if from.number < sheet.header_row {
            self.counts.titles += 1;
            return false;
        }
        let headers = &sheet.columns.headers;
        let is_header = from.cells.len() == headers.len()
            && from.cells.iter().zip(headers).all(|(cell, header)| header_of(cell) == *header);
        if is_header {
            self.counts.headers += 1;
            return false;
        }
        row.line = from.number;
        row.sheet = Some(Arc::clone(&sheet.name));
        row.text.clear();
        for (place, cell) in from.cells.iter().enumerate() {
            if place > 0 {
                row.text.push(';');
            }
            row.text.push_str(if sheet.columns.dropped.contains(&place) { "***" } else { cell });
        }
        self.counts.repaired_cells += row.take(&sheet.columns, cell);
        if row.is_doubtful() {
            if sheet.titles.contains(&skeleton(&row.text)) {
                self.counts.titles += 1;
                return false;
            }
            if is_no_row(&row.text) {
                self.counts.totals += 1;
                return false;
            }
        }
        self.counts.rows += 1;
        true
    }
}
