//! The postman: each letter is sent once, late rather than never, and one that fails delays nobody.

use crate::outbox::{Outbox, Told, ToldTransport, not_yet, refused};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use zaguan::postman::{LEASE, Postman};
use zaguan_domain::change::Change;
use zaguan_domain::id::LetterId;
use zaguan_domain::key::Key;
use zaguan_domain::letter::{GIVE_UP_AFTER, LetterState, wait_after};
use zaguan_domain::limit::Rules;
use zaguan_testing::{key_in, link_path_in};
use zaguan_web::World as _;

const ANA: &str = "ana@example.com";
const BETO: &str = "beto@example.com";

/// The time that a waiting letter waits for, from now.
async fn waits(outbox: &Outbox, letter: LetterId) -> SignedDuration {
    let state = outbox.state(letter).await;
    let LetterState::Waiting { next_at, .. } = state else { panic!("{state:?}") };
    next_at.duration_since(outbox.world.now())
}

/// Runs a postman on the side until told to stop.
fn on_the_side(postman: Postman) -> (CancellationToken, tokio::task::JoinHandle<()>) {
    let stop = CancellationToken::new();
    let told = stop.clone();
    let running = tokio_util::task::TaskTracker::new().spawn(async move { postman.run(told).await });
    (stop, running)
}

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), wait).await.unwrap_or_else(|_| panic!("never {what}"));
}

#[tokio::test]
async fn a_letter_carries_its_key_and_link_and_the_servers_words_are_kept() {
    let outbox = Outbox::new().await;
    let (key, letter) = outbox.queue_key(ANA).await;
    let transport = ToldTransport::new([]);
    assert_eq!(outbox.postman(transport.clone()).round().await.expect("a round"), 1);
    let handed = transport.handed();
    let key: Key = outbox.store.key(key).await.expect("read").expect("there");
    assert_eq!(handed[0].to, ANA);
    assert_eq!(key_in(&handed[0].text), key.text(&outbox.secrets).map(|text| text.shown()));
    let link = link_path_in(&handed[0].text).expect("a link");
    assert_eq!(
        Some(link.trim_start_matches("/enlace/").to_owned()),
        key.link(&outbox.secrets).map(|link| link.to_text())
    );
    assert!(handed[0].text.contains("https://portal.example/enlace/"));
    let state = outbox.state(letter).await;
    let LetterState::Accepted { server, reply, .. } = state else { panic!("{state:?}") };
    assert_eq!((server.as_str(), reply.as_str()), ("correo.prueba.example", "250 2.0.0 Ok: queued as 4F1"));
}

#[tokio::test]
async fn a_keys_life_begins_before_its_letter_leaves() {
    let outbox = Outbox::new().await;
    let (key, _) = outbox.queue_key(ANA).await;
    let transport = ToldTransport::new([Told::NeverComesBack]);
    outbox.pass(SignedDuration::from_mins(7));
    let postman = outbox.postman(transport.clone());
    assert!(
        timeout(Duration::from_millis(200), postman.round()).await.is_err(),
        "the transport never comes back"
    );
    assert_eq!(transport.handed().len(), 1);
    let key = outbox.store.key(key).await.expect("read").expect("there");
    assert_eq!(key.expires_at, outbox.world.now().checked_add(Rules::default().key_life).ok());
}

#[tokio::test]
async fn a_letter_that_is_put_off_waits_longer_each_time_and_is_then_sent() {
    let outbox = Outbox::new().await;
    let (_, letter) = outbox.queue_key(ANA).await;
    let transport = ToldTransport::new((0..3).map(|_| not_yet("451 4.7.1 greylisted")));
    let postman = outbox.postman(transport.clone());
    for attempt in 1..=3 {
        assert_eq!(postman.round().await.expect("a round"), 1);
        assert_eq!(waits(&outbox, letter).await, wait_after(attempt));
        assert_eq!(postman.round().await.expect("a round"), 0, "not before its time");
        outbox.pass(wait_after(attempt));
    }
    assert_eq!(postman.round().await.expect("a round"), 1);
    assert!(matches!(outbox.state(letter).await, LetterState::Accepted { .. }));
    let handed = transport.handed();
    assert_eq!(handed.len(), 4);
    assert!(handed.iter().all(|other| other.message_id == handed[0].message_id), "{handed:#?}");
    assert!(
        handed.iter().all(|other| key_in(&other.text) == key_in(&handed[0].text)),
        "the same key every time"
    );
}

