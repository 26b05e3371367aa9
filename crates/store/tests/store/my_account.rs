//! What somebody who is signed in writes about their own account: each guard, both ways.

use crate::fixture::{
    ANA, BEA, Fixture, account, account_id, at, begun, browser, email, flow, holder, key, key_id, letter,
    password, session,
};
use zaguan_domain::account::Account;
use zaguan_domain::audit::{Event, Record, RecordedAddress};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::device::Device;
use zaguan_domain::email_change::EmailChange;
use zaguan_domain::flow::Flow;
use zaguan_domain::id::{DataRequestId, EmailChangeId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::Letter;
use zaguan_domain::my_data::DataRequest;
use zaguan_domain::origin::Actor;

async fn two_accounts() -> Fixture {
    Fixture::with(vec![Change::AccountOpened(account(1, ANA)), Change::AccountOpened(account(2, BEA))]).await
}

fn changed(seen: &str, new: &str) -> Change {
    Change::PasswordChanged {
        account: account_id(1),
        seen_password: password(seen),
        password: password(new),
        at: at(1),
    }
}

fn proven(session: u8, renamed: u8, seen: &str) -> Change {
    Change::SessionProven {
        session: browser(session),
        renamed: browser(renamed),
        seen_password: password(seen),
        at: at(50),
    }
}

fn opened(number: u8, of: u8) -> Change {
    Change::SessionOpened { session: session(number, of), seen_password: password("one") }
}

fn closed(seen: &str) -> Change {
    Change::AccountClosed { account: account_id(1), holder: holder(ANA, ""), seen_password: password(seen) }
}

fn change_id(number: u8) -> EmailChangeId {
    EmailChangeId::from_bytes([number; 16])
}

fn email_change(number: u8) -> EmailChange {
    EmailChange {
        id: change_id(number),
        account: account_id(1),
        old_email: email("ana@example.com"),
        new_email: email("nueva@example.com"),
        nonce: [number; 16],
        secret: 1,
        asked_at: at(10 + i64::from(number)),
        expires_at: at(1000),
        tries: 0,
        confirmed_at: None,
        ended_at: None,
    }
}

pub(crate) fn asked(number: u8) -> Change {
    Change::EmailChangeAsked { change: email_change(number), seen_password: password("one") }
}

fn confirmed(number: u8, seen: u8, seconds: i64) -> Change {
    Change::EmailChangeConfirmed { change: change_id(number), seen, at: at(seconds) }
}

async fn email_of(fixture: &Fixture, number: u8) -> String {
    fixture.store.account(account_id(number)).await.unwrap().unwrap().email.as_str().to_owned()
}

pub(crate) fn correction(number: u8, of: u8) -> DataRequest {
    DataRequest {
        id: DataRequestId::from_bytes([number; 16]),
        account: account_id(of),
        document: ANA,
        text: format!("Mi apellido,\nde la forma {number}"),
        asked_at: at(i64::from(number)),
        due_on: jiff::civil::date(2026, 11, 30),
        answered_at: None,
    }
}

#[tokio::test]
async fn a_password_changes_only_from_the_one_that_was_read() {
    let fixture = two_accounts().await;
    fixture.conflicts(changed("other", "two")).await;
    fixture.commits(vec![changed("one", "two")]).await;
    fixture.conflicts(changed("one", "three")).await;
    let ana = fixture.store.account(account_id(1)).await.unwrap().unwrap();
    let bea = fixture.store.account(account_id(2)).await.unwrap().unwrap();
    assert_eq!((ana.password, bea.password), (password("two"), password("one")));
}

#[tokio::test]
async fn a_session_is_proven_under_a_new_token_with_the_password_that_the_account_has() {
    let fixture = two_accounts().await;
    fixture.commits(vec![opened(1, 1), opened(2, 2)]).await;
    fixture.conflicts(proven(1, 3, "other")).await;
    fixture.conflicts(proven(9, 3, "one")).await;
    fixture.commits(vec![proven(1, 3, "one")]).await;
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_none());
    let (found, _) = fixture.store.session(&browser(3)).await.unwrap().unwrap();
    assert_eq!((found.proven_at, found.opened_at), (at(50), at(0)));
    fixture.other_program().run("update account set locked_at = 1");
    fixture.conflicts(proven(3, 4, "one")).await;
}

#[tokio::test]
async fn all_other_sessions_end_and_nobody_elses() {
    let fixture = two_accounts().await;
    fixture.commits(vec![opened(1, 1), opened(2, 1), opened(3, 2)]).await;
    fixture.commits(vec![Change::OtherSessionsEnded { account: account_id(1), except: browser(2) }]).await;
    assert!(fixture.store.session(&browser(1)).await.unwrap().is_none());
    let left = fixture.store.sessions_of(account_id(1)).await.unwrap();
    assert_eq!(left.iter().map(|session| session.token).collect::<Vec<_>>(), [browser(2)]);
    assert!(fixture.store.session(&browser(3)).await.unwrap().is_some());
}

