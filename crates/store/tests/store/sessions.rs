//! Sessions: opened with the password as it was read, seen, and ended.

use crate::fixture::{ANA, BEA, Fixture, account, account_id, at, browser, password, session};
use zaguan_domain::account::StoredPassword;
use zaguan_domain::change::Change;
use zaguan_domain::session::Session;

fn opened(session: Session) -> Change {
    Change::SessionOpened { session, seen_password: password("one") }
}

async fn two_accounts() -> Fixture {
    Fixture::with(vec![Change::AccountOpened(account(1, ANA)), Change::AccountOpened(account(2, BEA))]).await
}

#[tokio::test]
async fn a_session_comes_back_whole_with_its_account() {
    let fixture = two_accounts().await;
    let expected = Session { opened_at: at(5), seen_at: at(9), ..session(1, 2) };
    fixture.commits(vec![opened(expected.clone())]).await;
    let (found, account) = fixture.store.session(&browser(1)).await.unwrap().unwrap();
    assert_eq!(found.token, expected.token);
    assert_eq!(found.account, expected.account);
    assert_eq!(found.opened_at, expected.opened_at);
    assert_eq!(found.seen_at, expected.seen_at);
    assert_eq!((account.id, account.holder.document), (account_id(2), BEA));
    assert_eq!(account.password, password("one"));
    assert!(fixture.store.session(&browser(2)).await.unwrap().is_none());
}

#[tokio::test]
async fn whose_a_session_is_stands_in_its_row_and_one_that_an_older_portal_opened_is_answered_alike() {
    let fixture = two_accounts().await;
    let times = |number| Session { opened_at: at(5), seen_at: at(9), ..session(number, 2) };
    fixture.commits(vec![opened(times(1))]).await;
    let filled = "select count(*) from session join account on account.id = session.account
        where session.document = account.document";
    assert_eq!(fixture.other_program().number(filled), 1);
    fixture.other_program().run(
        "insert into session (token, account, opened_at, seen_at, browser, proven_at)
         select zeroblob(32), account, opened_at, seen_at, browser, proven_at from session",
    );
    assert_eq!(fixture.other_program().number("select count(*) from session where document is null"), 1);
    let bearer = async |number| fixture.store.session_bearer(&browser(number)).await.unwrap();
    let (newer, older) = (bearer(1).await.unwrap(), bearer(0).await.unwrap());
    for found in [newer, older] {
        assert_eq!((found.account, found.document), (account_id(2), BEA));
        assert_eq!((found.times.opened_at, found.times.seen_at), (at(5), at(9)));
    }
    assert!(bearer(2).await.is_none());
    let renamed = Change::SessionProven {
        session: browser(0),
        renamed: browser(3),
        seen_password: password("one"),
        at: at(10),
    };
    fixture.commits(vec![renamed]).await;
    assert_eq!(bearer(3).await.unwrap().document, BEA);
    fixture.commits(vec![Change::AccountSessionsEnded { account: account_id(2) }]).await;
    assert!(bearer(1).await.is_none() && bearer(3).await.is_none());
}

#[tokio::test]
async fn no_session_opens_with_a_password_that_changed_meanwhile() {
    let fixture = two_accounts().await;
    fixture
        .commits(vec![Change::PasswordSet { account: account_id(1), password: password("two"), at: at(1) }])
        .await;
    fixture.conflicts(opened(session(1, 1))).await;
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_none());
    fixture.commits(vec![opened(session(1, 2))]).await;
}

#[tokio::test]
async fn no_session_opens_when_only_the_pepper_changed() {
    let fixture = two_accounts().await;
    let renewed = StoredPassword { pepper: 2, ..password("one") };
    fixture
        .commits(vec![Change::PasswordSet { account: account_id(1), password: renewed.clone(), at: at(1) }])
        .await;
    fixture.conflicts(opened(session(1, 1))).await;
    fixture.commits(vec![Change::SessionOpened { session: session(1, 1), seen_password: renewed }]).await;
}

#[tokio::test]
async fn no_session_opens_without_its_account_or_over_another() {
    let fixture = two_accounts().await;
    fixture.conflicts(opened(session(1, 3))).await;
    fixture.commits(vec![opened(session(1, 1))]).await;
    fixture.conflicts(opened(session(1, 2))).await;
    let (found, _) = fixture.store.session(&browser(1)).await.unwrap().unwrap();
    assert_eq!(found.account, account_id(1));
}

#[tokio::test]
async fn a_session_is_seen_later_and_never_earlier() {
    let fixture = two_accounts().await;
    fixture.commits(vec![opened(session(1, 1)), opened(session(2, 1))]).await;
    for (seen, expected) in [(60, 60), (30, 60), (90, 90)] {
        fixture.commits(vec![Change::SessionSeen { token: browser(1), at: at(seen) }]).await;
        let (found, _) = fixture.store.session(&browser(1)).await.unwrap().unwrap();
        assert_eq!(found.seen_at, at(expected));
        assert_eq!(found.opened_at, at(0));
    }
    let (other, _) = fixture.store.session(&browser(2)).await.unwrap().unwrap();
    assert_eq!(other.seen_at, at(0));
}

#[tokio::test]
async fn a_session_that_ended_stays_ended() {
    let fixture = two_accounts().await;
    fixture.commits(vec![opened(session(1, 1)), opened(session(2, 1))]).await;
    fixture.commits(vec![Change::SessionEnded { token: browser(1) }]).await;
    fixture.commits(vec![Change::SessionSeen { token: browser(1), at: at(60) }]).await;
    fixture.commits(vec![Change::SessionEnded { token: browser(1) }]).await;
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_none());
    assert!(fixture.store.session(&browser(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn of_many_sessions_those_go_on_that_were_used_last_and_nobody_elses_end() {
    let fixture = two_accounts().await;
    let used = |number, seconds| opened(Session { seen_at: at(seconds), ..session(number, 1) });
    fixture.commits(vec![used(1, 30), used(2, 10), used(3, 40), used(4, 20), opened(session(5, 2))]).await;
    let capped =
        |newest, at_most| Change::SessionsCapped { account: account_id(1), newest: browser(newest), at_most };
    fixture.commits(vec![capped(1, 4)]).await;
    fixture.commits(vec![capped(2, 2)]).await;
    for (number, goes_on) in [(1, false), (2, true), (3, true), (4, false), (5, true)] {
        assert_eq!(fixture.store.session(&browser(number)).await.unwrap().is_some(), goes_on, "{number}");
    }
}

#[tokio::test]
async fn all_sessions_of_an_account_end_and_nobody_elses() {
    let fixture = two_accounts().await;
    fixture.commits(vec![opened(session(1, 1)), opened(session(2, 1)), opened(session(3, 2))]).await;
    fixture.commits(vec![Change::AccountSessionsEnded { account: account_id(1) }]).await;
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_none());
    assert!(fixture.store.session(&browser(2)).await.unwrap().is_none());
    assert!(fixture.store.session(&browser(3)).await.unwrap().is_some());
    fixture.commits(vec![Change::AccountSessionsEnded { account: account_id(1) }]).await;
}
