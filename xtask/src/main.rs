//! The project's own commands: `cargo xtask test`, `tidy`, `book`, `bench` and `fuzz`.

mod attack;
mod bench;
mod book;
mod command;
mod fuzz;
mod lighthouse;
mod mutants;
mod needs;
mod package;
mod prove;
mod supply_chain;
mod tests_run;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;

use crate::command::say;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Installs what the tests need, or says exactly what to install; then runs every test and check.
    ///
    /// Example: `cargo xtask test -- -E 'package(zaguan-domain)'`
    Test {
        /// What to pass on to `cargo nextest run`, such as a filter.
        #[arg(last = true)]
        nextest: Vec<String>,
    },
    /// Checks the rules of the house that no compiler knows.
    Tidy,
    /// Checks the crates that we use: known holes, licences, and where they come from. Part of `test`.
    SupplyChain,
    /// Invents a policy book, the same for the same seed.
    ///
    /// Example: `cargo xtask book --rows 300000 --seed 1 --out target/padron.csv`
    #[command(after_help = zaguan_samplebook::DISTRIBUTIONS)]
    Book(book::Wanted),
    /// Turns tools that nobody here wrote against a real portal: sqlmap, wapiti and schemathesis.
    Attack(attack::Attack),
    /// Judges the first pages of a real portal as a phone loads them: performance, accessibility, best practices.
    Lighthouse(lighthouse::Lighthouse),
    /// Changes what guards the door on purpose, and tells what no test noticed. It takes an hour or more.
    Mutants(mutants::Mutants),
    /// Measures what the project promises, against what others do in the same run.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Shows for an hour or more that no crash loses what was acknowledged, and that nothing grows that should not.
    #[command(subcommand)]
    Prove(prove::Prove),
    /// Makes the package for Debian: program, unit for systemd, configuration, manual and the operator's book.
    Package,
    /// Feeds made-up input to what reads from strangers and from insurers.
    ///
    /// Example: `cargo xtask fuzz --seconds 600`
    Fuzz(fuzz::Wanted),
}

fn main() -> ExitCode {
    match run(Task::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in no workspace")?;
    match task {
        Task::Test { nextest } => tests_run::run_all(root, &nextest),
        Task::Tidy => tidy::run(root),
        Task::SupplyChain => supply_chain::check(root),
        Task::Book(wanted) => book::run(&wanted),
        Task::Attack(attack) => attack::run(root, &attack),
        Task::Lighthouse(wanted) => lighthouse::run(root, &wanted),
        Task::Mutants(mutants) => mutants::run(root, &mutants),
        Task::Bench(bench) => bench::run(root, &bench),
        Task::Prove(prove) => prove::run(root, &prove),
        Task::Package => package::run_cargo_deb(root),
        Task::Fuzz(wanted) => fuzz::run_targets(root, &wanted),
    }
}