#[tokio::test]
async fn an_address_is_asked_for_with_the_password_and_address_that_the_account_has() {
    let fixture = two_accounts().await;
    let with =
        |change: EmailChange, seen: &str| Change::EmailChangeAsked { change, seen_password: password(seen) };
    fixture.conflicts(with(email_change(1), "other")).await;
    let moved = EmailChange { old_email: email("otra@example.com"), ..email_change(1) };
    fixture.conflicts(with(moved, "one")).await;
    fixture.commits(vec![asked(1)]).await;
    fixture.commits(vec![asked(2)]).await;
    let changes = fixture.store.email_changes_of(account_id(1)).await.unwrap();
    let ended: Vec<_> = changes.iter().map(|change| (change.id, change.ended_at)).collect();
    assert_eq!(ended, [(change_id(2), None), (change_id(1), Some(at(12)))]);
    let latest = fixture.store.email_change_facts(account_id(1), None, at(20)).await.unwrap().latest.unwrap();
    let expected = email_change(2);
    assert_eq!((latest.id, latest.nonce, latest.new_email), (expected.id, [2; 16], expected.new_email));
}

#[tokio::test]
async fn a_change_of_address_is_confirmed_once_in_its_time_and_under_the_tries_that_were_read() {
    let fixture = two_accounts().await;
    fixture.commits(vec![asked(1)]).await;
    let tried = |seen| Change::EmailChangeTried { change: change_id(1), seen };
    fixture.commits(vec![tried(0)]).await;
    fixture.conflicts(tried(0)).await;
    fixture.conflicts(confirmed(1, 0, 20)).await;
    fixture.conflicts(confirmed(1, 1, 1000)).await;
    assert_eq!(email_of(&fixture, 1).await, "ana@example.com");
    fixture.commits(vec![confirmed(1, 1, 20)]).await;
    assert_eq!(email_of(&fixture, 1).await, "nueva@example.com");
    assert_eq!(email_of(&fixture, 2).await, "ana@example.com", "nobody else's");
    fixture.conflicts(confirmed(1, 1, 21)).await;
    fixture.conflicts(tried(1)).await;
}

#[tokio::test]
async fn a_change_that_was_called_off_confirms_nothing_and_sends_nothing() {
    let fixture = two_accounts().await;
    let sent = Change::EmailChangeSent { change: change_id(1), expires_at: at(2000) };
    fixture.commits(vec![asked(1), sent.clone()]).await;
    fixture.commits(vec![Change::EmailChangesEnded { account: account_id(1), at: at(15) }]).await;
    fixture.conflicts(confirmed(1, 0, 20)).await;
    fixture.conflicts(sent).await;
    fixture.conflicts(Change::EmailChangeTried { change: change_id(1), seen: 0 }).await;
}

#[tokio::test]
async fn the_address_from_before_is_put_back_once_and_whatever_came_later_is_undone_with_it() {
    let fixture = two_accounts().await;
    let restored = |number, seconds| Change::EmailRestored { change: change_id(number), at: at(seconds) };
    fixture.commits(vec![asked(1)]).await;
    fixture.conflicts(restored(1, 15)).await;
    fixture.commits(vec![confirmed(1, 0, 20)]).await;
    let further = EmailChange {
        old_email: email("nueva@example.com"),
        new_email: email("lejos@example.com"),
        ..email_change(2)
    };
    let asked_further = Change::EmailChangeAsked { change: further, seen_password: password("one") };
    fixture.commits(vec![asked_further, confirmed(2, 0, 30)]).await;
    fixture.commits(vec![restored(1, 40)]).await;
    assert_eq!(email_of(&fixture, 1).await, "ana@example.com");
    assert_eq!(email_of(&fixture, 2).await, "ana@example.com");
    fixture.conflicts(restored(1, 50)).await;
    fixture.conflicts(restored(2, 50)).await;
}

