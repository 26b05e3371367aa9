//! The database and what is in it: whole, with room to grow, a book that is not old, and letters that leave.

mod server;

use super::finding::Finding;
use super::{clock, files};
use crate::backup::noted;
use crate::config::Config;
use crate::logs::Chain;
use crate::machine;
use anyhow::Result;
use indicatif::HumanBytes;
use jiff::{SignedDuration, Timestamp};
use rustix::fs::statfs;
use std::path::Path;
use zaguan_store::{
    AuditFilter, BookCounts, FileHealth, Health, LetterFilter, OutboxCounts, Store, known_schema,
};

const DATABASE: &str = "database";
const DISK: &str = "disk";
const BOOK: &str = "policy book";
const LETTERS: &str = "letters";
const BACKUP: &str = "backup";

/// With less room than this, in bytes, a night's work may end it.
const ROOM_AT_LEAST: u64 = 256 * 1024 * 1024;
/// A write-ahead log beyond this, in bytes, is one that somebody keeps from being emptied.
const LOG_AT_MOST: u64 = 256 * 1024 * 1024;
/// A letter that waits longer than this is stuck.
const LETTER_WAITS_AT_MOST: SignedDuration = SignedDuration::from_mins(10);
/// Where a book comes every night, one that is older than this did not come.
const NIGHTLY_BOOK_AT_MOST: SignedDuration = SignedDuration::from_hours(36);
/// Where one is made every night, a backup that is older than this was not made.
const BACKUP_AT_MOST: SignedDuration = SignedDuration::from_hours(36);
/// Nobody's book is so old.
const BOOK_AT_MOST: SignedDuration = SignedDuration::from_hours(35 * 24);

/// The file systems of networks, by the numbers that Linux gives them (statfs(2)), on which SQLite's locks cannot be
/// relied on.
const NETWORKS: [(u32, &str); 7] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB 2"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
];

/// Looks at everything that the database tells.
pub(super) async fn look(config: &Config, now: Timestamp) -> Vec<Finding> {
    let store = match Store::open(config.store.clone()).await {
        Ok(store) => store,
        Err(error) => {
            return vec![
                Finding::of_error(DATABASE, Chain(&error).to_string()),
                files::secret(config, false),
            ];
        }
    };
    let asked = ask(&store, config, now).await;
    store.close().await;
    let mut findings: Vec<Finding> = config.store.file().and_then(files::database).into_iter().collect();
    match asked {
        Ok(asked) => findings.extend(asked),
        Err(error) => findings.push(Finding::of_error(DATABASE, format!("{error:#}"))),
    }
    findings
}

async fn ask(store: &Store, config: &Config, now: Timestamp) -> Result<Vec<Finding>> {
    let health = store.health().await?;
    let is_used = !store.letters(LetterFilter::All, 1).await?.is_empty();
    let newest = store.audit(AuditFilter::All, 1).await?.first().map(|(_, record)| record.at);
    let ready = store.ping().await;
    let mut findings = match &health {
        Health::File(health) => {
            let mut findings = vec![judge_file(health)];
            findings.extend(judge_log(health));
            if let Some(path) = config.store.file() {
                findings.extend(disk(path, health.bytes));
                findings.extend(judge_backup(noted::newest(path), is_used, now));
            }
            findings
        }
        Health::Server(health) => server::judge(health),
    };
    findings.extend(judge_schema(health.schema()));
    findings.push(files::secret(config, is_used));
    findings.extend(newest.and_then(|newest| clock::beside_records(newest, now)));
    findings.push(match ready {
        Ok(()) => judge_book(&store.book_counts().await?, config.watch.is_some(), now),
        Err(fault) => Finding::of_error(BOOK, Chain(&fault).to_string()),
    });
    findings.extend(judge_letters(&store.outbox_counts().await?, now));
    Ok(findings)
}

/// Judges a schema that this program works with, or it would have been refused.
fn judge_schema(schema: u32) -> Option<Finding> {
    (schema > known_schema()).then(|| {
        let words = format!("this program knows schema {} and is older than the database", known_schema());
        Finding::warning(
            DATABASE,
            words,
            "upgrade it: it works beside a newer one only for the while of an upgrade",
        )
    })
}

