//! What the operator tells of a file, and what was understood of it.

use crate::encoding::Encoding;
use zaguan_domain::book::{Column, DateShape, SixDigits};

/// What the operator tells. Whatever is not told is detected.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// How letters are written in bytes.
    pub encoding: Option<Encoding>,
    /// What stands between cells.
    pub separator: Option<char>,
    /// The column that a header means, before what headers usually mean. Several headers may be the holder's name.
    pub headers: Vec<(String, Column)>,
    /// Columns by their place, counted from 1, for a file without a line of headers.
    pub places: Vec<(usize, Column)>,
    /// Columns by their stretch of the line, for a file of fixed width.
    pub layout: Vec<Stretch>,
    /// The sheets of a workbook that are read, by name; all that have the required columns where none is told.
    pub sheets: Vec<String>,
    /// Columns that are dropped, whatever they have in them: by their headers, or by their places, counted from 1.
    pub drop: Vec<String>,
}

/// Where a column stands in lines of fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The column.
    pub column: Column,
    /// Its first character, counted from 1.
    pub from: usize,
    /// Its last character, which belongs to it.
    pub to: usize,
}

/// What was understood of a file, before anything is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// How letters are written in bytes; of a workbook always UTF-8.
    pub encoding: Encoding,
    /// Whether the file begins with a byte order mark.
    pub byte_order_mark: bool,
    /// Whether letters were encoded twice (`MUÃ‘OZ`); they are repaired.
    pub encoded_twice: bool,
    /// What stands where.
    pub shape: Shape,
    /// How lines end, of those at the beginning of the file.
    pub line_ends: Vec<LineEnd>,
    /// The columns that are read, each with the header that it has in the file.
    pub columns: Vec<(Column, String)>,
    /// The shapes of the dates in each column that has some, of those at the beginning, the most frequent first.
    pub date_shapes: Vec<(Column, Vec<DateShape>)>,
    /// What dates of six digits mean, if those at the beginning leave no doubt.
    pub six_digit_dates: Option<SixDigits>,
    /// The headers that are not known; those columns are not given out.
    pub ignored: Vec<String>,
    /// The headers that the operator told to drop.
    pub dropped: Vec<String>,
    /// The SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// How many bytes the file has.
    pub bytes: u64,
}

/// What stands where in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text with a character between cells.
    Delimited {
        /// The character.
        separator: char,
        /// Whether a first line `sep=;` says so.
        separator_line: bool,
        /// Whether there are cells in quotes, at the beginning of the file.
        quoted: bool,
        /// The line of the headers; nothing where columns were told by their place.
        header_line: Option<u64>,
    },
    /// Lines in which every column has its stretch.
    FixedWidth,
    /// A workbook.
    Workbook {
        /// The sheets that are read.
        sheets: Vec<String>,
        /// Those that are not.
        ignored: Vec<String>,
    },
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineEnd {
    /// As on Unix.
    Lf,
    /// As on Windows.
    CrLf,
    /// As on old Macs.
    Cr,
}

/// What became of the lines that were read so far: `lines` is the sum of `rows`, `continued`, `blank`, `totals`,
/// `headers` and `titles`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// All lines.
    pub lines: u64,
    /// Rows that were given out, whether or not their cells could be told apart.
    pub rows: u64,
    /// Lines that go on with a row, because a line ended within quotes.
    pub continued: u64,
    /// Lines with nothing in them, or nothing but separators.
    pub blank: u64,
    /// Totals, rules, page numbers, and "FIN DE LISTADO".
    pub totals: u64,
    /// Lines of headers: the first, and those repeated on each page.
    pub headers: u64,
    /// Lines above the headers, and the same ones repeated on each page.
    pub titles: u64,
    /// Cells whose letters were encoded twice, and are repaired. They are no lines.
    pub repaired_cells: u64,
}
