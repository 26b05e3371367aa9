//! The clock: keys live by it, and the audit trail tells by it.

use super::finding::Finding;
use jiff::{SignedDuration, Timestamp};

const CLOCK: &str = "clock";

/// Clocks that are this far apart are right enough: answers take time on their way.
const APART_AT_MOST: SignedDuration = SignedDuration::from_secs(60);

/// Compares it with the newest record of the audit trail, which cannot be of the future. Nothing where it is not.
pub(super) fn beside_records(newest: Timestamp, now: Timestamp) -> Option<Finding> {
    let ahead = newest.duration_since(now);
    (ahead > APART_AT_MOST).then(|| {
        Finding::fault(
            CLOCK,
            format!("it says {now}, and the newest record of the audit trail is of {newest}: it went back, or was ahead"),
            "set it, and let a time service keep it (systemd-timesyncd, chrony)",
        )
    })
}

/// Compares it with what another machine says.
pub(super) fn beside_another(whose: &str, said: Timestamp, now: Timestamp) -> Finding {
    let apart = said.duration_since(now);
    if apart.abs() <= APART_AT_MOST {
        return Finding::good(CLOCK, format!("it agrees with that of {whose}"));
    }
    Finding::fault(
        CLOCK,
        format!("it is {} seconds away from that of {whose}", apart.abs().as_secs()),
        "set it, and let a time service keep it (systemd-timesyncd, chrony)",
    )
}

#[cfg(test)]
mod tests {
    use super::{beside_another, beside_records};
    use crate::doctor::finding::Verdict;
    use jiff::Timestamp;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).expect("a time")
    }

    #[test]
    fn a_record_of_the_future_tells_that_the_clock_went_back() {
        assert_eq!(beside_records(at(60), at(0)), None);
        assert_eq!(beside_records(at(-9_999), at(0)), None);
        assert_eq!(beside_records(at(61), at(0)).expect("a fault").verdict, Verdict::Fault);
    }

    #[test]
    fn clocks_a_minute_apart_agree() {
        for (seconds, verdict) in [
            (0, Verdict::Good),
            (60, Verdict::Good),
            (-60, Verdict::Good),
            (61, Verdict::Fault),
            (-61, Verdict::Fault),
        ] {
            assert_eq!(beside_another("x", at(seconds), at(0)).verdict, verdict, "{seconds}");
        }
    }
}
