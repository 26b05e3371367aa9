//! `/cuenta/clave`: the password is changed by who knows the present one.

use super::form::Form;
use super::prove::present_error;
use super::{Page, PresentPasswordTrouble, SetPasswordTrouble};
use crate::fault::WordsError;
use crate::samples;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::document::Document;
use zaguan_domain::password::PasswordRefusal;

/// `/cuenta/clave`: the present password, and a new one.
#[derive(Clone, Debug)]
pub struct ChangePasswordPage {
    /// The user name that the password goes with.
    pub document: Document,
    /// How many characters a password must have.
    pub min_length: usize,
    /// Why the present password was refused.
    pub present: Option<PresentPasswordTrouble>,
    /// Why the new password was refused. Neither is ever shown again.
    pub trouble: Option<SetPasswordTrouble>,
}

impl Page for ChangePasswordPage {
    const TEMPLATE: &'static str = "change_password.html";
    const HAS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let page = |present, trouble| Self { document: samples::DOCUMENT, min_length: 12, present, trouble };
        let refused = SetPasswordTrouble::Refused(PasswordRefusal::Common);
        let mut samples = vec![
            page(None, None),
            page(None, Some(refused.clone())),
            page(None, Some(SetPasswordTrouble::Taken)),
            page(Some(PresentPasswordTrouble::Empty), Some(refused)),
        ];
        samples.extend(PresentPasswordTrouble::ALL.map(|present| page(Some(present), None)));
        samples
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let present_error = present_error(&mut form, self.present)?;
        let message = self.trouble.as_ref().map(SetPasswordTrouble::message);
        let error = form.refuse("clave", message.as_ref())?;
        Ok(context! {
            document => self.document.shown(),
            min_length => self.min_length,
            present_error,
            error,
            failed => form.has_errors(),
            errors => form.errors(),
        })
    }
}
