//! What is counted and measured, for Prometheus.

mod readings;

pub use readings::Readings;

use crate::backup::noted;
use crate::machine::{self, Room};
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use zaguan_domain::letter::{LetterKind, LetterState};

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
    mail_server_letters: Family<ServerLabels, Counter>,
    mail_server_failures: Family<ServerLabels, Counter>,
    breached_lookups: Family<BreachedLabels, Counter>,
    limited: Family<LimitLabels, Counter>,
    book_loads: Family<BookLabels, Counter>,
    last_load: LastLoad,
    certificate_until: Gauge,
    audit_noted_at: Gauge,
    database: Arc<OnceLock<PathBuf>>,
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
struct ServerLabels {
    server: String,
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

impl LastLoad {
    fn register(&self, registry: &mut Registry) {
        registry.register("book_last_load_seconds", "When the last of them ended", self.at.clone());
        registry.register("book_last_load_rows", "Rows read by the last of them", self.rows.clone());
        let help = "Rows rejected by the last of them";
        registry.register("book_last_load_rejected", help, self.rejected.clone());
    }
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
        let mail_server_letters = Family::<ServerLabels, Counter>::default();
        let help = "Letters that a mail server took";
        registry.register("mail_server_letters", help, mail_server_letters.clone());
        let mail_server_failures = Family::<ServerLabels, Counter>::default();
        let help = "Letters that could not begin at a mail server, whatever the letter";
        registry.register("mail_server_failures", help, mail_server_failures.clone());
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
        let help = "Loads of the policy book from the watched folder";
        registry.register("book_loads", help, book_loads.clone());
        let last_load = LastLoad::default();
        last_load.register(&mut registry);
        let certificate_until = Gauge::default();
        registry.register(
            "certificate_expires_seconds",
            "When the certificate in use expires; 0 where the portal has none of its own",
            certificate_until.clone(),
        );
        let audit_noted_at = Gauge::default();
        let help = "When the end of the audit trail was last written to the log";
        registry.register("audit_noted_seconds", help, audit_noted_at.clone());
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version that runs", build);
        let metrics = Self {
            registry: Arc::new(registry),
            requests,
            durations,
            letters,
            mail_server_letters,
            mail_server_failures,
            breached_lookups,
            limited,
            book_loads,
            last_load,
            certificate_until,
            audit_noted_at,
            database: Arc::default(),
        };
        metrics.count_from_zero();
        metrics
    }

    /// Makes the counts that alarms look at be there before the first thing to count, which would show no growth else.
    fn count_from_zero(&self) {
        for kind in LetterKind::ALL.map(LetterKind::to_stored) {
            for outcome in ["accepted", "deferred", "refused", "dropped"] {
                drop(self.letters.get_or_create(&LetterLabels { kind, outcome }));
            }
        }
        for outcome in ["found", "absent", "failed"] {
            drop(self.breached_lookups.get_or_create(&BreachedLabels { outcome }));
        }
        for outcome in ["loaded", "braked", "refused", "in-use-already"] {
            drop(self.book_loads.get_or_create(&BookLabels { outcome }));
        }
    }

    /// Names the database whose disk and newest backup are looked at.
    pub fn look_beside(&self, database: &Path) {
        // Once is enough: a portal has one.
        let _ = self.database.set(database.to_owned());
    }

    /// The room on that disk, where it is known.
    pub(crate) fn disk(&self) -> Option<Room> {
        machine::room(machine::directory_of(self.database.get()?))
    }

    /// When the newest backup of that database was made, in seconds; 0 where none was. Nothing where it is none that
    /// `zaguan backup` copies.
    pub(crate) fn backup_made_seconds(&self) -> Option<u64> {
        let newest = noted::newest(self.database.get()?);
        Some(newest.map_or(0, |made_at| u64::try_from(made_at.as_second()).unwrap_or(0)))
    }

    /// Notes when the end of the audit trail was written to the log.
    pub(crate) fn audit_noted(&self, at: Timestamp) {
        self.audit_noted_at.set(at.as_second());
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

    /// Names a mail server, so that its counts begin at zero.
    pub(crate) fn mail_server(&self, server: &str) {
        let labels = ServerLabels { server: server.to_owned() };
        drop(self.mail_server_letters.get_or_create(&labels));
        drop(self.mail_server_failures.get_or_create(&labels));
    }

    /// Counts a letter that a mail server took.
    pub(crate) fn mail_server_took(&self, server: &str) {
        self.mail_server_letters.get_or_create(&ServerLabels { server: server.to_owned() }).inc();
    }

    /// Counts a letter that could not begin at a mail server.
    pub(crate) fn mail_server_failed(&self, server: &str) {
        self.mail_server_failures.get_or_create(&ServerLabels { server: server.to_owned() }).inc();
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
        encode_registry(&mut text, &readings::measured(readings))?;
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
        let readings = Readings {
            letters_waiting: 7,
            commits: 5,
            writer: Some(writer),
            hash_takes: Duration::from_millis(14),
            ..Readings::default()
        };
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
            "zaguan_hash_seconds 0.014",
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