#[tokio::test]
async fn a_letter_that_waited_longer_than_a_key_lives_carries_a_key_that_lives_from_now() {
    let outbox = Outbox::new().await;
    let (key, letter) = outbox.queue_key(ANA).await;
    let transport = ToldTransport::new([not_yet("421 4.3.2 closed")]);
    let postman = outbox.postman(transport);
    postman.round().await.expect("a round");
    outbox.pass(SignedDuration::from_hours(3));
    postman.round().await.expect("a round");
    assert!(matches!(outbox.state(letter).await, LetterState::Accepted { .. }));
    let key = outbox.store.key(key).await.expect("read").expect("there");
    assert_eq!(key.expires_at, outbox.world.now().checked_add(Rules::default().key_life).ok());
}

#[tokio::test]
async fn a_letter_that_is_refused_is_not_tried_again_and_says_why() {
    let outbox = Outbox::new().await;
    let (_, letter) = outbox.queue_key(ANA).await;
    let transport = ToldTransport::new([refused("550 5.1.1 no such user")]);
    let postman = outbox.postman(transport.clone());
    postman.round().await.expect("a round");
    let state = outbox.state(letter).await;
    let LetterState::Refused { reply, .. } = state else { panic!("{state:?}") };
    assert_eq!(reply, "550 5.1.1 no such user");
    outbox.pass(SignedDuration::from_hours(2));
    assert_eq!(postman.round().await.expect("a round"), 0);
    assert_eq!(transport.handed().len(), 1);
}

#[tokio::test]
async fn after_five_days_without_success_a_letter_is_refused_in_the_servers_last_words() {
    let outbox = Outbox::new().await;
    let letter = outbox.queue_notice(ANA).await;
    let transport = ToldTransport::new((0..400).map(|_| not_yet("421 4.3.2 closed")));
    let postman = outbox.postman(transport.clone());
    let begun = outbox.world.now();
    let reply = loop {
        postman.round().await.expect("a round");
        match outbox.state(letter).await {
            LetterState::Waiting { next_at, .. } => outbox.pass(next_at.duration_since(outbox.world.now())),
            LetterState::Refused { reply, .. } => break reply,
            state @ (LetterState::Accepted { .. } | LetterState::Dropped { .. }) => panic!("{state:?}"),
        }
    };
    assert_eq!(reply, "421 4.3.2 closed");
    let took = outbox.world.now().duration_since(begun);
    assert!(took >= GIVE_UP_AFTER && took <= GIVE_UP_AFTER + SignedDuration::from_mins(30), "{took:?}");
}

#[tokio::test]
async fn a_letter_whose_key_was_over_before_it_could_leave_is_dropped() {
    for end in ["spent", "killed", "spent long ago", "killed long ago"] {
        let outbox = Outbox::new().await;
        let (key, letter) = outbox.queue_key(ANA).await;
        let at = outbox.world.now();
        let change = if end.starts_with("spent") {
            Change::KeySpent { key, at }
        } else {
            Change::KeyKilled { key, at }
        };
        outbox.store.commit(vec![change]).await.expect("written");
        if end.ends_with("ago") {
            outbox.pass(SignedDuration::from_hours(25));
        }
        let transport = ToldTransport::new([]);
        outbox.postman(transport.clone()).round().await.expect("a round");
        assert!(matches!(outbox.state(letter).await, LetterState::Dropped { .. }), "{end}");
        assert!(transport.handed().is_empty(), "{end}");
    }
}

#[tokio::test]
async fn a_letter_that_left_before_the_process_died_is_sent_again_under_the_same_name() {
    let outbox = Outbox::new().await;
    let (_, letter) = outbox.queue_key(ANA).await;
    let transport = ToldTransport::new([Told::NeverComesBack]);
    let dying = outbox.postman(transport.clone());
    assert!(timeout(Duration::from_millis(200), dying.round()).await.is_err());
    drop(dying);
    let next = outbox.postman(transport.clone());
    assert_eq!(next.round().await.expect("a round"), 0, "it is the first one's until the lease is over");
    outbox.pass(LEASE);
    assert_eq!(next.round().await.expect("a round"), 1);
    assert!(matches!(outbox.state(letter).await, LetterState::Accepted { .. }));
    let handed = transport.handed();
    assert_eq!(handed.len(), 2);
    assert_eq!(handed[0].message_id, handed[1].message_id);
    assert_eq!(key_in(&handed[0].text), key_in(&handed[1].text));
}

#[tokio::test]
async fn two_postmen_never_send_one_letter_twice() {
    let outbox = Outbox::new().await;
    for number in 0..40 {
        outbox.queue_notice(&format!("p{number}@example.com")).await;
    }
    let transport = ToldTransport::new([]);
    let (one, other) = (outbox.postman(transport.clone()), outbox.postman(transport.clone()));
    let (first, second) = tokio::join!(one.round(), other.round());
    assert_eq!(first.expect("a round") + second.expect("a round"), 40);
    let mut sent: Vec<_> = transport.handed().into_iter().map(|handed| handed.to).collect();
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), 40);
}

