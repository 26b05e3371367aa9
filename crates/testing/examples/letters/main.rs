//! The measurement behind `cargo xtask bench letters`: how fast a mailing's worth of temporary keys leaves.
//!
//! `letters LETTERS CONNECTIONS FOLDER` queues so many registrations in a database made in FOLDER, which should be on the
//! disk that is meant, lets the portal's own postman send them to a sink on loopback, and prints one line of JSON. Each
//! letter is claimed, its key's life begun, written and sent, and what came of it recorded, all durably. Beside it, in the
//! same run, the floor: as many connections of lettre with `TCP_NODELAY` that send one such letter again and again, with
//! no store at all.

mod floor;
mod queued;

use anyhow::{Context as _, bail, ensure};
use queued::{postman, queue, settings};
use serde_json::json;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zaguan::mail::smtp::{PATIENCE, Smtp};
use zaguan::metrics::Metrics;
use zaguan_domain::secret::Secrets;
use zaguan_store::{Store, StoreSettings};
use zaguan_testing::mail_sink::MailSink;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [letters, connections, folder] = arguments.as_slice() else {
        bail!("usage: letters LETTERS CONNECTIONS FOLDER")
    };
    let letters: u32 = letters.parse().context("LETTERS is not a number")?;
    let connections: usize = connections.parse().context("CONNECTIONS is not a number")?;
    ensure!(letters > 0 && connections > 0, "nothing to send");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(letters, connections, Path::new(folder)))
}

async fn measure(letters: u32, connections: usize, folder: &Path) -> anyhow::Result<()> {
    let sink = MailSink::start();
    let folder = tempfile::tempdir_in(folder)?;
    let store = StoreSettings::sqlite(folder.path().join("zaguan.db"));
    Store::migrate(&store).await?;
    let store = Store::open(store).await?;
    let secrets = Arc::new(Secrets::derive([(1, &[7; 32])]).context("no secrets")?);
    let sample = queue(&store, &secrets, letters).await?;
    let floor = floor::letters_per_second(&sink, &sample, letters, connections).await?;
    let before = sink.taken();
    let smtp = Smtp::new(&settings(sink.port(), connections)?, "localhost", PATIENCE, Metrics::new())?;
    let postman = postman(&store, &secrets, Arc::new(smtp), connections)?;
    let (stop, running, begun) = (CancellationToken::new(), TaskTracker::new(), Instant::now());
    let told = stop.clone();
    running.spawn(async move { postman.run(told).await });
    while sink.taken() - before < u64::from(letters) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // The last letter is taken; those that are left to record are recorded before the postman stops.
    stop.cancel();
    running.close();
    running.wait().await;
    let seconds = begun.elapsed().as_secs_f64();
    let outbox = store.outbox_counts().await?;
    ensure!(outbox.waiting == 0 && outbox.refused == 0, "not all letters left: {outbox:?}");
    let commits = store.metrics();
    store.close().await;
    let rate = f64::from(letters) / seconds;
    let told = json!({
        "letters": letters,
        "connections": connections,
        "bytes_each": sample.len(),
        "letters_per_second": rate,
        "floor_per_second": floor,
        "ratio": rate / floor,
        "taken_twice": sink.taken() - before - u64::from(letters),
        "commits": commits.commits,
        "transactions": commits.batches,
    });
    writeln!(stdout(), "{told}")?;
    Ok(())
}
