//! The columns of a policy book, by the names of the contract and by those that insurers give them.

use crate::typed::folded;

/// A column that is read. Whatever else a file has is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// The number of the holder's document.
    Document,
    /// Its kind.
    DocumentKind,
    /// What tells people apart who share a number.
    Discriminator,
    /// What is insured.
    Line,
    /// The number of the policy.
    Number,
    /// The numbers that the policy had before.
    PreviousNumber,
    /// The holder's name.
    Holder,
    /// The holder's e-mail address.
    Email,
    /// The first day.
    From,
    /// The last day.
    To,
    /// In force, ended, or cancelled.
    State,
    /// What the row does to the book, in a file that tells changes only.
    Movement,
}

impl Column {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::Document,
        Self::DocumentKind,
        Self::Discriminator,
        Self::Line,
        Self::Number,
        Self::PreviousNumber,
        Self::Holder,
        Self::Email,
        Self::From,
        Self::To,
        Self::State,
        Self::Movement,
    ];

    /// Those without which there is no book.
    pub const REQUIRED: [Self; 3] = [Self::Document, Self::Line, Self::Number];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "documento",
            Self::DocumentKind => "tipo_documento",
            Self::Discriminator => "discriminador",
            Self::Line => "ramo",
            Self::Number => "poliza",
            Self::PreviousNumber => "poliza_anterior",
            Self::Holder => "titular",
            Self::Email => "email",
            Self::From => "desde",
            Self::To => "hasta",
            Self::State => "estado",
            Self::Movement => "movimiento",
        }
    }

    /// The column of exactly that name, as a configuration writes it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// The column that a header means: case, accents, dots, blanks, dashes, and the ways to write "número" do not
    /// matter, nor whose it is ("del cliente"). A header that may well mean something else is no column.
    pub fn from_header(header: &str) -> Option<Self> {
        rank(header).map(|(column, _)| column)
    }

    /// The columns of a file's headers. Where several could be one column, the one whose name says it best is, and the
    /// others are none: of `Ramo` and `Descripción del Ramo`, or `Documento` and `CUIT`, the first. Only headers that
    /// say it equally well are both that column, for the reader to refuse.
    pub fn from_headers<H: AsRef<str>>(headers: &[H]) -> Vec<Option<Self>> {
        let ranks: Vec<_> = headers.iter().map(|header| rank(header.as_ref())).collect();
        let best = |column| ranks.iter().flatten().filter(|rank| rank.0 == column).map(|rank| rank.1).min();
        ranks
            .iter()
            .map(|rank| rank.filter(|&(column, place)| best(column) == Some(place)).map(|(column, _)| column))
            .collect()
    }

    /// The plain names that mean the column, the best first. Those at the end are taken for want of a better one: a
    /// *fecha de alta* is the first day only where no other column is.
    fn plain_names(self) -> &'static [&'static str] {
        match self {
            Self::Document => DOCUMENT,
            Self::DocumentKind => &["tipo documento", "documento tipo", "tipo documento identidad"],
            // A customer number is left out: where one person has several, each would be a holder of its own.
            Self::Discriminator => &["discriminador", "sexo", "genero"],
            Self::Line => {
                &["ramo", "codigo ramo", "ramo codigo", "descripcion ramo", "ramo descripcion", "nombre ramo"]
            }
            Self::Number => &["poliza", "numero poliza", "poliza numero"],
            Self::PreviousNumber => &[
                "poliza anterior",
                "numero poliza anterior",
                "poliza anterior numero",
                "numero anterior poliza",
                "polizas anteriores",
            ],
            Self::Holder => HOLDER,
            Self::Email => &["email", "correo electronico", "correo", "direccion email", "email contacto"],
            Self::From => FIRST_DAY,
            Self::To => LAST_DAY,
            Self::State => &["estado", "estado poliza", "situacion poliza", "situacion"],
            Self::Movement => {
                &["movimiento", "tipo movimiento", "codigo movimiento", "novedad", "tipo novedad"]
            }
        }
    }
}

