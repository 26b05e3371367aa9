//! Passwords hashed anew: when the cost rises, each as its owner signs in.

use crate::people::*;
use zaguan_hasher::HashSettings;
use zaguan_testing::{Client, TestPortal};

/// A browser of this portal with the cookies of another.
fn moved(browser: &Client, portal: &TestPortal) -> Client {
    let mut moved = portal.client();
    moved.steal_cookies(browser);
    moved
}

#[tokio::test]
async fn when_the_cost_rises_the_password_is_hashed_anew_at_the_next_sign_in_and_only_then() {
    let cheap = TestPortal::new().await;
    let ana = registered_ana(&cheap).await;
    let letters = cheap.letters().len();
    let dear = HashSettings { passes: 3, ..HashSettings::for_tests() };
    let portal = cheap.other_process_with_hashing(dear).await;
    let mut ana = moved(&ana, &portal);
    let hashes = || portal.hasher().metrics().hashes;
    let wrong = sign_in(&mut ana, "12345678", OTHER_PASSWORD).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(hashes(), 1, "a wrong password is not hashed anew");
    assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.path, "/inicio");
    assert_eq!(hashes(), 3);
    assert_eq!(sign_in(&mut ana, "12345678", GOOD_PASSWORD).await.path, "/inicio");
    assert_eq!(hashes(), 4, "once is enough");
    assert_eq!(ana.get("/inicio").await.path, "/inicio", "nothing ends by it");
    portal.deliver().await;
    assert_eq!(portal.letters().len(), letters, "and nobody is told");
}

#[tokio::test]
async fn who_presses_twice_is_in_both_times_while_the_password_is_hashed_anew() {
    let cheap = TestPortal::new().await;
    registered_ana(&cheap).await;
    let dear = HashSettings { passes: 3, ..HashSettings::for_tests() };
    let portal = cheap.other_process_with_hashing(dear).await;
    let press = || async {
        let typed = [("usuario", "12345678"), ("clave", GOOD_PASSWORD)];
        portal.client().post("/ingreso", &typed).await.headers["location"].clone()
    };
    let (one, two, three) = tokio::join!(press(), press(), press());
    assert_eq!([one, two, three], ["/inicio", "/inicio", "/inicio"]);
}
