//! Copying a database step by step while others use it.

use super::Sqlite;
use crate::fault::StoreFault;
use rusqlite::backup::{Backup, StepResult};

/// So many pages go at a time: two mebibytes of the usual ones, which takes a few milliseconds.
const PAGES_IN_A_STEP: i32 = 512;

/// A copy under way. What it copies is the state that the transaction sees which is open on its source, so that it ends,
/// however much is written meanwhile.
pub(crate) struct Copying<'a> {
    backup: Backup<'a, 'a>,
    bytes_of_page: u64,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Bytes that are copied.
    pub bytes: u64,
    /// Bytes that the whole copy has.
    pub of: u64,
}

impl Sqlite {
    /// Begins to copy the state that the open transaction sees.
    pub(crate) fn copy_to<'a>(&'a self, to: &'a mut Self) -> Result<Copying<'a>, StoreFault> {
        let bytes_of_page = u64::try_from(self.head("page_size")?).unwrap_or_default();
        Ok(Copying { backup: Backup::new(&self.connection, &mut to.connection)?, bytes_of_page })
    }
}

impl Copying<'_> {
    /// Copies some pages; answers how far it is, or nothing when the copy is whole.
    pub(crate) fn step(&self) -> Result<Option<Copied>, StoreFault> {
        match self.backup.step(PAGES_IN_A_STEP)? {
            StepResult::Done => Ok(None),
            StepResult::More => Ok(Some(self.progress())),
            // Nobody else has the copy, and the source is only read.
            StepResult::Busy | StepResult::Locked | _ => Err(StoreFault::Busy),
        }
    }

    fn progress(&self) -> Copied {
        let progress = self.backup.progress();
        let bytes = |pages: i32| u64::try_from(pages).unwrap_or_default() * self.bytes_of_page;
        Copied { bytes: bytes(progress.pagecount - progress.remaining), of: bytes(progress.pagecount) }
    }
}
