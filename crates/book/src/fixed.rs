//! Lines in which every column has its stretch.

use crate::columns::Columns;
use crate::dates::Dates;
use crate::refusal::{NotABook, RowShape};
use crate::sensitive::Watch;
use crate::told::{Stretch, Told};
use crate::totals::is_no_row;
use crate::understand::Beginning;
use std::ops::Range;
use zaguan_domain::book::Column;

/// How rows are made of lines of fixed width.
#[derive(Clone, Debug)]
pub(crate) struct FixedWidth {
    layout: Vec<Stretch>,
    pub(crate) columns: Columns,
    pub(crate) dates: Dates,
}

impl FixedWidth {
    /// Checks what was told, and looks at the rows of the beginning.
    pub(crate) fn understand(beginning: &Beginning, told: &Told) -> Result<Self, NotABook> {
        if let Some(bad) = told.layout.iter().find(|stretch| stretch.from == 0 || stretch.to < stretch.from) {
            return Err(NotABook::WronglyTold(format!(
                "the column {} cannot stand from character {} to {}",
                bad.column.name(),
                bad.from,
                bad.to
            )));
        }
        let places: Vec<(usize, Column)> =
            told.layout.iter().enumerate().map(|(index, stretch)| (index + 1, stretch.column)).collect();
        let mut columns = Columns::of_places(&places, told.layout.len(), &Told::default())?;
        for (taken, stretch) in columns.taken.iter_mut().zip(&told.layout) {
            taken.header = format!("{}-{}", stretch.from, stretch.to);
        }
        let mut fixed = Self { layout: told.layout.clone(), columns, dates: Dates::default() };
        let mut watch = Watch::new(fixed.layout.len());
        let mut ranges = Vec::new();
        let mut rows = 0;
        for line in beginning.lines.iter().filter(|line| !is_no_row(&line.text)) {
            rows += 1;
            if fixed.split(&line.text, &mut ranges).is_ok() {
                let cell = |place: usize| {
                    ranges.get(place).and_then(|range| line.text.get(range.clone())).unwrap_or_default()
                };
                (0..ranges.len()).for_each(|place| watch.see(place, cell(place)));
                fixed.dates.see(&fixed.columns, cell);
            }
        }
        if rows == 0 {
            return Err(NotABook::Empty);
        }
        watch.verdict(|place| {
            fixed.layout.get(place).map_or(String::new(), |stretch| stretch.column.name().to_owned())
        })?;
        Ok(fixed)
    }

    /// Finds the stretches in a line. Columns beyond its end are empty, unless they are required.
    pub(crate) fn split(&self, line: &str, ranges: &mut Vec<Range<usize>>) -> Result<(), RowShape> {
        ranges.clear();
        let length = if line.is_ascii() { line.len() } else { line.chars().count() };
        for stretch in &self.layout {
            if stretch.from > length && Column::REQUIRED.contains(&stretch.column) {
                return Err(RowShape::TooShort { has: length, begins: stretch.from });
            }
            ranges.push(byte_of(line, stretch.from - 1)..byte_of(line, stretch.to));
        }
        Ok(())
    }
}

/// Where the character with that number begins, counted from 0; the end of the line if it has fewer.
fn byte_of(line: &str, character: usize) -> usize {
    if line.is_ascii() {
        return character.min(line.len());
    }
    line.char_indices().nth(character).map_or(line.len(), |(byte, _)| byte)
}
