//! `policies.*`: what the insurer's policy book is like, when a load is not believed, and where books arrive.

use super::fault::Advice;
use super::reader::Reader;
use std::path::PathBuf;
use std::time::Duration;
use zaguan_book::{Encoding, Stretch, Told};
use zaguan_domain::book::{BookRules, Column, DocumentKind, SixDigits, Thresholds};
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::PolicyState;
use zaguan_store::{GENERATIONS_KEPT, SHARED_OVER};

/// What the insurer's policy book is like, and when a load is not believed.
#[derive(Clone, Debug)]
pub struct BookSettings {
    /// What need not be detected of its files.
    pub told: Told,
    /// How its rows are cleaned.
    pub rules: BookRules,
    /// When a load is not believed.
    pub thresholds: Thresholds,
    /// An address that more holders have is a shared one.
    pub shared_over: u32,
    /// How many generations are kept.
    pub keep_generations: u32,
}

impl Default for BookSettings {
    fn default() -> Self {
        Self {
            told: Told::default(),
            rules: BookRules::default(),
            thresholds: Thresholds::default(),
            shared_over: SHARED_OVER,
            keep_generations: GENERATIONS_KEPT,
        }
    }
}

/// The folder that policy books arrive in.
#[derive(Clone, Debug)]
pub struct WatchSettings {
    /// The folder.
    pub folder: PathBuf,
    /// Which files in it are policy books, with `*` and `?`.
    pub pattern: String,
    /// For how long a file must have stopped growing.
    pub settle: Duration,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<BookSettings> {
    let told = told(reader);
    let rules = rules(reader);
    let ended = reader.number("policies.ends_percent", 0..=100);
    let rejected = reader.number("policies.rejects_percent", 0..=100);
    let emails_vanished = reader.number("policies.emails_percent", 0..=100);
    let shared_over = reader.number("policies.shared_over", 1..=1000);
    let keep_generations = reader.number("policies.keep_generations", 2..=100);
    Some(BookSettings {
        told: told?,
        rules: rules?,
        thresholds: Thresholds { ended: ended?, rejected: rejected?, emails_vanished: emails_vanished? },
        shared_over: shared_over?,
        keep_generations: keep_generations?,
    })
}

/// The folder to watch, if there is one. The outer nothing is a fault.
#[expect(clippy::option_option, reason = "no folder and a fault are two things")]
pub(super) fn read_watch(reader: &mut Reader<'_>) -> Option<Option<WatchSettings>> {
    let folder = reader.optional_path("policies.watch.folder");
    let pattern = reader.parsed("policies.watch.pattern", |text| match text {
        "" => Err(Advice::new("write which files are policy books, such as \"*.csv\"")),
        text if text.contains('/') => Err(Advice::new("write a name without folders, such as \"*.csv\"")),
        text => Ok(text.to_owned()),
    });
    let settle = reader.number("policies.watch.settle_seconds", 1..=86_400);
    let (folder, pattern, settle) = (folder?, pattern?, Duration::from_secs(settle?));
    Some(folder.map(|folder| WatchSettings { folder, pattern, settle }))
}

fn told(reader: &mut Reader<'_>) -> Option<Told> {
    let encoding = reader.optional("policies.encoding", encoding);
    let separator = reader.optional("policies.separator", separator);
    let mut told = Told::default();
    for (header, column) in pairs(reader, "policies.mapping", column)? {
        add_mapping(&mut told, header, column);
    }
    let layout = reader.table("policies.layout");
    told.layout = match layout.iter().map(|(name, range)| stretch(name, range)).collect() {
        Ok(layout) => layout,
        Err(advice) => {
            reader.refuse("policies.layout", advice);
            return None;
        }
    };
    let text = |text: &str| Ok(text.to_owned());
    told.drop = reader.list("policies.drop", text)?;
    told.sheets = reader.list("policies.sheets", text)?;
    Some(Told { encoding: encoding?, separator: separator?, ..told })
}

fn rules(reader: &mut Reader<'_>) -> Option<BookRules> {
    let lines = pairs(reader, "policies.lines", line);
    let kinds = pairs(reader, "policies.document_kinds", document_kind);
    let states = pairs(reader, "policies.states", state);
    let two_digit_years_from = reader.number("policies.two_digit_years_from", 1900..=2000);
    let six_digit_dates = reader.optional("policies.six_digit_dates", six_digits);
    let item_digits = reader.number("policies.item_digits", 0..=9);
    let mut rules = BookRules {
        two_digit_years_from: two_digit_years_from?,
        six_digit_dates: six_digit_dates?,
        item_digits: item_digits?,
        ..BookRules::default()
    };
    rules.lines.extend(lines?);
    rules.document_kinds.extend(kinds?);
    rules.states.extend(states?);
    Some(rules)
}

/// The pairs of a table, with what `parse` makes of their values.
fn pairs<T>(
    reader: &mut Reader<'_>,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, Advice>,
) -> Option<Vec<(String, T)>> {
    let read = reader.table(name).into_iter().map(|(code, value)| Ok((code, parse(value.trim())?)));
    match read.collect() {
        Ok(pairs) => Some(pairs),
        Err(advice) => {
            reader.refuse(name, advice);
            None
        }
    }
}

/// Tells which column a header is, or a place where the header is a number. What was told before of it no longer holds.
pub(crate) fn add_mapping(told: &mut Told, header: String, column: Column) {
    if let Ok(place) = header.trim().parse() {
        told.places.retain(|(known, _)| *known != place);
        told.places.push((place, column));
    } else {
        told.headers.retain(|(known, _)| *known != header);
        told.headers.push((header, column));
    }
}

pub(crate) fn encoding(text: &str) -> Result<Encoding, Advice> {
    Encoding::from_name(text).ok_or_else(|| {
        let names: Vec<_> = Encoding::ALL.iter().map(|encoding| encoding.name()).collect();
        Advice::new(format!("{text:?} is no encoding that is read; write one of {}", names.join(", ")))
    })
}

pub(crate) fn separator(text: &str) -> Result<char, Advice> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(only),
        _ if text.eq_ignore_ascii_case("tab") || text == "\\t" => Ok('\t'),
        _ => Err(Advice::new("write the one character that stands between columns, or \"tab\"")),
    }
}

