//! A file that is a policy book: opened, understood as a whole, and read row by row.

use crate::columns::Columns;
use crate::dates::Dates;
use crate::encoding::Encoding;
use crate::fixed::FixedWidth;
use crate::lines::Lines;
use crate::refusal::{FileFault, NotABook};
use crate::row::RawRow;
use crate::sheets::{self, SheetRows};
use crate::source::{self, HEAD_BYTES, Kind, Survey, Unchanged};
use crate::text::{Layout, TextRows};
use crate::told::{LineCounts, Shape, Told, Understood};
use crate::understand;
use crate::workbook::Format;
use std::fs::File;
use std::io::{Cursor, Seek as _};
use std::path::Path;

/// A file that was understood.
#[derive(Debug)]
pub struct BookFile {
    understood: Understood,
    rows: Rows,
}

#[derive(Debug)]
enum Rows {
    Text(Box<TextRows>),
    Sheets(Box<SheetRows>),
}

impl BookFile {
    /// Opens a file, reads it once for its hash and its encoding, and understands its beginning; or says why it is no
    /// book. Nothing is given out of columns that are not known.
    pub fn open(path: &Path, told: &Told) -> Result<Self, NotABook> {
        let mut file = source::open(path)?;
        let head = source::head(&mut file)?;
        match source::kind(&head)? {
            Kind::Text => open_text(file, head, told),
            Kind::Xlsx => open_workbook(file, Format::Xlsx, told),
            Kind::Xls => open_workbook(file, Format::Xls, told),
        }
    }

    /// What was understood.
    pub fn understood(&self) -> &Understood {
        &self.understood
    }

    /// Reads the next row into `row`, in place of what was there; false at the end of the file.
    ///
    /// Rows whose cells cannot be told apart come, too, and say so ([`RawRow::cells`]). After a fault there is nothing
    /// to be read any more, and what was read is not to be used.
    pub fn next_row(&mut self, row: &mut RawRow) -> Result<bool, FileFault> {
        match &mut self.rows {
            Rows::Text(rows) => rows.next_row(row),
            Rows::Sheets(rows) => rows.next_row(row),
        }
    }

    /// What became of the lines so far.
    pub fn counts(&self) -> LineCounts {
        match &self.rows {
            Rows::Text(rows) => rows.counts,
            Rows::Sheets(rows) => rows.counts,
        }
    }

    /// How many of its [bytes](Understood::bytes) were read so far. Of a workbook it is not known, and is 0.
    pub fn bytes_read(&self) -> u64 {
        match &self.rows {
            Rows::Text(rows) => rows.file().bytes_read(),
            Rows::Sheets(rows) => rows.file().bytes_read(),
        }
    }
}

fn open_text(mut file: File, head: Vec<u8>, told: &Told) -> Result<BookFile, NotABook> {
    let marked = source::marked(&head)?;
    refuse_endless_line(&head, marked.map(|(encoding, _)| encoding))?;
    let whole = u64::try_from(head.len()).is_ok_and(|length| length < HEAD_BYTES);
    let survey = source::survey(&mut file)?;
    let (encoding, mark) = settle(told.encoding, marked, &survey)?;
    let lines = Lines::new(source::in_ascii(Cursor::new(head), encoding, mark)?);
    let beginning = understand::beginning(lines, encoding, whole)?;
    if beginning.lines.is_empty() {
        return Err(NotABook::Empty);
    }
    let (layout, columns, dates, shape) = if told.layout.is_empty() {
        let delimited = understand::delimited(&beginning, told)?;
        let shape = Shape::Delimited {
            separator: char::from(delimited.separator),
            separator_line: delimited.separator_line,
            quoted: delimited.quoted,
            header_line: delimited.header_line,
        };
        (Layout::Delimited(delimited.clone()), delimited.columns, delimited.dates, shape)
    } else {
        let fixed = FixedWidth::understand(&beginning, told)?;
        (Layout::FixedWidth(fixed.clone()), fixed.columns, fixed.dates, Shape::FixedWidth)
    };
    let watched = Unchanged::new(file, survey.bytes)?;
    let lines = Lines::new(source::in_ascii(watched.reader()?, encoding, mark)?);
    let understood = Understood {
        encoding,
        byte_order_mark: mark > 0,
        encoded_twice: understand::is_encoded_twice(&beginning),
        shape,
        line_ends: beginning.ends.into_iter().collect(),
        columns: columns.taken.iter().map(|taken| (taken.column, taken.header.clone())).collect(),
        date_shapes: dates.shapes(),
        six_digit_dates: dates.six_digits(),
        dropped: columns.dropped_headers(),
        ignored: columns.ignored,
        sha256: survey.sha256,
        bytes: survey.bytes,
    };
    Ok(BookFile { understood, rows: Rows::Text(Box::new(TextRows::new(lines, encoding, layout, watched))) })
}

