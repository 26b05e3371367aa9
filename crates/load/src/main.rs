//! `zaguan-load`: asks a portal as thousands of people do, and measures the floors that it is compared with.
//!
//! `cargo xtask bench` starts it, once for each thing that is measured in a round. It prints one line of JSON.

mod ask;
mod browser;
mod clock;
mod connection;
mod flood;
mod floor;
mod hashes;
mod page_weight;
mod people;
mod postgres;
mod reads;
mod register;
mod registrations;
mod seed;
mod sign_in;
mod sink;
mod tally;

use clap::Parser;
use serde_json::Value;
use std::io::Write as _;
use std::process::ExitCode;

/// What is measured.
#[derive(Debug, Parser)]
#[command(name = "zaguan-load")]
enum Task {
    /// Makes a portal with people in it.
    Seed(seed::Seed),
    /// Asks for one page again and again.
    Ask(ask::Ask),
    /// Signs in again and again.
    SignIn(sign_in::SignIn),
    /// Hashes and does nothing else.
    Hashes(hashes::Hashes),
    /// Writes one answer down.
    Fetch(page_weight::Fetch),
    /// Fetches all that a page needs to be drawn, and weighs it.
    Draw(page_weight::Draw),
    /// Registers again and again.
    Register(register::Register),
    /// Makes registrations durable.
    Registrations(registrations::Registrations),
    /// Asks a database what a session check and a sign-in ask, and registers.
    Reads(reads::Reads),
    /// Reads on PostgreSQL, through the store and by tokio-postgres alone.
    Postgres(postgres::Postgres),
    /// Lets many more people sign in than can be served.
    Flood(flood::Flood),
    /// Takes letters and keeps none, until it is killed.
    Sink(sink::Sink),
    /// Answers everybody what was written down, until it is killed.
    Floor(floor::Floor),
}

fn main() -> ExitCode {
    match run(&Task::parse()) {
        Ok(measured) => {
            // That nobody listens is nobody's fault.
            let _ = writeln!(std::io::stdout(), "{measured}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "zaguan-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<Value> {
    match task {
        Task::Seed(seed) => seed::run(seed),
        Task::Ask(ask) => ask::run(ask),
        Task::SignIn(sign_in) => sign_in::run(sign_in),
        Task::Hashes(hashes) => hashes::run(hashes),
        Task::Fetch(fetch) => page_weight::fetch(fetch),
        Task::Draw(draw) => page_weight::draw(draw),
        Task::Register(register) => register::run(register),
        Task::Registrations(registrations) => registrations::run(registrations),
        Task::Reads(reads) => reads::run(reads),
        Task::Postgres(postgres) => postgres::run(postgres),
        Task::Flood(flood) => flood::run(flood),
        Task::Sink(sink) => sink::run(sink).map(|()| Value::Null),
        Task::Floor(floor) => floor::run(floor).map(|()| Value::Null),
    }
}
