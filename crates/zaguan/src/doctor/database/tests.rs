//! What is judged of a database, a disk, a book and letters.

use super::*;
use crate::doctor::finding::Verdict::{Fault, Good, Warning};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + hours * 3600).expect("a time")
}

#[test]
fn room_is_judged_beside_the_size_of_the_database() {
    let gibibyte = 1024 * 1024 * 1024;
    for (free, database, verdict) in [
        (10 * gibibyte, gibibyte, Good),
        (gibibyte, 2 * gibibyte, Warning),
        (ROOM_AT_LEAST, 0, Good),
        (ROOM_AT_LEAST - 1, 0, Fault),
        (0, 0, Fault),
    ] {
        assert_eq!(judge_room(free, database).verdict, verdict, "{free} {database}");
    }
}

#[test]
fn a_disk_of_the_network_is_a_fault_and_no_other_is() {
    for (kind, _) in NETWORKS {
        assert_eq!(judge_network(kind).expect("a network").verdict, Fault);
    }
    // ext4, btrfs, xfs, tmpfs, overlayfs.
    for kind in [0xef53, 0x9123_683e, 0x5846_5342, 0x0102_1994, 0x794c_7630] {
        assert_eq!(judge_network(kind), None, "{kind:x}");
    }
}

#[test]
fn a_book_is_old_after_a_night_where_one_comes_each_night_and_else_after_weeks() {
    let book = BookCounts { policies: 3, holders: 2, loaded_at: Some(at(0)) };
    for (comes_nightly, hours, verdict) in [
        (true, 36, Good),
        (true, 37, Warning),
        (false, 37, Good),
        (false, 35 * 24, Good),
        (false, 36 * 24, Warning),
    ] {
        assert_eq!(judge_book(&book, comes_nightly, at(hours)).verdict, verdict, "{hours}");
    }
    let none = BookCounts { policies: 0, holders: 0, loaded_at: None };
    assert_eq!(judge_book(&none, false, at(0)).verdict, Fault);
}

#[test]
fn letters_that_are_stuck_and_letters_that_were_refused_are_two_things() {
    let counts = OutboxCounts { waiting: 2, refused: 0, oldest_waiting: Some(at(0)) };
    let verdicts = |counts: &OutboxCounts, now: Timestamp| -> Vec<_> {
        judge_letters(counts, now).iter().map(|finding| finding.verdict).collect()
    };
    assert_eq!(verdicts(&counts, at(0)), [Good]);
    assert_eq!(verdicts(&counts, at(1)), [Fault]);
    assert_eq!(verdicts(&OutboxCounts { refused: 1, ..counts }, at(1)), [Fault, Warning]);
    // A held key's letter is not due before its day.
    assert_eq!(verdicts(&counts, at(-24)), [Good]);
}

#[test]
fn damage_another_journal_and_a_log_that_grows_are_told() {
    let health = FileHealth {
        schema: 4,
        damage: Vec::new(),
        journal: "wal".to_owned(),
        bytes: 9,
        log_bytes: LOG_AT_MOST,
    };
    assert_eq!((judge_file(&health).verdict, judge_log(&health)), (Good, None));
    let grown = FileHealth { log_bytes: LOG_AT_MOST + 1, ..health.clone() };
    assert_eq!(judge_log(&grown).expect("it has grown").verdict, Warning);
    let damaged = FileHealth { damage: vec!["wrong # of entries in index".to_owned()], ..health.clone() };
    let told = judge_file(&damaged);
    assert_eq!(told.verdict, Fault);
    assert!(told.remedy.expect("a remedy").contains("zaguan restore"));
    let journal = "delete".to_owned();
    assert_eq!(judge_file(&FileHealth { journal, ..health }).verdict, Fault);
}

#[test]
fn a_backup_is_missed_after_a_night_and_where_nobody_used_the_portal_yet_none_is() {
    assert_eq!(judge_backup(None, false, at(0)), None);
    for (newest, hours, verdict) in
        [(None, 0, Warning), (Some(at(0)), 36, Good), (Some(at(0)), 37, Warning), (Some(at(1)), 0, Good)]
    {
        let finding = judge_backup(newest, true, at(hours)).expect("a finding");
        assert_eq!(finding.verdict, verdict, "{newest:?} {hours}");
    }
}

#[test]
fn a_program_older_than_the_database_is_told_to_be_upgraded() {
    assert_eq!(judge_schema(known_schema()), None);
    let told = judge_schema(known_schema() + 1).expect("a finding");
    assert_eq!(told.verdict, Warning);
    assert!(told.remedy.expect("a remedy").starts_with("upgrade it"));
}
