//! Reads the files that insurers export: detects what they are, and gives their rows one by one.
//!
//! [`BookFile::open`] reads a file once, for its hash and its encoding, and says what it [understood](Understood) or why
//! the file is [no book](NotABook). [`BookFile::next_row`] gives row after row, with the cells of known columns only.
//! Text of any size is read in bounded memory. Of a workbook the strings are in memory, because their file has them
//! apart from the sheets.
//!
//! Cells are told apart here and not by a library for CSV: lines that end in three ways, quotes that are none, and the
//! lines and bytes that are no rows must all be seen on the way, with the line as it came.

mod book_file;
mod cell;
mod columns;
mod dates;
mod encoding;
mod fields;
mod fixed;
mod lines;
mod refusal;
mod row;
mod sensitive;
mod sheets;
mod source;
mod text;
mod told;
mod totals;
mod understand;
mod workbook;

pub use book_file::BookFile;
pub use encoding::Encoding;
pub use refusal::{FileFault, NotABook, RowShape, Secret};
pub use row::RawRow;
pub use told::{LineCounts, LineEnd, Shape, Stretch, Told, Understood};
