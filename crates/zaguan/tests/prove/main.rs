//! The short versions of `cargo xtask prove`: the real binary, killed in the middle of its work and left to run.
#![cfg(test)]

mod crash;
mod failover;
mod points;
mod soak;
