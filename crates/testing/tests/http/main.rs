//! What the portal answers to HTTP as it should not be: foreign hosts, forged addresses, hostile requests, floods.
#![cfg(test)]

mod answers;
mod cookies;
mod corpus;
mod door;
mod dressed;
mod frames;
mod headers;
mod hostile;
mod hosts;
mod kept;
#[path = "../journeys/people.rs"]
#[expect(dead_code, reason = "the people of the journeys, of whom these tests need some")]
mod people;
