//! The people who ask: each has a number, from which follow their document, their session and where they are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::net::Ipv4Addr;
use zaguan_domain::document::Document;
use zaguan_domain::token::Token;

/// What all of them chose, so that a million accounts cost one hash to make.
pub(crate) const PASSWORD: &str = "el zaguán da a la calle";

/// The name of the cookie of a session on plain HTTP.
pub(crate) const SESSION_COOKIE: &str = "zaguan-sesion";

/// The lowest document.
const FIRST_DOCUMENT: u32 = 20_000_000;

/// The document of a person, with which they sign in.
pub(crate) fn document(person: u32) -> Document {
    Document::Person(FIRST_DOCUMENT + person)
}

/// As a person types it.
pub(crate) fn user_name(person: u32) -> String {
    (FIRST_DOCUMENT + person).to_string()
}

/// What a person's session cookie holds.
pub(crate) fn session_text(person: u32) -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>(u64::from(person)))
}

/// What the cookie of a session holds in a database that has grown (`zaguan_testing::growth::session_token`).
pub(crate) fn grown_session_text(session: u32) -> String {
    let token = Token::new(&mut ChaCha8Rng::seed_from_u64(u64::from(session)));
    token.to_text()
}

/// The token in it.
pub(crate) fn session_token(person: u32) -> Option<Token> {
    Token::read(&session_text(person))
}

/// So many bytes that look like chance and are the same for the same number.
pub(crate) fn bytes<const N: usize>(number: u64) -> [u8; N] {
    let mut state = number;
    std::array::from_fn(|place| {
        if place % 8 == 0 {
            // Weyl's sequence, of which each step is scrambled below.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
        scrambled(state).to_le_bytes()[place % 8]
    })
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood, 2014).
fn scrambled(number: u64) -> u64 {
    let first = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let second = (first ^ (first >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    second ^ (second >> 31)
}

/// One of so many numbers, by turns in no order.
pub(crate) fn one_of(count: u32, turn: u64) -> u32 {
    u32::try_from(scrambled(turn) % u64::from(count.max(1))).unwrap_or_default()
}

/// Where somebody is: one of sixteen million addresses that no router knows.
pub(crate) fn address(turn: u64) -> Ipv4Addr {
    Ipv4Addr::from(0x0a00_0000 | u32::try_from(turn % 0x0100_0000).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn people_have_sessions_of_their_own() {
        let sessions: BTreeSet<String> = (0..10_000).map(session_text).collect();
        assert_eq!(sessions.len(), 10_000);
        assert_eq!(session_text(7), session_text(7));
        assert!(session_token(7).is_some());
    }

    #[test]
    fn turns_reach_everybody_and_nobody_else() {
        let reached: BTreeSet<u32> = (0..2_000).map(|turn| one_of(100, turn)).collect();
        assert_eq!(reached.len(), 100);
        assert_eq!(reached.last(), Some(&99));
    }
}
