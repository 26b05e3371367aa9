//! Secrets that a test plants, and finds again in whatever form they come to light.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;

/// Shorter forms are found by chance.
const SHORTEST: usize = 6;

/// The secrets planted so far.
#[derive(Default)]
pub(crate) struct Planted(Vec<Form>);

/// One form of a secret.
struct Form {
    of: &'static str,
    named: &'static str,
    bytes: Vec<u8>,
}

impl Planted {
    /// Plants a secret that people or browsers carry as text. What its text stands for, where it is base64, is planted
    /// too, and so is each part of it.
    pub(crate) fn text(&mut self, of: &'static str, text: &str) {
        self.bytes(of, text.as_bytes());
        if let Ok(bytes) = URL_SAFE_NO_PAD.decode(text)
            && bytes.len() >= 32
        {
            // The last half of a key's link or pass is its code; what goes before is the name of its row.
            self.bytes(of, &bytes[bytes.len() - 32..]);
        }
    }

    /// Plants the key of a letter, with which people are free.
    pub(crate) fn key(&mut self, of: &'static str, key: &str) {
        for key in
            [key.to_owned(), key.replace('-', ""), key.replace('-', " "), key.replace('-', "").to_lowercase()]
        {
            self.text(of, &key);
        }
    }

    /// Plants a secret in all its forms.
    pub(crate) fn bytes(&mut self, of: &'static str, bytes: &[u8]) {
        let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let mut form = |named, bytes: Vec<u8>| {
            if bytes.len() >= SHORTEST && !self.0.iter().any(|known| known.bytes == bytes) {
                self.0.push(Form { of, named, bytes });
            }
        };
        form("as it is", bytes.to_vec());
        form("percent-encoded", percent(bytes).into_bytes());
        form("debugged", format!("{bytes:?}").trim_matches(['[', ']']).as_bytes().to_vec());
        form("hex", hex.clone().into_bytes());
        form("HEX", hex.to_uppercase().into_bytes());
        // Within something longer base64 looks different, depending on how many bytes stand before.
        for before in 0..3 {
            let shifted = [&vec![b'-'; before][..], bytes].concat();
            let whole = STANDARD_NO_PAD.encode(shifted);
            let (from, to) = ((before * 8).div_ceil(6), whole.len() - 1);
            if from < to {
                form("base64", whole.as_bytes()[from..to].to_vec());
                form("base64url", whole[from..to].replace('+', "-").replace('/', "_").into_bytes());
            }
        }
    }

    /// The secrets that are in something, each with the form in which it is there.
    pub(crate) fn found_in(&self, text: &[u8]) -> Vec<String> {
        let found = self.0.iter().filter(|form| memmem::find(text, &form.bytes).is_some());
        found.map(|form| format!("{} ({})", form.of, form.named)).collect()
    }

    /// The kinds of secrets that were planted.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<&str> = self.0.iter().map(|form| form.of).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

fn percent(bytes: &[u8]) -> String {
    url::form_urlencoded::byte_serialize(bytes).collect()
}

#[test]
fn a_planted_secret_is_found_in_each_of_its_forms() {
    let mut planted = Planted::default();
    planted.text("clave", "canario: ballena y ñandú");
    planted.key("llave", "7KQ2-M9XD");
    let clave = "canario: ballena y ñandú".as_bytes();
    for before in ["", "u", "un", "uno", "\0portal\0"] {
        for after in ["", "x", "xyz"] {
            let text = [before.as_bytes(), clave, after.as_bytes()].concat();
            for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                assert!(!planted.found_in(encoded.as_bytes()).is_empty(), "{before:?} {after:?}: {encoded}");
            }
        }
    }
    for text in [
        "[99, 97, 110, 97, 114, 105, 111, 58, 32, 98, 97, 108, 108, 101, 110, 97, 32, 121, 32, 195, 177, 97, 110, 100, 195, 186]",
        "clave=canario%3A+ballena+y+%C3%B1and%C3%BA",
        "7kq2m9xd",
        "x'374B51322D4D395844'",
    ] {
        assert!(!planted.found_in(text.as_bytes()).is_empty(), "{text}");
    }
    assert!(planted.found_in(b"canario: ballena y nandu, 7KQ2-M9XE").is_empty());
}
