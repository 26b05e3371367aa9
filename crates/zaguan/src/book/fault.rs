//! What is wrong with the file of a book, each with what to do.

use super::header::Column;
use std::fmt;
use std::io;

/// Why a book was not read.
#[derive(Debug, thiserror::Error)]
pub enum BookFault {
    /// The file cannot be read at all.
    #[error("{path} cannot be read ({error}); check its name and who may read it")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The file is not what is read.
    #[error("{path} {refusal}; the book in use stays as it is")]
    File {
        /// The file.
        path: String,
        /// What it is instead.
        refusal: Refusal,
    },
    /// Some rows cannot be read.
    #[error("{}", told(path, faults, *rows))]
    Rows {
        /// The file.
        path: String,
        /// The first of them.
        faults: Vec<RowFault>,
        /// How many rows have faults.
        rows: u64,
    },
}

fn told(path: &str, faults: &[RowFault], rows: u64) -> String {
    let mut lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.push(format!(
        "{rows} rows of {path} cannot be read; correct them and load it again; the book in use stays as it is"
    ));
    lines.join(
        "
",
    )
}

/// What a file is instead of a book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A directory.
    #[error("is a directory; name a CSV file")]
    Directory,
    /// Nothing.
    #[error("is empty; was its transfer cut off?")]
    Empty,
    /// Column names and nothing else.
    #[error("has no policies in it, only the names of its columns; was its transfer cut off?")]
    HeaderOnly,
    /// An Excel workbook.
    #[error("is an Excel workbook, which this version cannot read; save it as \"CSV UTF-8\"")]
    Workbook,
    /// An archive.
    #[error("is a compressed file; unpack it and load the CSV file in it")]
    Compressed,
    /// A PDF.
    #[error("is a PDF, which cannot be read; ask for the book as a CSV file")]
    Pdf,
    /// Text in another encoding, with two bytes a character.
    #[error("is in UTF-16, which this version cannot read; save it as \"CSV UTF-8\"")]
    Utf16,
    /// Something that is not text.
    #[error("is not a text file; name a CSV file")]
    Binary,
    /// Text in another encoding.
    #[error(
        "is not in UTF-8 (line {line}), perhaps in Windows-1252, which this version cannot read; save it as \"CSV UTF-8\""
    )]
    NotUtf8 {
        /// The first line that is not.
        line: u64,
    },
    /// A required column is missing.
    #[error(
        "lacks the {}; its first line must name them, with , or ; between them (it names {found})",
        columns(missing)
    )]
    MissingColumns {
        /// Which ones.
        missing: Vec<Column>,
        /// What the first line names, shortened.
        found: String,
    },
    /// A column is named twice.
    #[error("names the column {} twice; take one away", .0.name())]
    ColumnTwice(Column),
}

fn columns(missing: &[Column]) -> String {
    let names: Vec<_> = missing.iter().map(|column| column.name()).collect();
    match names.as_slice() {
        [name] => format!("column {name}"),
        names => format!("columns {}", names.join(", ")),
    }
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Its line, from 1; of a row over several lines the first.
    pub line: u64,
    /// The column; nothing where it is the row as a whole.
    pub column: Option<Column>,
    /// What is wrong.
    pub fault: CellFault,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {}", column.name())?;
        }
        write!(f, ": {}", self.fault)
    }
}

/// What is wrong with a cell. Documents and addresses are not repeated, because what a program prints is often kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellFault {
    /// The row has another number of columns than the first line.
    #[error("it has {has} columns and the first line names {named}; is a separator or a quote missing?")]
    OtherWidth {
        /// How many it has.
        has: usize,
        /// How many there should be.
        named: usize,
    },
    /// The document cannot be read.
    #[error("{0}")]
    Document(&'static str),
    /// This kind of document is not read yet.
    #[error(
        "documents of the kind {0:?} cannot be read in this version (only DNI, LE, LC, CI, CUIT and CUIL)"
    )]
    OtherKind(String),
    /// There is no such line of business.
    #[error("{written:?} is no ramo{}", suggested(*near))]
    Line {
        /// What is written.
        written: String,
        /// The nearest one.
        near: Option<&'static str>,
    },
    /// The number of the policy cannot be read.
    #[error("{0}")]
    Number(&'static str),
    /// The date cannot be read.
    #[error("{0:?} is no date; write 2026-12-31 or 31/12/2026")]
    Date(String),
    /// The state cannot be read.
    #[error("{0:?} is no state; write vigente, vencida or anulada")]
    State(String),
    /// The text is too long.
    #[error("it has more than {0} characters; is a separator or a quote missing?")]
    TooLong(usize),
}

fn suggested(near: Option<&'static str>) -> String {
    match near {
        Some(near) => format!("; did you mean {near}?"),
        None => "; write for example automotores or combinado-familiar".to_owned(),
    }
}
