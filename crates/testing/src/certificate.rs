//! A certificate for `localhost`, made anew for each server a test starts.

use crate::or_fail::OrFail as _;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use std::net::IpAddr;

/// What a server shows of itself. Each certificate vouches for itself, and so can be trusted by a client that is given it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presents {
    /// A right certificate for `localhost`.
    Localhost,
    /// The certificate of another host.
    AnotherHost,
    /// A certificate for `localhost` whose time is over.
    OutOfDate,
}

/// A self-signed certificate for `localhost` and its key.
#[derive(Debug)]
pub(crate) struct LocalhostCertificate {
    /// The certificate in PEM, which is also the authority a client has to trust.
    pub(crate) certificate_pem: String,
    /// The private key in PEM.
    pub(crate) key_pem: String,
    /// The certificate in DER.
    pub(crate) certificate_der: Vec<u8>,
    /// The private key in DER (PKCS #8).
    pub(crate) key_der: Vec<u8>,
}

impl LocalhostCertificate {
    /// A new key and its certificate.
    pub(crate) fn new() -> Self {
        Self::presenting(Presents::Localhost)
    }

    /// A new key and a certificate such as this.
    pub(crate) fn presenting(presents: Presents) -> Self {
        let names = match presents {
            Presents::Localhost | Presents::OutOfDate => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            Presents::AnotherHost => vec!["another.example".to_owned()],
        };
        let mut params = CertificateParams::new(names).or_fail("naming the host of a certificate");
        if presents == Presents::OutOfDate {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        Self::of(&params)
    }

    /// A new key and a right certificate, which is for these addresses, too.
    pub(crate) fn also_for(addresses: [IpAddr; 2]) -> Self {
        let addresses = addresses.iter().map(IpAddr::to_string);
        let names = ["localhost", "127.0.0.1"].map(str::to_owned).into_iter().chain(addresses);
        Self::of(&CertificateParams::new(names.collect::<Vec<_>>()).or_fail("naming hosts"))
    }

    fn of(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().or_fail("making a key");
        let certificate = params.self_signed(&key).or_fail("making a certificate for localhost");
        Self {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            certificate_der: certificate.der().to_vec(),
            key_der: key.serialize_der(),
        }
    }
}
