//! The cells of a row: cleaned by the domain's rules, with words for what those refuse.

use super::date;
use super::fault::CellFault;
use jiff::civil::Date;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::email::EmailAddress;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{PolicyNumber, PolicyRefusal, PolicyState};

/// The kinds of documents that are read.
const KINDS: [&str; 6] = ["DNI", "LE", "LC", "CI", "CUIT", "CUIL"];

/// What people write before the `@` where they have to write something.
const NO_ADDRESS: [&str; 10] = [
    "notiene",
    "no-tiene",
    "no.tiene",
    "no_tiene",
    "noposee",
    "sinmail",
    "sinemail",
    "sincorreo",
    "nomail",
    "noinforma",
];

/// How much of a cell is repeated in words about it.
const REPEATED_AT_MOST: usize = 40;

pub(super) fn document(text: &str) -> Result<Document, CellFault> {
    let words = |refusal: &DocumentRefusal| match refusal {
        DocumentRefusal::Empty => "it is empty",
        DocumentRefusal::Repeated | DocumentRefusal::NotADocument => "it is not a document number",
        DocumentRefusal::TooShort => "it has fewer than six digits",
        DocumentRefusal::OneDigitTooMany => "it has nine digits, one too many",
        DocumentRefusal::TooLong => "it has more digits than any document",
        DocumentRefusal::WrongCheckDigit => "one of the digits of this CUIT or CUIL is wrong",
        DocumentRefusal::LooksLikeProcedureNumber => {
            "it seems to be the número de trámite of the card, not its number"
        }
        DocumentRefusal::LooksLikePlate => "it seems to be a plate",
        DocumentRefusal::LooksLikeEmail => "it seems to be an e-mail address",
        DocumentRefusal::LetterForDigit { .. } => "it has a letter where a digit should be",
    };
    Document::read(text).map(|read| read.document).map_err(|refusal| CellFault::Document(words(&refusal)))
}

/// The kind of a document is only checked: the number says what it is.
pub(super) fn document_kind(text: &str) -> Result<(), CellFault> {
    let kind: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    if text.trim().is_empty() || KINDS.iter().any(|known| known.eq_ignore_ascii_case(&kind)) {
        return Ok(());
    }
    Err(CellFault::OtherKind(repeated(text)))
}

pub(super) fn line(text: &str) -> Result<LineOfBusiness, CellFault> {
    LineOfBusiness::from_slug(text).ok_or_else(|| {
        let typed = text.trim().to_lowercase();
        let scored =
            LineOfBusiness::ALL.iter().map(|line| (strsim::jaro_winkler(&typed, line.slug()), line.slug()));
        let nearest = scored.max_by(|one, other| one.0.total_cmp(&other.0));
        let near = nearest.filter(|(score, _)| *score > 0.8).map(|(_, slug)| slug);
        CellFault::Line { written: repeated(text), near }
    })
}

pub(super) fn number(text: &str) -> Result<PolicyNumber, CellFault> {
    let words = |refusal: PolicyRefusal| match refusal {
        PolicyRefusal::Empty => "it is empty",
        PolicyRefusal::Repeated | PolicyRefusal::BadCharacter { .. } => {
            "it has a character that no policy number has"
        }
        PolicyRefusal::TooLong => "it is too long for a policy number",
        PolicyRefusal::NoDigits => "it has no digits",
    };
    PolicyNumber::read(text).map_err(|refusal| CellFault::Number(words(refusal)))
}

/// The address, and whether something is written there that is none.
pub(super) fn email(text: &str) -> (Option<EmailAddress>, bool) {
    let written = !text.trim().is_empty();
    match EmailAddress::read(text) {
        Ok(email) if !is_made_up(&email) => (Some(email), false),
        Ok(_) | Err(_) => (None, written),
    }
}

/// `notiene@notiene.com`, `x@x.com`, `sinmail@gmail.com`: written because a form wanted something.
fn is_made_up(email: &EmailAddress) -> bool {
    let canonical = email.canonical();
    let Some((local, domain)) = canonical.split_once('@') else { return true };
    domain.split('.').next() == Some(local) || NO_ADDRESS.contains(&local)
}

pub(super) fn day(text: &str) -> Result<Option<Date>, CellFault> {
    match text.trim() {
        "" => Ok(None),
        text => date::read(text).map(Some).ok_or_else(|| CellFault::Date(repeated(text))),
    }
}

pub(super) fn state(text: &str) -> Result<Option<PolicyState>, CellFault> {
    match text.trim() {
        "" => Ok(None),
        text => PolicyState::from_book(text).map(Some).ok_or_else(|| CellFault::State(repeated(text))),
    }
}

/// A text on one line, its blanks single.
pub(super) fn words(text: &str, longest: usize) -> Result<String, CellFault> {
    let clean: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > longest { Err(CellFault::TooLong(longest)) } else { Ok(words) }
}

fn repeated(text: &str) -> String {
    text.trim().chars().take(REPEATED_AT_MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::{document_kind, email, line, words};
    use crate::book::CellFault;

    #[test]
    fn what_stands_for_no_address_is_none() {
        for text in [
            "NO TIENE",
            "-",
            "notiene@notiene.com",
            "x@x.com",
            "sinmail@gmail.com",
            "ana@",
            "a@b.com;c@d.com",
        ] {
            assert!(matches!(email(text), (None, true)), "{text}");
        }
        assert!(matches!(email("  "), (None, false)));
        assert!(matches!(email("ana@example.com"), (Some(_), false)));
    }

    #[test]
    fn a_kind_is_read_whatever_its_decoration() {
        for text in ["", " ", "DNI", "d.n.i.", "Cuit", "L.E."] {
            assert!(document_kind(text).is_ok(), "{text}");
        }
        assert_eq!(document_kind("Pasaporte"), Err(CellFault::OtherKind("Pasaporte".to_owned())));
    }

    #[test]
    fn a_slip_in_a_ramo_gets_a_suggestion() {
        let near = |text| match line(text) {
            Err(CellFault::Line { near, .. }) => near,
            other => panic!("{other:?}"),
        };
        assert_eq!(near("automotor"), Some("automotores"));
        assert_eq!(near("17"), None);
        assert!(line("Combinado Familiar").is_ok());
    }

    #[test]
    fn a_text_is_kept_on_one_line() {
        assert_eq!(words(" PÉREZ,\u{a0}JUAN\r\n\x1b[31m ", 50).ok().as_deref(), Some("PÉREZ, JUAN [31m"));
        assert_eq!(words("xxx", 2), Err(CellFault::TooLong(2)));
    }
}
