//! The hold: somebody registers as a holder for whom the book has an address, and types another one.
//!
//! Who finds a policy, or who exchanged data after a crash, knows document, line of business and number. So the key does
//! not leave before the address on file was told, and had time to stop it. The policies alone decide this, and not who
//! has an account, so the page tells nobody who has one.

use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::email::EmailAddress;
use crate::key::{Key, KeyState};
use crate::letter::{Letter, LetterKind, LetterState};
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

/// A key waits for its notice so many holds at most: an address on file that takes no letters must shut nobody out.
const HOLDS_AT_MOST: i32 = 3;

/// How much later than its notice the letter of a key is tried where both are due.
const NOTICE_FIRST_BY: SignedDuration = SignedDuration::from_mins(5);

/// Until when a key waits whose notice leaves only now. Where less than half of the hold is left, a whole one begins, for
/// whoever reads the notice needs time to say no. Nothing where there is time enough, or somebody let the key go.
pub fn hold_from_notice(key: &Key, notice: &Letter, now: Timestamp, rules: &HoldRules) -> Option<Timestamp> {
    let until = key.held_until.filter(|_| waits_its_time(key, notice, rules))?;
    let whole = now.saturating_add(rules.hold).unwrap_or(Timestamp::MAX).min(at_most(notice, rules));
    (!has_time_to_say_no(until, now, rules) && until < whole).then_some(whole)
}

/// Whether at least half of the hold is left for who is told now.
pub(crate) fn has_time_to_say_no(until: Timestamp, now: Timestamp, rules: &HoldRules) -> bool {
    until.duration_since(now) >= rules.hold / 2
}

/// When the letter of a key whose hold is over is to be tried, if no notice of the key has left yet, given its letters.
pub fn waits_for_notice(
    key: &Key,
    letters: &[(Letter, LetterState)],
    now: Timestamp,
    rules: &HoldRules,
) -> Option<Timestamp> {
    let has_left = |state: &LetterState| matches!(state, LetterState::Accepted { .. });
    let may_leave = |letter: &Letter, state: &LetterState| {
        matches!(state, LetterState::Waiting { .. }) && now < at_most(letter, rules)
    };
    let mut notices = letters.iter().filter(|(letter, _)| waits_its_time(key, letter, rules));
    let waits = notices.clone().any(|(letter, state)| may_leave(letter, state))
        && !notices.any(|(_, state)| has_left(state));
    waits.then(|| now.saturating_add(NOTICE_FIRST_BY).unwrap_or(Timestamp::MAX))
}

fn at_most(notice: &Letter, rules: &HoldRules) -> Timestamp {
    notice.queued_at.saturating_add(rules.hold * HOLDS_AT_MOST).unwrap_or(Timestamp::MAX)
}

/// Whether nobody let the key go. Who lets it go in the last half of its hold, its notice still waiting, does so again
/// when that has left.
fn waits_its_time(key: &Key, notice: &Letter, rules: &HoldRules) -> bool {
    notice.kind == LetterKind::RegistrationHeld
        && key.held_until.is_some_and(|until| has_time_to_say_no(until, notice.queued_at, rules))
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
