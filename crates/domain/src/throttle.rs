//! Throttling: from which buckets a try takes tokens, and how large they are.
//!
//! User names are public here, so tries are counted for the document that is typed, whether or not anybody has it, and
//! for the network that they come from. A browser that the account knows has a bucket of its own and takes from none of
//! the others: strangers slow down only strangers.

use crate::address::NetworkGroup;
use crate::allowance::{Allowance, Subject, Take};
use crate::document::Document;
use crate::policy::PolicyNumber;
use crate::token::TokenHash;
use jiff::SignedDuration;
use std::net::IpAddr;

/// How often things may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Passwords for one document in browsers that it does not know. Default 10 and one more each 2 hours, which is 94
    /// in a week: NIST SP 800-63B-4 (section 3.2.2) allows 100 that fail in a row.
    pub sign_in_document: Allowance,
    /// Passwords for one document in one browser that it knows. Default 10 and one more each minute.
    pub sign_in_device: Allowance,
    /// Passwords from one network, in browsers that the document does not know. Default 60 and one more each 10 seconds:
    /// hundreds of people share an address of a telephone company.
    pub sign_in_network: Allowance,
    /// The same in the whole portal. Default 2,000 and twenty a second, more than honest people need; it slows down who
    /// tries one password at all documents from everywhere.
    pub sign_in_portal: Allowance,
    /// Registrations for one document. Default 10 and one more each 30 minutes.
    pub register_document: Allowance,
    /// Registrations with one policy number. Default 10 and one more each 30 minutes.
    pub register_policy: Allowance,
    /// Registrations from one network. Default 30 and one more each minute.
    pub register_network: Allowance,
    /// Recoveries asked for from one network. Default 30 and one more each minute. How many letters a mailbox gets has
    /// limits of its own ([`crate::mailbox`]).
    pub recover_network: Allowance,
    /// Temporary keys typed, and links pressed, from one network. Default 60 and one more each 30 seconds. How often
    /// one key may be typed has limits of its own.
    pub key_network: Allowance,
    /// The present password typed again by somebody who is signed in. Default 5 and one more each 5 minutes.
    pub proof: Allowance,
}

const fn allow(at_once: u32, one_more_each: SignedDuration) -> Allowance {
    Allowance { at_once, one_more_each }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in_document: allow(10, SignedDuration::from_hours(2)),
            sign_in_device: allow(10, SignedDuration::from_mins(1)),
            sign_in_network: allow(60, SignedDuration::from_secs(10)),
            sign_in_portal: allow(2000, SignedDuration::from_millis(50)),
            register_document: allow(10, SignedDuration::from_mins(30)),
            register_policy: allow(10, SignedDuration::from_mins(30)),
            register_network: allow(30, SignedDuration::from_mins(1)),
            recover_network: allow(30, SignedDuration::from_mins(1)),
            key_network: allow(60, SignedDuration::from_secs(30)),
            proof: allow(5, SignedDuration::from_mins(5)),
        }
    }
}

impl Limits {
    /// What a password tried by a stranger takes.
    pub fn sign_in_of_stranger(&self, document: Document, address: Option<IpAddr>) -> Vec<Take> {
        let mut takes = from_networks(self.sign_in_network, address, Subject::SignInFrom);
        takes.push(Take { subject: Subject::SignInOfDocument(document), allowance: self.sign_in_document });
        takes.push(Take { subject: Subject::SignInAnywhere, allowance: self.sign_in_portal });
        takes
    }

    /// What a password tried in a browser that the document knows takes.
    pub fn sign_in_of_device(&self, document: Document, device: TokenHash) -> Vec<Take> {
        vec![Take { subject: Subject::SignInOfDevice(document, device), allowance: self.sign_in_device }]
    }

    /// What a registration takes.
    pub fn registration(
        &self,
        document: Document,
        number: &PolicyNumber,
        address: Option<IpAddr>,
    ) -> Vec<Take> {
        let mut takes = from_networks(self.register_network, address, Subject::RegisterFrom);
        takes
            .push(Take { subject: Subject::RegisterOfDocument(document), allowance: self.register_document });
        let of_policy = Subject::RegisterOfPolicy(number.key());
        takes.push(Take { subject: of_policy, allowance: self.register_policy });
        takes
    }

    /// What asking for a recovery takes.
    pub fn recovery(&self, address: Option<IpAddr>) -> Vec<Take> {
        from_networks(self.recover_network, address, Subject::RecoverFrom)
    }

    /// What a temporary key that is typed, or a link that is pressed, takes.
    pub fn key(&self, address: Option<IpAddr>) -> Vec<Take> {
        from_networks(self.key_network, address, Subject::KeyFrom)
    }
}

/// Takes for the networks of an address. A wide one, which many connections may share, has four times as much.
fn from_networks(
    narrow: Allowance,
    address: Option<IpAddr>,
    subject: impl Fn(String) -> Subject,
) -> Vec<Take> {
    let Some(address) = address else {
        return Vec::new();
    };
    let mut takes =
        vec![Take { subject: subject(NetworkGroup::narrow(address).to_string()), allowance: narrow }];
    takes.extend(NetworkGroup::wide(address).map(|network| Take {
        subject: subject(network.to_string()),
        allowance: allow(narrow.at_once.saturating_mul(4), narrow.one_more_each / 4),
    }));
    takes
}

#[cfg(test)]
mod tests {
    use super::{Limits, SignedDuration};
    use crate::allowance::Take;
    use crate::document::Document;

    const ANA: Document = Document::Person(12_345_678);

    fn names(takes: &[Take]) -> Vec<String> {
        takes.iter().map(|take| take.subject.name()).collect()
    }

    #[test]
    fn strangers_at_one_document_try_less_than_a_hundred_passwords_in_a_week() {
        let allowance = Limits::default().sign_in_document;
        let week = SignedDuration::from_hours(7 * 24);
        let more = week.as_secs() / allowance.one_more_each.as_secs();
        assert_eq!(i64::from(allowance.at_once) + more, 94);
    }

    #[test]
    fn a_stranger_takes_from_document_networks_and_portal_and_a_known_browser_from_its_own_alone() {
        let limits = Limits::default();
        let from = "2001:db8:1:2::9".parse().ok();
        assert_eq!(
            names(&limits.sign_in_of_stranger(ANA, from)),
            [
                "sign-in/from/2001:db8:1:2::/64",
                "sign-in/from/2001:db8:1::/48",
                "sign-in/document/12345678",
                "sign-in/anywhere"
            ]
        );
        let device = crate::token::TokenHash::from_bytes([7; 32]);
        assert_eq!(names(&limits.sign_in_of_device(ANA, device)).len(), 1);
    }

    #[test]
    fn a_wide_network_has_four_times_what_a_narrow_one_has() {
        let takes = Limits::default().recovery("2001:db8:1:2::9".parse().ok());
        assert_eq!(takes[0].allowance.fills_in(), takes[1].allowance.fills_in());
        assert_eq!(takes[0].allowance.at_once * 4, takes[1].allowance.at_once);
        assert_eq!(Limits::default().recovery("203.0.113.9".parse().ok()).len(), 1);
        assert!(Limits::default().recovery(None).is_empty());
    }
}
