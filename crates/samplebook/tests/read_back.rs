//! What is invented is read back: in every encoding, all rows are taken but those that are beyond repair.

#[cfg(test)]
mod read_back {
    use std::fs;

    use zaguan_book::{BookFile, RawRow, Shape, Told};
    use zaguan_domain::book::{BookRules, RawCells, clean};
    use zaguan_samplebook::{Encoding, Recipe, Written, write};

    /// What a reader made of a book.
    #[derive(Debug, Default)]
    struct Read {
        lines: u64,
        rows: u64,
        rejected: u64,
        encoding: String,
        separator: char,
    }

    fn read_back(recipe: &Recipe) -> (Written, Read) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("book.csv");
        let mut bytes = Vec::new();
        let written = write(recipe, &mut bytes).unwrap();
        fs::write(&path, bytes).unwrap();
        let mut file = BookFile::open(&path, &Told::default()).unwrap();
        let Shape::Delimited { separator, .. } = file.understood().shape else { panic!("{recipe:?}") };
        let encoding = format!("{:?}", file.understood().encoding);
        let mut read = Read { encoding, separator, ..Read::default() };
        let (rules, mut row) = (BookRules::default(), RawRow::default());
        while file.next_row(&mut row).unwrap() {
            let cleaned = row.cells().ok().map(|cells| {
                let cells: RawCells<'_> =
                    cells.iter().map(|(column, cell)| (*column, cell.as_str())).collect();
                clean(&cells, &rules, false)
            });
            read.rejected += u64::from(cleaned.is_none_or(|cleaned| cleaned.is_err()));
        }
        read.rows = file.counts().rows;
        read.lines = file.counts().lines;
        (written, read)
    }

    #[test]
    fn a_book_without_quirks_is_taken_whole_in_every_encoding_and_with_every_separator() {
        for encoding in Encoding::ALL {
            for separator in [';', ',', '|', '\t'] {
                let recipe = Recipe { encoding, separator, ..Recipe::plain(1_000, 1) };
                let (_, read) = read_back(&recipe);
                assert_eq!((read.rows, read.rejected), (1_000, 0), "{recipe:?} {read:?}");
                assert_eq!(read.separator, separator);
                let name: String = encoding.name().chars().filter(char::is_ascii_alphanumeric).collect();
                assert!(read.encoding.eq_ignore_ascii_case(&name), "{recipe:?} {read:?}");
            }
        }
    }

    #[test]
    fn of_a_book_with_quirks_only_rows_beyond_repair_are_rejected() {
        for seed in 1..=4 {
            for encoding in Encoding::ALL {
                let recipe = Recipe { encoding, quirks: 30, ..Recipe::plain(1_000, seed) };
                let (written, read) = read_back(&recipe);
                assert_eq!(read.rejected, written.lost, "{recipe:?} {written:?} {read:?}");
                assert_eq!(read.lines, 1 + written.rows + written.more_lines, "{recipe:?} {read:?}");
            }
        }
    }
}
