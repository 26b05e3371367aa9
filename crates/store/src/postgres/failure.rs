//! What an error of PostgreSQL means.

use crate::fault::StoreFault;
use std::error::Error;
use tokio_postgres::error::SqlState;

/// Codes that say that this server cannot be asked, now or as it is.
const UNREACHABLE: [SqlState; 7] = [
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::TOO_MANY_CONNECTIONS,
    // It was demoted: another one is the primary now.
    SqlState::READ_ONLY_SQL_TRANSACTION,
    SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    SqlState::IDLE_SESSION_TIMEOUT,
];

/// The server's own words name what went wrong; its details may hold what people typed and are left out.
pub(super) fn failed(error: &tokio_postgres::Error) -> StoreFault {
    let Some(told) = error.as_db_error() else {
        return StoreFault::Unreachable(causes(error));
    };
    match told.code() {
        code if UNREACHABLE.contains(code) => StoreFault::Unreachable(told.message().to_owned()),
        &SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED | &SqlState::T_R_DEADLOCK_DETECTED => {
            StoreFault::Busy
        }
        &SqlState::DISK_FULL => StoreFault::DiskFull,
        code => StoreFault::Server { code: code.code().to_owned(), message: told.message().to_owned() },
    }
}

pub(super) fn timed_out() -> StoreFault {
    StoreFault::Unreachable("it does not answer".to_owned())
}

/// An error and what caused it, in one line.
fn causes(error: &tokio_postgres::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        cause = next.source();
    }
    words
}
