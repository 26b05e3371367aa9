//! The facts that steps look at, and values that nobody can read.

use crate::fixture::{
    ANA, BEA, Fixture, account, account_id, at, begun, book_row, browser, flow, holder, hours, key, key_id,
    letter,
};
use zaguan_domain::account::Account;
use zaguan_domain::change::Change;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::key::Key;
use zaguan_domain::letter::Letter;
use zaguan_domain::line::LineOfBusiness;
use zaguan_store::StoreFault;

/// Ana has an account, a policy, two keys and a flow; Bea has one of each too.
async fn two_people() -> Fixture {
    let hers = Account { holder: holder(ANA, "F"), ..account(1, ANA) };
    let fixture = Fixture::with(vec![
        Change::AccountOpened(hers),
        Change::AccountOpened(account(2, BEA)),
        Change::KeyIssued(key(1)),
        Change::KeyIssued(Key { issued_at: at(1), browser: browser(2), ..key(2) }),
        Change::KeyIssued(Key { holder: holder(BEA, ""), browser: browser(3), ..key(3) }),
        begun(flow(1, 1)),
        begun(Flow { document: BEA, ..flow(2, 3) }),
        begun(Flow { purpose: Purpose::Recover, ..flow(3, 1) }),
    ])
    .await;
    let rows = [book_row(ANA, LineOfBusiness::Motor, "1"), book_row(BEA, LineOfBusiness::Motor, "2")];
    fixture.store.replace_book(rows.into_iter(), at(0)).await.unwrap();
    fixture
}

fn key_names(keys: &[Key]) -> Vec<zaguan_domain::id::KeyId> {
    keys.iter().map(|key| key.id).collect()
}

#[tokio::test]
async fn registration_looks_at_the_policies_and_the_browsers_flow() {
    let fixture = two_people().await;
    let facts = fixture.store.register_facts(ANA, &browser(3)).await.unwrap();
    assert_eq!(facts.policies, [book_row(ANA, LineOfBusiness::Motor, "1").policy]);
    assert_eq!(facts.flow.unwrap().id, flow(2, 3).id);
    let facts = fixture.store.register_facts(BEA, &browser(9)).await.unwrap();
    assert_eq!(facts.policies.len(), 1);
    assert!(facts.flow.is_none());
}

#[tokio::test]
async fn signing_in_looks_at_the_accounts_and_the_keys_of_document_and_browser() {
    let fixture = two_people().await;
    let accounts = fixture.store.accounts_of(ANA).await.unwrap();
    assert_eq!(accounts.iter().map(|account| account.id).collect::<Vec<_>>(), [account_id(1)]);
    let keys = fixture.store.keys_for(Some(ANA), &browser(3), at(60)).await.unwrap();
    assert_eq!(key_names(&keys), [key_id(1), key_id(3), key_id(2)]);
}

#[tokio::test]
async fn setting_a_password_looks_at_the_key_and_its_documents_accounts_and_policies() {
    let fixture = two_people().await;
    let facts = fixture.store.set_password_facts(key_id(3), None, at(0)).await.unwrap();
    assert_eq!(facts.key.unwrap().id, key_id(3));
    assert_eq!(facts.accounts.iter().map(|account| account.id).collect::<Vec<_>>(), [account_id(2)]);
    assert_eq!(facts.policies, [book_row(BEA, LineOfBusiness::Motor, "2").policy]);
    let nothing = fixture.store.set_password_facts(key_id(9), None, at(0)).await.unwrap();
    assert!(nothing.key.is_none() && nothing.accounts.is_empty() && nothing.policies.is_empty());
}

#[tokio::test]
async fn resolving_looks_at_accounts_keys_and_when_each_keys_letter_was_queued_last() {
    let fixture = two_people().await;
    let of_key = |number, key, seconds| {
        Change::LetterQueued(Letter { key: Some(key_id(key)), queued_at: at(seconds), ..letter(number) })
    };
    fixture.commits(vec![of_key(1, 1, 10), of_key(2, 1, 30), of_key(3, 1, 20), of_key(4, 3, 40)]).await;
    let facts = fixture.store.resolve_facts(&flow(1, 1)).await.unwrap();
    assert_eq!(facts.accounts.iter().map(|account| account.id).collect::<Vec<_>>(), [account_id(1)]);
    assert_eq!(key_names(&facts.keys), [key_id(1), key_id(2)]);
    assert_eq!(facts.letters, [(key_id(1), at(30))]);
    let much_later = Flow { asked_at: at(0).checked_add(hours(217)).unwrap(), ..flow(1, 1) };
    let facts = fixture.store.resolve_facts(&much_later).await.unwrap();
    assert_eq!(facts.accounts.len(), 1);
    assert!(facts.keys.is_empty() && facts.letters.is_empty());
}

#[tokio::test]
async fn a_value_that_this_program_never_writes_is_a_fault_that_names_its_column() {
    let spoilings = [
        ("update account set document = '12-x' where document = '12345678'", "document"),
        ("update account set email = 'nobody' where document = '12345678'", "email"),
        ("update account set pepper = -1 where document = '12345678'", "pepper"),
        ("update account set opened_at = 9223372036854775807 where document = '12345678'", "opened_at"),
    ];
    for (spoiling, expected) in spoilings {
        let fixture = two_people().await;
        fixture.other_program().run(spoiling);
        let fault = fixture.store.account(account_id(1)).await.unwrap_err();
        assert!(
            matches!(&fault, StoreFault::Unreadable { column } if column == expected),
            "{spoiling}: {fault}"
        );
        assert!(fixture.store.account(account_id(2)).await.unwrap().is_some());
        assert!(!format!("{fault}{fault:?}").contains("12-x"));
    }
}

#[tokio::test]
async fn what_another_process_commits_is_read_at_once() {
    let fixture = two_people().await;
    let other = fixture.other_store().await;
    assert!(other.account(account_id(1)).await.unwrap().is_some());
    fixture.commits(vec![Change::KeySpent { key: key_id(1), at: at(5) }]).await;
    assert_eq!(other.key(key_id(1)).await.unwrap().unwrap().spent_at, Some(at(5)));
}
