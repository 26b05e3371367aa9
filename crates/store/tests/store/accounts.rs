//! Accounts: one for each holder, and their passwords.

use crate::fixture::{ANA, BEA, Fixture, account, account_id, at, email, holder, password};
use zaguan_domain::account::{Account, StoredPassword};
use zaguan_domain::change::Change;

fn same(one: &Account, other: &Account) {
    assert_eq!(one.id, other.id);
    assert_eq!(one.holder, other.holder);
    assert_eq!(one.email.as_str(), other.email.as_str());
    assert_eq!(one.password, other.password);
    assert_eq!(one.opened_at, other.opened_at);
}

#[tokio::test]
async fn an_account_is_opened_and_comes_back_whole() {
    let plain = account(1, ANA);
    let odd = Account {
        id: account_id(2),
        holder: holder(
            zaguan_domain::document::Document::Company(30_701_234_568),
            "Ñandú «女» \u{1f431} ' \" \u{1} %",
        ),
        email: email("O'Higgins+seguros@sub.example.com.ar"),
        password: StoredPassword { phc: String::new(), pepper: u32::MAX },
        opened_at: at(-1_800_000_000),
        locked_at: None,
    };
    let fixture =
        Fixture::with(vec![Change::AccountOpened(plain.clone()), Change::AccountOpened(odd.clone())]).await;
    for account in [&plain, &odd] {
        same(&fixture.store.account(account.id).await.unwrap().unwrap(), account);
        let of_document = fixture.store.accounts_of(account.holder.document).await.unwrap();
        assert_eq!(of_document.len(), 1);
        same(&of_document[0], account);
    }
    assert!(fixture.store.account(account_id(3)).await.unwrap().is_none());
    assert!(fixture.store.accounts_of(BEA).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_holder_has_one_account() {
    let fixture = Fixture::with(vec![Change::AccountOpened(account(1, ANA))]).await;
    let second = Account { email: email("otra@example.com"), ..account(2, ANA) };
    fixture.conflicts(Change::AccountOpened(second)).await;
    let accounts = fixture.store.accounts_of(ANA).await.unwrap();
    assert_eq!(accounts.len(), 1);
    same(&accounts[0], &account(1, ANA));
}

#[tokio::test]
async fn two_people_who_share_a_document_number_have_an_account_each() {
    let hers = Account { holder: holder(ANA, "F"), ..account(1, ANA) };
    let his = Account { holder: holder(ANA, "M"), ..account(2, ANA) };
    let fixture =
        Fixture::with(vec![Change::AccountOpened(his.clone()), Change::AccountOpened(hers.clone())]).await;
    let accounts = fixture.store.accounts_of(ANA).await.unwrap();
    assert_eq!(accounts.len(), 2);
    same(&accounts[0], &hers);
    same(&accounts[1], &his);
}

#[tokio::test]
async fn an_identifier_names_one_account() {
    let fixture = Fixture::with(vec![Change::AccountOpened(account(1, ANA))]).await;
    fixture.conflicts(Change::AccountOpened(account(1, BEA))).await;
    assert!(fixture.store.accounts_of(BEA).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_password_is_set_on_its_account_alone() {
    let fixture =
        Fixture::with(vec![Change::AccountOpened(account(1, ANA)), Change::AccountOpened(account(2, BEA))])
            .await;
    let new = StoredPassword { pepper: 7, ..password("two") };
    fixture
        .commits(vec![Change::PasswordSet { account: account_id(1), password: new.clone(), at: at(60) }])
        .await;
    same(
        &fixture.store.account(account_id(1)).await.unwrap().unwrap(),
        &Account { password: new, ..account(1, ANA) },
    );
    same(&fixture.store.account(account_id(2)).await.unwrap().unwrap(), &account(2, BEA));
    let set_at =
        fixture.other_program().number("select password_set_at from account where document = '12345678'");
    assert_eq!(set_at, at(60).as_millisecond());
}

#[tokio::test]
async fn a_password_is_not_set_where_there_is_no_account() {
    let fixture = Fixture::new().await;
    fixture
        .conflicts(Change::PasswordSet { account: account_id(1), password: password("two"), at: at(60) })
        .await;
}
