//! Why a file is no policy book, or stops being one on the way: each a sentence with what to do.

use std::io;
use zaguan_domain::book::Column;

/// Why a file is not read. The sentences speak of "it", after the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum NotABook {
    /// There is no such file.
    #[error("it does not exist; check its name and its directory")]
    Missing,
    /// A directory, or something else that is no file.
    #[error("it is a directory and not a file; name the file that is in it")]
    Directory,
    /// Not a regular file.
    #[error("it is a pipe or a device and not a file; copy it to a file first")]
    NotAFile,
    /// The system does not give it.
    #[error("it cannot be read ({0}); check who may read it")]
    Unreadable(#[source] io::Error),
    /// Zero bytes, or nothing but blanks.
    #[error("it is empty; its transfer was probably cut off, so send it again")]
    Empty,
    /// Headers and nothing else.
    #[error("it has headers and no rows; its export or its transfer was probably cut off, so send it again")]
    HeaderOnly,
    /// A ZIP archive that is no workbook, or another archive.
    #[error("it is a compressed file ({0}); unpack it, and load the file that is in it")]
    Compressed(&'static str),
    /// A PDF.
    #[error("it is a PDF, from which columns cannot be told; ask for the book as CSV or as a workbook")]
    Pdf,
    /// A page of the web, often named `.xls`.
    #[error(
        "it is a web page (HTML), whatever its name says; open it in the spreadsheet and save it as CSV UTF-8"
    )]
    WebPage,
    /// Something that is no text.
    #[error("it is no text (it looks like {0}); ask for the book as CSV or as a workbook")]
    Binary(&'static str),
    /// A workbook that cannot be opened.
    #[error(
        "it is a workbook that cannot be opened ({0}); open it in the spreadsheet and save it as CSV UTF-8"
    )]
    BrokenWorkbook(String),
    /// A told sheet is not there.
    #[error("it has no sheet {told:?}, but {found}; correct the name of the sheet")]
    NoSuchSheet {
        /// What was told.
        told: String,
        /// The sheets it has.
        found: String,
    },
    /// A line without an end.
    #[error(
        "line {line} is longer than 1 MiB; the file has no ends of lines, or is no list, so ask for it again"
    )]
    LineTooLong {
        /// Which line.
        line: u64,
    },
    /// Thousands of columns.
    #[error(
        "it has {0} columns and 1,000 is the most; check the separator, or have the empty columns taken out"
    )]
    TooManyColumns(usize),
    /// A required column is not there.
    #[error("{}", missing_words(missing, found, nearest))]
    MissingColumns {
        /// Which ones.
        missing: Vec<Column>,
        /// The headers that were seen, shortened; nothing where no line looked like headers.
        found: String,
        /// For each of the missing ones the header that is nearest, where one is near.
        nearest: Vec<(Column, String)>,
    },
    /// Two headers are the same column.
    #[error(
        "its headers {first:?} and {second:?} are both the column {}; drop one of them by its name or its place",
        .column.name()
    )]
    ColumnTwice {
        /// The column.
        column: Column,
        /// One header.
        first: String,
        /// The other.
        second: String,
    },
    /// What was told does not fit the file.
    #[error("what was told of it does not fit: {0}")]
    WronglyTold(String),
    /// A column has data that must not be stored.
    #[error(
        "its column {column:?} has {what}, which must not be stored; have it taken out of the export, or drop it by its name or its place"
    )]
    Sensitive {
        /// The header of the column, or its place.
        column: String,
        /// What it has.
        what: Secret,
    },
    /// It was cut off or went on while it was looked at.
    #[error("it changed while it was read; wait until its transfer has ended, and load it again")]
    Changed,
}

/// Data that a policy book must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// Numbers of cards.
    Cards,
    /// Numbers of bank accounts.
    BankAccounts,
}

impl std::fmt::Display for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Cards => "card numbers",
            Self::BankAccounts => "bank accounts (CBU)",
        })
    }
}

impl From<io::Error> for NotABook {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Unreadable(error) }
    }
}

impl From<FileFault> for NotABook {
    fn from(fault: FileFault) -> Self {
        match fault {
            FileFault::Unreadable(error) => error.into(),
            FileFault::Changed => Self::Changed,
            FileFault::LineTooLong { line } => Self::LineTooLong { line },
            FileFault::OtherEncoding { .. } => Self::WronglyTold(fault.to_string()),
            FileFault::BrokenWorkbook(words) => Self::BrokenWorkbook(words),
        }
    }
}

fn missing_words(missing: &[Column], found: &str, nearest: &[(Column, String)]) -> String {
    let names: Vec<_> = missing.iter().map(|column| column.name()).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    let mut words = format!("it lacks the column{plural} {}", names.join(", "));
    if found.is_empty() {
        words.push_str("; its first lines have no headers");
    } else {
        words.push_str("; its headers are ");
        words.push_str(found);
    }
    for (column, header) in nearest {
        let question = format!("; is {header:?} the column {}?", column.name());
        words.push_str(&question);
    }
    words.push_str("; tell which header is which column, or have the export corrected");
    words
}

/// Why reading stops in the middle: the file as a whole cannot be trusted any more.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// The system does not give it.
    #[error("it cannot be read any further ({0}); check the disk, and load it again")]
    Unreadable(#[from] io::Error),
    /// It is shorter or longer than it was, or was written again.
    #[error("it changed while it was read; wait until its transfer has ended, and load it again")]
    Changed,
    /// A line without an end.
    #[error("line {line} is longer than 1 MiB; ask for the file again")]
    LineTooLong {
        /// Which line.
        line: u64,
    },
    /// A line has bytes that the encoding does not have.
    #[error("line {line} is not in {encoding}; tell another encoding, or have the export corrected")]
    OtherEncoding {
        /// Which line.
        line: u64,
        /// The encoding of the file.
        encoding: &'static str,
    },
    /// The workbook breaks off.
    #[error(
        "the workbook cannot be read any further ({0}); open it in the spreadsheet and save it as CSV UTF-8"
    )]
    BrokenWorkbook(String),
}

/// Why the cells of a row cannot be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowShape {
    /// Fewer cells than headers.
    #[error("it has {has} cells where there are {expected} columns")]
    TooFewFields {
        /// How many it has.
        has: usize,
        /// How many there should be.
        expected: usize,
    },
    /// More cells than headers.
    #[error("it has {has} cells where there are {expected} columns")]
    TooManyFields {
        /// How many it has.
        has: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A line of fixed width that ends before a required column begins.
    #[error("it has {has} characters where a required column begins at {begins}")]
    TooShort {
        /// How many it has.
        has: usize,
        /// Where the column begins, counted from 1.
        begins: usize,
    },
}
