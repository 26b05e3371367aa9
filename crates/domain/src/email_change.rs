//! Changing the address that an account's letters go to: asked for with the password, confirmed with a key that only the
//! new address gets, and put back from the old one.

use crate::account::{Account, StoredPassword};
use crate::allowance::Subject;
use crate::audit::{Event, record};
use crate::change::{Change, Step};
use crate::email::EmailAddress;
use crate::id::{AccountId, EmailChangeId};
use crate::key::TemporaryKey;
use crate::letter::{Letter, LetterKind};
use crate::limit::{KEY_LIFE_AT_MOST, Rules};
use crate::mailbox::{Cause, Mailboxes};
use crate::moment::Moment;
use crate::secret::{SecretVersion, Secrets, Use};
use jiff::{SignedDuration, Timestamp};

/// For how long the address from before can be put back.
pub const WAY_BACK: SignedDuration = SignedDuration::from_hours(72);

/// A change of address. The key that confirms it is nowhere: it is derived from this row and a secret outside the
/// database.
#[derive(Clone, Debug)]
pub struct EmailChange {
    /// Its name.
    pub id: EmailChangeId,
    /// Whose address changes.
    pub account: AccountId,
    /// The address before.
    pub old_email: EmailAddress,
    /// The address that is to be.
    pub new_email: EmailAddress,
    /// Chance that goes into the key.
    pub nonce: [u8; 16],
    /// The version of the secret that the key is derived with.
    pub secret: SecretVersion,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when the key works. It moves on when the letter leaves later.
    pub expires_at: Timestamp,
    /// How often a wrong key was typed.
    pub tries: u8,
    /// When the key was typed, and the address changed.
    pub confirmed_at: Option<Timestamp>,
    /// When it was called off or, if it was confirmed, the old address put back.
    pub ended_at: Option<Timestamp>,
}

impl EmailChange {
    /// Whether it waits for its key.
    pub fn is_pending(&self, now: Timestamp) -> bool {
        self.is_open() && now < self.expires_at
    }

    /// Whether a letter may still carry its key. One whose key has expired may: the letter waited for a mail server.
    pub fn can_be_sent(&self, now: Timestamp) -> bool {
        self.is_open() && now < self.expires_at_most()
    }

    /// Whether it still waits for its key, and its time was over before a letter could carry that.
    pub fn is_too_late(&self, now: Timestamp) -> bool {
        self.is_open() && now >= self.expires_at_most()
    }

    /// Whether the old address can still be put back.
    pub fn can_be_restored(&self, now: Timestamp) -> bool {
        self.ended_at.is_none()
            && self.confirmed_at.is_some_and(|confirmed_at| now.duration_since(confirmed_at) < WAY_BACK)
    }

    /// When its key expires if its letter leaves now.
    pub fn expiry_if_sent(&self, now: Timestamp, rules: &Rules) -> Timestamp {
        let wanted = now.saturating_add(rules.key_life).unwrap_or(Timestamp::MAX);
        wanted.min(self.expires_at_most())
    }

    /// The text of its key; nothing if its secret is gone.
    pub fn key(&self, secrets: &Secrets) -> Option<TemporaryKey> {
        let parts: [&[u8]; 4] =
            [self.id.as_bytes(), &self.nonce, self.account.as_bytes(), self.new_email.as_str().as_bytes()];
        secrets.code(Use::EmailChange, self.secret, &parts).map(|code| TemporaryKey::from_code(&code))
    }

    fn is_open(&self) -> bool {
        self.confirmed_at.is_none() && self.ended_at.is_none()
    }

    fn expires_at_most(&self) -> Timestamp {
        self.asked_at.saturating_add(KEY_LIFE_AT_MOST).unwrap_or(Timestamp::MAX)
    }
}

