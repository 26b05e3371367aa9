//! `zaguan backup`: a whole, proven copy of what the portal remembers, made while it runs.
//!
//! The copy is of one state: whatever was acknowledged before it began is in it. No writer waits for it.

use crate::output;
use crate::secret_file::{self, Missing};
use crate::world::RealWorld;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use jiff::{Timestamp, Unit};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use zaguan_domain::secret::Secrets;
use zaguan_faults::reach;
use zaguan_store::{Snapshot, StoreSettings, prove_database};
use zaguan_web::World as _;

pub(crate) mod copying;
pub mod manifest;
pub(crate) mod noted;

use copying::Pace;
use manifest::{FileFacts, MANIFEST, Manifest};

/// The database's name in a backup.
pub const DATABASE: &str = "zaguan.db";

/// What a backup is told.
#[derive(Args, Debug)]
pub struct BackupArguments {
    /// The directory, which is made; one that is there must be empty
    pub directory: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What is backed up, and the secret that is not.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// The database.
    pub store: StoreSettings,
    /// The file with the portal's secret.
    pub secret_file: PathBuf,
}

/// The path of a generation of the book in a backup.
pub fn book_file(number: u32) -> String {
    format!("{DATABASE}.book/{number}.sqlite")
}

/// Makes a backup in a directory.
pub async fn run(directory: &Path, json: bool, settings: &BackupSettings) -> Result<()> {
    let made_at = RealWorld.now().round(Unit::Second)?;
    let snapshot = Snapshot::take(&settings.store)?;
    // As at a start: a portal that wrote no letter yet has no secret that anything depends on.
    let is_used = snapshot.contents().rows.get("letter").is_some_and(|letters| *letters > 0);
    let missing = if is_used { Missing::Refuse } else { Missing::Make };
    let secrets = secret_file::open(&settings.secret_file, missing, &RealWorld)?;
    make_directory(directory)?;
    let done = back_up(snapshot, made_at, directory, &secrets).await;
    if done.is_err() {
        // What is left of it would be refused anyway, and be in the way of the next one.
        remove(directory);
    }
    let manifest = done.with_context(|| format!("there is no backup in {}", directory.display()))?;
    if let Some(database) = settings.store.file()
        && let Err(error) = noted::note(database, made_at)
    {
        output::remark(format_args!(
            "The backup is whole, but that it was made cannot be noted beside the database ({error}), so that the \
             portal tells of an older one; run this as the portal's user."
        ));
    }
    tell(directory, json, &manifest, &settings.secret_file)
}

async fn back_up(
    snapshot: Snapshot,
    made_at: Timestamp,
    directory: &Path,
    secrets: &Secrets,
) -> Result<Manifest> {
    // Once they are open, nobody can take them away any more.
    let mut books = BTreeMap::new();
    for (number, path) in snapshot.generations()? {
        books
            .insert(number, File::open(&path).with_context(|| format!("{} cannot be read", path.display()))?);
    }
    let database = directory.join(DATABASE);
    let mut pace = Pace::restful(total_bytes(&snapshot, &books)?);
    copying::copy_database(&snapshot, &database, &mut pace).await?;
    let contents = snapshot.contents().clone();
    // While it is held the portal's log grows, and is copied into the database at once afterwards.
    drop(snapshot);
    reach("backup.database")?;
    let mut files = BTreeMap::from([(DATABASE.to_owned(), copying::facts(&database)?)]);
    files.extend(copy_books(books, directory, &mut pace).await?);
    drop(pace);
    reach("backup.books")?;
    let proof = prove_database(&database)?;
    if proof.contents != contents {
        bail!("the copy has other contents than the database; try again");
    }
    let manifest = Manifest::new(&proof.contents, made_at, secrets, files);
    manifest.clone().write(directory, secrets).context("the manifest cannot be written")?;
    reach("backup.manifest")?;
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()?;
    Ok(manifest)
}

async fn copy_books(
    books: BTreeMap<u32, File>,
    directory: &Path,
    pace: &mut Pace,
) -> Result<BTreeMap<String, FileFacts>> {
    let mut files = BTreeMap::new();
    let beside = directory.join(format!("{DATABASE}.book"));
    DirBuilder::new().mode(0o700).create(&beside)?;
    for (number, file) in books {
        let name = book_file(number);
        files.insert(name.clone(), copying::copy(file, &directory.join(&name), pace).await?);
    }
    File::open(&beside)?.sync_all()?;
    Ok(files)
}

fn total_bytes(snapshot: &Snapshot, books: &BTreeMap<u32, File>) -> Result<u64> {
    let books: io::Result<Vec<u64>> = books.values().map(|file| Ok(file.metadata()?.len())).collect();
    Ok(snapshot.bytes()? + books?.iter().sum::<u64>())
}

/// Makes the directory, for its owner only. One with anything in it is refused.
fn make_directory(path: &Path) -> Result<()> {
    let shown = path.display();
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            bail!("the directory {shown} cannot be made ({error}); name one in a directory that is there")
        }
    }
    let mut entries = fs::read_dir(path)
        .with_context(|| format!("{shown} is no directory that can be read; name another one"))?;
    if entries.next().is_some() {
        bail!("the directory {shown} is not empty; name a new one for each backup");
    }
    fs::set_permissions(path, Permissions::from_mode(0o700))
        .with_context(|| format!("{shown} cannot be kept from others; name another directory"))
}

fn remove(directory: &Path) {
    for name in [MANIFEST, DATABASE] {
        let _ = fs::remove_file(directory.join(name));
    }
    let _ = fs::remove_dir_all(directory.join(format!("{DATABASE}.book")));
    let _ = fs::remove_dir(directory);
}

fn tell(directory: &Path, json: bool, manifest: &Manifest, secret_file: &Path) -> Result<()> {
    if json {
        output::line(serde_json::to_string_pretty(manifest)?);
        return Ok(());
    }
    output::line(format_args!(
        "The backup in {} is whole: {} accounts, {} records in the audit trail (head {}), {} policy books, {}.",
        directory.display(),
        manifest.rows_of("account"),
        manifest.rows_of("audit"),
        manifest.audit_head,
        manifest.files.len().saturating_sub(1),
        indicatif::HumanBytes(manifest.bytes())
    ));
    let fingerprints: Vec<String> =
        manifest.secrets.iter().map(|(version, print)| format!("version {version} {print}")).collect();
    output::line(format_args!(
        "The secret file {} is NOT in it. Keep a copy of it in another place: without it no password in the backup \
         works, and with both in one place a thief needs only one. Its fingerprint: {}.",
        secret_file.display(),
        fingerprints.join(", ")
    ));
    output::line(format_args!(
        "Whether backup and secret file fit: zaguan restore --dry-run {}",
        directory.display()
    ));
    Ok(())
}
