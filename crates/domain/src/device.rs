//! Devices: browsers in which a password was set or used. They are counted apart from strangers, so that guessing at
//! somebody's password never locks the real person out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

use crate::browser::BrowserKind;
use crate::change::Change;
use crate::id::AccountId;
use crate::moment::Moment;
use crate::token::{Token, TokenHash};
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

/// The device token of the browser that asks.
#[derive(Debug)]
pub struct DeviceHere {
    /// Its hash.
    pub token: TokenHash,
    /// The token itself for the cookie, if the browser has none yet.
    pub new: Option<Token>,
}

impl DeviceHere {
    /// Finds the token; `known` are the accounts that know the one which the browser shows. One cookie serves several
    /// accounts. A token that no account knows is none of ours, perhaps planted, and another takes its place.
    pub fn find(known: &[Device], moment: &mut Moment<'_>) -> Self {
        if let Some(token) = moment.origin.device.filter(|_| !known.is_empty()) {
            return Self { token, new: None };
        }
        let new = Token::new(moment.rng);
        Self { token: new.hash(), new: Some(new) }
    }

    /// From now on the account knows this browser.
    pub fn known_to(&self, account: AccountId, moment: &Moment<'_>) -> Change {
        Change::DeviceKnown(Device {
            account,
            token: self.token,
            browser: moment.origin.browser.unwrap_or(BrowserKind::UNKNOWN),
            first_seen_at: moment.now,
            seen_at: moment.now,
        })
    }
}