/// The change of address that a letter tells of. Letter and change were written at the same moment.
pub fn told_by<'a>(letter: &Letter, changes: &'a [EmailChange]) -> Option<&'a EmailChange> {
    let is_told = |change: &&EmailChange| match letter.kind {
        LetterKind::EmailChangeKey => change.asked_at == letter.queued_at && change.new_email == letter.to,
        LetterKind::EmailChangeAsked => change.asked_at == letter.queued_at && change.old_email == letter.to,
        LetterKind::EmailChanged => {
            change.confirmed_at == Some(letter.queued_at) && change.old_email == letter.to
        }
        LetterKind::RegistrationKey
        | LetterKind::RegistrationHeld
        | LetterKind::RegistrationTold
        | LetterKind::AlreadyRegistered
        | LetterKind::RecoverySteps
        | LetterKind::PasswordChanged
        | LetterKind::NewBrowser
        | LetterKind::AccountClosed => false,
    };
    changes.iter().find(is_told)
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct AskEmailChange {
    /// The new address.
    pub email: EmailAddress,
    /// Whether the person was asked already if they meant another.
    pub insists_on_email: bool,
}

/// What a change of address looks at.
#[derive(Clone, Debug)]
pub struct EmailChangeFacts {
    /// The account as it is now; nothing when it was closed meanwhile.
    pub account: Option<Account>,
    /// Its latest change of address.
    pub latest: Option<EmailChange>,
    /// The letters to the mailboxes that are written to.
    pub mailboxes: Mailboxes,
}

/// What a person who asks for another address is told.
#[derive(Debug, PartialEq, Eq)]
pub enum AskEmailChangeAnswer {
    /// A letter with a key is on its way to the new address.
    LetterOnItsWay,
    /// The address looks like a slip; asked once.
    DidYouMean {
        /// The address that was probably meant.
        suggestion: EmailAddress,
    },
    /// It is the address that the account has.
    Same,
    /// The password changed since it was tried.
    PasswordChanged,
}

/// Asks for another address. `proven` is the password that was found right.
///
/// Asking again takes the place of what was asked before, with a key of its own; pressing the button twice does not.
pub fn ask_email_change(
    input: &AskEmailChange,
    proven: &StoredPassword,
    facts: &EmailChangeFacts,
    moment: &mut Moment<'_>,
) -> Step<AskEmailChangeAnswer> {
    let Some(account) = facts.account.as_ref().filter(|account| account.password == *proven) else {
        return Step::only(AskEmailChangeAnswer::PasswordChanged);
    };
    if account.email.canonical() == input.email.canonical() {
        return Step::only(AskEmailChangeAnswer::Same);
    }
    if let Some(suggestion) = input.email.suggestion().filter(|_| !input.insists_on_email) {
        return Step::only(AskEmailChangeAnswer::DidYouMean { suggestion });
    }
    let now = moment.now;
    let is_same_wish = |change: &EmailChange| {
        change.is_pending(now)
            && change.new_email == input.email
            && change.tries < moment.rules.key_tries
            && now.duration_since(change.asked_at) < moment.rules.resend_wait
    };
    if facts.latest.as_ref().is_some_and(is_same_wish) {
        return Step::only(AskEmailChangeAnswer::LetterOnItsWay);
    }
    let change = new_change(account, input.email.clone(), moment);
    let asked = record(Event::EmailChangeAsked, moment)
        .of_account(account.id, &account.holder)
        .with_detail(format!("from {} to {}", change.old_email.masked(), change.new_email.masked()));
    let mut changes = vec![
        Change::EmailChangeAsked { change: change.clone(), seen_password: proven.clone() },
        Change::AllowanceRestored(Subject::ProofOf(account.id)),
        asked.into_change(),
    ];
    let mut mailboxes = facts.mailboxes.clone();
    // Whose mailbox the new one is, nobody knows yet.
    let to_new = letter(LetterKind::EmailChangeKey, Cause::Stranger, account, change.new_email, moment);
    changes.extend(mailboxes.queue(to_new, moment));
    let to_old = letter(LetterKind::EmailChangeAsked, Cause::Notice, account, change.old_email, moment);
    changes.extend(mailboxes.queue(to_old, moment));
    Step::with(AskEmailChangeAnswer::LetterOnItsWay, changes)
}

