//! The process: arguments, environment, sockets, signals and mail.

pub mod arguments;
pub mod audit_command;
pub mod book;
pub mod book_watch;
mod breached;
pub mod breached_file;
pub mod clerk;
pub mod command;
pub mod config;
pub mod demo;
pub mod environment;
pub mod letters_command;
pub mod logs;
pub mod mail;
pub mod metrics;
pub mod ops;
pub mod output;
pub mod panics;
pub mod policies_command;
pub mod policies_import;
pub mod portal;
pub mod postman;
pub mod request_log;
pub mod secret_file;
pub mod serve;
pub mod signals;
pub mod world;
