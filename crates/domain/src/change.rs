//! Everything that can ever be written. One place to read what the system can do to its data.

use crate::account::{Account, Holder, StoredPassword};
use crate::allowance::Subject;
use crate::audit::Record;
use crate::device::Device;
use crate::email::EmailAddress;
use crate::email_change::EmailChange;
use crate::flow::Flow;
use crate::id::{AccountId, DataRequestId, EmailChangeId, FlowId, KeyId, LetterId};
use crate::key::{Key, Typist};
use crate::letter::{Letter, LetterState};
use crate::my_data::DataRequest;
use crate::register::Wish;
use crate::session::Session;
use crate::token::TokenHash;
use jiff::Timestamp;

/// What a step answers, and what has to be written for the answer to be true. The answer is given only after the
/// changes are durable; when a guard fails, the facts are read again and the step decides again.
#[derive(Debug)]
pub struct Step<A> {
    /// What the person sees.
    pub answer: A,
    /// What is written, all or nothing.
    pub changes: Vec<Change>,
}

impl<A> Step<A> {
    /// An answer that changes nothing.
    pub fn only(answer: A) -> Self {
        Self { answer, changes: Vec::new() }
    }

    /// An answer with its changes.
    pub fn with(answer: A, changes: Vec<Change>) -> Self {
        Self { answer, changes }
    }
}

