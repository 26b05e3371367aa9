//! The file with the portal's secret: made at the first start, never overwritten, refused when others can read it.
//!
//! It lies outside the database, so that whoever steals the database has no key, no link and no password's pepper.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use zaguan_domain::secret::{SecretVersion, Secrets};
use zaguan_faults::reach;
use zaguan_web::World;
use zeroize::{Zeroize as _, Zeroizing};

/// Why there are no secrets; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// Others than its owner can read it.
    #[error("the secret file {path} can be read by others (mode {mode:o}); run: chmod 600 {path}")]
    OpenToOthers {
        /// The file.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// It is not as the portal writes it.
    #[error("the secret file {path} is damaged ({why}); put the copy from your backup in its place")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: Damage,
    },
    /// It is not there, and the database was used with one.
    #[error(
        "the secret file {path} is missing, but the database was used with one; put the copy from your backup in its \
         place, because with another secret no clave works any more"
    )]
    Lost {
        /// The file.
        path: String,
    },
    /// It cannot be read.
    #[error("the secret file {path} cannot be read ({error}); check its owner and its directory")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It cannot be made.
    #[error(
        "the secret file {path} cannot be made ({error}); check that its directory is there and writable"
    )]
    NotMade {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
}

/// What is wrong with a secret file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is not TOML with `[[secret]]`, `version` and `secret`.
    #[error("it is not as the portal writes it")]
    Malformed,
    /// One secret is not 32 bytes in base64.
    #[error("a secret in it is not 32 bytes in base64")]
    NotASecret,
    /// One secret is not chance, but something that somebody made up.
    #[error("a secret in it is not random")]
    NotRandom,
    /// Two secrets have one number.
    #[error("a version stands in it twice")]
    TwiceTheSameVersion,
}

/// Whether a missing file may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is the first start.
    Make,
    /// There is data that was written with another file.
    Refuse,
}

/// 32 random bytes have 30 different ones; fewer than this happens to nobody but who made them up.
const DIFFERENT_BYTES_AT_LEAST: usize = 16;

/// A longer file is none of ours.
const BYTES_AT_MOST: u64 = 64 * 1024;

type Masters = BTreeMap<SecretVersion, Zeroizing<[u8; 32]>>;

/// The secrets in the file; a new file with a new secret where there is none and one may be made.
pub fn open(path: &Path, missing: Missing, world: &dyn World) -> Result<Secrets, SecretFileError> {
    let shown = || path.display().to_string();
    let masters = match read(path) {
        Err(SecretFileError::Unreadable { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            if missing == Missing::Refuse {
                return Err(SecretFileError::Lost { path: shown() });
            }
            make(path, world).map_err(|error| SecretFileError::NotMade { path: shown(), error })?;
            read(path)?
        }
        read => read?,
    };
    Secrets::derive(masters.iter().map(|(version, master)| (*version, &**master)))
        .ok_or_else(|| SecretFileError::Damaged { path: shown(), why: Damage::Empty })
}

fn read(path: &Path) -> Result<Masters, SecretFileError> {
    let shown = || path.display().to_string();
    let unreadable = |error| SecretFileError::Unreadable { path: shown(), error };
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretFileError::OpenToOthers { path: shown(), mode });
    }
    let damaged = |why| SecretFileError::Damaged { path: shown(), why };
    if metadata.len() > BYTES_AT_MOST || !metadata.is_file() {
        return Err(damaged(Damage::Malformed));
    }
    let text = Zeroizing::new(io::read_to_string(file).map_err(unreadable)?);
    masters(&text).map_err(damaged)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    #[serde(default)]
    secret: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    version: SecretVersion,
    secret: String,
}

