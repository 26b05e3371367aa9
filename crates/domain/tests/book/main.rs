//! The rules of a policy book: its columns, the cleaning of its rows, shared addresses, and the brake.

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod brakes;
#[cfg(test)]
mod columns;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod row;
