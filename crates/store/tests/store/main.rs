//! The store as others see it: every change and its guard, races, what survives, and what is refused.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare is a failure of the test")]

/// Where the database of these modules is.
const ON_A_SERVER: bool = false;

mod accounts;
mod audit;
mod backup;
mod book;
mod book_crashes;
mod durability;
mod fixture;
mod flows;
mod generations;
mod generations_files;
mod grouping;
mod holds;
mod keys;
mod letters;
mod limits;
mod my_account;
mod opening;
mod outbox;
mod races;
mod reading;
mod sessions;
mod side_by_side;
mod whole_commits;
