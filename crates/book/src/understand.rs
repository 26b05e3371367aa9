//! What the beginning of a text says: where the headers are, what stands between cells, and how many there are.

use crate::columns::{Columns, header_of, score};
use crate::dates::Dates;
use crate::encoding::{Encoding, encoded_once};
use crate::fields::{Fields, Quotes};
use crate::lines::Lines;
use crate::refusal::{FileFault, NotABook};
use crate::sensitive::Watch;
use crate::told::{LineEnd, Told};
use crate::totals::{is_no_row, skeleton};
use std::collections::{BTreeMap, BTreeSet};
use zaguan_domain::book::Column;

/// Titles may stand above the headers, but not more than this.
const HEADERS_WITHIN: usize = 20;
/// What stands between cells, of what is looked for; the first one wins where it cannot be told.
const SEPARATORS: [u8; 4] = *b";,\t|";

/// A line at the beginning.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) number: u64,
    pub(crate) text: String,
}

/// The beginning of a text, in lines.
#[derive(Debug)]
pub(crate) struct Beginning {
    /// Lines with something in them.
    pub(crate) lines: Vec<Sample>,
    pub(crate) ends: BTreeSet<LineEnd>,
}

/// How rows are made of lines with a separator.
#[derive(Clone, Debug)]
pub(crate) struct Delimited {
    pub(crate) separator: u8,
    pub(crate) separator_line: bool,
    pub(crate) quoted: bool,
    /// How many cells a row has.
    pub(crate) width: usize,
    pub(crate) header_line: Option<u64>,
    /// The headers as they stand, for where they are repeated.
    pub(crate) header_text: String,
    /// Lines above the headers, without their digits.
    pub(crate) titles: BTreeSet<String>,
    pub(crate) columns: Columns,
    pub(crate) dates: Dates,
}

/// Takes lines as far as they are whole.
pub(crate) fn beginning(mut lines: Lines, encoding: Encoding, whole: bool) -> Result<Beginning, FileFault> {
    let mut beginning = Beginning { lines: Vec::new(), ends: BTreeSet::new() };
    while let Some(line) = lines.find(0)? {
        if line.ends_in.is_none() && !whole {
            break;
        }
        beginning.ends.extend(line.ends_in);
        let number = lines.number();
        let mut text = String::new();
        let bytes: Vec<u8> =
            lines.bytes(line.start, line.end).iter().copied().filter(|byte| !is_no_text(*byte)).collect();
        if !encoding.decode(&bytes, &mut text) {
            return Err(FileFault::OtherEncoding { line: number, encoding: encoding.name() });
        }
        lines.take(line.next, 1);
        if !text.trim().is_empty() {
            beginning.lines.push(Sample { number, text });
        }
    }
    Ok(beginning)
}

/// NUL, the end of a page, and the end of a file in DOS: bytes of printers and of old systems.
pub(crate) fn is_no_text(byte: u8) -> bool {
    matches!(byte, 0 | 0x0c | 0x1a)
}

/// Whether letters were encoded twice.
pub(crate) fn is_encoded_twice(beginning: &Beginning) -> bool {
    let words = beginning
        .lines
        .iter()
        .filter(|line| !line.text.is_ascii())
        .flat_map(|line| line.text.split([';', ',', '\t', '|']));
    words.into_iter().any(|words| encoded_once(words).is_some())
}

/// Understands lines with a separator, or refuses them.
pub(crate) fn delimited(beginning: &Beginning, told: &Told) -> Result<Delimited, NotABook> {
    let mut lines = beginning.lines.as_slice();
    let [first, ..] = lines else { return Err(NotABook::Empty) };
    let said = separator_line(&first.text);
    if said.is_some() {
        lines = &lines[1..];
    }
    let separators = match told.separator {
        Some(told) => match u8::try_from(told) {
            Ok(byte) if may_separate(byte) => vec![byte],
            _ => return Err(NotABook::WronglyTold(format!("{told:?} cannot stand between cells"))),
        },
        None => said.map_or(SEPARATORS.to_vec(), |said| vec![said]),
    };
    let mut found = if told.places.is_empty() {
        by_headers(lines, &separators, told)?
    } else {
        by_places(lines, &separators, told)?
    };
    found.separator_line = said.is_some();
    found.look_at_rows(lines)?;
    Ok(found)
}

fn may_separate(byte: u8) -> bool {
    byte.is_ascii_punctuation() && byte != b'"' || matches!(byte, b'\t' | b' ')
}

/// `sep=;`, as a spreadsheet writes it for itself.
fn separator_line(line: &str) -> Option<u8> {
    let line = line.trim_start_matches('\u{feff}').trim_matches('"');
    let (name, rest) = line.split_at_checked(4)?;
    match rest.as_bytes() {
        [separator] | [separator, b' ', ..]
            if name.eq_ignore_ascii_case("sep=") && may_separate(*separator) =>
        {
            Some(*separator)
        }
        _ => None,
    }
}

/// A line that may be the headers.
struct HeaderLine {
    /// Whether the required columns are there, and how many are known.
    known: (bool, usize),
    separator: u8,
    index: usize,
    names: Vec<String>,
}

