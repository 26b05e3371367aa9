//! The cheap limit at the door: how much one network may ask at all, before anything else is done for it.
//!
//! It is kept in memory and forgets within seconds; what must be counted for longer, or by document, is counted in the
//! store. The arithmetic is the domain's own, so that both limits behave alike and follow the same clock; the ready
//! limiters for Rust keep a table by key that grows without a bound.

use crate::app::App;
use crate::failure::Failure;
use crate::throttle::whole_seconds;
use axum::extract::Request;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use zaguan_domain::address::NetworkGroup;
use zaguan_domain::allowance::{Allowance, Bucket};
use zaguan_views::ErrorKind;

/// How many forms one network may send. Pages may be looked at ten times as often, and the files of the look count
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorLimits {
    /// For an IPv4 address, and for a /64 of IPv6. A mobile operator has thousands of people behind one address; they
    /// send a form every few minutes, so that twenty a second are thousands of them.
    pub narrow: Allowance,
    /// For a /48 of IPv6, which one customer may have whole.
    pub wide: Allowance,
}

impl DoorLimits {
    /// So many at once, and then so many a second; four times as many for a /48 of IPv6.
    pub fn new(at_once: u32, per_second: u32) -> Self {
        let allowance = |times: u32| Allowance {
            at_once: at_once.saturating_mul(times).max(1),
            one_more_each: a_second_in(per_second.saturating_mul(times)),
        };
        Self { narrow: allowance(1), wide: allowance(4) }
    }
}

impl Default for DoorLimits {
    fn default() -> Self {
        Self::new(50, 20)
    }
}

/// A second cut into so many parts, of a microsecond at least.
fn a_second_in(parts: u32) -> SignedDuration {
    SignedDuration::from_micros(i64::from((1_000_000 / parts.max(1)).max(1)))
}

/// How much more often a page may be looked at than a form may be sent.
const PAGES_FOR_A_FORM: u32 = 10;

/// Networks that are remembered at the same time, some ten megabytes. Each is forgotten when its allowance is whole
/// again, after seconds; only whoever has that many networks fills it, and then newcomers are let in uncounted.
const NETWORKS: usize = 100_000;

/// How often those are looked for that may be forgotten, when there are too many.
const SWEEP_EACH: SignedDuration = SignedDuration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum What {
    Form,
    Page,
}

/// Who counts at the door.
#[derive(Debug)]
pub(crate) struct Door {
    limits: DoorLimits,
    /// How many networks are remembered.
    room: usize,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    buckets: HashMap<(NetworkGroup, What), Bucket>,
    swept_at: Option<Timestamp>,
}

impl Door {
    pub(crate) fn new(limits: DoorLimits) -> Self {
        Self { limits, room: NETWORKS, counted: Mutex::default() }
    }

    /// Counts a request; after how many seconds to come again when it is one too many.
    fn count(&self, client: IpAddr, what: What, now: Timestamp) -> Result<(), u32> {
        let narrow = (NetworkGroup::narrow(client), self.limits.narrow);
        let wide = NetworkGroup::wide(client).map(|network| (network, self.limits.wide));
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::with_capacity(2);
        for (network, allowance) in std::iter::once(narrow).chain(wide) {
            let (key, allowance) = ((network, what), of(allowance, what));
            let bucket = counted.buckets.get_mut(&key).map(|bucket| {
                *bucket = not_beyond(*bucket, allowance, now);
                *bucket
            });
            match allowance.take(bucket, now) {
                Ok(bucket) => taken.push((key, bucket)),
                Err(at) => return Err(whole_seconds(at.duration_since(now))),
            }
        }
        for (key, bucket) in taken {
            counted.keep(key, bucket, now, self.room);
        }
        Ok(())
    }
}

fn of(allowance: Allowance, what: What) -> Allowance {
    match what {
        What::Form => allowance,
        What::Page => Allowance {
            at_once: allowance.at_once.saturating_mul(PAGES_FOR_A_FORM),
            one_more_each: SignedDuration::from_micros(
                i64::try_from(allowance.one_more_each.as_micros()).unwrap_or(i64::MAX)
                    / i64::from(PAGES_FOR_A_FORM),
            ),
        },
    }
}

/// A clock that was set back must shut out nobody for longer than an empty bucket does.
fn not_beyond(bucket: Bucket, allowance: Allowance, now: Timestamp) -> Bucket {
    let latest = now.saturating_add(allowance.fills_in()).unwrap_or(Timestamp::MAX);
    Bucket { full_at: bucket.full_at.min(latest) }
}

