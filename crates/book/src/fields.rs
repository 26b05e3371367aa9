//! The cells of one line: told apart by the separator, out of their quotes, forgiving of quotes that are none.

use memchr::{memchr, memchr_iter};
use std::ops::Range;

/// The cells of a line; kept and used again, so that a file of millions of lines needs no memory for each.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    ranges: Vec<Range<usize>>,
    /// Cells that had quotes; empty where the line has none, and the ranges are of the line itself.
    unquoted: String,
    has_quotes: bool,
}

/// How the quotes of a line came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// There are none, or every cell in quotes ends at a separator.
    Right,
    /// The line ends within quotes: the row may go on in the next line.
    Open,
    /// A quote stands where none may.
    Stray,
}

impl Fields {
    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Whether the line has quotes.
    pub(crate) fn has_quotes(&self) -> bool {
        self.has_quotes
    }

    /// The cell at that place of the line that was split.
    pub(crate) fn get<'a>(&'a self, place: usize, line: &'a str) -> &'a str {
        let text = if self.has_quotes { self.unquoted.as_str() } else { line };
        self.ranges.get(place).and_then(|range| text.get(range.clone())).unwrap_or_default()
    }

    /// All cells.
    pub(crate) fn iter<'a>(&'a self, line: &'a str) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |place| self.get(place, line))
    }

    /// Splits a line as the rules of CSV have it.
    pub(crate) fn split(&mut self, line: &str, separator: u8) -> Quotes {
        self.ranges.clear();
        self.has_quotes = memchr(b'"', line.as_bytes()).is_some();
        if self.has_quotes {
            return self.split_quoted(line, separator, false);
        }
        let mut start = 0;
        for end in memchr_iter(separator, line.as_bytes()) {
            self.ranges.push(start..end);
            start = end + 1;
        }
        self.ranges.push(start..line.len());
        Quotes::Right
    }

    /// Splits a line whose quotes are not right: those are kept that do not stand around a whole cell.
    pub(crate) fn split_forgiving(&mut self, line: &str, separator: u8) {
        self.has_quotes = true;
        self.split_quoted(line, separator, true);
    }

    fn split_quoted(&mut self, line: &str, separator: u8, forgiving: bool) -> Quotes {
        self.ranges.clear();
        self.unquoted.clear();
        let mut quotes = Quotes::Right;
        let mut at = 0;
        loop {
            let start = self.unquoted.len();
            let rest = &line[at..];
            let outcome = rest.strip_prefix('"').map(|inner| self.unquote(inner, separator, forgiving));
            let length = match outcome {
                Some(Ok(length)) => 1 + length,
                Some(Err(fault)) if !forgiving => {
                    quotes = fault;
                    self.unquoted.truncate(start);
                    self.push_plain(rest, separator)
                }
                Some(Err(_)) => {
                    self.unquoted.truncate(start);
                    self.push_plain(rest, separator)
                }
                None => self.push_plain(rest, separator),
            };
            self.ranges.push(start..self.unquoted.len());
            at += length;
            if at >= line.len() || quotes != Quotes::Right {
                return quotes;
            }
            // What a cell ends at is a separator, which is one byte.
            at += 1;
        }
    }

    /// Takes what is there up to the next separator, quotes and all.
    fn push_plain(&mut self, rest: &str, separator: u8) -> usize {
        let length = memchr(separator, rest.as_bytes()).unwrap_or(rest.len());
        self.unquoted.push_str(&rest[..length]);
        length
    }

    /// Takes a cell after its opening quote, and answers how long it is with its closing quote.
    fn unquote(&mut self, inner: &str, separator: u8, forgiving: bool) -> Result<usize, Quotes> {
        let bytes = inner.as_bytes();
        let mut at = 0;
        while let Some(found) = memchr(b'"', &bytes[at..]) {
            self.unquoted.push_str(&inner[at..at + found]);
            at += found;
            let run = bytes[at..].iter().take_while(|byte| **byte == b'"').count();
            let ends = bytes.get(at + run).is_none_or(|byte| *byte == separator);
            let (kept, closes) = match (run % 2, ends, forgiving) {
                (1, true, _) => (run / 2, true),
                // `CALLE 9 "BIS""`: the last one closes, and the one before it was meant.
                (0, true, true) => (run - 1, true),
                (0, _, false) => (run / 2, false),
                (_, false, true) => (run, false),
                (_, _, _) => return Err(Quotes::Stray),
            };
            (0..kept).for_each(|_| self.unquoted.push('"'));
            at += run;
            if closes {
                return Ok(at);
            }
        }
        Err(Quotes::Open)
    }
}