/// One thing that is written. Each carries its guard: what must still be so for it to apply.
#[derive(Clone, Debug)]
pub enum Change {
    /// A browser began a flow. Guard: its flow of this purpose is still the one that was read (`replaces`), or none.
    FlowBegun {
        /// The new flow.
        flow: Flow,
        /// The flow that it takes the place of.
        replaces: Option<FlowId>,
    },
    /// A letter was asked for again, perhaps to another address; the flow waits to be resolved again.
    /// Guard: nobody else asked since (`seen_asked_at`).
    FlowAsked {
        /// The flow.
        flow: FlowId,
        /// When a letter was asked for last, as it was read.
        seen_asked_at: Timestamp,
        /// What is wished for now.
        wish: Wish,
        /// When it was asked for now.
        at: Timestamp,
    },
    /// A flow was turned into keys and letters. Guard: it still waits for that, with the wish that was read.
    FlowResolved {
        /// The flow.
        flow: FlowId,
        /// Which wish.
        asked_at: Timestamp,
        /// When.
        at: Timestamp,
        /// The key that it led to, whose letter the flow's page tells of.
        key: Option<KeyId>,
    },
    /// The journey is done: the flows of this browser, and those that led to this key, are over, so that their pages
    /// show nobody's document and address any more to whoever uses the browser next.
    FlowsEnded {
        /// The browser.
        browser: TokenHash,
        /// The key.
        key: KeyId,
    },
    /// A key was issued. Guard: no such key is there.
    KeyIssued(Key),
    /// A key's letter is about to leave, and its life begins. Guard: the key is neither spent nor killed.
    KeySent {
        /// The key.
        key: KeyId,
        /// When it will have expired.
        expires_at: Timestamp,
    },
    /// A held key was let go: its letter is due, and its page says so. Guard: it is neither spent nor killed, and waits.
    HoldReleased {
        /// The key.
        key: KeyId,
        /// When.
        at: Timestamp,
    },
    /// A held key waits longer: its letter is due then, and its page says so. Guard: it is neither spent nor killed, and
    /// its letter has not left.
    HoldProlonged {
        /// The key.
        key: KeyId,
        /// Until when.
        until: Timestamp,
    },
    /// A key that is in its mailbox already works on, or again; no browser is the one that began it any more. Guard: the
    /// key is neither spent nor killed.
    KeyKept {
        /// The key.
        key: KeyId,
        /// When it will have expired.
        expires_at: Timestamp,
    },
    /// A key was typed wrong. Guard: as many tries were used as were read, so that no two guesses share one try.
    KeyTried {
        /// The key.
        key: KeyId,
        /// Whose tries count.
        typist: Typist,
        /// The tries used before, as they were read.
        seen: u8,
    },
    /// A key was typed right. Guard: as many tries were used as were read; nothing is written.
    KeyConfirmed {
        /// The key.
        key: KeyId,
        /// Whose tries count.
        typist: Typist,
        /// The tries used before, as they were read.
        seen: u8,
    },
    /// A password was set with a key. Guard: it is unspent, alive and not expired at that time.
    KeySpent {
        /// The key.
        key: KeyId,
        /// When.
        at: Timestamp,
    },
    /// One key stops working.
    KeyKilled {
        /// The key.
        key: KeyId,
        /// When.
        at: Timestamp,
    },
    /// All unspent keys of a holder stop working.
    HolderKeysKilled {
        /// Whose.
        holder: Holder,
        /// When.
        at: Timestamp,
    },
    /// An account was opened. Guard: the holder has none.
    AccountOpened(Account),
    /// An account got a new password. Guard: the account is there.
    PasswordSet {
        /// The account.
        account: AccountId,
        /// The new hash.
        password: StoredPassword,
        /// When.
        at: Timestamp,
    },
    /// An account's password opens nothing from now on, until a new one is set. Guard: the account is there.
    AccountLocked {
        /// The account.
        account: AccountId,
        /// When.
        at: Timestamp,
    },
    /// An account that somebody opened in the holder's name gets the address that the book has for them. Guard: the
    /// account is there.
    AccountReclaimed {
        /// The account.
        account: AccountId,
        /// The address on file.
        email: EmailAddress,
    },
    /// An account got a new password from somebody who typed the present one. Guard: it still has that one.
    PasswordChanged {
        /// The account.
        account: AccountId,
        /// The password as it was read.
        seen_password: StoredPassword,
        /// The new hash.
        password: StoredPassword,
        /// When.
        at: Timestamp,
    },
    /// The same password was hashed anew, at the present cost. It is not a new one: nothing ends and nobody is told.
    /// Guard: the account still has the hash that was read.
    PasswordRehashed {
        /// The account.
        account: AccountId,
        /// The hash as it was read.
        seen_password: StoredPassword,
        /// The new hash.
        password: StoredPassword,
    },
    /// Somebody signed in. Guard: the account still has the password that was tried, so that no session opens with
    /// an old password after it changed.
    SessionOpened {
        /// The session.
        session: Session,
        /// The password as it was read.
        seen_password: StoredPassword,
    },
    /// Of the sessions of an account no more than so many go on: the newest, and of the others those that were used last.
    SessionsCapped {
        /// The account.
        account: AccountId,
        /// The session that opened just now.
        newest: TokenHash,
        /// How many.
        at_most: u32,
    },
    /// A session asked for something.
    SessionSeen {
        /// The session.
        token: TokenHash,
        /// When.
        at: Timestamp,
    },
    /// The password was typed again in a session, which goes on under a new token. Guard: the session is there, and the
    /// account still has the password that was tried.
    SessionProven {
        /// The session.
        session: TokenHash,
        /// Its new token.
        renamed: TokenHash,
        /// The password as it was read.
        seen_password: StoredPassword,
        /// When.
        at: Timestamp,
    },
    /// A session ended.
    SessionEnded {
        /// The session.
        token: TokenHash,
    },
    /// All sessions of an account ended.
    AccountSessionsEnded {
        /// The account.
        account: AccountId,
    },
    /// All sessions of an account ended but one.
    OtherSessionsEnded {
        /// The account.
        account: AccountId,
        /// The session that goes on.
        except: TokenHash,
    },
    /// An account was closed: it goes, and with it its sessions, known browsers, keys, changes of address and letters.
    /// Guard: it still has the password as it was read.
    AccountClosed {
        /// The account.
        account: AccountId,
        /// Whose it was.
        holder: Holder,
        /// The password as it was read.
        seen_password: StoredPassword,
    },
    /// Another address was asked for; what was asked for before is called off. Guard: the account still has the address
    /// and the password as they were read.
    EmailChangeAsked {
        /// What was asked for.
        change: EmailChange,
        /// The password as it was read.
        seen_password: StoredPassword,
    },
    /// The letter with the key of a new address is about to leave. Guard: the change is neither confirmed nor ended.
    EmailChangeSent {
        /// The change.
        change: EmailChangeId,
        /// When the key will have expired.
        expires_at: Timestamp,
    },
    /// The key of a new address was typed wrong. Guard: as many tries were used as were read.
    EmailChangeTried {
        /// The change.
        change: EmailChangeId,
        /// The tries used before, as they were read.
        seen: u8,
    },
    /// The key of a new address was typed right, and the account has that address now. Guard: the change waits, its key
    /// has not expired, as many tries were used as were read, and the account still has the old address.
    EmailChangeConfirmed {
        /// The change.
        change: EmailChangeId,
        /// The tries used before, as they were read.
        seen: u8,
        /// When.
        at: Timestamp,
    },
    /// The changes of address of an account that wait for their key are called off.
    EmailChangesEnded {
        /// The account.
        account: AccountId,
        /// When.
        at: Timestamp,
    },
    /// The address from before was put back, whatever came after it. Guard: the change was confirmed and not undone.
    EmailRestored {
        /// The change that is undone.
        change: EmailChangeId,
        /// When.
        at: Timestamp,
    },
    /// A correction of data was asked for. Guard: as many wait as were read.
    CorrectionAsked {
        /// What is asked for.
        request: DataRequest,
        /// How many of the account waited, as they were read.
        seen_open: u32,
    },
    /// An operator did what was asked for. Guard: it still waits.
    CorrectionAnswered {
        /// The request.
        request: DataRequestId,
        /// When.
        at: Timestamp,
    },
    /// A browser is known to an account: its password was set or used there.
    DeviceKnown(Device),
    /// The browsers that an account knows are forgotten, but this one.
    DevicesForgotten {
        /// The account.
        account: AccountId,
        /// The browser that stays known.
        except: Option<TokenHash>,
    },
    /// Something was done rightly, and is counted from the beginning again.
    AllowanceRestored(Subject),
    /// Something happened, and is told in the audit trail.
    Recorded(Record),
    /// Nothing is written. Guard: as many letters went or will go to the mailbox since then as were read, so that no
    /// two letters share the last room in it.
    MailboxSeen {
        /// The mailbox, in the form by which mailboxes are compared.
        mailbox: String,
        /// Since when.
        since: Timestamp,
        /// The letters that were read; those that were dropped do not count.
        letters: u32,
    },
    /// A letter was written. Guard: no such letter is there.
    LetterQueued(Letter),
    /// Whoever got a letter said that they did not cause it. Guard: they had not said so.
    LetterDisowned {
        /// The letter.
        letter: LetterId,
        /// When.
        at: Timestamp,
    },
    /// A letter was sent, or could not be. Guard: it still waits.
    LetterSettled {
        /// The letter.
        letter: LetterId,
        /// What became of it.
        state: LetterState,
    },
}
