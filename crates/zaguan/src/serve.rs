//! `zaguan serve`: opens everything that the configuration names, and runs the portal until it is told to stop.

use crate::book_watch::{self, BookWatch};
use crate::config::fault::Faults;
use crate::config::{BookSettings, Config, WatchSettings};
use crate::logs::Chain;
use crate::mail::smtp::{PATIENCE, Smtp};
use crate::metrics::Metrics;
use crate::portal::{Listeners, Parts, Portal};
use crate::secret_file::{self, Missing};
use crate::signals::stop_on_signals;
use crate::supervisor;
use crate::tls::Tls;
use crate::world::RealWorld;
use crate::{logs, machine, output};
use anyhow::{Context as _, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use url::Url;
use zaguan_hasher::{HashSettings, Hasher};
use zaguan_store::{LetterFilter, Store, StoreSettings, known_schema};
use zaguan_views::Views;
use zaguan_web::World;

/// Runs the portal of a configuration.
pub async fn run(config: Config) -> Result<()> {
    logs::start(config.log.format, config.log.level);
    let stop = stop_on_signals().context("the system takes no signals from us")?;
    let world: Arc<dyn World> = Arc::new(RealWorld);
    let views = views(&config)?;
    let metrics = Metrics::new();
    let smtp = smtp(&config, PATIENCE, metrics.clone())?;
    let tls = tls(&config, &*world)?;
    hashing_fits(&config.hashing, machine::memory())?;
    let portal = listen(config.server.listen, "server.listen").await?;
    let ops = listen(config.server.ops_listen, "server.ops_listen").await?;
    let database = config.store.file().map(std::path::Path::to_owned);
    let store = open_store(&config.store).await?;
    warn_of_what_is_not_urgent(&store, &config.hashing);
    let secrets = secret_file::open(&config.server.secret_file, missing_secret(&store).await?, &*world)?;
    let secrets = Arc::new(secrets);
    let hasher = Hasher::new(config.hashing, Arc::clone(&secrets))?;
    output::line(format_args!(
        "The portal listens on {}://{}, for people at {}; for operators on http://{}",
        if tls.is_some() { "https" } else { "http" },
        portal.local_addr()?,
        config.server.public_url.origin(),
        ops.local_addr()?
    ));
    tracing::info!(listen = %portal.local_addr()?, ops_listen = %ops.local_addr()?, "started");
    let parts = Parts {
        store,
        hasher,
        views,
        secrets,
        rules: config.rules,
        brand_name: config.views.brand.name,
        breached: config.breached,
        public_url: config.server.public_url,
        trusted_proxies: config.server.trusted_proxies,
        door: config.door,
        legacy: config.legacy,
        world,
        transport: Arc::new(smtp),
        from: config.mail.from,
        letters_at_a_time: config.mail.connections,
        mailbox: None,
        metrics,
    };
    let listeners = Listeners { portal, tls, ops: Some(ops) };
    let portal = Portal::new(parts);
    if let Some(database) = &database {
        portal.metrics.look_beside(database);
    }
    let watching = TaskTracker::new();
    watching.spawn(supervisor::keep_posted(stop.clone()));
    if let Some(watch) = config.watch {
        watching.spawn(watch_folder(&portal, config.book, watch).run(stop.clone()));
    }
    // Whoever comes now is held by the listeners until the portal takes them up.
    supervisor::ready();
    portal.run(listeners, stop).await;
    watching.close();
    watching.wait().await;
    Ok(())
}

fn watch_folder(portal: &Portal, settings: BookSettings, watch: WatchSettings) -> BookWatch {
    let (store, metrics) = (portal.app.store.clone(), portal.metrics.clone());
    BookWatch { store, metrics, world: Arc::clone(&portal.app.world), settings, watch }
}

/// Checks what reading the configuration does not: that pages can be written in these colours with these overrides,
/// that the certificates for the mail server and of the portal itself can be used, and that books can be taken from the
/// folder where they arrive.
pub fn check(config: &Config) -> Result<()> {
    views(config)?;
    smtp(config, PATIENCE, Metrics::new())?;
    if let Some(watch) = &config.watch {
        book_watch::check(&watch.folder)?;
    }
    tls(config, &RealWorld)?;
    hashing_fits(&config.hashing, machine::memory())?;
    Ok(())
}

/// Tells what nobody has to do anything about today.
fn warn_of_what_is_not_urgent(store: &Store, hashing: &HashSettings) {
    if let Err(fault) = store.remove_unfinished_generations() {
        tracing::warn!(cause = %Chain(&fault), "what an import left behind could not be removed");
    }
    if hashing.may_be_weak {
        tracing::warn!("hash.profile is \"test\": no real password may be kept here");
    }
}

/// Refuses to fill more memory than there is: the first crowd would end the process.
fn hashing_fits(hashing: &HashSettings, machine: Option<u64>) -> Result<(), Faults> {
    const MIB: u64 = 1024 * 1024;
    let asked = hashing.memory_of_all();
    match machine {
        Some(machine) if asked > machine => Err(Faults::general(format!(
            "hashing would fill {} MiB, which are {} threads (hash.threads) with {} KiB each (hash.memory_kib), and there \
             are {} MiB for this process; write fewer threads or less memory",
            asked.div_ceil(MIB),
            hashing.threads,
            hashing.memory_kib,
            machine / MIB
        ))),
        Some(_) | None => Ok(()),
    }
}

fn tls(config: &Config, world: &dyn World) -> Result<Option<Tls>, Faults> {
    let open = |files| Tls::open(files, world.now()).map_err(|error| Faults::general(error.to_string()));
    config.server.tls.clone().map(open).transpose()
}

fn views(config: &Config) -> Result<Views, Faults> {
    let refused = |error: zaguan_views::ViewsError| Faults::general(error.to_string());
    Views::new(config.views.clone()).map_err(refused)
}

/// The way to the mail servers; no letter takes longer than `patience`.
pub(crate) fn smtp(config: &Config, patience: Duration, metrics: Metrics) -> Result<Smtp, Faults> {
    // The host of the portal is the name that a mail server knows us by, if by any.
    let url = Url::parse(config.server.public_url.origin()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or("localhost");
    let refused = |error: crate::mail::smtp::SmtpError| Faults::general(error.to_string());
    Smtp::new(&config.mail, host, patience, metrics).map_err(refused)
}

async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("the portal cannot listen on {address}; free it, or write another one in {key}")
    })
}

