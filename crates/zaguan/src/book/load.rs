//! A load: from a file to a generation that is ready, and from there into use, or not.

use super::pour::Pour;
use super::rejects::{self, Rejects};
use super::{Mode, Outcome, Progress, Report};
use crate::config::BookSettings;
use crate::logs::Chain;
use jiff::Timestamp;
use std::io;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;
use zaguan_book::{BookFile, FileFault, NotABook, Told, Understood};
use zaguan_domain::book::{BookRules, Column, Counts, InUse, brake};
use zaguan_domain::origin::Actor;
use zaguan_store::{BookDifference, BookSource, Generation, ReadyGeneration, Store, StoreFault};

/// Why a file was not loaded. The book in use stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum BookFault {
    /// It is no policy book.
    #[error("{0}")]
    NotABook(#[source] NotABook),
    /// It was one, but cannot be read to its end.
    #[error("{0}")]
    Breaks(#[source] FileFault),
    /// It tells movements, and nobody said that it is of changes only.
    #[error(
        "it has the column movimiento, so it may tell only changes; say --mode delta, or --mode snapshot if it is the whole book"
    )]
    MovementsUntold,
    /// Its rejected rows cannot be written down.
    #[error(
        "the report of its rejected rows, {}, cannot be written ({error}); let this user write in that directory",
        .path.display()
    )]
    Rejects {
        /// The report.
        path: PathBuf,
        /// What the system says of it.
        error: io::Error,
    },
    /// There is no room for its rejected rows.
    #[error("the disk is full, and the report of its rejected rows, {}, cannot be written; free some space", .path.display())]
    RejectsDiskFull {
        /// The report.
        path: PathBuf,
    },
    /// Somebody stopped it.
    #[error("it was stopped before its end")]
    Stopped,
    /// The store failed.
    #[error("{}", Chain(.0))]
    Store(StoreFault),
}

impl From<StoreFault> for BookFault {
    fn from(fault: StoreFault) -> Self {
        if matches!(fault, StoreFault::Stopped) { Self::Stopped } else { Self::Store(fault) }
    }
}

/// What is to be loaded, and how.
#[derive(Debug)]
pub struct Load<'a> {
    /// Where to.
    pub store: &'a Store,
    /// The generations that are there.
    pub known: &'a [Generation],
    /// Now.
    pub at: Timestamp,
    /// What the insurer's book is like.
    pub settings: &'a BookSettings,
    /// What the file is of, if somebody said so.
    pub mode: Option<Mode>,
    /// Told when to give up.
    pub stop: &'a CancellationToken,
}

/// A load that needs only be concluded.
#[derive(Debug)]
pub struct Prepared {
    /// What it found.
    pub report: Report,
    ready: ReadyGeneration,
    keep: u32,
}

/// Opens a file and understands it; nothing is changed by this.
pub fn open(file: &Path, told: &Told) -> Result<BookFile, BookFault> {
    BookFile::open(file, told).map_err(BookFault::NotABook)
}

/// Whether the file is the same that a generation was made of.
pub fn is_source_of(understood: &Understood, generation: &Generation) -> bool {
    generation.source.sha256.is_some() && generation.source.sha256 == digest(&understood.sha256)
}

impl Load<'_> {
    /// Reads the file, cleans its rows, builds a generation beside the one in use, and compares. Takes its time, in
    /// place.
    pub fn prepare(
        &self,
        file: &Path,
        mut book: BookFile,
        mut progress: Progress,
    ) -> Result<Prepared, BookFault> {
        let mode = self.mode(book.understood())?;
        rejects::remove_unfinished(rejects::directory_of(file));
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let source = BookSource { name, sha256: digest(&book.understood().sha256) };
        let generation = match mode {
            Mode::Snapshot => self.store.new_generation(source, self.at)?,
            Mode::Delta => self.store.new_delta(source, self.at)?,
        };
        let mut counts = Counts::default();
        let mut rejects = Rejects::beside(file);
        let rules = &self.settings.rules;
        let six_digit_dates = rules.six_digit_dates.or(book.understood().six_digit_dates);
        let rules = BookRules { six_digit_dates, ..rules.clone() };
        let pour = Pour {
            book: &mut book,
            rules: &rules,
            mode,
            rejects: &mut rejects,
            counts: &mut counts,
            progress: &mut progress,
            stop: self.stop,
        };
        let generation = pour.into(generation)?;
        progress.build(counts.rows);
        let ready = generation.finish_unless(self.settings.shared_over, &|| self.stop.is_cancelled())?;
        if self.stop.is_cancelled() {
            return Err(BookFault::Stopped);
        }
        let difference = *ready.difference();
        count(&mut counts, &difference, mode);
        let in_use = self.known.iter().find(|generation| generation.is_current);
        let in_use_counts = in_use.map(|generation| InUse {
            policies: generation.counts.policies,
            with_email: generation.counts.with_email,
        });
        let report = Report {
            file: file.to_owned(),
            mode,
            brakes: brake(in_use_counts.as_ref(), &counts, &self.settings.thresholds),
            counts,
            difference,
            lines: book.counts(),
            before: in_use.cloned(),
            same_as: self.known.iter().rfind(|known| is_source_of(book.understood(), known)).cloned(),
            rejected_rows: rejects.finish()?,
            understood: book.understood().clone(),
            outcome: Outcome::OnlyTried,
        };
        Ok(Prepared { report, ready, keep: self.settings.keep_generations })
    }

    fn mode(&self, understood: &Understood) -> Result<Mode, BookFault> {
        let has_movements = understood.columns.iter().any(|(column, _)| *column == Column::Movement);
        match self.mode {
            None if has_movements => Err(BookFault::MovementsUntold),
            mode => Ok(mode.unwrap_or(Mode::Snapshot)),
        }
    }
}

impl Prepared {
    /// Puts the new generation into use if it is believed or accepted as it is, and throws it away otherwise. The same
    /// file again does not push the book before it out of reach of `undo`.
    pub async fn conclude(self, store: &Store, accepted: bool, actor: Actor) -> Result<Report, StoreFault> {
        let Self { mut report, ready, keep } = self;
        report.outcome = if !report.brakes.is_empty() && !accepted {
            Outcome::Braked
        } else if report.is_in_use_already() {
            Outcome::InUseAlready
        } else {
            Outcome::Loaded
        };
        if report.outcome == Outcome::Loaded {
            ready.switch(actor).await?;
            if let Err(fault) = store.prune_generations(keep).await {
                // The next load prunes what this one did not.
                tracing::warn!(cause = %Chain(&fault), "old generations of the policy book could not be removed");
            }
        } else {
            ready.discard();
        }
        Ok(report)
    }

    /// Throws the new generation away.
    pub fn abandon(self) -> Report {
        self.ready.discard();
        self.report
    }
}

fn count(counts: &mut Counts, difference: &BookDifference, mode: Mode) {
    let BookDifference { new, changed, ended, unchanged, repeated, absent, .. } = *difference;
    counts.new = new;
    counts.changed = changed;
    counts.unchanged = unchanged;
    counts.repeated = repeated;
    counts.ended = ended;
    counts.removed += match mode {
        Mode::Snapshot => absent,
        Mode::Delta => ended + absent,
    };
    counts.policies = difference.policies;
    counts.with_email = difference.with_email;
}

/// The bytes of a hash in hexadecimal.
fn digest(hexadecimal: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hexadecimal.len() != 64 {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hexadecimal.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}