pub(crate) fn column(text: &str) -> Result<Column, Advice> {
    Column::from_name(text).ok_or_else(|| {
        let names: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
        Advice::new(format!("{text:?} is no column; write one of {}", names.join(", ")))
    })
}

fn line(text: &str) -> Result<LineOfBusiness, Advice> {
    LineOfBusiness::from_slug(text).ok_or_else(|| {
        let slugs: Vec<_> = LineOfBusiness::ALL.iter().map(|line| line.slug()).collect();
        Advice::new(format!("{text:?} is no ramo; write one of {}", slugs.join(", ")))
    })
}

fn document_kind(text: &str) -> Result<DocumentKind, Advice> {
    let known = DocumentKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text));
    known.ok_or_else(|| {
        let names: Vec<_> = DocumentKind::ALL.iter().map(|kind| kind.name()).collect();
        Advice::new(format!("{text:?} is no kind of document; write one of {}", names.join(", ")))
    })
}

fn six_digits(text: &str) -> Result<SixDigits, Advice> {
    let known = SixDigits::ALL.into_iter().find(|order| order.name().eq_ignore_ascii_case(text));
    known.ok_or_else(|| Advice::new("write ddmmyy or yymmdd"))
}

fn state(text: &str) -> Result<PolicyState, Advice> {
    PolicyState::from_book(text)
        .ok_or_else(|| Advice::new(format!("{text:?} is no state; write vigente, vencida or anulada")))
}

fn stretch(name: &str, range: &str) -> Result<Stretch, Advice> {
    let column = column(name)?;
    let ends = range.split_once('-').and_then(|(from, to)| {
        let number = |text: &str| text.trim().parse::<usize>().ok();
        Some((number(from)?, number(to)?))
    });
    match ends {
        Some((from, to)) if 1 <= from && from <= to => Ok(Stretch { column, from, to }),
        _ => Err(Advice::new(format!(
            "{range:?} is no stretch of a line; write its first and last character, such as \"4-16\""
        ))),
    }
}
