//! `/cuenta/cierre`: the account is closed by who knows its password.

use super::form::Form;
use super::prove::present_error;
use super::{Page, PresentPasswordTrouble};
use crate::fault::WordsError;
use crate::words::Words;
use minijinja::{Value, context};

/// `/cuenta/cierre`: what closing means, and the present password.
#[derive(Clone, Copy, Debug, Default)]
pub struct CloseAccountPage {
    /// Why it was refused.
    pub trouble: Option<PresentPasswordTrouble>,
}

impl Page for CloseAccountPage {
    const TEMPLATE: &'static str = "close_account.html";

    fn samples() -> Vec<Self> {
        let troubles = PresentPasswordTrouble::ALL.into_iter().map(Some);
        [None].into_iter().chain(troubles).map(|trouble| Self { trouble }).collect()
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let present_error = present_error(&mut form, self.trouble)?;
        Ok(context! { present_error, failed => form.has_errors(), errors => form.errors() })
    }
}
