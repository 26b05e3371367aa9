//! The small version of `cargo xtask bench timing`: fewer pairs, on a machine that does other things too, so that only
//! a gross difference shows. A build that leaks grossly has to fail it, or it would prove nothing.

use crate::served::with_people;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use std::time::Duration;
use zaguan_hasher::HashSettings;
use zaguan_testing::timing::{Comparison, DocumentState, Limits, Probe, Verdict, compare};

const PAIRS: u32 = 60;
const WARM_UP: u32 = 5;
const WITHIN_MS: f64 = 10.0;

/// A tenth of what a password costs in production, so that many people can be made.
fn some_milliseconds() -> HashSettings {
    HashSettings { memory_kib: 4_096, passes: 1, ..HashSettings::for_tests() }
}

/// The comparison, and if it alarms another with other documents: what comes twice is no chance.
async fn measured(
    probe: Probe,
    (first, second): (DocumentState, DocumentState),
    hashing: HashSettings,
) -> Comparison {
    let one_round = PAIRS + WARM_UP;
    with_people(&[first, second], 2 * one_round, hashing, move |portal| {
        let limits = Limits { pairs: PAIRS, warm_up: WARM_UP, within_ms: WITHIN_MS, rest: Duration::ZERO };
        let once = |round: u32| {
            let documents = |place: u32| {
                let place = round * one_round + place;
                // A state compared with itself is one that any number has.
                let others_place = if first == second { place + 2 * one_round } else { place };
                (first.document(place), second.document(others_place))
            };
            let mut chance = ChaCha8Rng::seed_from_u64(u64::from(round));
            compare(portal, probe, documents, &limits, &mut chance)
        };
        Some(once(0)).filter(|comparison| comparison.verdict() == Verdict::Same).unwrap_or_else(|| once(1))
    })
    .await
}

fn expect(wanted: Verdict, comparison: &Comparison) {
    assert_eq!(comparison.verdict(), wanted, "{comparison:?}");
}

/// What a build must show where only one that leaks tells.
fn unless_leaky() -> Verdict {
    if cfg!(feature = "leaky") { Verdict::Time } else { Verdict::Same }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_takes_as_long_for_nobody_as_for_somebody() {
    let states = (DocumentState::Registered, DocumentState::Unknown);
    let comparison = measured(Probe::SignIn, states, some_milliseconds()).await;
    expect(unless_leaky(), &comparison);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_takes_as_long_for_two_who_share_a_number_as_for_one() {
    let states = (DocumentState::TwoAccounts, DocumentState::Registered);
    let comparison = measured(Probe::SignIn, states, some_milliseconds()).await;
    expect(Verdict::Same, &comparison);
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_takes_as_long_for_nobody_as_for_somebody() {
    let states = (DocumentState::Registered, DocumentState::Unknown);
    let comparison = measured(Probe::Recover, states, HashSettings::for_tests()).await;
    expect(unless_leaky(), &comparison);
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_takes_as_long_for_whoever_has_a_user_already() {
    let states = (DocumentState::Registered, DocumentState::InBook);
    let comparison = measured(Probe::RegisterOwnPolicy, states, HashSettings::for_tests()).await;
    expect(Verdict::Same, &comparison);
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_keys_takes_as_long_after_anybodys_recovery() {
    let states = (DocumentState::Recovering, DocumentState::UnknownAskedFor);
    let comparison = measured(Probe::RecoveryKey, states, HashSettings::for_tests()).await;
    expect(Verdict::Same, &comparison);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_compared_with_itself_is_never_told_apart() {
    let states = (DocumentState::Unknown, DocumentState::Unknown);
    let comparison = measured(Probe::Recover, states, HashSettings::for_tests()).await;
    expect(Verdict::Same, &comparison);
}
