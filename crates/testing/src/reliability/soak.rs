//! Lets a portal work for long at a third of what it can do, and looks whether anything grows that should not.

use super::crowd::Crowd;
use super::letters::Letters;
use super::place::{Place, Running};
use crate::or_fail::OrFail as _;
use crate::scripted_mail_server::ScriptedMailServer;
use serde_json::{Value, json};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// So many people use the portal at the same time.
const CROWDS: u32 = 12;

/// More people than come in an hour.
const PEOPLE: u32 = 100_000;

/// How long the portal works as fast as it can, to see how fast that is.
const MEASURED_FOR: Duration = Duration::from_secs(10);

/// What the memory of the process may grow by in ten minutes, in KiB.
const GROWTH_KIB: f64 = 1024.0;

/// The write-ahead log is never longer than this, in bytes.
const LOG_BYTES: u64 = 64 << 20;

/// Descriptors that come and go with connections.
const DESCRIPTORS: u64 = 64;

/// A shorter run does not tell whether memory grows.
const TELLS_AFTER: Duration = Duration::from_mins(10);

/// What is done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The binary.
    pub binary: PathBuf,
    /// For how long.
    pub runs: Duration,
    /// Where the chance comes from.
    pub seed: u64,
    /// How passwords are hashed: lines of the configuration, nothing for the usual way.
    pub hashing: &'static str,
}

/// A look at the process.
#[derive(Clone, Copy, Debug)]
struct Look {
    seconds: f64,
    /// Its own memory, without pages of files that it maps: those are the system's to give and take.
    memory_kib: f64,
    descriptors: u64,
    log_bytes: u64,
}

/// Works and looks, in this empty directory. What is answered besides the figures is what was found wrong.
///
/// # Panics
/// When the portal cannot be started.
pub async fn run(plan: &Plan, directory: &Path) -> (Value, Vec<String>) {
    let server = ScriptedMailServer::start().await;
    let place = Place::prepare(&plan.binary, directory, PEOPLE, server.port(), plan.hashing);
    let letters = Arc::new(Letters::of(server));
    let mut crowds: Vec<Crowd> = (0..CROWDS).map(|first| Crowd::new(first, CROWDS, plan.seed)).collect();
    let running = place.start().await;
    let stop = CancellationToken::new();
    let at_work = work(std::mem::take(&mut crowds), running.portal, &letters, (Duration::ZERO, &stop));
    tokio::time::sleep(MEASURED_FOR).await;
    stop.cancel();
    crowds = at_work.join_all().await;
    let asked = |crowds: &[Crowd]| crowds.iter().map(|crowd| crowd.requests).sum::<u64>();
    let before = asked(&crowds);
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let capacity = before as f64 / MEASURED_FOR.as_secs_f64();
    let pause = Duration::from_secs_f64(3.0 * f64::from(CROWDS) / capacity.max(1.0));
    let stop = CancellationToken::new();
    let at_work = work(crowds, running.portal, &letters, (pause, &stop));
    let looks = look_at(&running, &place, plan.runs).await;
    stop.cancel();
    let crowds = at_work.join_all().await;
    let mut found: Vec<String> = crowds.iter().flat_map(|crowd| crowd.violations.clone()).collect();
    found.extend(letters.violations());
    let growth = growth_in_ten_minutes(&looks);
    found.extend(judge(&looks, growth, plan.runs));
    let (came, again) = letters.counts();
    let told = json!({
        "what": "soak",
        "seconds": plan.runs.as_secs(),
        "seed": plan.seed,
        "requests_per_second_at_most": capacity,
        "requests": asked(&crowds) - before,
        "letters": came,
        "letters_again": again,
        "memory_kib": ends(&looks, |look| look.memory_kib),
        "memory_growth_kib_in_ten_minutes": growth,
        "descriptors": ends(&looks, |look| look.descriptors),
        "log_bytes_at_most": looks.iter().map(|look| look.log_bytes).max(),
        "violations": found,
    });
    (told, found)
}

fn work(
    crowds: Vec<Crowd>,
    to: SocketAddr,
    letters: &Arc<Letters>,
    (pause, stop): (Duration, &CancellationToken),
) -> JoinSet<Crowd> {
    let mut at_work = JoinSet::new();
    for mut crowd in crowds {
        let (letters, stop) = (Arc::clone(letters), stop.clone());
        at_work.spawn(async move {
            crowd.use_portal(to, &letters, (0, pause), stop).await;
            crowd
        });
    }
    at_work
}

