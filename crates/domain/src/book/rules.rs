//! What an insurer's own book is like: its codes, its years, and the layout of its policy numbers.

use super::SixDigits;
use crate::line::LineOfBusiness;
use crate::policy::PolicyState;
use crate::typed::folded;
use std::collections::HashMap;

/// The kinds of documents that are read. The number itself says whose it is; the kind only says whether it is one of
/// those that can be read at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DocumentKind {
    /// Documento nacional de identidad.
    Dni,
    /// Libreta de enrolamiento.
    Enrolment,
    /// Libreta cívica.
    Civic,
    /// Cédula de identidad.
    Identity,
    /// Clave única de identificación tributaria.
    Cuit,
    /// Clave única de identificación laboral.
    Cuil,
    /// Clave de identificación.
    Cdi,
}

impl DocumentKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Dni, Self::Enrolment, Self::Civic, Self::Identity, Self::Cuit, Self::Cuil, Self::Cdi];

    /// Its usual name, as a configuration writes it too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dni => "DNI",
            Self::Enrolment => "LE",
            Self::Civic => "LC",
            Self::Identity => "CI",
            Self::Cuit => "CUIT",
            Self::Cuil => "CUIL",
            Self::Cdi => "CDI",
        }
    }
}

/// What the codes in a column mean. Case, accents, punctuation and zeros in front do not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes<T>(HashMap<String, T>);

impl<T: Copy> Codes<T> {
    /// What a code means.
    pub fn get(&self, code: &str) -> Option<T> {
        self.0.get(&plain_code(code)).copied()
    }

    /// Adds the insurer's own codes, which win over those that are there.
    pub fn extend<C: AsRef<str>>(&mut self, codes: impl IntoIterator<Item = (C, T)>) {
        self.0.extend(codes.into_iter().map(|(code, meaning)| (plain_code(code.as_ref()), meaning)));
    }

    fn of<C: AsRef<str>>(codes: impl IntoIterator<Item = (C, T)>) -> Self {
        let mut of = Self(HashMap::new());
        of.extend(codes);
        of
    }
}

/// The rules by which the rows of one insurer's book are cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRules {
    /// Lines of business: our names, the supervisor's, and the insurer's own codes.
    pub lines: Codes<LineOfBusiness>,
    /// Kinds of documents: their names, and the insurer's own codes.
    pub document_kinds: Codes<DocumentKind>,
    /// States of a policy: the usual words, and the insurer's own codes.
    pub states: Codes<PolicyState>,
    /// The first of the hundred years that two digits may mean.
    pub two_digit_years_from: i16,
    /// What days of six digits mean; where nobody knows, they are not taken.
    pub six_digit_dates: Option<SixDigits>,
    /// How many digits at the end of a number without separators are an item or certificate; a person who types the
    /// number without them means it too.
    pub item_digits: usize,
}

impl Default for BookRules {
    fn default() -> Self {
        use DocumentKind::{Civic, Dni, Enrolment};
        let lines = LineOfBusiness::ALL.iter();
        let kinds = DocumentKind::ALL.iter();
        Self {
            lines: Codes::of(lines.flat_map(|line| [(line.slug(), *line), (line.official(), *line)])),
            document_kinds: Codes::of(kinds.map(|kind| (kind.name(), *kind)).chain([
                ("DU", Dni),
                ("Documento único", Dni),
                ("Documento nacional de identidad", Dni),
                ("Libreta de enrolamiento", Enrolment),
                ("Libreta cívica", Civic),
            ])),
            states: Codes::of(STATES),
            two_digit_years_from: 1930,
            six_digit_dates: None,
            item_digits: 0,
        }
    }
}

/// The words for states that leave no doubt. A suspended policy is none of ours, so that word is the insurer's to map.
const STATES: [(&str, PolicyState); 17] = [
    ("vigente", PolicyState::InForce),
    ("en vigencia", PolicyState::InForce),
    ("en vigor", PolicyState::InForce),
    ("vig", PolicyState::InForce),
    ("activa", PolicyState::InForce),
    ("activo", PolicyState::InForce),
    ("vencida", PolicyState::Expired),
    ("vencido", PolicyState::Expired),
    ("expirada", PolicyState::Expired),
    ("finalizada", PolicyState::Expired),
    ("anulada", PolicyState::Cancelled),
    ("anulado", PolicyState::Cancelled),
    ("cancelada", PolicyState::Cancelled),
    ("cancelado", PolicyState::Cancelled),
    ("rescindida", PolicyState::Cancelled),
    ("baja", PolicyState::Cancelled),
    ("dada de baja", PolicyState::Cancelled),
];

/// A code less what different exports of it write differently: `D.N.I.` is `dni`, `04` is `4`.
fn plain_code(code: &str) -> String {
    let mut plain = String::with_capacity(code.len());
    let mut push = |c: char| {
        if c.is_alphanumeric() && !(c == '0' && plain.is_empty()) {
            plain.push(c);
        }
    };
    if code.is_ascii() {
        code.chars().for_each(|c| push(c.to_ascii_lowercase()));
    } else {
        folded(code).chars().for_each(push);
    }
    if plain.is_empty() && code.contains('0') {
        plain.push('0');
    }
    plain
}
