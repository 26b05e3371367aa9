//! Columns that have what a policy book must not have: numbers of cards, and of bank accounts.

use crate::refusal::{NotABook, Secret};
use std::collections::BTreeSet;

/// So many different card numbers make a column of cards: one number in ten passes by chance.
const CARDS: usize = 5;
/// So many different bank accounts make a column of them: one number in a hundred passes by chance.
const ACCOUNTS: usize = 2;

/// What was seen of one column.
#[derive(Debug, Default)]
struct Seen {
    /// Other numbers, of any length.
    others: usize,
    cards: BTreeSet<String>,
    accounts: BTreeSet<String>,
}

/// Looks at the cells of a sample.
#[derive(Debug)]
pub(crate) struct Watch {
    columns: Vec<Seen>,
}

impl Watch {
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns: (0..columns).map(|_| Seen::default()).collect() }
    }

    /// Looks at one cell.
    pub(crate) fn see(&mut self, place: usize, cell: &str) {
        let Some(seen) = self.columns.get_mut(place) else { return };
        let Some(digits) = digits(cell) else { return };
        if seen.cards.len() + seen.accounts.len() > 1_000 {
            return;
        }
        if is_account(&digits) {
            seen.accounts.insert(digits);
        } else if is_card(&digits) {
            seen.cards.insert(digits);
        } else {
            seen.others += 1;
        }
    }

    /// Stops at the first column that has too many of them. `header` names a column.
    pub(crate) fn verdict(&self, header: impl Fn(usize) -> String) -> Result<(), NotABook> {
        for (place, seen) in self.columns.iter().enumerate() {
            let column = header(place);
            let plain = column.to_lowercase();
            let is_named = |words: &[&str]| words.iter().any(|word| plain.contains(word));
            // Where the header says it, one is enough.
            let accounts = if is_named(&["cbu"]) { 1 } else { ACCOUNTS };
            let cards = if is_named(&["tarjeta", "tarj"]) { 1 } else { CARDS };
            // Policy numbers may be as long, or some of them; of those that are not cards, nine in ten do not pass.
            let most = seen.cards.len() + seen.accounts.len() >= seen.others;
            let what = match (seen.accounts.len() >= accounts, seen.cards.len() >= cards) {
                (true, _) if most => Secret::BankAccounts,
                (_, true) if most => Secret::Cards,
                _ => continue,
            };
            return Err(NotABook::Sensitive { column, what });
        }
        Ok(())
    }
}

/// The digits of a cell that is a number, whatever stands between them.
fn digits(cell: &str) -> Option<String> {
    if cell.len() > 40 {
        return None;
    }
    let is_between = |byte: &u8| b" -.=\"'".contains(byte);
    if !cell.bytes().all(|byte| byte.is_ascii_digit() || is_between(&byte)) {
        return None;
    }
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    (1..=22).contains(&digits.len()).then_some(digits)
}

/// 13 to 19 digits of which the last one checks the others (Luhn), and that are not all the same.
fn is_card(digits: &str) -> bool {
    let sum: u32 = values(digits)
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ if digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    (13..=19).contains(&digits.len()) && sum.is_multiple_of(10) && values(digits).any(|digit| digit != 0)
}

/// A CBU: eight digits of the bank and fourteen of the account, each part with its check digit.
fn is_account(digits: &str) -> bool {
    let checks = |part: &str, weights: &[u32]| {
        let body = &part[..part.len() - 1];
        let sum: u32 = values(body).zip(weights).map(|(digit, weight)| digit * weight).sum();
        values(part).next_back() == Some((10 - sum % 10) % 10)
    };
    digits.len() == 22
        && values(digits).any(|digit| digit != 0)
        && checks(&digits[..8], &[7, 1, 3, 9, 7, 1, 3])
        && checks(&digits[8..], &[3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3])
}

fn values(digits: &str) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator {
    digits.bytes().map(|digit| u32::from(digit.wrapping_sub(b'0')))
}

#[cfg(test)]
mod tests {
    use super::{Watch, is_account, is_card};
    use crate::refusal::{NotABook, Secret};

    const CARDS: [&str; 5] = [
        "4111111111111111",
        "5500-0000-0000-0004",
        "3400 0000 0000 009",
        "30000000000004",
        "6011000000000004",
    ];
    /// Of a bank and accounts that do not exist.
    const ACCOUNTS: [&str; 2] = ["9990000100000000000017", "9990000100000000000024"];

    fn verdict(header: &str, cells: &[&str]) -> Option<Secret> {
        let mut watch = Watch::new(1);
        for cell in cells {
            watch.see(0, cell);
        }
        match watch.verdict(|_| header.to_owned()) {
            Ok(()) => None,
            Err(NotABook::Sensitive { what, .. }) => Some(what),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn check_digits_tell_cards_and_accounts() {
        assert!(is_card("4111111111111111") && !is_card("4111111111111112"));
        assert!(!is_card("0000000000000000") && !is_card("42"));
        assert!(is_account(ACCOUNTS[0]) && is_account(ACCOUNTS[1]));
        assert!(!is_account("9990000100000000000018") && !is_account("9990000200000000000017"));
    }

    #[test]
    fn columns_of_cards_and_of_accounts_are_found() {
        assert_eq!(verdict("medio", &CARDS), Some(Secret::Cards));
        assert_eq!(verdict("medio", &ACCOUNTS), Some(Secret::BankAccounts));
        assert_eq!(verdict("Nro. de Tarjeta", &CARDS[..1]), Some(Secret::Cards), "its header says so");
        assert_eq!(verdict("CBU", &ACCOUNTS[..1]), Some(Secret::BankAccounts), "its header says so");
    }

    #[test]
    fn what_passes_by_chance_or_alone_is_let_through() {
        assert_eq!(verdict("poliza", &CARDS[..4]), None);
        assert_eq!(verdict("poliza", &[CARDS[0]; 50]), None, "the same one is one");
        let numbers: Vec<String> =
            (0..1_000_u64).map(|number| (4_000_000_000_000_000 + number * 7).to_string()).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        assert_eq!(verdict("poliza", &numbers), None, "one in ten passes");
        let few_are_long = [&CARDS[..], &["12345678"; 6]].concat();
        assert_eq!(verdict("poliza", &few_are_long), None, "most policy numbers are short");
        assert_eq!(verdict("Tarjeta", &["Visa", "12345678", ""]), None);
    }
}
