//! Where the database is, as the configuration says it.

use std::path::PathBuf;

/// Which database to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// The file of the SQLite database.
    pub path: PathBuf,
}

/// What `store.url` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreUrl {
    /// The file of the SQLite database, as it was written: perhaps relative.
    pub path: PathBuf,
}

/// Why `store.url` says no database. The text is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// It names a PostgreSQL server.
    #[error("PostgreSQL is not in this version; write sqlite: and the path of a file")]
    PostgreSql,
    /// It names a database in memory.
    #[error("a database in memory forgets everything; write sqlite: and the path of a file")]
    InMemory,
    /// It names no file.
    #[error(
        "the path is missing; write sqlite: and the path of a file, as in sqlite:/var/lib/zaguan/zaguan.db"
    )]
    NoPath,
    /// It has a host, which SQLite has not.
    #[error("a file has no host; write sqlite: and the path without two slashes, as in sqlite:zaguan.db")]
    Host,
    /// It is none that is known.
    #[error("it is no database that is known; write sqlite: and the path of a file")]
    Unknown,
}

impl StoreUrl {
    pub(crate) fn parse(url: &str) -> Result<Self, StoreUrlError> {
        if ["postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(StoreUrlError::PostgreSql);
        }
        let path = url.strip_prefix("sqlite:").ok_or(StoreUrlError::Unknown)?;
        let has_host = path.starts_with("//") && !path.starts_with("///");
        match path {
            "" => Err(StoreUrlError::NoPath),
            ":memory:" => Err(StoreUrlError::InMemory),
            _ if path.ends_with('/') => Err(StoreUrlError::NoPath),
            _ if has_host => Err(StoreUrlError::Host),
            path => Ok(Self { path: PathBuf::from(path) }),
        }
    }
}
