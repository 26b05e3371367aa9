//! The PostgreSQL that tests share, and the databases that each has for itself.

use std::fs;
use std::process::{Command, Stdio};

use zaguan_testing::{PostgresCluster, TestDatabase};

/// What the portal's user is answered by a database, as anybody asks who has only its address.
fn ask(url: &str, sql: &str) -> Result<String, String> {
    ask_with(Command::new("psql").args([url, "-XAtqc", sql]))
}

fn ask_with(psql: &mut Command) -> Result<String, String> {
    let output = psql.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

fn database() -> TestDatabase {
    PostgresCluster::shared().database()
}

#[test]
fn two_databases_of_a_test_know_nothing_of_each_other() {
    let (one, other) = (database(), database());
    assert_eq!(
        ask(&one.url(), "create table t (n int); insert into t values (7); select n from t"),
        Ok("7".into())
    );
    assert_eq!(one.ask("select n from t"), "7");
    assert!(ask(&other.url(), "select n from t").unwrap_err().contains("\"t\" does not exist"));
}

#[test]
fn a_database_is_dropped_when_the_test_is_done_with_it_though_somebody_is_connected() {
    let (dropped, kept) = (database(), database());
    let mut connected = Command::new("psql")
        .args([&dropped.url(), "-Xc", "select pg_sleep(600)"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("psql");
    let url = dropped.url();
    let of_it = format!("datname = '{}'", url.rsplit('/').next().expect("a name"));
    let asleep = format!("select count(*) from pg_stat_activity where state = 'active' and {of_it}");
    for _ in 0..500 {
        if kept.ask(&asleep) == "1" {
            break;
        }
        kept.ask("select pg_sleep(0.02)");
    }
    assert_eq!(kept.ask(&asleep), "1");
    drop(dropped);
    assert!(!connected.wait().expect("psql's end").success());
    assert_eq!(kept.ask(&format!("select count(*) from pg_database where {of_it}")), "0");
}

#[test]
fn the_portals_user_is_no_superuser_and_the_superuser_does_not_come_by_the_network() {
    let database = database();
    assert_eq!(database.ask("select rolsuper from pg_roles where rolname = 'portal'"), "f");
    let as_superuser = database.url().replace("portal@", "postgres@");
    assert!(ask(&as_superuser, "select 1").unwrap_err().contains("no pg_hba.conf entry"));
}

#[test]
fn it_is_reached_by_tls_with_a_certificate_that_can_be_checked() {
    let database = database();
    let encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    assert_eq!(ask(&database.tls_url(), encrypted), Ok("t".into()));
    let other = tempfile::NamedTempFile::new().expect("a file");
    fs::write(other.path(), "").expect("an empty file");
    let trusted = PostgresCluster::shared().certificate().display().to_string();
    let untrusted = database.tls_url().replace(&trusted, &other.path().display().to_string());
    assert!(ask(&untrusted, "select 1").is_err());
}

#[test]
fn a_user_with_a_password_comes_in_with_it_alone_and_may_what_the_portal_may() {
    let database = database();
    let url = database.url_with_password();
    let come = |password: &str| {
        let make = "create table made (n int); select current_user";
        ask_with(Command::new("psql").env("PGPASSWORD", password).args([&url, "-XAtqc", make]))
    };
    assert!(come("otra").unwrap_err().contains("password authentication failed"));
    assert_eq!(come(database.password()), Ok("portal_with_password".into()));
}

#[test]
fn text_is_not_sorted_by_its_bytes_unless_somebody_says_so() {
    let sorted = |order: &str| {
        let names = "(values ('Zárate'), ('ávila'), ('Ávila'), ('ñandú'), ('nz')) as t (name)";
        database().ask(&format!("select string_agg(name, ' ' order by name {order}) from {names}"))
    };
    assert_eq!(sorted(""), "ávila Ávila nz ñandú Zárate");
    assert_eq!(sorted("collate \"C\""), "Zárate nz Ávila ávila ñandú");
}
