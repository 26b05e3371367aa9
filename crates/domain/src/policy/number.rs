//! The number of a policy: kept as the insurer writes it, matched however a person types it.

use crate::cuit;
use crate::document::is_plate;
use crate::typed::{folded, plain_punctuation, visible};

/// The number of a policy, as the insurer writes it, and never parsed to an integer: it may have slashes, letters and
/// more digits than an integer holds.
///
/// Two numbers are equal when they are written alike; whether they mean the same policy is for
/// [`PolicyNumber::matches`] to say.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PolicyNumber(String);

/// Why what was typed is not read as the number of a policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PolicyRefusal {
    /// Nothing was typed.
    Empty,
    /// The field came more than once in the form.
    Repeated,
    /// More than [`PolicyNumber::LONGEST`] characters.
    TooLong,
    /// No digit in it.
    NoDigits,
    /// A character that no insurer writes in a number.
    BadCharacter {
        /// The first such character.
        character: char,
    },
}

/// What a number that fits no policy seems to be instead. It is no refusal: some insurers do use plates or CUITs as the
/// numbers of their policies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seems {
    /// A vehicle's plate.
    Plate,
    /// A CUIT or CUIL, its check digit right.
    Cuit,
    /// The *número de trámite* of the DNI card.
    ProcedureNumber,
    /// The number of a claim (*siniestro*).
    Claim,
}

/// What people write before the number, in words.
const LABELS: [&str; 8] = ["poliza", "pol", "de", "nro", "numero", "num", "no", "n"];

/// The most digits that an item, certificate or endorsement has behind the policy's own number.
const LONGEST_SUFFIX: usize = 3;

impl PolicyNumber {
    /// The longest number that is read, in characters: the longest layouts known have 20 digits and an item of 6, and
    /// this leaves room for their separators.
    pub const LONGEST: usize = 40;

    /// Reads what a person typed or a book holds, in time linear in its length.
    pub fn read(typed: &str) -> Result<Self, PolicyRefusal> {
        let text = visible(typed);
        if text.is_empty() {
            return Err(PolicyRefusal::Empty);
        }
        if is_short_digits(&text) {
            return Ok(Self(text));
        }
        if let Some(character) = text.chars().find(|&c| !is_allowed(c)) {
            return Err(PolicyRefusal::BadCharacter { character });
        }
        if text.chars().count() > Self::LONGEST {
            return Err(PolicyRefusal::TooLong);
        }
        if !text.contains(|c: char| c.is_ascii_digit()) {
            return Err(PolicyRefusal::NoDigits);
        }
        Ok(Self(text))
    }

    /// The number kept as `text`, or nothing when [`PolicyNumber::as_str`] cannot have written it.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::read(text).ok().filter(|number| number.0 == text)
    }

    /// As the insurer writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that equal numbers share: capitals and digits only, zeros in front of each segment dropped, and so is an
    /// endorsement of only zeros at the end. `0001234`, `1.234` and `1234/0` are all `1234`.
    ///
    /// It serves to index. Numbers of different segments may share it (`1-2` and `12`), so [`PolicyNumber::matches`] is
    /// the judge of what a person typed.
    pub fn key(&self) -> String {
        if is_short_digits(&self.0) {
            let significant = self.0.trim_start_matches('0');
            return if significant.is_empty() { "0".to_owned() } else { significant.to_owned() };
        }
        significant_runs(&self.0).concat()
    }

    /// Whether `typed` means this number, which comes from the book: written with other separators or none, with or
    /// without zeros in front, with an endorsement of zeros, or with an item or endorsement of up to three digits behind
    /// it. Any other digits do not match: `1234` is not `12345`.
    pub fn matches(&self, typed: &Self) -> bool {
        self.is_meant_by(&typed.0) || without_label(&typed.0).is_some_and(|number| self.is_meant_by(number))
    }

    fn is_meant_by(&self, typed: &str) -> bool {
        let book_runs = significant_runs(&self.0);
        let typed_runs = significant_runs(typed);
        // With every separator gone, so are the segments: then each zero inside counts.
        let same_characters = || {
            let (book, typed) = (characters(&self.0), characters(typed));
            book.trim_start_matches('0') == typed.trim_start_matches('0')
        };
        let is_suffix = |run: &String| run.len() <= LONGEST_SUFFIX && run.bytes().all(|b| b.is_ascii_digit());
        match typed_runs.strip_prefix(book_runs.as_slice()) {
            Some(suffix) => suffix.iter().all(is_suffix),
            None => same_characters(),
        }
    }

    /// What the number seems to be, for when it fits no policy.
    pub fn seems(&self) -> Option<Seems> {
        let characters = characters(&self.0);
        let letters: String = characters.chars().filter(char::is_ascii_alphabetic).collect();
        if is_plate(&characters) {
            Some(Seems::Plate)
        } else if letters.contains("SINIESTRO") || matches!(letters.as_str(), "SIN" | "STRO") {
            Some(Seems::Claim)
        } else if characters.len() == 11 && characters.starts_with("00") && letters.is_empty() {
            Some(Seems::ProcedureNumber)
        } else {
            let number: u64 = characters.parse().ok()?;
            (cuit::owner(number).is_some() && cuit::is_well_formed(number)).then_some(Seems::Cuit)
        }
    }
}

