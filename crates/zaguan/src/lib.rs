//! The process: arguments, environment, sockets, signals and mail.
