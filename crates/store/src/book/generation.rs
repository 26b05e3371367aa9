//! A new generation on its way: rows are added, it is finished, and then put into use or thrown away.

use crate::audit;
use crate::book::ahead::Ahead;
use crate::book::build::{Extent, Plan, build};
use crate::book::record::Record;
use crate::book::sorter::{SORTER_BYTES, Sorter};
use crate::book::table::{self, Built};
use crate::book::workplace::Workplace;
use crate::book::{BookDifference, BookSource};
use crate::fault::StoreFault;
use crate::policies::BookRow;
use crate::store::Store;
use jiff::Timestamp;
use std::fmt;
use zaguan_domain::origin::Actor;
use zaguan_faults::reach;

/// A generation of the book that rows are added to. Nobody else can build one meanwhile. Dropped, it leaves nothing.
pub struct NewGeneration {
    store: Store,
    source: BookSource,
    at: Timestamp,
    rows: Rows,
}

/// A generation of the book that is built and durable, but not in use yet. Dropped, it leaves nothing.
pub struct ReadyGeneration {
    store: Store,
    built: Built,
    workplace: Workplace,
}

impl NewGeneration {
    pub(crate) fn begin(
        store: &Store,
        extent: Extent,
        source: BookSource,
        at: Timestamp,
    ) -> Result<Self, StoreFault> {
        let rows = Rows::begin(store.workplace()?, extent, SORTER_BYTES)?;
        Ok(Self { store: store.clone(), source, at, rows })
    }

    /// Adds a policy, in any order. Of rows with the same document, line and number the last counts.
    pub fn add(&mut self, row: &BookRow) -> Result<(), StoreFault> {
        self.rows.record.keep(row);
        self.rows.sorter.add(&self.rows.record)
    }

    /// Ends a policy, in a delta: of the row, its document, line and number count.
    pub fn end(&mut self, row: &BookRow) -> Result<(), StoreFault> {
        self.rows.record.end(row);
        self.rows.sorter.add(&self.rows.record)
    }

    /// Builds it, makes it durable, and compares it with the one in use. An address that more holders have than
    /// `shared_over` is marked as shared.
    ///
    /// This takes seconds for a million policies, in place. It is not in use yet ([`ReadyGeneration::switch`]).
    pub fn finish(self, shared_over: u32) -> Result<ReadyGeneration, StoreFault> {
        self.finish_unless(shared_over, &|| false)
    }

    /// The same, unless it is told to give up: `is_stopped` is asked every few milliseconds. Then nothing of it is left.
    pub fn finish_unless(
        self,
        shared_over: u32,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<ReadyGeneration, StoreFault> {
        let Self { store, source, at, rows } = self;
        let replaces = store.ask_at_once(|reader| table::in_use(reader.database()))?;
        let in_use = match replaces.map(|number| rows.workplace.rows_of(number)).transpose() {
            // A whole book is how one that was lost is made again.
            Err(StoreFault::GenerationMissing { .. }) if rows.extent == Extent::Snapshot => None,
            opened => opened?,
        };
        let (workplace, difference) = rows.build(in_use, shared_over, is_stopped)?;
        let built = Built { number: workplace.number(), source, at, replaces, difference };
        Ok(ReadyGeneration { store, built, workplace })
    }
}

impl ReadyGeneration {
    /// How it differs from the one in use.
    pub fn difference(&self) -> &BookDifference {
        &self.built.difference
    }

    /// Puts it into use for whoever acts, which is recorded, and returns when that is durable. Every question from then on, of any process, is answered from
    /// it.
    ///
    /// Whoever stops waiting does not know whether it is in use.
    pub async fn switch(self, actor: Actor) -> Result<(), StoreFault> {
        let Self { store, built, mut workplace } = self;
        let switched = store.write(move |db| {
            reach("book.switch")?;
            table::switch(db, &built)?;
            let BookDifference { policies, holders, .. } = built.difference;
            let (number, name) = (built.number, &built.source.name);
            let detail = format!("generation {number}: {name}, {policies} policies of {holders} holders");
            audit::add(db, &audit::book_switched(built.at, actor, detail))?;
            workplace.keep();
            // Nobody else may build before this is durable: they would take its file for a leftover.
            Ok::<_, StoreFault>(workplace)
        });
        switched.await.map(drop)
    }

    /// Throws it away; the one in use stays.
    pub fn discard(self) {
        drop(self);
    }
}

impl fmt::Debug for NewGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewGeneration").field("source", &self.source).finish_non_exhaustive()
    }
}

impl fmt::Debug for ReadyGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyGeneration").field("built", &self.built).finish_non_exhaustive()
    }
}

/// The rows of a generation on their way to its shelf.
pub(super) struct Rows {
    // Before the workplace, because the sorter writes into it until it is dropped.
    pub(super) sorter: Sorter,
    pub(super) record: Record,
    extent: Extent,
    workplace: Workplace,
}

impl Rows {
    pub(super) fn begin(workplace: Workplace, extent: Extent, memory: usize) -> Result<Self, StoreFault> {
        let sorter = Sorter::new(workplace.make_building()?, memory);
        Ok(Self { sorter, record: Record::default(), extent, workplace })
    }

    /// Writes them.
    pub(super) fn build(
        self,
        in_use: Option<Ahead<()>>,
        shared_over: u32,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(Workplace, BookDifference), StoreFault> {
        let Self { mut sorter, extent, workplace, .. } = self;
        let plan = Plan { extent, shared_over, is_stopped };
        let difference = workplace.write(|shelf, building| {
            build(&plan, shelf, building.join("addresses"), sorter.merge()?, in_use)
        })?;
        workplace.remove_building()?;
        Ok((workplace, difference))
    }
}
