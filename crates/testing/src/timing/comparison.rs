//! Two kinds of requests, timed in pairs, and what the statistics say of them.

use super::person::Probe;
use super::statistics::{median, median_interval, signed_rank};
use super::wire::{Answer, Connection};
use crate::or_fail::OrFail;
use rand::Rng;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::Duration;

/// Below this probability, differences are no chance.
const ALARM: f64 = 1e-5;

/// How sure the interval of the median is.
const CONFIDENCE: f64 = 0.999;

/// How many pairs, and what they may show.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pairs that count.
    pub pairs: u32,
    /// Pairs before them, which only warm up.
    pub warm_up: u32,
    /// The interval of the median difference must lie within plus and minus so much, in milliseconds.
    pub within_ms: f64,
    /// How long the portal is left alone before each request, for what an answer leaves to be done afterwards.
    pub rest: Duration,
}

/// What came of a comparison. Times are in milliseconds.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Pairs that counted.
    pub pairs: usize,
    /// The median time of the first kind.
    pub first_ms: f64,
    /// The median time of the second kind.
    pub second_ms: f64,
    /// The median of the differences, first less second.
    pub difference_ms: f64,
    /// The interval that holds it with a confidence of 99.9 %.
    pub interval_ms: (f64, f64),
    /// The probability of such differences if neither kind were slower, by Wilcoxon's test.
    pub p: f64,
    /// How often the two answers of a pair were not the same, masked.
    pub unlike: usize,
    /// One pair of answers that were not the same.
    pub unlike_example: Option<Box<(Answer, Answer)>>,
    /// What the interval must lie within.
    pub within_ms: f64,
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Same answers, same time.
    Same,
    /// The times differ, or nobody can tell that they do not.
    Time,
    /// The answers themselves differ.
    Answer,
}

impl Comparison {
    /// What it says.
    pub fn verdict(&self) -> Verdict {
        let (low, high) = self.interval_ms;
        if self.unlike > 0 {
            Verdict::Answer
        } else if self.p < ALARM || low < -self.within_ms || high > self.within_ms {
            Verdict::Time
        } else {
            Verdict::Same
        }
    }
}

/// Times pairs of requests of this kind, each about a document that was not asked about before: `documents` gives the documents of a
/// pair. Every other pair is asked over connections of its own, opened before the clock starts.
///
/// # Panics
/// When the portal does not answer, or turns a request away without looking at it.
pub fn compare(
    portal: SocketAddr,
    probe: Probe,
    documents: impl Fn(u32) -> (String, String),
    limits: &Limits,
    chance: &mut dyn Rng,
) -> Comparison {
    let mut kept = Connection::open(portal);
    let mut times: Vec<(f64, f64)> = Vec::new();
    let (mut unlike, mut unlike_example) = (0, None);
    for place in 0..limits.warm_up + limits.pairs {
        let (first, second) = documents(place);
        let is_first_first = chance.next_u32().is_multiple_of(2);
        let order = if is_first_first { [&first, &second] } else { [&second, &first] };
        let mut asked = order.map(|document| {
            let mut fresh = (place % 2 == 1).then(|| Connection::open(portal));
            sleep_for(limits.rest);
            let (time, answer) = fresh.as_mut().unwrap_or(&mut kept).ask(&probe.request(document), "");
            assert_eq!(answer.status, probe.status(), "{probe:?}: {document} was not looked at");
            (time, answer.masked(document))
        });
        if !is_first_first {
            asked.reverse();
        }
        if place < limits.warm_up {
            continue;
        }
        let [(first_time, first_answer), (second_time, second_answer)] = asked;
        times.push((milliseconds(first_time), milliseconds(second_time)));
        if first_answer != second_answer {
            unlike += 1;
            unlike_example = Some(Box::new((first_answer, second_answer)));
        }
    }
    let differences: Vec<f64> = times.iter().map(|(first, second)| first - second).collect();
    let median_of = |one: fn(&(f64, f64)) -> f64| {
        median(&times.iter().map(one).collect::<Vec<_>>()).or_fail("at least one pair")
    };
    Comparison {
        pairs: times.len(),
        first_ms: median_of(|(first, _)| *first),
        second_ms: median_of(|(_, second)| *second),
        difference_ms: median(&differences).or_fail("at least one pair"),
        interval_ms: median_interval(&differences, CONFIDENCE, chance).or_fail("at least one pair"),
        p: signed_rank(&differences),
        unlike,
        unlike_example,
        within_ms: limits.within_ms,
    }
}

fn sleep_for(rest: Duration) {
    #[expect(clippy::disallowed_methods, reason = "this thread only asks; nothing waits for it")]
    sleep(rest);
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_that_could_be_chance_passes_only_if_it_is_surely_small() {
        let comparison = |p, interval_ms, unlike| Comparison {
            pairs: 100,
            first_ms: 1.0,
            second_ms: 1.0,
            difference_ms: 0.0,
            interval_ms,
            p,
            unlike,
            unlike_example: None,
            within_ms: 0.3,
        };
        assert_eq!(comparison(0.5, (-0.1, 0.2), 0).verdict(), Verdict::Same);
        assert_eq!(comparison(0.5, (-0.4, 0.2), 0).verdict(), Verdict::Time);
        assert_eq!(comparison(0.5, (-0.1, 0.31), 0).verdict(), Verdict::Time);
        assert_eq!(comparison(1e-6, (-0.1, 0.2), 0).verdict(), Verdict::Time);
        assert_eq!(comparison(0.5, (-0.1, 0.2), 1).verdict(), Verdict::Answer);
    }
}
