//! Speaks SQL: what the portal remembers, on SQLite.
