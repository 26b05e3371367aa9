//! A mail server that fails at every fifth letter, by chance: none is lost, and none comes twice.

use crate::outbox::Outbox;
use crate::smtp::{by, settings};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use zaguan::config::smtp_url::Encryption;
use zaguan::postman::Postman;
use zaguan_domain::letter::LetterState;
use zaguan_store::LetterFilter;
use zaguan_testing::key_in;
use zaguan_testing::scripted_mail_server::{Act, ReceivedMessage, ScriptedMailServer};

const LETTERS: usize = 1_000;
const SEED: u64 = 20_261_123;

/// A letter goes through four stages on a connection that is kept, and so fails at about one in five.
const FAILS_ONE_IN: u32 = 18;

/// So long that only a server that hangs outlasts it.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How many of each kind there are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ends {
    accepted: usize,
    refused: usize,
    waiting: usize,
}

async fn ends(outbox: &Outbox) -> Ends {
    let mut ends = Ends::default();
    for (letter, state) in outbox.store.letters(LetterFilter::All, 2_000).await.expect("read") {
        match state {
            LetterState::Accepted { .. } => ends.accepted += 1,
            LetterState::Refused { reply, .. } => {
                assert_eq!(reply, "550 5.7.1 never", "{}", letter.id);
                ends.refused += 1;
            }
            LetterState::Waiting { .. } => ends.waiting += 1,
            LetterState::Dropped { .. } => panic!("{} was dropped", letter.id),
        }
    }
    ends
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_letters_to_a_server_that_fails_at_every_fifth_none_is_lost_and_none_comes_twice() {
    let server = ScriptedMailServer::start().await;
    server.now_and_then(
        SEED,
        FAILS_ONE_IN,
        vec![
            Act::reply(451, "4.3.0 not now"),
            Act::reply(421, "4.3.2 closing"),
            Act::reply(550, "5.7.1 never"),
            Act::Close,
            Act::Garbage,
            Act::Hang,
        ],
    );
    let outbox = Outbox::new().await;
    for number in 0..LETTERS {
        outbox.queue_key(&format!("persona{number}@example.com")).await;
    }
    let smtp = Arc::new(by(&settings(&server, Encryption::None, false), PATIENCE));
    let postman = Postman { at_a_time: 8, ..outbox.postman(smtp) };
    for _ in 0..40 {
        postman.round().await.expect("a round");
        if ends(&outbox).await.waiting == 0 {
            break;
        }
        outbox.pass(SignedDuration::from_mins(5));
    }

    let ends = ends(&outbox).await;
    assert_eq!((ends.waiting, ends.accepted + ends.refused), (0, LETTERS), "{ends:?}");
    assert!(ends.refused > 0 && ends.refused < LETTERS / 5, "{ends:?}");
    let mut by_address = BTreeMap::<String, Vec<ReceivedMessage>>::new();
    for message in server.received() {
        by_address.entry(message.recipients[0].clone()).or_default().push(message);
    }
    let times: Vec<usize> =
        by_address.values().map(|copies| copies.iter().filter(|copy| copy.accepted).count()).collect();
    assert_eq!(times.iter().filter(|times| **times == 1).count(), ends.accepted, "each came");
    assert!(times.iter().all(|times| *times <= 1), "and came once");
    for (to, copies) in &by_address {
        let letters: Vec<_> = copies.iter().map(ReceivedMessage::letter).collect();
        let first = (letters[0].header("Message-ID"), key_in(letters[0].text.as_deref().expect("text")));
        for copy in &letters {
            let name = (copy.header("Message-ID"), key_in(copy.text.as_deref().expect("text")));
            assert_eq!(name, first, "{to}");
        }
    }
    let repeated = by_address.values().filter(|copies| copies.len() > 1).count();
    assert!(repeated > 0, "some ended so that nobody knew, or the test is blind");
}