const DOCUMENT: &[&str] = &[
    "documento",
    "numero documento",
    "documento numero",
    "dni",
    "numero dni",
    "dni numero",
    "documento identidad",
    "numero documento identidad",
    "dni cuit",
    "documento cuit",
    "cuit cuil",
    "cuil cuit",
    "numero cuit",
    "cuit",
    "cuil",
];

const HOLDER: &[&str] = &[
    "titular",
    "titular poliza",
    "apellido nombre",
    "nombre apellido",
    "nombre completo",
    "apellido nombre razon social",
    "nombre razon social",
    "razon social nombre",
    "nombre titular",
    "nombre",
    "razon social",
    "asegurado",
    "tomador",
];

const FIRST_DAY: &[&str] = &[
    "desde",
    "fecha desde",
    "vigencia desde",
    "desde vigencia",
    "fecha vigencia desde",
    "inicio vigencia",
    "fecha inicio vigencia",
    "vigencia inicio",
    "fecha inicio",
    "fecha alta",
];

const LAST_DAY: &[&str] = &[
    "hasta",
    "fecha hasta",
    "vigencia hasta",
    "hasta vigencia",
    "fecha vigencia hasta",
    "fin vigencia",
    "fecha fin vigencia",
    "vigencia fin",
    "vencimiento poliza",
    "fecha fin",
    "fecha vencimiento",
    "vencimiento",
    "fecha baja",
];

/// Whose it is, which says nothing in a book of holders.
const WHOSE: [&str; 4] = ["cliente", "titular", "asegurado", "tomador"];

/// The column that a header means, and how far down its list of names.
fn rank(header: &str) -> Option<(Column, usize)> {
    let name = plain(header);
    let without_whose: Vec<&str> = name.split(' ').filter(|word| !WHOSE.contains(word)).collect();
    [name.as_str(), &without_whose.join(" ")].into_iter().find_map(|name| {
        Column::ALL.into_iter().find_map(|column| {
            let place = column.plain_names().iter().position(|plain| *plain == name)?;
            Some((column, place))
        })
    })
}

/// A header in plain words: `Nro.Doc.`, `N° DE DOCUMENTO` and `nroDoc` are all `numero documento`.
fn plain(header: &str) -> String {
    let folded = folded(&with_words_apart(header));
    let mut parts: Vec<String> = Vec::new();
    let mut ends_in_letter = false;
    for part in folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let is_letter = part.chars().count() == 1;
        match parts.last_mut() {
            // `D.N.I.` and `E-mail` come apart at their marks.
            Some(last) if ends_in_letter && (is_letter || last == "e") => last.push_str(part),
            Some(_) | None => parts.push(part.to_owned()),
        }
        ends_in_letter = is_letter;
    }
    let words: Vec<&str> =
        parts.iter().map(|part| plain_word(part)).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// `nroDoc` is two words, and the sign of degrees is the ordinal that it is taken for.
fn with_words_apart(header: &str) -> String {
    let mut spaced = String::new();
    let mut was_small = false;
    for character in header.chars() {
        if was_small && character.is_uppercase() {
            spaced.push(' ');
        }
        was_small = character.is_lowercase();
        spaced.push(if character == '°' { 'º' } else { character });
    }
    spaced
}

/// What a word stands for; nothing for those that only join others.
fn plain_word(word: &str) -> &str {
    match word {
        "de" | "del" | "la" | "el" | "y" | "o" => "",
        "n" | "no" | "nr" | "nro" | "num" => "numero",
        "doc" | "docto" => "documento",
        "nrodoc" | "numdoc" | "nrodocumento" | "numdocumento" | "numerodocumento" => "numero documento",
        "tipodoc" | "tipodocumento" => "tipo documento",
        "pol" => "poliza",
        "nropol" | "numpol" | "nropoliza" | "numpoliza" | "numeropoliza" => "numero poliza",
        "polizaanterior" => "poliza anterior",
        "mail" => "email",
        "fec" | "fch" => "fecha",
        "cod" => "codigo",
        "desc" | "descrip" => "descripcion",
        "vig" => "vigencia",
        "vto" | "venc" => "vencimiento",
        "ant" => "anterior",
        "apellidos" => "apellido",
        "nombres" => "nombre",
        "apellidonombre" => "apellido nombre",
        other => other,
    }
}
