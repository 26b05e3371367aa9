//! Allowances: how often something may be tried, as buckets of tokens that fill again with time.

use crate::document::Document;
use crate::id::AccountId;
use crate::token::TokenHash;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

/// How often something may be tried: so many times at once, and then one more after each wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many tries a full bucket holds; at least 1.
    pub at_once: u32,
    /// After how long one more is given; more than zero.
    pub one_more_each: SignedDuration,
}

/// A bucket as it is kept: the time at which it will be full again. One that is full need not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it will be full again.
    pub full_at: Timestamp,
}

/// Clocks go back by so much in the course of being kept right; by more they were wrong.
const CLOCK_STEP: SignedDuration = SignedDuration::from_mins(1);

impl Allowance {
    /// Takes one token: the bucket as it is then, or when the next token will be there.
    pub fn take(&self, bucket: Option<Bucket>, now: Timestamp) -> Result<Bucket, Timestamp> {
        let allowed = now.saturating_add(self.fills_in()).unwrap_or(Timestamp::MAX);
        let full_at = match bucket {
            None => now,
            // One that is emptier than empty was taken from while the clock was ahead: people would wait until it is so
            // late again, and all of them where the bucket is everybody's. It has one token, and is empty from now on.
            Some(bucket) if bucket.full_at.duration_since(allowed) > CLOCK_STEP => {
                allowed.saturating_sub(self.one_more_each).unwrap_or(now)
            }
            Some(bucket) => bucket.full_at.max(now),
        };
        let after = full_at.saturating_add(self.one_more_each).unwrap_or(Timestamp::MAX);
        if after <= allowed {
            Ok(Bucket { full_at: after })
        } else {
            Err(after.saturating_sub(self.fills_in()).unwrap_or(now))
        }
    }

    /// The bucket with one token more, and never more than it holds.
    pub fn give_back(&self, bucket: Bucket, now: Timestamp) -> Bucket {
        let full_at = bucket.full_at.saturating_sub(self.one_more_each).unwrap_or(now);
        Bucket { full_at: full_at.max(now) }
    }

    /// How long an empty bucket takes to be full.
    pub fn fills_in(&self) -> SignedDuration {
        // A wait may be shorter than a millisecond: a page at the door, where many forms a second are let in.
        let nanoseconds = self.one_more_each.as_nanos().saturating_mul(i128::from(self.at_once));
        SignedDuration::try_from_nanos_i128(nanoseconds).unwrap_or(SignedDuration::MAX)
    }
}

/// What is counted. Its text is the name of the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Passwords tried for a document by browsers that it does not know, whether or not anybody has the document.
    SignInOfDocument(Document),
    /// Passwords tried for a document in a browser that it knows.
    SignInOfDevice(Document, TokenHash),
    /// Passwords tried by browsers unknown to the document, from a network (its text, such as `203.0.113.7`).
    SignInFrom(String),
    /// Passwords tried by unknown browsers, in the whole portal.
    SignInAnywhere,
    /// Registrations tried for a document.
    RegisterOfDocument(Document),
    /// Registrations tried with a policy number (its canonical form).
    RegisterOfPolicy(String),
    /// Registrations tried from a network.
    RegisterFrom(String),
    /// Recoveries asked for from a network.
    RecoverFrom(String),
    /// Temporary keys typed from a network.
    KeyFrom(String),
    /// The present password typed again by somebody signed in.
    ProofOf(AccountId),
}

