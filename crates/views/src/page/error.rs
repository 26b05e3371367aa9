//! Pages for when a request cannot be served, each with what to do next.

use super::Page;
use super::link::begin_again;
use crate::fault::WordsError;
use crate::message::Message;
use crate::samples;
use crate::words::Words;
use minijinja::{Value, context};
use zaguan_domain::flow::Purpose;
use zaguan_domain::set_password::KeyNeeded;

/// A request that cannot be served.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// Why.
    pub kind: ErrorKind,
}

/// Why a request cannot be served.
#[derive(Clone, Debug)]
pub enum ErrorKind {
    /// 400: the request cannot be understood.
    BadRequest,
    /// 403: the form was sent from another site.
    CrossSite,
    /// 404: there is no such page.
    NotFound,
    /// 405: the page is there, but not for this method.
    MethodNotAllowed,
    /// 408: the form took too long to come.
    TooSlow,
    /// 413: more was sent than any form holds.
    TooLarge,
    /// 415: what was sent is not a form.
    NotAForm,
    /// 421: the request names another host than the portal's.
    WrongHost,
    /// 429: too many tries; the next one may be made in so many seconds.
    TooMany {
        /// Seconds.
        retry_after: u32,
    },
    /// 500: the unexpected; the number is all that is said.
    Fault {
        /// The number that the log has too.
        incident: String,
    },
    /// 503: the database cannot be read or written just now; nobody can do anything until an operator has.
    Unavailable {
        /// The number that the log has too.
        incident: String,
    },
    /// 503: too many people at once; try again in so many seconds.
    Busy {
        /// Seconds.
        retry_after: u32,
    },
}

/// `/clave-definitiva` without a temporary key that works: what to do instead.
#[derive(Clone, Copy, Debug)]
pub struct KeyNeededPage {
    /// Why a password cannot be set now.
    pub why: KeyNeeded,
}

/// How long to wait after too many tries, in the unit that people would say it in.
pub(super) fn wait(seconds: u32) -> Message {
    match seconds {
        0..=90 => Message::new("error-too-many-seconds").with("n", seconds),
        91..=5400 => Message::new("error-too-many-minutes").with("n", seconds.div_ceil(60)),
        _ => Message::new("error-too-many-hours").with("n", seconds.div_ceil(3600)),
    }
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.html";

    fn same_for_all(&self) -> Option<u64> {
        match self.kind {
            ErrorKind::BadRequest => Some(0),
            ErrorKind::CrossSite => Some(1),
            ErrorKind::NotFound => Some(2),
            ErrorKind::MethodNotAllowed => Some(3),
            ErrorKind::TooSlow => Some(4),
            ErrorKind::TooLarge => Some(5),
            ErrorKind::NotAForm => Some(6),
            ErrorKind::WrongHost => Some(7),
            ErrorKind::TooMany { .. }
            | ErrorKind::Fault { .. }
            | ErrorKind::Unavailable { .. }
            | ErrorKind::Busy { .. } => None,
        }
    }

    fn samples() -> Vec<Self> {
        let kinds = [
            ErrorKind::BadRequest,
            ErrorKind::CrossSite,
            ErrorKind::NotFound,
            ErrorKind::MethodNotAllowed,
            ErrorKind::TooSlow,
            ErrorKind::TooLarge,
            ErrorKind::NotAForm,
            ErrorKind::WrongHost,
            ErrorKind::TooMany { retry_after: 1 },
            ErrorKind::TooMany { retry_after: 90 },
            ErrorKind::TooMany { retry_after: 91 },
            ErrorKind::TooMany { retry_after: 7200 },
            ErrorKind::Fault { incident: "7KQM-2F9X".to_owned() },
            ErrorKind::Unavailable { incident: "7KQM-2F9X".to_owned() },
            ErrorKind::Busy { retry_after: 20 },
        ];
        kinds.map(|kind| Self { kind }).to_vec()
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let (mut incident, mut retry_after, mut wait_said) = (None, None, None);
        let kind = match &self.kind {
            ErrorKind::BadRequest => "bad-request",
            ErrorKind::CrossSite => "cross-site",
            ErrorKind::NotFound => "not-found",
            ErrorKind::MethodNotAllowed => "method-not-allowed",
            ErrorKind::TooSlow => "too-slow",
            ErrorKind::TooLarge => "too-large",
            ErrorKind::NotAForm => "not-a-form",
            ErrorKind::WrongHost => "wrong-host",
            ErrorKind::TooMany { retry_after: seconds } => {
                wait_said = Some(words.say(&wait(*seconds))?);
                "too-many"
            }
            ErrorKind::Fault { incident: number } => {
                incident = Some(number.as_str());
                "fault"
            }
            ErrorKind::Unavailable { incident: number } => {
                incident = Some(number.as_str());
                "unavailable"
            }
            ErrorKind::Busy { retry_after: seconds } => {
                retry_after = Some(*seconds);
                "busy"
            }
        };
        Ok(context! { kind, incident, retry_after, wait => wait_said })
    }
}

impl Page for KeyNeededPage {
    const TEMPLATE: &'static str = "key_needed.html";

    fn samples() -> Vec<Self> {
        let reasons = [
            KeyNeeded::Missing,
            KeyNeeded::Expired { purpose: Purpose::Register },
            KeyNeeded::Expired { purpose: Purpose::Recover },
            KeyNeeded::AlreadyUsed { document: samples::DOCUMENT },
        ];
        reasons.map(|why| Self { why }).to_vec()
    }

    fn context(&self, _: &Words) -> Result<Value, WordsError> {
        let (why, again, document) = match self.why {
            KeyNeeded::Missing => ("missing", None, None),
            KeyNeeded::Expired { purpose } => ("expired", Some(begin_again(purpose)), None),
            KeyNeeded::AlreadyUsed { document } => ("used", None, Some(document.shown())),
        };
        Ok(context! { why, again, document })
    }
}
