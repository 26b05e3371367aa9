//! Hashing: how fast this machine is, whether it has the memory, and which cost would suit it.

use super::finding::Finding;
use crate::machine;
use crate::output;
use anyhow::Result;
use indicatif::HumanBytes;
use serde::Serialize;
use std::fs;
use std::time::Duration;
use zaguan_hasher::{HashSettings, Measured, Proposal, Wanted, measure, tune};

const HASHING: &str = "hashing";
const HUGE_PAGES: &str = "huge pages";

/// How long is measured.
const TIME: Duration = Duration::from_millis(500);
/// A person who waits longer than this for one hash presses the button again.
const ONE_TAKES_AT_MOST: Duration = Duration::from_secs(1);
/// Sign-ins a second that a machine is tuned for: those of the morning after a mailing to a hundred thousand people.
const WANTED_PER_SECOND: f64 = 20.0;

/// What is proposed for this machine.
#[derive(Debug, Serialize)]
pub(super) struct Tuning {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    hashes_per_second: f64,
    milliseconds_each: u128,
    is_enough: bool,
}

/// Measures hashing as the portal does it, and looks at what it needs of the machine.
pub(super) fn look(settings: &HashSettings) -> Vec<Finding> {
    let mut findings = vec![match measure(settings, TIME) {
        Ok(measured) => judge_speed(&measured),
        Err(error) => Finding::of_error(HASHING, error),
    }];
    findings.extend(machine::memory().map(|whole| judge_memory(settings.memory_of_all(), whole)));
    let pages = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").ok();
    findings.extend(pages.and_then(|choice| judge_huge_pages(&choice)));
    findings
}

/// Proposes a cost; each that is measured is told as it comes.
pub(super) fn propose(threads: usize, tells: bool) -> Result<Tuning> {
    // A quarter of the machine, at most: the rest is for the database, and for whatever else it does.
    let memory_kib = machine::memory().map_or(u64::MAX, |bytes| bytes / 1024 / 4);
    let wanted = Wanted { threads, per_second: WANTED_PER_SECOND, memory_kib, time_for_each: TIME };
    let Proposal { chosen, is_enough, .. } = tune(wanted, |one| {
        if tells {
            output::remark(format_args!("measured: {}", words(one)));
        }
    })?;
    Ok(Tuning {
        memory_kib: chosen.memory_kib,
        passes: chosen.passes,
        lanes: chosen.lanes,
        hashes_per_second: chosen.per_second,
        milliseconds_each: chosen.one_takes.as_millis(),
        is_enough,
    })
}

impl Tuning {
    /// For people.
    pub(super) fn line(&self) -> String {
        let Self { memory_kib, passes, lanes, hashes_per_second, milliseconds_each, is_enough } = self;
        let enough = if *is_enough {
            format!("the strongest cost at which this machine signs in {WANTED_PER_SECOND} people a second")
        } else {
            format!(
                "this machine does not sign in {WANTED_PER_SECOND} people a second at any cost; the fastest one allowed"
            )
        };
        format!(
            "Proposed: {memory_kib} KiB, {passes} passes, {lanes} lanes: {hashes_per_second:.0} hashes a second, \
             {milliseconds_each} ms each; {enough}."
        )
    }
}

fn words(measured: &Measured) -> String {
    let Measured { memory_kib, passes, per_second, one_takes, .. } = measured;
    format!(
        "{per_second:.0} hashes a second at {memory_kib} KiB and {passes} passes, {} ms each",
        one_takes.as_millis()
    )
}

fn judge_speed(measured: &Measured) -> Finding {
    if measured.one_takes > ONE_TAKES_AT_MOST {
        let remedy = "give the machine faster cores, or see what else keeps them busy";
        return Finding::warning(HASHING, words(measured), remedy);
    }
    Finding::good(HASHING, words(measured))
}

/// Judges the memory that all threads fill beside that of the machine, both in bytes.
fn judge_memory(needed: u64, whole: u64) -> Finding {
    let words = format!("its threads fill {} of the machine's {}", HumanBytes(needed), HumanBytes(whole));
    if needed > whole / 2 {
        let remedy = "give the machine more memory: at the busiest hour the system would end the portal";
        Finding::fault(HASHING, words, remedy)
    } else {
        Finding::good(HASHING, words)
    }
}

/// Judges the kernel's choice, the one in brackets.
fn judge_huge_pages(choice: &str) -> Option<Finding> {
    choice.contains("[never]").then(|| {
        Finding::warning(
            HUGE_PAGES,
            "the system gives none, so that hashing is slower by an eighth",
            "run as root, at each start: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{judge_huge_pages, judge_memory, judge_speed};
    use crate::doctor::finding::Verdict;
    use std::time::Duration;
    use zaguan_hasher::Measured;

    #[test]
    fn hashing_that_fills_more_than_half_of_the_machine_is_a_fault() {
        let needed = 2 * 19_456 * 1024;
        assert_eq!(judge_memory(needed, 2 * needed).verdict, Verdict::Good);
        assert_eq!(judge_memory(needed, 2 * needed - 2).verdict, Verdict::Fault);
    }

    #[test]
    fn a_machine_that_is_too_slow_is_told() {
        let measured = |millis| Measured {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
            per_second: 1.0,
            one_takes: Duration::from_millis(millis),
        };
        assert_eq!(judge_speed(&measured(1000)).verdict, Verdict::Good);
        assert_eq!(judge_speed(&measured(1001)).verdict, Verdict::Warning);
    }

    #[test]
    fn a_system_without_huge_pages_is_told() {
        assert!(judge_huge_pages("always madvise [never]\n").is_some());
        assert!(judge_huge_pages("always [madvise] never\n").is_none());
    }
}
