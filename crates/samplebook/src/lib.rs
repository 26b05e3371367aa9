//! Invents policy books of any size, the same for the same seed: for tests, measurements and the demo.
//!
//! Nobody is meant: names are drawn from lists, companies' numbers are none that the tax agency has given out, and all
//! addresses are under names reserved for examples.

mod chance;
mod contract;
mod encoding;
mod holder;
mod names;
mod people;
mod quirk;
mod row;

pub use encoding::Encoding;
pub use people::{Held, PEOPLE, Person};

use std::io::{self, Write};

use chance::{Chance, Shuffle};
use contract::Contracts;
use holder::Holders;
use jiff::civil::{Date, date};
use quirk::Quirk;
use row::Row;

/// What is in a book, in words for whoever makes one.
pub const DISTRIBUTIONS: &str = "\
Of the holders: 6 % have a seven-digit document, 81 % one from 10 to 50 million, 1 % one from 70 million,
4 % one from 92 to 96 million (foreigners), and 8 % are companies (of these 85 % with CUIT 30, 9 % with 33, 3 % with
34, 3 % with 50, 51 or 55). 0.2 % share a number below 10 million with one other person, and only these have a
discriminator. 35 % have no e-mail, 4 % a dummy (\"NO TIENE\"), 6 % their producer's, the others their own.
62 % have one contract, 24 % two, 9 % three, 5 % four; in the unsorted book these are far apart.
Of the contracts: 10 % are certificates of a group, 18 % have ended (12 % vencida, 6 % anulada).
The day of the book is 31/10/2026.";

/// The most rows that a book can have: with more, ranges of documents would run out of numbers.
pub const ROWS_AT_MOST: u64 = 50_000_000;

/// Text that is collected before it is written.
const COLLECTED: usize = 256 * 1024;

/// The day of a book of which nobody says another.
const DAY: Date = date(2026, 10, 31);

/// What book to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Policies in the book, besides those of people with names.
    pub rows: u64,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Whether rows are in the order of their documents as numbers, or in no order.
    pub sorted: bool,
    /// How letters become bytes.
    pub encoding: Encoding,
    /// What stands between columns.
    pub separator: char,
    /// Rows of 100 to which something has happened on their way out of the insurer's system.
    pub quirks: u64,
    /// The day of the book: what is in force then is `vigente`.
    pub day: Date,
    /// Whether the people with names are in it, in front.
    pub people: bool,
}

impl Recipe {
    /// A plain book, unsorted, as most systems export it: UTF-8, with `;` between columns and nothing wrong.
    pub fn plain(rows: u64, seed: u64) -> Self {
        Self {
            rows,
            seed,
            sorted: false,
            encoding: Encoding::Utf8,
            separator: ';',
            quirks: 0,
            day: DAY,
            people: false,
        }
    }

    /// The book of the demo: some thousand policies as of a day, those of the people with names among them.
    pub fn of_demo(day: Date) -> Self {
        Self { day, people: true, ..Self::plain(3_000, 20_260_315) }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Policies, each in a row.
    pub rows: u64,
    /// Those whose row has lost what it said, so that a reader can only reject it.
    pub lost: u64,
    /// Lines besides them and the header: blank, totals, the header again, an older row of the same policy.
    pub more_lines: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Writes a book, in memory that does not grow with it.
pub fn write(recipe: &Recipe, output: impl Write) -> io::Result<Written> {
    if recipe.rows > ROWS_AT_MOST {
        let words = format!("a book has at most {ROWS_AT_MOST} rows");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
    }
    let mut lines = Lines::new(recipe.encoding, output)?;
    let mut row = Row::new(recipe.separator);
    lines.text.push_str(&row.header());
    lines.end()?;
    let mut written = Written { rows: recipe.rows, ..Written::default() };
    if recipe.people {
        written.rows += people::policies();
        for (person, held) in
            PEOPLE.iter().flat_map(|person| person.policies.iter().map(move |held| (person, held)))
        {
            person.fill(held, recipe.day, &mut row);
            row.write(&mut lines.text);
            lines.end()?;
        }
    }
    let maker = Maker::new(recipe);
    let quirks = Chance::new(recipe.seed, "quirks");
    let order = Shuffle::new(recipe.seed, "order", recipe.rows);
    for place in 0..recipe.rows {
        maker.fill(if recipe.sorted { place } else { order.at(place) }, &mut row);
        let draw = quirks.number(place);
        if draw % 100 < recipe.quirks {
            let quirk = Quirk::drawn(draw / 100);
            if let Some(before) = quirk.and_then(|quirk| quirk.befall(&mut row)) {
                lines.text.push_str(&before);
                lines.end()?;
                written.more_lines += 1;
            }
            written.lost += u64::from(quirk.is_some_and(Quirk::loses_the_row));
        }
        row.write(&mut lines.text);
        lines.end()?;
    }
    written.bytes = lines.finish()?;
    Ok(written)
}

/// Makes any row by its index in the order of documents.
struct Maker {
    holders: Holders,
    contracts: Contracts,
}

impl Maker {
    fn new(recipe: &Recipe) -> Self {
        let contracts = Contracts::new(recipe.seed, recipe.rows, recipe.day);
        let holders = contracts.holder(recipe.rows.saturating_sub(1)) + 1;
        Self { holders: Holders::new(recipe.seed, holders), contracts }
    }

    fn fill(&self, contract: u64, row: &mut Row) {
        row.clear();
        let holder = self.contracts.holder(contract);
        let document = self.holders.document(holder);
        let [number, kind, discriminator, line, policy, name, email, from, to, state] = &mut row.cells[..]
        else {
            return;
        };
        number.push_str(&document.number.to_string());
        kind.push_str(document.kind);
        discriminator.push_str(document.discriminator);
        self.holders.write_name(holder, &document, name);
        self.holders.write_email(holder, email);
        self.contracts.write(contract, document.is_company(), [line, policy, from, to, state]);
    }
}

/// Lines on their way out.
struct Lines<W> {
    text: String,
    bytes: Vec<u8>,
    encoding: Encoding,
    output: W,
    written: u64,
}

impl<W: Write> Lines<W> {
    fn new(encoding: Encoding, mut output: W) -> io::Result<Self> {
        let mark = encoding.mark();
        output.write_all(mark)?;
        let text = String::with_capacity(COLLECTED + 1024);
        Ok(Self { text, bytes: Vec::new(), encoding, output, written: mark.len() as u64 })
    }

    fn end(&mut self) -> io::Result<()> {
        self.text.push_str("\r\n");
        if self.text.len() >= COLLECTED { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bytes.clear();
        self.encoding.encode(&self.text, &mut self.bytes);
        self.output.write_all(&self.bytes)?;
        self.written += self.bytes.len() as u64;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<u64> {
        self.flush()?;
        self.output.flush()?;
        Ok(self.written)
    }
}
