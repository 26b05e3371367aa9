//! The shapes in which the days of a column are written, and what days of six digits mean where all of them together
//! leave no doubt.

use super::date::{self, NotADate};
use super::number::unwrapped;
use std::collections::BTreeMap;

/// Any hundred years will do to tell shapes apart.
const YEARS_FROM: i16 = 1930;

/// How a day is written. What stands between its parts (`/`, `-`, `.`) does not matter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DateShape {
    /// `31/12/2026`
    DayFirst,
    /// `31/12/26`
    DayFirstShort,
    /// `31122026`
    DayFirstDigits,
    /// `2026-12-31`
    YearFirst,
    /// `20261231`
    YearFirstDigits,
    /// `311226` or `261231`; one alone does not tell which.
    SixDigits,
    /// `31-dic-2026`
    MonthByName,
    /// `46387`, a spreadsheet's number of a day.
    SpreadsheetNumber,
    /// Zeros, 31/12/9999, and what else stands for no day.
    NoDay,
    /// None of these.
    NotADate,
}

impl DateShape {
    /// The shape of a cell; nothing where nothing is written.
    pub fn of(cell: &str) -> Option<Self> {
        let text = date::without_time(unwrapped(cell));
        if text.is_empty() {
            return None;
        }
        Some(match date::read(text, YEARS_FROM, None) {
            Ok(None) => Self::NoDay,
            Ok(Some(_)) => Self::of_day(text),
            Err(NotADate) if date::is_six_digits(text) => Self::SixDigits,
            Err(NotADate) => Self::NotADate,
        })
    }

    /// The shape of what can be read.
    fn of_day(text: &str) -> Self {
        let parts: Vec<&str> = text.split(date::is_mark).collect();
        match *parts.as_slice() {
            [_, month, _] if month.bytes().any(|byte| byte.is_ascii_alphabetic()) => Self::MonthByName,
            [year, _, _] if year.len() == 4 => Self::YearFirst,
            [_, _, year] if year.len() == 2 => Self::DayFirstShort,
            [_, _, _] => Self::DayFirst,
            [digits] if digits.len() == 8 && date::from_year_first(digits).is_some() => Self::YearFirstDigits,
            [digits] if digits.len() == 8 => Self::DayFirstDigits,
            _ => Self::SpreadsheetNumber,
        }
    }

    /// Its name, as manuals of systems write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "dd/mm/yyyy",
            Self::DayFirstShort => "dd/mm/yy",
            Self::DayFirstDigits => "ddmmyyyy",
            Self::YearFirst => "yyyy-mm-dd",
            Self::YearFirstDigits => "yyyymmdd",
            Self::SixDigits => "six digits",
            Self::MonthByName => "dd-mmm-yyyy",
            Self::SpreadsheetNumber => "a spreadsheet's number",
            Self::NoDay => "none (such as 00/00/0000)",
            Self::NotADate => "no date",
        }
    }
}

/// What days of six digits mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SixDigits {
    /// `311226`
    DayFirst,
    /// `261231`
    YearFirst,
}

impl SixDigits {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::DayFirst, Self::YearFirst];

    /// Its name, as a configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "ddmmyy",
            Self::YearFirst => "yymmdd",
        }
    }
}

/// The days of a column, or of several that one system wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatesSeen {
    shapes: BTreeMap<DateShape, u64>,
    not_day_first: bool,
    not_year_first: bool,
}

impl DatesSeen {
    /// Sees a cell.
    pub fn see(&mut self, cell: &str) {
        let Some(shape) = DateShape::of(cell) else { return };
        *self.shapes.entry(shape).or_default() += 1;
        if shape == DateShape::SixDigits {
            let can_be = |order| date::read(unwrapped(cell), YEARS_FROM, Some(order)).is_ok();
            self.not_day_first |= !can_be(SixDigits::DayFirst);
            self.not_year_first |= !can_be(SixDigits::YearFirst);
        }
    }

    /// The shapes, the most frequent first.
    pub fn shapes(&self) -> Vec<DateShape> {
        let mut shapes: Vec<_> = self.shapes.iter().map(|(shape, count)| (*shape, *count)).collect();
        shapes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        shapes.into_iter().map(|(shape, _)| shape).collect()
    }

    /// What the days of six digits mean, if all can be read in one way and not all in the other.
    pub fn six_digits(&self) -> Option<SixDigits> {
        match (self.not_day_first, self.not_year_first) {
            (false, true) => Some(SixDigits::DayFirst),
            (true, false) => Some(SixDigits::YearFirst),
            (false, false) | (true, true) => None,
        }
    }

    /// Takes what others have seen.
    pub fn extend(&mut self, others: &Self) {
        for (shape, count) in &others.shapes {
            *self.shapes.entry(*shape).or_default() += count;
        }
        self.not_day_first |= others.not_day_first;
        self.not_year_first |= others.not_year_first;
    }
}
