//! What goes on beside people who sign in.

use anyhow::{Context as _, Result, ensure};
use jiff::SignedDuration;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tokio::task::spawn_blocking;
use zaguan::world::RealWorld;
use zaguan_domain::limit::Rules;
use zaguan_domain::origin::Actor;
use zaguan_store::{BookSource, SHARED_OVER, Store};
use zaguan_testing::growth::book_row;
use zaguan_web::World as _;

/// Housekeeping rests as long after each step as the portal's.
const REST: Duration = Duration::from_millis(50);

/// What it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Beside {
    Nothing,
    Import,
    Backup,
    Housekeeping,
}

impl Beside {
    pub(crate) const ALL: [Self; 4] = [Self::Nothing, Self::Import, Self::Backup, Self::Housekeeping];

    pub(crate) async fn work(self, store: &Store, people: u32, zaguan: &Path) -> Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Import => import(store.clone(), people).await,
            Self::Backup => back_up(zaguan).await,
            Self::Housekeeping => keep_house(store).await,
        }
    }
}

async fn import(store: Store, people: u32) -> Result<()> {
    let source = BookSource { name: "waits".to_owned(), sha256: None };
    let mut generation = store.new_generation(source, RealWorld.now())?;
    let ready = spawn_blocking(move || {
        for person in 0..people {
            generation.add(&book_row(person))?;
        }
        generation.finish(SHARED_OVER)
    });
    ready.await??.switch(Actor::Operator).await?;
    store.prune_generations(1).await?;
    Ok(())
}

/// The copy stays: a disk that forgets gigabytes at once is another matter.
async fn back_up(zaguan: &Path) -> Result<()> {
    let directory = format!("copy-{}", RealWorld.now().as_millisecond());
    let mut backup = Command::new(zaguan);
    backup.args(["backup", &directory]);
    let output = spawn_blocking(move || backup.output()).await?.context("zaguan backup")?;
    ensure!(output.status.success(), "no backup: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// As the portal does, for ten seconds at most.
async fn keep_house(store: &Store) -> Result<()> {
    let later = RealWorld.now() + SignedDuration::from_hours(100 * 24);
    for _ in 0..200 {
        if store.forget_stale(later, &Rules::default()).await? == 0 {
            break;
        }
        tokio::time::sleep(REST).await;
    }
    Ok(())
}
