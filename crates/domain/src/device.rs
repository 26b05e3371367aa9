//! Devices: browsers in which a password was set or used. They are counted apart from strangers, so that guessing at
//! somebody's password never locks the real person out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

use crate::browser::BrowserKind;
use crate::id::AccountId;
use crate::token::TokenHash;
use jiff::{SignedDuration, Timestamp};

/// A browser that an account knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Whose.
    pub account: AccountId,
    /// The hash of the token in its cookie.
    pub token: TokenHash,
    /// What kind of browser it is.
    pub browser: BrowserKind,
    /// Since when it is known.
    pub first_seen_at: Timestamp,
    /// When it was used last.
    pub seen_at: Timestamp,
}

/// How long a browser stays known without being used: people come once a year.
pub const DEVICE_LIFE: SignedDuration = SignedDuration::from_hours(400 * 24);
