//! The same store on a PostgreSQL server: every change and its guard, races, and what is particular to a server.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare is a failure of the test")]

/// Where the database of these modules is.
const ON_A_SERVER: bool = true;

mod accounts;
mod audit;
mod book;
mod fixture;
mod flows;
mod generations;
mod grouping;
mod holds;
mod keys;
mod letters;
mod limits;
mod moving;
mod my_account;
mod outbox;
mod races;
mod reading;
mod server;
mod sessions;
mod side_by_side;
mod whole_commits;
