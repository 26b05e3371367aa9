//! `/cuenta/datos`: everything that the portal holds of a person, and the corrections that they ask for.

use super::form::Form;
use super::home::{ShownPolicy, sample_policies};
use super::{Page, my_account};
use crate::fault::WordsError;
use crate::happening;
use crate::message::Message;
use crate::samples;
use crate::words::Words;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use minijinja::{Value, context};
use zaguan_domain::browser::{BrowserKind, Program, System};
use zaguan_domain::document::Document;
use zaguan_domain::letter::LetterKind;
use zaguan_domain::my_data::{CORRECTION_BUSINESS_DAYS, CorrectionRefusal, Happening, LONGEST_CORRECTION};

/// `/cuenta/datos`: everything that is held.
#[derive(Clone, Debug)]
pub struct MyDataPage {
    /// The user name.
    pub document: Document,
    /// The holder's name as the policy book has it.
    pub name: Option<String>,
    /// Where letters go.
    pub email: String,
    /// When the account was opened.
    pub opened_at: Timestamp,
    /// The addresses that the policy book has.
    pub emails_in_book: Vec<String>,
    /// The policies.
    pub policies: Vec<ShownPolicy>,
    /// The addresses before, and until when each was used.
    pub earlier_emails: Vec<(String, Timestamp)>,
    /// The browsers that are signed in, and when each was used last.
    pub sessions: Vec<(BrowserKind, Timestamp)>,
    /// The browsers that are known, and when each was used last.
    pub devices: Vec<(BrowserKind, Timestamp)>,
    /// The letters, each with its masked address and when it was written.
    pub letters: Vec<(LetterKind, String, Timestamp)>,
    /// The corrections that were asked for.
    pub corrections: Vec<ShownCorrection>,
    /// What happened, the newest first.
    pub happenings: Vec<Happening>,
    /// The time now.
    pub now: Timestamp,
    /// By when a correction that is asked for now would be done.
    pub due_on: Date,
    /// What was typed for a correction, and why it was refused.
    pub texto: String,
    /// Why it was refused.
    pub trouble: Option<CorrectionTrouble>,
    /// Whether a correction was just asked for, said in green.
    pub asked: bool,
}

/// A correction that was asked for.
#[derive(Clone, Debug)]
pub struct ShownCorrection {
    /// What is to be corrected.
    pub text: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// By when it is to be done.
    pub due_on: Date,
    /// When it was.
    pub answered_at: Option<Timestamp>,
}

/// Why a correction was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionTrouble {
    /// The text is no good.
    Refused(CorrectionRefusal),
    /// As many as may wait already do.
    TooMany,
}

impl CorrectionTrouble {
    fn message(self) -> Message {
        match self {
            Self::Refused(CorrectionRefusal::Empty) => Message::new("correction-empty"),
            Self::Refused(CorrectionRefusal::Repeated) => Message::new("correction-repeated"),
            Self::Refused(CorrectionRefusal::TooLong) => {
                Message::new("correction-too-long").with("most", LONGEST_CORRECTION)
            }
            Self::TooMany => Message::new("correction-too-many"),
        }
    }
}

/// What a letter was about.
fn about(kind: LetterKind) -> Message {
    Message::new(match kind {
        LetterKind::RegistrationKey => "letter-about-registration-key",
        LetterKind::AlreadyRegistered => "letter-about-already-registered",
        LetterKind::RecoverySteps => "letter-about-recovery-steps",
        LetterKind::PasswordChanged => "letter-about-password-changed",
        LetterKind::NewBrowser => "letter-about-new-browser",
        LetterKind::RegistrationHeld => "letter-about-registration-held",
        LetterKind::RegistrationTold => "letter-about-registration-told",
        LetterKind::EmailChangeKey => "letter-about-email-change-key",
        LetterKind::EmailChangeAsked => "letter-about-email-change-asked",
        LetterKind::EmailChanged => "letter-about-email-changed",
        LetterKind::AccountClosed => "letter-about-account-closed",
    })
}

impl Page for MyDataPage {
    const TEMPLATE: &'static str = "my_data.html";

