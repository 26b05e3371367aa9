//! Where the database is, as the configuration says it.

use crate::postgres::PostgresServer;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which database to open.
#[derive(Clone, Debug)]
pub enum StoreSettings {
    /// SQLite, in this file.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// PostgreSQL, on this server.
    Postgres(Arc<PostgresServer>),
}

/// Why `store.url` says no database. The text is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    /// It names a PostgreSQL server, but not as it must be.
    #[error(
        "it is no address of a PostgreSQL server; write postgres://USER@HOST:PORT/DATABASE, several hosts with commas \
         between them, and after a ? only what PostgreSQL knows"
    )]
    PostgreSql,
    /// It would speak to whoever answers.
    #[error(
        "sslmode must be verify-full, which proves whom the portal speaks to, or disable, on a network that nobody else \
         uses"
    )]
    Encryption,
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
    #[error(
        "it is no database that is known; write sqlite: and the path of a file, or postgres:// and the address of a server"
    )]
    Unknown,
}

impl StoreSettings {
    /// SQLite in this file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite { path: path.into() }
    }

    /// Reads what `store.url` says: `sqlite:` and the path of a file, or the URL of a PostgreSQL server. What is relative
    /// is seen from the directory. A password goes to the server that the URL names.
    pub fn parse(url: &str, password: Option<&str>, directory: &Path) -> Result<Self, StoreUrlError> {
        if ["postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
            let server = PostgresServer::parse(url)?.seen_from(directory);
            let server = match password {
                Some(password) => server.with_password(password),
                None => server,
            };
            return Ok(Self::Postgres(Arc::new(server)));
        }
        let path = url.strip_prefix("sqlite:").ok_or(StoreUrlError::Unknown)?;
        let has_host = path.starts_with("//") && !path.starts_with("///");
        match path {
            "" => Err(StoreUrlError::NoPath),
            ":memory:" => Err(StoreUrlError::InMemory),
            _ if path.ends_with('/') => Err(StoreUrlError::NoPath),
            _ if has_host => Err(StoreUrlError::Host),
            path => Ok(Self::Sqlite { path: directory.join(path) }),
        }
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite { path } => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// The file, or the server without user and password.
impl fmt::Display for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => write!(f, "{}", path.display()),
            Self::Postgres(server) => write!(f, "{server}"),
        }
    }
}