/// Two hundred looks, evenly.
async fn look_at(running: &Running, place: &Place, runs: Duration) -> Vec<Look> {
    let begun = Instant::now();
    let mut looks = Vec::new();
    while begun.elapsed() < runs {
        tokio::time::sleep(runs / 200).await;
        looks.push(look(running, place, begun.elapsed()));
    }
    looks
}

fn look(running: &Running, place: &Place, at: Duration) -> Look {
    let process = PathBuf::from(format!("/proc/{}", running.id()));
    let status = fs::read_to_string(process.join("status")).or_fail("the portal runs");
    let memory = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let memory = memory.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
    let descriptors = fs::read_dir(process.join("fd")).or_fail("its descriptors").count();
    Look {
        seconds: at.as_secs_f64(),
        memory_kib: memory.or_fail("its memory"),
        descriptors: u64::try_from(descriptors).unwrap_or(u64::MAX),
        log_bytes: fs::metadata(place.path("zaguan.db-wal")).map_or(0, |file| file.len()),
    }
}

/// The slope of the line that fits best (least squares) through the last three quarters: at first the portal fills what it
/// keeps.
fn growth_in_ten_minutes(looks: &[Look]) -> f64 {
    let looks = &looks[looks.len() / 4..];
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let count = looks.len() as f64;
    let mean = |value: fn(&Look) -> f64| looks.iter().map(value).sum::<f64>() / count;
    let (time, memory) = (mean(|look| look.seconds), mean(|look| look.memory_kib));
    let together: f64 = looks.iter().map(|look| (look.seconds - time) * (look.memory_kib - memory)).sum();
    let spread: f64 = looks.iter().map(|look| (look.seconds - time).powi(2)).sum();
    if spread > 0.0 { together / spread * 600.0 } else { 0.0 }
}

fn judge(looks: &[Look], growth: f64, runs: Duration) -> Vec<String> {
    let mut found = Vec::new();
    if looks.len() < 100 {
        found.push(format!("the portal was looked at {} times only", looks.len()));
    }
    if runs >= TELLS_AFTER && growth > GROWTH_KIB {
        found.push(format!("its memory grows by {growth:.0} KiB in ten minutes"));
    }
    let descriptors = looks.iter().map(|look| look.descriptors);
    if let (Some(least), Some(most)) = (descriptors.clone().min(), descriptors.max())
        && most > least + DESCRIPTORS
    {
        found.push(format!("it had {least} descriptors at first and {most} later"));
    }
    if let Some(longest) = looks.iter().map(|look| look.log_bytes).max().filter(|bytes| *bytes > LOG_BYTES) {
        found.push(format!("the write-ahead log grew to {longest} bytes"));
    }
    found
}

/// The first, the median and the last of a figure.
fn ends<T: Into<Value> + PartialOrd + Copy>(looks: &[Look], value: fn(&Look) -> T) -> Value {
    let all: Vec<T> = looks.iter().map(value).collect();
    let mut sorted = all.clone();
    sorted.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    json!({
        "first": all.first().map(|value| (*value).into()),
        "median": sorted.get(sorted.len() / 2).map(|value| (*value).into()),
        "last": all.last().map(|value| (*value).into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(memory_kib: impl Fn(f64) -> f64) -> Vec<Look> {
        let look = |n: u32| {
            let seconds = f64::from(n) * 6.0;
            Look { seconds, memory_kib: memory_kib(seconds), descriptors: 20, log_bytes: 1 << 20 }
        };
        (0..200).map(look).collect()
    }

    #[test]
    fn memory_that_grows_is_told_from_memory_that_goes_up_and_down() {
        let steady = looks(|seconds| 30_000.0 + 500.0 * (seconds / 17.0).sin());
        assert_eq!(judge(&steady, growth_in_ten_minutes(&steady), TELLS_AFTER), [""; 0]);
        let growing = looks(|seconds| 30_000.0 + 2.0 * seconds);
        assert!((growth_in_ten_minutes(&growing) - 1200.0).abs() < 1.0);
        assert_eq!(judge(&growing, growth_in_ten_minutes(&growing), TELLS_AFTER).len(), 1);
    }

    #[test]
    fn descriptors_that_are_not_given_back_and_a_log_without_end_are_found() {
        let mut all = looks(|_| 30_000.0);
        all[150].descriptors = 200;
        all[151].log_bytes = LOG_BYTES + 1;
        assert_eq!(judge(&all, 0.0, TELLS_AFTER).len(), 2);
    }
}
