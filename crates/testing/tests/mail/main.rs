//! Letters on the wire: through a real Exim with STARTTLS and a login, and through a mail server that fails as told.

#[cfg(test)]
mod every_failure;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod through_exim;
#[cfg(test)]
mod way;
