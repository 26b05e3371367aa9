//! The policy book as insurers export it: its columns, how its rows are cleaned, and when a load is not believed.

mod column;

pub use column::Column;
