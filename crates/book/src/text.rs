//! The rows of a text, one after the other: every line is a row or has its reason not to be one.

use crate::encoding::Encoding;
use crate::fields::{Fields, Quotes};
use crate::fixed::FixedWidth;
use crate::lines::{Line, Lines};
use crate::refusal::{FileFault, RowShape};
use crate::row::RawRow;
use crate::source::Unchanged;
use crate::told::LineCounts;
use crate::totals::{is_no_row, skeleton};
use crate::understand::{Delimited, is_no_text};
use memchr::memchr3;
use std::ops::Range;

/// A cell in quotes goes on for so many lines at most; beyond, its quote is none.
const LINES_IN_QUOTES: u64 = 16;

/// How rows are made of lines.
#[derive(Debug)]
pub(crate) enum Layout {
    Delimited(Delimited),
    FixedWidth(FixedWidth),
}

/// Reads the rows of a text.
#[derive(Debug)]
pub(crate) struct TextRows {
    lines: Lines,
    encoding: Encoding,
    layout: Layout,
    file: Unchanged,
    pub(crate) counts: LineCounts,
    fields: Fields,
    ranges: Vec<Range<usize>>,
    /// A line without the bytes that are no text.
    cleaned: Vec<u8>,
}

/// What a line is.
enum Kind {
    Row,
    Blank,
    Total,
    Header,
    Title,
}

impl TextRows {
    pub(crate) fn new(lines: Lines, encoding: Encoding, layout: Layout, file: Unchanged) -> Self {
        Self {
            lines,
            encoding,
            layout,
            file,
            counts: LineCounts::default(),
            fields: Fields::default(),
            ranges: Vec::new(),
            cleaned: Vec::new(),
        }
    }

    /// How many bytes were read.
    pub(crate) fn file(&self) -> &Unchanged {
        &self.file
    }

    /// Reads on to the next row; false at the end.
    pub(crate) fn next_row(&mut self, row: &mut RawRow) -> Result<bool, FileFault> {
        row.sheet = None;
        while let Some(line) = self.lines.find(0)? {
            row.line = self.lines.number();
            row.text.clear();
            self.decode(&line, row.line, &mut row.text)?;
            let mut next = line.next;
            let mut lines = 1;
            let kind = if let Some(kind) = self.known_before_split(row) {
                kind
            } else {
                (next, lines) = self.split(row, next)?;
                self.known_after_split(row)
            };
            self.lines.take(next, lines);
            self.counts.lines += lines;
            self.counts.continued += lines - 1;
            let count = match kind {
                Kind::Row => &mut self.counts.rows,
                Kind::Blank => &mut self.counts.blank,
                Kind::Total => &mut self.counts.totals,
                Kind::Header => &mut self.counts.headers,
                Kind::Title => &mut self.counts.titles,
            };
            *count += 1;
            if matches!(kind, Kind::Row) {
                self.hide_dropped(row);
                return Ok(true);
            }
        }
        self.file.check()?;
        Ok(false)
    }

    fn decode(&mut self, line: &Line, number: u64, text: &mut String) -> Result<(), FileFault> {
        let bytes = self.lines.bytes(line.start, line.end);
        let is_text = if memchr3(0, 0x0c, 0x1a, bytes).is_none() {
            self.encoding.decode(bytes, text)
        } else {
            self.cleaned.clear();
            self.cleaned.extend(bytes.iter().filter(|byte| !is_no_text(**byte)));
            self.encoding.decode(&self.cleaned, text)
        };
        // The mark of a file that was appended to another.
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        if is_text {
            Ok(())
        } else {
            Err(FileFault::OtherEncoding { line: number, encoding: self.encoding.name() })
        }
    }

    /// What can be told of a line as a whole.
    fn known_before_split(&self, row: &RawRow) -> Option<Kind> {
        let separator = match &self.layout {
            Layout::Delimited(delimited) => {
                let is_blank = is_blank(&row.text, delimited.separator);
                if Some(row.line) == delimited.header_line {
                    return Some(Kind::Header);
                }
                if row.line < delimited.first_row() {
                    return Some(if is_blank { Kind::Blank } else { Kind::Title });
                }
                if row.text.len() >= delimited.header_text.len()
                    && !delimited.header_text.is_empty()
                    && row.text.trim() == delimited.header_text
                {
                    return Some(Kind::Header);
                }
                delimited.separator
            }
            Layout::FixedWidth(_) => b' ',
        };
        is_blank(&row.text, separator).then_some(Kind::Blank)
    }

    /// What its cells say of a line.
    fn known_after_split(&self, row: &RawRow) -> Kind {
        if !row.is_doubtful() {
            return Kind::Row;
        }
        let is_title = match &self.layout {
            Layout::Delimited(delimited) => delimited.titles.contains(&skeleton(&row.text)),
            Layout::FixedWidth(_) => false,
        };
        if is_title {
            Kind::Title
        } else if is_no_row(&row.text) {
            Kind::Total
        } else {
            Kind::Row
        }
    }

