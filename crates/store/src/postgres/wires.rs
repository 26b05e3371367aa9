//! The wires: a few connections over which the questions of all who ask fly together, none waiting for another's answer.
//!
//! To lend a thread to a question costs waking two others. What is asked for nearly every page is one statement, so it is sent
//! and waited for as anything else of the runtime's, which carries these connections.

use super::failure::{failed, timed_out};
use super::{PATIENCE, PostgresServer};
use crate::fault::StoreFault;
use crate::question::Question;
use crate::value::{Columns, Value};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::{Client, Row, Statement};

/// How many there are; each is a process of the server's.
const WIRES: usize = 4;

/// A few connections to a server.
pub(crate) struct Wires {
    server: Arc<PostgresServer>,
    places: [Place; WIRES],
}

#[derive(Default)]
struct Place {
    wire: RwLock<Option<Arc<Wire>>>,
    /// Whoever makes the wire has it.
    making: Mutex<()>,
    /// How many wait for an answer.
    asking: AtomicUsize,
}

/// One of those who wait for an answer, until it is dropped.
struct Asking<'a>(&'a AtomicUsize);

struct Wire {
    client: Client,
    statements: RwLock<HashMap<&'static str, Statement>>,
}

impl Wires {
    /// They are made when they are first needed.
    pub(crate) fn new(server: Arc<PostgresServer>) -> Self {
        Self { server, places: Default::default() }
    }

    /// Asks, and reads all rows.
    pub(crate) async fn ask<T>(&self, question: &Question<'_, T>) -> Result<Vec<T>, StoreFault> {
        let rows = self.rows(question.statement, &question.by).await?;
        rows.iter().map(|row| (question.read)(&mut Columns::of_postgres(row))).collect()
    }

    /// All rows, in the time for one question. Where a wire broke while nobody asked, it is asked on a new one: to ask twice
    /// changes nothing.
    async fn rows(&self, statement: &'static str, by: &Value<'_>) -> Result<Vec<Row>, StoreFault> {
        let place = self.idlest();
        let _asking = Asking::of(&place.asking);
        let until = Instant::now() + PATIENCE;
        if let Some(wire) = place.wire() {
            match wire.rows(statement, by, until).await {
                Some(Err(StoreFault::Unreachable(_))) => place.hang_up(&wire),
                told => return place.told(&wire, told),
            }
        }
        let wire = timeout_at(until, self.made(place)).await.map_err(|_| timed_out())??;
        place.told(&wire, wire.rows(statement, by, until).await)
    }

    /// The place with the shortest queue: who asks alone always asks the same process, whose memory is warm.
    fn idlest(&self) -> &Place {
        let [first, others @ ..] = &self.places;
        others.iter().fold(first, |idlest, place| if place.queue() < idlest.queue() { place } else { idlest })
    }

    /// Makes the wire in this place, unless somebody else has made it meanwhile.
    async fn made(&self, place: &Place) -> Result<Arc<Wire>, StoreFault> {
        let _making = place.making.lock().await;
        if let Some(wire) = place.wire() {
            return Ok(wire);
        }
        let client = self.server.connect().await?;
        let wire = Arc::new(Wire { client, statements: RwLock::default() });
        *place.wire.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&wire));
        Ok(wire)
    }
}

impl Place {
    /// The wire, if there is one that the server has not ended.
    fn wire(&self) -> Option<Arc<Wire>> {
        let wire = self.wire.read().unwrap_or_else(PoisonError::into_inner);
        wire.as_ref().filter(|wire| !wire.client.is_closed()).map(Arc::clone)
    }

    fn queue(&self) -> usize {
        self.asking.load(Ordering::Relaxed)
    }

    /// Whoever asks next gets another wire.
    fn hang_up(&self, broken: &Arc<Wire>) {
        let mut wire = self.wire.write().unwrap_or_else(PoisonError::into_inner);
        if wire.as_ref().is_some_and(|wire| Arc::ptr_eq(wire, broken)) {
            *wire = None;
        }
    }

    /// What was told in time, if anything was; a wire that is silent or broken is not asked again.
    fn told(
        &self,
        wire: &Arc<Wire>,
        told: Option<Result<Vec<Row>, StoreFault>>,
    ) -> Result<Vec<Row>, StoreFault> {
        let told = told.unwrap_or_else(|| Err(timed_out()));
        if let Err(StoreFault::Unreachable(_)) = told {
            self.hang_up(wire);
        }
        told
    }
}

impl<'a> Asking<'a> {
    fn of(queue: &'a AtomicUsize) -> Self {
        queue.fetch_add(1, Ordering::Relaxed);
        Self(queue)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Wire {
    /// All rows, or what failed; nothing if they were not there by then.
    async fn rows(
        &self,
        statement: &'static str,
        by: &Value<'_>,
        until: Instant,
    ) -> Option<Result<Vec<Row>, StoreFault>> {
        let told = timeout_at(until, async {
            let statement = self.prepared(statement).await?;
            self.client.query(&statement, &[by]).await
        });
        Some(told.await.ok()?.map_err(|error| failed(&error)))
    }

    async fn prepared(&self, text: &'static str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.statements.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(text).await?;
        self.statements.write().unwrap_or_else(PoisonError::into_inner).insert(text, statement.clone());
        Ok(statement)
    }
}
