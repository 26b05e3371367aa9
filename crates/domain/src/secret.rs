//! The secrets: one master secret kept outside the database, and what is derived from it for each use.

use crate::document::Document;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The number of a master secret. Rotation adds a version; rows remember the one that they were made with.
pub type SecretVersion = u32;

type Bytes = Zeroizing<[u8; 32]>;

/// Everything derived from the master secrets, by version.
pub struct Secrets {
    current: SecretVersion,
    versions: BTreeMap<SecretVersion, Derived>,
}

struct Derived {
    keys: Bytes,
    links: Bytes,
    passes: Bytes,
    disowning: Bytes,
    releases: Bytes,
    salts: Bytes,
    email_changes: Bytes,
    backups: Bytes,
    pepper: Bytes,
}

/// What a derived code is for. A code of one use is worthless for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The temporary key that a person types.
    Key,
    /// The token of the link in a letter.
    Link,
    /// The proof, in the cookie of a browser that showed a key, that it did.
    Pass,
    /// The token of "No fui yo" in a letter.
    Disown,
    /// The token of "Sí, fui yo" in a letter that tells of a held key.
    Release,
    /// The temporary key that confirms a new address.
    EmailChange,
    /// The seal of a backup.
    Backup,
}

impl Secrets {
    /// Derives the secrets for each use, by HKDF with SHA-256. Nothing if there is no master secret at all.
    /// The highest version is the current one.
    pub fn derive<'a>(masters: impl IntoIterator<Item = (SecretVersion, &'a [u8; 32])>) -> Option<Self> {
        let versions: BTreeMap<_, _> =
            masters.into_iter().map(|(version, master)| (version, Derived::from_master(master))).collect();
        let current = *versions.keys().next_back()?;
        Some(Self { current, versions })
    }

    /// The version that new rows are made with.
    pub fn current(&self) -> SecretVersion {
        self.current
    }

    /// By which each version can be told from any other secret of that number. They reveal nothing of it.
    pub fn fingerprints(&self) -> BTreeMap<SecretVersion, [u8; 16]> {
        let fingerprint = |derived: &Derived| {
            let mut short = [0; 16];
            short.copy_from_slice(&authenticate(&derived.backups, &[b"fingerprint"])[..16]);
            short
        };
        self.versions.iter().map(|(version, derived)| (*version, fingerprint(derived))).collect()
    }

    /// The code that the secret of this use and version gives to these parts; nothing if the version is not known here.
    pub fn code(&self, usage: Use, version: SecretVersion, parts: &[&[u8]]) -> Option<[u8; 32]> {
        let derived = self.versions.get(&version)?;
        let secret = match usage {
            Use::Key => &derived.keys,
            Use::Link => &derived.links,
            Use::Pass => &derived.passes,
            Use::Disown => &derived.disowning,
            Use::Release => &derived.releases,
            Use::EmailChange => &derived.email_changes,
            Use::Backup => &derived.backups,
        };
        Some(authenticate(secret, parts))
    }

    /// Whether a secret of this use gives this code to these parts, whatever its version; compared without telling by
    /// the time how much was right.
    pub fn proves(&self, usage: Use, parts: &[&[u8]], code: &[u8; 32]) -> bool {
        let right = |version: &SecretVersion| self.code(usage, *version, parts);
        self.versions.keys().filter_map(right).any(|right| bool::from(right.ct_eq(code)))
    }

    /// The pepper of this version, which goes into the secret input of argon2; nothing if the version is not known here.
    pub fn pepper(&self, version: SecretVersion) -> Option<&[u8; 32]> {
        self.versions.get(&version).map(|derived| &*derived.pepper)
    }

    /// The salt for the passwords of a document. Two people who share a document number share it too, so that one hash
    /// tries a password on both accounts, or on none, in the same time.
    pub fn salt(&self, document: Document) -> [u8; 16] {
        let mut salt = [0; 16];
        if let Some(derived) = self.versions.get(&self.current) {
            salt.copy_from_slice(&authenticate(&derived.salts, &[document.to_stored().as_bytes()])[..16]);
        }
        salt
    }
}

impl Derived {
    fn from_master(master: &[u8; 32]) -> Self {
        let source = Hkdf::<Sha256>::new(None, master);
        let derive = |label: &[u8]| {
            let mut bytes = Zeroizing::new([0; 32]);
            #[expect(
                clippy::expect_used,
                reason = "32 bytes are less than the 8,160 that HKDF with SHA-256 can give"
            )]
            source.expand(label, &mut *bytes).expect("32 bytes can be expanded");
            bytes
        };
        Self {
            keys: derive(b"zaguan/temporary-key"),
            links: derive(b"zaguan/link"),
            passes: derive(b"zaguan/pass"),
            disowning: derive(b"zaguan/disown"),
            releases: derive(b"zaguan/release"),
            salts: derive(b"zaguan/salt"),
            email_changes: derive(b"zaguan/email-change"),
            backups: derive(b"zaguan/backup"),
            pepper: derive(b"zaguan/pepper"),
        }
    }
}

fn authenticate(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    for part in parts {
        // The length before each part keeps ("ab", "c") and ("a", "bc") apart.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("current", &self.current).finish_non_exhaustive()
    }
}
