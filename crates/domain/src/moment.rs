//! What a step is given besides its input and its facts: the time, chance, the rules and the secrets.

use crate::limit::Rules;
use crate::origin::Origin;
use crate::secret::Secrets;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use rand::CryptoRng;
use std::fmt;

/// The time and chance that a step may use, and the rules and secrets in force.
pub struct Moment<'a> {
    /// The time at which the step happens.
    pub now: Timestamp,
    /// Where new identifiers, nonces and tokens come from.
    pub rng: &'a mut dyn CryptoRng,
    /// The operator's numbers.
    pub rules: &'a Rules,
    /// From which keys, links and passes are derived.
    pub secrets: &'a Secrets,
    /// Where the request comes from.
    pub origin: Origin,
}

impl Moment<'_> {
    /// The date at the insurer's counter.
    pub fn today(&self) -> Date {
        date_in_argentina(self.now)
    }
}

/// The date of a moment in Argentina, which is three hours behind UTC all year round and has had no summer time since 2009.
pub fn date_in_argentina(at: Timestamp) -> Date {
    Offset::constant(-3).to_datetime(at).date()
}

impl fmt::Debug for Moment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Moment").field("now", &self.now).finish_non_exhaustive()
    }
}
