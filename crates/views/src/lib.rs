//! Writes the pages and the letters.
//!
//! A page is a typed context ([`Page`]), a template of the same name, and words from the catalogue of the operator's
//! language. Templates hold structure and no sentence; the catalogue holds sentences and no structure.

mod assets;
mod color;
mod fault;
mod files;
mod happening;
mod letter;
mod locale;
mod message;
mod page;
mod palette;
mod refusal;
mod samples;
mod settings;
mod views;
mod words;

pub use assets::Asset;
pub use fault::{RenderError, ViewsError, WordsError};
pub use letter::{LetterContext, WrittenLetter};
pub use locale::Locale;
pub use page::{
    ChangePasswordPage, CloseAccountPage, ConfirmEmailChangePage, ConfirmEmailTrouble, CorrectionTrouble,
    CrowdPage, DisownPage, DisownState, DisownedMatter, EmailChangePage, EnterKeyNotice, EnterKeyPage,
    ErrorKind, ErrorPage, GuidePage, HelpPage, HomePage, KeyNeededPage, KeyTrouble, LetterStatus,
    LetterStatusPage, LinkPage, LinkState, MailboxPage, MyAccountNotice, MyAccountPage, MyDataPage,
    MySessionsPage, Page, PresentPasswordTrouble, PrivacyPage, ProvePage, RecoverPage, RegisterPage,
    RegisterTrouble, ReleasePage, ReleaseState, SetPasswordPage, SetPasswordTrouble, ShownCorrection,
    ShownFlow, ShownHold, ShownLetter, ShownPolicy, ShownSession, SignInNotice, SignInPage, SignInTrouble,
    Typed, WelcomePage,
};
pub use settings::{Brand, Logo, LogoFormat, LogoRefusal, Settings};
pub use views::{Sample, Views};
pub use words::Words;
