//! `zaguan policies import`: a file becomes the book in use, as a whole or not at all.

use crate::book::{self, Counts, Understood};
use crate::output;
use crate::serve::open_store;
use crate::world::RealWorld;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::path::Path;
use zaguan_store::StoreSettings;
use zaguan_web::World as _;

/// How to import.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// Whether only to say what would be loaded.
    pub dry_run: bool,
    /// Whether to print JSON.
    pub json: bool,
}

/// What was imported.
#[derive(Debug, Serialize)]
struct Report {
    file: String,
    #[serde(flatten)]
    understood: Understood,
    #[serde(flatten)]
    counts: Counts,
    loaded: bool,
}

/// Imports a file.
pub async fn run(file: &Path, settings: StoreSettings, how: How) -> Result<()> {
    let bar = progress("reading");
    let book = book::read(file, |opened| {
        bar.set_length(opened.metadata().map_or(0, |metadata| metadata.len()));
        bar.wrap_read(opened)
    });
    bar.finish_and_clear();
    let book = book?;
    let (understood, counts) = (book.understood.clone(), book.counts);
    if !how.json {
        understand(file, &understood, &counts);
    }
    if !how.dry_run {
        let store = open_store(&settings).await?;
        let bar = progress("loading");
        bar.set_length(counts.policies);
        let loaded = store.replace_book(bar.wrap_iter(book.into_rows()), RealWorld.now()).await;
        bar.finish_and_clear();
        store.close().await;
        loaded?;
    }
    if how.json {
        let report = Report { file: file.display().to_string(), understood, counts, loaded: !how.dry_run };
        output::line(serde_json::to_string_pretty(&report)?);
    } else if how.dry_run {
        output::line("Nothing was loaded, because of --dry-run.");
    } else {
        output::line("The book is loaded, and in use from now on.");
    }
    Ok(())
}

fn understand(file: &Path, understood: &Understood, counts: &Counts) {
    output::line(format_args!(
        "{}: CSV in UTF-8, with {} between its columns",
        file.display(),
        understood.separator
    ));
    output::line(format_args!("columns: {}", understood.columns.join(", ")));
    if !understood.ignored.is_empty() {
        output::line(format_args!(
            "columns that are not known, and not stored: {}",
            understood.ignored.join(", ")
        ));
    }
    output::line(format_args!(
        "{} rows: {} policies of {} holders",
        counts.rows, counts.policies, counts.holders
    ));
    if counts.repeated > 0 {
        output::line(format_args!(
            "{} rows are of a policy that comes again; the last one counts",
            counts.repeated
        ));
    }
    if counts.no_addresses > 0 {
        output::line(format_args!("{} e-mail addresses are none and were left out", counts.no_addresses));
    }
    if counts.blank > 0 {
        output::line(format_args!("{} rows have nothing in them", counts.blank));
    }
}

/// A bar on standard error, where that is a terminal.
fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}") {
        bar.set_style(style);
    }
    bar
}
