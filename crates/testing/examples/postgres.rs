//! A throw-away PostgreSQL for `cargo xtask bench`: prints where a new, empty database is, and drops it when the standard input
//! ends.

use std::io::{Read as _, Write as _, stdin, stdout};
use zaguan_testing::PostgresCluster;

fn main() -> std::io::Result<()> {
    let database = PostgresCluster::shared().database();
    writeln!(stdout(), "{}", database.url())?;
    stdout().flush()?;
    stdin().read_to_end(&mut Vec::new())?;
    drop(database);
    Ok(())
}