    /// Takes the cells of a line, or of several where quotes join them; answers where the next row begins.
    fn split(&mut self, row: &mut RawRow, next: usize) -> Result<(usize, u64), FileFault> {
        let delimited = match &self.layout {
            Layout::FixedWidth(fixed) => {
                match fixed.split(&row.text, &mut self.ranges) {
                    Ok(()) => {
                        let (text, ranges) = (std::mem::take(&mut row.text), &self.ranges);
                        let cell = |place: usize| text.get(ranges[place].clone()).unwrap_or_default();
                        self.counts.repaired_cells += row.take(&fixed.columns, cell);
                        row.text = text;
                    }
                    Err(shape) => row.shape = Some(shape),
                }
                return Ok((next, 1));
            }
            Layout::Delimited(delimited) => delimited,
        };
        let (separator, width) = (delimited.separator, delimited.width);
        let quotes = self.fields.split(&row.text, separator);
        let mut taken = (next, 1);
        if quotes == Quotes::Open
            && let Some(joined) = self.join(row, next, separator, width)?
        {
            taken = joined;
        } else if quotes != Quotes::Right {
            self.fields.split_forgiving(&row.text, separator);
        } else if self.fields.has_quotes() && self.fields.len() != width {
            self.fields.split_forgiving(&row.text, separator);
            if self.fields.len() != width {
                self.fields.split(&row.text, separator);
            }
        }
        self.take_fields(row, width);
        Ok(taken)
    }

    /// Joins the next lines to one that ends within quotes, if that makes a row of the right number of cells.
    fn join(
        &mut self,
        row: &mut RawRow,
        next: usize,
        separator: u8,
        width: usize,
    ) -> Result<Option<(usize, u64)>, FileFault> {
        let alone = row.text.len();
        let mut at = next;
        for more in 1..LINES_IN_QUOTES {
            let Some(line) = self.lines.find(at)? else { break };
            row.text.push('\n');
            let mut text = String::new();
            self.decode(&line, row.line + more, &mut text)?;
            row.text.push_str(&text);
            at = line.next;
            match self.fields.split(&row.text, separator) {
                Quotes::Right if self.fields.len() == width => return Ok(Some((at, more + 1))),
                Quotes::Open => {}
                Quotes::Right | Quotes::Stray => break,
            }
        }
        row.text.truncate(alone);
        Ok(None)
    }

    fn take_fields(&mut self, row: &mut RawRow, expected: usize) {
        let Layout::Delimited(delimited) = &self.layout else { return };
        let has = self.fields.len();
        row.shape = match has.cmp(&expected) {
            std::cmp::Ordering::Less => Some(RowShape::TooFewFields { has, expected }),
            std::cmp::Ordering::Greater => Some(RowShape::TooManyFields { has, expected }),
            std::cmp::Ordering::Equal => {
                let (text, fields) = (std::mem::take(&mut row.text), &self.fields);
                self.counts.repaired_cells += row.take(&delimited.columns, |place| fields.get(place, &text));
                row.text = text;
                None
            }
        };
    }

    /// Takes the cells of dropped columns out of the row as it came, for it is what is written to reports.
    fn hide_dropped(&self, row: &mut RawRow) {
        let Layout::Delimited(delimited) = &self.layout else { return };
        let dropped = &delimited.columns.dropped;
        if dropped.is_empty() {
            return;
        }
        if row.shape.is_some() {
            // Which cell is which cannot be told, so every long number goes.
            row.text = without_long_numbers(&row.text);
            return;
        }
        let mut text = String::with_capacity(row.text.len());
        for (place, cell) in self.fields.iter(&row.text).enumerate() {
            if place > 0 {
                text.push(char::from(delimited.separator));
            }
            text.push_str(if dropped.contains(&place) { "***" } else { cell });
        }
        row.text = text;
    }
}

/// Whether a line has nothing but blanks and separators.
fn is_blank(line: &str, separator: u8) -> bool {
    line.bytes().all(|byte| byte == separator || byte.is_ascii_whitespace()) || line.trim().is_empty()
}

/// A text in which every number of 13 digits or more is gone, whatever stands between its digits.
fn without_long_numbers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, kept: &mut String| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        kept.push_str(if digits >= 13 { "***" } else { run });
        run.clear();
    };
    for letter in text.chars() {
        if letter.is_ascii_digit() || (!run.is_empty() && matches!(letter, ' ' | '-' | '.')) {
            run.push(letter);
        } else {
            flush(&mut run, &mut kept);
            kept.push(letter);
        }
    }
    flush(&mut run, &mut kept);
    kept
}
