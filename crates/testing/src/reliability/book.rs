//! The policy book of a crowd: person `n` has one motor policy, and nothing else is known of them.

use std::fmt::Write as _;

/// The first person's document.
const FIRST_DOCUMENT: u32 = 20_000_001;

/// The document of person `n`.
pub(super) fn document(person: u32) -> String {
    (FIRST_DOCUMENT + person).to_string()
}

/// The number of person `n`'s policy.
pub(super) fn policy(person: u32) -> String {
    (700_001 + person).to_string()
}

/// The book of so many people.
pub(super) fn book_of(people: u32) -> String {
    let mut book = String::from("documento,ramo,poliza,titular,hasta\n");
    for person in 0..people {
        let (document, policy) = (document(person), policy(person));
        let _ = writeln!(book, "{document},automotores,{policy},DE LA MULTITUD PEREZ,2099-12-31");
    }
    book
}
