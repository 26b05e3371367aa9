//! The first line of a book: which column stands where.

use super::fault::Refusal;
use csv::{ByteRecord, ReaderBuilder};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The number of the holder's document.
    Document,
    /// Its kind.
    DocumentKind,
    /// What tells people apart who share a number.
    Discriminator,
    /// What is insured.
    Line,
    /// The number of the policy.
    Number,
    /// The holder's name.
    Holder,
    /// The holder's e-mail address.
    Email,
    /// The first day.
    From,
    /// The last day.
    To,
    /// In force, ended, or cancelled.
    State,
}

impl Column {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::Document,
        Self::DocumentKind,
        Self::Discriminator,
        Self::Line,
        Self::Number,
        Self::Holder,
        Self::Email,
        Self::From,
        Self::To,
        Self::State,
    ];

    /// Those without which there is no book.
    pub const REQUIRED: [Self; 3] = [Self::Document, Self::Line, Self::Number];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "documento",
            Self::DocumentKind => "tipo_documento",
            Self::Discriminator => "discriminador",
            Self::Line => "ramo",
            Self::Number => "poliza",
            Self::Holder => "titular",
            Self::Email => "email",
            Self::From => "desde",
            Self::To => "hasta",
            Self::State => "estado",
        }
    }

    /// The column of that name; case, accents, and blanks or dashes for underscores do not matter.
    fn named(name: &str) -> Option<Self> {
        let folded: String =
            name.nfd().filter(|mark| !is_combining_mark(*mark)).flat_map(char::to_lowercase).collect();
        let folded = folded.trim().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|column| column.name() == folded)
    }
}

/// Which column stands where.
#[derive(Clone, Debug)]
pub struct Header {
    separator: char,
    columns: Vec<Option<Column>>,
    ignored: Vec<String>,
}

impl Header {
    /// Reads the first line. Of the two separators it has the one with which more columns are known.
    pub(super) fn read(line: &[u8]) -> Result<Self, Refusal> {
        let line = str::from_utf8(line).map_err(|_| Refusal::NotUtf8 { line: 1 })?;
        let [comma, semicolon] = [',', ';'].map(|separator| Self::split(line, separator));
        let header = if semicolon.known().len() > comma.known().len() { semicolon } else { comma };
        let missing: Vec<_> =
            Column::REQUIRED.into_iter().filter(|column| header.place(*column).is_none()).collect();
        if !missing.is_empty() {
            let found: String =
                line.trim().chars().filter(|character| !character.is_control()).take(120).collect();
            return Err(Refusal::MissingColumns { missing, found: format!("{found:?}") });
        }
        let twice = Column::ALL.into_iter().find(|column| header.count(*column) > 1);
        twice.map_or(Ok(header), |column| Err(Refusal::ColumnTwice(column)))
    }

    fn split(line: &str, separator: char) -> Self {
        let delimiter = u8::try_from(separator).unwrap_or(b',');
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(line.as_bytes());
        let mut record = ByteRecord::new();
        // A line in memory cannot fail to be read, and one that is no CSV names no columns.
        let _ = reader.read_byte_record(&mut record);
        let names: Vec<String> =
            record.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let columns: Vec<_> = names.iter().map(|name| Column::named(name)).collect();
        let ignored =
            names.into_iter().zip(&columns).filter(|(_, column)| column.is_none()).map(|(name, _)| name);
        Self { separator, ignored: ignored.collect(), columns }
    }

    /// Where a column stands.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|place| *place == Some(column))
    }

    /// How many columns there are, known or not.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// What stands between columns.
    pub fn separator(&self) -> char {
        self.separator
    }

    /// The names of the columns that are read.
    pub fn known(&self) -> Vec<&'static str> {
        self.columns.iter().flatten().map(|column| column.name()).collect()
    }

    /// The names of the columns that are not.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    fn count(&self, column: Column) -> usize {
        self.columns.iter().filter(|place| **place == Some(column)).count()
    }
}
