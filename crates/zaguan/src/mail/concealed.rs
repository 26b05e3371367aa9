//! What a mail server says, less the secrets that it was told: some servers repeat what they refuse, and what they say
//! goes into the database, the log and a page.

use crate::config::smtp_url::Login;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What stands where a secret was.
const CONCEALED: &str = "(…)";
/// Shorter words are said by chance.
const SHORTEST_WORD: usize = 8;
/// A word as long as this is no word of a language.
const LONGEST_OF_A_LANGUAGE: usize = 32;

/// Secrets that a mail server was told.
pub(super) struct Concealed(Vec<String>);

impl Concealed {
    /// Those of a letter and of the login.
    pub(super) fn of(letter: &str, login: Option<&Login>) -> Self {
        let mut secrets: Vec<String> = login.map(of_login).into_iter().flatten().collect();
        for word in letter.split(|c: char| c.is_whitespace() || c == '/').filter(|word| may_be_secret(word)) {
            secrets.extend([word.to_owned(), word.replace('-', "")]);
        }
        secrets.retain(|secret| !secret.is_empty());
        // What is part of another goes after it.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets)
    }

    /// What was said, less the secrets.
    pub(super) fn in_words(&self, said: &str) -> String {
        self.0.iter().fold(said.to_owned(), |said, secret| said.replace(secret, CONCEALED))
    }
}

/// The password, and what is sent for it: by AUTH PLAIN, and by AUTH LOGIN.
fn of_login(login: &Login) -> [String; 3] {
    let password = login.password.as_str();
    let plain = STANDARD.encode(format!("\0{}\0{password}", login.user));
    [plain, STANDARD.encode(password), password.to_owned()]
}

/// Keys and links are words such as no language has: with digits, all in capitals, or without end. Of what else is so
/// (a date, a telephone) nothing is lost when a mail server's words lack it.
fn may_be_secret(word: &str) -> bool {
    let length = word.chars().count();
    length >= LONGEST_OF_A_LANGUAGE
        || length >= SHORTEST_WORD
            && (word.contains(|c: char| c.is_ascii_digit()) || !word.contains(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::Concealed;
    use crate::config::smtp_url::Login;
    use zeroize::Zeroizing;

    #[test]
    fn what_the_server_was_told_in_secret_is_not_said_again() {
        let login = Login { user: "portal".to_owned(), password: Zeroizing::new("secreto".to_owned()) };
        let letter = "Su clave transitoria:\n\nXKQT-MPZD\n\nO pulse https://portal.example/enlace/AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIj";
        let concealed = Concealed::of(letter, Some(&login));
        for (said, kept) in [
            ("550 5.7.1 spam: «XKQT-MPZD»", "550 5.7.1 spam: «(…)»"),
            ("550 XKQTMPZD", "550 (…)"),
            (
                "550 https://portal.example/enlace/AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIj",
                "550 https://portal.example/enlace/(…)",
            ),
            ("535 AHBvcnRhbABzZWNyZXRv c2VjcmV0bw== secreto", "535 (…) (…) (…)"),
            (
                "550 5.1.1 <ana@example.com>: user unknown, see https://help.example/5.1.1",
                "550 5.1.1 <ana@example.com>: user unknown, see https://help.example/5.1.1",
            ),
        ] {
            assert_eq!(concealed.in_words(said), kept);
        }
        assert_eq!(Concealed::of("", None).in_words("250 Ok"), "250 Ok");
    }
}
