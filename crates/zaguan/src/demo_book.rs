//! The demo's policy book: several hundred invented people and companies, the same ones every time.
//!
//! Documents lie in the ranges that real ones have; the companies are the invented 30-701234xx; addresses end in
//! example.com, which belongs to nobody. What looks like a real person or company is chance.

use jiff::ToSpan as _;
use jiff::civil::Date;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::collections::BTreeSet;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::line::LineOfBusiness as Line;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_store::BookRow;

mod names;

/// How many people and companies are made up, besides those who are named.
const PEOPLE: usize = 640;
const COMPANIES: u32 = 40;

/// Somebody to try the demo with.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The name.
    pub holder: &'static str,
    /// The document.
    pub document: Document,
    /// What is insured.
    pub line: Line,
    /// The number of the policy.
    pub number: &'static str,
}

/// The people that the demo proposes: an old document of seven digits, a usual one, and a foreigner's.
pub fn samples() -> [Sample; 3] {
    [
        Sample {
            holder: "Marta Quiroga",
            document: Document::Person(5_318_742),
            line: Line::Household,
            number: "0042317",
        },
        Sample {
            holder: "Julián Ferreyra",
            document: Document::Person(28_456_789),
            line: Line::Motor,
            number: "41/208315",
        },
        Sample {
            holder: "Mei Ling Ortega",
            document: Document::Person(92_345_678),
            line: Line::Motorcycle,
            number: "7300518",
        },
    ]
}

/// Two people who share the number of their documents, as thousands do.
const SHARED_DOCUMENT: Document = Document::Person(4_123_456);

/// What most people and companies have insured, the more often named the more usual.
const PEOPLES_LINES: [Line; 14] = [
    Line::Motor,
    Line::Motor,
    Line::Motor,
    Line::Motor,
    Line::Household,
    Line::Household,
    Line::Motorcycle,
    Line::Motorcycle,
    Line::PersonalAccident,
    Line::IndividualLife,
    Line::GroupLife,
    Line::Funeral,
    Line::Liability,
    Line::Surety,
];
const COMPANIES_LINES: [Line; 6] =
    [Line::Motor, Line::Motor, Line::Motor, Line::Shop, Line::WorkersCompensation, Line::Transport];

/// How a policy stands: about four of five are in force.
#[derive(Clone, Copy, Debug)]
enum Standing {
    InForce,
    EndedLately,
    EndedLongAgo,
    Cancelled,
}

/// The book as of a day, so that policies in force are in force whenever the demo runs.
pub fn book(today: Date) -> Vec<BookRow> {
    let mut maker =
        Maker { chance: ChaCha8Rng::seed_from_u64(20_260_315), today, rows: Vec::new(), numbered: 0 };
    let mut taken = BTreeSet::from([SHARED_DOCUMENT]);
    for sample in samples() {
        taken.insert(sample.document);
        maker.named(sample);
    }
    maker.pair_with_one_number();
    while taken.len() < PEOPLE {
        let document = Document::Person(maker.document_number());
        if taken.insert(document) {
            maker.person(document);
        }
    }
    for place in 0..COMPANIES {
        maker.company(place);
    }
    maker.rows
}

struct Maker {
    chance: ChaCha8Rng,
    today: Date,
    rows: Vec<BookRow>,
    numbered: u32,
}

impl Maker {
    fn below(&mut self, limit: u32) -> u32 {
        self.chance.next_u32() % limit.max(1)
    }

    fn one_of<T: Copy>(&mut self, choices: &[T], otherwise: T) -> T {
        let place = self.below(u32::try_from(choices.len()).unwrap_or(1));
        usize::try_from(place).ok().and_then(|place| choices.get(place)).copied().unwrap_or(otherwise)
    }

    fn named(&mut self, sample: Sample) {
        let Ok(number) = PolicyNumber::read(sample.number) else { return };
        let holder = Holder {
            document: sample.document,
            name: sample.holder.to_owned(),
            discriminator: "",
            email: None,
        };
        self.put(&holder, sample.line, number, Standing::InForce);
        self.policy(&holder, Line::PersonalAccident, Standing::EndedLately);
    }

    fn pair_with_one_number(&mut self) {
        for (name, discriminator, line) in
            [("Elsa Moreyra", "F", Line::Household), ("Rubén Altamirano", "M", Line::Motor)]
        {
            let holder =
                Holder { document: SHARED_DOCUMENT, name: name.to_owned(), discriminator, email: None };
            self.policy(&holder, line, Standing::InForce);
        }
    }

    /// In a hundred: six of seven digits, four foreigners, one born lately, and the others between.
    fn document_number(&mut self) -> u32 {
        match self.below(100) {
            0..6 => 4_200_000 + self.below(5_700_000),
            6..10 => 92_000_000 + self.below(3_900_000),
            10 => 70_000_000 + self.below(900_000),
            _ => 10_000_000 + self.below(38_000_000),
        }
    }

    fn person(&mut self, document: Document) {
        let first = self.one_of(&names::FIRST, "Ana");
        let last = self.one_of(&names::LAST, "Paz");
        let address = format!("{}.{}@example.com", names::plain(first), names::plain(last));
        let email = (self.below(100) < 65).then(|| EmailAddress::read(&address).ok()).flatten();
        let holder =
            Holder { document, name: format!("{last}, {first}").to_uppercase(), discriminator: "", email };
        let policies = 2 + self.below(4);
        for _ in 0..policies {
            let (line, standing) = (self.one_of(&PEOPLES_LINES, Line::Motor), self.standing());
            self.policy(&holder, line, standing);
        }
    }

