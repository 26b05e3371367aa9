//! Reading ahead: one thread makes records while another takes them, so that two cores share the work.

use crate::book::directory::fault;
use crate::book::record::Record;
use crate::fault::StoreFault;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

/// Records go from one thread to the other in batches of so many.
const BATCH: usize = 512;

/// So many batches may wait; more would only take memory.
const BATCHES_WAITING: usize = 4;

/// Records of this length or longer are not kept to be used again.
const LONG: usize = 4 * 1024;

/// Records that another thread makes, and what it says at their end.
#[derive(Debug)]
pub(crate) struct Ahead<T> {
    /// Nothing when the last one was taken.
    batches: Option<Receiver<Vec<Record>>>,
    used: Sender<Vec<Record>>,
    batch: Vec<Record>,
    taken: usize,
    thread: Option<JoinHandle<Result<T, StoreFault>>>,
    end: Option<T>,
}

/// Where the thread puts its records.
#[derive(Debug)]
pub(crate) struct Taker {
    batches: SyncSender<Vec<Record>>,
    used: Receiver<Vec<Record>>,
    batch: Vec<Record>,
    made: usize,
}

impl<T: Send + 'static> Ahead<T> {
    /// Starts the thread. What it reads is in this directory.
    pub(crate) fn start(
        directory: &Path,
        make: impl FnOnce(&mut Taker) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<Self, StoreFault> {
        let (batches, of_batches) = sync_channel(BATCHES_WAITING);
        let (used, of_used) = channel();
        let mut taker = Taker { batches, used: of_used, batch: Vec::new(), made: 0 };
        let work = move || {
            let end = make(&mut taker)?;
            taker.send();
            Ok(end)
        };
        let thread = thread::Builder::new().name("reader".to_owned()).spawn(work);
        let thread = thread.map_err(|error| fault(directory, error))?;
        let batches = Some(of_batches);
        Ok(Self { batches, used, batch: Vec::new(), taken: 0, thread: Some(thread), end: None })
    }

    /// The next record; nothing at the end.
    pub(crate) fn peek(&mut self) -> Result<Option<&Record>, StoreFault> {
        while self.taken == self.batch.len()
            && let Some(batches) = &self.batches
        {
            let Ok(next) = batches.recv() else {
                self.finish()?;
                break;
            };
            // Whoever has ended has no use for them.
            let _ = self.used.send(std::mem::replace(&mut self.batch, next));
            self.taken = 0;
        }
        Ok(self.batch.get(self.taken))
    }

    /// Goes on behind the record that was seen.
    pub(crate) fn advance(&mut self) {
        self.taken += 1;
    }

    /// What the thread said at its end; nothing before.
    pub(crate) fn end(&self) -> Option<&T> {
        self.end.as_ref()
    }

    fn finish(&mut self) -> Result<(), StoreFault> {
        self.batches = None;
        match self.thread.take().map(JoinHandle::join) {
            None => {}
            Some(Ok(end)) => self.end = Some(end?),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
        Ok(())
    }
}

impl<T> Drop for Ahead<T> {
    fn drop(&mut self) {
        // The thread ends when nobody listens, and what it reads may be about to be removed.
        self.batches = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Taker {
    /// Gives a record away, and a used one for it; says whether more are wanted.
    pub(crate) fn put(&mut self, record: &mut Record) -> bool {
        match self.batch.get_mut(self.made) {
            Some(place) if place.written_length() < LONG => std::mem::swap(place, record),
            Some(place) => *place = std::mem::take(record),
            None => self.batch.push(std::mem::take(record)),
        }
        self.made += 1;
        self.made < BATCH || self.send()
    }

    fn send(&mut self) -> bool {
        self.batch.truncate(self.made);
        self.made = 0;
        let next = self.used.try_recv().unwrap_or_default();
        self.batches.send(std::mem::replace(&mut self.batch, next)).is_ok()
    }
}

#[cfg(test)]
mod tests;