#[tokio::test]
async fn everything_of_a_closed_account_goes_and_nothing_of_anybody_else() {
    let fixture = two_accounts().await;
    let device = |of: u8| {
        Change::DeviceKnown(Device {
            account: account_id(of),
            token: browser(7),
            browser: BrowserKind::UNKNOWN,
            first_seen_at: at(0),
            seen_at: at(0),
        })
    };
    let recovery = Key { account: Some(account_id(1)), ..key(1) };
    let of_bea = Key { holder: holder(BEA, ""), ..key(2) };
    let with_key = |number: u8| Flow { key: Some(key_id(number)), ..flow(number, number) };
    let letter_of = |number: u8, of: u8| Letter { account: Some(account_id(of)), ..letter(number) };
    fixture
        .commits(vec![
            opened(1, 1),
            opened(2, 2),
            device(1),
            device(2),
            Change::KeyIssued(recovery),
            Change::KeyIssued(of_bea),
            begun(with_key(1)),
            begun(with_key(2)),
            asked(1),
            Change::LetterQueued(letter_of(1, 1)),
            Change::LetterQueued(letter_of(2, 2)),
            Change::LetterQueued(Letter { key: Some(key_id(1)), ..letter(3) }),
            Change::CorrectionAsked { request: correction(1, 1), seen_open: 0 },
        ])
        .await;
    fixture.conflicts(closed("other")).await;
    fixture.commits(vec![closed("one")]).await;
    let database = fixture.other_program();
    for (table, left) in [
        ("account", 1),
        ("session", 1),
        ("device", 1),
        ("key", 1),
        ("flow", 1),
        ("email_change", 0),
        ("letter", 1),
        ("data_request", 1),
    ] {
        assert_eq!(database.number(&format!("select count(*) from {table}")), left, "{table}");
    }
    fixture.conflicts(closed("one")).await;
    fixture.commits(vec![Change::AccountOpened(Account { id: account_id(3), ..account(3, ANA) })]).await;
}

#[tokio::test]
async fn a_correction_is_asked_for_on_what_waits_and_done_once() {
    let fixture = two_accounts().await;
    let ask = |number, seen_open| Change::CorrectionAsked { request: correction(number, 1), seen_open };
    fixture.conflicts(ask(1, 1)).await;
    fixture.commits(vec![ask(1, 0)]).await;
    fixture.conflicts(ask(2, 0)).await;
    fixture.commits(vec![ask(2, 1)]).await;
    let done = Change::CorrectionAnswered { request: correction(1, 1).id, at: at(90) };
    fixture.commits(vec![done.clone()]).await;
    fixture.conflicts(done).await;
    let answered = DataRequest { answered_at: Some(at(90)), ..correction(1, 1) };
    let all = fixture.store.corrections_of(account_id(1)).await.unwrap();
    assert_eq!(all, [correction(2, 1), answered.clone()]);
    assert_eq!(fixture.store.open_corrections().await.unwrap(), [correction(2, 1)]);
    assert_eq!(fixture.store.corrections(1).await.unwrap(), [correction(2, 1)]);
    assert_eq!(fixture.store.correction(answered.id).await.unwrap(), Some(answered));
}

#[tokio::test]
async fn what_happened_is_told_newest_first_with_what_was_tried_with_the_document_but_not_from_where() {
    let fixture = two_accounts().await;
    let record = |seconds, event, of: Option<u8>| {
        let address = "203.0.113.7".parse().unwrap();
        Change::Recorded(Record {
            at: at(seconds),
            event,
            actor: Actor::Visitor,
            document: Some(ANA),
            account: of.map(account_id),
            browser: Some(BrowserKind::UNKNOWN),
            address: Some(RecordedAddress { address, chance: [1; 16] }),
            detail: String::new(),
        })
    };
    fixture
        .commits(vec![
            record(1, Event::SignedIn, Some(1)),
            record(2, Event::SignInRefused, None),
            record(3, Event::SignedIn, Some(2)),
            record(4, Event::SignedOut, Some(1)),
        ])
        .await;
    let told = fixture.store.happenings_of(&account(1, ANA), 10).await.unwrap();
    let events: Vec<_> =
        told.iter().map(|happening| (happening.event, happening.address.is_some())).collect();
    assert_eq!(events, [(Event::SignedOut, true), (Event::SignInRefused, false), (Event::SignedIn, true)]);
    assert_eq!(fixture.store.happenings_of(&account(1, ANA), 2).await.unwrap().len(), 2);
}

#[tokio::test]
async fn my_data_are_the_accounts_own() {
    let fixture = two_accounts().await;
    let letter_of = |number: u8, of: u8| Letter { account: Some(account_id(of)), ..letter(number) };
    fixture
        .commits(vec![
            opened(1, 1),
            opened(2, 2),
            asked(1),
            Change::LetterQueued(letter_of(1, 1)),
            Change::LetterQueued(letter_of(2, 2)),
        ])
        .await;
    let data = fixture.store.my_data(account_id(1)).await.unwrap().unwrap();
    assert_eq!(data.account.id, account_id(1));
    assert_eq!(data.sessions.iter().map(|session| session.token).collect::<Vec<_>>(), [browser(1)]);
    assert_eq!((data.letters.len(), data.email_changes.len(), data.requests.len()), (1, 1, 0));
    assert!(fixture.store.my_data(account_id(9)).await.unwrap().is_none());
}
