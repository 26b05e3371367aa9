//! The hasher, with costs that are next to nothing, and its queue, with costs that take a while.

#![expect(clippy::unwrap_used, reason = "what a test cannot prepare is a failure of the test")]

use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use zaguan_domain::account::StoredPassword;
use zaguan_domain::password::Password;
use zaguan_domain::secret::Secrets;
use zaguan_hasher::{HashFault, HashSettings, Hasher, HasherError, Standing, Turn};

const SOON: Turn = waits(Duration::from_mins(1));
const SALT: [u8; 16] = [7; 16];
const OTHER_SALT: [u8; 16] = [8; 16];

const fn waits(patience: Duration) -> Turn {
    Turn { standing: Standing::Stranger, network: None, patience }
}

fn secrets(versions: &[u32]) -> Arc<Secrets> {
    let masters: Vec<_> = versions.iter().map(|version| (*version, [version.to_le_bytes()[0]; 32])).collect();
    Arc::new(Secrets::derive(masters.iter().map(|(version, master)| (*version, master))).unwrap())
}

fn hasher_with(settings: HashSettings) -> Hasher {
    Hasher::new(settings, secrets(&[1])).unwrap()
}

fn hasher() -> Hasher {
    hasher_with(HashSettings::for_tests())
}

/// One thread on which a hash takes a good part of a second.
fn slow_hasher(waiting_at_most: usize) -> Hasher {
    hasher_with(HashSettings {
        memory_kib: 16 * 1024,
        passes: 10,
        threads: 1,
        waiting_at_most,
        ..HashSettings::for_tests()
    })
}

fn password(text: &str) -> Password {
    Password::attempt(text)
}

async fn hash(hasher: &Hasher, text: &str) -> StoredPassword {
    hasher.hash(password(text), SALT, SOON).await.unwrap()
}

async fn verify(hasher: &Hasher, text: &str, stored: &[StoredPassword]) -> Vec<bool> {
    hasher.verify(password(text), stored.to_vec(), SALT, SOON).await.unwrap()
}

