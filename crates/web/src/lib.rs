//! Speaks HTTP: the routes of the portal.
