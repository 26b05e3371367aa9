//! The rules of the front hall: pure, without I/O, clock or chance of its own.
//!
//! A step of the journey is a function `(input, facts, moment) → Step { answer, changes }`. The answer is all that
//! the person may see; the changes are all that may be written, each with its guard. Time, chance, rules and secrets
//! come in through the [`moment::Moment`].

pub mod account;
pub mod address;
pub mod allowance;
pub mod audit;
pub mod book;
pub mod browser;
pub mod change;
pub mod change_password;
pub mod close_account;
pub mod cuit;
pub mod device;
pub mod disown;
pub mod document;
pub mod email;
pub mod email_change;
pub mod enter_key;
pub mod flow;
pub mod help_desk;
pub mod hold;
pub mod holiday;
pub mod id;
pub mod key;
pub mod letter;
pub mod letter_token;
pub mod limit;
pub mod line;
pub mod link;
pub mod mailbox;
pub mod moment;
pub mod my_data;
pub mod my_sessions;
pub mod origin;
pub mod password;
pub mod policy;
pub mod prove;
pub mod recover;
pub mod register;
pub mod resolve;
pub mod secret;
pub mod session;
pub mod set_password;
pub mod sign_in;
pub mod throttle;
pub mod token;
mod typed;
