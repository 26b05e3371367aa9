//! The mail servers: each reached, greeted, encrypted and logged in to, as far as a letter would begin.

use super::finding::Finding;
use super::trust;
use crate::config::Config;
use crate::config::smtp_url::{Encryption, SmtpUrl};
use crate::metrics::Metrics;
use crate::serve;
use std::time::Duration;

const MAIL: &str = "mail server";

/// The doctor does not wait as long as a letter does.
const PATIENCE: Duration = Duration::from_secs(15);

/// Goes through the dialogue with each mail server, without a letter.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let smtp = match serve::smtp(config, PATIENCE, Metrics::new()) {
        Ok(smtp) => smtp,
        Err(error) => return vec![Finding::of_error(MAIL, error.to_string().trim_end())],
    };
    let answers = smtp.introduce().await;
    answers.into_iter().map(|(server, answer)| judge_answer(server, answer)).collect()
}

fn judge_answer(server: &SmtpUrl, answer: Result<bool, String>) -> Finding {
    match answer {
        Ok(is_encrypted) => judge(is_encrypted, server.encryption, &server.host, server.login.is_some()),
        Err(words) => {
            let remedy = trust::remedy(&words, "smtp.url", Some("smtp.ca_file"));
            Finding::fault(MAIL, words, remedy.unwrap_or_else(|| remedy_of_dialogue(server.encryption)))
        }
    }
}

fn judge(is_encrypted: bool, wanted: Encryption, host: &str, has_login: bool) -> Finding {
    let way = if is_encrypted { "encrypted" } else { "in clear" };
    let login = if has_login { ", and takes the login" } else { "" };
    let words = format!("{host} answers, {way}{login}");
    let is_here = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    if is_encrypted || is_here {
        return Finding::good(MAIL, words);
    }
    let remedy = match wanted {
        Encryption::None => "keys travel readable; take ?tls=none out of smtp.url",
        Encryption::FromTheStart | Encryption::Required | Encryption::Opportunistic => {
            "keys travel readable, for it offers no STARTTLS; ask for it, and write ?tls=required into smtp.url"
        }
    };
    Finding::warning(MAIL, words, remedy)
}

fn remedy_of_dialogue(encryption: Encryption) -> String {
    let scheme = match encryption {
        Encryption::FromTheStart => "is it a server for smtps://, and not for smtp://?",
        Encryption::Required => {
            "does it offer STARTTLS? if it is encrypted from the first byte, write smtps://"
        }
        Encryption::Opportunistic | Encryption::None => {
            "does it take letters from this machine without more?"
        }
    };
    format!("compare smtp.url, smtp.user and smtp.password_file with what its operator says; {scheme}")
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::config::smtp_url::Encryption;
    use crate::doctor::finding::Verdict;

    #[test]
    fn keys_that_travel_readable_are_told_but_not_within_this_machine() {
        for (is_encrypted, host, verdict) in [
            (true, "mail.example", Verdict::Good),
            (false, "mail.example", Verdict::Warning),
            (false, "localhost", Verdict::Good),
            (false, "::1", Verdict::Good),
        ] {
            for wanted in [Encryption::None, Encryption::Opportunistic] {
                assert_eq!(judge(is_encrypted, wanted, host, false).verdict, verdict, "{host}");
            }
        }
    }
}
