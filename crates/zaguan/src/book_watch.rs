//! The watched folder: a policy book that has stopped growing there is loaded, once, as `policies import` does.

mod failure;

use crate::book::{self, BookFault, Load, Prepared, Progress, REJECTS_SUFFIX, Report};
use crate::config::fault::Faults;
use crate::config::{BookSettings, WatchSettings};
use crate::logs::Chain;
use crate::metrics::Metrics;
use failure::Failure;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use zaguan_domain::origin::Actor;
use zaguan_store::{Generation, Store, StoreFault};
use zaguan_web::World;

/// The folder is looked at this often, or four times while a file settles, if that is sooner.
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(10);

/// Who loads the policy books that arrive in a folder.
#[derive(Clone, Debug)]
pub struct BookWatch {
    /// Where books are loaded to.
    pub store: Store,
    /// Counts the loads.
    pub metrics: Metrics,
    /// The clock.
    pub world: Arc<dyn World>,
    /// What the insurer's book is like.
    pub settings: BookSettings,
    /// Where books arrive.
    pub watch: WatchSettings,
}

/// What was seen of the folder.
#[derive(Debug, Default)]
struct Seen {
    files: BTreeMap<PathBuf, Sight>,
    /// The hashes of the files that were dealt with, in whatever way it ended.
    done: BTreeSet<String>,
    is_unreadable: bool,
}

/// A file as it was seen last. It begins anew when the file changes.
#[derive(Debug)]
struct Sight {
    bytes: u64,
    modified: Option<SystemTime>,
    since: Instant,
    is_done: bool,
    /// The store's, while it was loaded.
    failure: Option<Failure>,
}

impl Sight {
    fn is_due(&self, settle: Duration) -> bool {
        let is_settled = || self.since.elapsed() >= settle;
        !self.is_done
            && self.failure.as_ref().map_or_else(is_settled, |failure| failure.is_over(Instant::now()))
    }
}

/// What came of a file that was looked into.
enum Found {
    /// It was dealt with before.
    Known { sha256: String },
    /// It is ready to be put into use.
    Ready(Box<Prepared>),
    /// It is refused; its hash, where it is known.
    Refused { sha256: Option<String>, fault: BookFault },
}

