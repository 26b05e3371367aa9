//! Policies: the insurer's book, read by document.

use crate::book::Reader;
use crate::database::Ask;
use crate::fault::StoreFault;
use crate::statement::statements;
use jiff::Timestamp;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};

/// One policy of the book, and the document of its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRow {
    /// The holder's document.
    pub document: Document,
    /// The policy.
    pub policy: Policy,
}

/// What is in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookCounts {
    /// Policies.
    pub policies: u64,
    /// People who hold them: documents, and those who share one counted apart.
    pub holders: u64,
    /// When the book was loaded; nothing if none ever was.
    pub loaded_at: Option<Timestamp>,
}

// The words of the table, which are not to change when the book's own words do.
const IN_FORCE: &str = "in-force";
const EXPIRED: &str = "expired";
const CANCELLED: &str = "cancelled";

statements! {
    OF_DOCUMENT = "select line, number, previous, starts_on, ends_on, state, holder, discriminator, email,
        exists (select 1 from shared_address where address = lower(policy.email))
        from policy where document = $1 order by line, number_key";
    LINES = "select line from book_line";
}

pub(crate) fn of(reader: &Reader, document: Document) -> Result<Vec<Policy>, StoreFault> {
    let policies = reader.ask_book(|book| {
        book.rows(OF_DOCUMENT, &[document.into()], |columns| {
            Ok(Policy {
                line: columns.word(LineOfBusiness::from_slug)?,
                number: columns.word(PolicyNumber::from_stored)?,
                previous: columns.word(read_previous)?,
                from: columns.optional_word(|day| day.parse().ok())?,
                to: columns.optional_word(|day| day.parse().ok())?,
                state: columns.optional_word(read_state)?,
                holder: columns.value()?,
                discriminator: columns.value()?,
                email: columns.optional_email()?,
                email_shared: columns.value()?,
            })
        })
    })?;
    Ok(policies.unwrap_or_default())
}

/// The lines of business of the book, in the order of the catalogue.
pub(crate) fn lines(reader: &Reader) -> Result<Vec<LineOfBusiness>, StoreFault> {
    let in_book =
        reader.ask_book(|book| book.rows(LINES, &[], |columns| columns.word(LineOfBusiness::from_slug)))?;
    let in_book = in_book.unwrap_or_default();
    Ok(LineOfBusiness::ALL.iter().copied().filter(|line| in_book.contains(line)).collect())
}

fn read_previous(lines: &str) -> Option<Vec<PolicyNumber>> {
    lines.lines().map(PolicyNumber::from_stored).collect()
}

pub(crate) fn state_word(state: PolicyState) -> &'static str {
    match state {
        PolicyState::InForce => IN_FORCE,
        PolicyState::Expired => EXPIRED,
        PolicyState::Cancelled => CANCELLED,
    }
}

fn read_state(word: &str) -> Option<PolicyState> {
    [PolicyState::InForce, PolicyState::Expired, PolicyState::Cancelled]
        .into_iter()
        .find(|state| state_word(*state) == word)
}