impl Subject {
    /// The limit that the bucket belongs to, as metrics and logs name it.
    pub fn limit(&self) -> &'static str {
        match self {
            Self::SignInOfDocument(_) => "sign_in_document",
            Self::SignInOfDevice(..) => "sign_in_device",
            Self::SignInFrom(_) => "sign_in_network",
            Self::SignInAnywhere => "sign_in_portal",
            Self::RegisterOfDocument(_) => "register_document",
            Self::RegisterOfPolicy(_) => "register_policy",
            Self::RegisterFrom(_) => "register_network",
            Self::RecoverFrom(_) => "recover_network",
            Self::KeyFrom(_) => "key_network",
            Self::ProofOf(_) => "proof",
        }
    }

    /// The name of the bucket.
    pub fn name(&self) -> String {
        match self {
            Self::SignInOfDocument(document) => format!("sign-in/document/{}", document.to_stored()),
            Self::SignInOfDevice(document, device) => {
                let device = URL_SAFE_NO_PAD.encode(device.as_bytes());
                format!("sign-in/device/{}/{device}", document.to_stored())
            }
            Self::SignInFrom(network) => format!("sign-in/from/{network}"),
            Self::SignInAnywhere => "sign-in/anywhere".to_owned(),
            Self::RegisterOfDocument(document) => format!("register/document/{}", document.to_stored()),
            Self::RegisterOfPolicy(number) => format!("register/policy/{number}"),
            Self::RegisterFrom(network) => format!("register/from/{network}"),
            Self::RecoverFrom(network) => format!("recover/from/{network}"),
            Self::KeyFrom(network) => format!("key/from/{network}"),
            Self::ProofOf(account) => format!("proof/{account}"),
        }
    }
}

/// One token wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// From which bucket.
    pub subject: Subject,
    /// How often that may be.
    pub allowance: Allowance,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn so_many_at_once_and_then_one_after_each_wait() {
        let allowance = Allowance { at_once: 3, one_more_each: SignedDuration::from_secs(60) };
        let mut bucket = None;
        for _ in 0..3 {
            bucket = Some(allowance.take(bucket, at(0)).unwrap());
        }
        assert_eq!(allowance.take(bucket, at(0)), Err(at(60)));
        assert_eq!(allowance.take(bucket, at(59)), Err(at(60)));
        bucket = Some(allowance.take(bucket, at(60)).unwrap());
        assert_eq!(allowance.take(bucket, at(60)), Err(at(120)));
        assert_eq!(allowance.take(bucket, at(10_000)), Ok(Bucket { full_at: at(10_060) }));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_no_bucket_overflows() {
        let allowance = Allowance { at_once: 2, one_more_each: SignedDuration::from_secs(60) };
        let one = allowance.take(None, at(0)).unwrap();
        let two = allowance.take(Some(one), at(0)).unwrap();
        assert_eq!(allowance.give_back(two, at(0)), one);
        assert_eq!(allowance.take(Some(allowance.give_back(two, at(0))), at(0)), Ok(two));
        let full = allowance.give_back(one, at(30));
        assert_eq!(full, Bucket { full_at: at(30) });
        assert_eq!(allowance.give_back(full, at(30)), full);
    }

    #[test]
    fn waits_of_less_than_a_millisecond_fill_a_bucket_too() {
        let allowance = Allowance { at_once: 10, one_more_each: SignedDuration::from_micros(100) };
        assert_eq!(allowance.fills_in(), SignedDuration::from_millis(1));
        assert!(allowance.take(None, at(0)).is_ok());
    }

    #[test]
    fn a_clock_that_goes_back_a_little_gives_nothing_away() {
        let allowance = Allowance { at_once: 1, one_more_each: SignedDuration::from_secs(60) };
        let bucket = allowance.take(None, at(1000)).unwrap();
        assert_eq!(allowance.take(Some(bucket), at(941)), Err(at(1060)));
    }

    #[test]
    fn a_clock_that_was_far_ahead_shuts_nobody_out_and_gives_one_token_away() {
        let allowance = Allowance { at_once: 3, one_more_each: SignedDuration::from_secs(60) };
        let ahead = allowance.take(None, at(400 * 86_400)).unwrap();
        let back = allowance.take(Some(ahead), at(0)).unwrap();
        assert_eq!(back, Bucket { full_at: at(180) });
        assert_eq!(allowance.take(Some(back), at(0)), Err(at(60)));
    }
}