fn masters(text: &str) -> Result<Masters, Damage> {
    let contents: Contents = toml::from_str(text).map_err(|_| Damage::Malformed)?;
    let mut masters = Masters::new();
    for mut entry in contents.secret {
        let mut bytes = STANDARD.decode(entry.secret.as_bytes()).map_err(|_| Damage::NotASecret)?;
        let master =
            <[u8; 32]>::try_from(bytes.as_slice()).map(Zeroizing::new).map_err(|_| Damage::NotASecret);
        bytes.zeroize();
        entry.secret.zeroize();
        let master = master?;
        if !is_random(&master) {
            return Err(Damage::NotRandom);
        }
        if masters.insert(entry.version, master).is_some() {
            return Err(Damage::TwiceTheSameVersion);
        }
    }
    if masters.is_empty() { Err(Damage::Empty) } else { Ok(masters) }
}

fn is_random(master: &[u8; 32]) -> bool {
    let different: BTreeSet<_> = master.iter().collect();
    let is_text = master.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    let steps = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
    let is_series = master.windows(2).all(|pair| steps(pair) == steps(&master[..2]));
    different.len() >= DIFFERENT_BYTES_AT_LEAST && !is_text && !is_series
}

/// Makes the file in one step: it is written under another name, and takes its own only when it is whole and on the
/// disk, and only if nobody else made one in the meantime.
fn make(path: &Path, world: &dyn World) -> io::Result<()> {
    let mut master = Zeroizing::new([0; 32]);
    world.fill(&mut *master);
    let mut text = Zeroizing::new(String::from(
        "# The secret of this portal. Keep a copy apart from the database's backup, and show it to nobody:\n\
         # without it no clave works any more; with it and the database, every clave can be made or guessed.\n",
    ));
    let secret = Zeroizing::new(STANDARD.encode(*master));
    let _ = write!(text, "[[secret]]\nversion = 1\nsecret = \"{}\"\n", *secret);
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    // The temporary file is readable by its owner only.
    reach("secret.begin")?;
    let mut file = tempfile::NamedTempFile::new_in(&directory)?;
    file.write_all(text.as_bytes())?;
    reach("secret.written")?;
    file.as_file().sync_all()?;
    reach("secret.durable")?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            reach("secret.named")?;
            File::open(&directory)?.sync_all()
        }
        Err(failure) if failure.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(failure) => Err(failure.error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Damage, is_random, masters};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn entry(version: u32, bytes: &[u8]) -> String {
        format!("[[secret]]\nversion = {version}\nsecret = \"{}\"\n", STANDARD.encode(bytes))
    }

    fn chance(seed: u8) -> [u8; 32] {
        std::array::from_fn(|place| {
            let place = u8::try_from(place).expect("32 fits");
            place.wrapping_mul(place).wrapping_mul(7).wrapping_add(seed).rotate_left(3)
                ^ place.wrapping_mul(91)
        })
    }

    #[test]
    fn several_versions_are_read() {
        let text = entry(1, &chance(1)) + &entry(3, &chance(2));
        let masters = masters(&text).expect("two right secrets");
        assert_eq!(masters.keys().copied().collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn damage_is_told_apart() {
        for (text, damage) in [
            (String::new(), Damage::Empty),
            ("# only words\n".to_owned(), Damage::Empty),
            ("secret = 5".to_owned(), Damage::Malformed),
            ("not toml".to_owned(), Damage::Malformed),
            (entry(1, &chance(1)) + "extra = 1\n", Damage::Malformed),
            (entry(1, &[7; 31]), Damage::NotASecret),
            (entry(1, &[7; 33]), Damage::NotASecret),
            ("[[secret]]\nversion = 1\nsecret = \"%%%\"\n".to_owned(), Damage::NotASecret),
            (entry(1, &[0; 32]), Damage::NotRandom),
            (entry(1, b"changemechangemechangemechangeme"), Damage::NotRandom),
            (entry(1, b"0123456789abcdefghijklmnopqrstuv"), Damage::NotRandom),
            (entry(1, &chance(1)) + &entry(1, &chance(2)), Damage::TwiceTheSameVersion),
        ] {
            assert_eq!(masters(&text).expect_err(&text), damage, "{text}");
        }
    }

    #[test]
    fn a_series_is_not_chance() {
        assert!(!is_random(&std::array::from_fn(|place| u8::try_from(place).expect("32 fits"))));
        assert!(is_random(&chance(5)));
    }
}
