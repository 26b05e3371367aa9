//! A certificate for `localhost`, made anew for each server a test starts.

use crate::or_fail::OrFail as _;

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
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])
            .or_fail("making a certificate for localhost");
        Self {
            certificate_pem: made.cert.pem(),
            key_pem: made.signing_key.serialize_pem(),
            certificate_der: made.cert.der().to_vec(),
            key_der: made.signing_key.serialize_der(),
        }
    }
}
