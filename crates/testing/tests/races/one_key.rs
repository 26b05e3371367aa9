//! One key, pressed for by many at once: it is spent by one of them. It is a key of recovery, because who registers is
//! stopped by there being an account, too.

use crate::two_processes::{CALLERS, TwoProcesses, leads_to, password};
use axum::http::StatusCode;
use jiff::SignedDuration;

const ROUNDS: usize = 200;
const PEOPLE: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_sets_one_password_however_many_set_one_at_once() {
    let portal = TwoProcesses::with_people(PEOPLE).await;
    for person in 0..PEOPLE {
        portal.registered(person, &password(0)).await;
    }
    for round in 0..ROUNDS {
        let person = round % PEOPLE;
        portal.portal().world().pass(SignedDuration::from_hours(3));
        let before = portal.letters_to(person);
        let ana = portal.come_to_set_a_password(person, "/recuperar").await;
        let answers = portal
            .all_at_once(|caller| {
                let mut tab = portal.client_like(&ana, caller);
                async move { tab.post("/clave-definitiva", &[("clave", password(caller + 1))]).await }
            })
            .await;
        let (set, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|page| leads_to(page).is_some());
        assert_eq!((set.len(), refused.len()), (1, CALLERS - 1), "round {round}");
        assert!(refused.iter().all(|page| page.status == StatusCode::UNPROCESSABLE_ENTITY), "round {round}");
        assert!(refused.iter().all(|page| page.body == refused[0].body), "round {round}");
        portal.deliver().await;
        assert_eq!(portal.letters_to(person) - before, 2, "the key and one notice, round {round}");
    }
}
