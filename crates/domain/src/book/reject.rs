//! Why a row of a book is not taken, in words for the people who make the book.

use super::Column;

/// A row that is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reject {
    /// The column because of which.
    pub column: Column,
    /// Why.
    pub reason: RejectReason,
}

/// Why a row is not taken. No reason holds a document or an address, since reports are kept and sent around.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RejectReason {
    /// Nothing is written.
    Empty,
    /// A spreadsheet wrote `2,01235E+10`; the digits that are not shown are lost.
    Scientific,
    /// A spreadsheet keeps fifteen digits and made zeros of the others.
    Rounded,
    /// A spreadsheet took the number for a date.
    TurnedIntoDate,
    /// A number that is written where nobody knows the document: `0`, `11111111`.
    DummyDocument,
    /// Too few digits for a document.
    DocumentTooShort,
    /// Nine digits, one more than a DNI has.
    DocumentOneDigitTooMany,
    /// More digits than a document has.
    DocumentTooLong,
    /// A CUIT, CUIL or CDI one of whose digits is wrong.
    WrongCheckDigit,
    /// Something else than a document, such as a plate or an address.
    NotADocument,
    /// A kind of document that is not read, or a code for one that nobody explained.
    UnknownDocumentKind,
    /// A line of business that nobody explained.
    UnknownLine {
        /// The code, when it is short enough to be one.
        code: Option<String>,
        /// The line whose name is nearest.
        near: Option<&'static str>,
    },
    /// No digits in the number of the policy.
    NumberWithoutDigits,
    /// A character in the number of the policy that none has.
    NumberWithOddCharacter,
    /// Too long for the number of a policy.
    NumberTooLong,
    /// No date.
    NotADate,
    /// Six digits, of which nobody said whether the day or the year is first.
    DateOfSixDigits,
    /// A state that nobody explained.
    UnknownState,
    /// A movement that is none.
    UnknownMovement,
    /// Too long a text.
    TextTooLong {
        /// How many characters it may have.
        longest: usize,
    },
}

impl RejectReason {
    /// A few words by which rows with the same trouble are counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty => "celda obligatoria vacía",
            Self::Scientific => "número en notación científica",
            Self::Rounded => "número redondeado por la planilla",
            Self::TurnedIntoDate => "póliza convertida en fecha",
            Self::DummyDocument => "documento de relleno",
            Self::DocumentTooShort => "documento con pocos dígitos",
            Self::DocumentOneDigitTooMany | Self::DocumentTooLong => "documento con dígitos de más",
            Self::WrongCheckDigit => "CUIT o CUIL con un dígito mal",
            Self::NotADocument => "no es un documento",
            Self::UnknownDocumentKind => "tipo de documento desconocido",
            Self::UnknownLine { .. } => "ramo desconocido",
            Self::NumberWithoutDigits => "póliza sin dígitos",
            Self::NumberWithOddCharacter => "póliza con un carácter extraño",
            Self::NumberTooLong => "póliza demasiado larga",
            Self::NotADate => "no es una fecha",
            Self::DateOfSixDigits => "fecha de seis dígitos",
            Self::UnknownState => "estado desconocido",
            Self::UnknownMovement => "movimiento desconocido",
            Self::TextTooLong { .. } => "texto demasiado largo",
        }
    }

    /// What is wrong and what to do.
    pub fn in_spanish(&self) -> String {
        match self {
            Self::UnknownLine { code, near } => unknown_line(code.as_deref(), *near),
            Self::TextTooLong { longest } => format!(
                "Tiene más de {longest} caracteres. Verifique si falta un separador o una comilla en esta fila o en la anterior."
            ),
            Self::Empty
            | Self::Scientific
            | Self::Rounded
            | Self::TurnedIntoDate
            | Self::DummyDocument
            | Self::DocumentTooShort
            | Self::DocumentOneDigitTooMany
            | Self::DocumentTooLong
            | Self::WrongCheckDigit
            | Self::NotADocument
            | Self::UnknownDocumentKind
            | Self::NumberWithoutDigits
            | Self::NumberWithOddCharacter
            | Self::NumberTooLong
            | Self::NotADate
            | Self::DateOfSixDigits
            | Self::UnknownState
            | Self::UnknownMovement => self.sentence().to_owned(),
        }
    }

    fn sentence(&self) -> &'static str {
        match self {
            Self::Empty => {
                "La celda está vacía y el dato es obligatorio. Complételo en el sistema de origen."
            }
            Self::Scientific => {
                "La planilla escribió el número en notación científica y perdió dígitos. Dé a la columna formato Texto antes de cargar los datos y expórtela de nuevo."
            }
            Self::Rounded => {
                "La planilla guarda solo 15 dígitos y reemplazó los demás por ceros. Dé a la columna formato Texto antes de cargar los datos y expórtela de nuevo."
            }
            Self::TurnedIntoDate => {
                "La planilla convirtió el número de póliza en una fecha. Dé a la columna formato Texto antes de cargar los datos y expórtela de nuevo."
            }
            Self::DummyDocument => {
                "El número es de relleno, como 0 u 11111111. Complete el documento verdadero en el sistema de origen."
            }
            Self::DocumentTooShort => {
                "Tiene menos de seis dígitos. Complete el documento en el sistema de origen."
            }
            Self::DocumentOneDigitTooMany => {
                "Tiene nueve dígitos y un DNI tiene hasta ocho. Verifique cuál sobra."
            }
            Self::DocumentTooLong => {
                "Tiene más dígitos que un DNI y no los once de un CUIT o CUIL. Verifique el número."
            }
            Self::WrongCheckDigit => {
                "El dígito verificador no corresponde: algún dígito del CUIT o CUIL está mal. Verifique el número."
            }
            Self::NotADocument => {
                "No es un número de documento. Verifique que la columna sea la correcta y complete el número."
            }
            Self::UnknownDocumentKind => {
                "El tipo de documento no se conoce; se leen DNI, LE, LC, CI, CUIT, CUIL y CDI. Si es un código propio, agréguelo en [policies.document_kinds]."
            }
            Self::NumberWithoutDigits => {
                "El número de póliza no tiene dígitos. Verifique que la columna sea la correcta."
            }
            Self::NumberWithOddCharacter => {
                "El número de póliza tiene un carácter que ninguno tiene. Verifique la codificación del archivo y el número."
            }
            Self::NumberTooLong => {
                "Es demasiado largo para un número de póliza. Verifique si falta un separador en la fila."
            }
            Self::NotADate => {
                "No es una fecha. Escríbala como 31/12/2026 (el día primero) o 2026-12-31; vacía si no hay."
            }
            Self::DateOfSixDigits => {
                "Tiene seis dígitos y puede leerse de dos maneras. Indique cuál en [policies] con six_digit_dates (ddmmyy o yymmdd)."
            }
            Self::UnknownState => {
                "El estado no se conoce; escriba vigente, vencida o anulada. Si es un código propio, agréguelo en [policies.states]."
            }
            Self::UnknownMovement => {
                "El movimiento no se conoce; escriba A (alta), B (baja) o M (modificación)."
            }
            Self::UnknownLine { .. } => "El ramo no se conoce.",
            Self::TextTooLong { .. } => "El texto es demasiado largo.",
        }
    }
}

fn unknown_line(code: Option<&str>, near: Option<&str>) -> String {
    let code = code.map(|code| format!(" «{code}»")).unwrap_or_default();
    let near = near.map(|near| format!(" (¿es {near}?)")).unwrap_or_default();
    format!("El ramo{code} no se conoce{near}. Agréguelo en [policies.lines] con el ramo que le corresponde.")
}
