//! Looks passwords up in the file of breached ones, within a bound of time and of reads at once.

use crate::breached_file::BreachedFile;
use crate::metrics::Metrics;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use zaguan_domain::password::BreachDigest;
use zaguan_web::{BreachedPasswords, LookingUp};

/// How long a person waits for the disk. Then the password is judged without the file.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many look-ups read at once. A disk that hangs holds this many threads and no more.
const AT_ONCE: usize = 4;

/// Who looks passwords up in the file.
#[derive(Debug)]
pub(crate) struct Breached {
    file: BreachedFile,
    reading: Arc<Semaphore>,
    metrics: Metrics,
}

impl Breached {
    pub(crate) fn new(file: BreachedFile, metrics: Metrics) -> Self {
        Self { file, reading: Arc::new(Semaphore::new(AT_ONCE)), metrics }
    }

    async fn look_up(&self, digest: BreachDigest) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let permit = Arc::clone(&self.reading).acquire_owned().await?;
        let file = self.file.clone();
        // The permit goes with the reading, which nobody can break off.
        let reading = spawn_blocking(move || {
            let found = file.has(&digest);
            drop(permit);
            found
        });
        Ok(reading.await??)
    }
}

impl BreachedPasswords for Breached {
    fn has(&self, digest: BreachDigest) -> LookingUp<'_> {
        Box::pin(async move {
            let answer = match timeout(PATIENCE, self.look_up(digest)).await {
                Ok(answer) => answer,
                Err(late) => Err(late.into()),
            };
            let (outcome, found) = match answer {
                Ok(true) => ("found", true),
                Ok(false) => ("absent", false),
                Err(error) => {
                    let file = self.file.path().display();
                    tracing::warn!(%file, %error, "a password was judged without the file of breached ones");
                    ("failed", false)
                }
            };
            self.metrics.breached_lookup(outcome);
            found
        })
    }
}
