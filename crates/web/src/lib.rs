//! Speaks HTTP: the routes of the portal, their forms and cookies.
//!
//! A feature has a file of its name. Each handler goes one way: the form is read into a typed input, facts are read
//! from the store, a pure step of the domain decides, its changes are committed, and a page or the way to the next
//! one answers.

mod address;
mod admission;
mod answer;
mod app;
mod around;
mod change_password;
mod close_account;
mod coding;
mod disown;
mod door;
mod dress;
mod email_change;
mod enter_key;
mod even;
mod failure;
mod form;
mod hold;
mod home;
mod host;
mod kept;
mod letter_status;
mod link;
mod my_account;
mod my_data;
mod my_data_file;
mod my_sessions;
mod new_password;
mod plain;
mod prove;
mod recover;
mod register;
mod routes;
mod session;
mod set_password;
mod sign_in;
mod throttle;
mod visitor;
mod world;

pub use address::ClientAddress;
pub use app::{App, LegacyPath, Mailbox, PublicUrl};
pub use door::DoorLimits;
pub use dress::Incident;
pub use form::BODY_LIMIT;
pub use kept::Kept;
pub use new_password::{BreachedPasswords, LookingUp};
pub use routes::{Access, ROUTES, Route, router};
pub use throttle::Limited;
pub use world::{Chance, World, at_this_moment};
