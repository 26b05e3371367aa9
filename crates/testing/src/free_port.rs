//! A port of loopback for a server that cannot choose one itself.

use std::net::{Ipv4Addr, TcpListener};

use crate::or_fail::OrFail as _;

/// A port where nobody listens now. Another program may be quicker to take it.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .or_fail("finding a free port")
        .port()
}