impl BookWatch {
    /// Works until told to stop. A load that is under way then is given up.
    pub async fn run(self, stop: CancellationToken) {
        let mut seen = Seen::default();
        book::remove_unfinished_reports(&self.watch.folder);
        let pause = LOOK_AT_LEAST_EVERY.min(self.watch.settle / 4);
        while !stop.is_cancelled() {
            for file in self.settled(&mut seen) {
                let loaded = self.load(&file, &mut seen, &stop).await;
                if let Some(sight) = seen.files.get_mut(&file) {
                    sight.is_done = loaded.is_ok();
                    sight.failure = loaded.err().map(|fault| failed(&file, sight.failure.as_ref(), &fault));
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// The files that have stopped growing and were not dealt with, the oldest first.
    fn settled(&self, seen: &mut Seen) -> Vec<PathBuf> {
        let files = match books_in(&self.watch.folder, &self.watch.pattern) {
            Ok(files) => files,
            Err(error) => {
                if !seen.is_unreadable {
                    tracing::warn!(folder = %self.watch.folder.display(), %error, "the folder for policy books cannot be read");
                }
                seen.is_unreadable = true;
                return Vec::new();
            }
        };
        seen.is_unreadable = false;
        seen.files.retain(|path, _| files.contains_key(path));
        let mut settled = Vec::new();
        for (path, (bytes, modified)) in files {
            let known = seen.files.get(&path);
            if known.is_none_or(|sight| (sight.bytes, sight.modified) != (bytes, modified)) {
                let since = Instant::now();
                let sight = Sight { bytes, modified, since, is_done: false, failure: None };
                seen.files.insert(path, sight);
            } else if known.is_some_and(|sight| sight.is_due(self.watch.settle)) {
                settled.push((modified, path));
            }
        }
        settled.sort();
        settled.into_iter().map(|(_, path)| path).collect()
    }

    async fn load(&self, file: &Path, seen: &mut Seen, stop: &CancellationToken) -> Result<(), StoreFault> {
        let known = self.store.generations().await?;
        let (this, path, done, until) = (self.clone(), file.to_owned(), seen.done.clone(), stop.clone());
        let found = spawn_blocking(move || this.look_into(&path, &known, &done, &until)).await;
        match found.unwrap_or_else(|error| resume_unwind(error.into_panic())) {
            Found::Known { sha256 } => {
                seen.done.insert(sha256);
                tracing::info!(file = %file.display(), "a policy book was loaded or refused before, and is left alone");
            }
            Found::Ready(prepared) => {
                let report = prepared.conclude(&self.store, false, Actor::Portal).await?;
                seen.done.insert(report.understood.sha256.clone());
                self.tell(&report);
            }
            Found::Refused { fault: BookFault::Store(fault), .. } => return Err(fault),
            Found::Refused { fault: BookFault::Stopped, .. } => {}
            Found::Refused { sha256, fault } => {
                seen.done.extend(sha256);
                self.metrics.book_load("refused", self.world.now(), 0, 0);
                tracing::error!(file = %file.display(), cause = %fault, "a policy book was not loaded; the one in use stays");
            }
        }
        Ok(())
    }

    fn look_into(
        &self,
        file: &Path,
        known: &[Generation],
        done: &BTreeSet<String>,
        stop: &CancellationToken,
    ) -> Found {
        let opened = match book::open(file, &self.settings.told) {
            Ok(opened) => opened,
            Err(fault) => return Found::Refused { sha256: None, fault },
        };
        let sha256 = opened.understood().sha256.clone();
        if done.contains(&sha256) || known.iter().any(|known| book::is_source_of(opened.understood(), known))
        {
            return Found::Known { sha256 };
        }
        for line in book::told_lines(&file.display().to_string(), opened.understood(), &self.settings.rules) {
            tracing::info!("loading the policy book: {line}");
        }
        let progress = Progress::to_log(opened.understood().bytes);
        let (store, at) = (&self.store, self.world.now());
        let load = Load { store, known, at, settings: &self.settings, mode: None, stop };
        match load.prepare(file, opened, progress) {
            Ok(prepared) => Found::Ready(Box::new(prepared)),
            Err(fault) => Found::Refused { sha256: Some(sha256), fault },
        }
    }

    fn tell(&self, report: &Report) {
        let (rows, rejected) = (report.counts.rows, report.counts.all_rejected());
        self.metrics.book_load(report.outcome.word(), self.world.now(), rows, rejected);
        for line in report.lines() {
            tracing::info!("loading the policy book: {line}");
        }
        let file = report.file.display();
        let outcome = report.outcome.word();
        if report.brakes.is_empty() {
            tracing::info!(%file, outcome, rows, rejected, "the policy book was loaded");
        } else {
            let why = report.doubts();
            tracing::error!(%file, outcome, rows, rejected, why, "a policy book was not believed; the one in use stays");
        }
    }
}

/// Tells of a failure of the store, once as long as it is the same one.
fn failed(file: &Path, before: Option<&Failure>, fault: &StoreFault) -> Failure {
    let cause = Chain(fault).to_string();
    let failure = Failure::after(before, cause.clone(), Instant::now());
    if !failure.is_as(before) {
        let minutes = failure.pause().as_secs() / 60;
        tracing::error!(
            file = %file.display(),
            cause,
            "a policy book could not be loaded; it is tried again in {minutes} min, and then less and less often"
        );
    }
    failure
}

/// Checks a folder that is to be watched: books are read there, and the reports of their rejected rows written.
pub fn check(folder: &Path) -> Result<(), Faults> {
    let wrong =
        |what: String| Err(Faults::general(format!("policies.watch.folder: {} {what}", folder.display())));
    match fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return wrong("is not there; make the folder, or name another one".to_owned());
        }
        Err(error) => return wrong(format!("cannot be reached ({error}); give this user the right to it")),
        Ok(metadata) if !metadata.is_dir() => {
            return wrong("is no folder; name the folder in which the files arrive".to_owned());
        }
        Ok(_) => {}
    }
    if let Err(error) = fs::read_dir(folder) {
        return wrong(format!("cannot be read ({error}); give this user the right to read it"));
    }
    match tempfile::tempfile_in(folder) {
        Err(error) => wrong(format!(
            "cannot be written ({error}); give this user the right to write there, for the reports of rejected rows"
        )),
        Ok(_) => Ok(()),
    }
}

/// The files of a folder that may be policy books, with their length and time.
fn books_in(folder: &Path, pattern: &str) -> io::Result<BTreeMap<PathBuf, (u64, Option<SystemTime>)>> {
    let mut books = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Transfer programs write under hidden names before they rename.
        if name.starts_with('.') || name.ends_with(REJECTS_SUFFIX) || !matches(pattern, &name) {
            continue;
        }
        // A file may be gone by now.
        if let Ok(metadata) = fs::metadata(entry.path())
            && metadata.is_file()
        {
            books.insert(entry.path(), (metadata.len(), metadata.modified().ok()));
        }
    }
    Ok(books)
}

/// Whether a name is of a pattern in which `*` stands for any characters and `?` for one. Case does not matter, for many
/// transfers come from systems where it does not.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    // reached[i]: the pattern so far matches the first i characters.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for wanted in pattern {
        if wanted == '*' {
            let first = reached.iter().position(|is_reached| *is_reached).unwrap_or(reached.len());
            reached.iter_mut().skip(first).for_each(|is_reached| *is_reached = true);
        } else {
            for place in (0..name.len()).rev() {
                reached[place + 1] = reached[place] && (wanted == '?' || wanted == name[place]);
            }
            reached[0] = false;
        }
    }
    reached[name.len()]
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_takes_the_names_that_it_means() {
        for (pattern, name) in [
            ("*.csv", "padron.csv"),
            ("*.csv", "PADRON.CSV"),
            ("padron-????????.txt", "padron-20260131.txt"),
            ("*", "x"),
            ("a*b*c", "a-b-b-c"),
            ("padron.csv", "padron.csv"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.csv", "padron.csv.part"),
            ("padron-????????.txt", "padron-2026.txt"),
            ("*.csv", "padron.xlsx"),
            ("a*b", "ac"),
            ("", "x"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
