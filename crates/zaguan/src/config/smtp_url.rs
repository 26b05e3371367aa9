//! `smtp.url`: which mail server, how encrypted, and perhaps with which login.

use super::fault::Advice;
use std::fmt;
use url::Url;
use zeroize::Zeroizing;

/// How the way to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte (`smtps://`).
    FromTheStart,
    /// By STARTTLS, or not at all (`?tls=required`).
    Required,
    /// By STARTTLS where the server offers it (`?tls=opportunistic`).
    Opportunistic,
    /// Never (`?tls=none`).
    None,
}

impl Encryption {
    /// The usual port.
    fn port(self) -> u16 {
        match self {
            Self::FromTheStart => 465,
            Self::Required | Self::Opportunistic => 587,
            Self::None => 25,
        }
    }
}

/// The user and the password for the mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// A mail server, as `smtp.url` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpUrl {
    /// Its name or address; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is encrypted.
    pub encryption: Encryption,
    /// The login, where the URL has one.
    pub login: Option<Login>,
}

/// Reads `smtp://[user:password@]host[:port][?tls=…]` or `smtps://…`.
pub(super) fn smtp_url(text: &str) -> Result<SmtpUrl, Advice> {
    let advice = || Advice::new("write the mail server as \"smtp://host:port\" or \"smtps://host:port\"");
    let url = Url::parse(text.trim()).map_err(|_| advice())?;
    let encryption = encryption(&url).ok_or_else(advice)??;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(advice)?;
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(advice());
    }
    let decoded = |text: &str| {
        let decoded = percent_decoded(text);
        decoded.ok_or_else(|| {
            Advice::new("write signs of the user and password that are not letters or digits as %XX")
        })
    };
    let login = match (url.username(), url.password()) {
        ("", None) => None,
        ("", Some(_)) | (_, None) => {
            return Err(Advice::new("write both user and password before the @, or neither (see smtp.user)"));
        }
        (user, Some(password)) => {
            Some(Login { user: decoded(user)?, password: Zeroizing::new(decoded(password)?) })
        }
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    Ok(SmtpUrl { host, port: url.port().unwrap_or_else(|| encryption.port()), encryption, login })
}

/// The encryption that scheme and query say; nothing where the scheme is another.
fn encryption(url: &Url) -> Option<Result<Encryption, Advice>> {
    let wrong = || {
        Err(Advice::new("write ?tls=required, ?tls=opportunistic or ?tls=none after the port, or nothing"))
    };
    Some(match (url.scheme(), url.query()) {
        ("smtp", None | Some("tls=required")) => Ok(Encryption::Required),
        ("smtp", Some("tls=opportunistic")) => Ok(Encryption::Opportunistic),
        ("smtp", Some("tls=none")) => Ok(Encryption::None),
        ("smtps", None) => Ok(Encryption::FromTheStart),
        ("smtps", Some(_)) => {
            Err(Advice::new("smtps is encrypted from the first byte; write nothing after the port"))
        }
        ("smtp", Some(_)) => wrong(),
        _ => return None,
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    // The form decoder reads "+" as a space, which a user name or a password may well have.
    let pair = format!("v={}", text.replace('+', "%2B"));
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
    (!value.contains('\u{fffd}')).then(|| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Encryption, smtp_url};

    #[test]
    fn the_port_goes_with_the_encryption() {
        for (text, encryption, port) in [
            ("smtp://mail.example", Encryption::Required, 587),
            ("smtp://mail.example?tls=required", Encryption::Required, 587),
            ("smtp://mail.example/?tls=opportunistic", Encryption::Opportunistic, 587),
            ("smtp://mail.example?tls=none", Encryption::None, 25),
            ("smtps://mail.example", Encryption::FromTheStart, 465),
            ("smtp://mail.example:2525?tls=none", Encryption::None, 2525),
        ] {
            let url = smtp_url(text).expect(text);
            assert_eq!(
                (url.encryption, url.port, url.host.as_str()),
                (encryption, port, "mail.example"),
                "{text}"
            );
        }
    }

    #[test]
    fn the_login_may_have_any_sign() {
        let url = smtp_url("smtp://ana%40portal.example:p%3Aa+s%2Fs@mail.example").expect("a right URL");
        let login = url.login.expect("a login");
        assert_eq!((login.user.as_str(), login.password.as_str()), ("ana@portal.example", "p:a+s/s"));
        assert!(!format!("{login:?}").contains("p:a"), "a password is never printed");
    }

    #[test]
    fn an_address_may_stand_for_the_name() {
        assert_eq!(smtp_url("smtp://[::1]:25?tls=none").expect("a right URL").host, "::1");
        assert_eq!(smtp_url("smtp://127.0.0.1:25?tls=none").expect("a right URL").host, "127.0.0.1");
    }

    #[test]
    fn what_is_not_a_mail_server_is_refused() {
        for bad in [
            "",
            "mail.example",
            "mail.example:25",
            "http://mail.example",
            "smtp://",
            "smtp://mail.example/path",
            "smtp://mail.example?tls=maybe",
            "smtp://mail.example?starttls=1",
            "smtps://mail.example?tls=none",
            "smtp://user@mail.example",
            "smtp://mail.example:99999",
        ] {
            assert!(smtp_url(bad).is_err(), "{bad}");
        }
    }
}
