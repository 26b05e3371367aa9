//! Entering a temporary key: on its own page, or where the password was asked for.

use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::document::Document;
use crate::flow::Purpose;
use crate::key::{Key, KeyState, KeyToken, TemporaryKey, Typist};
use crate::moment::Moment;
use crate::token::TokenHash;

/// What a person who typed a key is told.
#[derive(Debug)]
pub enum EnterKeyAnswer {
    /// It is right: with this pass the browser may set a password.
    Opens {
        /// The proof for the browser's cookie.
        pass: KeyToken,
        /// What the key is for.
        purpose: Purpose,
    },
    /// It is wrong, in the browser that began.
    Wrong {
        /// How many tries are left; at least one.
        tries_left: u8,
    },
    /// The browser that began has used up its tries. The link in the letter still works.
    NoTriesLeft,
    /// The key that this browser asked for waits, and has not been sent yet.
    Held,
    /// The key that this browser asked for has expired.
    Expired,
    /// The key that this browser asked for was used: there is a password.
    AlreadyUsed,
    /// It does not open. All that another browser is told: wrong, expired, used or out of tries, known or unknown.
    DoesNotOpen,
}

/// Tries a key that was typed for a document, and records a refusal.
pub fn enter_key(
    typed: &TemporaryKey,
    document: Document,
    browser: &TokenHash,
    keys: &[Key],
    moment: &mut Moment<'_>,
) -> Step<EnterKeyAnswer> {
    let Step { answer, mut changes } = try_key(typed, browser, keys, moment);
    if !matches!(answer, EnterKeyAnswer::Opens { .. }) {
        changes.push(record(Event::KeyRefused, moment).of_document(document).into_change());
    }
    Step::with(answer, changes)
}

/// Tries a typed key on the keys of a document and on those that this browser asked for.
///
/// Each guess, right or wrong, is decided under the guard that no other guess was counted meanwhile; so a hundred
/// requests at once get no more than the five tries.
pub(crate) fn try_key(
    typed: &TemporaryKey,
    browser: &TokenHash,
    keys: &[Key],
    moment: &Moment<'_>,
) -> Step<EnterKeyAnswer> {
    let open: Vec<&Key> = keys
        .iter()
        .filter(|key| key.is_alive(moment.now) && key.tries(key.typist(browser)) < moment.rules.key_tries)
        .collect();
    // Every key is compared, so that the time does not tell which was right.
    let matches: Vec<&Key> =
        open.iter().copied().filter(|key| key.opens_with(typed, moment.secrets)).collect();
    if let Some((key, pass)) =
        matches.first().and_then(|key| Some((*key, key.pass(browser, moment.secrets)?)))
    {
        let typist = key.typist(browser);
        let confirmed = Change::KeyConfirmed { key: key.id, typist, seen: key.tries(typist) };
        return Step::with(EnterKeyAnswer::Opens { pass, purpose: key.purpose }, vec![confirmed]);
    }
    let tried = open.iter().map(|key| {
        let typist = key.typist(browser);
        Change::KeyTried { key: key.id, typist, seen: key.tries(typist) }
    });
    Step::with(refusal(browser, keys, moment), tried.collect())
}

fn refusal(browser: &TokenHash, keys: &[Key], moment: &Moment<'_>) -> EnterKeyAnswer {
    let own = || keys.iter().filter(|key| key.typist(browser) == Typist::Own);
    if let Some(used) = own().filter(|key| key.is_alive(moment.now)).map(|key| key.own_tries).min() {
        let left = moment.rules.key_tries.saturating_sub(used);
        return match left {
            0 | 1 => EnterKeyAnswer::NoTriesLeft,
            left => EnterKeyAnswer::Wrong { tries_left: left - 1 },
        };
    }
    let latest = own().max_by_key(|key| key.issued_at);
    if latest.is_some_and(|key| key.is_held(moment.now)) {
        // Whether it was stopped meanwhile is nothing for whoever waits for it.
        return EnterKeyAnswer::Held;
    }
    match latest.map(|key| key.state(moment.now)) {
        Some(KeyState::Expired) => EnterKeyAnswer::Expired,
        Some(KeyState::Spent) => EnterKeyAnswer::AlreadyUsed,
        Some(KeyState::Killed | KeyState::Alive | KeyState::Held) | None => EnterKeyAnswer::DoesNotOpen,
    }
}
