//! `zaguan demo`: the whole portal on embedded parts, with invented people and a mailbox that is read in the browser.

use crate::arguments::DemoArguments;
use crate::book::{self, Load, Progress};
use crate::config::BookSettings;
use crate::config::fault::Faults;
use crate::mail::demo_mailbox::DemoMailbox;
use crate::metrics::Metrics;
use crate::portal::{Listeners, Parts, Portal};
use crate::serve::{missing_secret, open_store};
use crate::signals::stop_on_signals;
use crate::world::RealWorld;
use crate::{logs, output, secret_file};
use anyhow::{Context as _, Result};
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zaguan_domain::document::Document;
use zaguan_domain::limit::Rules;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::moment::date_in_argentina;
use zaguan_domain::origin::Actor;
use zaguan_hasher::{HashSettings, Hasher};
use zaguan_samplebook::{Held, PEOPLE, Person, Recipe};
use zaguan_store::{Store, StoreSettings};
use zaguan_views::{Brand, Locale, Settings, Views};
use zaguan_web::{DoorLimits, LegacyPath, PublicUrl, World};

/// Where the demo listens if it can, and how many ports after it are tried.
const PORT: u16 = 8080;
const PORTS_TRIED: u16 = 20;

/// The invented insurer.
const INSURER: &str = "Seguros del Zaguán";

/// Runs the demo until it is told to stop.
pub async fn run(arguments: DemoArguments, current: &Path) -> Result<()> {
    logs::start(logs::Format::Human, logs::Level::WARN);
    let stop = stop_on_signals().context("the system takes no signals from us")?;
    let listener = listen(arguments.listen).await?;
    let place = Place::new(arguments.dir.map(|directory| current.join(directory)))?;
    let address = format!("http://{}", listener.local_addr()?);
    let parts = parts(place.directory(), &address).await?;
    greet(&address, &place);
    let listeners = Listeners { portal: listener, tls: None, ops: None };
    Portal::new(parts).run(listeners, stop).await;
    Ok(())
}

/// Where the demo keeps everything.
#[derive(Debug)]
enum Place {
    /// A directory that goes when the demo ends.
    Passing(TempDir),
    /// A directory of the person's own.
    Lasting(PathBuf),
}

impl Place {
    fn new(directory: Option<PathBuf>) -> Result<Self> {
        match directory {
            None => TempDir::with_prefix("zaguan-demo-")
                .map(Self::Passing)
                .context("no temporary directory can be made"),
            Some(directory) => {
                fs::create_dir_all(&directory).with_context(|| {
                    format!(
                        "the directory {} cannot be made; name another one with --dir",
                        directory.display()
                    )
                })?;
                Ok(Self::Lasting(directory))
            }
        }
    }

    fn directory(&self) -> &Path {
        match self {
            Self::Passing(directory) => directory.path(),
            Self::Lasting(directory) => directory,
        }
    }
}

/// The address that was asked for; else the usual one, or the next port that is free.
async fn listen(asked: Option<SocketAddr>) -> Result<TcpListener> {
    if let Some(address) = asked {
        if !address.ip().is_loopback() {
            let advice = "--listen: the demo speaks plain HTTP and shows everybody's letters, so it listens on this very \
                          machine only; write for example 127.0.0.1:8080";
            return Err(Faults::general(advice).into());
        }
        return TcpListener::bind(address).await.with_context(|| {
            format!("the demo cannot listen on {address}; name another address with --listen")
        });
    }
    for port in PORT..PORT + PORTS_TRIED {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).context("the demo cannot listen on this machine"),
        }
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port is free for the demo")
}

