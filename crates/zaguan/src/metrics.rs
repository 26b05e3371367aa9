//! What is counted and measured, for Prometheus.

use jiff::Timestamp;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use zaguan_domain::letter::{LetterKind, LetterState};
use zaguan_store::{Distribution, WriterTimes};

/// The type of the text that [`Metrics::text`] gives.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds of the durations of requests, in seconds: pages take about a millisecond, a sign-in a hash.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What is counted as it happens. Clones count together.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram>,
    letters: Family<LetterLabels, Counter>,
    breached_lookups: Family<BreachedLabels, Counter>,
    limited: Family<LimitLabels, Counter>,
    book_loads: Family<BookLabels, Counter>,
    last_load: LastLoad,
    certificate_until: Gauge,
}

/// The last load of the policy book by this process.
#[derive(Clone, Debug, Default)]
struct LastLoad {
    at: Gauge,
    rows: Gauge,
    rejected: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LimitLabels {
    limit: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct BookLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct BreachedLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LetterLabels {
    kind: &'static str,
    outcome: &'static str,
}

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
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("zaguan");
        let requests = Family::<RequestLabels, Counter>::default();
        let durations = Family::<RouteLabels, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        let letters = Family::<LetterLabels, Counter>::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register("request_seconds", "How long requests took", durations.clone());
        registry.register("letters", "Attempts at letters, by what came of them", letters.clone());
        let breached_lookups = Family::<BreachedLabels, Counter>::default();
        let help = "Look-ups in the file of breached passwords";
        registry.register("breached_lookups", help, breached_lookups.clone());
        let limited = Family::<LimitLabels, Counter>::default();
        registry.register(
            "limited",
            "Tries that had to wait, by the limit that stopped them",
            limited.clone(),
        );
        let book_loads = Family::<BookLabels, Counter>::default();
        let last_load = LastLoad::default();
        registry.register(
            "book_loads",
            "Loads of the policy book from the watched folder",
            book_loads.clone(),
        );
        registry.register("book_last_load_seconds", "When the last of them ended", last_load.at.clone());
        registry.register("book_last_load_rows", "Rows read by the last of them", last_load.rows.clone());
        let help = "Rows rejected by the last of them";
        registry.register("book_last_load_rejected", help, last_load.rejected.clone());
        let certificate_until = Gauge::default();
        registry.register(
            "certificate_expires_seconds",
            "When the certificate in use expires; 0 where the portal has none of its own",
            certificate_until.clone(),
        );
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version that runs", build);
        Self {
            registry: Arc::new(registry),
            requests,
            durations,
            letters,
            breached_lookups,
            limited,
            book_loads,
            last_load,
            certificate_until,
        }
    }

    /// Counts a request. `route` is the pattern of the route, never the path, which may hold a key's link.
    pub fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.durations.get_or_create(&RouteLabels { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    }

    /// Counts an attempt at a letter.
    pub fn letter(&self, kind: LetterKind, state: &LetterState) {
        let outcome = match state {
            LetterState::Waiting { .. } => "deferred",
            LetterState::Accepted { .. } => "accepted",
            LetterState::Refused { .. } => "refused",
            LetterState::Dropped { .. } => "dropped",
        };
        self.letters.get_or_create(&LetterLabels { kind: kind.to_stored(), outcome }).inc();
    }

    /// Counts a look-up in the file of breached passwords.
    pub(crate) fn breached_lookup(&self, outcome: &'static str) {
        self.breached_lookups.get_or_create(&BreachedLabels { outcome }).inc();
    }

    /// Counts a try that had to wait, by the name of the limit.
    pub fn limited(&self, limit: &'static str) {
        self.limited.get_or_create(&LimitLabels { limit }).inc();
    }

    /// Counts a load of the policy book that ended in a way, with its rows and those of them that were rejected.
    pub fn book_load(&self, outcome: &'static str, at: Timestamp, rows: u64, rejected: u64) {
        self.book_loads.get_or_create(&BookLabels { outcome }).inc();
        let integer = |count| i64::try_from(count).unwrap_or(i64::MAX);
        self.last_load.at.set(at.as_second());
        self.last_load.rows.set(integer(rows));
        self.last_load.rejected.set(integer(rejected));
    }

    /// Notes until when the certificate in use is valid.
    pub(crate) fn certificate_until(&self, until: Timestamp) {
        self.certificate_until.set(until.as_second());
    }

    /// Everything, in the `OpenMetrics` text format.
    pub fn text(&self, readings: &Readings) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        encode_registry(&mut text, &measured(readings))?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}

fn measured(readings: &Readings) -> Registry {
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

#[cfg(test)]
mod tests {
    use super::{Metrics, Readings};
    use jiff::Timestamp;
    use std::time::Duration;
    use zaguan_domain::letter::{LetterKind, LetterState};
    use zaguan_store::{Distribution, WriterTimes};

    #[test]
    fn what_was_counted_and_measured_is_told() {
        let metrics = Metrics::new();
        metrics.request("GET", "/enlace/{token}", 200, Duration::from_millis(3));
        metrics.request("GET", "/enlace/{token}", 200, Duration::from_millis(3));
        metrics.letter(LetterKind::RecoverySteps, &LetterState::Dropped { at: Timestamp::UNIX_EPOCH });
        metrics.limited("sign_in_network");
        metrics.book_load("braked", Timestamp::UNIX_EPOCH, 1000, 41);
        let distribution =
            |up_to: &[(u64, u64)], above, sum| Distribution { up_to: up_to.to_vec(), above, sum };
        let writer = WriterTimes {
            group_sizes: distribution(&[(1, 3), (2, 0)], 4, 150),
            waits: distribution(&[(100, 1), (250_000, 2)], 0, 500_000),
            commits: distribution(&[], 0, 0),
        };
        let readings =
            Readings { letters_waiting: 7, commits: 5, writer: Some(writer), ..Readings::default() };
        let text = metrics.text(&readings).expect("text");
        for line in [
            "zaguan_requests_total{method=\"GET\",route=\"/enlace/{token}\",status=\"200\"} 2",
            "zaguan_request_seconds_count{route=\"/enlace/{token}\"} 2",
            "zaguan_letters_total{kind=\"recovery-steps\",outcome=\"dropped\"} 1",
            "zaguan_limited_total{limit=\"sign_in_network\"} 1",
            "zaguan_letters_waiting 7",
            "zaguan_book_loads_total{outcome=\"braked\"} 1",
            "zaguan_book_last_load_rows 1000",
            "zaguan_book_last_load_rejected 41",
            "zaguan_store_commits_total 5",
            "zaguan_store_group_size_sum 150.0",
            "zaguan_store_group_size_bucket{le=\"2.0\"} 3",
            "zaguan_store_group_size_bucket{le=\"+Inf\"} 7",
            "zaguan_store_wait_seconds_sum 0.5",
            "zaguan_store_wait_seconds_count 3",
            "zaguan_store_wait_seconds_bucket{le=\"0.25\"} 3",
            "zaguan_store_commit_seconds_count 0",
            "zaguan_build_info{version=",
            "# EOF",
        ] {
            assert!(text.contains(line), "{line} in:\n{text}");
        }
    }
}
