//! Flows: one of each purpose for each browser.

use crate::fixture::{BEA, Fixture, at, begun, browser, email, flow, flow_id, key, key_id};
use zaguan_domain::change::Change;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::id::KeyId;
use zaguan_domain::register::Wish;

fn same(one: &Flow, other: &Flow) {
    assert_eq!(one.id, other.id);
    assert_eq!(one.purpose, other.purpose);
    assert_eq!(one.document, other.document);
    assert_eq!(one.discriminator, other.discriminator);
    assert_eq!(one.email, other.email);
    assert_eq!(one.browser, other.browser);
    assert_eq!(one.asked_at, other.asked_at);
    assert_eq!(one.resolved_at, other.resolved_at);
    assert_eq!(one.key, other.key);
}

async fn found(fixture: &Fixture, browser_number: u8) -> Option<Flow> {
    fixture.store.flow_of(&browser(browser_number), Purpose::Register).await.unwrap()
}

fn resolved(flow: u8, asked_at: i64, key: Option<KeyId>) -> Change {
    Change::FlowResolved { flow: flow_id(flow), asked_at: at(asked_at), at: at(asked_at + 1), key }
}

fn wish(typed: &str) -> Wish {
    Wish { email: email(typed), on_file: None, held_until: None }
}

fn asked(flow: u8, seen: i64, now: i64) -> Change {
    Change::FlowAsked {
        flow: flow_id(flow),
        seen_asked_at: at(seen),
        wish: wish("ana@example.com"),
        at: at(now),
    }
}

#[tokio::test]
async fn flows_come_back_whole() {
    let full = Flow {
        discriminator: Some("Ñ «女» \u{1f431}".to_owned()),
        email: Some(email("O'Higgins+x@example.com.ar")),
        resolved_at: Some(at(7)),
        key: Some(key_id(1)),
        ..flow(1, 1)
    };
    let bare =
        Flow { purpose: Purpose::Recover, document: BEA, discriminator: None, email: None, ..flow(2, 1) };
    let fixture =
        Fixture::with(vec![Change::KeyIssued(key(1)), begun(full.clone()), begun(bare.clone())]).await;
    for expected in [full, bare] {
        let found = fixture.store.flow_of(&expected.browser, expected.purpose).await.unwrap().unwrap();
        same(&found, &expected);
    }
    assert!(found(&fixture, 2).await.is_none());
}

#[tokio::test]
async fn a_browser_has_one_flow_of_each_purpose() {
    let fixture = Fixture::with(vec![begun(flow(1, 1))]).await;
    fixture.conflicts(begun(flow(2, 1))).await;
    same(&found(&fixture, 1).await.unwrap(), &flow(1, 1));
    fixture.commits(vec![begun(Flow { purpose: Purpose::Recover, ..flow(3, 1) }), begun(flow(4, 2))]).await;
    same(&found(&fixture, 1).await.unwrap(), &flow(1, 1));
    same(&found(&fixture, 2).await.unwrap(), &flow(4, 2));
}

#[tokio::test]
async fn a_new_flow_takes_the_place_of_the_one_that_was_read() {
    let fixture = Fixture::with(vec![begun(flow(1, 1))]).await;
    let replacing =
        |number, replaced| Change::FlowBegun { flow: flow(number, 1), replaces: Some(flow_id(replaced)) };
    fixture.commits(vec![replacing(2, 1)]).await;
    same(&found(&fixture, 1).await.unwrap(), &flow(2, 1));
    // The same press of the button, twice: the second read the first flow too.
    fixture.conflicts(replacing(3, 1)).await;
    same(&found(&fixture, 1).await.unwrap(), &flow(2, 1));
}

#[tokio::test]
async fn an_identifier_names_one_flow() {
    let fixture = Fixture::with(vec![begun(flow(1, 1))]).await;
    fixture.conflicts(begun(flow(1, 2))).await;
    assert!(found(&fixture, 2).await.is_none());
}

