//! A link: one open connection, and its prepared statements.

use super::failure::{failed, timed_out};
use super::{PATIENCE, PostgresServer, in_place};
use crate::database::WantsMore;
use crate::fault::StoreFault;
use crate::value::{Columns, Value};
use bytes::{Bytes, BytesMut};
use futures_util::future::{MaybeDone, maybe_done};
use futures_util::{SinkExt as _, TryStreamExt as _};
use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, CopyInSink, Row, Statement};

/// One open connection.
pub(super) struct Link {
    /// It is there until the link goes.
    runtime: Option<Runtime>,
    client: Client,
    statements: RefCell<HashMap<Box<str>, Statement>>,
    /// The schema that the tables are in.
    pub(super) schema: String,
}

/// Rows on their way into a table.
pub(super) type Copying = Pin<Box<CopyInSink<Bytes>>>;

/// How long the server may take for a block of rows that are copied.
const COPY_PATIENCE: Duration = Duration::from_mins(2);

/// A statement on its way, with its values as the server wants them.
pub(super) struct Flight {
    statement: Statement,
    values: Vec<Encoded>,
    is_guard: bool,
}

/// What became of statements that were on their way.
#[derive(Debug)]
pub(super) struct Landed {
    /// How many rows the last one wrote or found.
    pub(super) last: Result<usize, StoreFault>,
    /// What failed first: whatever came after it was not done.
    pub(super) fault: Option<StoreFault>,
    /// Whether each guard that was reached wrote or found one row. Where one did not, what came after it may have failed for
    /// that.
    pub(super) guards_held: bool,
}