async fn parts(directory: &Path, address: &str) -> Result<Parts> {
    let world: Arc<dyn World> = Arc::new(RealWorld);
    let views = Views::new(settings(address))?;
    let store = open_store(&StoreSettings::sqlite(directory.join("zaguan.db"))).await?;
    fill(&store, directory, &*world).await?;
    let secret_path = directory.join("zaguan.secret");
    let secrets = Arc::new(secret_file::open(&secret_path, missing_secret(&store).await?, &*world)?);
    let hasher = Hasher::new(HashSettings::default(), Arc::clone(&secrets))?;
    let mailbox =
        DemoMailbox::open(&directory.join("buzon")).context("the demo's mailbox cannot be opened")?;
    let mailbox = Arc::new(mailbox);
    Ok(Parts {
        store,
        hasher,
        views,
        secrets,
        rules: Rules::default(),
        brand_name: INSURER.to_owned(),
        breached: None,
        public_url: PublicUrl::new(address),
        trusted_proxies: Vec::new(),
        door: DoorLimits::default(),
        legacy: LegacyPath::of_the_manual(),
        world,
        transport: Arc::clone(&mailbox) as _,
        from: format!("{INSURER} <avisos@zaguan.example>")
            .parse()
            .context("the demo's sender is no address")?,
        letters_at_a_time: 4,
        mailbox: Some(mailbox),
        metrics: Metrics::new(),
    })
}

fn settings(address: &str) -> Settings {
    let brand = Brand {
        support_phone: Some("0800-555-0123".to_owned()),
        support_email: Some("ayuda@zaguan.example".to_owned()),
        support_hours: Some("lunes a viernes de 9 a 18".to_owned()),
        legal_name: Some("Seguros del Zaguán S. A. (una aseguradora inventada)".to_owned()),
        ssn_number: Some("0000".to_owned()),
        ..Brand::named(INSURER)
    };
    Settings { brand, locale: Locale::default(), public_url: address.to_owned(), overrides: None, demo: true }
}

/// Loads the invented book into a store that has none, as any book is loaded; one that was loaded before stays.
async fn fill(store: &Store, directory: &Path, world: &dyn World) -> Result<()> {
    if store.book_counts().await?.loaded_at.is_some() {
        return Ok(());
    }
    let at = world.now();
    let path = directory.join("padron.csv");
    let recipe = Recipe::of_demo(date_in_argentina(at));
    let file = File::create(&path).and_then(|file| zaguan_samplebook::write(&recipe, file));
    file.with_context(|| format!("the invented policy book {} cannot be written", path.display()))?;
    let settings = BookSettings::default();
    let stop = CancellationToken::new();
    let load = Load { store, known: &[], at, settings: &settings, mode: None, stop: &stop };
    let book = book::open(&path, &settings.told)?;
    let progress = Progress::to_log(book.understood().bytes);
    load.prepare(&path, book, progress)?.conclude(store, true, Actor::Operator).await?;
    Ok(())
}

fn greet(address: &str, place: &Place) {
    output::line(format_args!("The demo of {INSURER} runs at {address}"));
    output::line(format_args!("The letters that it sends are read at {address}/buzon"));
    output::line("\nRegister as one of these invented people, with any e-mail address:");
    for (person, held) in
        PEOPLE.iter().flat_map(|person| person.policies.iter().map(move |held| (person, held)))
    {
        output::line(proposal(person, held));
    }
    match place {
        Place::Passing(_) => {
            output::line("\nEverything is forgotten when the demo ends; keep it with --dir DIR.");
        }
        Place::Lasting(directory) => {
            output::line(format_args!("\nEverything is kept in {}.", directory.display()));
        }
    }
    output::line("Stop it with Ctrl+C.");
}

fn proposal(person: &Person, held: &Held) -> String {
    let line = LineOfBusiness::from_slug(held.line).map_or(held.line, LineOfBusiness::official);
    let remark = match (held.has_lapsed, person.discriminator) {
        (true, _) => "  (it has lapsed)",
        (false, "") => "",
        (false, _) => "  (two people have that document number)",
    };
    format!(
        "  {:<18} documento {:<12} ramo {:<20} póliza {}{remark}",
        format!("{} {}", person.given_names, person.surname),
        Document::Person(person.document).shown(),
        line,
        held.number
    )
}
