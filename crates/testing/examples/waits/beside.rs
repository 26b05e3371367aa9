//! What goes on beside people who sign in.

use anyhow::Result;
use jiff::SignedDuration;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use zaguan::backup::copying::{Pace, copy_database};
use zaguan::world::RealWorld;
use zaguan_domain::limit::Rules;
use zaguan_domain::origin::Actor;
use zaguan_store::{BookSource, SHARED_OVER, Snapshot, Store, StoreSettings};
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

    pub(crate) async fn work(self, store: &Store, people: u32, database: &str) -> Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Import => import(store.clone(), people).await,
            Self::Backup => back_up(database.to_owned()).await,
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

/// As `zaguan backup` does, on a thread of its own, as that has a process of its own.
async fn back_up(database: String) -> Result<()> {
    let runtime = Handle::current();
    let copying = move || {
        let directory = tempfile::Builder::new().suffix(".copy").tempdir_in(".")?;
        let snapshot = Snapshot::take(&StoreSettings::sqlite(database))?;
        let mut pace = Pace::restful(snapshot.bytes()?);
        runtime.block_on(copy_database(&snapshot, &directory.path().join("copy.db"), &mut pace))
    };
    spawn_blocking(copying).await?
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