/// Finds the line and the separator with which most columns are known.
fn by_headers(lines: &[Sample], separators: &[u8], told: &Told) -> Result<Delimited, NotABook> {
    let mut fields = Fields::default();
    let mut best: Option<HeaderLine> = None;
    for (index, line) in lines.iter().take(HEADERS_WITHIN).enumerate() {
        for &separator in separators {
            if fields.split(&line.text, separator) != Quotes::Right {
                fields.split_forgiving(&line.text, separator);
            }
            let headers: Vec<String> = fields.iter(&line.text).map(header_of).collect();
            let found = score(&headers, told);
            let is_better = best.as_ref().is_none_or(|best| {
                let none_is_known = found.1 == 0 && best.known.1 == 0;
                found > best.known || (none_is_known && index == 0 && headers.len() > best.names.len())
            });
            if is_better {
                best = Some(HeaderLine { known: found, separator, index, names: headers });
            }
        }
    }
    let Some(HeaderLine { separator, index, names: headers, .. }) = best else { return Err(NotABook::Empty) };
    let width = headers.len();
    let columns = Columns::of_headers(headers, told)?;
    Ok(Delimited {
        separator,
        separator_line: false,
        quoted: false,
        width,
        header_line: Some(lines[index].number),
        header_text: lines[index].text.trim().to_owned(),
        titles: lines[..index].iter().map(|line| skeleton(&line.text)).collect(),
        columns,
        dates: Dates::default(),
    })
}

/// Finds the separator with which most lines have the same number of cells, enough for what was told.
fn by_places(lines: &[Sample], separators: &[u8], told: &Told) -> Result<Delimited, NotABook> {
    let needed = told.places.iter().map(|(place, _)| *place).max().unwrap_or(1);
    let mut fields = Fields::default();
    let mut best = (0, separators.first().copied().unwrap_or(b';'), 1);
    for &separator in separators {
        let mut widths = BTreeMap::new();
        for line in lines.iter().take(HEADERS_WITHIN) {
            fields.split(&line.text, separator);
            *widths.entry(fields.len()).or_insert(0_usize) += 1;
        }
        let usual = widths.into_iter().max_by_key(|(width, count)| (*width >= needed, *count, *width));
        if let Some((width, count)) = usual {
            let weight = if width >= needed { count } else { 0 };
            if weight > best.0 || (best.0 == 0 && width > best.2) {
                best = (weight, separator, width);
            }
        }
    }
    let (_, separator, width) = best;
    Ok(Delimited {
        separator,
        separator_line: false,
        quoted: false,
        width,
        header_line: None,
        header_text: String::new(),
        titles: BTreeSet::new(),
        columns: Columns::of_places(&told.places, width, told)?,
        dates: Dates::default(),
    })
}

impl Delimited {
    /// The first line that may be a row.
    pub(crate) fn first_row(&self) -> u64 {
        self.header_line.unwrap_or(u64::from(self.separator_line)) + 1
    }

    /// Whether a line has neither a document nor a number that could be one.
    fn is_doubtful(&self, fields: &Fields, line: &str) -> bool {
        let named = self
            .columns
            .taken
            .iter()
            .filter(|taken| matches!(taken.column, Column::Document | Column::Number));
        let mut cells = named.map(|taken| fields.get(taken.place, line));
        cells.any(|cell| !cell.bytes().any(|byte| byte.is_ascii_digit()))
    }

    /// Looks at the rows of the beginning: that there are some, how many cells they have, and what must not be there.
    fn look_at_rows(&mut self, lines: &[Sample]) -> Result<(), NotABook> {
        let first = self.first_row();
        let named = self.columns.headers.len();
        let mut fields = Fields::default();
        let mut watch = Watch::new(named + 1);
        let quote_behind = format!("{}\"", char::from(self.separator));
        let [mut exact, mut ended, mut unnamed, mut rows] = [0_usize; 4];
        for line in lines.iter().filter(|line| line.number >= first) {
            if fields.split(&line.text, self.separator) != Quotes::Right {
                fields.split_forgiving(&line.text, self.separator);
            }
            if line.text.trim() == self.header_text
                || fields.iter(&line.text).all(|cell| cell.trim().is_empty())
                || (self.is_doubtful(&fields, &line.text) && is_no_row(&line.text))
            {
                continue;
            }
            rows += 1;
            self.quoted |= line.text.starts_with('"')
                || (fields.has_quotes() && line.text.contains("\"\""))
                || line.text.contains(&quote_behind);
            exact += usize::from(fields.len() == named);
            ended +=
                usize::from(fields.len() == named + 1 && fields.get(named, &line.text).trim().is_empty());
            unnamed += usize::from(fields.len() + 1 == named);
            self.dates.see(&self.columns, |place| fields.get(place, &line.text));
            for (place, cell) in fields.iter(&line.text).enumerate() {
                if !self.columns.dropped.contains(&place) {
                    watch.see(place, cell);
                }
            }
        }
        if rows == 0 {
            return Err(NotABook::HeaderOnly);
        }
        let has_unnamed = self.columns.headers.last().is_some_and(String::is_empty);
        // Some systems end every row with a separator, and the headers not; or the other way round.
        if ended > exact {
            self.width = named + 1;
        } else if unnamed > exact && has_unnamed {
            self.width = named - 1;
        }
        watch.verdict(|place| match self.columns.headers.get(place) {
            Some(header) if !header.is_empty() => header.clone(),
            _ => (place + 1).to_string(),
        })
    }
}
