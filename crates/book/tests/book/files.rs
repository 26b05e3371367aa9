//! Files with given bytes, and all that is read from them.

use std::io::Write as _;
use std::path::Path;
use tempfile::NamedTempFile;
use zaguan_book::{BookFile, FileFault, LineCounts, NotABook, RawRow, RowShape, Told, Understood};

/// A row: its line, and its cells.
pub(crate) type Read = (u64, Result<Vec<String>, RowShape>);

/// All that was read of a file.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) understood: Understood,
    pub(crate) rows: Vec<Read>,
    pub(crate) texts: Vec<String>,
    pub(crate) sheets: Vec<String>,
    pub(crate) counts: LineCounts,
}

impl Whole {
    /// The cells of rows, of which each must have been told apart.
    pub(crate) fn cells(&self) -> Vec<Vec<&str>> {
        self.rows
            .iter()
            .map(|(_, cells)| cells.as_ref().unwrap().iter().map(String::as_str).collect())
            .collect()
    }
}

pub(crate) fn file(bytes: impl AsRef<[u8]>) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes.as_ref()).unwrap();
    file
}

pub(crate) fn read_path(path: &Path, told: &Told) -> Result<Whole, NotABook> {
    let mut book = BookFile::open(path, told)?;
    Ok(rest(&mut book).unwrap())
}

/// Reads to the end.
pub(crate) fn rest(book: &mut BookFile) -> Result<Whole, FileFault> {
    let (mut rows, mut texts, mut sheets) = (Vec::new(), Vec::new(), Vec::new());
    let mut row = RawRow::default();
    while book.next_row(&mut row)? {
        let cells = row.cells().map(|cells| cells.iter().map(|(_, cell)| cell.clone()).collect());
        rows.push((row.line, cells));
        texts.push(row.text.clone());
        sheets.extend(row.sheet.as_deref().map(str::to_owned));
    }
    Ok(Whole { understood: book.understood().clone(), rows, texts, sheets, counts: book.counts() })
}

pub(crate) fn read_told(bytes: impl AsRef<[u8]>, told: &Told) -> Result<Whole, NotABook> {
    read_path(file(bytes).path(), told)
}

/// Reads a file of which nothing is told.
pub(crate) fn read(bytes: impl AsRef<[u8]>) -> Whole {
    read_told(bytes, &Told::default()).unwrap()
}

/// Why the file is no book.
pub(crate) fn refusal(bytes: impl AsRef<[u8]>) -> NotABook {
    read_told(bytes, &Told::default()).unwrap_err()
}
