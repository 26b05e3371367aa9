//! What came back, counted: how many answers of which status, and how long they took.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Answers, counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    microseconds: Vec<u32>,
    statuses: BTreeMap<u16, u64>,
    broken: u64,
    first_fault: Option<String>,
}

impl Tally {
    /// One more answer.
    pub(crate) fn add(&mut self, status: u16, took: Duration) {
        self.microseconds.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        *self.statuses.entry(status).or_default() += 1;
    }

    /// No answer came.
    pub(crate) fn broke(&mut self, why: &anyhow::Error) {
        self.broken += 1;
        self.first_fault.get_or_insert_with(|| format!("{why:#}"));
    }

    /// Those of another are counted here too.
    pub(crate) fn join(&mut self, other: Self) {
        self.microseconds.extend(other.microseconds);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.broken += other.broken;
        self.first_fault = self.first_fault.take().or(other.first_fault);
    }

    /// As JSON, of so many seconds.
    pub(crate) fn to_json(&self, seconds: f64) -> Value {
        let mut sorted = self.microseconds.clone();
        sorted.sort_unstable();
        let ms = |share| share_of(&sorted, share).map(|us| f64::from(us) / 1_000.0);
        let answers = sorted.len();
        json!({
            "answers": answers,
            "seconds": seconds,
            "per_second": f64::from(u32::try_from(answers).unwrap_or(u32::MAX)) / seconds,
            "p50_ms": ms(0.5),
            "p90_ms": ms(0.9),
            "p99_ms": ms(0.99),
            "max_ms": ms(1.0),
            "statuses": self.statuses,
            "broken": self.broken,
            "first_fault": self.first_fault,
        })
    }
}

/// The smallest number that so large a share of the sorted numbers does not exceed.
fn share_of(sorted: &[u32], share: f64) -> Option<u32> {
    let count = f64::from(u32::try_from(sorted.len()).ok()?);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between zero and the number of answers"
    )]
    let rank = (share * count).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_answers_is_the_one_that_took_as_long_at_most() {
        let hundred: Vec<u32> = (1..=100).collect();
        let shares = [0.0, 0.5, 0.99, 1.0].map(|share| share_of(&hundred, share));
        assert_eq!(shares, [Some(1), Some(50), Some(99), Some(100)]);
        assert_eq!(share_of(&[7], 0.99), Some(7));
        assert_eq!(share_of(&[], 0.5), None);
    }

    #[test]
    fn answers_of_several_threads_are_counted_together() {
        let mut one = Tally::default();
        one.add(200, Duration::from_millis(1));
        let mut other = Tally::default();
        other.add(200, Duration::from_millis(3));
        other.add(503, Duration::from_millis(2));
        other.broke(&anyhow::anyhow!("closed"));
        one.join(other);
        let json = one.to_json(2.0);
        assert_eq!(json["statuses"], json!({ "200": 2, "503": 1 }));
        assert_eq!([&json["answers"], &json["broken"]], [&json!(3), &json!(1)]);
        assert_eq!(
            [&json["per_second"], &json["p50_ms"], &json["max_ms"]],
            [&json!(1.5), &json!(2.0), &json!(3.0)]
        );
        assert_eq!(json["first_fault"], "closed");
    }
}
