//! One policy, registered by many at once: one letter with one key, and one account.

use crate::two_processes::{TwoProcesses, email, fields, leads_to, password};
use tokio::task::JoinSet;

const ROUNDS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_presses_guardar_often_gets_one_letter() {
    let portal = TwoProcesses::with_people(ROUNDS).await;
    for round in 0..ROUNDS {
        let mut ana = portal.client(round);
        ana.get("/registro").await;
        let answers = portal
            .all_at_once(|caller| {
                let mut tab = portal.client_like(&ana, caller);
                async move { tab.post("/registro", &fields(round)[..4]).await }
            })
            .await;
        // Whoever presses more often than the limits allow is told to wait.
        assert!(answers.iter().any(|page| leads_to(page) == Some("/registro/clave")), "round {round}");
        assert!(answers.iter().all(|page| !page.status.is_server_error()), "round {round}");
        portal.deliver().await;
        portal.deliver().await;
        assert_eq!(portal.letters_to(round), 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_that_many_browsers_register_gets_one_letter_and_one_account() {
    let portal = TwoProcesses::with_people(ROUNDS).await;
    for round in 0..ROUNDS {
        let answers = portal
            .all_at_once(|caller| {
                let mut stranger = portal.client(caller);
                async move {
                    let page = stranger.post("/registro", &fields(round)[..4]).await;
                    (stranger, page)
                }
            })
            .await;
        portal.deliver().await;
        portal.deliver().await;
        assert_eq!(portal.letters_to(round), 1, "round {round}");
        let key = portal.portal().last_letter_to(&email(round)).key();
        let mut with_pass = Vec::new();
        let begun = answers.into_iter().filter(|(_, page)| leads_to(page) == Some("/registro/clave"));
        for (mut browser, _) in begun.take(8) {
            let page = browser.post("/registro/clave", &[("clave_transitoria", &key)]).await;
            assert_eq!(leads_to(&page), Some("/clave-definitiva"), "{}", page.words());
            with_pass.push(browser);
        }
        assert!(!with_pass.is_empty(), "round {round}");
        let mut setting = JoinSet::new();
        for (caller, mut browser) in with_pass.into_iter().enumerate() {
            setting.spawn(
                async move { browser.post("/clave-definitiva", &[("clave", password(caller))]).await },
            );
        }
        let set = setting.join_all().await;
        assert_eq!(set.iter().filter(|page| leads_to(page) == Some("/ingreso")).count(), 1, "round {round}");
    }
}
