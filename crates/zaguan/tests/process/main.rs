//! The process as a whole: the real binary in a directory of its own, real sockets, real files.
#![cfg(test)]

mod account_canaries;
mod accounts;
mod backup;
mod breached_passwords;
mod canaries;
mod command_line;
mod demonstration;
mod doctor;
mod doctor_public;
mod floods;
mod http2;
mod https;
mod importing;
mod imports_cut_short;
mod older_program;
mod operating;
mod operators_book;
mod outages;
mod planted;
mod restore;
mod restore_tampered;
mod serving;
mod small_disk;
mod stage;
mod support;
mod watching;
