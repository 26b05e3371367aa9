//! `/registro/clave` and `/recuperar/clave`: the temporary key came by letter and is typed here.

use super::error::wait;
use super::form::{Form, refused, typed};
use super::register::email_field;
use super::{Page, Typed};
use crate::fault::WordsError;
use crate::message::Message;
use crate::refusal::Refusal;
use crate::samples;
use crate::words::Words;
use jiff::Timestamp;
use minijinja::{Value, context};
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::email::{EmailAddress, EmailRefusal};
use zaguan_domain::flow::Purpose;
use zaguan_domain::key::KeyRefusal;

/// The page where the temporary key is typed.
#[derive(Clone, Debug)]
pub struct EnterKeyPage {
    /// Registration or recovery; it decides the path that the form posts to.
    pub purpose: Purpose,
    /// What this browser began; nothing in another browser, where the document is asked too.
    pub flow: Option<ShownFlow>,
    /// The document, asked for when the browser is not the one that began.
    pub documento: Typed<DocumentRefusal>,
    /// Why the typed key does not open.
    pub trouble: Option<KeyTrouble>,
    /// The corrected address (registration).
    pub email: Typed<EmailRefusal>,
    /// The address that was probably meant by the correction; buttons as in registration.
    pub email_suggestion: Option<EmailAddress>,
    /// What just happened.
    pub notice: Option<EnterKeyNotice>,
}

/// A flow as its own browser sees it.
#[derive(Clone, Debug)]
pub struct ShownFlow {
    /// The document that was typed.
    pub document: Document,
    /// The address that was typed (registration).
    pub email: Option<EmailAddress>,
    /// The address on file that the key goes to instead of the typed one, masked.
    pub on_file: Option<String>,
    /// Until when the key waits, because the policy has another address.
    pub hold: Option<ShownHold>,
    /// In how many seconds a letter may be asked for again; 0 is now.
    pub ask_again_in: i64,
}

/// A key that waits, and the time now, from which a day is said.
#[derive(Clone, Copy, Debug)]
pub struct ShownHold {
    /// Until when.
    pub until: Timestamp,
    /// The time now.
    pub now: Timestamp,
}

/// Why a typed key does not open.
#[derive(Clone, Debug)]
pub enum KeyTrouble {
    /// It cannot be a key.
    NotAKey(KeyRefusal),
    /// It is wrong; so many tries are left.
    Wrong {
        /// At least one.
        tries_left: u8,
    },
    /// This browser has no tries left; the link in the letter works, and another key can be asked for here.
    NoTriesLeft,
    /// It has not been sent yet.
    Held,
    /// It has expired; another can be asked for here.
    Expired,
    /// It was used: there is a password; sign in, or recover.
    AlreadyUsed,
    /// Too many keys were typed, perhaps by somebody else.
    TooMany {
        /// In how many seconds the next one may be.
        retry_after: u32,
    },
    /// It does not open: all that a browser is told which did not begin.
    DoesNotOpen,
}

/// What just happened, said in green.
#[derive(Clone, Copy, Debug)]
pub enum EnterKeyNotice {
    /// The letter goes out again.
    LetterOnItsWayAgain,
    /// It is too early to ask again.
    TooEarly,
    /// The address was corrected, and a new letter goes there.
    EmailCorrected,
}

impl Page for EnterKeyPage {
    const TEMPLATE: &'static str = "enter_key.html";

    fn samples() -> Vec<Self> {
        let mut samples = Vec::new();
        for purpose in [Purpose::Register, Purpose::Recover] {
            let begun = Self::begun(purpose);
            let elsewhere = Self { flow: None, ..begun.clone() };
            let waiting = begun.flow.clone().map(|flow| ShownFlow { ask_again_in: 45, ..flow });
            samples.extend([begun.clone(), elsewhere.clone(), Self { flow: waiting, ..begun.clone() }]);
            samples.extend(refused("1").into_iter().map(|documento| Self { documento, ..elsewhere.clone() }));
            samples.extend(
                troubles().into_iter().map(|trouble| Self { trouble: Some(trouble), ..begun.clone() }),
            );
            samples.extend(
                troubles().into_iter().map(|trouble| Self { trouble: Some(trouble), ..elsewhere.clone() }),
            );
        }
        let begun = Self::begun(Purpose::Register);
        let notices =
            [EnterKeyNotice::LetterOnItsWayAgain, EnterKeyNotice::TooEarly, EnterKeyNotice::EmailCorrected];
        samples.extend(held_samples(&begun));
        samples.extend(notices.map(|notice| Self { notice: Some(notice), ..begun.clone() }));
        samples.push(Self {
            email: typed("ana@gmial.com"),
            email_suggestion: Some(samples::email("ana@gmail.com")),
            ..begun.clone()
        });
        samples.extend(refused("ana@").into_iter().map(|email| Self { email, ..begun.clone() }));
        samples
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let documento = form.field("documento", &self.documento)?;
        let key_error = form.refuse("clave_transitoria", self.trouble.as_ref().map(said).as_ref())?;
        let email = email_field(&mut form, &self.email, self.email_suggestion.as_ref())?;
        let (base, is_registration) = match self.purpose {
            Purpose::Register => ("/registro", true),
            Purpose::Recover => ("/recuperar", false),
        };
        let notice = self.notice.map(|notice| match notice {
            EnterKeyNotice::LetterOnItsWayAgain => "again",
            EnterKeyNotice::TooEarly => "early",
            EnterKeyNotice::EmailCorrected => "corrected",
        });
        let held = self.flow.as_ref().and_then(|flow| flow.hold);
        Ok(context! {
            documento, key_error, email, base, is_registration, notice,
            failed => form.has_errors(),
            errors => form.errors(),
            held => held.map(|hold| words.coming(hold.until, hold.now)).transpose()?,
            flow => self.flow.as_ref().map(|flow| context! {
                document => flow.document.shown(),
                email => flow.email.as_ref().map(EmailAddress::as_str),
                on_file => flow.on_file.as_deref(),
                ask_again_in => flow.ask_again_in.max(0),
            }),
            remedy => self.trouble.as_ref().and_then(remedy),
        })
    }
}

