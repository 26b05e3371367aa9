//! The policy book of the tests: a few invented people, each with what makes them hard.

use crate::or_fail::OrFail;
use jiff::civil::{Date, date};
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_store::BookRow;

/// The rows of the book.
pub fn sample_book() -> Vec<BookRow> {
    let in_force = (date(2026, 3, 15), date(2027, 3, 15));
    let lately = (date(2024, 11, 1), date(2025, 11, 1));
    let long_ago = (date(2019, 1, 1), date(2020, 1, 1));
    vec![
        row(("12345678", ""), "automotores", "1234567", "PEREZ, ANA", in_force),
        row(("12345678", ""), "combinado-familiar", "59/137418", "PEREZ, ANA", in_force),
        row(("30123456", ""), "motovehiculos", "7654", "GOMEZ, LUIS", in_force),
        // Two people with one number, told apart by the discriminator.
        row(("4123456", "F"), "sepelio", "500001", "DIAZ, ELSA", in_force),
        row(("4123456", "M"), "vida-individual", "500002", "SOSA, RAUL", in_force),
        row(("22333444", ""), "automotores", "90001", "RUIZ, EVA", lately),
        row(("22333445", ""), "automotores", "90002", "RUIZ, IVO", long_ago),
        holder_on_file(27_111_222, "rosa@correo.example"),
        row(("30701234568", ""), "integral-comercio", "C-100", "ALMACEN DEL ZAGUAN SRL", in_force),
    ]
}

/// So many people with a motor policy each: documents from 20.000.001 on, policies from 700001 on.
pub fn crowd(count: u32) -> Vec<BookRow> {
    let in_force = (date(2026, 3, 15), date(2027, 3, 15));
    (1..=count)
        .map(|number| {
            let (document, policy) = ((20_000_000 + number).to_string(), (700_000 + number).to_string());
            row((&document, ""), "automotores", &policy, "PEREZ, DE LA MULTITUD", in_force)
        })
        .collect()
}

/// A row of a book: document and discriminator, line of business, number, holder, from and to.
pub(crate) fn row(
    whose: (&str, &str),
    line: &str,
    number: &str,
    holder: &str,
    (from, to): (Date, Date),
) -> BookRow {
    let (document, discriminator) = whose;
    let policy = Policy {
        line: LineOfBusiness::from_slug(line).or_fail("a line of business"),
        number: PolicyNumber::from_stored(number).or_fail("a number"),
        previous: Vec::new(),
        from: Some(from),
        to: Some(to),
        state: Some(PolicyState::InForce),
        holder: holder.to_owned(),
        discriminator: discriminator.to_owned(),
        email: None,
        email_shared: false,
    };
    BookRow { document: Document::from_stored(document).or_fail("a document"), policy }
}

/// A policy of motor insurance in force, whose number is the document: a holder for whom the book has this address.
pub fn holder_on_file(document: u64, email: &str) -> BookRow {
    let number = document.to_string();
    let in_force = (date(2026, 3, 15), date(2027, 3, 15));
    let mut row = row((&number, ""), "automotores", &number, "TITULAR, CON CORREO", in_force);
    row.policy.email = EmailAddress::from_stored(email);
    row
}
