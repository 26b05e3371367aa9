//! The manifest of a backup: what is in it, by which it is proven, sealed with the portal's secret.
//!
//! It is written last, so a backup without one was cut short. The seal is a code that only the secret file gives, and
//! the secret file is in no backup: whoever has only the backup cannot change it unnoticed.

use crate::audit_command::head_text;
use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use zaguan_domain::secret::{SecretVersion, Secrets, Use};
use zaguan_store::Contents;

/// Its name in the backup's directory.
pub const MANIFEST: &str = "manifest.json";

/// The layout of backups that this program writes and reads.
const FORMAT: u64 = 1;

/// A longer one is none of ours.
const BYTES_AT_MOST: u64 = 1024 * 1024;

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The layout of the backup.
    pub format: u64,
    /// The version of the program that made it.
    pub portal: String,
    /// When it was begun, to the second: what was acknowledged before is in it.
    pub made_at: Timestamp,
    /// The version of the database's schema.
    pub schema: u32,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// The end of the audit trail, as the log has it.
    pub audit_head: String,
    /// The versions of the portal's secret with their fingerprints. The secrets themselves are in no backup.
    pub secrets: BTreeMap<SecretVersion, String>,
    /// The files, by their paths in the backup.
    pub files: BTreeMap<String, FileFacts>,
}

/// By which a file is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileFacts {
    /// Its length.
    pub bytes: u64,
    /// Its hash, in hexadecimal.
    pub sha256: String,
}

/// A manifest as it is written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    backup: Manifest,
    seal: String,
}

impl Manifest {
    /// The manifest of a backup of these contents and files.
    pub fn new(
        contents: &Contents,
        made_at: Timestamp,
        secrets: &Secrets,
        files: BTreeMap<String, FileFacts>,
    ) -> Self {
        Self {
            format: FORMAT,
            portal: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            schema: contents.schema,
            rows: contents.rows.clone(),
            audit_head: head_text(&contents.audit_head),
            secrets: fingerprints(secrets),
            files,
        }
    }

    /// The rows of a table.
    pub fn rows_of(&self, table: &str) -> u64 {
        self.rows.get(table).copied().unwrap_or_default()
    }

    /// All bytes of its files.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }

    /// Writes it, sealed, in one step.
    pub fn write(self, directory: &Path, secrets: &Secrets) -> Result<()> {
        let Some(seal) = self.seal(secrets)? else { bail!("the portal's secret gives no seal") };
        let text = serde_json::to_string_pretty(&Sealed { backup: self, seal })?;
        // The temporary file is readable by its owner only.
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist_noclobber(directory.join(MANIFEST))?;
        Ok(File::open(directory)?.sync_all()?)
    }

    /// Reads the manifest of a backup. Nothing that it says is believed before the secret file fits and the seal is right.
    pub fn read(directory: &Path, secrets: &Secrets) -> Result<Self> {
        let path = directory.join(MANIFEST);
        let shown = path.display();
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) => bail!(
                "{shown} cannot be read ({error}): {} is no backup, or was cut short before its end; take another one",
                directory.display()
            ),
        };
        if length > BYTES_AT_MOST {
            bail!("{shown} is no manifest of a backup; take another backup");
        }
        let text = fs::read(&path).with_context(|| format!("{shown} cannot be read"))?;
        let damaged = || format!("{shown} was changed or damaged; take another backup");
        let read: serde_json::Value = serde_json::from_slice(&text).with_context(damaged)?;
        match read["backup"]["format"].as_u64() {
            Some(FORMAT) => {}
            Some(newer) if newer > FORMAT => {
                bail!("the backup was made by a newer program (layout {newer}); restore it with that one")
            }
            _ => bail!(damaged()),
        }
        let Sealed { backup, seal } = serde_json::from_value(read).with_context(damaged)?;
        backup.require_secrets(secrets)?;
        match backup.seal(secrets)? {
            Some(right) if right == seal => Ok(backup),
            _ => bail!(damaged()),
        }
    }

    /// The secret file must be the one that was kept of this portal: with another one no password would work.
    fn require_secrets(&self, secrets: &Secrets) -> Result<()> {
        let ours = fingerprints(secrets);
        for (version, fingerprint) in &self.secrets {
            match ours.get(version) {
                Some(ours) if ours == fingerprint => {}
                Some(ours) => bail!(
                    "the secret file does not belong to this backup: of version {version} its fingerprint is {ours}, and \
                     the backup's is {fingerprint}. Put the secret file that was kept of that portal in its place"
                ),
                None => bail!(
                    "the secret file does not have version {version} (fingerprint {fingerprint}), with which the backup \
                     was made; put the secret file that was kept of that portal in its place"
                ),
            }
        }
        Ok(())
    }

    /// The code that seals it, of the newest version of the secret that it names.
    fn seal(&self, secrets: &Secrets) -> Result<Option<String>> {
        let text = serde_json::to_vec(self)?;
        let version = self.secrets.last_key_value().map(|(version, _)| *version);
        let code = version.and_then(|version| secrets.code(Use::Backup, version, &[b"manifest", &text]));
        Ok(code.map(|code| hexadecimal(&code)))
    }
}

fn fingerprints(secrets: &Secrets) -> BTreeMap<SecretVersion, String> {
    secrets.fingerprints().into_iter().map(|(version, bytes)| (version, hexadecimal(&bytes))).collect()
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
