//! Holders, by their index in the order of their documents: whose number, name and address.

use std::fmt::Write as _;
use std::ops;

use crate::chance::Chance;
use crate::names::{COMPANY_KINDS, GIVEN_NAMES, SURNAMES, SYLLABLES, in_address};

/// Documents of one range: of 100,000 holders, those up to `up_to` have one from `low` to below `high`.
struct Range {
    up_to: u64,
    prefix: u64,
    low: u64,
    high: u64,
}

impl Range {
    /// The numbers for the holder at a place of so many: each has a part for itself, so that documents rise with the
    /// places.
    fn part(&self, (place, count): (u64, u64)) -> ops::Range<u64> {
        let edge = |place: u64| self.low + place * (self.high - self.low) / count;
        edge(place)..edge(place + 1)
    }
}

const fn people(up_to: u64, low: u64, high: u64) -> Range {
    Range { up_to, prefix: 0, low, high }
}

/// No company has a CUIT whose middle is 80 million or more, so that none of these is a real one's.
const fn companies(up_to: u64, prefix: u64) -> Range {
    Range { up_to, prefix, low: 80_000_000, high: 100_000_000 }
}

/// In the order of the documents: 6 % with seven digits, 81 % between 10 and 50 million, 1 % of 70 million and more,
/// 4 % of foreigners, 8 % of companies: of these 85 % with 30, 9 % with 33, 3 % with 34, and 1 % each with 50, 51, 55.
const RANGES: [Range; 10] = [
    people(6_000, 1_000_000, 10_000_000),
    people(87_000, 10_000_000, 50_000_000),
    people(88_000, 70_000_000, 72_000_000),
    people(92_000, 92_000_000, 96_000_000),
    companies(98_800, 30),
    companies(99_520, 33),
    companies(99_760, 34),
    companies(99_840, 50),
    companies(99_920, 51),
    companies(100_000, 55),
];

/// One pair of seven-digit holders in so many has one number: 0,2 % of all holders, as 6 % have seven digits.
const PAIRS_TO_ONE_SHARED: u64 = 30;

/// Holders to a producer's address, on average, among those who have one.
const HOLDERS_TO_A_PRODUCER: u64 = 150;

const DOMAINS: [&str; 4] = ["example.com", "example.org", "example.net", "correo.example"];

/// What is written where there is no address and the form wanted one.
const DUMMIES: [&str; 6] =
    ["NO TIENE", "notiene@notiene.com", "x@x.com", "-", "sinmail@sinmail.com", "NO POSEE"];

/// Whose document it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document {
    pub(crate) number: u64,
    pub(crate) kind: &'static str,
    pub(crate) discriminator: &'static str,
}

impl Document {
    pub(crate) fn is_company(&self) -> bool {
        self.kind == "CUIT"
    }
}

/// All holders of a book.
#[derive(Debug)]
pub(crate) struct Holders {
    count: u64,
    producers: u64,
    surnames: Vec<String>,
    given_names: Vec<String>,
    digits: Chance,
    shared: Chance,
    names: Chance,
    more_names: Chance,
    mail: Chance,
}

impl Holders {
    pub(crate) fn new(seed: u64, count: u64) -> Self {
        Self {
            count,
            producers: (count * 6 / 100 / HOLDERS_TO_A_PRODUCER).max(1),
            surnames: SURNAMES.map(in_address).to_vec(),
            given_names: GIVEN_NAMES.map(in_address).to_vec(),
            digits: Chance::new(seed, "digits"),
            shared: Chance::new(seed, "shared"),
            names: Chance::new(seed, "names"),
            more_names: Chance::new(seed, "more names"),
            mail: Chance::new(seed, "mail"),
        }
    }

    pub(crate) fn document(&self, holder: u64) -> Document {
        let mut first = 0;
        for range in &RANGES {
            let end = (self.count * range.up_to + 50_000) / 100_000;
            if holder < end {
                return self.in_range(holder, range, (first, end - first));
            }
            first = end;
        }
        // The last range ends with the last holder.
        Document { number: 0, kind: "", discriminator: "" }
    }

