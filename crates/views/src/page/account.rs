//! `/clave-definitiva`, `/ingreso` and `/recuperar`: the password.

use super::error::wait;
use super::form::{Form, refused, typed};
use super::{Page, Typed};
use crate::fault::WordsError;
use crate::message::Message;
use crate::refusal::Refusal;
use crate::samples;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::password::PasswordRefusal;

/// `/clave-definitiva`: the person sets their password.
#[derive(Clone, Debug)]
pub struct SetPasswordPage {
    /// The user name that the password will go with.
    pub document: Document,
    /// How many characters a password must have.
    pub min_length: usize,
    /// Why the typed password was refused. The password itself is never shown again.
    pub trouble: Option<SetPasswordTrouble>,
}

/// Why a password was not set.
#[derive(Clone, Debug)]
pub enum SetPasswordTrouble {
    /// The password is no good.
    Refused(PasswordRefusal),
    /// Somebody with the same document number has the same one; said as "choose another, less usual one".
    Taken,
}

impl SetPasswordTrouble {
    pub(super) fn message(&self) -> Message {
        match self {
            Self::Refused(refusal) => refusal.message(),
            Self::Taken => Message::new("password-taken"),
        }
    }
}

/// `/ingreso`: user name and password.
#[derive(Clone, Debug, Default)]
pub struct SignInPage {
    /// The user name.
    pub usuario: Typed<DocumentRefusal>,
    /// Why they are not in.
    pub trouble: Option<SignInTrouble>,
    /// What just happened, said in green.
    pub notice: Option<SignInNotice>,
}

/// Why somebody is not signed in.
#[derive(Clone, Copy, Debug)]
pub enum SignInTrouble {
    /// No password was typed.
    PasswordEmpty,
    /// The field of the password came twice.
    PasswordRepeated,
    /// The password is longer than any password can be.
    PasswordTooLong,
    /// User name or password is wrong; which is not said.
    Wrong,
    /// Too many were tried, perhaps by somebody else.
    TooMany {
        /// In how many seconds the next one may be.
        retry_after: u32,
    },
}

/// What happened before the sign-in page was shown.
#[derive(Clone, Copy, Debug)]
pub enum SignInNotice {
    /// The password was set: sign in with it.
    PasswordSet,
    /// They signed out.
    SignedOut,
    /// Their session ended; or they came to a page that asks to sign in first. Said calmly, not as an error.
    SignInFirst,
    /// They closed their account.
    AccountClosed,
    /// Many people were signing in, and now there is room.
    RoomAgain,
}

/// `/recuperar`: the user name of somebody who forgot their password.
#[derive(Clone, Debug, Default)]
pub struct RecoverPage {
    /// The user name.
    pub usuario: Typed<DocumentRefusal>,
    /// After too many were asked for: in how many seconds the next one may be.
    pub too_many: Option<u32>,
}

impl Page for SetPasswordPage {
    const TEMPLATE: &'static str = "set_password.html";
    const HAS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let refused = PasswordRefusal::samples().into_iter().map(SetPasswordTrouble::Refused);
        let troubles = refused.chain([SetPasswordTrouble::Taken]).map(Some);
        let page = |trouble| Self { document: samples::DOCUMENT, min_length: 12, trouble };
        [None].into_iter().chain(troubles).map(page).collect()
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let message = self.trouble.as_ref().map(SetPasswordTrouble::message);
        let error = form.refuse("clave", message.as_ref())?;
        Ok(context! {
            document => self.document.shown(),
            min_length => self.min_length,
            failed => form.has_errors(),
            error,
            errors => form.errors(),
        })
    }
}

impl Page for SignInPage {
    const TEMPLATE: &'static str = "sign_in.html";

    fn same_for_all(&self) -> Option<u64> {
        let Self { usuario, trouble: None, notice } = self else { return None };
        let which = match notice {
            None => 0,
            Some(SignInNotice::PasswordSet) => 1,
            Some(SignInNotice::SignedOut) => 2,
            Some(SignInNotice::SignInFirst) => 3,
            Some(SignInNotice::AccountClosed) => 4,
            Some(SignInNotice::RoomAgain) => 5,
        };
        usuario.is_untouched().then_some(which)
    }

    fn samples() -> Vec<Self> {
        let usuario = typed("12345678");
        let troubles = [
            SignInTrouble::PasswordEmpty,
            SignInTrouble::PasswordRepeated,
            SignInTrouble::PasswordTooLong,
            SignInTrouble::Wrong,
            SignInTrouble::TooMany { retry_after: 7200 },
        ];
        let notices = [
            SignInNotice::PasswordSet,
            SignInNotice::SignedOut,
            SignInNotice::SignInFirst,
            SignInNotice::AccountClosed,
            SignInNotice::RoomAgain,
        ];
        let mut samples = vec![Self::default()];
        samples.extend(troubles.map(|trouble| Self {
            usuario: usuario.clone(),
            trouble: Some(trouble),
            notice: None,
        }));
        for notice in notices {
            let said = Self { notice: Some(notice), ..Self::default() };
            samples.extend([said.clone(), Self { usuario: usuario.clone(), ..said }]);
        }
        samples.extend(refused("AB123CD").into_iter().map(|usuario| Self { usuario, ..Self::default() }));
        samples
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let usuario = form.field("usuario", &self.usuario)?;
        let message = self.trouble.and_then(|trouble| match trouble {
            SignInTrouble::PasswordEmpty => Some(Message::new("sign-in-password-empty")),
            SignInTrouble::PasswordRepeated => Some(Message::new("password-repeated")),
            SignInTrouble::PasswordTooLong => Some(Message::new("password-too-long")),
            SignInTrouble::Wrong | SignInTrouble::TooMany { .. } => None,
        });
        let password_error = form.refuse("clave", message.as_ref())?;
        let wrong = matches!(self.trouble, Some(SignInTrouble::Wrong));
        let wait = match self.trouble {
            Some(SignInTrouble::TooMany { retry_after }) => Some(words.say(&wait(retry_after))?),
            _ => None,
        };
        let notice = self.notice.map(|notice| match notice {
            SignInNotice::PasswordSet => "password-set",
            SignInNotice::SignedOut => "signed-out",
            SignInNotice::SignInFirst => "sign-in-first",
            SignInNotice::AccountClosed => "account-closed",
            SignInNotice::RoomAgain => "room-again",
        });
        Ok(
            context! { usuario, password_error, wrong, wait, notice, failed => self.trouble.is_some() || form.has_errors(), errors => form.errors() },
        )
    }
}

impl Page for RecoverPage {
    const TEMPLATE: &'static str = "recover.html";

    fn same_for_all(&self) -> Option<u64> {
        let Self { usuario, too_many: None } = self else { return None };
        usuario.is_untouched().then_some(0)
    }

    fn samples() -> Vec<Self> {
        let refused = refused("12 34").into_iter().map(|usuario| Self { usuario, too_many: None });
        let asked = Self { usuario: typed("12345678"), too_many: None };
        let too_many = Self { too_many: Some(240), ..asked.clone() };
        [Self::default(), asked, too_many].into_iter().chain(refused).collect()
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let usuario = form.field("usuario", &self.usuario)?;
        let wait = self.too_many.map(|seconds| words.say(&wait(seconds))).transpose()?;
        let failed = wait.is_some() || form.has_errors();
        Ok(context! { usuario, wait, failed, errors => form.errors() })
    }
}
