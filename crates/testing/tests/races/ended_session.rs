//! A session that is ended while it is used: nothing asked for afterwards is answered, at either process.

use crate::two_processes::{TwoProcesses, document, leads_to, password};
use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ROUNDS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_answered_to_a_session_once_its_end_was_answered() {
    let portal = TwoProcesses::with_people(1).await;
    let mut ana = portal.registered(0, &password(0)).await;
    for round in 0..ROUNDS {
        portal.portal().world().pass(SignedDuration::from_hours(2));
        let page = ana.post("/ingreso", &[("usuario", document(0)), ("clave", password(0))]).await;
        assert_eq!(leads_to(&page), Some("/inicio"), "round {round}: {}", page.words());
        let ended = Arc::new(AtomicBool::new(false));
        let refused = portal
            .all_at_once(|caller| {
                let mut tab = portal.client_like(&ana, caller);
                let ended = Arc::clone(&ended);
                async move {
                    if caller == 7 {
                        let page = tab.post("/salir", &[("", "")]).await;
                        assert_eq!(leads_to(&page), Some("/ingreso"), "{}", page.words());
                        ended.store(true, Ordering::SeqCst);
                    }
                    loop {
                        let was_ended = ended.load(Ordering::SeqCst);
                        let page = tab.clone().ask(axum::http::Method::GET, "/inicio", None).await;
                        let is_refused = leads_to(&page) == Some("/ingreso");
                        if was_ended || is_refused {
                            return is_refused;
                        }
                        tokio::task::yield_now().await;
                    }
                }
            })
            .await;
        assert!(refused.into_iter().all(|refused| refused), "round {round}");
        let mut later = portal.client_like(&ana, 1);
        assert_eq!(later.get("/inicio").await.path, "/ingreso", "round {round}");
    }
}
