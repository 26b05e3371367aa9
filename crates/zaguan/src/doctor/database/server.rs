//! What the doctor says of a PostgreSQL server.

use super::DATABASE;
use crate::doctor::finding::Finding;
use indicatif::HumanBytes;
use zaguan_store::ServerHealth;

/// So much of its connections may be taken before somebody finds none.
const TAKEN_AT_MOST: f64 = 0.8;

/// Judges a server that answered.
pub(super) fn judge(health: &ServerHealth) -> Vec<Finding> {
    let ServerHealth { schema, version, bytes, synchronous_standbys, other_standbys, .. } = health;
    let mut findings = Vec::new();
    if !health.waits_for_disk {
        let words =
            "the server does not wait for its disk (fsync or full_page_writes is off): a power cut loses it";
        findings.push(Finding::fault(
            DATABASE,
            words,
            "turn both on in postgresql.conf, and restart the server",
        ));
    }
    if *synchronous_standbys == 0 && *other_standbys > 0 {
        let words = "its standbys are asynchronous: after a failover, a clave transitoria that was used could be used again";
        let remedy = "name a standby in synchronous_standby_names, or do not promote one by itself";
        findings.push(Finding::warning(DATABASE, words, remedy));
    }
    let (at_most, taken) = health.connections;
    if f64::from(taken) > TAKEN_AT_MOST * f64::from(at_most) {
        let words = format!("{taken} of its {at_most} connections are taken");
        let remedy = "each portal takes up to 22: raise max_connections, or find out who has the others";
        findings.push(Finding::warning(DATABASE, words, remedy));
    }
    let standbys = match (synchronous_standbys, other_standbys) {
        (0, 0) => "no standby".to_owned(),
        (synchronous, other) => format!("{synchronous} synchronous and {other} other standbys"),
    };
    let words = format!("schema {schema}, {}, on PostgreSQL {version} with {standbys}", HumanBytes(*bytes));
    findings.push(Finding::good(DATABASE, words));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict::{self, Fault, Good, Warning};

    fn verdicts(health: &ServerHealth) -> Vec<Verdict> {
        judge(health).iter().map(|finding| finding.verdict).collect()
    }

    #[test]
    fn a_server_that_could_lose_something_is_told_from_one_that_cannot() {
        let good = ServerHealth {
            schema: 6,
            version: "15.20".to_owned(),
            waits_for_disk: true,
            synchronous_standbys: 1,
            other_standbys: 0,
            connections: (100, 20),
            bytes: 9,
        };
        assert_eq!(verdicts(&good), [Good]);
        assert_eq!(verdicts(&ServerHealth { synchronous_standbys: 0, ..good.clone() }), [Good]);
        let behind = ServerHealth { synchronous_standbys: 0, other_standbys: 1, ..good.clone() };
        assert_eq!(verdicts(&behind), [Warning, Good]);
        assert_eq!(verdicts(&ServerHealth { waits_for_disk: false, ..good.clone() }), [Fault, Good]);
        assert_eq!(verdicts(&ServerHealth { connections: (100, 81), ..good }), [Warning, Good]);
    }
}
