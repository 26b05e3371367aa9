//! Sessions: a browser that is signed in.

use crate::account::Account;
use crate::audit::{Event, record};
use crate::browser::BrowserKind;
use crate::change::{Change, Step};
use crate::document::Document;
use crate::id::AccountId;
use crate::limit::Rules;
use crate::moment::Moment;
use crate::token::TokenHash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The hash of the token in its cookie.
    pub token: TokenHash,
    /// Who is signed in.
    pub account: AccountId,
    /// When.
    pub opened_at: Timestamp,
    /// When it last asked for something, to the minute.
    pub seen_at: Timestamp,
    /// What kind of browser it is.
    pub browser: BrowserKind,
    /// When the password was typed last in it; what is sensitive asks for it again.
    pub proven_at: Timestamp,
}

/// So many sessions of one account go on at the same time; when one more opens, the one that was not used for longest
/// ends. Nobody has more browsers, and whoever got in unseen leaves no session behind the others (OWASP ASVS 5.0, V7.1.2).
pub const SESSIONS_AT_MOST: u32 = 10;

/// A session's last request is written down no more often than this, so that reading pages costs no writes.
const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// For so long after the password was typed, what is sensitive does not ask for it again.
const PROVEN_FOR: SignedDuration = SignedDuration::from_mins(5);

/// Whose a session is, and since when: all that other applications are told, and what that takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Who is signed in.
    pub account: AccountId,
    /// Their document.
    pub document: Document,
    /// When the session and when its last request was.
    pub times: SessionTimes,
}

/// When a session was opened, and when it last asked for something, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimes {
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last asked for something.
    pub seen_at: Timestamp,
}

impl SessionTimes {
    /// Whether the session still lives: not idle too long, not open too long.
    pub fn is_alive(&self, now: Timestamp, rules: &Rules) -> bool {
        now.duration_since(self.seen_at) < rules.session_idle
            && now.duration_since(self.opened_at) < rules.session_life
    }

    /// Whether this request is worth writing down.
    pub fn wants_to_be_seen(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen_at) >= SEEN_EVERY
    }
}

impl Session {
    /// When it was opened and used.
    pub fn times(&self) -> SessionTimes {
        SessionTimes { opened_at: self.opened_at, seen_at: self.seen_at }
    }

    /// Whether the session still lives: not idle too long, not open too long.
    pub fn is_alive(&self, now: Timestamp, rules: &Rules) -> bool {
        self.times().is_alive(now, rules)
    }

    /// Whether the password was typed so lately that what is sensitive need not ask for it again.
    pub fn is_proven(&self, now: Timestamp) -> bool {
        now.duration_since(self.proven_at) < PROVEN_FOR
    }

    /// The name by which a page tells it from others; it opens nothing.
    pub fn name(&self) -> String {
        URL_SAFE_NO_PAD.encode(&Sha256::digest(self.token.as_bytes())[..12])
    }

    /// Whether this request is worth writing down.
    pub fn wants_to_be_seen(&self, now: Timestamp) -> bool {
        self.times().wants_to_be_seen(now)
    }
}

/// Signs out. Nothing to end is as good as ended.
pub fn sign_out(signed_in: Option<&(Session, Account)>, moment: &mut Moment<'_>) -> Step<()> {
    let Some((session, account)) = signed_in else {
        return Step::only(());
    };
    let ended = Change::SessionEnded { token: session.token };
    let told = record(Event::SignedOut, moment).of_account(account.id, &account.holder).into_change();
    Step::with((), vec![ended, told])
}
