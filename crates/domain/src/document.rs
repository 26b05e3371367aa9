//! The document number: what a person types, what it means, and what it seems to be when it is not one.

use crate::cuit::{self, Owner};
use crate::typed::{folded, plain_punctuation, visible};
use std::fmt;

/// What identifies a person or a company.
///
/// It is a look-up, never a unique key: the old LE and LC series gave men and women the same numbers. It prints
/// masked in `{:?}`, so that no log holds it whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Document {
    /// A DNI, LE or LC: 100.000 to 99.999.999. No narrower range is safe: the series jumped from 59 to 70 million in
    /// 2023, foreigners have 92 to 95 million, and libretas of six digits are still in the books.
    Person(u32),
    /// A company's CUIT (prefixes 30, 33 and 34), or one of the eleven-digit numbers that hold no document (CDI 50,
    /// foreigners 51 and 55); its check digit is right.
    Company(u64),
}

/// A document and how what was typed was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadDocument {
    /// The document.
    pub document: Document,
    /// How it was read, for the page to show.
    pub read_as: ReadAs,
}

/// How what was typed was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadAs {
    /// It was typed as we write it, with dots or without.
    AsTyped,
    /// Blanks, labels, zeros in front or other decoration were taken off.
    Cleaned,
    /// A person's CUIL or CUIT was typed, and the document taken from its middle.
    FromCuil,
}

/// Why what was typed is not read as a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DocumentRefusal {
    /// Nothing was typed.
    Empty,
    /// The field came more than once in the form.
    Repeated,
    /// Fewer than six digits.
    TooShort,
    /// Nine digits: one too many, and nobody but the person knows which.
    OneDigitTooMany,
    /// More digits than any document has.
    TooLong,
    /// A CUIT or CUIL one of whose digits must be wrong.
    WrongCheckDigit,
    /// The eleven digits of the *número de trámite* that is printed on the DNI card.
    LooksLikeProcedureNumber,
    /// A vehicle's plate.
    LooksLikePlate,
    /// An e-mail address.
    LooksLikeEmail,
    /// A letter stands where a digit should: `O` for `0`, `l` for `1`. Not mended silently, because the number is the
    /// person's name here.
    LetterForDigit {
        /// What was probably meant, as [`Document::shown`] writes it.
        suggestion: String,
    },
    /// Something else.
    NotADocument,
}

/// Longer texts are no document however they are read; decoration and labels fit well within.
const LONGEST_TYPED: usize = 80;

/// More letters than these among the digits are no slip.
const MOST_LETTERS_FOR_DIGITS: usize = 3;

/// What people write before or after the number. `M` and `F` marked the old libretas.
const LABELS: [&str; 19] = [
    "dni",
    "du",
    "le",
    "lc",
    "ci",
    "m",
    "f",
    "cuit",
    "cuil",
    "cdi",
    "doc",
    "documento",
    "libreta",
    "civica",
    "nro",
    "no",
    "n",
    "num",
    "numero",
];

impl Document {
    /// Reads what a person typed, in time linear in its length.
    pub fn read(typed: &str) -> Result<ReadDocument, DocumentRefusal> {
        let text: String = visible(typed).chars().map(plain_punctuation).collect();
        if text.is_empty() {
            return Err(DocumentRefusal::Empty);
        }
        if text.contains('@') {
            return Err(DocumentRefusal::LooksLikeEmail);
        }
        if text.chars().count() > LONGEST_TYPED {
            return Err(DocumentRefusal::TooLong);
        }
        if !text.chars().all(|c| c.is_ascii_digit() || c.is_alphabetic() || is_decoration(c)) {
            return Err(DocumentRefusal::NotADocument);
        }
        let number = without_labels(&text);
        if number.chars().any(char::is_alphabetic) {
            return Err(refuse_letters(&text, &number));
        }
        let (document, from_cuil) = read_digits(&text, &number)?;
        let read_as = if from_cuil {
            ReadAs::FromCuil
        } else if typed == document.shown() || typed == document.to_stored() {
            ReadAs::AsTyped
        } else {
            ReadAs::Cleaned
        };
        Ok(ReadDocument { document, read_as })
    }

    /// As it is kept and looked up: digits only, without zeros in front.
    pub fn to_stored(self) -> String {
        match self {
            Self::Person(number) => number.to_string(),
            Self::Company(number) => number.to_string(),
        }
    }

    /// The document kept as `text`, or nothing when [`Document::to_stored`] cannot have written it.
    pub fn from_stored(text: &str) -> Option<Self> {
        let number: u64 = text.parse().ok()?;
        let document = match text.len() {
            11 => Self::company(number)?,
            _ => Self::person(number)?,
        };
        (document.to_stored() == text).then_some(document)
    }

    /// As people write it: `12.345.678`, `30-70123456-8`.
    pub fn shown(self) -> String {
        match self {
            Self::Person(number) => {
                let (millions, thousands, units) =
                    (number / 1_000_000, number / 1_000 % 1_000, number % 1_000);
                if millions == 0 {
                    format!("{thousands}.{units:03}")
                } else {
                    format!("{millions}.{thousands:03}.{units:03}")
                }
            }
            Self::Company(number) => {
                format!("{}-{:08}-{}", number / 1_000_000_000, number / 10 % 100_000_000, number % 10)
            }
        }
    }

    /// For letters and logs, all digits but the last three hidden: `••.•••.678`.
    pub fn masked(self) -> String {
        let shown = self.shown();
        let hidden = self.to_stored().len() - 3;
        let mut digits = 0;
        shown
            .chars()
            .map(|character| {
                digits += usize::from(character.is_ascii_digit());
                if character.is_ascii_digit() && digits <= hidden { '•' } else { character }
            })
            .collect()
    }

