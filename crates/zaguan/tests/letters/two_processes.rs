//! Two postmen in two processes, one of which stops in the middle of a letter for longer than its lease.

use crate::outbox::{Handed, Outbox, Told, ToldTransport, accepted_by};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zaguan::mail::outgoing::Outgoing;
use zaguan::mail::{Sending, Transport};
use zaguan::postman::LEASE;
use zaguan_domain::letter::LetterState;
use zaguan_store::LetterFilter;
use zaguan_testing::key_in;

const LETTERS: usize = 1_000;

/// Hands letters on, but stops in the middle of the first one until it is let go.
#[derive(Debug)]
struct StopsOnce {
    inner: Arc<ToldTransport>,
    first: Semaphore,
    let_go: Semaphore,
}

impl Transport for StopsOnce {
    fn send<'a>(&'a self, letter: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            let delivery = self.inner.send(letter).await;
            if let Ok(first) = self.first.try_acquire() {
                first.forget();
                self.let_go.acquire().await.expect("never closed").forget();
            }
            delivery
        })
    }
}

async fn waiting(outbox: &Outbox) -> usize {
    let letters = outbox.store.letters(LetterFilter::All, 2_000).await.expect("read");
    letters.iter().filter(|(_, state)| matches!(state, LetterState::Waiting { .. })).count()
}

async fn until_only_one_waits(outbox: &Outbox) {
    let wait = async {
        while waiting(outbox).await > 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_mins(2), wait).await.expect("all but the one in hand are sent");
}

/// The letters handed over to each address.
fn by_address(handed: impl IntoIterator<Item = Handed>) -> BTreeMap<String, Vec<Handed>> {
    let mut all = BTreeMap::<String, Vec<Handed>>::new();
    for letter in handed {
        all.entry(letter.to.clone()).or_default().push(letter);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_letters_only_the_one_whose_postman_stopped_is_sent_twice() {
    let outbox = Outbox::new().await;
    for number in 0..LETTERS {
        let to = format!("persona{number}@example.com");
        if number % 10 == 0 {
            outbox.queue_key(&to).await;
        } else {
            outbox.queue_notice(&to).await;
        }
    }
    let [of_first, of_second] = [(); 2].map(|()| {
        ToldTransport::new((0..LETTERS).map(|_| Told::Answer(accepted_by("correo.prueba.example"))))
    });
    let stops =
        StopsOnce { inner: Arc::clone(&of_first), first: Semaphore::new(1), let_go: Semaphore::new(0) };
    let stops = Arc::new(stops);
    let first = outbox.postman(Arc::clone(&stops) as _);
    let second = outbox.postman_of_another_process(of_second.clone()).await;
    let (stop, running) = (CancellationToken::new(), TaskTracker::new());
    for postman in [first, second.clone()] {
        let stop = stop.clone();
        running.spawn(async move { postman.run(stop).await });
    }
    until_only_one_waits(&outbox).await;
    outbox.pass(LEASE + SignedDuration::from_secs(1));
    while waiting(&outbox).await > 0 {
        second.round().await.expect("a round");
    }
    stops.let_go.add_permits(1);
    stop.cancel();
    running.close();
    timeout(Duration::from_secs(20), running.wait()).await.expect("both end");

    let stopped = of_first.handed()[0].clone();
    let sent = by_address(of_first.handed().into_iter().chain(of_second.handed()));
    assert_eq!(sent.len(), LETTERS, "each letter was sent");
    assert!(!of_second.handed().is_empty() && of_first.handed().len() > 1, "both had letters");
    for (to, letters) in &sent {
        let expected = if *to == stopped.to { 2 } else { 1 };
        assert_eq!(letters.len(), expected, "{to}");
        assert!(letters.iter().all(|letter| letter.message_id == letters[0].message_id), "{to}");
        assert!(letters.iter().all(|letter| key_in(&letter.text) == key_in(&letters[0].text)), "{to}");
    }
    assert_eq!(waiting(&outbox).await, 0);
}
