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

pub(crate) fn all(views: &Views) -> Result<Vec<Sample>, RenderError> {
    let mut samples = Vec::new();
    pages::<WelcomePage>(views, &mut samples)?;
    pages::<RegisterPage>(views, &mut samples)?;
    pages::<EnterKeyPage>(views, &mut samples)?;
    pages::<LetterStatusPage>(views, &mut samples)?;
    pages::<LinkPage>(views, &mut samples)?;
    pages::<DisownPage>(views, &mut samples)?;
    pages::<ReleasePage>(views, &mut samples)?;
    pages::<SetPasswordPage>(views, &mut samples)?;
    pages::<KeyNeededPage>(views, &mut samples)?;
    pages::<SignInPage>(views, &mut samples)?;
    pages::<CrowdPage>(views, &mut samples)?;
    pages::<RecoverPage>(views, &mut samples)?;
    pages::<HomePage>(views, &mut samples)?;
    pages::<MyAccountPage>(views, &mut samples)?;
    pages::<ProvePage>(views, &mut samples)?;
    pages::<ChangePasswordPage>(views, &mut samples)?;
    pages::<EmailChangePage>(views, &mut samples)?;
    pages::<ConfirmEmailChangePage>(views, &mut samples)?;
    pages::<MySessionsPage>(views, &mut samples)?;
    pages::<MyDataPage>(views, &mut samples)?;
    pages::<CloseAccountPage>(views, &mut samples)?;
    pages::<GuidePage>(views, &mut samples)?;
    pages::<HelpPage>(views, &mut samples)?;
    pages::<PrivacyPage>(views, &mut samples)?;
    pages::<ErrorPage>(views, &mut samples)?;
    pages::<MailboxPage>(views, &mut samples)?;
    for letter in LetterContext::samples() {
        let written = views.letter(&letter, SAMPLE_DISOWN_URL)?;
        let name = letter.template().replace('/', "-");
        samples.push(Sample {
            name,
            html: written.html.clone(),
            has_script: false,
            same_for_all: None,
            letter: Some(written),
        });
    }
    Ok(samples)
}

fn pages<P: Page>(views: &Views, samples: &mut Vec<Sample>) -> Result<(), RenderError> {
    let name = P::TEMPLATE.trim_end_matches(".html");
    for (number, page) in P::samples().iter().enumerate() {
        let html = views.page(page)?;
        samples.push(Sample {
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
