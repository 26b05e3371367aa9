//! Writes the pages and the letters.
