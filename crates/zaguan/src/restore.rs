//! `zaguan restore`: proves a backup, and puts it in the place of the database that is there, which is moved aside.
//!
//! Nothing is changed before everything is proven. Whatever was given out before is void afterwards, because a copy from
//! the past knows nothing of the keys that were spent, the sessions that were ended and the passwords that were changed.

use crate::backup::copying::{self, Pace};
use crate::backup::manifest::{MANIFEST, Manifest};
use crate::backup::{BackupSettings, DATABASE, book_file};
use crate::output;
use crate::secret_file::{self, Missing};
use crate::world::RealWorld;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use zaguan_faults::reach;
use zaguan_store::{
    Begun, Contents, Epoch, Generation, Proof, Replacement, StoreSettings, Voided, begin_epoch,
    prove_database, prove_generation,
};
use zaguan_web::World as _;

/// What a restore is told.
#[derive(Args, Debug)]
pub struct RestoreArguments {
    /// The backup's directory
    #[arg(required_unless_present = "void_only")]
    pub directory: Option<PathBuf>,
    /// After a PostgreSQL database was put back by PostgreSQL's own means: void what was given out before, restore nothing
    #[arg(long, conflicts_with_all = ["directory", "dry_run"])]
    pub void_only: bool,
    /// Prove the backup and that the secret file fits, and restore nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Restores a backup, only proves it, or voids what a database that was put back by other means brings back.
pub async fn run(arguments: &RestoreArguments, settings: &BackupSettings) -> Result<()> {
    match &arguments.directory {
        Some(directory) => restore_from(directory, arguments.dry_run, arguments.json, settings).await,
        None => void_only(arguments.json, settings).await,
    }
}

async fn void_only(json: bool, settings: &BackupSettings) -> Result<()> {
    let detail = "the database was put back by PostgreSQL's own means";
    let voided = begin_epoch(&settings.store, RealWorld.now(), detail).await?;
    let Voided { keys, sessions, devices, letters, .. } = voided;
    if json {
        let told =
            serde_json::json!({ "keys": keys, "sessions": sessions, "devices": devices, "letters": letters });
        output::line(serde_json::to_string_pretty(&told)?);
        return Ok(());
    }
    output::line(format_args!(
        "Void from now on at {}: {sessions} sessions, {keys} keys, {devices} known browsers, {letters} letters that waited, and \
         every link and button in letters from before. Everybody signs in anew.",
        settings.store
    ));
    output::line(
        "Who changed a password after the moment of the backup has the one from before again: tell people to choose a new \
         one, at /recuperar, if they changed theirs since.",
    );
    output::line("Start the portals again: zaguan serve");
    Ok(())
}

/// A backup of which everything was proven.
struct Proven {
    manifest: Manifest,
    contents: Contents,
}

/// What a restore did.
#[derive(Debug, Serialize)]
struct Restored {
    made_at: Timestamp,
    accounts: u64,
    audit_head: String,
    moved_aside: Option<PathBuf>,
    keys: usize,
    sessions: usize,
    devices: usize,
    letters: usize,
    locked: Option<usize>,
}

/// Restores a backup, or only proves it.
async fn restore_from(directory: &Path, dry_run: bool, json: bool, settings: &BackupSettings) -> Result<()> {
    if dry_run {
        let proven = prove(directory, &settings.secret_file)?;
        return tell_proven(directory, json, &proven.manifest);
    }
    let place = match Replacement::begin(&settings.store)? {
        Begun::Place(place) => place,
        Begun::EndedEarlier { aside } => {
            output::line("An earlier restore was cut short; it is ended now, and the portal can be started.");
            if let Some(aside) = aside {
                output::line(format_args!("The database that was there before is in {}.", aside.display()));
            }
            return Ok(());
        }
    };
    let proven = prove(directory, &settings.secret_file)?;
    let restored = restore(directory, proven, place).await?;
    tell(json, &restored, &settings.store)
}

/// Proves everything that can be proven of a backup.
fn prove(directory: &Path, secret_file: &Path) -> Result<Proven> {
    let secrets = secret_file::open(secret_file, Missing::Refuse, &RealWorld)?;
    let manifest = Manifest::read(directory, &secrets)?;
    let not_whole = || format!("the backup in {} is not whole; take another one", directory.display());
    require_files(directory, &manifest).with_context(not_whole)?;
    let Proof { contents, audit } = prove_database(&directory.join(DATABASE)).with_context(not_whole)?;
    let noted = |contents: &Contents| crate::audit_command::head_text(&contents.audit_head);
    if contents.schema != manifest.schema
        || contents.rows != manifest.rows
        || noted(&contents) != manifest.audit_head
    {
        bail!("{}: the database has other contents than the manifest says", not_whole());
    }
    if audit.is_some_and(|audit| !audit.faults.is_empty()) {
        bail!(
            "the audit trail in the backup is not whole: somebody changed the database before it was backed up; \
             take an older backup, and compare the two"
        );
    }
    for generation in &contents.generations {
        let path = directory.join(book_file(generation.number));
        if path.exists() {
            prove_generation(&path, generation).with_context(not_whole)?;
        } else if generation.is_current {
            bail!("{}: the policy book in use is not in it", not_whole());
        }
    }
    Ok(Proven { manifest, contents })
}

/// The files that are there must be those of the manifest, no fewer and no more, and as they were written.
fn require_files(directory: &Path, manifest: &Manifest) -> Result<()> {
    let found = files_in(directory, Path::new(""))?;
    if let Some(foreign) = found.iter().find(|name| *name != MANIFEST && !manifest.files.contains_key(*name))
    {
        bail!("{foreign} does not belong to it; take that file out");
    }
    for (name, noted) in &manifest.files {
        if !found.contains(name) {
            bail!("{name} is missing");
        }
        if copying::facts(&directory.join(name))? != *noted {
            bail!("{name} was changed or damaged");
        }
    }
    Ok(())
}

/// The paths of all files under a directory.
fn files_in(directory: &Path, under: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let read = || format!("{} cannot be read", directory.join(under).display());
    for entry in fs::read_dir(directory.join(under)).with_context(read)? {
        let entry = entry.with_context(read)?;
        let path = under.join(entry.file_name());
        if entry.file_type().with_context(read)?.is_dir() {
            files.extend(files_in(directory, &path)?);
        } else {
            files.insert(path.to_string_lossy().into_owned());
        }
    }
    Ok(files)
}

async fn restore(directory: &Path, proven: Proven, place: Replacement) -> Result<Restored> {
    let Proven { manifest, contents } = proven;
    let mut steps = Pace::alone(manifest.bytes());
    let numbers = contents.generations.iter().map(|generation: &Generation| generation.number);
    let (kept, lost): (Vec<u32>, Vec<u32>) =
        numbers.partition(|number| manifest.files.contains_key(&book_file(*number)));
    let books = kept.iter().map(|number| (book_file(*number), place.generation(*number)));
    for (name, to) in [(DATABASE.to_owned(), place.database())].into_iter().chain(books) {
        let from = File::open(directory.join(&name)).with_context(|| format!("{name} cannot be read"))?;
        if Some(&copying::copy(from, &to, &mut steps).await?) != manifest.files.get(&name) {
            bail!("{name} in the backup was changed meanwhile; nothing was restored");
        }
    }
    drop(steps);
    reach("restore.copied")?;
    let at = RealWorld.now();
    let detail = format!("from the backup of {}, head {}", manifest.made_at, manifest.audit_head);
    let epoch = Epoch { at, detail: &detail, before: None, lost_generations: &lost };
    let Voided { keys, sessions, devices, letters, locked } = place.raise_epoch(&epoch)?;
    reach("restore.raised")?;
    let moved_aside = place.put_in_place(&at.strftime("%Y%m%d-%H%M%S-%3f").to_string())?;
    Ok(Restored {
        made_at: manifest.made_at,
        accounts: manifest.rows_of("account"),
        audit_head: manifest.audit_head,
        moved_aside,
        keys,
        sessions,
        devices,
        letters,
        locked,
    })
}

fn tell_proven(directory: &Path, json: bool, manifest: &Manifest) -> Result<()> {
    if json {
        output::line(serde_json::to_string_pretty(manifest)?);
        return Ok(());
    }
    output::line(format_args!(
        "The backup in {} is whole, and the secret file fits: {} accounts and {} policy books of {}, audit head {}. \
         Nothing was restored.",
        directory.display(),
        manifest.rows_of("account"),
        manifest.files.len().saturating_sub(1),
        manifest.made_at,
        manifest.audit_head
    ));
    Ok(())
}

fn tell(json: bool, restored: &Restored, settings: &StoreSettings) -> Result<()> {
    if json {
        output::line(serde_json::to_string_pretty(restored)?);
        return Ok(());
    }
    let Restored { made_at, accounts, keys, sessions, devices, letters, .. } = restored;
    output::line(format_args!("The database {settings} is that of {made_at} again: {accounts} accounts."));
    output::line(format_args!(
        "Void from now on: {sessions} sessions, {keys} keys, {devices} known browsers, {letters} letters that waited, and \
         every link and button in letters from before. Everybody signs in anew."
    ));
    output::line(format_args!(
        "What happened after {made_at} is not in it: registrations, new passwords, changed addresses, closed accounts."
    ));
    match restored.locked {
        Some(0) => output::line(
            "No account of the backup was changed after it, as far as the database from before tells.",
        ),
        Some(locked) => output::line(format_args!(
            "{locked} accounts were changed or closed after it, as the database from before tells: their passwords open \
             nothing until their holders choose new ones, at /recuperar."
        )),
        None => output::line(
            "The database from before cannot be asked who changed a password since: the ones of the backup open again. Tell \
             people to choose a new one, at /recuperar, if they changed theirs after that moment.",
        ),
    }
    if let Some(aside) = &restored.moved_aside {
        let name = settings.file().and_then(Path::file_name).unwrap_or_default();
        output::line(format_args!("The database that was there is whole in {}.", aside.display()));
        output::line(format_args!(
            "What was done in it since: ZAGUAN__STORE__URL=sqlite:{} zaguan audit show --limit 1000",
            aside.join(name).display()
        ));
    }
    output::line("Start the portal again: zaguan serve");
    Ok(())
}