/// Whether a text is nothing but digits, as most numbers in books are, and no more than are read.
fn is_short_digits(text: &str) -> bool {
    text.len() <= PolicyNumber::LONGEST && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters of our alphabet with their accents, digits, and the punctuation that numbers and their labels have.
fn is_allowed(character: char) -> bool {
    if character.is_ascii_alphanumeric() {
        return true;
    }
    let plain = plain_punctuation(character);
    matches!(
        plain,
        ' ' | '.'
            | ','
            | '-'
            | '/'
            | '\\'
            | '_'
            | ':'
            | ';'
            | '('
            | ')'
            | '#'
            | '°'
            | '*'
            | '\''
            | '|'
            | '+'
            | '&'
    ) || folded(&character.to_string()).chars().all(|c| c.is_ascii_alphanumeric())
}

/// The capitals and digits of a number, in order.
fn characters(text: &str) -> String {
    folded(text).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The number behind a label such as `Póliza Nº`, when there is one. Only what a person typed is looked at so: in a book
/// the letters may be the insurer's own.
fn without_label(typed: &str) -> Option<&str> {
    let first_digit = typed.find(|c: char| c.is_ascii_digit())?;
    let (label, number) = typed.split_at(first_digit);
    let label = folded(label);
    let mut words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    (words.peek().is_some() && words.all(|word| LABELS.contains(&word))).then_some(number)
}

/// The runs of letters and of digits that make a number out: split at separators and where letters meet digits, zeros
/// in front of each run of digits dropped, and segments of only zeros at the end (the original endorsement) too.
fn significant_runs(text: &str) -> Vec<String> {
    let mut segments: Vec<Vec<String>> = segments(text).iter().map(|segment| runs(segment)).collect();
    let is_zero = |segment: &Vec<String>| segment.iter().all(|run| run == "0");
    let has_digits =
        |segment: &Vec<String>| segment.iter().any(|run| run.bytes().all(|b| b.is_ascii_digit()));
    while let [before @ .., last] = segments.as_slice()
        && is_zero(last)
        && before.iter().any(has_digits)
    {
        segments.pop();
    }
    segments.concat()
}

/// The segments between separators. Dots, commas and blanks that group digits by three are thousands separators, and
/// those separate nothing: `12.034` is one segment.
fn segments(text: &str) -> Vec<String> {
    let is_thousands = |c: char| matches!(c, '.' | ',' | ' ');
    let text: String = text.chars().map(plain_punctuation).collect();
    text.split(|c: char| !c.is_alphanumeric() && !is_thousands(c))
        .flat_map(|part| {
            let part = part.trim_matches(is_thousands);
            if is_grouped_by_three(part) {
                vec![characters(part)]
            } else {
                part.split(is_thousands).map(characters).collect()
            }
        })
        .filter(|segment| !segment.is_empty())
        .collect()
}

fn is_grouped_by_three(part: &str) -> bool {
    let mut groups = part.split(['.', ',', ' ']);
    let is_digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && is_digits(first)
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

fn runs(segment: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    for character in segment.chars() {
        match runs.last_mut() {
            Some(run) if run.ends_with(|c: char| c.is_ascii_digit() == character.is_ascii_digit()) => {
                run.push(character);
            }
            Some(_) | None => runs.push(character.to_string()),
        }
    }
    for run in &mut runs {
        if run.starts_with('0') {
            let significant = run.trim_start_matches('0');
            *run = if significant.is_empty() { "0".to_owned() } else { significant.to_owned() };
        }
    }
    runs
}
