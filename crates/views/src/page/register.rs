//! `/registro`: the holder of a policy asks for a user.

use super::error::wait;
use super::form::{Form, refused, typed};
use super::{Page, Typed, line};
use crate::fault::WordsError;
use crate::message::Message;
use crate::refusal;
use crate::refusal::Refusal;
use crate::samples;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::document::{DocumentRefusal, ReadAs, ReadDocument};
use zaguan_domain::email::{EmailAddress, EmailRefusal};
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{PolicyRefusal, Seems};
use zaguan_domain::register::{LINE_NOT_KNOWN, LineRefusal};

/// The form of registration.
#[derive(Clone, Debug, Default)]
pub struct RegisterPage {
    /// The document number.
    pub documento: Typed<DocumentRefusal>,
    /// How the document was read, once it was.
    pub read_document: Option<ReadDocument>,
    /// What is insured: the slug that was chosen.
    pub ramo: Typed<LineRefusal>,
    /// The number of the policy.
    pub poliza: Typed<PolicyRefusal>,
    /// The e-mail address.
    pub email: Typed<EmailRefusal>,
    /// The lines of business in this insurer's book, to choose from; "No sé" comes last.
    pub lines: Vec<LineOfBusiness>,
    /// What stands in the way though each field could be read.
    pub trouble: Option<RegisterTrouble>,
}

/// What stands in the way of a registration whose fields could be read.
#[derive(Clone, Debug)]
pub enum RegisterTrouble {
    /// No policy has those data.
    NoPolicy {
        /// What the policy number seems to be instead.
        seems: Option<Seems>,
    },
    /// The policy ended too long ago.
    LapsedTooLongAgo,
    /// Only the address on file would do, and the book has none: they have to call.
    NoEmailOnFile,
    /// Too many were tried, perhaps by somebody else.
    TooMany {
        /// In how many seconds the next one may be.
        retry_after: u32,
    },
    /// What is insured must be said after all.
    LineNeeded,
    /// The address looks like a slip: asked once. The page has a button that takes the suggestion
    /// (`email_sugerido`) and the form's own button insists (hidden field `email_confirmado` with the typed address).
    DidYouMean {
        /// The address that was probably meant.
        suggestion: EmailAddress,
    },
}

impl Page for RegisterPage {
    const TEMPLATE: &'static str = "register.html";

    fn same_for_all(&self) -> Option<u64> {
        let Self { documento, read_document: None, ramo, poliza, email, lines, trouble: None } = self else {
            return None;
        };
        let untouched =
            documento.is_untouched() && ramo.is_untouched() && poliza.is_untouched() && email.is_untouched();
        line::number_of(lines).filter(|_| untouched)
    }

    fn samples() -> Vec<Self> {
        let filled = RegisterPage::filled_in(LineOfBusiness::ALL);
        let with = |trouble| Self { trouble: Some(trouble), ..filled.clone() };
        let mut samples = vec![
            Self { lines: LineOfBusiness::ALL.to_vec(), ..Self::default() },
            with(RegisterTrouble::LapsedTooLongAgo),
            with(RegisterTrouble::NoEmailOnFile),
            with(RegisterTrouble::LineNeeded),
            with(RegisterTrouble::TooMany { retry_after: 1800 }),
            Self {
                email: typed("ana@gmial.com"),
                ..with(RegisterTrouble::DidYouMean { suggestion: samples::email("ana@gmail.com") })
            },
        ];
        let seems = [Seems::Plate, Seems::Cuit, Seems::ProcedureNumber, Seems::Claim].map(Some);
        samples
            .extend(seems.into_iter().chain([None]).map(|seems| with(RegisterTrouble::NoPolicy { seems })));
        for read_as in [ReadAs::Cleaned, ReadAs::FromCuil] {
            let read_document = Some(ReadDocument { document: samples::DOCUMENT, read_as });
            samples.push(Self { read_document, ..with(RegisterTrouble::NoPolicy { seems: None }) });
        }
        samples.extend(refused("1234567B").into_iter().map(|documento| Self { documento, ..filled.clone() }));
        samples.extend(refused("").into_iter().map(|ramo| Self { ramo, ..filled.clone() }));
        samples.extend(refused("póliza").into_iter().map(|poliza| Self { poliza, ..filled.clone() }));
        samples.extend(refused("ana@").into_iter().map(|email| Self { email, ..filled.clone() }));
        samples
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let mut form = Form::new(words);
        let documento = form.field("documento", &self.documento)?;
        let ramo = match self.trouble {
            Some(RegisterTrouble::LineNeeded) => {
                let error = form.refuse("ramo", Some(&Message::new("line-needed")))?;
                context! { value => self.ramo.value.as_str(), error }
            }
            _ => form.field("ramo", &self.ramo)?,
        };
        let poliza = form.field("poliza", &self.poliza)?;
        let suggestion = match &self.trouble {
            Some(RegisterTrouble::DidYouMean { suggestion }) => Some(suggestion),
            _ => None,
        };
        let email = email_field(&mut form, &self.email, suggestion)?;
        let lines = self
            .lines
            .iter()
            .map(|line| line::label(*line, words).map(|label| context! { slug => line.slug(), label }));
        let read_document = self.read_document.map(|read| words.say(&how_read(read))).transpose()?;
        let (no_policy, seems) = match self.trouble {
            Some(RegisterTrouble::NoPolicy { seems }) => (true, seems.map(refusal::seems)),
            _ => (false, None),
        };
        let wait = match self.trouble {
            Some(RegisterTrouble::TooMany { retry_after }) => Some(words.say(&wait(retry_after))?),
            _ => None,
        };
        let lapsed = matches!(self.trouble, Some(RegisterTrouble::LapsedTooLongAgo));
        let no_address = matches!(self.trouble, Some(RegisterTrouble::NoEmailOnFile));
        let errors = form.errors();
        Ok(context! {
            documento, ramo, poliza, email, read_document, no_policy, lapsed, no_address, wait,
            failed => self.trouble.is_some() || !errors.is_empty(),
            errors,
            seems => seems.map(|seems| words.say(&seems)).transpose()?,
            lines => lines.collect::<Result<Vec<_>, _>>()?,
            not_known => LINE_NOT_KNOWN,
        })
    }
}

impl RegisterPage {
    /// The form as an invented person fills it in.
    pub(super) fn filled_in(lines: &[LineOfBusiness]) -> Self {
        Self {
            documento: typed("12.345.678"),
            ramo: typed(lines.first().map_or(LINE_NOT_KNOWN, |line| line.slug())),
            poliza: typed("1234567"),
            email: typed("ana@gmail.com"),
            lines: lines.to_vec(),
            read_document: None,
            trouble: None,
        }
    }
}

/// A field for an e-mail address, perhaps with another that was probably meant.
pub(super) fn email_field(
    form: &mut Form<'_>,
    email: &Typed<EmailRefusal>,
    suggestion: Option<&EmailAddress>,
) -> Result<Value, WordsError> {
    let meant =
        suggestion.map(|address| Message::new("email-did-you-mean").with("suggestion", address.as_str()));
    let message = meant.or_else(|| email.refusal.as_ref().map(Refusal::message));
    let error = form.refuse("email", message.as_ref())?;
    Ok(context! { value => email.value.as_str(), error, suggestion => suggestion.map(EmailAddress::as_str) })
}

fn how_read(read: ReadDocument) -> Message {
    let key = match read.read_as {
        ReadAs::AsTyped | ReadAs::Cleaned => "document-read",
        ReadAs::FromCuil => "document-read-from-cuil",
    };
    Message::new(key).with("document", read.document.shown())
}
