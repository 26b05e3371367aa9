//! The pages: each is a typed context with samples, and a template of the same name.

mod account;
mod error;
mod key;
mod mailbox;
mod plain;
mod register;

pub use account::{HomePage, RecoverPage, SetPasswordPage, SetPasswordTrouble, ShownPolicy, SignInNotice, SignInPage, SignInTrouble};
pub use error::{ErrorKind, ErrorPage, KeyNeededPage};
pub use key::{
    EnterKeyNotice, EnterKeyPage, KeyTrouble, LetterStatus, LetterStatusPage, LinkPage, LinkState, ShownFlow,
};
pub use mailbox::{MailboxPage, ShownLetter};
pub use plain::{GuidePage, HelpPage, PrivacyPage, WelcomePage};
pub use register::{RegisterPage, RegisterTrouble};

/// A field as it was typed, and why it was refused. A password is never among them.
#[derive(Clone, Debug)]
pub struct Typed<R> {
    /// What was typed, to the letter.
    pub value: String,
    /// Why it was refused.
    pub refusal: Option<R>,
}

impl<R> Default for Typed<R> {
    fn default() -> Self {
        Self { value: String::new(), refusal: None }
    }
}
