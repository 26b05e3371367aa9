//! The command `zaguan`.
fn main() {}
