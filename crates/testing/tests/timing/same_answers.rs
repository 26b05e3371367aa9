//! Twelve states of a document, six things that a stranger asks: one answer each, to the byte.

use crate::served::with_people;
use zaguan_hasher::HashSettings;
use zaguan_testing::timing::{Answer, Connection, DocumentState, Probe};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_is_answered_is_the_same_for_every_state_of_a_document() {
    let answers = with_people(&DocumentState::ALL, 1, HashSettings::for_tests(), |portal| {
        let mut connection = Connection::open(portal);
        let mut ask = |probe: Probe, state: DocumentState| -> Answer {
            let document = state.document(0);
            connection.ask(&probe.request(&document), "").1.masked(&document)
        };
        let mut answers = Vec::new();
        for probe in Probe::ALL {
            let reference = ask(probe, probe.reference());
            answers
                .extend(probe.compared().map(|state| (probe, state, reference.clone(), ask(probe, state))));
        }
        answers
    })
    .await;
    assert_eq!(
        answers.len(),
        5 * 11 + 8,
        "five things for twelve states, and one for the nine that may register"
    );
    for (probe, state, reference, answer) in answers {
        assert!(reference.status == 303 || reference.status == 422, "{probe:?}: {reference:?}");
        assert_eq!(answer, reference, "{probe:?} tells {state:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_that_asked_for_recovery_sees_next_is_the_same_for_every_state_of_a_document() {
    // The frame that tells what became of the letter is here too: a decoy behaves like a letter.
    let pages = with_people(&DocumentState::ALL, 1, HashSettings::for_tests(), |portal| {
        DocumentState::ALL.map(|state| {
            let document = state.document(0);
            let mut browser = zaguan_testing::timing::Browser::new(portal);
            browser.post("/recuperar", &[("usuario", &document)]);
            let next = browser.get("/recuperar/clave").masked(&document);
            let key = [("clave_transitoria", "0000-0000")];
            let wrong = browser.post("/recuperar/clave", &key).masked(&document);
            (state, next, wrong)
        })
    })
    .await;
    let [(_, next, wrong), others @ ..] = &pages;
    assert_eq!((next.status, wrong.status), (200, 422));
    for (state, others_next, others_wrong) in others {
        assert_eq!((others_next, others_wrong), (next, wrong), "{state:?}");
    }
}
