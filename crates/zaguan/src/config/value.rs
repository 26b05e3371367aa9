//! What each kind of value must look like, with advice for those that do not.

use super::fault::Advice;
use crate::logs::{Format, Level};
use ipnet::IpNet;
use jiff::civil::Date;
use lettre::message::Mailbox;
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};
use zaguan_domain::hold::EmailOnFile;
use zaguan_views::Locale;
use zaguan_web::{LegacyPath, PublicUrl};

pub(super) fn address(text: &str) -> Result<SocketAddr, Advice> {
    text.trim().parse().map_err(|_| Advice::new("write an address and a port, such as \"127.0.0.1:8080\""))
}

pub(super) fn public_url(text: &str) -> Result<PublicUrl, Advice> {
    let advice = || Advice::new("write where people reach the portal, such as \"https://portal.example\"");
    let url = Url::parse(text.trim()).map_err(|_| advice())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    let host = url.host().ok_or_else(advice)?;
    if !bare || !nobody {
        return Err(Advice::new("write only scheme, host and port, such as \"https://portal.example\""));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => {
            return Err(Advice::new(
                "write https: http is for this very machine only (127.0.0.1, localhost)",
            ));
        }
        _ => return Err(advice()),
    }
    Ok(PublicUrl::new(&url.origin().ascii_serialization()))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

pub(super) fn network(text: &str) -> Result<IpNet, Advice> {
    let text = text.trim();
    let host = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(host).ok_or_else(|| {
        Advice::new(format!("{text:?} is neither an address nor a network; write for example \"10.0.0.0/8\""))
    })
}

pub(super) fn day(text: &str) -> Result<Date, Advice> {
    let text = text.trim();
    text.parse()
        .map_err(|_| Advice::new(format!("{text:?} is no day; write year, month and day, as \"2026-12-07\"")))
}

pub(super) fn mailbox(text: &str) -> Result<Mailbox, Advice> {
    text.trim().parse().map_err(|_| {
        Advice::new("write an e-mail address, alone or as \"Seguros Ejemplo <avisos@portal.example>\"")
    })
}

/// A text on one line, not empty, of at most `limit` characters.
pub(super) fn line(text: &str, limit: usize) -> Result<String, Advice> {
    let text = text.trim();
    if text.is_empty() {
        Err(Advice::new("write something between the quotes, or take the line away"))
    } else if text.chars().any(char::is_control) {
        Err(Advice::new("write it on one line, without control characters"))
    } else if text.chars().count() > limit {
        Err(Advice::new(format!("write at most {limit} characters")))
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn color(text: &str) -> Result<String, Advice> {
    let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6);
    match digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        Some(digits) => Ok(format!("#{}", digits.to_ascii_lowercase())),
        None => Err(Advice::new("write a colour as # and six hexadecimal digits, such as \"#1f4e79\"")),
    }
}

pub(super) fn email_on_file(text: &str) -> Result<EmailOnFile, Advice> {
    EmailOnFile::read(text.trim()).ok_or_else(|| {
        Advice::new("write \"hold\" (the key waits), \"send\" (it goes at once) or \"require\" (only to the address on file)")
    })
}

pub(super) fn locale(text: &str) -> Result<Locale, Advice> {
    Locale::parse(text.trim()).ok_or_else(|| Advice::new("write \"es-AR\" (usted), \"es-AR-vos\" or \"en\""))
}

pub(super) fn log_format(text: &str) -> Result<Format, Advice> {
    match text.trim() {
        "human" => Ok(Format::Human),
        "json" => Ok(Format::Json),
        _ => Err(Advice::new("write \"human\" or \"json\"")),
    }
}

pub(super) fn log_level(text: &str) -> Result<Level, Advice> {
    match text.trim() {
        "error" => Ok(Level::ERROR),
        "warn" => Ok(Level::WARN),
        "info" => Ok(Level::INFO),
        "debug" => Ok(Level::DEBUG),
        "trace" => Ok(Level::TRACE),
        _ => Err(Advice::new("write \"error\", \"warn\", \"info\", \"debug\" or \"trace\"")),
    }
}

/// An old path and the page that it leads to. Paths with a query come first, because they say more.
pub(super) fn legacy_paths(pairs: Vec<(String, String)>) -> Result<Vec<LegacyPath>, Advice> {
    let mut paths = Vec::with_capacity(pairs.len());
    for (old, to) in pairs {
        let is_path = |text: &str| text.starts_with('/') && !text.starts_with("//") && text.is_ascii();
        let clean = |text: &str| !text.contains(|character: char| character.is_control() || character == ' ');
        if !is_path(&old) || !clean(&old) || old.contains(['#', '{', '}', '*']) {
            return Err(Advice::new(format!(
                "{old:?} is not a path; write it as \"/old/page\" or \"/old/page?query\""
            )));
        }
        if !is_path(&to) || !clean(&to) || to.contains('\\') {
            return Err(Advice::new(format!(
                "{to:?} is not a page of the portal; write for example \"/ingreso\""
            )));
        }
        let (path, query) = match old.split_once('?') {
            Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
            None => (old, None),
        };
        paths.push(LegacyPath { path, query, to });
    }
    paths.sort_by_key(|path| path.query.is_none());
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::{color, legacy_paths, mailbox, network, public_url};

    #[test]
    fn the_public_url_is_https_except_on_this_very_machine() {
        for good in [
            "https://portal.example",
            "https://portal.example/",
            "https://portal.example:8443",
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://[::1]:8080",
        ] {
            assert!(public_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "portal.example",
            "http://portal.example",
            "http://192.168.1.10:8080",
            "http://localhost.evil.example",
            "https://portal.example/zaguan",
            "https://portal.example/?a=b",
            "https://user:pass@portal.example",
            "ftp://portal.example",
            "https://",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
        assert_eq!(
            public_url("https://Portal.Example/").map(|url| url.origin().to_owned()).ok().as_deref(),
            Some("https://portal.example")
        );
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        assert!(network("10.0.0.0/8").is_ok());
        assert!(network("10.1.2.3").is_ok());
        assert!(network("::1").is_ok());
        assert!(network("10.0.0.0/40").is_err());
        assert!(network("proxy.example").is_err());
    }

    #[test]
    fn a_sender_is_an_address_alone_or_with_a_name() {
        assert!(mailbox("avisos@portal.example").is_ok());
        assert!(mailbox("Seguros Ejemplo <avisos@portal.example>").is_ok());
        assert!(mailbox("Seguros Ejemplo").is_err());
        assert!(mailbox("avisos@portal.example\r\nBcc: otro@portal.example").is_err());
    }

    #[test]
    fn a_colour_has_six_digits() {
        assert_eq!(color("#1F4E79").ok().as_deref(), Some("#1f4e79"));
        for bad in ["1f4e79", "#fff", "#12345g", "red", "#1f4e79; }"] {
            assert!(color(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_legacy_path_with_a_query_comes_before_the_one_without() {
        let pair = |old: &str, to: &str| (old.to_owned(), to.to_owned());
        let paths =
            legacy_paths(vec![pair("/a", "/ingreso"), pair("/a?b=c", "/registro")]).expect("both are paths");
        assert_eq!(paths[0].query.as_deref(), Some("b=c"));
        assert_eq!(paths[1].query, None);
        for (old, to) in [
            ("a", "/ingreso"),
            ("/a", "ingreso"),
            ("/a", "//evil.example"),
            ("/a", "https://evil.example"),
            ("/{x}", "/ingreso"),
        ] {
            assert!(legacy_paths(vec![pair(old, to)]).is_err(), "{old} {to}");
        }
    }
}
