//! `/inicio`: what the person came for, their policies.

use super::{Page, line};
use crate::fault::WordsError;
use crate::message::Message;
use crate::samples;
use crate::words::Words;
use jiff::civil::{Date, date};
use minijinja::{Value, context};
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::PolicyState;

/// `/inicio`: signed in.
#[derive(Clone, Debug)]
pub struct HomePage {
    /// The user name.
    pub document: Document,
    /// The holder's name as the policy book has it; nothing when the book has none any more.
    pub name: Option<String>,
    /// Their policies: in force first, then the newest.
    pub policies: Vec<ShownPolicy>,
}

/// A policy as its holder sees it.
#[derive(Clone, Debug)]
pub struct ShownPolicy {
    /// What is insured.
    pub line: LineOfBusiness,
    /// The number, as the insurer writes it.
    pub number: String,
    /// From when it covers; nothing when the book does not say.
    pub from: Option<Date>,
    /// Until when.
    pub to: Option<Date>,
    /// In force, expired or cancelled today.
    pub state: PolicyState,
}

impl Page for HomePage {
    const TEMPLATE: &'static str = "home.html";

    fn samples() -> Vec<Self> {
        let name = Some("PÉREZ, ANA MARÍA".to_owned());
        vec![
            Self { document: samples::DOCUMENT, name: name.clone(), policies: sample_policies() },
            Self { document: samples::DOCUMENT, name, policies: Vec::new() },
            Self { document: Document::Company(30_701_234_568), name: None, policies: sample_policies() },
        ]
    }

    fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let policies = self.policies.iter().map(|policy| policy.context(words));
        Ok(context! {
            document => self.document.shown(),
            name => self.name.as_deref(),
            policies => policies.collect::<Result<Vec<_>, _>>()?,
        })
    }
}

impl HomePage {
    /// The page of an invented person with one policy.
    pub(super) fn with_one_policy() -> Self {
        let policies = sample_policies().into_iter().take(1).collect();
        Self { document: samples::DOCUMENT, name: Some("PÉREZ, ANA MARÍA".to_owned()), policies }
    }
}

impl ShownPolicy {
    pub(super) fn context(&self, words: &Words) -> Result<Value, WordsError> {
        let (tone, state) = match self.state {
            PolicyState::InForce => ("good", "policy-in-force"),
            PolicyState::Expired => ("past", "policy-expired"),
            PolicyState::Cancelled => ("past", "policy-cancelled"),
        };
        let plain = words.say(&line::plain(self.line))?;
        let official = Some(self.line.official()).filter(|official| *official != plain);
        Ok(context! {
            plain, official, tone,
            number => self.number.as_str(),
            dates => self.dates(words)?,
            state => words.say(&Message::new(state))?,
        })
    }

    /// "Del 15 de marzo de 2026 al 15 de marzo de 2027", or as much of it as the book says.
    fn dates(&self, words: &Words) -> Result<Option<String>, WordsError> {
        let from = self.from.map(|from| words.date(from)).transpose()?;
        let to = self.to.map(|to| words.date(to)).transpose()?;
        let message = match (from, to) {
            (Some(from), Some(to)) => Message::new("policy-from-to").with("from", from).with("to", to),
            (Some(from), None) => Message::new("policy-from").with("from", from),
            (None, Some(to)) => Message::new("policy-to").with("to", to),
            (None, None) => return Ok(None),
        };
        words.say(&message).map(Some)
    }
}

/// Invented policies, in every state.
pub(super) fn sample_policies() -> Vec<ShownPolicy> {
    let (begin, end) = (Some(date(2026, 3, 15)), Some(date(2027, 3, 15)));
    let policy = |line, number: &str, (from, to), state| ShownPolicy {
        line,
        number: number.to_owned(),
        from,
        to,
        state,
    };
    vec![
        policy(LineOfBusiness::Motor, "59/137418", (begin, end), PolicyState::InForce),
        policy(LineOfBusiness::Glass, "0001234", (begin, None), PolicyState::InForce),
        policy(LineOfBusiness::Household, "1234567", (None, begin), PolicyState::Expired),
        policy(LineOfBusiness::GroupLife, "20-000817/3", (None, None), PolicyState::Cancelled),
    ]
}
