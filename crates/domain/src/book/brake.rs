//! The brake: what a load would do to the book in use, and when that is not believed without asking.

use super::{Note, RejectReason};
use std::collections::BTreeMap;

/// What a load found and would do.
///
/// Each row read is exactly one of new, changed, unchanged, removed, repeated and rejected; see [`Counts::adds_up`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows with something in them.
    pub rows: u64,
    /// Rows with a policy that the book in use does not have.
    pub new: u64,
    /// Rows that say something else of a policy than the book in use.
    pub changed: u64,
    /// Rows that say the same.
    pub unchanged: u64,
    /// Rows that take a policy out, in a file of changes.
    pub removed: u64,
    /// Rows whose policy comes again further down, where the last one counts.
    pub repeated: u64,
    /// Rows that are not taken, by [`RejectReason::name`] or by the words for their shape.
    pub rejected: BTreeMap<&'static str, u64>,
    /// What was mended or left out in rows that are taken.
    pub notes: BTreeMap<Note, u64>,
    /// Policies of the book in use that the new one lacks.
    pub ended: u64,
    /// Policies of the new book.
    pub policies: u64,
    /// Policies of the new book with an address on file.
    pub with_email: u64,
}

impl Counts {
    /// Counts a row that is not taken.
    pub fn reject(&mut self, reason: &RejectReason) {
        *self.rejected.entry(reason.name()).or_default() += 1;
    }

    /// Counts what was mended or left out in a row.
    pub fn note(&mut self, notes: &[Note]) {
        for note in notes {
            *self.notes.entry(*note).or_default() += 1;
        }
    }

    /// Rows that are not taken, whatever the reason.
    pub fn all_rejected(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Whether no row was lost on the way.
    pub fn adds_up(&self) -> bool {
        let told = [self.new, self.changed, self.unchanged, self.removed, self.repeated, self.all_rejected()];
        told.iter().sum::<u64>() == self.rows
    }
}

/// What the book in use has, for a load to be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse {
    /// Its policies.
    pub policies: u64,
    /// Its policies with an address on file.
    pub with_email: u64,
}

/// From how much on a load is not believed, in percent. A load that is exactly at its threshold is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Policies of the book in use that the new one lacks.
    pub ended: u8,
    /// Rows that are not taken.
    pub rejected: u8,
    /// Addresses on file that vanish.
    pub emails_vanished: u8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { ended: 5, rejected: 2, emails_vanished: 5 }
    }
}

/// Why a load is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brake {
    /// The new book would have no policies at all.
    NothingLeft,
    /// Too many policies of the book in use are missing.
    PoliciesVanish {
        /// How many there are in the book in use.
        before: u64,
        /// How many would be in the new one.
        after: u64,
        /// How many of those in use the new one lacks.
        ended: u64,
    },
    /// Too many rows are not taken.
    RowsRejected {
        /// How many rows there are.
        rows: u64,
        /// How many are not taken.
        rejected: u64,
    },
    /// Too many addresses are missing.
    EmailsVanish {
        /// How many there are in the book in use.
        before: u64,
        /// How many would be in the new one.
        after: u64,
    },
}

/// Everything that makes a load hard to believe; nothing when it may be applied. The first load has nothing to compare
/// with, but its rejected rows count.
pub fn brake(in_use: Option<&InUse>, loaded: &Counts, thresholds: &Thresholds) -> Vec<Brake> {
    let mut brakes = Vec::new();
    if loaded.policies == 0 {
        brakes.push(Brake::NothingLeft);
    } else if let Some(in_use) = in_use
        && is_over(loaded.ended, in_use.policies, thresholds.ended)
    {
        let (before, after) = (in_use.policies, loaded.policies);
        brakes.push(Brake::PoliciesVanish { before, after, ended: loaded.ended });
    }
    let rejected = loaded.all_rejected();
    if is_over(rejected, loaded.rows, thresholds.rejected) {
        brakes.push(Brake::RowsRejected { rows: loaded.rows, rejected });
    }
    if let Some(in_use) = in_use {
        let (before, after) = (in_use.with_email, loaded.with_email);
        if is_over(before.saturating_sub(after), before, thresholds.emails_vanished) {
            brakes.push(Brake::EmailsVanish { before, after });
        }
    }
    brakes
}

impl Brake {
    /// What is hard to believe, with its figures.
    pub fn in_spanish(&self) -> String {
        match *self {
            Self::NothingLeft => {
                "el archivo no trae ninguna póliza que se pueda tomar: no se aplicó".to_owned()
            }
            // A book of the same size with other policies in it has not shrunk, and is wrong all the same.
            Self::PoliciesVanish { before, after, ended } if before.saturating_sub(after) >= ended / 2 => {
                let fewer = share(before.saturating_sub(after), before);
                let (before, after) = (thousands(before), thousands(after));
                format!(
                    "el archivo trae {fewer} menos pólizas que ayer: no se aplicó (antes {before}, ahora {after})"
                )
            }
            Self::PoliciesVanish { before, ended, .. } => {
                let (lacking, ended, before) = (share(ended, before), thousands(ended), thousands(before));
                format!(
                    "al archivo le faltan {lacking} de las pólizas de ayer: no se aplicó ({ended} de {before})"
                )
            }
            Self::RowsRejected { rows, rejected } => {
                let (part, rejected, rows) = (share(rejected, rows), thousands(rejected), thousands(rows));
                format!(
                    "no se puede tomar el {part} de las filas del archivo: no se aplicó ({rejected} de {rows})"
                )
            }
            Self::EmailsVanish { before, after } => {
                let (fewer, before, after) =
                    (share(before.saturating_sub(after), before), thousands(before), thousands(after));
                format!(
                    "el archivo trae {fewer} menos correos que ayer: no se aplicó (antes {before}, ahora {after})"
                )
            }
        }
    }
}

fn is_over(part: u64, whole: u64, percent: u8) -> bool {
    u128::from(part) * 100 > u128::from(whole) * u128::from(percent)
}

/// A share in percent, with a decimal below ten, where it tells more: `41 %`, `5,3 %`.
fn share(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole).max(1));
    let tenths = part * 1_000 / whole;
    match tenths {
        0 if part > 0 => "menos de 0,1 %".to_owned(),
        0..100 if tenths % 10 != 0 => format!("{},{} %", tenths / 10, tenths % 10),
        _ => format!("{} %", tenths / 10),
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    grouped
}
