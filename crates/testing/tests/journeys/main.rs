//! The journeys of the portal and the ways each step can go wrong, through the whole router, on a real SQLite file, with
//! the real forms and the real letters.

#[cfg(test)]
mod account_close;
#[cfg(test)]
mod account_data;
#[cfg(test)]
mod account_email;
#[cfg(test)]
mod account_password;
#[cfg(test)]
mod account_sessions;
#[cfg(test)]
mod bad_input;
mod clock;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod disowning;
#[cfg(test)]
mod holds;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod mail_bombing;
#[cfg(test)]
mod new_password;
#[cfg(test)]
mod people;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod registration;
#[cfg(test)]
mod rehash;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod sign_in;