impl Link {
    /// Connects.
    pub(super) fn open(server: &PostgresServer) -> Result<Self, StoreFault> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StoreFault::Unreachable(error.to_string()))?;
        let connected = in_place(|| {
            runtime.block_on(async {
                let connected = tokio::time::timeout(PATIENCE, server.connect()).await;
                let client = connected.map_err(|_| timed_out())??;
                let schema = client.query_one("select coalesce(current_schema(), '')", &[]).await;
                let schema: String = schema.map_err(|error| failed(&error))?.get(0);
                Ok((client, schema))
            })
        });
        match connected {
            Ok((client, schema)) => {
                Ok(Self { runtime: Some(runtime), client, statements: RefCell::default(), schema })
            }
            Err(fault) => {
                runtime.shutdown_background();
                Err(fault)
            }
        }
    }

    /// Whether the server hung up.
    pub(super) fn is_gone(&self) -> bool {
        // What arrived meanwhile is only looked at while the runtime runs.
        let looked = self.wait(PATIENCE, async {
            // To look, to tell the connection, and for it to end.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            Ok(())
        });
        looked.is_err() || self.client.is_closed()
    }

    /// A statement with its values, to be sent later.
    pub(super) fn flight(
        &self,
        statement: &str,
        values: &[Value<'_>],
        is_guard: bool,
    ) -> Result<Flight, StoreFault> {
        let statement = self.prepared(statement)?;
        let encode = |(value, of): (&Value<'_>, &Type)| {
            Encoded::new(value, of).map_err(|error| StoreFault::Server {
                code: String::new(),
                message: format!("a value cannot be sent: {error}"),
            })
        };
        let values = values.iter().zip(statement.params()).map(encode).collect::<Result<_, _>>()?;
        Ok(Flight { statement, values, is_guard })
    }

    /// Sends statements one after the other without waiting in between, and waits for all.
    pub(super) fn fly(&self, put_off: Vec<Flight>, last: Option<Flight>) -> Result<Landed, StoreFault> {
        let flights: Vec<Flight> = put_off.into_iter().chain(last).collect();
        let client = &self.client;
        let told = self.wait(PATIENCE, async { Ok(sent(client, &flights).await) })?;
        Ok(Landed::of(&flights, &told))
    }

    /// Asks, after what was put off.
    pub(super) fn ask(
        &self,
        put_off: &[Flight],
        statement: &str,
        values: &[Value<'_>],
    ) -> Result<(Landed, Result<Vec<Row>, StoreFault>), StoreFault> {
        let statement = self.prepared(statement)?;
        let values: Vec<&(dyn ToSql + Sync)> =
            values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let client = &self.client;
        let (told, rows) = self.wait(PATIENCE, async {
            Ok(tokio::join!(biased; sent(client, put_off), client.query(&statement, &values)))
        })?;
        Ok((Landed::of(put_off, &told), rows.map_err(|error| failed(&error))))
    }

    /// Runs statements that take no values and give no rows.
    pub(super) fn run(&self, statements: &str) -> Result<(), StoreFault> {
        self.wait(PATIENCE, self.client.batch_execute(statements))
    }

    /// Runs statements that may take as long as they need.
    pub(super) fn run_patiently(&self, statements: &str) -> Result<(), StoreFault> {
        let patiently = format!("set statement_timeout = 0; {statements}; set statement_timeout = '9s'");
        self.wait(Duration::from_hours(24), self.client.batch_execute(&patiently))
    }

    /// Begins to copy rows into a table.
    pub(super) fn begin_copy(&self, statement: &str) -> Result<Copying, StoreFault> {
        self.wait(PATIENCE, self.client.copy_in(statement)).map(Box::pin)
    }

    /// Copies some of them. The server may have much to do before it takes more.
    pub(super) fn copy(&self, copying: &mut Copying, block: Vec<u8>) -> Result<(), StoreFault> {
        self.wait(COPY_PATIENCE, copying.send(block.into()))
    }

    /// Copies no more.
    pub(super) fn end_copy(&self, mut copying: Copying) -> Result<(), StoreFault> {
        self.wait(COPY_PATIENCE, async move { copying.as_mut().finish().await }).map(drop)
    }

    /// Reads an answer of any length row by row, as long as more are wanted.
    pub(super) fn stream(&self, statement: &str, wants_more: &mut WantsMore<'_>) -> Result<(), StoreFault> {
        let statement = self.prepared(statement)?;
        self.run("set statement_timeout = 0")?;
        let Some(runtime) = &self.runtime else {
            return Err(StoreFault::Closed);
        };
        runtime.block_on(async {
            let none: [&(dyn ToSql + Sync); 0] = [];
            let rows = self.client.query_raw(&statement, none).await.map_err(|error| failed(&error))?;
            let mut rows = pin!(rows);
            while let Some(row) = rows.try_next().await.map_err(|error| failed(&error))? {
                if !wants_more(&mut Columns::of_postgres(&row))? {
                    break;
                }
            }
            Ok(())
        })
    }

    /// From now on the tables of the book are those of this generation.
    pub(super) fn look_in_generation(&self, number: u32) -> Result<(), StoreFault> {
        let main = self.schema.replace('"', "\"\"");
        self.run(&format!("set search_path = \"{main}\", {}", generation_schema(&self.schema, number)))
    }

    pub(super) fn prepared(&self, statement: &str) -> Result<Statement, StoreFault> {
        if let Some(prepared) = self.statements.borrow().get(statement) {
            return Ok(prepared.clone());
        }
        let prepared = self.wait(PATIENCE, self.client.prepare(statement))?;
        self.statements.borrow_mut().insert(statement.into(), prepared.clone());
        Ok(prepared)
    }

    /// Waits in place.
    fn wait<T: Send>(
        &self,
        patience: Duration,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>> + Send,
    ) -> Result<T, StoreFault> {
        let Some(runtime) = &self.runtime else {
            return Err(StoreFault::Closed);
        };
        let answer = in_place(|| runtime.block_on(async { tokio::time::timeout(patience, answer).await }));
        answer.map_err(|_| timed_out())?.map_err(|error| failed(&error))
    }
}

impl Landed {
    fn of(flights: &[Flight], told: &[Result<u64, tokio_postgres::Error>]) -> Self {
        let mut guards = flights.iter().zip(told).filter(|(flight, _)| flight.is_guard);
        let rows = |told: &Result<u64, tokio_postgres::Error>| match told {
            Ok(count) => Ok(usize::try_from(*count).unwrap_or(usize::MAX)),
            Err(error) => Err(failed(error)),
        };
        Self {
            guards_held: guards.all(|(_, told)| !matches!(told, Ok(count) if *count != 1)),
            fault: told.iter().find_map(|told| told.as_ref().err()).map(failed),
            last: told.last().map_or(Ok(0), rows),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The schema that the tables of a generation are in, as it is written in a statement.
pub(super) fn generation_schema(main: &str, number: u32) -> String {
    format!("\"{}_book_{number}\"", main.replace('"', "\"\""))
}

/// How many rows each of these wrote or found, sent one after the other without waiting in between.
async fn sent(client: &Client, flights: &[Flight]) -> Vec<Result<u64, tokio_postgres::Error>> {
    let all = flights.iter().map(|flight| {
        let values = flight.values.iter().map(|value| value as &(dyn ToSql + Sync));
        client.execute_raw(&flight.statement, values)
    });
    in_order(all).await
}

/// Begins all of them in their order, and waits for all: PostgreSQL does what it is sent in the order in which it comes.
async fn in_order<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<Pin<Box<MaybeDone<F>>>> = all.map(|one| Box::pin(maybe_done(one))).collect();
    poll_fn(|context| {
        let mut are_done = true;
        for one in &mut all {
            are_done &= one.as_mut().poll(context).is_ready();
        }
        if are_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    all.iter_mut().filter_map(|one| one.as_mut().take_output()).collect()
}

/// A value as the server wants it.
#[derive(Debug)]
struct Encoded(Option<Vec<u8>>);

impl Encoded {
    fn new(value: &Value<'_>, of: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let mut bytes = BytesMut::new();
        Ok(match value.to_sql(of, &mut bytes)? {
            IsNull::Yes => Self(None),
            IsNull::No => Self(Some(bytes.to_vec())),
        })
    }
}

impl ToSql for Encoded {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match &self.0 {
            None => Ok(IsNull::Yes),
            Some(bytes) => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
