//! The policy book as insurers export it: its columns, how its rows are cleaned, and when a load is not believed.

mod brake;
mod clean;
mod column;
mod date;
mod date_shape;
mod email;
mod number;
mod reject;
mod rules;

pub use brake::{Brake, Counts, InUse, Thresholds, brake};
pub use clean::{CleanRow, Movement, Note, RawCells, clean};
pub use column::Column;
pub use date_shape::{DateShape, DatesSeen, SixDigits};
pub use reject::{Reject, RejectReason};
pub use rules::{BookRules, Codes, DocumentKind};