    fn in_range(&self, holder: u64, range: &Range, (first, count): (u64, u64)) -> Document {
        let place = holder - first;
        if range.prefix > 0 {
            return Document {
                number: self.cuit(holder, range, (place, count)),
                kind: "CUIT",
                discriminator: "",
            };
        }
        let pair = place / 2;
        let are_both_there = pair * 2 + 1 < count;
        if range.low < 10_000_000
            && are_both_there
            && self.shared.below(first + pair, PAIRS_TO_ONE_SHARED) == 0
        {
            let number = self.drawn(first + pair * 2, range, (pair * 2, count));
            let (kind, discriminator) = if place.is_multiple_of(2) { ("LC", "F") } else { ("LE", "M") };
            return Document { number, kind, discriminator };
        }
        Document { number: self.drawn(holder, range, (place, count)), kind: "DNI", discriminator: "" }
    }

    fn drawn(&self, holder: u64, range: &Range, place: (u64, u64)) -> u64 {
        let part = range.part(place);
        part.start + self.digits.below(holder, (part.end - part.start).max(1))
    }

    fn cuit(&self, holder: u64, range: &Range, place: (u64, u64)) -> u64 {
        let part = range.part(place);
        let middle = self.drawn(holder, range, place);
        // One number in eleven has no check digit, and is never given out.
        (middle..part.end)
            .chain(part.start..middle)
            .map(|middle| range.prefix * 100_000_000 + middle)
            .find_map(|ten| check_digit(ten).map(|digit| ten * 10 + digit))
            .unwrap_or_default()
    }

    pub(crate) fn write_name(&self, holder: u64, document: &Document, name: &mut String) {
        let draw = self.names.number(holder);
        if document.is_company() {
            for shift in [0, 16, 32] {
                name.push_str(one_of(&SYLLABLES, draw >> shift));
            }
            name.push_str(" DE EJEMPLO ");
            name.push_str(one_of(&COMPANY_KINDS, draw >> 48));
            return;
        }
        name.push_str(one_of(&SURNAMES, draw));
        name.push_str(", ");
        name.push_str(one_of(&GIVEN_NAMES, self.more_names.number(holder)));
    }

    /// 35 % have none, 4 % a dummy, 6 % their producer's, the others their own.
    pub(crate) fn write_email(&self, holder: u64, email: &mut String) {
        let draw = self.mail.number(holder);
        let rest = draw / 100;
        // Writing to a string cannot fail.
        let _ = match draw % 100 {
            0..35 => Ok(()),
            35..39 => email.write_str(one_of(&DUMMIES, rest)),
            39..45 => write!(email, "productor{}@oficina.example", rest % self.producers),
            _ => {
                let surname = one_of(&self.surnames, self.names.number(holder));
                let given = one_of(&self.given_names, self.more_names.number(holder));
                write!(email, "{given}.{surname}.{holder}@{}", one_of(&DOMAINS, rest))
            }
        };
    }
}

fn one_of<T: AsRef<str>>(texts: &[T], draw: u64) -> &str {
    let place = usize::try_from(draw % texts.len() as u64).unwrap_or_default();
    texts.get(place).map_or("", AsRef::as_ref)
}

/// The check digit of a CUIT's first ten digits; nothing where it would be ten.
fn check_digit(ten: u64) -> Option<u64> {
    let mut rest = ten;
    let mut sum = 0;
    for weight in [2, 3, 4, 5, 6, 7, 2, 3, 4, 5] {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    Some((11 - sum % 11) % 11).filter(|digit| *digit < 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_only_two_who_are_told_apart_share_one() {
        for count in [1, 2, 10, 50_000] {
            let holders = Holders::new(3, count);
            let documents: Vec<Document> = (0..count).map(|holder| holders.document(holder)).collect();
            for pair in documents.windows(2) {
                let share = pair[0].discriminator == "F" && pair[1].discriminator == "M";
                assert!(pair[0].number < pair[1].number || share, "{pair:?} of {count}");
            }
            assert!(documents.iter().all(|document| document.number > 0), "{count}");
        }
    }

    #[test]
    fn the_check_digit_is_the_tax_agency_s() {
        assert_eq!(check_digit(30_7012_3456), Some(8));
        assert_eq!(check_digit(33_7012_3456), Some(7));
        assert_eq!(check_digit(20_3000_0002), None);
    }
}