impl EnterKeyPage {
    /// The page as the browser that began sees it first.
    pub(super) fn begun(purpose: Purpose) -> Self {
        let email = match purpose {
            Purpose::Register => Some(samples::email("ana@gmail.com")),
            Purpose::Recover => None,
        };
        Self {
            purpose,
            flow: Some(ShownFlow {
                document: samples::DOCUMENT,
                email,
                on_file: None,
                hold: None,
                ask_again_in: 0,
            }),
            documento: Typed::default(),
            trouble: None,
            email: Typed::default(),
            email_suggestion: None,
            notice: None,
        }
    }
}

/// A key that waits until tomorrow, until another day, and until later today; and one that goes to the address on file.
fn held_samples(begun: &EnterKeyPage) -> Vec<EnterKeyPage> {
    let with = |change: &dyn Fn(&mut ShownFlow)| {
        let mut page = begun.clone();
        page.flow.iter_mut().for_each(change);
        page
    };
    // Monday 23 November 2026, 10:30 in Argentina.
    let now = Timestamp::constant(1_795_440_600, 0);
    let hours = [24, 72, 5].map(jiff::SignedDuration::from_hours);
    let waits = hours.map(|wait| now.saturating_add(wait).unwrap_or(now));
    let mut samples: Vec<EnterKeyPage> =
        waits.map(|until| with(&|flow| flow.hold = Some(ShownHold { until, now }))).to_vec();
    let typed_in_vain = samples.first().cloned();
    samples.extend(typed_in_vain.map(|page| EnterKeyPage { trouble: Some(KeyTrouble::Held), ..page }));
    samples.push(with(&|flow| flow.on_file = Some("a•••a@c•••.com.ar".to_owned())));
    samples
}

fn troubles() -> Vec<KeyTrouble> {
    let mut troubles: Vec<KeyTrouble> = KeyRefusal::samples().into_iter().map(KeyTrouble::NotAKey).collect();
    troubles.extend([
        KeyTrouble::Wrong { tries_left: 4 },
        KeyTrouble::Wrong { tries_left: 1 },
        KeyTrouble::NoTriesLeft,
        KeyTrouble::Expired,
        KeyTrouble::AlreadyUsed,
        KeyTrouble::DoesNotOpen,
        KeyTrouble::TooMany { retry_after: 30 },
    ]);
    troubles
}

fn said(trouble: &KeyTrouble) -> Message {
    match trouble {
        KeyTrouble::NotAKey(refusal) => refusal.message(),
        KeyTrouble::Wrong { tries_left } => Message::new("key-wrong").with("left", *tries_left),
        KeyTrouble::NoTriesLeft => Message::new("key-no-tries-left"),
        KeyTrouble::Held => Message::new("key-held"),
        KeyTrouble::Expired => Message::new("key-expired"),
        KeyTrouble::AlreadyUsed => Message::new("key-already-used"),
        KeyTrouble::DoesNotOpen => Message::new("key-does-not-open"),
        KeyTrouble::TooMany { retry_after } => wait(*retry_after),
    }
}

/// What helps beside typing the key again.
fn remedy(trouble: &KeyTrouble) -> Option<&'static str> {
    match trouble {
        KeyTrouble::NotAKey(_) | KeyTrouble::Wrong { .. } | KeyTrouble::Held | KeyTrouble::TooMany { .. } => {
            None
        }
        KeyTrouble::NoTriesLeft | KeyTrouble::Expired => Some("ask-again"),
        KeyTrouble::AlreadyUsed => Some("sign-in"),
        KeyTrouble::DoesNotOpen => Some("begin-again"),
    }
}