impl Counted {
    fn keep(&mut self, key: (NetworkGroup, What), bucket: Bucket, now: Timestamp, room: usize) {
        if self.buckets.len() >= room && !self.buckets.contains_key(&key) {
            if self.swept_at.is_some_and(|at| now >= at && now.duration_since(at) < SWEEP_EACH) {
                return;
            }
            self.swept_at = Some(now);
            self.buckets.retain(|_, bucket| bucket.full_at > now);
            if self.buckets.len() >= room {
                return;
            }
        }
        self.buckets.insert(key, bucket);
    }
}

/// Counts what comes in, and turns away what is too much.
pub(crate) fn let_in(app: &App, door: &Door, client: IpAddr, request: &Request) -> Result<(), Failure> {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if looks && app.kept.file(request.uri().path()).is_some() {
        return Ok(());
    }
    let what = if looks { What::Page } else { What::Form };
    let counted = door.count(client, what, app.now());
    counted.map_err(|retry_after| Failure::Expected(ErrorKind::TooMany { retry_after }))
}

#[cfg(test)]
mod tests {
    use super::{Door, DoorLimits, What};
    use jiff::{SignedDuration, Timestamp};
    use std::net::IpAddr;

    const NOW: Timestamp = Timestamp::constant(1_795_435_200, 0);

    fn count(door: &Door, client: &str, what: What, after_milliseconds: i64) -> Result<(), u32> {
        let now = NOW + SignedDuration::from_millis(after_milliseconds);
        door.count(client.parse::<IpAddr>().expect("an address"), what, now)
    }

    /// How many of so many forms at the same moment are let in.
    fn let_in(door: &Door, client: &str, forms: usize, after_milliseconds: i64) -> usize {
        (0..forms).filter(|_| count(door, client, What::Form, after_milliseconds).is_ok()).count()
    }

    #[test]
    fn fifty_forms_at_once_and_then_twenty_a_second() {
        let door = Door::new(DoorLimits::default());
        assert_eq!(let_in(&door, "203.0.113.9", 200, 0), 50);
        assert_eq!(count(&door, "203.0.113.9", What::Form, 0), Err(1));
        assert_eq!(let_in(&door, "203.0.113.9", 200, 1_000), 20);
        assert_eq!(let_in(&door, "203.0.113.9", 200, 60_000), 50);
    }

    #[test]
    fn one_network_is_not_another_and_forms_are_not_pages() {
        let door = Door::new(DoorLimits::default());
        let_in(&door, "203.0.113.9", 60, 0);
        assert_eq!(let_in(&door, "203.0.113.10", 60, 0), 50);
        for _ in 0..500 {
            assert_eq!(count(&door, "203.0.113.9", What::Page, 0), Ok(()));
        }
        assert_eq!(count(&door, "203.0.113.9", What::Page, 0), Err(1));
    }

    #[test]
    fn a_thousand_addresses_of_one_network_are_one_network() {
        let door = Door::new(DoorLimits::default());
        let of_a_link =
            (0..1000).filter(|n| count(&door, &format!("2001:db8:1:2::{n:x}"), What::Form, 0).is_ok());
        assert_eq!(of_a_link.count(), 50);
        let other = Door::new(DoorLimits::default());
        let of_a_site =
            (0..1000).filter(|n| count(&other, &format!("2001:db8:1:{n:x}::1"), What::Form, 0).is_ok());
        assert_eq!(of_a_site.count(), 200);
    }

    #[test]
    fn two_thousand_people_of_a_mobile_operator_are_let_in_as_they_come() {
        let door = Door::new(DoorLimits::default());
        // Each of them opens six pages and sends three forms within five minutes.
        let gap = 5 * 60 * 1000 / 2_000;
        for person in 0..2_000 {
            for _ in 0..6 {
                assert_eq!(count(&door, "203.0.113.9", What::Page, person * gap), Ok(()));
            }
            for _ in 0..3 {
                assert_eq!(count(&door, "203.0.113.9", What::Form, person * gap), Ok(()));
            }
        }
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let door = Door::new(DoorLimits::default());
        let_in(&door, "203.0.113.9", 60, 0);
        assert_eq!(let_in(&door, "203.0.113.9", 1, -3_600_000), 0);
        assert_eq!(let_in(&door, "203.0.113.9", 10, -3_599_000), 10);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten_when_it_is_over() {
        let door = Door { room: 100, ..Door::new(DoorLimits::default()) };
        let held = |door: &Door| door.counted.lock().expect("unpoisoned").buckets.len();
        for n in 0..250 {
            assert_eq!(count(&door, &format!("203.0.{}.{}", n / 200, n % 200), What::Form, 0), Ok(()));
        }
        assert_eq!(held(&door), 100);
        assert_eq!(let_in(&door, "203.0.0.1", 200, 0), 49, "who is remembered goes on being counted");
        assert_eq!(count(&door, "198.51.100.1", What::Form, 10_000), Ok(()));
        assert_eq!(held(&door), 1);
    }
}