    fn person(number: u64) -> Option<Self> {
        let number = u32::try_from(number).ok()?;
        (100_000..=99_999_999).contains(&number).then_some(Self::Person(number))
    }

    fn company(number: u64) -> Option<Self> {
        let is_given_out = matches!(cuit::owner(number), Some(Owner::Company | Owner::Other));
        (is_given_out && cuit::is_well_formed(number)).then_some(Self::Company(number))
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Document({})", self.masked())
    }
}

/// What may stand between digits or around them and means nothing.
fn is_decoration(character: char) -> bool {
    matches!(
        character,
        ' ' | '.' | ',' | '-' | '/' | '\'' | '_' | ':' | ';' | '(' | ')' | '#' | '°' | '*' | '·'
    )
}

/// The text less the labels before its first digit and after its last one.
fn without_labels(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return text.to_owned();
    };
    format!(
        "{}{}{}",
        without_label_words(&text[..first]),
        &text[first..=last],
        without_label_words(&text[last + 1..])
    )
}

/// The letters of a text that are no label. `D.N.I.` and `D. N. I.` are labels too.
fn without_label_words(text: &str) -> String {
    let text = folded(text).replace('.', "");
    let words = || text.split(|c: char| !c.is_alphabetic());
    if LABELS.contains(&words().collect::<String>().as_str()) {
        return String::new();
    }
    words().filter(|word| !LABELS.contains(word)).collect()
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What a text with letters in its number seems to be.
fn refuse_letters(text: &str, number: &str) -> DocumentRefusal {
    if is_plate(text) {
        return DocumentRefusal::LooksLikePlate;
    }
    let letters = number.chars().filter(|c| c.is_alphabetic()).count();
    let mended: Option<String> =
        number.chars().map(|c| if c.is_alphabetic() { digit_like(c) } else { Some(c) }).collect();
    match mended.filter(|_| letters <= MOST_LETTERS_FOR_DIGITS).map(|mended| read_digits(text, &mended)) {
        Some(Ok((document, _))) => DocumentRefusal::LetterForDigit { suggestion: document.shown() },
        Some(Err(_)) | None => DocumentRefusal::NotADocument,
    }
}

/// The digit that a letter is taken for, by eye or by a camera.
fn digit_like(letter: char) -> Option<char> {
    match letter {
        'o' | 'O' | 'q' | 'Q' => Some('0'),
        'i' | 'I' | 'l' | 'L' => Some('1'),
        'z' | 'Z' => Some('2'),
        's' | 'S' => Some('5'),
        'g' | 'G' => Some('6'),
        'b' | 'B' => Some('8'),
        _ => None,
    }
}

/// The document in a number's digits, and whether it was taken from a person's CUIL.
fn read_digits(text: &str, number: &str) -> Result<(Document, bool), DocumentRefusal> {
    let digits = digits_of(number);
    let significant = digits.trim_start_matches('0');
    match (digits.len(), significant.len()) {
        (_, 0) if !digits.is_empty() => Err(DocumentRefusal::TooShort),
        (0, _) => Err(DocumentRefusal::NotADocument),
        // Eleven digits with zeros in front could be a document padded to eleven columns, but far more often are the
        // procedure number, and reading that as a document would be somebody else's.
        (11, _) | (_, 11) => read_eleven(text, significant),
        (_, 1..=5) => Err(DocumentRefusal::TooShort),
        (_, 6..=8) => {
            let document = significant.parse().ok().and_then(Document::person);
            document.map(|document| (document, false)).ok_or(DocumentRefusal::NotADocument)
        }
        (_, 9) => Err(DocumentRefusal::OneDigitTooMany),
        _ => Err(DocumentRefusal::TooLong),
    }
}

fn read_eleven(text: &str, significant: &str) -> Result<(Document, bool), DocumentRefusal> {
    let number: u64 = significant.parse().map_err(|_| DocumentRefusal::TooLong)?;
    match cuit::owner(number) {
        None if is_written_as_cuit(text) => Err(DocumentRefusal::WrongCheckDigit),
        None => Err(DocumentRefusal::LooksLikeProcedureNumber),
        Some(_) if !cuit::is_well_formed(number) => Err(DocumentRefusal::WrongCheckDigit),
        Some(Owner::Person) => {
            let document = Document::person(cuit::middle(number).into()).ok_or(DocumentRefusal::TooShort)?;
            Ok((document, true))
        }
        Some(Owner::Company | Owner::Other) => Ok((Document::Company(number), false)),
    }
}

/// Whether whoever typed it meant a CUIT or CUIL: it says so, or is written `20-12345678-6`. Then an impossible prefix
/// is a wrong digit too, and not another kind of number.
fn is_written_as_cuit(text: &str) -> bool {
    let groups = text.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|&length| length > 0);
    let folded = folded(text);
    groups.eq([2, 8, 1]) || folded.contains("cuit") || folded.contains("cuil")
}

/// Whether a text has the shape of a plate, blanks and dashes aside: cars `AB123CD` and `ABC123`, motorcycles `A123BCD`
/// and `123ABC`.
pub(crate) fn is_plate(text: &str) -> bool {
    let shape: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| match c {
            '0'..='9' => '9',
            'a'..='z' | 'A'..='Z' => 'A',
            _ => '?',
        })
        .collect();
    matches!(shape.as_str(), "AA999AA" | "AAA999" | "A999AAA" | "999AAA")
}
