//! Some people at once, each of whom does one thing after another until the portal is gone.

use super::letters::Letters;
use super::person::{Person, Stepped};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Of those who have nothing more to do, so many are looked at again after each kill.
const VETERANS: usize = 1;

/// People who come one after another; each crowd's numbers are its own.
pub(super) struct Crowd {
    people: VecDeque<Person>,
    veterans: Vec<Person>,
    next: u32,
    stride: u32,
    rng: ChaCha20Rng,
    /// Whether the portal is made to fail, so that pages that say so are no broken promise.
    pub(super) expects_faults: bool,
    pub(super) requests: u64,
    pub(super) violations: Vec<String>,
}

impl Crowd {
    /// The crowd `first` of `stride`.
    pub(super) fn new(first: u32, stride: u32, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(u64::from(first));
        Self {
            people: VecDeque::new(),
            veterans: Vec::new(),
            next: first,
            stride,
            rng,
            expects_faults: false,
            requests: 0,
            violations: Vec::new(),
        }
    }

    /// Everybody who ever came.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().chain(&self.veterans)
    }

    /// Asks something each `pause`, where answers come sooner than that, until the portal is gone or there is a stop.
    pub(super) async fn use_portal(
        &mut self,
        to: SocketAddr,
        letters: &Arc<Letters>,
        (kills, pause): (u64, Duration),
        stop: CancellationToken,
    ) {
        while !stop.is_cancelled() {
            let next_at = Instant::now() + pause;
            let mut person = self.next_person(letters);
            person.active_at = kills;
            let stepped = person.step(to, letters).await;
            self.violations.extend(person.take_violations());
            self.requests += 1;
            match stepped {
                Ok(Stepped::Done) => self.veterans.push(person),
                Ok(Stepped::Asked) => self.people.push_front(person),
                Ok(Stepped::Waits) => self.people.push_back(person),
                Err(error) => {
                    self.people.push_front(person);
                    if error.kind() == ErrorKind::Other && !self.expects_faults {
                        self.violations.push(error.to_string());
                    }
                    return;
                }
            }
            // A person is left for another one now and then, so that many are under way.
            if self.rng.random_bool(0.2) {
                self.people.rotate_left(1.min(self.people.len()));
            }
            tokio::time::sleep_until(next_at).await;
        }
    }

    /// The first who does not wait for a letter, or somebody new.
    fn next_person(&mut self, letters: &Letters) -> Person {
        let free = self.people.iter().position(|person| !person.waits_for_letter(letters));
        if let Some(person) = free.and_then(|place| self.people.remove(place)) {
            return person;
        }
        let number = self.next;
        self.next += self.stride;
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        Person::new(number, ChaCha20Rng::from_seed(seed))
    }

    /// Looks at everything that was acknowledged to those who were active since this kill, and to some of the others.
    pub(super) async fn check(&mut self, to: SocketAddr, since: u64) {
        let count = self.veterans.len();
        let chosen: Vec<usize> = (0..VETERANS.min(count)).map(|_| self.rng.random_range(0..count)).collect();
        let veterans = self.veterans.iter_mut().enumerate();
        let veterans = veterans.filter(|(place, one)| chosen.contains(place) || one.active_at >= since);
        let people = self.people.iter_mut().filter(|person| person.active_at >= since);
        for person in people.chain(veterans.map(|(_, person)| person)) {
            if let Err(error) = person.check(to).await {
                self.violations.push(format!("the portal was gone while it was looked at: {error}"));
            }
            self.violations.extend(person.take_violations());
        }
    }
}
