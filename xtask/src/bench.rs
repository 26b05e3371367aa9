//! `cargo xtask bench`: what the project promises, measured against what others do in the same run.

mod commit;
mod compare;
mod flame;
mod goals;
mod growth;
mod import;
mod letters;
mod measured;
mod overload;
mod page;
mod portal;
mod postgres;
mod programs;
mod report;
mod settings;
mod sign_in;
mod start;
mod timing;
mod waits;

use std::path::Path;

use self::settings::Settings;

/// What is measured.
///
/// Each prints a table and writes `target/bench/NAME.json`. Nothing else should run meanwhile.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Bench {
    /// Measures `zaguan policies import` of an unsorted book against `.import` of Debian's `sqlite3`.
    ///
    /// Both load the same file into a fresh table with the same key, in turn, round by round. Zaguán cleans and checks
    /// every cell besides; sqlite3 gets as much memory for its cache as Zaguán may use in all.
    Import(import::Import),
    /// Measures whether the time of an answer tells a stranger whom a document belongs to.
    ///
    /// A server of its own on one core, a stranger on another, twelve states of a document, requests in pairs. First a
    /// build that leaks, which has to be caught, then the real one. Nothing else should run meanwhile; half an hour.
    Timing(timing::Timing),
    /// Sign-ins with the right password over raw hashes: of the portal's own pool, and of the plain `argon2` crate.
    SignIn(Settings),
    /// `GET /sesion` of people who are signed in, over bare axum that answers the same bytes.
    Session(Settings),
    /// `GET /ingreso` over bare axum that answers the same bytes; and what each page weighs.
    Page(Settings),
    /// Registrations made durable by the store over a transaction each.
    Commit(Settings),
    /// Letters from the outbox to their durable result, on one connection and on eight.
    Letters(Settings),
    /// Ten times as many sign-ins as can be hashed for: what everybody sees meanwhile.
    Overload(Settings),
    /// What the same questions cost at ten thousand, a million and ten million people.
    Growth(growth::Growth),
    /// From the start of the process to its first page, and the size of the binary.
    Start(Settings),
    /// The memory of the process at rest, under load, and at rest again.
    Memory(Settings),
    /// How long a sign-in waits for the database beside an import, a backup or housekeeping.
    Waits(waits::Waits),
    /// Reads of the store on PostgreSQL over tokio-postgres alone, on the same throw-away server.
    Postgres(postgres::Postgres),
    /// Where the processor time of a sign-in, a session check and a page goes: three flame graphs for `docs/flame`.
    ///
    /// Needs `perf` of Debian's linux-perf, and to be root or a `kernel.perf_event_paranoid` of 1 at most.
    Flame(flame::Flame),
    /// The short form of all of them but the timing, and one table of what was reached.
    Goals(goals::Goals),
    /// Compares two results of the same measurement, and fails if something got worse by more than chance.
    ///
    /// Example: `cargo xtask bench compare before.json target/bench/session.json`
    Compare(compare::Compare),
}

/// Measures, prints what came out, and writes it as JSON under `target/bench`.
pub(crate) fn run(root: &Path, bench: &Bench) -> anyhow::Result<()> {
    match bench {
        Bench::Import(import) => import::run(root, import),
        Bench::Timing(timing) => timing::run(root, timing),
        Bench::SignIn(settings) => sign_in::run(root, settings),
        Bench::Session(settings) => page::run_session(root, settings),
        Bench::Page(settings) => page::run_page(root, settings),
        Bench::Commit(settings) => commit::run(root, settings),
        Bench::Letters(settings) => letters::run(root, settings),
        Bench::Overload(settings) => overload::run(root, settings),
        Bench::Growth(growth) => growth::run(root, growth),
        Bench::Start(settings) => start::run_start(root, settings),
        Bench::Memory(settings) => start::run_memory(root, settings),
        Bench::Waits(waits) => waits::run(root, waits),
        Bench::Postgres(postgres) => postgres::run(root, postgres),
        Bench::Flame(flame) => flame::run(root, flame),
        Bench::Goals(goals) => goals::run(root, goals),
        Bench::Compare(compare) => compare::run(compare),
    }
}
