//! The files beside the database: the configuration, the secret, the certificate, and who may read them.

use super::finding::Finding;
use crate::config::Config;
use crate::config::layers::Layers;
use crate::secret_file::{self, Missing};
use crate::tls::Tls;
use crate::world::RealWorld;
use jiff::Timestamp;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const CONFIGURATION: &str = "configuration";
const SECRET: &str = "secret file";
const CERTIFICATE: &str = "certificate";

/// A certificate that is valid for fewer days than this is a fault: whoever renews it has failed for weeks.
const DAYS_AT_LEAST: i64 = 7;
/// Those who renew by themselves do so a month before the end.
const DAYS_WANTED: i64 = 21;

/// Looks at the configuration's file.
pub(super) fn configuration(layers: &Layers, config: &Config) -> Finding {
    let Some(path) = layers.file() else {
        return Finding::good(CONFIGURATION, "it comes from the environment, and is right");
    };
    let shown = path.display();
    let mode = mode(path);
    if mode & 0o002 != 0 {
        return Finding::fault(
            CONFIGURATION,
            format!("{shown} can be changed by everybody (mode {mode:o})"),
            format!("run: chmod o-w {shown}"),
        );
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut logins = config.mail.servers.iter().filter_map(|server| server.login.as_ref());
    let has_password = logins.any(|login| text.contains(login.password.as_str()));
    if has_password && mode & 0o004 != 0 {
        return Finding::fault(
            CONFIGURATION,
            format!(
                "{shown} holds the password of the mail server and can be read by everybody (mode {mode:o})"
            ),
            format!("run: chmod o= {shown}, or put it into a file of its own (smtp.password_file)"),
        );
    }
    Finding::good(CONFIGURATION, format!("{shown} is right"))
}

/// Looks at the secret file. `is_used` is whether the database was used with one.
pub(super) fn secret(config: &Config, is_used: bool) -> Finding {
    let path = &config.server.secret_file;
    if !path.exists() && !is_used {
        return Finding::good(SECRET, format!("{} is made at the first start", path.display()));
    }
    match secret_file::open(path, Missing::Refuse, &RealWorld) {
        Ok(_) => {
            Finding::good(SECRET, format!("{} is right, and only its owner can read it", path.display()))
        }
        Err(error) => Finding::of_error(SECRET, error),
    }
}

/// Looks at who may read the database.
pub(super) fn database(path: &Path) -> Option<Finding> {
    let mode = mode(path);
    let shown = path.display();
    (mode & 0o007 != 0).then(|| {
        Finding::fault(
            "database file",
            format!(
                "{shown}, with everybody's documents and addresses, can be read by others (mode {mode:o})"
            ),
            format!("run: chmod 600 {shown}"),
        )
    })
}

/// Looks at the certificate of a portal that speaks HTTPS itself.
pub(super) fn certificate(config: &Config, now: Timestamp) -> Option<Finding> {
    let files = config.server.tls.clone()?;
    let path = files.certificate.display().to_string();
    Some(match Tls::open(files, now) {
        Err(error) => Finding::of_error(CERTIFICATE, error),
        Ok(tls) => days_left(CERTIFICATE, &path, tls.valid_until(), now),
    })
}

/// How long a certificate is still valid.
pub(super) fn days_left(about: &'static str, whose: &str, until: Timestamp, now: Timestamp) -> Finding {
    let days = until.duration_since(now).as_hours() / 24;
    let words = format!("{whose} is valid for {days} more days, until {until}");
    let remedy = "renew it, and see why nobody did it by itself";
    if days < DAYS_AT_LEAST {
        Finding::fault(about, words, remedy)
    } else if days < DAYS_WANTED {
        Finding::warning(about, words, remedy)
    } else {
        Finding::good(about, words)
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode() & 0o777)
}