fn new_change(account: &Account, new_email: EmailAddress, moment: &mut Moment<'_>) -> EmailChange {
    let mut nonce = [0; 16];
    moment.rng.fill_bytes(&mut nonce);
    EmailChange {
        id: EmailChangeId::new(moment.now, moment.rng),
        account: account.id,
        old_email: account.email.clone(),
        new_email,
        nonce,
        secret: moment.secrets.current(),
        asked_at: moment.now,
        expires_at: moment.now.saturating_add(moment.rules.key_life).unwrap_or(Timestamp::MAX),
        tries: 0,
        confirmed_at: None,
        ended_at: None,
    }
}

/// What a person who types the key of a new address is told.
#[derive(Debug, PartialEq, Eq)]
pub enum ConfirmEmailChangeAnswer {
    /// The address is changed.
    Changed,
    /// The key is wrong.
    Wrong {
        /// How many tries are left; at least one.
        tries_left: u8,
    },
    /// The tries are used up.
    NoTriesLeft,
    /// The key has expired.
    Expired,
    /// No change waits for a key: it was called off, or confirmed already.
    NothingAsked,
}

/// Tries the key of a new address. Each guess is decided under the guard that no other was counted meanwhile.
pub fn confirm_email_change(
    typed: &TemporaryKey,
    facts: &EmailChangeFacts,
    moment: &mut Moment<'_>,
) -> Step<ConfirmEmailChangeAnswer> {
    let open = facts.latest.as_ref().filter(|change| change.is_open());
    let Some((account, change)) = facts.account.as_ref().zip(open) else {
        return Step::only(ConfirmEmailChangeAnswer::NothingAsked);
    };
    if !change.is_pending(moment.now) {
        return Step::only(ConfirmEmailChangeAnswer::Expired);
    }
    if change.tries >= moment.rules.key_tries {
        return Step::only(ConfirmEmailChangeAnswer::NoTriesLeft);
    }
    if !change.key(moment.secrets).is_some_and(|key| key.is_same(typed)) {
        let refused = record(Event::KeyRefused, moment)
            .of_account(account.id, &account.holder)
            .with_detail("of a change of address");
        let tried = Change::EmailChangeTried { change: change.id, seen: change.tries };
        let answer = match moment.rules.key_tries.saturating_sub(change.tries.saturating_add(1)) {
            0 => ConfirmEmailChangeAnswer::NoTriesLeft,
            tries_left => ConfirmEmailChangeAnswer::Wrong { tries_left },
        };
        return Step::with(answer, vec![tried, refused.into_change()]);
    }
    let told = record(Event::EmailChanged, moment)
        .of_account(account.id, &account.holder)
        .with_detail(format!("from {} to {}", change.old_email.masked(), change.new_email.masked()));
    let mut changes = vec![
        Change::EmailChangeConfirmed { change: change.id, seen: change.tries, at: moment.now },
        // A key that went to the old address opens nothing any more.
        Change::HolderKeysKilled { holder: account.holder.clone(), at: moment.now },
        told.into_change(),
    ];
    let notice = letter(LetterKind::EmailChanged, Cause::Notice, account, change.old_email.clone(), moment);
    changes.extend(facts.mailboxes.clone().queue(notice, moment));
    Step::with(ConfirmEmailChangeAnswer::Changed, changes)
}

fn letter(
    kind: LetterKind,
    cause: Cause,
    account: &Account,
    to: EmailAddress,
    moment: &mut Moment<'_>,
) -> Letter {
    Letter::new(kind, cause, account.holder.document, to, moment).of_account(Some(account.id))
}
