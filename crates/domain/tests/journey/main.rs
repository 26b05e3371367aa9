//! Whole journeys through the pure steps, on a book of facts kept in memory.

#[cfg(test)]
mod account;
#[cfg(test)]
mod account_model;
#[cfg(test)]
mod disowning;
#[cfg(test)]
mod edges;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod model;
#[cfg(test)]
mod new_address;
#[cfg(test)]
mod nobody_is_revealed;
#[cfg(test)]
mod resolving;
#[cfg(test)]
mod steps;
