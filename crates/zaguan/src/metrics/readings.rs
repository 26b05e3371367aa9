//! What is measured when somebody asks: the state of the store, of the hasher and of the disk.

use crate::machine::Room;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::Registry;
use std::fmt;
use std::time::Duration;
use zaguan_store::{Distribution, WriterTimes};

/// What is measured when somebody asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// Letters that wait for their first or next attempt.
    pub letters_waiting: u64,
    /// How long the oldest of them has waited, in seconds.
    pub oldest_letter_seconds: u64,
    /// Letters that were refused for good.
    pub letters_refused: u64,
    /// Flows that wait to be turned into keys and letters.
    pub flows_waiting: u64,
    /// Passwords that wait to be hashed.
    pub passwords_waiting: u64,
    /// Passwords hashed since the start.
    pub hashes: u64,
    /// Passwords turned away since the start, for want of room or of time.
    pub passwords_turned_away: u64,
    /// How long one hash takes a thread, by what was measured last; zero until something was.
    pub hash_takes: Duration,
    /// The memory that is kept for the next hashes, in bytes.
    pub hash_memory_bytes: u64,
    /// Commits since the start.
    pub commits: u64,
    /// Transactions that they went into since the start.
    pub batches: u64,
    /// How the store's writer went about them; nothing where there is none.
    pub writer: Option<WriterTimes>,
    /// The number of the last record of the audit trail.
    pub audit_records: u64,
    /// Policies of the book in use.
    pub book_policies: u64,
    /// How long ago the book in use was loaded, in seconds; 0 where there is none.
    pub book_age_seconds: u64,
    /// Corrections of data that wait.
    pub corrections_waiting: u64,
    /// Those of them whose term is over.
    pub corrections_overdue: u64,
    /// The room on the database's disk, where it is known.
    pub disk: Option<Room>,
    /// When the newest backup was made, in seconds since 1970; 0 where none was. Nothing where backups are made otherwise.
    pub backup_made_seconds: Option<u64>,
}

/// The readings as metrics.
pub(super) fn measured(readings: &Readings) -> Registry {
    let mut registry = Registry::with_prefix("zaguan");
    gauge(&mut registry, "letters_waiting", "Letters that wait to be sent", readings.letters_waiting);
    let help = "How long the oldest waiting letter has waited";
    gauge(&mut registry, "oldest_letter_seconds", help, readings.oldest_letter_seconds);
    gauge(
        &mut registry,
        "letters_refused_now",
        "Letters in the outbox that were refused",
        readings.letters_refused,
    );
    let help = "Requests that wait to be turned into keys and letters";
    gauge(&mut registry, "flows_waiting", help, readings.flows_waiting);
    gauge(&mut registry, "passwords_waiting", "Passwords that wait to be hashed", readings.passwords_waiting);
    counter(&mut registry, "hashes", "Passwords hashed", readings.hashes);
    counter(&mut registry, "passwords_turned_away", "Passwords turned away", readings.passwords_turned_away);
    let takes = ConstGauge::new(readings.hash_takes.as_secs_f64());
    register(&mut registry, "hash_seconds", "How long one hash takes now", takes);
    let help = "Memory that is kept for the next hashes";
    gauge(&mut registry, "hash_memory_bytes", help, readings.hash_memory_bytes);
    counter(&mut registry, "store_commits", "Commits", readings.commits);
    counter(&mut registry, "store_batches", "Transactions that the commits went into", readings.batches);
    if let Some(writer) = &readings.writer {
        let help = "Callers that shared a transaction of the store";
        register(&mut registry, "store_group_size", help, Measured::count(&writer.group_sizes));
        let help = "How long callers waited for their turn to write";
        register(&mut registry, "store_wait_seconds", help, Measured::time(&writer.waits));
        let help = "How long transactions took to become durable when all was said";
        register(&mut registry, "store_commit_seconds", help, Measured::time(&writer.commits));
    }
    gauge(
        &mut registry,
        "audit_head",
        "The number of the last record of the audit trail",
        readings.audit_records,
    );
    gauge(&mut registry, "book_policies", "Policies of the book in use", readings.book_policies);
    let help = "How long ago the policy book in use was loaded";
    gauge(&mut registry, "book_age_seconds", help, readings.book_age_seconds);
    let help = "Corrections of data that people asked for and that wait";
    gauge(&mut registry, "corrections_waiting", help, readings.corrections_waiting);
    let help = "Those of them whose term by law is over";
    gauge(&mut registry, "corrections_overdue", help, readings.corrections_overdue);
    if let Some(Room { free, size }) = readings.disk {
        gauge(&mut registry, "disk_free_bytes", "Bytes that are free on the database's disk", free);
        gauge(&mut registry, "disk_size_bytes", "The size of the database's disk", size);
    }
    if let Some(made) = readings.backup_made_seconds {
        let help = "When the newest proven backup was made; 0 where none was";
        gauge(&mut registry, "backup_made_seconds", help, made);
    }
    registry
}

/// A histogram that somebody else has counted.
#[derive(Debug)]
struct Measured {
    sum: f64,
    count: u64,
    buckets: Vec<(f64, u64)>,
}

impl Measured {
    fn count(distribution: &Distribution) -> Self {
        Self::in_units(distribution, |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
    }

    fn time(distribution: &Distribution) -> Self {
        Self::in_units(distribution, |microseconds| Duration::from_micros(microseconds).as_secs_f64())
    }

    fn in_units(distribution: &Distribution, unit: impl Fn(u64) -> f64) -> Self {
        let up_to = distribution.up_to.iter().map(|(bound, count)| (unit(*bound), *count));
        let buckets: Vec<_> = up_to.chain([(f64::INFINITY, distribution.above)]).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        Self { sum: unit(distribution.sum), count, buckets }
    }
}

impl TypedMetric for Measured {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Measured {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        encoder.encode_histogram::<NoLabelSet>(self.sum, self.count, &self.buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: u64) {
    register(registry, name, help, ConstGauge::new(value));
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: u64) {
    register(registry, name, help, ConstCounter::new(value));
}

fn register(
    registry: &mut Registry,
    name: &str,
    help: &str,
    metric: impl EncodeMetric + fmt::Debug + Send + Sync + 'static,
) {
    registry.register(name, help, metric);
}
