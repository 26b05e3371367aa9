//! Contracts, by their index: whose, in which line of business, under which number, from when to when.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::chance::{Chance, Shuffle};

/// Holders of a block, and what they have: 62 one contract, 24 two, 9 three, 5 four.
const BLOCK_HOLDERS: u64 = 100;
const BLOCK_CONTRACTS: u64 = 62 + 24 * 2 + 9 * 3 + 5 * 4;

/// How far the dates of contracts reach from the day of the book.
const DAYS_BEFORE: u64 = 1_265;
const DAYS_AFTER: u64 = 365;

/// Certificates to a group's policy, on average.
const CERTIFICATES_TO_A_GROUP: u64 = 400;

/// A line of business, and of 100 contracts outside groups those that are in it: of people, and of companies.
const LINES: [(&str, u64, u64); 14] = [
    ("automotores", 46, 34),
    ("combinado-familiar", 18, 0),
    ("motovehiculos", 14, 2),
    ("ap", 8, 6),
    ("vida-individual", 5, 0),
    ("sepelio", 3, 0),
    ("rc", 2, 8),
    ("robo", 1, 3),
    ("caucion", 1, 8),
    ("salud", 1, 0),
    ("retiro", 1, 0),
    ("integral-comercio", 0, 21),
    ("art", 0, 12),
    ("transporte", 0, 6),
];

/// How contracts are numbered, so that no two holders' numbers mean the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbering {
    /// `59/137418`
    Slash,
    /// `00137418`
    Zeros,
    /// `137418`
    Plain,
    /// `C-137418`
    Letter,
}

/// All contracts of a book.
#[derive(Debug)]
pub(crate) struct Contracts {
    holder_of: Vec<u64>,
    days: Vec<String>,
    groups: u64,
    numbers: Shuffle,
    line: Chance,
    group: Chance,
    span: Chance,
}

impl Contracts {
    /// As many contracts as a book has; what is in force on its day is `vigente`.
    pub(crate) fn new(seed: u64, count: u64, day: Date) -> Self {
        let reach = i64::try_from(DAYS_BEFORE + DAYS_AFTER).unwrap_or_default();
        let first = i64::try_from(DAYS_BEFORE).unwrap_or_default();
        Self {
            holder_of: holders_of_a_block(),
            days: (0..=reach).map(|after| written(day.saturating_add((after - first).days()))).collect(),
            groups: (count / 10 / CERTIFICATES_TO_A_GROUP).max(1),
            numbers: Shuffle::new(seed, "numbers", count),
            line: Chance::new(seed, "line"),
            group: Chance::new(seed, "group"),
            span: Chance::new(seed, "span"),
        }
    }

    /// The holder of a contract: those of one holder stand together.
    pub(crate) fn holder(&self, contract: u64) -> u64 {
        let place = usize::try_from(contract % BLOCK_CONTRACTS).unwrap_or_default();
        contract / BLOCK_CONTRACTS * BLOCK_HOLDERS + self.holder_of.get(place).copied().unwrap_or_default()
    }

    /// Writes its line of business, number, first day, last day and state: 10 % are certificates of a group, 18 % have ended.
    pub(crate) fn write(&self, contract: u64, is_company: bool, cells: [&mut String; 5]) {
        let [line, number, from, to, state] = cells;
        let serial = 100_000 + self.numbers.at(contract);
        let draw = self.group.number(contract);
        // Writing to a string cannot fail.
        if draw.is_multiple_of(10) {
            line.push_str("vida-colectivo");
            let _ = write!(number, "{:06}-{serial:08}", 4_000 + draw / 10 % self.groups);
        } else {
            let draw = self.line.number(contract);
            let (name, numbering) = line_of(draw, is_company);
            line.push_str(name);
            let _ = match numbering {
                Numbering::Slash => write!(number, "{}/{serial}", 10 + draw / 100 % 90),
                Numbering::Zeros => write!(number, "{serial:010}"),
                Numbering::Plain => write!(number, "{serial}"),
                Numbering::Letter => write!(number, "C-{serial}"),
            };
        }
        let draw = self.span.number(contract);
        let (name, last) = match draw % 100 {
            0..12 => ("vencida", DAYS_BEFORE - 1 - draw / 100 % 900),
            12..18 => ("anulada", DAYS_BEFORE - 1 - draw / 100 % 900),
            _ => ("vigente", DAYS_BEFORE + draw / 100 % (DAYS_AFTER + 1)),
        };
        from.push_str(self.day(last - 365));
        to.push_str(self.day(last));
        state.push_str(name);
    }

    fn day(&self, day: u64) -> &str {
        usize::try_from(day).ok().and_then(|day| self.days.get(day)).map_or("", String::as_str)
    }
}

fn line_of(draw: u64, is_company: bool) -> (&'static str, Numbering) {
    let mut place = draw % 100;
    for (line, people, companies) in LINES {
        let share = if is_company { companies } else { people };
        if place < share {
            let numbering = match line {
                "automotores" => Numbering::Slash,
                "combinado-familiar" | "vida-individual" => Numbering::Zeros,
                "integral-comercio" | "caucion" => Numbering::Letter,
                _ => Numbering::Plain,
            };
            return (line, numbering);
        }
        place -= share;
    }
    ("automotores", Numbering::Slash)
}

/// For each contract of a block, its holder; those with several contracts are scattered among the others.
fn holders_of_a_block() -> Vec<u64> {
    let contracts_of = |holder: u64| match holder * 37 % BLOCK_HOLDERS {
        0..62 => 1,
        62..86 => 2,
        86..95 => 3,
        _ => 4,
    };
    (0..BLOCK_HOLDERS).flat_map(|holder| std::iter::repeat_n(holder, contracts_of(holder))).collect()
}

fn written(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_block_has_its_contracts_and_lines_add_up() {
        assert_eq!(holders_of_a_block().len() as u64, BLOCK_CONTRACTS);
        assert_eq!(LINES.iter().map(|line| line.1).sum::<u64>(), 100);
        assert_eq!(LINES.iter().map(|line| line.2).sum::<u64>(), 100);
    }

    #[test]
    fn days_are_written_day_first() {
        let contracts = Contracts::new(1, 10, date(2026, 10, 31));
        assert_eq!(contracts.day(DAYS_BEFORE), "31/10/2026");
        assert_eq!(contracts.day(DAYS_BEFORE + DAYS_AFTER), "31/10/2027");
        assert_eq!(contracts.day(0).len(), 10);
    }
}