/// Returns when the thread of a slow hasher has begun what was pushed.
async fn until_begun(hasher: &Hasher) {
    while hasher.metrics().waiting > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn the_right_password_matches_and_a_wrong_one_does_not() {
    let hasher = hasher();
    let stored = [hash(&hasher, "tres gatos en el zaguán").await];
    assert_eq!(verify(&hasher, "tres gatos en el zaguán", &stored).await, [true]);
    for wrong in ["tres gatos en el zaguan", "Tres gatos en el zaguán", "tres gatos en el zaguán ", ""] {
        assert_eq!(verify(&hasher, wrong, &stored).await, [false], "{wrong:?}");
    }
}

#[tokio::test]
async fn accents_and_emoji_match_however_the_device_composed_them() {
    let hasher = hasher();
    let stored = [hash(&hasher, "ma\u{f1}ana \u{1f431} caf\u{e9}").await];
    assert_eq!(verify(&hasher, "man\u{303}ana \u{1f431} cafe\u{301}", &stored).await, [true]);
    assert_eq!(verify(&hasher, "manana \u{1f431} cafe", &stored).await, [false]);
}

#[tokio::test]
async fn a_password_of_a_kilobyte_counts_to_its_last_byte() {
    let hasher = hasher();
    let long = "a".repeat(1024);
    let stored = [hash(&hasher, &long).await];
    assert_eq!(verify(&hasher, &long, &stored).await, [true]);
    assert_eq!(verify(&hasher, &format!("{}b", &long[..1023]), &stored).await, [false]);
}

#[tokio::test]
async fn what_is_stored_is_a_phc_string_with_its_cost_and_salt() {
    let stored = hash(&hasher(), "cuatro mates amargos").await;
    let parts: Vec<&str> = stored.phc.split('$').collect();
    assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=32,t=1,p=1"]);
    assert_eq!(parts[4], "BwcHBwcHBwcHBwcHBwcHBw");
    assert_eq!(parts[5].len(), 43);
    assert_eq!(stored.pepper, 1);
    assert!(!format!("{stored:?}").contains(parts[5]));
}

#[tokio::test]
async fn the_same_password_and_salt_give_the_same_text_and_another_salt_another() {
    let (one, other) = (hasher(), hasher());
    let stored = hash(&one, "la luna de Lobos").await;
    assert_eq!(stored, hash(&one, "la luna de Lobos").await);
    assert_eq!(stored, hash(&other, "la luna de Lobos").await);
    assert_ne!(stored, one.hash(password("la luna de Lobos"), OTHER_SALT, SOON).await.unwrap());
    assert_ne!(stored, hash(&one, "la luna de lobos").await);
}

#[tokio::test]
async fn the_hash_is_that_of_argon2id_with_the_pepper_as_its_secret() {
    let secrets = secrets(&[1]);
    let pepper = secrets.pepper(1).unwrap();
    let cost = argon2::Params::new(32, 1, 1, Some(32)).unwrap();
    let argon2 =
        argon2::Argon2::new_with_secret(pepper, argon2::Algorithm::Argon2id, argon2::Version::V0x13, cost);
    let expected =
        argon2::PasswordHasher::hash_password_with_salt(&argon2.unwrap(), b"cuatro mates amargos", &SALT)
            .unwrap();
    assert_eq!(hash(&hasher(), "cuatro mates amargos").await.phc, expected.to_string());
}

#[tokio::test]
async fn memory_that_was_used_before_gives_the_same_hash_as_fresh_memory() {
    let used = hasher_with(HashSettings { threads: 1, ..HashSettings::for_tests() });
    for text in ["la primera", "la segunda", "la tercera"] {
        let fresh = hash(&hasher(), text).await;
        assert_eq!(hash(&used, text).await, fresh);
        assert_eq!(verify(&used, text, &[fresh]).await, [true]);
    }
}

#[tokio::test]
async fn a_hash_that_needs_more_memory_or_less_than_the_current_cost_still_matches() {
    let settings = HashSettings { threads: 1, ..HashSettings::for_tests() };
    let small = hasher_with(settings);
    let large = hasher_with(HashSettings { memory_kib: 2048, passes: 3, lanes: 4, ..settings });
    let stored = [hash(&small, "una clave").await, hash(&large, "una clave").await];
    for hasher in [&small, &large, &small] {
        assert_eq!(verify(hasher, "una clave", &stored).await, [true, true]);
        assert_eq!(verify(hasher, "otra clave", &stored).await, [false, false]);
    }
}

#[tokio::test]
async fn an_old_pepper_still_opens_and_new_passwords_get_the_new_one() {
    let before = Hasher::new(HashSettings::for_tests(), secrets(&[1])).unwrap();
    let stored = hash(&before, "una clave").await;
    let after = Hasher::new(HashSettings::for_tests(), secrets(&[1, 2])).unwrap();
    let renewed = hash(&after, "una clave").await;
    assert_eq!((stored.pepper, renewed.pepper), (1, 2));
    assert_ne!(stored.phc, renewed.phc);
    let both = [stored, renewed];
    assert_eq!(verify(&after, "una clave", &both).await, [true, true]);
    assert_eq!(verify(&after, "otra clave", &both).await, [false, false]);
}

#[tokio::test]
async fn a_pepper_that_is_lost_matches_nothing_and_still_costs_a_hash() {
    let stored = StoredPassword { pepper: 9, ..hash(&hasher(), "una clave").await };
    let hasher = hasher();
    assert!(!hasher.is_readable(&stored));
    assert_eq!(verify(&hasher, "una clave", &[stored]).await, [false]);
    assert_eq!(hasher.metrics().hashes, 1);
}

#[tokio::test]
async fn an_unknown_user_costs_one_hash_as_a_known_one_does() {
    let hasher = hasher();
    assert_eq!(verify(&hasher, "una clave", &[]).await, [false; 0]);
    assert_eq!(hasher.metrics().hashes, 1);
}

#[tokio::test]
async fn two_accounts_with_one_salt_cost_one_hash() {
    let hasher = hasher();
    let stored = [hash(&hasher, "la de ella").await, hash(&hasher, "la de él").await];
    let before = hasher.metrics().hashes;
    assert_eq!(verify(&hasher, "la de él", &stored).await, [false, true]);
    assert_eq!(hasher.metrics().hashes, before + 1);
}

#[tokio::test]
async fn accounts_with_different_salts_cost_a_hash_each() {
    let hasher = hasher();
    let one = hash(&hasher, "una clave").await;
    let other = hasher.hash(password("una clave"), OTHER_SALT, SOON).await.unwrap();
    let before = hasher.metrics().hashes;
    assert_eq!(verify(&hasher, "una clave", &[one.clone(), other, one]).await, [true, true, true]);
    assert_eq!(hasher.metrics().hashes, before + 2);
}

#[tokio::test]
async fn what_cannot_be_read_matches_nothing_and_costs_one_hash() {
    let hasher = hasher();
    let good = hash(&hasher, "una clave").await.phc;
    let (head, _) = good.rsplit_once('$').unwrap();
    let damaged = [
        String::new(),
        "una clave".to_owned(),
        head.to_owned(),
        format!("{good}$"),
        good.replace("argon2id", "argon2i"),
        good.replace("v=19", "v=16"),
        good.replace("$v=19", ""),
        good.replace("m=32", "m=1048577"),
        good.replace("m=32", "m=4294967295"),
        good.replace("t=1", "t=21"),
        good.replace("p=1", "p=17"),
        good.replace("t=1", "t=0"),
        good.replace("BwcH", "¡!"),
    ];
    for phc in damaged {
        let stored = StoredPassword { phc: phc.clone(), pepper: 1 };
        assert!(!hasher.is_readable(&stored), "{phc}");
        assert!(
            hasher.is_newly_unreadable(&stored) && !hasher.is_newly_unreadable(&stored),
            "{phc}: told once"
        );
        let before = hasher.metrics().hashes;
        assert_eq!(verify(&hasher, "una clave", &[stored]).await, [false], "{phc}");
        assert_eq!(hasher.metrics().hashes, before + 1, "{phc}");
    }
}

#[tokio::test]
async fn a_damaged_account_does_not_keep_its_namesake_out() {
    let hasher = hasher();
    let good = hash(&hasher, "una clave").await;
    let damaged = StoredPassword { phc: "$argon2id$".to_owned(), pepper: 1 };
    assert!(hasher.is_readable(&good) && !hasher.is_newly_unreadable(&good));
    let before = hasher.metrics().hashes;
    assert_eq!(verify(&hasher, "una clave", &[damaged, good]).await, [false, true]);
    assert_eq!(hasher.metrics().hashes, before + 1);
}

#[tokio::test]
async fn when_the_queue_is_full_the_next_is_turned_away_at_once() {
    let hasher = slow_hasher(2);
    let mut admitted = JoinSet::new();
    for place in 0..3 {
        let hasher_here = hasher.clone();
        admitted.spawn(async move { hasher_here.hash(password("una clave"), SALT, SOON).await });
        tokio::task::yield_now().await;
        if place == 0 {
            until_begun(&hasher).await;
        }
    }
    assert_eq!(hasher.metrics().waiting, 2);
    assert_eq!(hasher.hash(password("una clave"), SALT, SOON).await, Err(HashFault::Busy));
    let verified = hasher.verify(password("una clave"), Vec::new(), SALT, SOON).await;
    assert_eq!(verified, Err(HashFault::Busy));
    assert_eq!(hasher.metrics().hashes, 0, "they were told before the first hash was done");
    assert_eq!(hasher.metrics().turned_away, 2);
    assert!(admitted.join_all().await.iter().all(Result::is_ok));
    assert_eq!(hasher.metrics().hashes, 3);
}

#[tokio::test]
async fn what_is_past_its_deadline_is_not_begun() {
    let hasher = slow_hasher(10);
    let first = hasher.clone();
    let first = async move { first.hash(password("una clave"), SALT, SOON).await };
    let late = hasher.hash(password("una clave"), SALT, waits(Duration::ZERO));
    let (first, late) = tokio::join!(first, late);
    assert!(first.is_ok());
    assert_eq!(late, Err(HashFault::Busy));
    assert_eq!(hasher.metrics().hashes, 1);
}

#[tokio::test]
async fn a_deadline_without_end_is_no_deadline() {
    let stored = hasher().hash(password("una clave"), SALT, waits(Duration::MAX)).await.unwrap();
    assert_eq!(verify(&hasher(), "una clave", &[stored]).await, [true]);
}

/// A slow hasher that is at work for somebody, while three others came and went away again.
async fn abandoned_by_three(queue: usize) -> (Hasher, JoinSet<Result<StoredPassword, HashFault>>) {
    let hasher = slow_hasher(queue);
    let mut running = JoinSet::new();
    let busy = hasher.clone();
    running.spawn(async move { busy.hash(password("una clave"), SALT, SOON).await });
    tokio::task::yield_now().await;
    until_begun(&hasher).await;
    for _ in 0..3 {
        let patience = Duration::from_millis(1);
        let gave_up = tokio::time::timeout(patience, hasher.hash(password("una clave"), SALT, SOON)).await;
        assert!(gave_up.is_err());
    }
    assert_eq!(hasher.metrics().waiting, 1, "who came later found the others gone");
    (hasher, running)
}

#[tokio::test]
async fn who_went_away_is_not_hashed_for() {
    let (hasher, running) = abandoned_by_three(10).await;
    assert!(hasher.hash(password("una clave"), SALT, SOON).await.is_ok());
    assert!(running.join_all().await.iter().all(Result::is_ok));
    assert_eq!(hasher.metrics().hashes, 2);
}

#[tokio::test]
async fn who_went_away_makes_room_for_others() {
    let (hasher, running) = abandoned_by_three(1).await;
    assert!(hasher.hash(password("una clave"), SALT, SOON).await.is_ok());
    assert!(running.join_all().await.iter().all(Result::is_ok));
    assert_eq!(hasher.metrics().turned_away, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_served_whole_and_each_gets_their_own_answer() {
    let hasher = hasher();
    let stored: Vec<_> = {
        let mut stored = Vec::new();
        for number in 0..40 {
            stored.push(hash(&hasher, &format!("clave {number}")).await);
        }
        stored
    };
    let mut crowd = JoinSet::new();
    for number in 0..80_usize {
        let (hasher, stored) = (hasher.clone(), stored[number % 40].clone());
        crowd.spawn(async move {
            let right = verify(&hasher, &format!("clave {number}"), &[stored]).await;
            right == [number < 40]
        });
    }
    assert!(crowd.join_all().await.into_iter().all(|as_expected| as_expected));
}

#[test]
fn a_cost_below_the_recommended_minimum_is_refused() {
    let settings = |memory_kib, passes| HashSettings { memory_kib, passes, ..HashSettings::default() };
    for (memory_kib, passes) in [(19_455, 2), (19_456, 1), (47_103, 1), (7_167, 5), (0, 0)] {
        let refused = Hasher::new(settings(memory_kib, passes), secrets(&[1])).unwrap_err();
        assert_eq!(refused, HasherError::TooWeak { memory_kib, passes });
    }
    for (memory_kib, passes) in [(19_456, 2), (47_104, 1), (12_288, 3), (9_216, 4), (7_168, 5), (65_536, 3)] {
        assert!(Hasher::new(settings(memory_kib, passes), secrets(&[1])).is_ok(), "{memory_kib}/{passes}");
    }
}

#[test]
fn a_cost_that_cannot_be_computed_or_would_not_be_believed_is_refused() {
    let weak = HashSettings::for_tests();
    let impossible = [
        HashSettings { memory_kib: 2 * 1024 * 1024, ..weak },
        HashSettings { passes: 21, ..weak },
        HashSettings { lanes: 17, memory_kib: 1024, ..weak },
        HashSettings { lanes: 8, memory_kib: 8, ..weak },
        HashSettings { lanes: 0, ..weak },
        HashSettings { passes: 0, ..weak },
    ];
    for settings in impossible {
        let refused = Hasher::new(settings, secrets(&[1])).unwrap_err();
        assert!(matches!(refused, HasherError::Impossible { .. }), "{settings:?}: {refused}");
    }
    for settings in [HashSettings { threads: 0, ..weak }, HashSettings { waiting_at_most: 0, ..weak }] {
        assert_eq!(Hasher::new(settings, secrets(&[1])).unwrap_err(), HasherError::NoRoom);
    }
}

#[tokio::test]
async fn memory_is_kept_between_hashes_and_handed_back_when_there_is_nothing_to_do() {
    let settings = HashSettings { threads: 1, memory_kib: 4096, ..HashSettings::for_tests() };
    let keeps = hasher_with(settings);
    assert_eq!(keeps.metrics().kept_bytes, 0, "nothing was hashed yet");
    let stored = hash(&keeps, "una clave").await;
    assert_eq!(keeps.metrics().kept_bytes, 4096 * 1024);
    let hands_back = hasher_with(HashSettings { idle: Duration::from_millis(1), ..settings });
    for _ in 0..3 {
        assert_eq!(hash(&hands_back, "una clave").await, stored);
        while hands_back.metrics().kept_bytes > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert_eq!(keeps.metrics().kept_bytes, 4096 * 1024);
}

#[tokio::test]
async fn the_known_are_hashed_for_before_strangers_who_came_first() {
    let hasher = slow_hasher(10);
    let (order, mut finished) = tokio::sync::mpsc::unbounded_channel();
    let mut crowd = JoinSet::new();
    for (name, standing) in [
        ("at work", Standing::Stranger),
        ("stranger", Standing::Stranger),
        ("another stranger", Standing::Stranger),
        ("known", Standing::Known),
    ] {
        let (hasher_here, order) = (hasher.clone(), order.clone());
        crowd.spawn(async move {
            let turn = Turn { standing, ..SOON };
            hasher_here.hash(password("una clave"), SALT, turn).await.unwrap();
            order.send(name).unwrap();
        });
        tokio::task::yield_now().await;
        if name == "at work" {
            until_begun(&hasher).await;
        }
    }
    drop(order);
    let mut names = Vec::new();
    while let Some(name) = finished.recv().await {
        names.push(name);
    }
    assert_eq!(names, ["at work", "known", "stranger", "another stranger"]);
}

#[tokio::test]
async fn there_is_room_until_there_is_too_much_to_do_in_time_and_then_again() {
    let hasher = slow_hasher(100);
    let in_time = waits(Duration::from_millis(10));
    assert!(hasher.has_room(in_time), "nothing is known yet, and nobody is there");
    hash(&hasher, "una clave").await;
    assert!(hasher.metrics().one_takes > Duration::from_millis(10));
    assert!(hasher.has_room(in_time), "the thread is free");
    let busy = hasher.clone();
    let mut running = JoinSet::new();
    running.spawn(async move { hash(&busy, "una clave").await });
    tokio::task::yield_now().await;
    until_begun(&hasher).await;
    assert!(!hasher.has_room(in_time));
    assert!(hasher.has_room(SOON));
    let told = hasher.verify(password("una clave"), Vec::new(), SALT, in_time).await;
    assert_eq!(told, Err(HashFault::Busy));
    running.join_all().await;
    assert!(hasher.has_room(in_time));
}

#[tokio::test]
async fn what_cost_less_than_new_ones_or_has_an_older_pepper_is_outdated() {
    let weak = hasher();
    let settings = HashSettings::for_tests();
    let strong = hasher_with(HashSettings { passes: 3, ..settings });
    let (old, new) = (hash(&weak, "una clave").await, hash(&strong, "una clave").await);
    assert!(strong.is_outdated(&old) && !strong.is_outdated(&new));
    assert!(!weak.is_outdated(&old) && !weak.is_outdated(&new), "a stronger one stays");
    let renewed = Hasher::new(settings, secrets(&[1, 2])).unwrap();
    assert!(renewed.is_outdated(&old));
    assert!(!renewed.is_outdated(&hash(&renewed, "una clave").await));
    let damaged = StoredPassword { phc: "$argon2id$".to_owned(), pepper: 1 };
    assert!(!strong.is_outdated(&damaged));
}
