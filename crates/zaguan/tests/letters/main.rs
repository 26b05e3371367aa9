//! Letters on their way out: the postman over a real store, and the dialogue with mail servers that misbehave.
#![cfg(test)]

mod bad_days;
mod outbox;
mod postman;
mod several_servers;
mod smtp;
mod two_processes;