#[tokio::test]
async fn one_letter_that_hangs_delays_nobody() {
    let outbox = Outbox::new().await;
    outbox.queue_notice(ANA).await;
    let transport = ToldTransport::new([Told::NeverComesBack]);
    let postman = outbox.postman(transport.clone());
    let wake = Arc::clone(&postman.wake);
    let (stop, running) = on_the_side(postman);
    until("handed over", async || transport.handed().len() == 1).await;
    let mut others = Vec::new();
    for number in 0..20 {
        others.push(outbox.queue_notice(&format!("p{number}@example.com")).await);
    }
    wake.notify_one();
    until("all others accepted", async || {
        for letter in &others {
            if !matches!(outbox.state(*letter).await, LetterState::Accepted { .. }) {
                return false;
            }
        }
        true
    })
    .await;
    stop.cancel();
    running.abort();
}

#[tokio::test]
async fn a_postman_who_is_told_to_stop_finishes_the_letter_in_hand_and_takes_no_other() {
    let outbox = Outbox::new().await;
    let letter = outbox.queue_notice(ANA).await;
    let transport = Arc::new(Slow(ToldTransport::new([])));
    let (stop, running) = on_the_side(outbox.postman(transport.clone()));
    until("handed over", async || transport.0.handed().len() == 1).await;
    stop.cancel();
    let later = outbox.queue_notice(BETO).await;
    timeout(Duration::from_secs(10), running).await.expect("it stops").expect("without a panic");
    assert!(matches!(outbox.state(letter).await, LetterState::Accepted { .. }));
    assert!(matches!(outbox.state(later).await, LetterState::Waiting { attempts: 0, .. }));
}

#[tokio::test]
async fn a_postman_who_waits_is_woken() {
    let outbox = Outbox::new().await;
    let transport = ToldTransport::new([]);
    let postman = outbox.postman(transport.clone());
    let wake = Arc::clone(&postman.wake);
    let (stop, running) = on_the_side(postman);
    tokio::time::sleep(Duration::from_millis(50)).await;
    outbox.queue_notice(ANA).await;
    let asked = tokio::time::Instant::now();
    wake.notify_one();
    until("handed over", async || transport.handed().len() == 1).await;
    assert!(asked.elapsed() < Duration::from_secs(2), "it looks by itself only every five seconds");
    stop.cancel();
    running.await.expect("it stops");
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_no_others_however_many_letters_it_has() {
    let outbox = Outbox::new().await;
    for number in 0..100 {
        outbox.queue_notice(&format!("p{number}@lento.example")).await;
    }
    let mut others = Vec::new();
    for number in 0..20 {
        others.push(outbox.queue_notice(&format!("p{number}@example.com")).await);
    }
    let transport = Arc::new(HangsAt("@lento.example", ToldTransport::new([])));
    let (stop, running) = on_the_side(outbox.postman(transport.clone()));
    until("all others accepted", async || transport.1.handed().len() == others.len()).await;
    stop.cancel();
    running.abort();
}

#[tokio::test]
async fn letters_that_wait_for_a_connection_are_put_back_at_the_end_and_nobody_waits_for_their_lease() {
    let outbox = Outbox::new().await;
    let mut letters = Vec::new();
    for number in 0..10 {
        letters.push(outbox.queue_notice(&format!("p{number}@example.com")).await);
    }
    let transport = Arc::new(Slow(ToldTransport::new([])));
    let (stop, running) = on_the_side(Postman { at_a_time: 1, ..outbox.postman(transport.clone()) });
    until("handed over", async || transport.0.handed().len() == 1).await;
    stop.cancel();
    timeout(Duration::from_secs(10), running).await.expect("it stops").expect("without a panic");
    let left = 10 - transport.0.handed().len();
    assert!(left >= 8, "the one in hand, and perhaps one that just got the connection: {left}");
    let next = ToldTransport::new([]);
    assert_eq!(outbox.postman(next.clone()).round().await.expect("a round"), left, "without any wait");
    assert_eq!(next.handed().len(), left);
}

/// Takes all letters but those to a receiver, at which it hangs.
#[derive(Debug)]
struct HangsAt(&'static str, Arc<ToldTransport>);

impl zaguan::mail::Transport for HangsAt {
    fn send<'a>(&'a self, letter: &'a zaguan::mail::outgoing::Outgoing) -> zaguan::mail::Sending<'a> {
        if letter.to.as_str().ends_with(self.0) {
            Box::pin(std::future::pending())
        } else {
            self.1.send(letter)
        }
    }
}

/// Takes its time with each letter.
#[derive(Debug)]
struct Slow(Arc<ToldTransport>);

impl zaguan::mail::Transport for Slow {
    fn send<'a>(&'a self, letter: &'a zaguan::mail::outgoing::Outgoing) -> zaguan::mail::Sending<'a> {
        Box::pin(async {
            let delivery = self.0.send(letter).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            delivery
        })
    }
}
