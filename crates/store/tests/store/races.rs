//! Races: 64 tasks on two stores of one database, round after round.

use crate::fixture::{ANA, Fixture, account, at, browser, flow, key};
use std::future::Future;
use tokio::task::JoinSet;
use zaguan_domain::account::Account;
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::flow::{Flow, Purpose};
use zaguan_domain::id::{AccountId, FlowId, KeyId};
use zaguan_domain::key::{Key, Typist};
use zaguan_domain::token::TokenHash;
use zaguan_store::{CommitError, Store};

const TASKS: u8 = 64;
const ROUNDS: u8 = 240;

/// Two stores on one database, as of two processes.
async fn two_stores() -> (Fixture, [Store; 2]) {
    let fixture = Fixture::new().await;
    let stores = [fixture.store.clone(), fixture.other_store().await];
    (fixture, stores)
}

/// How many of the tasks say that they won.
async fn winners<Trying>(stores: &[Store; 2], attempt: impl Fn(Store, u8) -> Trying) -> usize
where
    Trying: Future<Output = usize> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        tasks.spawn(attempt(stores[usize::from(number % 2)].clone(), number));
    }
    tasks.join_all().await.into_iter().sum()
}

/// Whether a commit won; anything but a conflict is no way to lose.
async fn wins(store: Store, change: Change) -> usize {
    match store.commit(vec![change]).await {
        Err(CommitError::Conflict) => 0,
        done => {
            done.unwrap();
            1
        }
    }
}

fn name(round: u8, number: u8) -> [u8; 16] {
    let mut name = [round; 16];
    name[0] = number;
    name
}

fn issued(round: u8) -> Key {
    Key { id: KeyId::from_bytes([round; 16]), ..key(1) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_spent_by_one() {
    let (fixture, stores) = two_stores().await;
    for round in 0..ROUNDS {
        let key = issued(round);
        let spent = Change::KeySpent { key: key.id, at: at(5) };
        fixture.commits(vec![Change::KeyIssued(key)]).await;
        assert_eq!(winners(&stores, |store, _| wins(store, spent.clone())).await, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_gets_five_tries_however_many_try_at_once() {
    let (fixture, stores) = two_stores().await;
    for round in 0..ROUNDS / 4 {
        let key = issued(round);
        let id = key.id;
        fixture.commits(vec![Change::KeyIssued(key)]).await;
        let tried = winners(&stores, |store, _| async move {
            loop {
                let seen = store.key(id).await.unwrap().unwrap().other_tries;
                if seen >= 5 {
                    return 0;
                }
                let tried = Change::KeyTried { key: id, typist: Typist::Other, seen };
                if wins(store.clone(), tried).await == 1 {
                    return 1;
                }
            }
        });
        assert_eq!(tried.await, 5, "round {round}");
        assert_eq!(fixture.store.key(id).await.unwrap().unwrap().other_tries, 5);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_that_saw_the_same_tries_share_none() {
    let (fixture, stores) = two_stores().await;
    for round in 0..ROUNDS {
        let key = issued(round);
        let tried = Change::KeyTried { key: key.id, typist: Typist::Own, seen: 0 };
        fixture.commits(vec![Change::KeyIssued(key)]).await;
        assert_eq!(winners(&stores, |store, _| wins(store, tried.clone())).await, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_presses_often_begins_one_flow() {
    let (fixture, stores) = two_stores().await;
    for round in 0..ROUNDS {
        let begin = |store, number| {
            let flow = Flow {
                id: FlowId::from_bytes(name(round, number)),
                browser: TokenHash::from_bytes([round; 32]),
                ..flow(1, 1)
            };
            wins(store, Change::FlowBegun { flow, replaces: None })
        };
        assert_eq!(winners(&stores, begin).await, 1, "round {round}");
        let flow = fixture.store.flow_of(&browser(round), Purpose::Register).await.unwrap().unwrap();
        let replace = |store, number| {
            let mut other = flow.clone();
            other.id = FlowId::from_bytes(name(round, number + TASKS));
            wins(store, Change::FlowBegun { flow: other, replaces: Some(flow.id) })
        };
        assert_eq!(winners(&stores, replace).await, 1, "round {round}, again");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_opens_one_account() {
    let (fixture, stores) = two_stores().await;
    for round in 0..ROUNDS {
        let document = Document::Person(10_000_000 + u32::from(round));
        let open = |store, number| {
            let account = Account { id: AccountId::from_bytes(name(round, number)), ..account(1, document) };
            wins(store, Change::AccountOpened(account))
        };
        assert_eq!(winners(&stores, open).await, 1, "round {round}");
        assert_eq!(fixture.store.accounts_of(document).await.unwrap().len(), 1);
    }
    assert!(fixture.store.accounts_of(ANA).await.unwrap().is_empty());
}
