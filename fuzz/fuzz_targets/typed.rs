//! Anything that a stranger types or that a cookie or a link carries: it is read or refused, and what was read is
//! read again as it is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::key::{KeyToken, TemporaryKey};
use zaguan_domain::password::Password;
use zaguan_domain::policy::PolicyNumber;
use zaguan_domain::register::read_line;
use zaguan_domain::token::Token;

fuzz_target!(|text: &str| {
    if let Ok(read) = Document::read(text) {
        let again = Document::read(&read.document.shown()).expect("what is shown is read");
        assert_eq!(again.document, read.document);
        assert_eq!(Document::from_stored(&read.document.to_stored()), Some(read.document));
    }
    if let Ok(email) = EmailAddress::read(text) {
        assert_eq!(EmailAddress::read(email.as_str()).as_ref(), Ok(&email));
        if let Some(suggestion) = email.suggestion() {
            assert_ne!(suggestion, email);
        }
    }
    if let Ok(number) = PolicyNumber::read(text) {
        assert_eq!(PolicyNumber::read(number.as_str()).as_ref(), Ok(&number));
        assert!(number.matches(&number), "a number is itself");
    }
    if let Ok(key) = TemporaryKey::read(text) {
        assert_eq!(TemporaryKey::read(&key.shown()), Ok(key));
    }
    if let Some(token) = Token::read(text) {
        assert_eq!(token.to_text(), text);
    }
    if let Some(token) = KeyToken::read(text) {
        assert_eq!(token.to_text(), text);
    }
    let _ = read_line(text);
    let _ = Password::attempt(text);
});
