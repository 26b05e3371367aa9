//! A portal for tests: real parts, a form-filling client and a mailbox.

pub mod browser;
mod browser_axe;
mod browser_keyboard;
mod browser_process;
mod browser_requests;
mod certificate;
mod client;
mod free_port;
pub mod growth;
mod haproxy;
pub mod mail_server;
pub mod mail_sink;
mod mailbox;
mod or_fail;
mod portal;
mod postgres;
mod postgres_failover;
mod postgres_server;
mod process_tree;
pub mod received_letter;
mod received_page;
mod sample_book;
mod scripted_mail_dialogue;
pub mod scripted_mail_server;
mod server_owner;
pub mod stolen_database;
pub mod timing;
mod world;

pub use client::Client;
pub use mailbox::{SentLetter, TestMailbox, key_in, link_path_in, path_in};
pub use portal::{TestPortal, sample_brand, shown_document};
pub use postgres::{PostgresCluster, TestDatabase};
pub use postgres_failover::{FailoverCluster, Replication};
pub use received_page::{Form, ReceivedPage};
pub use sample_book::{crowd, holder_on_file, sample_book};
pub use world::TestWorld;
