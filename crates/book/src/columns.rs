//! Which cell of a line is which column: by its header, or as the operator tells.

use crate::cell::unwrap_into;
use crate::refusal::NotABook;
use crate::told::Told;
use unicode_normalization::UnicodeNormalization as _;
use zaguan_domain::book::Column;

/// A file with more is none of policies.
const COLUMNS_AT_MOST: usize = 1_000;
/// So much of the headers is repeated in words about them.
const HEADERS_SHOWN: usize = 200;

/// A column that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) column: Column,
    /// The place of its cell, from 0.
    pub(crate) place: usize,
    /// The places of what belongs to it too: a first name after a surname.
    pub(crate) joined: Vec<usize>,
    pub(crate) header: String,
}

/// The columns of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) taken: Vec<Taken>,
    /// The headers of all places.
    pub(crate) headers: Vec<String>,
    /// The headers that are not read.
    pub(crate) ignored: Vec<String>,
    /// The places that were told to be dropped.
    pub(crate) dropped: Vec<usize>,
}

impl Columns {
    /// Understands a line of headers; refused where a required column is missing or there twice.
    pub(crate) fn of_headers(headers: Vec<String>, told: &Told) -> Result<Self, NotABook> {
        if headers.len() > COLUMNS_AT_MOST {
            return Err(NotABook::TooManyColumns(headers.len()));
        }
        let columns = meanings(&headers, told);
        let missing: Vec<_> =
            Column::REQUIRED.into_iter().filter(|column| !columns.contains(&Some(*column))).collect();
        if !missing.is_empty() {
            return Err(lacking(missing, &headers));
        }
        let mut taken: Vec<Taken> = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            let Some(column) = *column else { continue };
            let header = headers[place].clone();
            match taken.iter_mut().find(|taken| taken.column == column) {
                None => taken.push(Taken { column, place, joined: Vec::new(), header }),
                Some(first) if column == Column::Holder && is_told(&header, told) => {
                    first.joined.push(place);
                    first.header = format!("{} + {header}", first.header);
                }
                Some(first) => {
                    return Err(NotABook::ColumnTwice {
                        column,
                        first: first.header.clone(),
                        second: header,
                    });
                }
            }
        }
        let dropped: Vec<usize> =
            (0..headers.len()).filter(|place| is_dropped(*place, &headers[*place], told)).collect();
        let ignored = (0..headers.len())
            .filter(|place| {
                columns[*place].is_none() && !dropped.contains(place) && !headers[*place].is_empty()
            })
            .map(|place| headers[place].clone())
            .collect();
        Ok(Self { taken, headers, ignored, dropped })
    }

    /// Takes columns where they were told to be, in a file whose lines have so many cells.
    pub(crate) fn of_places(places: &[(usize, Column)], width: usize, told: &Told) -> Result<Self, NotABook> {
        let wrong = |words: String| Err(NotABook::WronglyTold(words));
        let headers: Vec<String> = (1..=width).map(|place| place.to_string()).collect();
        let mut taken: Vec<Taken> = Vec::new();
        for &(place, column) in places {
            if place == 0 || place > width {
                return wrong(format!(
                    "the column {} is told at place {place}, and lines have places 1 to {width}",
                    column.name()
                ));
            }
            if taken.iter().any(|taken| taken.column == column) {
                return wrong(format!("the column {} is told twice", column.name()));
            }
            taken.push(Taken { column, place: place - 1, joined: Vec::new(), header: place.to_string() });
        }
        let missing: Vec<_> = Column::REQUIRED
            .into_iter()
            .filter(|column| taken.iter().all(|taken| taken.column != *column))
            .collect();
        if !missing.is_empty() {
            return Err(NotABook::MissingColumns { missing, found: String::new(), nearest: Vec::new() });
        }
        let dropped: Vec<usize> =
            (0..width).filter(|place| is_dropped(*place, &headers[*place], told)).collect();
        let is_ignored =
            |place: &usize| !dropped.contains(place) && taken.iter().all(|taken| taken.place != *place);
        let ignored = (0..width).filter(is_ignored).map(|place| headers[place].clone()).collect();
        Ok(Self { taken, headers, ignored, dropped })
    }

    /// The headers that were told to be dropped.
    pub(crate) fn dropped_headers(&self) -> Vec<String> {
        self.dropped.iter().map(|place| self.headers[*place].clone()).collect()
    }
}

/// How many columns are known by these headers, and whether those that are required are among them.
pub(crate) fn score(headers: &[String], told: &Told) -> (bool, usize) {
    let mut columns: Vec<Column> = meanings(headers, told).into_iter().flatten().collect();
    columns.sort_unstable();
    columns.dedup();
    (Column::REQUIRED.iter().all(|column| columns.contains(column)), columns.len())
}

/// A header out of its wrappings.
pub(crate) fn header_of(cell: &str) -> String {
    let mut header = String::new();
    unwrap_into(cell, &mut header);
    header.retain(|letter| letter != '\u{feff}');
    header
}

/// What each header means: what was told, else what headers of that name usually are.
fn meanings(headers: &[String], told: &Told) -> Vec<Option<Column>> {
    let told_of = |header: &str| {
        let plain = folded(header);
        told.headers.iter().find(|(name, _)| folded(name) == plain).map(|(_, column)| *column)
    };
    let is_dropped = |place: usize| is_dropped(place, &headers[place], told);
    let mut columns: Vec<Option<Column>> =
        (0..headers.len()).map(|place| told_of(&headers[place]).filter(|_| !is_dropped(place))).collect();
    let settled: Vec<Column> = columns.iter().copied().flatten().collect();
    let open: Vec<&str> = (0..headers.len())
        .map(|place| if columns[place].is_some() || is_dropped(place) { "" } else { headers[place].as_str() })
        .collect();
    for (column, usual) in columns.iter_mut().zip(Column::from_headers(&open)) {
        *column = column.or(usual.filter(|usual| !settled.contains(usual)));
    }
    columns
}

fn is_told(header: &str, told: &Told) -> bool {
    told.headers.iter().any(|(name, _)| folded(name) == folded(header))
}

/// Whether a column is dropped by its header, or by its place, counted from 1.
fn is_dropped(place: usize, header: &str, told: &Told) -> bool {
    let number = (place + 1).to_string();
    told.drop
        .iter()
        .any(|name| name.trim() == number || (!header.is_empty() && folded(name) == folded(header)))
}

/// A header without case, accents, blanks and marks.
fn folded(header: &str) -> String {
    header.nfd().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn lacking(missing: Vec<Column>, headers: &[String]) -> NotABook {
    let near = |column: &Column| {
        let scored = headers
            .iter()
            .map(|header| (strsim::jaro_winkler(&folded(header), &folded(column.name())), header));
        let (score, header) = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
        (score > 0.75 && Column::from_header(header).is_none()).then(|| (*column, shortened(header, 40)))
    };
    let nearest = missing.iter().filter_map(near).collect();
    let found = shortened(&headers.join(", "), HEADERS_SHOWN);
    NotABook::MissingColumns { missing, found, nearest }
}

fn shortened(text: &str, at_most: usize) -> String {
    let mut letters = text.chars().filter(|letter| !letter.is_control());
    let mut short: String = letters.by_ref().take(at_most).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}