    fn samples() -> Vec<Self> {
        let full = Self::full_sample();
        let bare = Self {
            name: None,
            emails_in_book: Vec::new(),
            policies: Vec::new(),
            earlier_emails: Vec::new(),
            devices: Vec::new(),
            letters: Vec::new(),
            corrections: Vec::new(),
            happenings: Vec::new(),
            asked: false,
            ..full.clone()
        };
        let troubles = [
            CorrectionTrouble::Refused(CorrectionRefusal::Empty),
            CorrectionTrouble::Refused(CorrectionRefusal::Repeated),
            CorrectionTrouble::Refused(CorrectionRefusal::TooLong),
            CorrectionTrouble::TooMany,
        ];
        let refused = troubles.map(|trouble| Self {
            texto: "Mi nombre se escribe con hache.".to_owned(),
            trouble: Some(trouble),
            ..bare.clone()
        });
        [full, bare.clone()].into_iter().chain(refused).collect()
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let message = self.trouble.map(CorrectionTrouble::message);
        let error = form.refuse("texto", message.as_ref())?;
        let seen = |(kind, at): &(BrowserKind, Timestamp)| {
            Ok::<_, WordsError>(
                context! { browser => words.browser(*kind)?, seen => words.when(*at, self.now)? },
            )
        };
        let policies = self.policies.iter().map(|policy| policy.context(words));
        let letters = self.letters.iter().map(|(kind, to, at)| {
            Ok::<_, WordsError>(context! {
                about => words.say(&about(*kind))?, to => to.as_str(), when => words.when(*at, self.now)?,
            })
        });
        let earlier = self.earlier_emails.iter().map(|(email, until)| {
            Ok::<_, WordsError>(context! { email => email.as_str(), until => words.when(*until, self.now)? })
        });
        Ok(context! {
            document => self.document.shown(),
            name => self.name.as_deref(),
            email => self.email.as_str(),
            opened => words.when(self.opened_at, self.now)?,
            emails_in_book => self.emails_in_book.clone(),
            policies => policies.collect::<Result<Vec<_>, _>>()?,
            earlier_emails => earlier.collect::<Result<Vec<_>, _>>()?,
            sessions => self.sessions.iter().map(seen).collect::<Result<Vec<_>, _>>()?,
            devices => self.devices.iter().map(seen).collect::<Result<Vec<_>, _>>()?,
            letters => letters.collect::<Result<Vec<_>, _>>()?,
            corrections => self.corrections(words)?,
            happenings => happening::shown(&self.happenings, self.now, words)?,
            days => CORRECTION_BUSINESS_DAYS,
            due_on => words.date(self.due_on)?,
            texto => self.texto.as_str(),
            asked => self.asked,
            error,
            failed => form.has_errors(),
            errors => form.errors(),
        })
    }
}

impl MyDataPage {
    fn corrections(&self, words: &Words) -> Result<Vec<Value>, WordsError> {
        let shown = self.corrections.iter().map(|correction| {
            let answered = correction.answered_at.map(|at| words.when(at, self.now)).transpose()?;
            Ok(context! {
                text => correction.text.as_str(),
                asked => words.when(correction.asked_at, self.now)?,
                due_on => words.date(correction.due_on)?,
                answered,
            })
        });
        shown.collect()
    }

    fn full_sample() -> Self {
        let before = |hours: i64| samples::TIME - SignedDuration::from_hours(hours);
        let phone = BrowserKind { program: Program::Chrome, system: System::Android };
        let correction = |text: &str, answered_at| ShownCorrection {
            text: text.to_owned(),
            asked_at: before(30),
            due_on: date(2026, 3, 20),
            answered_at,
        };
        Self {
            document: samples::DOCUMENT,
            name: Some("PÉREZ, ANA MARÍA".to_owned()),
            email: "ana.perez@gmail.com".to_owned(),
            opened_at: before(24 * 400),
            emails_in_book: vec!["ana@ejemplo.com.ar".to_owned()],
            policies: sample_policies(),
            earlier_emails: vec![("ana@ejemplo.com.ar".to_owned(), before(50))],
            sessions: vec![(phone, before(0)), (BrowserKind::UNKNOWN, before(3))],
            devices: vec![(phone, before(0))],
            letters: LetterKind::ALL
                .into_iter()
                .map(|kind| (kind, "a•••z@g•••.com".to_owned(), before(2)))
                .collect(),
            corrections: vec![
                correction("Mi nombre se escribe con hache.", None),
                correction("La dirección de correo es otra.", Some(before(1))),
            ],
            happenings: my_account::sample_happenings(),
            now: samples::TIME,
            due_on: date(2026, 3, 20),
            texto: String::new(),
            trouble: None,
            asked: true,
        }
    }
}
