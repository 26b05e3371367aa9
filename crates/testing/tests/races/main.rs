//! Races through the whole router: 64 callers at two processes on one database, round after round.

#[cfg(test)]
mod ended_session;
#[cfg(test)]
mod old_password;
#[cfg(test)]
mod one_key;
#[cfg(test)]
mod one_registration;
#[cfg(test)]
mod two_processes;
