//! Signing in with the old password while another one is set: no session opened with the old one stays.

use crate::two_processes::{CALLERS, TwoProcesses, document, leads_to, password};
use jiff::SignedDuration;

const ROUNDS: usize = 40;
const PEOPLE: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_with_the_old_password_lives_once_another_one_is_set() {
    let portal = TwoProcesses::with_people(PEOPLE).await;
    for person in 0..PEOPLE {
        portal.registered(person, &password(0)).await;
    }
    let mut opened = 0;
    for round in 0..ROUNDS {
        portal.portal().world().pass(SignedDuration::from_hours(25));
        let mut with_keys = Vec::new();
        for person in 0..PEOPLE {
            with_keys.push(portal.come_to_set_a_password(person, "/recuperar").await);
        }
        let signed_in = portal
            .all_at_once(|caller| {
                let person = caller % PEOPLE;
                let mut old = portal.client(caller + CALLERS * round);
                // The first of each person's callers sets the password; the others sign in with the old one.
                let setter = (caller < PEOPLE).then(|| with_keys[person].clone());
                async move {
                    if let Some(mut setter) = setter {
                        let page = setter.post("/clave-definitiva", &[("clave", password(round + 1))]).await;
                        assert_eq!(leads_to(&page), Some("/ingreso"), "{}", page.words());
                        return None;
                    }
                    let typed = [("usuario", document(person)), ("clave", password(round))];
                    let page = old.post("/ingreso", &typed).await;
                    (leads_to(&page) == Some("/inicio")).then_some(old)
                }
            })
            .await;
        for mut browser in signed_in.into_iter().flatten() {
            opened += 1;
            let page = browser.get("/inicio").await;
            assert_eq!(page.path, "/ingreso", "round {round}: a session with the old password lives");
        }
        portal.portal().deliver().await;
    }
    assert!(opened > 0, "nobody was ever faster than the new password, so nothing raced");
}
