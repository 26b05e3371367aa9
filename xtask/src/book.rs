//! `cargo xtask book`: an invented policy book, to a file or to standard output.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use zaguan_samplebook::{Encoding, Recipe, Written, write};

use crate::command::say;

/// What book to invent.
#[derive(Debug, clap::Args)]
pub(crate) struct Wanted {
    /// Policies in the book.
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=zaguan_samplebook::ROWS_AT_MOST))]
    rows: u64,
    /// The same seed gives the same bytes.
    #[arg(long)]
    seed: u64,
    /// The file; without it, standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Rows in the order of their documents, as numbers.
    #[arg(long, conflicts_with = "unsorted")]
    sorted: bool,
    /// Rows in no order, which is the usual.
    #[arg(long)]
    unsorted: bool,
    /// utf-8, windows-1252, cp850 or utf-16le.
    #[arg(long, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// What stands between columns: a character, or "tab".
    #[arg(long, default_value = ";", value_parser = separator)]
    separator: char,
    /// Rows of 100 to which something has happened on their way: a document with dots, a date in another shape, the
    /// same policy twice; some beyond repair, such as digits lost in a spreadsheet.
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=100))]
    quirks: u64,
}

fn separator(text: &str) -> Result<char, String> {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(one @ (';' | ',' | '|' | '\t')), None) => Ok(one),
        _ if text.eq_ignore_ascii_case("tab") => Ok('\t'),
        _ => Err("one of ; , | tab".to_owned()),
    }
}

/// Writes the book, and tells of it when that does not get in its way.
pub(crate) fn run(wanted: &Wanted) -> anyhow::Result<()> {
    let recipe = Recipe {
        sorted: wanted.sorted,
        encoding: wanted.encoding,
        separator: wanted.separator,
        quirks: wanted.quirks,
        ..Recipe::plain(wanted.rows, wanted.seed)
    };
    let Some(path) = &wanted.out else {
        let mut output = io::stdout().lock();
        return match write(&recipe, &mut output).and_then(|_| output.flush()) {
            // Whoever has seen enough, such as `head`, may close the pipe.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("could not write the book"),
        };
    };
    let written = write_file(&recipe, path)?;
    say(&format!(
        "{}: {} policies in {} bytes; {} rows beyond repair, {} other lines",
        path.display(),
        written.rows,
        written.bytes,
        written.lost,
        written.more_lines
    ));
    Ok(())
}

/// Writes a book to a file, in place of whatever is there.
pub(crate) fn write_file(recipe: &Recipe, path: &Path) -> anyhow::Result<Written> {
    File::create(path)
        .and_then(|file| write(recipe, file))
        .with_context(|| format!("could not write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_is_one_that_books_have() {
        assert_eq!(separator("|"), Ok('|'));
        assert_eq!(separator("TAB"), Ok('\t'));
        assert!(separator(";;").is_err() && separator("a").is_err() && separator("").is_err());
    }
}
