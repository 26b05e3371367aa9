//! `/cuenta/email` and `/cuenta/email/clave`: another address, and the key that confirms it.

use super::form::{Form, refused, typed};
use super::prove::present_error;
use super::register::email_field;
use super::{Page, PresentPasswordTrouble, Typed};
use crate::fault::WordsError;
use crate::message::Message;
use crate::refusal::Refusal;
use crate::samples;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::email::{EmailAddress, EmailRefusal};
use zaguan_domain::key::KeyRefusal;

/// `/cuenta/email`: the present password, and another address.
#[derive(Clone, Debug)]
pub struct EmailChangePage {
    /// The address that the account has.
    pub present_email: EmailAddress,
    /// The address that waits for its key.
    pub waiting: Option<EmailAddress>,
    /// Why the present password was refused.
    pub present: Option<PresentPasswordTrouble>,
    /// The new address.
    pub email: Typed<EmailRefusal>,
    /// The address that was probably meant.
    pub suggestion: Option<EmailAddress>,
    /// Whether the new address is the one that the account has.
    pub is_same: bool,
}

/// `/cuenta/email/clave`: the key that went to the new address.
#[derive(Clone, Debug)]
pub struct ConfirmEmailChangePage {
    /// The new address.
    pub new_email: EmailAddress,
    /// Why the key was refused.
    pub trouble: Option<ConfirmEmailTrouble>,
}

/// Why the key of a new address was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmEmailTrouble {
    /// It cannot be a key.
    NotAKey(KeyRefusal),
    /// It is not the key.
    Wrong {
        /// How many tries are left.
        tries_left: u8,
    },
    /// The tries are used up.
    NoTriesLeft,
    /// It has expired.
    Expired,
}

impl Page for EmailChangePage {
    const TEMPLATE: &'static str = "email_change.html";

    fn samples() -> Vec<Self> {
        let page = Self {
            present_email: samples::email("ana.perez@gmail.com"),
            waiting: None,
            present: None,
            email: Typed::default(),
            suggestion: None,
            is_same: false,
        };
        let meant = Self {
            email: typed("ana@gmial.com"),
            suggestion: Some(samples::email("ana@gmail.com")),
            ..page.clone()
        };
        let mut samples = vec![
            Self { waiting: Some(samples::email("ana@ejemplo.com.ar")), ..page.clone() },
            Self { email: typed("ana.perez@gmail.com"), is_same: true, ..page.clone() },
            meant,
        ];
        samples.extend(PresentPasswordTrouble::ALL.map(|present| Self {
            present: Some(present),
            email: typed("ana@ejemplo.com"),
            ..page.clone()
        }));
        samples.extend(refused("ana@").into_iter().map(|email| Self { email, ..page.clone() }));
        samples.push(page);
        samples
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let email = if self.is_same {
            let error = form.refuse("email", Some(&Message::new("email-change-same")))?;
            context! { value => self.email.value.as_str(), error, suggestion => () }
        } else {
            email_field(&mut form, &self.email, self.suggestion.as_ref())?
        };
        let present_error = present_error(&mut form, self.present)?;
        Ok(context! {
            present_email => self.present_email.as_str(),
            waiting => self.waiting.as_ref().map(EmailAddress::as_str),
            email, present_error,
            failed => form.has_errors(),
            errors => form.errors(),
        })
    }
}

impl Page for ConfirmEmailChangePage {
    const TEMPLATE: &'static str = "confirm_email_change.html";

    fn samples() -> Vec<Self> {
        let not_a_key = KeyRefusal::samples().into_iter().map(ConfirmEmailTrouble::NotAKey);
        let troubles = not_a_key.chain([
            ConfirmEmailTrouble::Wrong { tries_left: 4 },
            ConfirmEmailTrouble::Wrong { tries_left: 1 },
            ConfirmEmailTrouble::NoTriesLeft,
            ConfirmEmailTrouble::Expired,
        ]);
        let page = |trouble| Self { new_email: samples::email("ana@ejemplo.com.ar"), trouble };
        [None].into_iter().chain(troubles.map(Some)).map(page).collect()
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let message = self.trouble.as_ref().map(|trouble| match trouble {
            ConfirmEmailTrouble::NotAKey(refusal) => refusal.message(),
            ConfirmEmailTrouble::Wrong { tries_left } => Message::new("key-wrong").with("left", *tries_left),
            ConfirmEmailTrouble::NoTriesLeft => Message::new("email-change-no-tries-left"),
            ConfirmEmailTrouble::Expired => Message::new("key-expired"),
        });
        let key_error = form.refuse("clave_transitoria", message.as_ref())?;
        let is_over =
            matches!(self.trouble, Some(ConfirmEmailTrouble::NoTriesLeft | ConfirmEmailTrouble::Expired));
        Ok(context! {
            new_email => self.new_email.as_str(),
            key_error, is_over,
            failed => form.has_errors(),
            errors => form.errors(),
        })
    }
}
