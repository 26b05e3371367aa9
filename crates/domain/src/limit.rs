//! The numbers of the rules. Every one is the operator's to change; these are the defaults.

use crate::hold::HoldRules;
use crate::holiday::Holidays;
use crate::mailbox::LetterLimits;
use crate::password::PasswordRules;
use crate::throttle::Limits;
use jiff::SignedDuration;

/// The rules that the operator may set.
#[derive(Clone, Debug)]
pub struct Rules {
    /// How long a temporary key works, counted from when its letter is handed to the mail server. Default 30 minutes.
    pub key_life: SignedDuration,
    /// How often a key may be typed wrong in the browser that began, and in all others together. Default 5.
    pub key_tries: u8,
    /// How long to wait before asking for the same letter again. Default 60 seconds.
    pub resend_wait: SignedDuration,
    /// How long after its end a policy still opens the door. Default 24 months: claims lapse after one year
    /// (Ley 17.418, art. 58), and people need the papers of finished policies.
    pub lapsed_months: u16,
    /// How long a session lives without a request. Default 30 minutes.
    pub session_idle: SignedDuration,
    /// How long a session lives at most. Default 12 hours.
    pub session_life: SignedDuration,
    /// How often things may be tried.
    pub limits: Limits,
    /// How many letters a mailbox may get.
    pub letters: LetterLimits,
    /// How long the audit trail has the address that something came from. Default 90 days.
    pub audit_addresses: SignedDuration,
    /// What a password must be.
    pub password: PasswordRules,
    /// What happens when the book has another address for the holder than the one that is typed.
    pub hold: HoldRules,
    /// The days on which the law's terms do not run.
    pub holidays: Holidays,
}

/// However often it is sent again, a key never lives longer than this after it was issued
/// (NIST SP 800-63B-4: 24 hours at most for a code sent by e-mail).
pub const KEY_LIFE_AT_MOST: SignedDuration = SignedDuration::from_hours(24);

impl Default for Rules {
    fn default() -> Self {
        Self {
            key_life: SignedDuration::from_mins(30),
            key_tries: 5,
            resend_wait: SignedDuration::from_secs(60),
            lapsed_months: 24,
            session_idle: SignedDuration::from_mins(30),
            session_life: SignedDuration::from_hours(12),
            limits: Limits::default(),
            letters: LetterLimits::default(),
            audit_addresses: SignedDuration::from_hours(90 * 24),
            password: PasswordRules::default(),
            hold: HoldRules::default(),
            holidays: Holidays::default(),
        }
    }
}
