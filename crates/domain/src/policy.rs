//! Policies: what the insurer's book says of them, and whether they open the door.

use crate::email::EmailAddress;
use crate::line::LineOfBusiness;
use crate::typed::folded;
use jiff::Span;
use jiff::civil::Date;
use std::fmt;

mod number;

pub use number::{PolicyNumber, PolicyRefusal, Seems};

/// Whether a policy is in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PolicyState {
    /// Vigente.
    InForce,
    /// Vencida: it came to its end.
    Expired,
    /// Anulada: it was ended before its time.
    Cancelled,
}

impl PolicyState {
    /// The state by the word that the book uses: `vigente`, `vencida` or `anulada`, case and accents aside.
    pub fn from_book(word: &str) -> Option<Self> {
        match folded(word.trim()).as_str() {
            "vigente" => Some(Self::InForce),
            "vencida" => Some(Self::Expired),
            "anulada" => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// The word that the book uses.
    pub fn in_book(self) -> &'static str {
        match self {
            Self::InForce => "vigente",
            Self::Expired => "vencida",
            Self::Cancelled => "anulada",
        }
    }
}

/// A policy as the insurer's book has it. `{:?}` leaves its holder's name out, so that no log holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Policy {
    /// What it insures.
    pub line: LineOfBusiness,
    /// Its number, as the insurer writes it.
    pub number: PolicyNumber,
    /// The numbers that it had before its renewals: the paper in the drawer may still carry one.
    pub previous: Vec<PolicyNumber>,
    /// The day it begins.
    pub from: Option<Date>,
    /// The last day on which it is in force, until noon by the trade's usage.
    pub to: Option<Date>,
    /// What the book says of it; nothing when the book has no such column.
    pub state: Option<PolicyState>,
    /// The holder's name, as the book writes it.
    pub holder: String,
    /// What tells apart two holders of one document number: the book's sex marker or customer number. Empty when the
    /// book has none.
    pub discriminator: String,
    /// The holder's address on file.
    pub email: Option<EmailAddress>,
    /// Whether more holders have that address than may be one person's, as a producer's: it is then no way to reach this
    /// one. The book as a whole tells, so it is known of what was read from it, and of nothing before.
    pub email_shared: bool,
}

impl Policy {
    /// Whether a person who typed that number means this policy: by its number, or by one that it had before.
    pub fn is_meant_by(&self, typed: &PolicyNumber) -> bool {
        self.number.matches(typed) || self.previous.iter().any(|number| number.matches(typed))
    }

    /// Its state on a day: the dates win over a book that still says "vigente", and nothing revives a cancelled one.
    pub fn state_on(&self, today: Date) -> PolicyState {
        match self.state {
            Some(PolicyState::Cancelled) => PolicyState::Cancelled,
            Some(PolicyState::Expired) => PolicyState::Expired,
            Some(PolicyState::InForce) | None if self.to.is_some_and(|to| to < today) => PolicyState::Expired,
            Some(PolicyState::InForce) | None => PolicyState::InForce,
        }
    }

    /// Whether its holder may register: it is in force, or ended less than `lapsed_months` months ago. Claims
    /// prescribe in a year (Ley 17.418, article 58), so a policy that ended is still of use to its holder.
    ///
    /// When the book does not tell the day of the end, or that day is still to come because the policy was cancelled,
    /// the holder has the benefit of the doubt; with no months at all only policies in force open the door.
    pub fn opens_the_door(&self, today: Date, lapsed_months: u16) -> bool {
        if self.state_on(today) == PolicyState::InForce {
            return true;
        }
        let Some(end) = self.to else {
            return lapsed_months > 0;
        };
        let months = Span::new().try_months(lapsed_months).unwrap_or_default();
        // Past the last date that exists, the months have not gone by.
        lapsed_months > 0 && end.checked_add(months).map_or(true, |door_closes| today < door_closes)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Policy")
            .field("line", &self.line)
            .field("number", &self.number)
            .field("previous", &self.previous)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("state", &self.state)
            .field("discriminator", &self.discriminator)
            .field("email", &self.email)
            .field("email_shared", &self.email_shared)
            .finish_non_exhaustive()
    }
}
