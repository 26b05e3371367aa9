//! `zaguan policies import`: a file becomes the book in use, as a whole or not at all.

use crate::arguments::ImportArguments;
use crate::book::{self, BookFault, Load, Outcome, Progress, Report};
use crate::config::{self, BookSettings};
use crate::output;
use crate::serve::open_store;
use crate::signals::stop_on_signals;
use crate::world::RealWorld;
use anyhow::{Context as _, Result, anyhow, bail};
use std::fmt::Display;
use std::path::Path;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use zaguan_book::{BookFile, Told};
use zaguan_domain::origin::Actor;
use zaguan_store::{Store, StoreError, StoreSettings};
use zaguan_web::World as _;

/// Imports a file.
pub async fn run(
    file: &Path,
    arguments: ImportArguments,
    store: StoreSettings,
    mut settings: BookSettings,
) -> Result<()> {
    add_told(&mut settings.told, &arguments);
    let book = book::open(file, &settings.told).map_err(|fault| refused(file, &fault))?;
    if !arguments.json {
        let lines = book::told_lines(&file.display().to_string(), book.understood(), &settings.rules);
        lines.iter().for_each(output::line);
    }
    let stop = stop_on_signals().context("the system takes no signals from us")?;
    let opened = Opened::new(&store, arguments.dry_run).await;
    let opened = opened.map_err(|error| refused(file, &format_args!("{error:#}")))?;
    let loaded = load(&opened.store, file, book, (&arguments, &settings, &stop)).await;
    opened.store.close().await;
    conclude(&loaded?, &arguments)
}

async fn load(
    store: &Store,
    file: &Path,
    book: BookFile,
    (arguments, settings, stop): (&ImportArguments, &BookSettings, &CancellationToken),
) -> Result<Report> {
    let known = store.generations().await?;
    let load = Load { store, known: &known, at: RealWorld.now(), settings, mode: arguments.mode, stop };
    let progress = Progress::to_person(book.understood().bytes);
    let prepared = load.prepare(file, book, progress).map_err(|fault| refused(file, &fault))?;
    if arguments.dry_run {
        return Ok(prepared.abandon());
    }
    let concluded = prepared.conclude(store, arguments.accept_shrink, Actor::Operator).await;
    concluded.map_err(|fault| refused(file, &BookFault::from(fault)))
}

/// What the command line tells of the file, above what the configuration tells of all files.
fn add_told(told: &mut Told, arguments: &ImportArguments) {
    told.encoding = arguments.encoding.or(told.encoding);
    told.separator = arguments.separator.or(told.separator);
    for (header, column) in &arguments.map {
        config::add_mapping(told, header.clone(), *column);
    }
    told.drop.extend(arguments.drop.iter().cloned());
}

fn refused(file: &Path, fault: &dyn Display) -> anyhow::Error {
    anyhow!("{} was not loaded, and the book in use stays as it is: {fault}", file.display())
}

/// The database; for a dry run where there is none yet, one that goes again.
struct Opened {
    store: Store,
    _passing: Option<TempDir>,
}

impl Opened {
    async fn new(settings: &StoreSettings, dry_run: bool) -> Result<Self> {
        if !dry_run {
            return Ok(Self { store: open_store(settings).await?, _passing: None });
        }
        match Store::open(settings.clone()).await {
            Ok(store) => Ok(Self { store, _passing: None }),
            Err(StoreError::NotMade(_)) => {
                let passing =
                    TempDir::with_prefix("zaguan-dry-run-").context("no temporary directory can be made")?;
                let settings = StoreSettings::sqlite(passing.path().join("zaguan.db"));
                Ok(Self { store: open_store(&settings).await?, _passing: Some(passing) })
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn conclude(report: &Report, arguments: &ImportArguments) -> Result<()> {
    if arguments.json {
        output::line(serde_json::to_string_pretty(&report.as_json())?);
    } else {
        report.lines().iter().for_each(output::line);
        if report.outcome == Outcome::OnlyTried && !report.brakes.is_empty() {
            output::line(report.doubts());
        }
        let words = match report.outcome {
            Outcome::Loaded => "The book is loaded, and in use from now on.",
            Outcome::InUseAlready => "Nothing was loaded: this very file is in use already.",
            Outcome::OnlyTried if report.brakes.is_empty() => "Nothing was loaded, because of --dry-run.",
            Outcome::OnlyTried => {
                "Nothing was loaded, because of --dry-run; without it, --accept-shrink would be needed."
            }
            Outcome::Braked => "",
        };
        if !words.is_empty() {
            output::line(words);
        }
    }
    match (report.outcome, report.counts.all_rejected()) {
        (Outcome::Braked, _) => {
            bail!(
                "{}. The book in use stays as it is; if the file is right, load it with --accept-shrink",
                report.doubts()
            )
        }
        (_, 0) => Ok(()),
        (_, rejected) => {
            if !arguments.json {
                output::line(format_args!("Note: {rejected} rows were rejected."));
            }
            Ok(())
        }
    }
}
