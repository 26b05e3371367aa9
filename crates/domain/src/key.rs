//! Temporary keys (claves transitorias): derived, never stored; read forgivingly; spent once.

use crate::account::Holder;
use crate::email::EmailAddress;
use crate::flow::Purpose;
use crate::id::{AccountId, KeyId};
use crate::limit::{KEY_LIFE_AT_MOST, Rules};
use crate::moment::Moment;
use crate::secret::{SecretVersion, Secrets, Use};
use crate::token::TokenHash;
use crate::typed::{plain_punctuation, visible};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use std::fmt;
use subtle::ConstantTimeEq;

/// Crockford's base 32: no I, L, O or U, so that nothing can be read for another or spell a word.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many symbols a key has: 40 bits. Document numbers are sequential, so a million keys can be asked for and each
/// tried five times; with six digits that takes five accounts, with 40 bits the chance is 0.000005.
pub const KEY_SYMBOLS: usize = 8;

/// A temporary key as a person types it.
#[derive(Clone, PartialEq, Eq)]
pub struct TemporaryKey([u8; KEY_SYMBOLS]);

/// Why a text cannot be a temporary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRefusal {
    /// Nothing was typed.
    Empty,
    /// The field came more than once.
    Repeated,
    /// It has another number of symbols than [`KEY_SYMBOLS`].
    WrongLength {
        /// How many it has.
        has: usize,
    },
    /// It has a character that no key has.
    BadCharacter {
        /// The character.
        character: char,
    },
}

impl TemporaryKey {
    /// Reads what was typed: case, spaces, dashes and dots do not matter, O is read as 0, I and L as 1.
    pub fn read(typed: &str) -> Result<Self, KeyRefusal> {
        let mut symbols = [0; KEY_SYMBOLS];
        let mut has = 0;
        for character in visible(typed).chars().filter(|character| !is_decoration(*character)) {
            let symbol = symbol_of(character).ok_or(KeyRefusal::BadCharacter { character })?;
            if let Some(place) = symbols.get_mut(has) {
                *place = symbol;
            }
            has += 1;
        }
        match has {
            0 => Err(KeyRefusal::Empty),
            KEY_SYMBOLS => Ok(Self(symbols)),
            has => Err(KeyRefusal::WrongLength { has }),
        }
    }

    /// The key as letters show it: `XXXX-XXXX`.
    pub fn shown(&self) -> String {
        let text: String = self.0.iter().map(|symbol| char::from(*symbol)).collect();
        format!("{}-{}", &text[..4], &text[4..])
    }

    pub(crate) fn from_code(code: &[u8; 32]) -> Self {
        let bits = u64::from_be_bytes([0, 0, 0, code[0], code[1], code[2], code[3], code[4]]);
        let mut symbols = [0; KEY_SYMBOLS];
        for (place, symbol) in symbols.iter_mut().rev().enumerate() {
            let five = usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0);
            *symbol = SYMBOLS[five];
        }
        Self(symbols)
    }

    /// Compares without telling by its time how much was right.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for TemporaryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TemporaryKey(…)")
    }
}

/// What a letter, a phone or a person puts between or around the symbols.
fn is_decoration(character: char) -> bool {
    matches!(plain_punctuation(character), ' ' | '-' | '\'' | '.' | '_' | ',' | ':')
}

fn symbol_of(character: char) -> Option<u8> {
    match character.to_ascii_uppercase() {
        'O' => Some(b'0'),
        'I' | 'L' => Some(b'1'),
        upper => u8::try_from(upper).ok().filter(|byte| SYMBOLS.contains(byte)),
    }
}

/// Who types a key: the tries of the browser that began and those of all others are counted apart, so that a stranger
/// who guesses burns only a stranger's tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typist {
    /// The browser that began.
    Own,
    /// All others together.
    Other,
}

/// A key that was issued. Its text is nowhere: it is derived from this row and a secret outside the database.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name.
    pub id: KeyId,
    /// Chance that goes into what is derived.
    pub nonce: [u8; 16],
    /// The version of the secret that it is derived with.
    pub secret: SecretVersion,
    /// What it is for.
    pub purpose: Purpose,
    /// Whose it is.
    pub holder: Holder,
    /// The account that it opens again (recovery).
    pub account: Option<AccountId>,
    /// Where it was sent, and what becomes the account's address (registration). A decoy has none and opens nothing:
    /// it stands where nobody could be written to, so that its page behaves like everybody's.
    pub email: Option<EmailAddress>,
    /// The browser that began.
    pub browser: TokenHash,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when it waits, because the book has another address for its holder; its life is counted from then.
    pub held_until: Option<Timestamp>,
    /// When it expires; nothing before its letter first leaves.
    pub expires_at: Option<Timestamp>,
    /// Tries used by the browser that began.
    pub own_tries: u8,
    /// Tries used by all others together.
    pub other_tries: u8,
    /// When a password was set with it.
    pub spent_at: Option<Timestamp>,
    /// When it stopped working for another reason.
    pub killed_at: Option<Timestamp>,
}

/// Whether a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It works.
    Alive,
    /// It waits: its letter has not left yet.
    Held,
    /// Its time is over.
    Expired,
    /// A password was set with it.
    Spent,
    /// Another took its place.
    Killed,
}

