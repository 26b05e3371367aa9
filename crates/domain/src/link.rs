//! The link in a letter: opening it shows a button and changes nothing; pressing the button carries the key on.

use crate::flow::Purpose;
use crate::key::{Key, KeyState, KeyToken};
use crate::moment::Moment;
use crate::token::TokenHash;

/// What a person who opened the link of a letter is told.
#[derive(Debug)]
pub enum LinkAnswer {
    /// The key works: with this pass the browser may set a password.
    Opens {
        /// The proof for the browser's cookie.
        pass: KeyToken,
        /// What the key is for.
        purpose: Purpose,
    },
    /// The key has expired.
    Expired {
        /// What it was for, which says where to ask for a new one.
        purpose: Purpose,
    },
    /// A password was set with the key.
    AlreadyUsed,
    /// The link is cut short, mistyped, or of a key that another took the place of.
    Unknown,
}

/// Looks at the link of a letter. Nothing is written, whoever opens it and however often: a scanner spends nothing.
pub fn open_link(link: &KeyToken, browser: &TokenHash, key: Option<&Key>, moment: &Moment<'_>) -> LinkAnswer {
    let Some(key) = key.filter(|key| link.proves(key.link(moment.secrets).as_ref())) else {
        return LinkAnswer::Unknown;
    };
    match key.state(moment.now) {
        KeyState::Alive => match key.pass(browser, moment.secrets) {
            Some(pass) => LinkAnswer::Opens { pass, purpose: key.purpose },
            None => LinkAnswer::Unknown,
        },
        KeyState::Expired => LinkAnswer::Expired { purpose: key.purpose },
        KeyState::Spent => LinkAnswer::AlreadyUsed,
        // Nobody has the link of a key whose letter has not left.
        KeyState::Killed | KeyState::Held => LinkAnswer::Unknown,
    }
}
