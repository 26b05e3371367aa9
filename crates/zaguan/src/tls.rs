//! The certificate of a portal that speaks HTTPS itself: read from two files, and read again when they change.
//!
//! Files are looked at, not watched for events: certificates come through links that are switched (certbot,
//! Kubernetes), of which events tell nothing reliable. A pair is taken only once it has not changed between two looks,
//! so that one being written is not judged.

use crate::logs::Chain;
use crate::metrics::Metrics;
use jiff::Timestamp;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use zaguan_web::World;
use zeroize::Zeroizing;

/// Where the certificate and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate in PEM, and after it those of the authorities between it and the one that browsers trust.
    pub certificate: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
}

/// Why a certificate cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing, or cannot be read by this user.
    #[error(
        "{key}: {path} cannot be read ({error}); check that it is there and that the portal's user may read it"
    )]
    Unreadable {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// Everybody on the machine can read the private key, or put another in its place.
    #[error(
        "server.tls_key: {path} can be read or changed by everybody (mode {mode:o}); run: chmod o= {path}"
    )]
    OpenToAll {
        /// The file.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// A file has not in it what it should.
    #[error(
        "{key}: {path} has no {wanted} in PEM in it ({error}); write the file that your authority gave you"
    )]
    NotPem {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        path: String,
        /// What should be in it.
        wanted: &'static str,
        /// What the reader says.
        error: String,
    },
    /// The key is of another certificate, or of a kind that is not known.
    #[error(
        "server.tls_key: the key in {path} cannot be used with the first certificate of server.tls_certificate \
         ({error}); write the two files that belong together"
    )]
    WrongKey {
        /// The file.
        path: String,
        /// What the library says.
        error: rustls::Error,
    },
    /// It is no longer valid, or not yet.
    #[error(
        "server.tls_certificate: {path} is valid from {from} to {until}; renew it, or set the machine's clock"
    )]
    NotValidNow {
        /// The file.
        path: String,
        /// From when.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
    },
    /// The library takes no such settings.
    #[error("TLS cannot be set up ({0})")]
    Setup(#[from] rustls::Error),
}

/// More than any file of certificates holds, in bytes.
const BYTES_AT_MOST: u64 = 1024 * 1024;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// What is in the two files.
#[derive(Clone, PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

/// The certificate in use; handshakes take it from here.
#[derive(Debug)]
struct InUse(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for InUse {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// TLS with the certificate of two files.
pub struct Tls {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    in_use: Arc<InUse>,
    /// What the certificate in use was read from.
    contents: Contents,
    /// Until when the certificate in use is valid.
    until: Timestamp,
    acceptor: TlsAcceptor,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the certificate and its key.
    ///
    /// # Errors
    /// A file that is missing or unreadable, a key of another certificate, and a certificate that is not valid now.
    pub fn open(files: TlsFiles, now: Timestamp) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let contents = Contents::read(&files)?;
        let (certified, until) = contents.certified(&files, &provider, now)?;
        let in_use = Arc::new(InUse(RwLock::new(Arc::new(certified))));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&in_use) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { files, provider, in_use, contents, until, acceptor })
    }

    /// Until when the certificate in use is valid.
    pub fn valid_until(&self) -> Timestamp {
        self.until
    }

    /// What makes TLS of connections, always with the certificate in use.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Takes a new certificate when the files change, until told to stop, and measures when the one in use expires.
    /// Connections that are open go on; a pair that cannot be used is logged once, and the one in use stays.
    pub async fn watch(mut self, world: Arc<dyn World>, metrics: Metrics, stop: CancellationToken) {
        let mut seen = Some(self.contents.clone());
        loop {
            metrics.certificate_until(self.until);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let files = self.files.clone();
            let Ok(read) = spawn_blocking(move || Contents::read(&files)).await else { return };
            match read {
                Ok(contents) if seen.as_ref() == Some(&contents) => self.take(contents, world.now()),
                Ok(contents) => seen = Some(contents),
                Err(error) => {
                    if seen.take().is_some() {
                        tracing::error!(cause = %Chain(&error), "the certificate in use stays");
                    }
                }
            }
        }
    }

    /// Puts what is in the files into use, unless it was judged already.
    fn take(&mut self, contents: Contents, now: Timestamp) {
        if contents == self.contents {
            return;
        }
        match contents.certified(&self.files, &self.provider, now) {
            Ok((certified, until)) => {
                self.until = until;
                *self.in_use.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certified);
                tracing::info!("a new certificate is in use");
            }
            Err(error) => tracing::error!(cause = %Chain(&error), "the certificate in use stays"),
        }
        self.contents = contents;
    }
}

impl Contents {
    fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        let key = Zeroizing::new(bytes("server.tls_key", &files.key, refuse_open_to_all)?);
        Ok(Self { certificate: bytes("server.tls_certificate", &files.certificate, |_, _| Ok(()))?, key })
    }

    fn certified(
        &self,
        files: &TlsFiles,
        provider: &CryptoProvider,
        now: Timestamp,
    ) -> Result<(CertifiedKey, Timestamp), TlsError> {
        let not_pem = |key, path: &Path, wanted, error: pem::Error| TlsError::NotPem {
            key,
            path: path.display().to_string(),
            wanted,
            error: error.to_string(),
        };
        let no_certificate =
            |error| not_pem("server.tls_certificate", &files.certificate, "certificate", error);
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(no_certificate)?;
        let Some(first) = chain.first() else { return Err(no_certificate(pem::Error::NoItemsFound)) };
        let until = valid_until(first, &files.certificate, now)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|error| not_pem("server.tls_key", &files.key, "private key", error))?;
        let path = || files.key.display().to_string();
        let certified = CertifiedKey::from_der(chain, key, provider)
            .map_err(|error| TlsError::WrongKey { path: path(), error })?;
        Ok((certified, until))
    }
}

fn bytes(
    key: &'static str,
    path: &Path,
    check: impl FnOnce(&Path, u32) -> Result<(), TlsError>,
) -> Result<Vec<u8>, TlsError> {
    let unreadable = |error| TlsError::Unreadable { key, path: path.display().to_string(), error };
    let file = File::open(path).map_err(unreadable)?;
    check(path, file.metadata().map_err(unreadable)?.permissions().mode() & 0o777)?;
    let mut bytes = Vec::new();
    file.take(BYTES_AT_MOST).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn refuse_open_to_all(path: &Path, mode: u32) -> Result<(), TlsError> {
    if mode & 0o006 == 0 {
        return Ok(());
    }
    Err(TlsError::OpenToAll { path: path.display().to_string(), mode })
}

/// From when and until when a certificate is valid; the words of who reads it when it is none.
pub(crate) fn validity(certificate: &CertificateDer<'_>) -> Result<(Timestamp, Timestamp), String> {
    let (_, certificate) =
        x509_parser::parse_x509_certificate(certificate).map_err(|error| error.to_string())?;
    let validity = certificate.validity();
    let at = |seconds| Timestamp::from_second(seconds).map_err(|error| error.to_string());
    Ok((at(validity.not_before.timestamp())?, at(validity.not_after.timestamp())?))
}

/// Until when a certificate is valid that is valid now.
fn valid_until(certificate: &CertificateDer<'_>, path: &Path, now: Timestamp) -> Result<Timestamp, TlsError> {
    let path = || path.display().to_string();
    let (from, until) = validity(certificate).map_err(|error| TlsError::NotPem {
        key: "server.tls_certificate",
        path: path(),
        wanted: "certificate",
        error,
    })?;
    if (from..=until).contains(&now) {
        return Ok(until);
    }
    Err(TlsError::NotValidNow { path: path(), from, until })
}
