//! The rules of a policy book: its columns, the cleaning of its rows, and the brake.

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
