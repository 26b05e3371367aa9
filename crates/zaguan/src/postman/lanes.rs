//! Lanes: the connections to the mail server, shared so that letters to one receiver leave some to those to others.
//!
//! A mail server that asks a slow receiver while we wait, or that slows letters to it down, would otherwise have all of
//! our connections wait for that receiver in the end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use zaguan_domain::email::EmailAddress;

/// How many letters are claimed ahead of those that are being sent, so that some are written and others recorded
/// meanwhile: as many as left within a second lately, but at least so many and at most.
const AHEAD_AT_LEAST: usize = 32;
const AHEAD_AT_MOST: usize = 512;

/// How many letters may be in hand at all, with those that wait for the turn of their receiver.
const IN_HAND_AT_MOST: usize = 1_024;

/// The connections, and whose turn it is.
#[derive(Debug)]
pub(super) struct Lanes {
    connections: Arc<Semaphore>,
    at_a_time: usize,
    receivers: Mutex<HashMap<String, Arc<Semaphore>>>,
    aside: AtomicUsize,
    pace: Mutex<Pace>,
}

/// How many letters left in this second and in the one before.
#[derive(Debug)]
struct Pace {
    since: Instant,
    now: usize,
    before: usize,
}

/// The right to one of the connections that letters to a receiver may have.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    lanes: &'a Lanes,
    receiver: &'a str,
    permit: Option<OwnedSemaphorePermit>,
}

/// A letter that waits for the turn of its receiver, and keeps no other from being claimed.
struct Aside<'a>(&'a AtomicUsize);

impl Lanes {
    /// So many connections.
    pub(super) fn new(at_a_time: usize) -> Self {
        Self {
            connections: Arc::new(Semaphore::new(at_a_time)),
            at_a_time,
            receivers: Mutex::default(),
            aside: AtomicUsize::new(0),
            pace: Mutex::new(Pace { since: Instant::now(), now: 0, before: 0 }),
        }
    }

    /// Tells that a letter left.
    pub(super) fn left(&self) {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).add(1, Instant::now());
    }

    /// How many letters to claim when so many are in hand: none as long as there is enough to go on with, so that they
    /// are claimed many at a time.
    pub(super) fn room(&self, in_hand: usize) -> usize {
        let at_work = in_hand.saturating_sub(self.aside.load(Ordering::Relaxed));
        let ahead = self.pace.lock().unwrap_or_else(PoisonError::into_inner).add(0, Instant::now());
        let ahead = ahead.clamp(AHEAD_AT_LEAST, AHEAD_AT_MOST);
        let room = (self.at_a_time + ahead).saturating_sub(at_work);
        if room < ahead / 2 { 0 } else { room.min(IN_HAND_AT_MOST.saturating_sub(in_hand)) }
    }

    /// Waits until one of the connections may be had for this receiver: all but one, where there are several.
    pub(super) async fn turn<'a>(&'a self, to: &'a EmailAddress) -> Turn<'a> {
        let receiver = to.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
        let turns = {
            let mut receivers = self.receivers.lock().unwrap_or_else(PoisonError::into_inner);
            let places = self.at_a_time.saturating_sub(1).max(1);
            let turns = receivers.entry(receiver.to_owned());
            Arc::clone(turns.or_insert_with(|| Arc::new(Semaphore::new(places))))
        };
        let mut turn = Turn { lanes: self, receiver, permit: None };
        turn.permit = Arc::clone(&turns).try_acquire_owned().ok();
        if turn.permit.is_none() {
            self.aside.fetch_add(1, Ordering::Relaxed);
            let _aside = Aside(&self.aside);
            // The semaphore is never closed.
            turn.permit = turns.acquire_owned().await.ok();
        }
        turn
    }

    /// Waits for a connection.
    pub(super) async fn connection(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.connections).acquire_owned().await.ok()
    }
}

impl Pace {
    /// Counts letters, and answers how many left within a second lately.
    fn add(&mut self, letters: usize, at: Instant) -> usize {
        let seconds = at.duration_since(self.since).as_secs();
        if seconds > 0 {
            self.before = if seconds == 1 { self.now } else { 0 };
            (self.since, self.now) = (at, 0);
        }
        self.now += letters;
        self.before.max(self.now)
    }
}

impl Drop for Turn<'_> {
    /// Forgets the receiver with its last letter.
    fn drop(&mut self) {
        let mut receivers = self.lanes.receivers.lock().unwrap_or_else(PoisonError::into_inner);
        self.permit = None;
        if receivers.get(self.receiver).is_some_and(|turns| Arc::strong_count(turns) == 1) {
            receivers.remove(self.receiver);
        }
    }
}

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    fn to(address: &str) -> EmailAddress {
        EmailAddress::read(address).expect("an address")
    }

    async fn waits(lanes: &Lanes, address: &EmailAddress) -> bool {
        timeout(Duration::from_millis(20), lanes.turn(address)).await.is_err()
    }

    #[tokio::test]
    async fn one_connection_is_left_to_other_receivers() {
        let lanes = Lanes::new(3);
        let (slow, other) = (to("ana@lento.example"), to("ana@otro.example"));
        let first = lanes.turn(&slow).await;
        let _second = lanes.turn(&slow).await;
        assert!(waits(&lanes, &slow).await);
        assert!(!waits(&lanes, &other).await);
        drop(first);
        assert!(!waits(&lanes, &slow).await);
        let only = Lanes::new(1);
        assert!(!waits(&only, &slow).await, "the only connection is for everybody");
    }

    #[tokio::test]
    async fn a_receiver_is_forgotten_with_its_last_letter() {
        let lanes = Lanes::new(2);
        let slow = to("ana@lento.example");
        let turn = lanes.turn(&slow).await;
        assert!(waits(&lanes, &slow).await);
        assert_eq!(lanes.receivers.lock().expect("unpoisoned").len(), 1);
        drop(turn);
        assert!(lanes.receivers.lock().expect("unpoisoned").is_empty());
        assert_eq!(lanes.aside.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn letters_are_claimed_many_at_a_time_and_those_that_wait_aside_make_room() {
        let lanes = Lanes::new(2);
        assert_eq!(lanes.room(0), AHEAD_AT_LEAST + 2);
        assert_eq!(lanes.room(AHEAD_AT_LEAST), 0);
        lanes.aside.store(AHEAD_AT_LEAST, Ordering::Relaxed);
        assert_eq!(lanes.room(AHEAD_AT_LEAST), AHEAD_AT_LEAST + 2);
        lanes.aside.store(IN_HAND_AT_MOST, Ordering::Relaxed);
        assert_eq!(lanes.room(IN_HAND_AT_MOST), 0);
    }

    #[test]
    fn the_faster_letters_leave_the_more_are_claimed_ahead() {
        let since = Instant::now();
        let mut pace = Pace { since, now: 0, before: 0 };
        let after = |millis| since + Duration::from_millis(millis);
        assert_eq!(pace.add(100, after(0)), 100);
        assert_eq!(pace.add(50, after(900)), 150);
        assert_eq!(pace.add(10, after(1_100)), 150, "of the second before");
        assert_eq!(pace.add(300, after(1_200)), 310);
        assert_eq!(pace.add(0, after(5_000)), 0, "long ago");
    }
}