/// A line without an end is refused before the whole of it is read.
fn refuse_endless_line(head: &[u8], marked: Option<Encoding>) -> Result<(), NotABook> {
    let encoding = marked.unwrap_or(Encoding::Windows1252);
    let mut lines = Lines::new(source::in_ascii(Cursor::new(head.to_vec()), encoding, 0)?);
    lines.find(0)?;
    Ok(())
}

/// The encoding, and how many bytes its mark has.
fn settle(
    told: Option<Encoding>,
    marked: Option<(Encoding, usize)>,
    survey: &Survey,
) -> Result<(Encoding, usize), NotABook> {
    match (told, marked) {
        (Some(told), Some((marked, length))) if told == marked => Ok((told, length)),
        (Some(told), Some((marked, length))) if length > 0 => Err(NotABook::WronglyTold(format!(
            "the encoding {} was told, and the file begins with the mark of {}",
            told.name(),
            marked.name()
        ))),
        (Some(told), _) => Ok((told, 0)),
        // Some systems put the mark of UTF-8 before text that is in another encoding.
        (None, Some((Encoding::Utf8, length))) => Ok((survey.encoding, length)),
        (None, Some(marked)) => Ok(marked),
        (None, None) => Ok((survey.encoding, 0)),
    }
}

fn open_workbook(mut file: File, format: Format, told: &Told) -> Result<BookFile, NotABook> {
    let survey = source::survey(&mut file)?;
    let workbook = sheets::understand(file.try_clone()?, format, told)?;
    file.rewind()?;
    let watched = Unchanged::new(file.try_clone()?, survey.bytes)?;
    let rows = SheetRows::new(&workbook, file, watched)?;
    let mut dates = Dates::default();
    workbook.sheets.iter().for_each(|sheet| dates.extend(&sheet.dates));
    let mut columns = Vec::new();
    let [mut ignored, mut dropped] = [Vec::new(), Vec::new()];
    for Columns { taken, ignored: others, .. } in workbook.sheets.iter().map(|sheet| &sheet.columns) {
        let taken = taken.iter().map(|taken| (taken.column, taken.header.clone()));
        add_new(&mut columns, taken);
        add_new(&mut ignored, others.iter().cloned());
    }
    workbook.sheets.iter().for_each(|sheet| add_new(&mut dropped, sheet.columns.dropped_headers()));
    let understood = Understood {
        encoding: Encoding::Utf8,
        byte_order_mark: false,
        encoded_twice: false,
        shape: Shape::Workbook {
            sheets: workbook.sheets.iter().map(|sheet| sheet.name.as_ref().to_owned()).collect(),
            ignored: workbook.ignored,
        },
        line_ends: Vec::new(),
        columns,
        date_shapes: dates.shapes(),
        six_digit_dates: dates.six_digits(),
        ignored,
        dropped,
        sha256: survey.sha256,
        bytes: survey.bytes,
    };
    Ok(BookFile { understood, rows: Rows::Sheets(Box::new(rows)) })
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}
