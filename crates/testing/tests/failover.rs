//! The two PostgreSQL servers and the `HAProxy` that tests of a failover use: what they promise, and what they do not.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use zaguan_testing::{FailoverCluster, Replication};

const PATIENCE: Duration = Duration::from_mins(1);

/// A statement on its way, as a program gives it that has only the address.
fn give(url: &str, sql: &str) -> std::io::Result<Child> {
    let mut psql = Command::new("psql");
    psql.args([url, "-XAtqc", sql]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    psql.env("PGCONNECT_TIMEOUT", "2").spawn()
}

fn is_done(url: &str, sql: &str) -> bool {
    give(url, sql).and_then(|mut psql| psql.wait()).is_ok_and(|ended| ended.success())
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
    }
}

fn rows(cluster: &FailoverCluster) -> String {
    cluster.ask("select string_agg(row, ' ' order by row) from written")
}

#[test]
fn after_each_promotion_whoever_has_the_addresses_writes_on_and_all_that_was_written_is_there() {
    let mut cluster = FailoverCluster::start(Replication::Synchronous);
    let (named, proxied) = (cluster.url(), cluster.proxied_url());
    assert!(is_done(&named, "create table written (row text)"));
    let mut expected = Vec::new();
    for round in 0..3 {
        for (by, url) in [("named", &named), ("proxied", &proxied)] {
            let row = format!("{round}-{by}");
            let insert = format!("insert into written values ('{row}')");
            wait_until(&row, || is_done(url, &insert));
            expected.push(row);
        }
        assert_eq!(rows(&cluster), expected.join(" "));
        cluster.kill_primary();
        assert!(!is_done(&named, "insert into written values ('nobody')"));
        cluster.promote();
        assert_eq!(rows(&cluster), expected.join(" "));
        cluster.rejoin();
    }
}

#[test]
fn what_no_standby_has_is_not_acknowledged_and_shows_when_the_primary_comes_back() {
    let mut cluster = FailoverCluster::start(Replication::Synchronous);
    assert!(is_done(&cluster.url(), "create table written (row text)"));
    cluster.cut_replication();
    let mut waiting = give(&cluster.url(), "insert into written values ('unacknowledged')").unwrap();
    let waits = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
    wait_until("a commit that waits", || cluster.ask(waits) == "1");
    assert_eq!(rows(&cluster), "");
    cluster.kill_primary();
    assert!(!waiting.wait().unwrap().success());
    cluster.restart_primary();
    assert_eq!(rows(&cluster), "unacknowledged");
}

#[test]
fn an_asynchronous_standby_loses_what_was_acknowledged() {
    let mut cluster = FailoverCluster::start(Replication::Asynchronous);
    assert!(is_done(&cluster.url(), "create table written as select 'early' as row"));
    let caught_up = "select replay_lsn = pg_current_wal_lsn() from pg_stat_replication";
    wait_until("a standby that has everything", || cluster.ask(caught_up) == "t");
    cluster.cut_replication();
    assert!(is_done(&cluster.url(), "insert into written values ('acknowledged')"));
    cluster.kill_primary();
    cluster.promote();
    assert_eq!(rows(&cluster), "early");
}

#[test]
fn the_proxy_leads_nowhere_while_the_primary_is_paused_and_to_it_again_when_it_goes_on() {
    let mut cluster = FailoverCluster::start(Replication::Synchronous);
    let proxied = cluster.proxied_url();
    wait_until("the way through the proxy", || is_done(&proxied, "create table written (row text)"));
    cluster.pause_primary();
    wait_until("the proxy sees it", || !is_done(&proxied, "select 1"));
    cluster.resume_primary();
    wait_until("the way back", || is_done(&proxied, "insert into written values ('back')"));
    assert_eq!(rows(&cluster), "back");
}

#[test]
fn the_primary_can_show_a_wrong_certificate_and_can_take_nobody() {
    let cluster = FailoverCluster::start(Replication::Asynchronous);
    let ways = [cluster.tls_url(), cluster.proxied_tls_url()];
    let are_open = || ways.each_ref().map(|way| is_done(way, "select 1"));
    wait_until("the ways by TLS", || are_open() == [true; 2]);
    cluster.show_wrong_certificate();
    wait_until("nobody trusts it", || are_open() == [false; 2]);
    cluster.show_right_certificate();
    wait_until("it is trusted again", || are_open() == [true; 2]);
    cluster.take_nobody();
    assert_eq!(are_open(), [false; 2]);
    cluster.take_everybody();
    assert_eq!(are_open(), [true; 2]);
}