/// Opens a database, which is made or brought up to date first.
pub(crate) async fn open_store(settings: &StoreSettings) -> Result<Store> {
    let migrated = Store::migrate(settings).await?;
    if migrated.is_ahead() {
        tracing::warn!(
            schema = migrated.to,
            known = known_schema(),
            "this program is older than the database, which says that it may work with it; upgrade it"
        );
    }
    Ok(Store::open(settings.clone()).await?)
}

/// A secret may be made only for a database that nobody wrote a letter from: with another secret than the one that it
/// was used with, no password in it would work any more.
pub(crate) async fn missing_secret(store: &Store) -> Result<Missing> {
    let used = !store.letters(LetterFilter::All, 1).await?.is_empty();
    Ok(if used { Missing::Refuse } else { Missing::Make })
}

#[cfg(test)]
mod tests {
    use super::hashing_fits;
    use zaguan_hasher::HashSettings;

    #[test]
    fn more_memory_than_there_is_is_refused_with_the_sum() {
        let hashing = HashSettings { threads: 4, memory_kib: 262_144, ..HashSettings::default() };
        let told = hashing_fits(&hashing, Some(1_000_000_000)).unwrap_err().to_string();
        for words in ["would fill 1024 MiB", "4 threads", "262144 KiB each", "there are 953 MiB"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(hashing_fits(&hashing, Some(1 << 30)).is_ok());
        assert!(hashing_fits(&hashing, None).is_ok(), "where the system does not tell, nothing is known");
    }
}
