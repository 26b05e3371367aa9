//! `/guia`: the journey step by step, with pictures that the real pages draw of themselves.

use super::{
    EnterKeyPage, HomePage, Page, RecoverPage, RegisterPage, SetPasswordPage, SignInPage, WelcomePage, line,
};
use crate::fault::WordsError;
use crate::letter::LetterContext;
use crate::samples;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::flow::Purpose;
use zaguan_domain::line::LineOfBusiness;

/// `/guia`: the illustrated guide, drawn from the real pages.
#[derive(Clone, Debug, Default)]
pub struct GuidePage {
    /// The lines of business in this insurer's book, for the picture of the registration form.
    pub lines: Vec<LineOfBusiness>,
}

impl Page for GuidePage {
    const TEMPLATE: &'static str = "guide.html";

    fn same_for_all(&self) -> Option<u64> {
        line::number_of(self.lines.get(..1).unwrap_or_default())
    }

    fn samples() -> Vec<Self> {
        vec![Self { lines: LineOfBusiness::ALL.to_vec() }]
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let set_password = SetPasswordPage { document: samples::DOCUMENT, min_length: 12, trouble: None };
        let sign_in = SignInPage { usuario: super::form::typed("12.345.678"), ..SignInPage::default() };
        let recover = RecoverPage { usuario: super::form::typed("12.345.678"), too_many: None };
        Ok(context! {
            welcome => picture(&WelcomePage, words)?,
            register => picture(&RegisterPage::filled_in(self.lines.get(..1).unwrap_or_default()), words)?,
            registration_letter => letter(&LetterContext::registration_sample(), words)?,
            enter_key => picture(&EnterKeyPage::begun(Purpose::Register), words)?,
            set_password => picture(&set_password, words)?,
            sign_in => picture(&sign_in, words)?,
            home => picture(&HomePage::with_one_policy(), words)?,
            recover => picture(&recover, words)?,
            recover_notice => picture(&EnterKeyPage::begun(Purpose::Recover), words)?,
            recovery_letter => letter(&LetterContext::recovery_sample(), words)?,
        })
    }
}

/// What `draw` needs to draw a page.
fn picture<P: Page>(page: &P, words: &Words) -> Result<Value, WordsError> {
    Ok(context! { template => P::TEMPLATE, context => page.context(words)? })
}

/// What `draw` needs to draw a letter, as plain text.
fn letter(letter: &LetterContext, words: &Words) -> Result<Value, WordsError> {
    let context = context! { subject => words.say(&letter.subject())?, ..letter.context(words)? };
    Ok(context! { template => format!("{}.txt", letter.template()), context })
}