impl Key {
    /// Stands for the browser that began where that is none any more. No token has this hash.
    pub const NOBODYS: TokenHash = TokenHash::from_bytes([0; 32]);

    /// Whether it works now.
    pub fn state(&self, now: Timestamp) -> KeyState {
        let last = self.expires_at.unwrap_or_else(|| self.expires_at_most());
        if self.spent_at.is_some() {
            KeyState::Spent
        } else if self.killed_at.is_some() {
            KeyState::Killed
        } else if self.is_held(now) {
            KeyState::Held
        } else if now >= last {
            KeyState::Expired
        } else {
            KeyState::Alive
        }
    }

    /// Whether it waits, because the book has another address for its holder.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    /// Whether it works now.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.state(now) == KeyState::Alive
    }

    /// Whether a letter may still carry it. One that has expired may: its letter waited for a mail server meanwhile, and
    /// its life begins when it leaves.
    pub fn can_be_sent(&self, now: Timestamp) -> bool {
        self.is_of_use() && !self.is_too_late(now)
    }

    /// Whether nobody spent it and nothing killed it.
    pub fn is_of_use(&self) -> bool {
        self.spent_at.is_none() && self.killed_at.is_none()
    }

    /// Whether its time was over before a letter could carry it, whatever else became of it.
    pub fn is_too_late(&self, now: Timestamp) -> bool {
        now >= self.expires_at_most()
    }

    /// Whether it opens nothing and only makes the page behave.
    pub fn is_decoy(&self) -> bool {
        self.email.is_none()
    }

    /// When it expires if its letter leaves now. Sent again, it lives on, but never longer than
    /// [`KEY_LIFE_AT_MOST`] after it was issued, or after it was let go.
    pub fn expiry_if_sent(&self, now: Timestamp, rules: &Rules) -> Timestamp {
        let leaves = self.held_until.map_or(now, |until| until.max(now));
        let wanted = leaves.saturating_add(rules.key_life).unwrap_or(Timestamp::MAX);
        wanted.min(self.expires_at_most())
    }

    /// Whether it may be made to work as long as a new one.
    pub fn lives_on(&self, moment: &Moment<'_>) -> bool {
        self.expiry_if_sent(moment.now, moment.rules).duration_since(moment.now) >= moment.rules.key_life
    }

    fn expires_at_most(&self) -> Timestamp {
        let begins = self.held_until.map_or(self.issued_at, |until| until.max(self.issued_at));
        begins.saturating_add(KEY_LIFE_AT_MOST).unwrap_or(Timestamp::MAX)
    }

    /// Who this browser is to the key.
    pub fn typist(&self, browser: &TokenHash) -> Typist {
        if self.browser == *browser { Typist::Own } else { Typist::Other }
    }

    /// The tries used by this typist.
    pub fn tries(&self, typist: Typist) -> u8 {
        match typist {
            Typist::Own => self.own_tries,
            Typist::Other => self.other_tries,
        }
    }

    /// The text of the key; nothing if its secret is gone.
    pub fn text(&self, secrets: &Secrets) -> Option<TemporaryKey> {
        self.code(secrets, Use::Key, &[]).map(|code| TemporaryKey::from_code(&code))
    }

    /// Whether this is the key that was typed. A decoy is never anybody's.
    pub fn opens_with(&self, typed: &TemporaryKey, secrets: &Secrets) -> bool {
        let right = self.text(secrets).is_some_and(|text| text.is_same(typed));
        right && !self.is_decoy()
    }

    /// The token of the link beside the key: nobody can guess it.
    pub fn link(&self, secrets: &Secrets) -> Option<KeyToken> {
        self.code(secrets, Use::Link, &[]).map(|code| KeyToken { key: self.id, code })
    }

    /// The proof that this browser showed the key, for its cookie.
    pub fn pass(&self, browser: &TokenHash, secrets: &Secrets) -> Option<KeyToken> {
        self.code(secrets, Use::Pass, &[browser.as_bytes()]).map(|code| KeyToken { key: self.id, code })
    }

    fn code(&self, secrets: &Secrets, usage: Use, more: &[&[u8]]) -> Option<[u8; 32]> {
        let mut parts: Vec<&[u8]> =
            vec![self.id.as_bytes(), &self.nonce, self.purpose.to_stored().as_bytes()];
        parts.extend(more);
        secrets.code(usage, self.secret, &parts)
    }
}

/// A key's name with a code of 256 bits that proves it: the link in a letter, or the pass in a cookie.
#[derive(Clone)]
pub struct KeyToken {
    key: KeyId,
    code: [u8; 32],
}

impl KeyToken {
    /// Reads 64 characters of base64url.
    pub fn read(text: &str) -> Option<Self> {
        let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (key, code) = bytes.split_at(16);
        Some(Self { key: KeyId::from_bytes(key.try_into().ok()?), code: code.try_into().ok()? })
    }

    /// The text for a link or a cookie: 64 characters of base64url.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode([&self.key.as_bytes()[..], &self.code[..]].concat())
    }

    /// Which key it names. It proves nothing yet.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Whether it is this very token; compared without telling by its time how much was right.
    pub fn proves(&self, right: Option<&Self>) -> bool {
        right.is_some_and(|right| self.key == right.key && bool::from(self.code.ct_eq(&right.code)))
    }
}

impl fmt::Debug for KeyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyToken({}, …)", self.key)
    }
}
