//! The pages: each is a typed context with samples, and a template of the same name.

mod account;
mod change_password;
mod close_account;
mod crowd;
mod disown;
mod email_change;
mod error;
mod form;
mod guide;
mod home;
mod key;
mod letter_status;
mod line;
mod link;
mod mailbox;
mod my_account;
mod my_data;
mod plain;
mod prove;
mod register;

pub use account::{
    RecoverPage, SetPasswordPage, SetPasswordTrouble, SignInNotice, SignInPage, SignInTrouble,
};
pub use change_password::ChangePasswordPage;
pub use close_account::CloseAccountPage;
pub use crowd::CrowdPage;
pub use disown::{DisownPage, DisownState, DisownedMatter, ReleasePage, ReleaseState};
pub use email_change::{ConfirmEmailChangePage, ConfirmEmailTrouble, EmailChangePage};
pub use error::{ErrorKind, ErrorPage, KeyNeededPage};
pub use guide::GuidePage;
pub use home::{HomePage, ShownPolicy};
pub use key::{EnterKeyNotice, EnterKeyPage, KeyTrouble, ShownFlow, ShownHold};
pub use letter_status::{LetterStatus, LetterStatusPage};
pub use link::{LinkPage, LinkState};
pub use mailbox::{MailboxPage, ShownLetter};
pub use my_account::{MyAccountNotice, MyAccountPage, MySessionsPage, ShownSession};
pub use my_data::{CorrectionTrouble, MyDataPage, ShownCorrection};
pub use plain::{HelpPage, PrivacyPage, WelcomePage};
pub use prove::{PresentPasswordTrouble, ProvePage};
pub use register::{RegisterPage, RegisterTrouble};

use crate::fault::WordsError;
use crate::words::Words;
use minijinja::Value;

/// A page: what it needs to know, and which template writes it.
pub trait Page: Sized {
    /// The template's file name.
    const TEMPLATE: &'static str;

    /// Whether the template loads our script, which the page's policy then has to let run. Every page does its work
    /// without.
    const HAS_SCRIPT: bool = false;

    /// Which of the pages of this template it is, where everybody who gets it sees the same; it may be written once and
    /// kept then. Nothing where anything on it is of one person, or was typed by one.
    fn same_for_all(&self) -> Option<u64> {
        None
    }

    /// What the page may have to show: every branch of its template at least once.
    fn samples() -> Vec<Self>;

    /// What the template is given.
    fn context(&self, words: &Words) -> Result<Value, WordsError>;
}

/// A field as it was typed, and why it was refused. A password is never among them.
#[derive(Clone, Debug)]
pub struct Typed<R> {
    /// What was typed, to the letter.
    pub value: String,
    /// Why it was refused.
    pub refusal: Option<R>,
}

impl<R> Typed<R> {
    /// Whether nothing was typed and nothing is wrong.
    fn is_untouched(&self) -> bool {
        self.value.is_empty() && self.refusal.is_none()
    }
}

impl<R> Default for Typed<R> {
    fn default() -> Self {
        Self { value: String::new(), refusal: None }
    }
}
