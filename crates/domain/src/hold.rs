//! The hold: somebody registers as a holder for whom the book has an address, and types another one.
//!
//! Who finds a policy, or who exchanged data after a crash, knows document, line of business and number. So the key does
//! not leave before the address on file was told, and had time to stop it. The policies alone decide this, and not who
//! has an account, so the page tells nobody who has one.

use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::email::EmailAddress;
use crate::key::{Key, KeyState};
use crate::letter::{Letter, LetterKind};
use crate::letter_token::{LETTER_TOKEN_LIFE, LetterToken};
use crate::moment::Moment;
use crate::policy::Policy;
use crate::secret::Use;
use jiff::{SignedDuration, Timestamp};

/// What happens when the book has an address for a holder and another one is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailOnFile {
    /// The key waits, and the address on file may stop it or let it through.
    Hold,
    /// The key goes to the typed address at once, and the address on file is told.
    Send,
    /// The key goes to the address on file and to no other; whom the book has none for has to call.
    Require,
}

impl EmailOnFile {
    /// The choice that an operator writes: `hold`, `send` or `require`.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "hold" => Some(Self::Hold),
            "send" => Some(Self::Send),
            "require" => Some(Self::Require),
            _ => None,
        }
    }
}

/// The rules of the hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldRules {
    /// What happens when another address is typed. Default: the key waits.
    pub email_on_file: EmailOnFile,
    /// How long a key waits. Default 24 hours: a day in which people read their mail.
    pub hold: SignedDuration,
}

impl Default for HoldRules {
    fn default() -> Self {
        Self { email_on_file: EmailOnFile::Hold, hold: SignedDuration::from_hours(24) }
    }
}

/// Where the key of a registration goes, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRoute {
    /// To the typed address, now: the book has it, or has none that is the holder's own.
    AtOnce,
    /// To the typed address, now, and the addresses on file are told.
    AtOnceAndTold,
    /// To the typed address, later, and the addresses on file are told.
    Held {
        /// When.
        until: Timestamp,
    },
    /// To this address on file, now, whatever was typed.
    OnFile(EmailAddress),
    /// Nowhere: only an address on file would do, and the book has none.
    Nowhere,
}

/// The addresses that the book has for a person, less those that so many share that they are nobody's own.
pub fn addresses_on_file(policies: &[Policy], discriminator: &str) -> Vec<EmailAddress> {
    let own = policies.iter().filter(|policy| policy.discriminator == discriminator && !policy.email_shared);
    let mut addresses: Vec<EmailAddress> = Vec::new();
    for address in own.filter_map(|policy| policy.email.as_ref()) {
        if !addresses.contains(address) {
            addresses.push(address.clone());
        }
    }
    addresses
}

/// Decides where a key goes. It looks at the book only.
pub fn key_route(
    policies: &[Policy],
    discriminator: &str,
    typed: &EmailAddress,
    moment: &Moment<'_>,
) -> KeyRoute {
    let on_file = addresses_on_file(policies, discriminator);
    let HoldRules { email_on_file, hold } = moment.rules.hold;
    match (email_on_file, on_file.first()) {
        (EmailOnFile::Require, None) => KeyRoute::Nowhere,
        (EmailOnFile::Hold | EmailOnFile::Send, None) => KeyRoute::AtOnce,
        _ if on_file.contains(typed) => KeyRoute::AtOnce,
        (EmailOnFile::Hold, Some(_)) => {
            KeyRoute::Held { until: moment.now.saturating_add(hold).unwrap_or(Timestamp::MAX) }
        }
        (EmailOnFile::Send, Some(_)) => KeyRoute::AtOnceAndTold,
        (EmailOnFile::Require, Some(address)) => KeyRoute::OnFile(address.clone()),
    }
}

/// Lets held keys go now. The operator does it when the holder calls, and the address on file by "Sí, fui yo".
/// Answers where their letters go, masked.
pub fn release_hold(keys: &[Key], moment: &mut Moment<'_>) -> Step<Vec<String>> {
    let (mut released, mut changes) = (Vec::new(), Vec::new());
    let now = moment.now;
    for key in keys.iter().filter(|key| key.state(now) == KeyState::Held) {
        // A decoy holds nobody's letter back.
        let Some(email) = &key.email else { continue };
        changes.push(Change::HoldReleased { key: key.id, at: now });
        let told = record(Event::HoldReleased, moment)
            .of_document(key.holder.document)
            .with_detail(format!("to {}", email.masked()));
        changes.push(told.into_change());
        released.push(email.masked());
    }
    Step::with(released, changes)
}

/// What letting a held key go by the link of a letter looks at.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFacts {
    /// The letter that the token names.
    pub letter: Option<Letter>,
    /// The key that it tells of.
    pub key: Option<Key>,
}

/// What a person who opened "Sí, fui yo" is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseAnswer {
    /// The key waits; the button lets it go.
    Asks {
        /// Where it goes.
        to: EmailAddress,
        /// When it leaves by itself.
        until: Timestamp,
    },
    /// It was let go just now.
    Released {
        /// Where it goes.
        to: EmailAddress,
    },
    /// It has left already.
    AlreadyLeft,
    /// It was stopped, or another took its place: registration begins anew.
    Stopped,
    /// The link is cut short, mistyped or too old.
    Unknown,
}

/// Looks at the link "Sí, fui yo" of a letter. Nothing is written, whoever opens it and however often.
pub fn look_at_release(token: &LetterToken, facts: &ReleaseFacts, moment: &Moment<'_>) -> ReleaseAnswer {
    let is_live = |letter: &&Letter| {
        letter.id == token.letter()
            && letter.kind == LetterKind::RegistrationHeld
            && moment.now.duration_since(letter.queued_at) <= LETTER_TOKEN_LIFE
            && token.is_proven(Use::Release, moment.secrets)
    };
    let letter = facts.letter.as_ref().filter(is_live);
    let key = facts.key.as_ref().filter(|key| letter.is_some_and(|letter| letter.key == Some(key.id)));
    let Some((key, to)) = key.and_then(|key| Some((key, key.email.clone()?))) else {
        return ReleaseAnswer::Unknown;
    };
    match (key.state(moment.now), key.held_until) {
        (KeyState::Held, Some(until)) => ReleaseAnswer::Asks { to, until },
        (KeyState::Killed, _) => ReleaseAnswer::Stopped,
        (KeyState::Held | KeyState::Alive | KeyState::Expired | KeyState::Spent, _) => {
            ReleaseAnswer::AlreadyLeft
        }
    }
}

/// Lets the held key of a letter go, because whoever reads the address on file says that they asked for it.
pub fn release_by_letter(
    token: &LetterToken,
    facts: &ReleaseFacts,
    moment: &mut Moment<'_>,
) -> Step<ReleaseAnswer> {
    match (look_at_release(token, facts, moment), &facts.key) {
        (ReleaseAnswer::Asks { to, .. }, Some(key)) => {
            let Step { changes, .. } = release_hold(std::slice::from_ref(key), moment);
            Step::with(ReleaseAnswer::Released { to }, changes)
        }
        (answer, _) => Step::only(answer),
    }
}
