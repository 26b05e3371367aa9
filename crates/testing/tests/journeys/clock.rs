//! A clock that is wrong for a while, and right again: what was used stays used, and nobody is shut out afterwards.

use crate::people::*;
use axum::http::StatusCode;
use jiff::SignedDuration;
use zaguan_testing::TestPortal;

/// Ahead or behind by an hour, by a day, by more than a year.
const JUMPS: [SignedDuration; 6] = [
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(-1),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(-24),
    SignedDuration::from_hours(400 * 24),
    SignedDuration::from_hours(-400 * 24),
];

#[tokio::test]
async fn a_used_key_is_used_whatever_the_clock_says() {
    let portal = TestPortal::new().await;
    registered_ana(&portal).await;
    let letter =
        portal.letters().into_iter().find(zaguan_testing::SentLetter::has_key).expect("the key's letter");
    let key = letter.key();
    for jump in JUMPS {
        for by in [jump, -jump] {
            portal.world().pass(by);
            let mut stranger = portal.client();
            let form = [("documento", "12345678"), ("clave_transitoria", key.as_str())];
            let page = stranger.post("/registro/clave", &form).await;
            assert_ne!(page.status, StatusCode::SEE_OTHER, "{jump:?}: the key was taken again");
            let page = stranger.post(&letter.link_path(), &[("", ""); 0]).await;
            assert_ne!(page.status, StatusCode::SEE_OTHER, "{jump:?}: the link was taken again");
        }
    }
}

#[tokio::test]
async fn the_whole_journey_works_while_the_clock_is_wrong_and_after_it_is_right_again() {
    for jump in JUMPS {
        let portal = TestPortal::with_limits().await;
        portal.world().pass(jump);
        let mut ana = signed_in_ana(&portal).await;
        portal.world().pass(-jump);
        // What was opened an hour ago or more, as the clock says now, is over.
        let still_in = ana.get("/inicio").await.path == "/inicio";
        assert_eq!(still_in, jump.is_positive(), "{jump:?}");
        let page = sign_in(&mut portal.client(), "12345678", GOOD_PASSWORD).await;
        assert_eq!(page.path, "/inicio", "{jump:?}: {}", page.words());
        let mut luis = portal.client();
        let fields = [
            ("documento", "30123456"),
            ("ramo", "motovehiculos"),
            ("poliza", "7654"),
            ("email", "luis@gmail.com"),
        ];
        register(&mut luis, &fields).await;
        portal.deliver().await;
        type_key(&mut luis, "/registro/clave", &portal.last_letter_to("luis@gmail.com").key()).await;
        assert_eq!(set_password(&mut luis, OTHER_PASSWORD).await.path, "/ingreso", "{jump:?}");
    }
}

#[tokio::test]
async fn whoever_asked_for_a_key_while_the_clock_was_wrong_gets_in_when_it_is_right_again() {
    for jump in JUMPS {
        let portal = TestPortal::with_limits().await;
        portal.world().pass(jump);
        let mut ana = portal.client();
        register(&mut ana, &ANA).await;
        portal.deliver().await;
        portal.world().pass(-jump);
        // The key of the letter may be over by now: then the page says so, and another one is asked for.
        let page = type_key(&mut ana, "/registro/clave", &portal.last_letter_to(ANAS_EMAIL).key()).await;
        if page.path != "/clave-definitiva" {
            register(&mut ana, &ANA).await;
            portal.deliver().await;
            let key = portal.last_letter_to(ANAS_EMAIL).key();
            let page = type_key(&mut ana, "/registro/clave", &key).await;
            assert_eq!(page.path, "/clave-definitiva", "{jump:?}: {}", page.words());
        }
        assert_eq!(set_password(&mut ana, GOOD_PASSWORD).await.path, "/ingreso", "{jump:?}");
    }
}

#[tokio::test]
async fn strangers_who_guess_gain_one_try_at_most_by_a_clock_that_goes_back() {
    let portal = TestPortal::with_limits().await;
    registered_ana(&portal).await;
    portal.world().pass(SignedDuration::from_hours(400 * 24));
    let mut stranger = portal.client();
    let mut tried = 0;
    while sign_in(&mut stranger, "12345678", "una que no es").await.status == StatusCode::UNPROCESSABLE_ENTITY
    {
        tried += 1;
    }
    assert_eq!(tried, 10, "the limit of a document");
    portal.world().pass(SignedDuration::from_hours(-400 * 24));
    let again = sign_in(&mut stranger, "12345678", "una que no es").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "one more");
    let page = sign_in(&mut stranger, "12345678", "una que no es").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "and no more than that: {}", page.words());
}
