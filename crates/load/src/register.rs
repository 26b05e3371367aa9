//! Registers as people do, each in a browser of their own and with a policy of the book: opens the page, fills in the form,
//! sends it, and is told that a letter is on its way.

use crate::ask::{Span, on_threads};
use crate::browser::{Asker, Cookies, open_form, post};
use crate::connection::Connection;
use crate::people::address;
use crate::sign_in::opened;
use crate::tally::Tally;
use anyhow::Context as _;
use serde_json::Value;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const PAGE: &str = "/registro";

/// Who registers, and how many at a time.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Register {
    /// Where the portal listens.
    #[arg(long)]
    to: SocketAddr,
    /// The policy book that was loaded, as `cargo xtask book` writes it.
    #[arg(long)]
    book: PathBuf,
    /// How many people register at the same time.
    #[arg(long, default_value_t = 128)]
    callers: usize,
    /// For how long.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// The row of the book where the turns begin, so that a second run is of other people.
    #[arg(long, default_value_t = 0)]
    from_turn: usize,
}

/// How long before counting begins.
const WARM_UP: f64 = 0.5;

/// What stands on a policy, as its holder types it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Policy {
    document: String,
    line: String,
    number: String,
}

/// Registers, and answers how often it went well and how long the answer to the form took.
pub(crate) fn run(register: &Register) -> anyhow::Result<Value> {
    let book = fs::read_to_string(&register.book);
    let book = book.with_context(|| format!("could not read {}", register.book.display()))?;
    let policies = Arc::new(policies(&book).with_context(|| no_book(&register.book))?);
    anyhow::ensure!(policies.len() > register.callers, "{}", no_book(&register.book));
    let span = Span::of(WARM_UP, register.seconds);
    let tally = on_threads(1, |_| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut people = JoinSet::new();
            for caller in 0..register.callers {
                people.spawn(one_caller(register.clone(), caller, Arc::clone(&policies), span));
            }
            let mut all = Tally::default();
            while let Some(tally) = people.join_next().await {
                all.join(tally?);
            }
            Ok(all)
        })
    })?;
    Ok(tally.to_json(register.seconds))
}

fn no_book(path: &Path) -> String {
    format!("{} is no policy book with enough policies in force", path.display())
}

/// The policies of a book that are in force, but for those of people who share a number.
fn policies(book: &str) -> Option<Vec<Policy>> {
    let mut lines = book.lines();
    let header: Vec<&str> = lines.next()?.split(';').collect();
    let column = |name: &str| header.iter().position(|column| *column == name);
    let [document, shared, line, number, state] =
        ["documento", "discriminador", "ramo", "poliza", "estado"].map(column);
    let (document, shared, line, number, state) = (document?, shared?, line?, number?, state?);
    let policies = lines.filter_map(|row| {
        let cells: Vec<&str> = row.split(';').collect();
        let cell = |column: usize| cells.get(column).map(|cell| (*cell).to_owned());
        let is_plain = cells.get(state) == Some(&"vigente") && cells.get(shared) == Some(&"");
        let policy = Policy { document: cell(document)?, line: cell(line)?, number: cell(number)? };
        is_plain.then_some(policy)
    });
    Some(policies.collect())
}

async fn one_caller(register: Register, caller: usize, policies: Arc<Vec<Policy>>, span: Span) -> Tally {
    let mut tally = Tally::default();
    let (mut turn, mut connection) = (register.from_turn + caller, None);
    while !span.is_over(Instant::now()) {
        let policy = &policies[turn % policies.len()];
        match register_once(register.to, &mut connection, policy, turn).await {
            Ok((status, took)) => {
                if span.counts(Instant::now()) {
                    tally.add(status, took);
                }
            }
            Err(error) => {
                connection = None;
                tally.broke(&error);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        turn += register.callers;
    }
    tally
}

async fn register_once(
    to: SocketAddr,
    connection: &mut Option<Connection>,
    policy: &Policy,
    turn: usize,
) -> anyhow::Result<(u16, Duration)> {
    let (host, mut cookies) = (to.to_string(), Cookies::default());
    let asker = Asker { host: &host, address: address(u64::try_from(turn)?) };
    let connection = opened(connection, to).await?;
    let form = open_form(connection, PAGE, asker, &mut cookies).await?;
    let email = format!("persona{turn}@example.com");
    let body = form.filled(&[
        ("documento", &policy.document),
        ("ramo", &policy.line),
        ("poliza", &policy.number),
        ("email", &email),
    ]);
    let request = post(PAGE, asker, &cookies.header(), &body);
    let sent = Instant::now();
    let answer = connection.ask(&request).await?;
    Ok((answer.status, sent.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_in_force_are_read_from_a_book_by_the_names_of_its_columns() {
        let book = "documento;tipo_documento;discriminador;ramo;poliza;titular;estado\n\
            15613758;DNI;;vida-colectivo;004000-00100011;RUIZ, FABIÁN;vigente\n\
            15613758;DNI;;automotores;89/100007;RUIZ, FABIÁN;vencida\n\
            5613758;LC;F;automotores;89/100008;RUIZ, ANA;vigente\n";
        let read = policies(book).unwrap();
        let only = Policy {
            document: "15613758".to_owned(),
            line: "vida-colectivo".to_owned(),
            number: "004000-00100011".to_owned(),
        };
        assert_eq!(read, [only]);
        assert_eq!(policies("nombre;poliza\n"), None);
    }
}
