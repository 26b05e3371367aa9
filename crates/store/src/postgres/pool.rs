//! The pool: connections on which the node reads, as many as it may have open.

use super::{Postgres, PostgresServer};
use crate::book::Reader;
use crate::fault::StoreFault;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;

/// How many connections a node reads on at most: more would only make the server's processes take turns.
const CONNECTIONS: usize = 16;

/// How long a connection is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections on which the node reads.
pub(crate) struct Pool {
    server: Arc<PostgresServer>,
    places: Semaphore,
    /// Those that nobody asks just now, the one used last on top.
    idle: Mutex<Vec<Reader>>,
}

impl Pool {
    pub(crate) fn new(server: Arc<PostgresServer>) -> Self {
        Self { server, places: Semaphore::new(CONNECTIONS), idle: Mutex::default() }
    }

    /// Asks in place on a connection that nobody else asks.
    pub(crate) async fn ask<T>(
        &self,
        question: impl FnOnce(&Reader) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let place = tokio::time::timeout(PATIENCE, self.places.acquire()).await;
        let _place = place.map_err(|_| StoreFault::Busy)?.map_err(|_| StoreFault::Closed)?;
        self.ask_at_once(question)
    }

    /// The same, for who is not of the portal's requests and does not wait for a place.
    pub(crate) fn ask_at_once<T>(
        &self,
        question: impl FnOnce(&Reader) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = idle.unwrap_or_else(|| Reader::of_postgres(Postgres::new(Arc::clone(&self.server))));
        let answer = lent(|| {
            reader.freshen();
            question(&reader)
        });
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < CONNECTIONS {
            idle.push(reader);
        }
        answer
    }
}

/// Lends this thread to a question, where its runtime can spare it: otherwise each statement is waited for by another.
fn lent<T>(question: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(question),
        _ => question(),
    }
}
