//! The measurement behind `cargo xtask bench timing`: a real server process, and a stranger who asks it in pairs.
//!
//! It is given the server's binary, a folder for its work, how many pairs, `all` or `leaks` (what is compared), and the
//! file for its result.

#![expect(clippy::expect_used, reason = "a measurement that has lost its ground must stop, as a test must")]

mod letters;
mod server;

use letters::Letters;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use server::Server;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;
use zaguan_testing::timing::{
    Comparison, DocumentState, Limits, Probe, Target, Verdict, as_file, bring_into_state, compare,
    policy_book,
};

/// Pairs before those that count.
const WARM_UP: u32 = 50;

/// Comparisons with those who are in the book and never registered: nine, and each needs people of its own.
const TURNS_IN_BOOK: u32 = 9;

/// How many people register at a time before the measurement.
const AT_A_TIME: u32 = 8;

/// What is measured.
struct Task {
    server: PathBuf,
    folder: PathBuf,
    pairs: u32,
    only_leaks: bool,
    result: PathBuf,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, folder, pairs, what, result] = &arguments[..] else {
        say("usage: timing SERVER FOLDER PAIRS all|leaks RESULT");
        std::process::exit(2);
    };
    let task = Task {
        server: server.into(),
        folder: folder.into(),
        pairs: pairs.parse().expect("a number of pairs"),
        only_leaks: what == "leaks",
        result: result.into(),
    };
    measure(&task);
}

fn measure(task: &Task) {
    let letters = Letters::start();
    let server = Server::prepare(&task.server, &task.folder, letters.port());
    let wanted = comparisons(task.only_leaks);
    let documents = task.pairs + WARM_UP;
    // Whoever registers is not in the state of one who never did any more: each comparison needs its own.
    let in_book = documents * (4 * TURNS_IN_BOOK + 1);
    server.import(&as_file(&policy_book(in_book)));
    let everyone = server.start("0,1");
    let mut states: Vec<DocumentState> = wanted.iter().map(|(_, state)| *state).collect();
    states.sort_unstable();
    states.dedup();
    let accounts: Vec<(DocumentState, u32)> =
        states.iter().flat_map(|state| (0..documents).map(|place| (*state, place))).collect();
    say(&format!("{} documents are brought into their states", accounts.len()));
    bring_about(&accounts, everyone.address(), &letters);
    letters.wait_for_quiet();
    drop(everyone);
    let pinned = server.start("0");
    let mut results = Vec::new();
    for (place, (probe, state)) in (0..).zip(&wanted) {
        let line = measure_one(task, (*probe, *state), place, pinned.address());
        results.push(line);
        let text = format!("{:#}\n", Value::Array(results.clone()));
        std::fs::write(&task.result, text).expect("the result is written");
    }
}

/// What is asked about whom: every state against the reference, and the reference against itself.
fn comparisons(only_leaks: bool) -> Vec<(Probe, DocumentState)> {
    if only_leaks {
        let leaks = [Probe::SignIn, Probe::Recover];
        return leaks
            .into_iter()
            .flat_map(|probe| [(probe, probe.reference()), (probe, DocumentState::Registered)])
            .collect();
    }
    Probe::ALL
        .into_iter()
        .flat_map(|probe| {
            let states = std::iter::once(probe.reference()).chain(probe.compared());
            states.map(move |state| (probe, state))
        })
        .collect()
}

fn bring_about(accounts: &[(DocumentState, u32)], portal: SocketAddr, letters: &Letters) {
    let next = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                let target = Target { portal, mail: letters };
                loop {
                    let place = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
                    let Some((state, place)) = accounts.get(place) else { break };
                    bring_into_state(&target, *state, &state.document(*place));
                }
            });
        }
    });
}

/// How long the portal is left alone before each request: what an answer leaves to be done is done by then.
fn rest(probe: Probe) -> Duration {
    match probe {
        Probe::Recover | Probe::RegisterOwnPolicy => Duration::from_millis(10),
        Probe::SignIn | Probe::RegisterWrongPolicy | Probe::RegistrationKey | Probe::RecoveryKey => {
            Duration::ZERO
        }
    }
}

fn measure_one(task: &Task, (probe, state): (Probe, DocumentState), place: u32, portal: SocketAddr) -> Value {
    let within_ms = if probe == Probe::SignIn { 1.0 } else { 0.3 };
    let limits = Limits { pairs: task.pairs, warm_up: WARM_UP, within_ms, rest: rest(probe) };
    let of_each = task.pairs + WARM_UP;
    let reference = probe.reference();
    let once = |round: u32| {
        let documents = |pair: u32| {
            // Those of the reference were never asked about; those of the state were, at most about other things.
            let turn = if reference == DocumentState::InBook { place % TURNS_IN_BOOK } else { place };
            let fresh = |which: u32| reference.document((4 * turn + 2 * round + which) * of_each + pair);
            let first = if state == reference { fresh(1) } else { state.document(pair) };
            (first, fresh(2))
        };
        let mut chance = ChaCha8Rng::seed_from_u64(u64::from(place * 2 + round));
        compare(portal, probe, documents, &limits, &mut chance)
    };
    let first = once(0);
    tell(probe, state, &first);
    // Another program may have been in the way; what is found twice is there.
    let repeated = (first.verdict() == Verdict::Time).then(|| once(1));
    if let Some(again) = &repeated {
        tell(probe, state, again);
    }
    json!({
        "probe": format!("{probe:?}"),
        "state": format!("{state:?}"),
        "reference": format!("{reference:?}"),
        "first": as_json(&first),
        "repeated": repeated.as_ref().map(as_json),
        "verdict": format!("{:?}", repeated.as_ref().unwrap_or(&first).verdict()),
    })
}

fn tell(probe: Probe, state: DocumentState, comparison: &Comparison) {
    let Comparison { first_ms, second_ms, difference_ms, interval_ms: (low, high), p, unlike, .. } =
        comparison;
    say(&format!(
        "{:<20} {:<23} {first_ms:8.3} {second_ms:8.3} ms, difference {difference_ms:+.4} ({low:+.4} to {high:+.4}), \
         p {p:.2e}, {unlike} unlike: {:?}",
        format!("{probe:?}"),
        format!("{state:?}"),
        comparison.verdict()
    ));
    if let Some(example) = &comparison.unlike_example {
        say(&format!("{example:#?}"));
    }
}

fn as_json(comparison: &Comparison) -> Value {
    json!({
        "pairs": comparison.pairs,
        "first_ms": comparison.first_ms,
        "second_ms": comparison.second_ms,
        "difference_ms": comparison.difference_ms,
        "interval_ms": [comparison.interval_ms.0, comparison.interval_ms.1],
        "within_ms": comparison.within_ms,
        "p": comparison.p,
        "unlike": comparison.unlike,
        "verdict": format!("{:?}", comparison.verdict()),
    })
}

/// Prints a line at once; that nobody listens is no reason to stop.
fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{line}");
    let _ = output.flush();
}
