//! People with names, to try a portal with: one for each way in which holders differ.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::row::Row;

/// Somebody with a name, who has no address on file, so that any may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// What comes first in speech.
    pub given_names: &'static str,
    /// What comes first in a book.
    pub surname: &'static str,
    /// The number of the document.
    pub document: u32,
    /// What kind of document it is.
    pub kind: &'static str,
    /// What tells apart two people with one number; empty for most.
    pub discriminator: &'static str,
    /// The policies, in books and for trying.
    pub policies: &'static [Held],
}

/// A policy that somebody with a name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The line of business, as books name it.
    pub line: &'static str,
    /// The number.
    pub number: &'static str,
    /// Whether it ended a hundred days before the day of the book; else it is in force for some months.
    pub has_lapsed: bool,
}

const fn held(line: &'static str, number: &'static str) -> Held {
    Held { line, number, has_lapsed: false }
}

/// An old document of seven digits, two lines of business, a foreigner, a policy that has lapsed, and two people who share
/// the number of their documents, as thousands do.
pub const PEOPLE: [Person; 6] = [
    Person {
        given_names: "Marta",
        surname: "Quiroga",
        document: 5_318_742,
        kind: "LC",
        discriminator: "",
        policies: &[held("combinado-familiar", "0042317")],
    },
    Person {
        given_names: "Julián",
        surname: "Ferreyra",
        document: 28_456_789,
        kind: "DNI",
        discriminator: "",
        policies: &[held("automotores", "41/208315"), held("combinado-familiar", "0077120")],
    },
    Person {
        given_names: "Mei Ling",
        surname: "Ortega",
        document: 92_345_678,
        kind: "DNI",
        discriminator: "",
        policies: &[held("motovehiculos", "7300518")],
    },
    Person {
        given_names: "Héctor",
        surname: "Brizuela",
        document: 17_654_321,
        kind: "DNI",
        discriminator: "",
        policies: &[Held { has_lapsed: true, ..held("automotores", "43/301177") }],
    },
    Person {
        given_names: "Elsa",
        surname: "Moreyra",
        document: 4_123_456,
        kind: "LC",
        discriminator: "F",
        policies: &[held("combinado-familiar", "0051902")],
    },
    Person {
        given_names: "Rubén",
        surname: "Altamirano",
        document: 4_123_456,
        kind: "LE",
        discriminator: "M",
        policies: &[held("automotores", "42/117260")],
    },
];

/// How many policies they have together.
pub(crate) fn policies() -> u64 {
    PEOPLE.iter().map(|person| person.policies.len() as u64).sum()
}

impl Person {
    /// Writes a policy into a row of a book of that day.
    pub(crate) fn fill(&self, held: &Held, day: Date, row: &mut Row) {
        let (to, state) = if held.has_lapsed {
            (day.saturating_sub(100.days()), "vencida")
        } else {
            (day.saturating_add(265.days()), "vigente")
        };
        let written = |day: Date| day.strftime("%d/%m/%Y").to_string();
        row.cells = [
            self.document.to_string(),
            self.kind.to_owned(),
            self.discriminator.to_owned(),
            held.line.to_owned(),
            held.number.to_owned(),
            format!("{}, {}", self.surname, self.given_names).to_uppercase(),
            String::new(),
            written(to.saturating_sub(365.days())),
            written(to),
            state.to_owned(),
        ]
        .into();
    }
}