    fn company(&mut self, place: u32) {
        let Some(document) = company_document(70_123_456 + place) else { return };
        let name = format!(
            "{} {} S.R.L.",
            self.one_of(&names::TRADES, "Talleres"),
            self.one_of(&names::LAST, "Paz")
        );
        let holder = Holder { document, name: name.to_uppercase(), discriminator: "", email: None };
        let policies = 3 + self.below(12);
        for _ in 0..policies {
            let (line, standing) = (self.one_of(&COMPANIES_LINES, Line::Motor), self.standing());
            self.policy(&holder, line, standing);
        }
    }

    fn standing(&mut self) -> Standing {
        match self.below(100) {
            0..82 => Standing::InForce,
            82..92 => Standing::EndedLately,
            92..97 => Standing::EndedLongAgo,
            _ => Standing::Cancelled,
        }
    }

    fn policy(&mut self, holder: &Holder, line: Line, standing: Standing) {
        self.numbered += 1 + self.below(7);
        let serial = 300_000 + self.numbered;
        let written = if line == Line::Motor {
            format!("{}/{serial}", 41 + self.below(5))
        } else if [Line::Household, Line::Shop].contains(&line) {
            format!("{serial:08}")
        } else if [Line::IndividualLife, Line::GroupLife].contains(&line) {
            format!("V-{serial}")
        } else {
            serial.to_string()
        };
        if let Ok(number) = PolicyNumber::read(&written) {
            self.put(holder, line, number, standing);
        }
    }

    fn put(&mut self, holder: &Holder, line: Line, number: PolicyNumber, standing: Standing) {
        let days = i64::from(self.below(330));
        let (to, state) = match standing {
            Standing::InForce => (self.today.saturating_add((365 - days).days()), PolicyState::InForce),
            Standing::EndedLately => (self.today.saturating_sub((1 + days).days()), PolicyState::Expired),
            Standing::EndedLongAgo => {
                (self.today.saturating_sub((1_000 + days).days()), PolicyState::Expired)
            }
            Standing::Cancelled => (self.today.saturating_add((365 - days).days()), PolicyState::Cancelled),
        };
        let policy = Policy {
            line,
            number,
            previous: Vec::new(),
            from: Some(to.saturating_sub(1.years())),
            to: Some(to),
            state: Some(state),
            holder: holder.name.clone(),
            discriminator: holder.discriminator.to_owned(),
            email: holder.email.clone(),
            email_shared: false,
        };
        self.rows.push(BookRow { document: holder.document, policy });
    }
}

/// Who holds policies.
struct Holder {
    document: Document,
    name: String,
    discriminator: &'static str,
    email: Option<EmailAddress>,
}

/// The CUIT with this number in its middle; one in eleven numbers has none with this prefix.
fn company_document(number: u32) -> Option<Document> {
    (0..10).find_map(|digit| {
        let document = Document::read(&format!("30{number:08}{digit}")).ok()?.document;
        matches!(document, Document::Company(_)).then_some(document)
    })
}

#[cfg(test)]
mod tests {
    use super::{SHARED_DOCUMENT, book, samples};
    use jiff::civil::date;
    use std::collections::BTreeSet;
    use zaguan_domain::document::Document;
    use zaguan_domain::policy::PolicyState;

    #[test]
    fn the_book_has_a_few_thousand_policies_of_several_hundred_holders() {
        let rows = book(date(2026, 11, 23));
        let documents: BTreeSet<_> = rows.iter().map(|row| row.document).collect();
        assert!((2_000..6_000).contains(&rows.len()), "{} policies", rows.len());
        assert!((600..900).contains(&documents.len()), "{} documents", documents.len());
    }

    #[test]
    fn the_book_has_whatever_real_books_have() {
        let today = date(2026, 11, 23);
        let rows = book(today);
        let has = |what: &str, is: &dyn Fn(&zaguan_store::BookRow) -> bool| {
            assert!(rows.iter().any(is), "no {what}");
        };
        has("company", &|row| matches!(row.document, Document::Company(_)));
        has("old document", &|row| matches!(row.document, Document::Person(number) if number < 10_000_000));
        has("foreigner", &|row| matches!(row.document, Document::Person(number) if number > 92_000_000));
        has("ended policy", &|row| row.policy.state_on(today) == PolicyState::Expired);
        has("cancelled policy", &|row| row.policy.state_on(today) == PolicyState::Cancelled);
        has("policy that ended too long ago", &|row| !row.policy.opens_the_door(today, 24));
        let sharing: BTreeSet<_> = rows
            .iter()
            .filter(|row| row.document == SHARED_DOCUMENT)
            .map(|row| row.policy.discriminator.as_str())
            .collect();
        assert_eq!(sharing.len(), 2);
    }

    #[test]
    fn no_policy_stands_in_the_book_twice_under_one_holder() {
        let mut seen = BTreeSet::new();
        for row in book(date(2026, 11, 23)) {
            let key = (row.document, row.policy.line, row.policy.number.key());
            assert!(seen.insert(key), "{row:?}");
        }
    }

    #[test]
    fn the_people_to_try_are_in_the_book_and_their_policies_open_the_door_on_any_day() {
        for today in [date(2026, 11, 23), date(2028, 2, 29), date(2031, 1, 1)] {
            let rows = book(today);
            for sample in samples() {
                let found = rows.iter().find(|row| {
                    row.document == sample.document
                        && row.policy.line == sample.line
                        && row.policy.number.as_str() == sample.number
                });
                let policy = &found.expect(sample.holder).policy;
                assert_eq!(policy.state_on(today), PolicyState::InForce, "{}", sample.holder);
            }
        }
    }

    #[test]
    fn the_same_book_is_made_every_time() {
        let numbers = |today| {
            book(today)
                .into_iter()
                .map(|row| (row.document, row.policy.number.as_str().to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(numbers(date(2026, 11, 23)), numbers(date(2030, 5, 1)));
    }
}
