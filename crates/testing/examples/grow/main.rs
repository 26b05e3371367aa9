//! Makes a database that has grown, for `cargo xtask bench`: `grow DATABASE PEOPLE` writes DATABASE, its policy book, and
//! the secret file `zaguan.secret` beside it, and prints one line of JSON. What is in it follows from numbers, as
//! `zaguan_testing::growth` says.

use anyhow::{Context as _, bail};
use serde_json::json;
use std::io::{Write as _, stderr, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use zaguan::secret_file::{self, Missing};
use zaguan::world::RealWorld;
use zaguan_store::{Store, StoreSettings};
use zaguan_testing::growth::{PASSWORD, grow};
use zaguan_web::World as _;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, people] = arguments.as_slice() else { bail!("usage: grow DATABASE PEOPLE") };
    let people: u32 = people.parse().context("PEOPLE is not a number")?;
    if people == 0 || people > 70_000_000 {
        bail!("there are documents for 1 to 70000000 people");
    }
    let path = PathBuf::from(database);
    if path.exists() {
        bail!("{database} is there already; name another file");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(write(path, people))
}

async fn write(path: PathBuf, people: u32) -> anyhow::Result<()> {
    let world = RealWorld;
    let secret_path = path.with_file_name("zaguan.secret");
    let settings = StoreSettings::sqlite(path.clone());
    Store::migrate(&settings).await?;
    let store = Store::open(settings).await?;
    let secrets = Arc::new(secret_file::open(&secret_path, Missing::Make, &world)?);
    let begun = Instant::now();
    let tell = |written: u32| {
        if written.is_multiple_of(500_000) {
            // That nobody listens is no reason to stop.
            let _ = writeln!(stderr(), "{written} of {people}, {} s", begun.elapsed().as_secs());
        }
    };
    grow(&store, &secrets, people, world.now(), tell).await;
    let book = path
        .with_file_name(format!("{}.book/1.sqlite", path.file_name().unwrap_or_default().to_string_lossy()));
    store.close().await;
    let told = json!({
        "people": people,
        "seconds": begun.elapsed().as_secs_f64(),
        "database_bytes": bytes(&path)?,
        "book_bytes": bytes(&book)?,
        "secret_file": secret_path,
        "password": PASSWORD,
    });
    writeln!(stdout(), "{told}")?;
    Ok(())
}

fn bytes(path: &Path) -> anyhow::Result<u64> {
    Ok(std::fs::metadata(path).with_context(|| format!("{} is missing", path.display()))?.len())
}
