//! `/cuenta/confirmar`: the password is asked for again before what is sensitive; and the same field on other pages.

use super::Page;
use super::form::Form;
use crate::fault::WordsError;
use crate::message::Message;
use crate::words::Words;
use minijinja::{Value, context};

/// `/cuenta/confirmar`: who is signed in types their password again.
#[derive(Clone, Debug)]
pub struct ProvePage {
    /// Where the form posts to: the page's own path, with where the person was going.
    pub action: String,
    /// Why it was refused.
    pub trouble: Option<PresentPasswordTrouble>,
}

/// Why the present password was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresentPasswordTrouble {
    /// Nothing was typed.
    Empty,
    /// The field came more than once.
    Repeated,
    /// It is longer than any password can be.
    TooLong,
    /// It is not the account's.
    Wrong,
}

impl PresentPasswordTrouble {
    pub(super) const ALL: [Self; 4] = [Self::Empty, Self::Repeated, Self::TooLong, Self::Wrong];

    pub(super) fn message(self) -> Message {
        Message::new(match self {
            Self::Empty => "present-password-empty",
            Self::Repeated => "password-repeated",
            Self::TooLong => "password-too-long",
            Self::Wrong => "present-password-wrong",
        })
    }
}

/// The words beside the field of the present password, when it was refused.
pub(super) fn present_error(
    form: &mut Form<'_>,
    trouble: Option<PresentPasswordTrouble>,
) -> Result<Option<String>, WordsError> {
    let message = trouble.map(PresentPasswordTrouble::message);
    form.refuse("clave_actual", message.as_ref())
}

impl Page for ProvePage {
    const TEMPLATE: &'static str = "prove.html";

    fn samples() -> Vec<Self> {
        let action = || "/cuenta/confirmar?para=datos".to_owned();
        let troubles = PresentPasswordTrouble::ALL.into_iter().map(Some);
        [None].into_iter().chain(troubles).map(|trouble| Self { action: action(), trouble }).collect()
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let present_error = present_error(&mut form, self.trouble)?;
        Ok(context! {
            action => self.action.as_str(),
            present_error,
            failed => form.has_errors(),
            errors => form.errors(),
        })
    }
}
