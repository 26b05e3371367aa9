//! Any cells as a row of a policy book: it is taken or rejected, and what was taken is taken again as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zaguan_domain::book::{BookRules, Column, RawCells, clean};

fuzz_target!(|text: &str| {
    let cells: RawCells<'_> = Column::ALL.iter().copied().zip(text.split('\n')).collect();
    for from_spreadsheet in [false, true] {
        match clean(&cells, &BookRules::default(), from_spreadsheet) {
            Err(reject) => assert!(!reject.reason.in_spanish().is_empty()),
            Ok(row) => {
                let document = row.document.to_stored();
                let again: RawCells<'_> = [
                    (Column::Document, document.as_str()),
                    (Column::Line, row.policy.line.slug()),
                    (Column::Number, row.policy.number.as_str()),
                    (Column::Holder, row.policy.holder.as_str()),
                    (Column::Discriminator, row.policy.discriminator.as_str()),
                    (Column::Email, row.policy.email.as_ref().map_or("", |email| email.as_str())),
                ]
                .into_iter()
                .collect();
                let again = clean(&again, &BookRules::default(), false).expect("what was taken is taken again");
                assert_eq!(again.document, row.document);
                assert_eq!(again.policy.number, row.policy.number);
                assert_eq!(again.policy.holder, row.policy.holder);
                assert_eq!(again.policy.email, row.policy.email);
            }
        }
    }
});