fn judge_file(health: &FileHealth) -> Finding {
    let FileHealth { schema, damage, journal, bytes, .. } = health;
    if !damage.is_empty() {
        let words = format!("it is damaged ({})", damage.join("; ").replace('\n', " "));
        return Finding::fault(DATABASE, words, "stop the portal, and put back a backup: zaguan restore DIR");
    }
    if journal != "wal" {
        let words = format!("it uses no write-ahead log but {journal}, so that readers wait for writers");
        return Finding::fault(DATABASE, words, "start the portal again; it turns it on");
    }
    Finding::good(DATABASE, format!("schema {schema}, {}, every page is whole", HumanBytes(*bytes)))
}

fn judge_log(health: &FileHealth) -> Option<Finding> {
    (health.log_bytes > LOG_AT_MOST).then(|| {
        let words = format!("its write-ahead log has grown to {}", HumanBytes(health.log_bytes));
        let remedy = "somebody reads in it for long (a backup, another program) and keeps it from being emptied; \
                      wait for its end, or end it";
        Finding::warning(DATABASE, words, remedy)
    })
}

/// Judges the newest backup. Of what nobody used yet none is missed.
fn judge_backup(newest: Option<Timestamp>, is_used: bool, now: Timestamp) -> Option<Finding> {
    let remedy = "make one every night: zaguan backup DIR, and keep it on another machine";
    let Some(made_at) = newest else {
        return is_used.then(|| Finding::warning(BACKUP, "none was ever made on this machine", remedy));
    };
    let age = now.duration_since(made_at);
    let words = format!("the newest was made {} hours ago", age.as_hours());
    Some(if age > BACKUP_AT_MOST {
        Finding::warning(BACKUP, words, remedy)
    } else {
        Finding::good(BACKUP, words)
    })
}

fn disk(path: &Path, bytes: u64) -> Vec<Finding> {
    let directory = machine::directory_of(path);
    let mut findings = Vec::new();
    findings.extend(machine::room(directory).map(|room| judge_room(room.free, bytes)));
    if let Ok(disk) = statfs(directory) {
        // The kernel's numbers have 32 bits, whatever the width of the field.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they are bits")]
        findings.extend(judge_network(disk.f_type as u32));
    }
    findings
}

/// Judges how much room there is, in bytes, for a database of so many.
fn judge_room(free: u64, database: u64) -> Finding {
    let words = format!("{} are free", HumanBytes(free));
    let remedy =
        "free some space, or move the database to a larger disk: where it is full, nobody can register";
    if free < ROOM_AT_LEAST {
        Finding::fault(DISK, words, remedy)
    } else if free < database {
        Finding::warning(DISK, format!("{words}, less than the database has"), remedy)
    } else {
        Finding::good(DISK, words)
    }
}

/// Judges a file system by its number.
fn judge_network(kind: u32) -> Option<Finding> {
    let (_, name) = NETWORKS.iter().find(|(number, _)| *number == kind)?;
    Some(Finding::fault(
        DISK,
        format!("the database is on a disk of the network ({name}), whose locks can fail and damage it"),
        "move it to a disk of this machine",
    ))
}

fn judge_book(counts: &BookCounts, comes_nightly: bool, now: Timestamp) -> Finding {
    let Some(loaded_at) = counts.loaded_at else {
        return Finding::fault(
            BOOK,
            "there is none, so nobody can register",
            "run: zaguan policies import FILE",
        );
    };
    let age = now.duration_since(loaded_at);
    let words = format!("{} policies, loaded {} hours ago", counts.policies, age.as_hours());
    if comes_nightly && age > NIGHTLY_BOOK_AT_MOST {
        let remedy = "last night's file did not come, or was not believed: see the log, and the folder that is watched";
        Finding::warning(BOOK, words, remedy)
    } else if age > BOOK_AT_MOST {
        Finding::warning(BOOK, words, "load a new one: zaguan policies import FILE")
    } else {
        Finding::good(BOOK, words)
    }
}

fn judge_letters(counts: &OutboxCounts, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let waits_for = counts.oldest_waiting.map(|oldest| now.duration_since(oldest)).unwrap_or_default();
    if waits_for > LETTER_WAITS_AT_MOST {
        findings.push(Finding::fault(
            LETTERS,
            format!("{} wait, the oldest for {} minutes", counts.waiting, waits_for.as_mins()),
            "see why: zaguan letters list; and what this page says of the mail server",
        ));
    }
    if counts.refused > 0 {
        findings.push(Finding::warning(
            LETTERS,
            format!("{} were refused by the mail server", counts.refused),
            "see why: zaguan letters list; when that is mended: zaguan letters retry",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::good(LETTERS, "none is stuck and none was refused"));
    }
    findings
}

#[cfg(test)]
mod tests;