#[tokio::test]
async fn asking_again_waits_to_be_resolved_again_with_the_address_as_it_is_now() {
    let fixture = Fixture::with(vec![Change::KeyIssued(key(1)), begun(flow(1, 1)), begun(flow(2, 2))]).await;
    fixture.commits(vec![resolved(1, 0, Some(key_id(1))), resolved(2, 0, None)]).await;
    let corrected = Change::FlowAsked {
        flow: flow_id(1),
        seen_asked_at: at(0),
        wish: Wish {
            on_file: Some(email("suya@example.com")),
            held_until: Some(at(99)),
            ..wish("bien@example.com")
        },
        at: at(60),
    };
    fixture.commits(vec![corrected]).await;
    let expected = Flow {
        email: Some(email("bien@example.com")),
        on_file: Some(email("suya@example.com")),
        held_until: Some(at(99)),
        asked_at: at(60),
        key: Some(key_id(1)),
        ..flow(1, 1)
    };
    same(&found(&fixture, 1).await.unwrap(), &expected);
    assert_eq!(found(&fixture, 2).await.unwrap().resolved_at, Some(at(1)));
}

#[tokio::test]
async fn asking_again_fails_when_somebody_asked_meanwhile_or_the_flow_is_gone() {
    let fixture = Fixture::with(vec![begun(flow(1, 1))]).await;
    fixture.commits(vec![asked(1, 0, 60)]).await;
    fixture.conflicts(asked(1, 0, 61)).await;
    fixture.conflicts(asked(2, 0, 61)).await;
    assert_eq!(found(&fixture, 1).await.unwrap().asked_at, at(60));
    fixture.commits(vec![asked(1, 60, 120)]).await;
}

#[tokio::test]
async fn a_flow_is_resolved_once_for_each_wish() {
    let fixture = Fixture::with(vec![Change::KeyIssued(key(1)), begun(flow(1, 1))]).await;
    fixture.commits(vec![resolved(1, 0, Some(key_id(1)))]).await;
    let expected = Flow { resolved_at: Some(at(1)), key: Some(key_id(1)), ..flow(1, 1) };
    same(&found(&fixture, 1).await.unwrap(), &expected);
    fixture.conflicts(resolved(1, 0, None)).await;
    fixture.commits(vec![asked(1, 0, 60)]).await;
    fixture.conflicts(resolved(1, 0, None)).await;
    fixture.commits(vec![resolved(1, 60, None)]).await;
    same(
        &found(&fixture, 1).await.unwrap(),
        &Flow { asked_at: at(60), resolved_at: Some(at(61)), ..flow(1, 1) },
    );
    fixture.conflicts(resolved(2, 0, None)).await;
}

#[tokio::test]
async fn flows_to_resolve_come_with_the_oldest_wish_first() {
    let asked_at = |number, seconds| Flow { asked_at: at(seconds), ..flow(number, number) };
    let fixture = Fixture::with(vec![
        begun(asked_at(1, 30)),
        begun(asked_at(2, 10)),
        begun(asked_at(3, 20)),
        begun(asked_at(4, 5)),
    ])
    .await;
    fixture.commits(vec![resolved(4, 5, None)]).await;
    let names = |flows: Vec<Flow>| flows.into_iter().map(|flow| flow.id).collect::<Vec<_>>();
    let waiting = fixture.store.flows_to_resolve(10).await.unwrap();
    same(&waiting[0], &asked_at(2, 10));
    assert_eq!(names(waiting), [flow_id(2), flow_id(3), flow_id(1)]);
    assert_eq!(names(fixture.store.flows_to_resolve(2).await.unwrap()), [flow_id(2), flow_id(3)]);
    fixture.commits(vec![asked(2, 10, 60)]).await;
    let waiting = fixture.store.flows_to_resolve(10).await.unwrap();
    assert_eq!(names(waiting), [flow_id(3), flow_id(1), flow_id(2)]);
}

#[tokio::test]
async fn flows_that_wait_to_be_resolved_are_counted() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.store.flows_waiting().await.unwrap(), 0);
    fixture.commits(vec![begun(flow(1, 1)), begun(flow(2, 2)), begun(flow(3, 3))]).await;
    fixture.commits(vec![resolved(2, 0, None)]).await;
    assert_eq!(fixture.store.flows_waiting().await.unwrap(), 2);
}
