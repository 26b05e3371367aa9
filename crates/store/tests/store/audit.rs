//! The audit trail: whole under many writers, and whatever is done to it behind the program's back is found.

use crate::fixture::{ANA, BEA, Fixture, account_id, at};
use std::sync::Arc;
use tokio::task::JoinSet;
use zaguan_domain::audit::{Event, Record, RecordedAddress};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::origin::Actor;
use zaguan_store::{AuditFault, AuditFilter, AuditHead, Store};

pub(crate) fn record(number: u8) -> Record {
    Record {
        at: at(i64::from(number)),
        event: Event::ALL[usize::from(number) % Event::ALL.len()],
        actor: Actor::Visitor,
        document: (!number.is_multiple_of(3)).then_some(if number.is_multiple_of(2) { ANA } else { BEA }),
        account: number.is_multiple_of(2).then(|| account_id(number)),
        browser: Some(BrowserKind::UNKNOWN),
        address: (!number.is_multiple_of(5))
            .then(|| RecordedAddress { address: [203, 0, 113, number].into(), chance: [number; 16] }),
        detail: format!("detail {number}"),
    }
}

/// A trail of twenty records.
async fn trail() -> Fixture {
    let fixture = Fixture::with(Vec::new()).await;
    for number in 1..=20 {
        fixture.store.commit(vec![Change::Recorded(record(number))]).await.unwrap();
    }
    fixture
}

async fn faults(store: &Store, noted: Option<AuditHead>) -> Vec<AuditFault> {
    store.verify_audit(noted).await.unwrap().faults
}

#[tokio::test]
async fn records_come_back_whole_the_newest_first() {
    let fixture = trail().await;
    let all = fixture.store.audit(AuditFilter::All, 100).await.unwrap();
    let expected: Vec<(u64, Record)> =
        (1..=20).rev().map(|number| (u64::from(number), record(number))).collect();
    assert_eq!(all, expected);
    let of_ana = fixture.store.audit(AuditFilter::OfDocument(ANA), 3).await.unwrap();
    assert_eq!(of_ana.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [20, 16, 14]);
    let of_account = fixture.store.audit(AuditFilter::OfAccount(account_id(4)), 3).await.unwrap();
    assert_eq!(of_account, [(4, record(4))]);
}

#[tokio::test]
async fn a_trail_that_nobody_touched_is_whole() {
    let fixture = trail().await;
    let verified = fixture.store.verify_audit(None).await.unwrap();
    assert_eq!((verified.records, verified.faults), (20, vec![]));
    assert_eq!(verified.head, fixture.store.audit_head().await.unwrap());
    assert_eq!(faults(&Fixture::with(Vec::new()).await.store, None).await, []);
}

#[tokio::test]
async fn a_trail_that_was_edited_cut_or_reordered_is_found_out_forty_times_in_forty() {
    let columns = [
        "at = at + 1",
        "event = 'signed-in'",
        "actor = 'operator'",
        "document = '99999999'",
        "document = null",
        "account = zeroblob(16)",
        "account = null",
        "browser = 'chrome/android'",
        "browser = null",
        "detail = detail || '.'",
        "detail = ''",
        "address = '198.51.100.1'",
        "address = null",
        "address_chance = zeroblob(16)",
        "address_hash = zeroblob(32)",
        "hash = zeroblob(32)",
        "address = null, address_chance = null, address_hash = null",
    ];
    let mut attacks: Vec<String> = Vec::new();
    for number in [8, 14] {
        attacks.extend(
            columns.iter().map(|column| format!("update audit set {column} where number = {number}")),
        );
    }
    attacks.extend(
        [
            "delete from audit where number = 1",
            "delete from audit where number = 11",
            "delete from audit where number = 20",
            "delete from audit where number > 15",
            "delete from audit",
            "update audit set number = -number where number in (7, 8); update audit set number = 15 + number where number < 0",
            "update audit set number = 99 where number = 9; update audit set number = 9 where number = 10; \
             update audit set number = 10 where number = 99",
            "update audit_head set number = 19",
            "update audit_head set hash = zeroblob(32)",
            "delete from audit_head",
            "insert into audit select 21, at, event, actor, document, account, browser, detail, address, address_chance, \
             address_hash, hash from audit where number = 20",
            "update audit set address = null, address_chance = null where number = 18",
        ]
        .map(str::to_owned),
    );
    assert!(attacks.len() >= 40, "{}", attacks.len());
    for attack in attacks {
        let fixture = trail().await;
        fixture.other_program().run(&attack);
        assert_ne!(faults(&fixture.store, None).await, [], "{attack}");
    }
}

#[tokio::test]
async fn an_end_kept_elsewhere_finds_a_tail_that_was_cut_with_its_note() {
    let fixture = trail().await;
    let noted = fixture.store.audit_head().await.unwrap();
    assert_eq!(faults(&fixture.store, Some(noted)).await, []);
    fixture.other_program().run(
        "delete from audit where number > 15;
        update audit_head set number = 15, hash = (select hash from audit where number = 15)",
    );
    assert_eq!(faults(&fixture.store, None).await, []);
    assert_eq!(faults(&fixture.store, Some(noted)).await, [AuditFault::OtherChain { number: 20 }]);
}

#[tokio::test]
async fn old_addresses_are_taken_out_and_the_trail_stays_whole() {
    let fixture = trail().await;
    assert_eq!(fixture.store.mask_audit_addresses(at(10)).await.unwrap(), 8);
    assert_eq!(fixture.store.mask_audit_addresses(at(10)).await.unwrap(), 0);
    assert_eq!(faults(&fixture.store, None).await, []);
    let all = fixture.store.audit(AuditFilter::All, 100).await.unwrap();
    assert!(
        all.iter()
            .all(|(number, record)| record.address.is_some() == (*number >= 10 && !number.is_multiple_of(5)))
    );
}

#[tokio::test]
async fn the_trail_stays_whole_however_many_write_at_once() {
    let fixture = Arc::new(Fixture::with(Vec::new()).await);
    let mut writers = JoinSet::new();
    for number in 0..64 {
        let fixture = Arc::clone(&fixture);
        writers.spawn(async move {
            for _ in 0..5 {
                let twice = vec![Change::Recorded(record(number)), Change::Recorded(record(number))];
                fixture.store.commit(twice).await.unwrap();
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    let verified = fixture.store.verify_audit(None).await.unwrap();
    assert_eq!((verified.records, verified.faults), (640, vec![]));
}
