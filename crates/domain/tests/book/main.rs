//! The rules of a policy book: its columns, the cleaning of its rows, shared addresses, and the brake.

#[cfg(test)]
mod columns;
