//! Every page and letter, written from its samples.

use crate::fault::RenderError;
use crate::letter::LetterContext;
use crate::page::{
    ChangePasswordPage, CloseAccountPage, ConfirmEmailChangePage, CrowdPage, DisownPage, EmailChangePage,
    EnterKeyPage, ErrorPage, GuidePage, HelpPage, HomePage, KeyNeededPage, LetterStatusPage, LinkPage,
    MailboxPage, MyAccountPage, MyDataPage, MySessionsPage, Page, PrivacyPage, ProvePage, RecoverPage,
    RegisterPage, ReleasePage, SetPasswordPage, SignInPage, WelcomePage,
};
use crate::views::{Sample, Views};
use jiff::Timestamp;
use zaguan_domain::document::Document;
use zaguan_domain::email::EmailAddress;

/// Writes one after the other and hands each on: all of them at once are a megabyte and a half.
pub(crate) fn each(views: &Views, take: &mut dyn FnMut(Sample)) -> Result<(), RenderError> {
    pages::<WelcomePage>(views, take)?;
    pages::<RegisterPage>(views, take)?;
    pages::<EnterKeyPage>(views, take)?;
    pages::<LetterStatusPage>(views, take)?;
    pages::<LinkPage>(views, take)?;
    pages::<DisownPage>(views, take)?;
    pages::<ReleasePage>(views, take)?;
    pages::<SetPasswordPage>(views, take)?;
    pages::<KeyNeededPage>(views, take)?;
    pages::<SignInPage>(views, take)?;
    pages::<CrowdPage>(views, take)?;
    pages::<RecoverPage>(views, take)?;
    pages::<HomePage>(views, take)?;
    pages::<MyAccountPage>(views, take)?;
    pages::<ProvePage>(views, take)?;
    pages::<ChangePasswordPage>(views, take)?;
    pages::<EmailChangePage>(views, take)?;
    pages::<ConfirmEmailChangePage>(views, take)?;
    pages::<MySessionsPage>(views, take)?;
    pages::<MyDataPage>(views, take)?;
    pages::<CloseAccountPage>(views, take)?;
    pages::<GuidePage>(views, take)?;
    pages::<HelpPage>(views, take)?;
    pages::<PrivacyPage>(views, take)?;
    pages::<ErrorPage>(views, take)?;
    pages::<MailboxPage>(views, take)?;
    for letter in LetterContext::samples() {
        let written = views.letter(&letter, SAMPLE_DISOWN_URL)?;
        let name = letter.template().replace('/', "-");
        take(Sample {
            name,
            html: written.html.clone(),
            has_script: false,
            same_for_all: None,
            letter: Some(written),
        });
    }
    Ok(())
}

fn pages<P: Page>(views: &Views, take: &mut dyn FnMut(Sample)) -> Result<(), RenderError> {
    let name = P::TEMPLATE.trim_end_matches(".html");
    for (number, page) in P::samples().iter().enumerate() {
        let html = views.page(page)?;
        take(Sample {
            name: format!("{name}-{}", number + 1),
            html,
            has_script: P::HAS_SCRIPT,
            same_for_all: page.same_for_all(),
            letter: None,
        });
    }
    Ok(())
}

/// As long as a real one.
pub(crate) const SAMPLE_DISOWN_URL: &str =
    "https://portal.example/no-fui-yo/AZ0x3kqP7v2mB9sLdTfYhUeJrNcGwQaXoKi1_EXAMPLE-ZyRt5HnMbVpCgSjWq8u";

/// The document of the invented person of all samples.
pub(crate) const DOCUMENT: Document = Document::Person(12_345_678);

/// 15 March 2026, 15:42 in Argentina.
pub(crate) const TIME: Timestamp = Timestamp::constant(1_773_600_120, 0);

/// A constant address.
#[expect(clippy::expect_used, reason = "the addresses are constants of the samples, which a test writes all")]
pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::from_stored(text).expect("a constant address is an address")
}
