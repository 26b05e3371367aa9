//! `/registro/clave`, `/recuperar/clave` and `/enlace/{token}`: the temporary key comes by letter and is typed here.

use super::Typed;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::email::{EmailAddress, EmailRefusal};
use zaguan_domain::flow::Purpose;
use zaguan_domain::key::KeyRefusal;

/// The page where the temporary key is typed.
#[derive(Clone, Debug)]
pub struct EnterKeyPage {
    /// Registration or recovery; it decides the path that the form posts to.
    pub purpose: Purpose,
    /// What this browser began; nothing in another browser, where the document is asked too.
    pub flow: Option<ShownFlow>,
    /// The document, asked for when the browser is not the one that began.
    pub documento: Typed<DocumentRefusal>,
    /// Why the typed key does not open.
    pub trouble: Option<KeyTrouble>,
    /// The corrected address (registration).
    pub email: Typed<EmailRefusal>,
    /// The address that was probably meant by the correction; buttons as in registration.
    pub email_suggestion: Option<EmailAddress>,
    /// What just happened.
    pub notice: Option<EnterKeyNotice>,
}

/// A flow as its own browser sees it.
#[derive(Clone, Debug)]
pub struct ShownFlow {
    /// The document that was typed.
    pub document: Document,
    /// The address that was typed (registration).
    pub email: Option<EmailAddress>,
    /// In how many seconds a letter may be asked for again; 0 is now.
    pub ask_again_in: i64,
}

/// Why a typed key does not open.
#[derive(Clone, Debug)]
pub enum KeyTrouble {
    /// It cannot be a key.
    NotAKey(KeyRefusal),
    /// It is wrong; so many tries are left.
    Wrong {
        /// At least one.
        tries_left: u8,
    },
    /// This browser has no tries left; the link in the letter works, and another key can be asked for here.
    NoTriesLeft,
    /// It has expired; another can be asked for here.
    Expired,
    /// It was used: there is a password; sign in, or recover.
    AlreadyUsed,
    /// It does not open: all that a browser is told which did not begin.
    DoesNotOpen,
}

/// What just happened, said in green.
#[derive(Clone, Copy, Debug)]
pub enum EnterKeyNotice {
    /// The letter goes out again.
    LetterOnItsWayAgain,
    /// It is too early to ask again.
    TooEarly,
    /// The address was corrected, and a new letter goes there.
    EmailCorrected,
}

/// `/registro/clave/estado`: a small page inside the other, which refreshes itself without JavaScript and tells what
/// became of the letter.
#[derive(Clone, Debug)]
pub struct LetterStatusPage {
    /// What became of the letter.
    pub status: LetterStatus,
    /// In how many seconds a letter may be asked for again; 0 is now.
    pub ask_again_in: i64,
    /// In how many seconds the page refreshes itself; nothing once there is nothing to wait for.
    pub refresh_in: Option<u32>,
}

/// What became of a letter, as far as the person who asked for it may know.
#[derive(Clone, Debug)]
pub enum LetterStatus {
    /// It is being written, or waits for its first attempt.
    Waiting,
    /// The mail server did not take it yet; it will be tried again.
    Deferred,
    /// A mail server took it.
    Accepted {
        /// Its name.
        server: String,
    },
    /// The mail server says that there is no such mailbox.
    NoSuchMailbox,
    /// The mail server says that the mailbox is full.
    MailboxFull,
    /// The mail server refused it for another reason, in its own words (shown small).
    Refused {
        /// The server's words.
        reply: String,
    },
}

/// `/enlace/{token}`: the link of a letter. Opening it changes nothing; its button posts to the same path.
#[derive(Clone, Debug)]
pub struct LinkPage {
    /// The path to post to.
    pub path: String,
    /// What the link leads to.
    pub state: LinkState,
}

/// What the link of a letter leads to.
#[derive(Clone, Copy, Debug)]
pub enum LinkState {
    /// A button that goes on to set the password.
    Opens,
    /// It has expired; where to ask for another.
    Expired {
        /// What it was for.
        purpose: Purpose,
    },
    /// It was used: there is a password; sign in, or recover.
    AlreadyUsed,
    /// It is cut short, mistyped, or another letter took its place.
    Unknown,
}
