//! The journeys in a real Chromium, as people have it: a phone, a desktop, a keyboard alone, no JavaScript, large text.

#[cfg(test)]
mod every_page;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod new_password;
