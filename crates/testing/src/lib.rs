//! A portal for tests: real parts, a form-filling client and a mailbox.

mod certificate;
pub mod mail_server;
mod or_fail;
pub mod received_letter;
mod scripted_mail_dialogue;
pub mod scripted_mail_server;
