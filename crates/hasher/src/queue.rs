//! The queue: who is hashed for next, and who could not be answered in time and is told so at once.
//!
//! Whoever is known goes before strangers. Among equals, networks take turns: the first password of a network goes before
//! the second of any other, so that a thousand tries from one address delay nobody else. Whoever stands where it cannot be
//! answered in time any more, by the pace that hashing has, is turned away without waiting for that.

use crate::turn::{Standing, Turn};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use zaguan_domain::address::NetworkGroup;

/// What there is to compute, in KiB filled once.
pub(crate) type Work = u64;

/// The place of a password: by standing, then by round, then in the order of arrival. In each round each network has
/// one password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    standing: Standing,
    round: u64,
    arrival: u64,
}

/// One that waits.
#[derive(Debug)]
struct Waiting<T> {
    place: Place,
    network: Option<NetworkGroup>,
    work: Work,
    /// When it is too late to answer; nothing for never.
    answer_by: Option<Instant>,
    item: T,
}

/// What became of the next one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<T> {
    /// It is begun, and this is its work.
    Begin(Work, T),
    /// It waited too long.
    TooLate(T),
}

/// The queue of a number of threads.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    waiting: VecDeque<Waiting<T>>,
    places: usize,
    threads: usize,
    /// The work of those that are hashed for now.
    running: Vec<Work>,
    pace: Pace,
    arrivals: u64,
    /// The rounds that are under way, of the known and of strangers.
    rounds: [u64; 2],
}

/// How long a KiB takes, in nanoseconds: the mean of what was measured last. Nothing until something was.
#[derive(Clone, Copy, Debug, Default)]
struct Pace(Option<f64>);

/// What a new measurement counts among those before it.
const NEWEST: f64 = 1.0 / 16.0;

#[expect(clippy::cast_precision_loss, reason = "nobody needs the last digits of nanoseconds")]
impl Pace {
    fn measured(&mut self, work: Work, took: Duration) {
        let newest = took.as_nanos() as f64 / work as f64;
        self.0 = Some(self.0.map_or(newest, |mean| mean + (newest - mean) * NEWEST));
    }

    fn expect(self, work: Work) -> Duration {
        let nanoseconds = self.0.map_or(0.0, |each| each * work as f64);
        Duration::try_from_secs_f64(nanoseconds / 1e9).unwrap_or(Duration::MAX)
    }
}

impl<T> Queue<T> {
    pub(crate) fn new(threads: usize, places: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            places,
            threads,
            running: Vec::new(),
            pace: Pace::default(),
            arrivals: 0,
            rounds: [0; 2],
        }
    }

    /// Puts one in its place. Answers with those who are turned away for it, which may be the new one.
    pub(crate) fn push(&mut self, turn: Turn, work: Work, item: T, now: Instant) -> Vec<T> {
        let place = self.place_of(turn);
        self.arrivals += 1;
        let answer_by = now.checked_add(turn.patience);
        let index = self.waiting.partition_point(|other| other.place < place);
        self.waiting.insert(index, Waiting { place, network: turn.network, work, answer_by, item });
        let mut away = self.remove_hopeless(now);
        while self.waiting.len() > self.places {
            away.extend(self.waiting.pop_back().map(|last| last.item));
        }
        away
    }

    /// Whether one who came now could be answered in time, and would still be if some came who go first: whoever waits and is
    /// then turned away waited for nothing.
    pub(crate) fn has_room(&self, turn: Turn, work: Work) -> bool {
        let place = self.place_of(turn);
        let index = self.waiting.partition_point(|other| other.place < place);
        let ahead = self.waiting.iter().take(index).map(|other| other.work).sum();
        let is_last_of_full = self.waiting.len() >= self.places && index >= self.waiting.len();
        !is_last_of_full
            && self.answered_in(index, ahead, work).is_none_or(|wait| wait <= turn.patience * 3 / 4)
    }

    /// Removes those who do not want to be hashed for any more.
    pub(crate) fn remove_gone(&mut self, is_gone: impl Fn(&T) -> bool) {
        self.waiting.retain(|waiting| !is_gone(&waiting.item));
    }

    /// The next one. Its work counts as under way until [`Queue::ended`], if it is not too late to begin.
    pub(crate) fn begin(&mut self, now: Instant) -> Option<Next<T>> {
        let Waiting { place, work, answer_by, item, .. } = self.waiting.pop_front()?;
        let round = &mut self.rounds[place.standing as usize];
        *round = place.round.max(*round);
        if answer_by.is_some_and(|latest| now >= latest) {
            return Some(Next::TooLate(item));
        }
        self.running.push(work);
        Some(Next::Begin(work, item))
    }

    /// Work that was begun has ended: so much of it was done in that time.
    pub(crate) fn ended(&mut self, work: Work, done: Work, took: Duration) {
        if let Some(index) = self.running.iter().position(|running| *running == work) {
            self.running.swap_remove(index);
        }
        if done > 0 {
            self.pace.measured(done, took);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn running(&self) -> usize {
        self.running.len()
    }

    /// How long that work takes a thread, as far as is known.
    pub(crate) fn expect(&self, work: Work) -> Duration {
        self.pace.expect(work)
    }

    fn place_of(&self, turn: Turn) -> Place {
        let of_network = self
            .waiting
            .iter()
            .rev()
            .find(|other| other.place.standing == turn.standing && other.network == turn.network);
        let current = self.rounds[turn.standing as usize];
        let round = of_network.map_or(current, |last| current.max(last.place.round + 1));
        Place { standing: turn.standing, round, arrival: self.arrivals }
    }

    fn remove_hopeless(&mut self, now: Instant) -> Vec<T> {
        let mut away = Vec::new();
        let (mut index, mut ahead) = (0, 0);
        while let Some(waiting) = self.waiting.get(index) {
            let left = waiting.answer_by.map(|latest| latest.saturating_duration_since(now));
            let wait = self.answered_in(index, ahead, waiting.work);
            if left.zip(wait).is_some_and(|(left, wait)| wait > left) {
                away.extend(self.waiting.remove(index).map(|hopeless| hopeless.item));
            } else {
                (index, ahead) = (index + 1, ahead + waiting.work);
            }
        }
        away
    }

    /// How long until the one who stands there, behind that work, has its answer. Nothing where a thread is free to
    /// begin at once: that one is never turned away, or a pace that was measured in a bad moment would stay for ever.
    fn answered_in(&self, index: usize, ahead: Work, own: Work) -> Option<Duration> {
        let free = self.threads.saturating_sub(self.running.len());
        // Those who are hashed for now are half done, as a rule.
        let running = self.running.iter().sum::<Work>() / 2;
        let before = (running + ahead) / self.threads as u64;
        (index >= free).then(|| self.pace.expect(before + own))
    }
}

#[cfg(test)]
mod tests {
    use super::{Next, Queue};
    use crate::turn::{Standing, Turn};
    use std::net::Ipv4Addr;
    use std::time::{Duration, Instant};
    use zaguan_domain::address::NetworkGroup;

    const SECOND: Duration = Duration::from_secs(1);
    /// What takes a tenth of a second in a queue made by [`measured`].
    const WORK: u64 = 100;

    fn stranger(host: u8) -> Turn {
        let network = NetworkGroup::narrow(Ipv4Addr::new(203, 0, 113, host).into());
        Turn { standing: Standing::Stranger, network: Some(network), patience: 2 * SECOND }
    }

    fn known(host: u8) -> Turn {
        Turn { standing: Standing::Known, ..stranger(host) }
    }

    /// A queue of one thread, which is at work now, and whose pace is known.
    fn measured(places: usize, now: Instant) -> Queue<&'static str> {
        let mut queue = Queue::new(1, places);
        queue.push(stranger(0), WORK, "the one at work", now);
        queue.begin(now);
        queue.pace.measured(WORK, SECOND / 10);
        queue
    }

    fn all(queue: &mut Queue<&'static str>, now: Instant) -> Vec<&'static str> {
        let next = || match queue.begin(now)? {
            Next::Begin(_, item) => Some(item),
            Next::TooLate(item) => panic!("{item} is too late"),
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn the_known_go_before_strangers_and_equals_in_the_order_of_arrival() {
        let now = Instant::now();
        let mut queue = measured(100, now);
        for (turn, item) in [
            (stranger(1), "first stranger"),
            (stranger(2), "second stranger"),
            (known(3), "first known"),
            (known(4), "second known"),
        ] {
            assert!(queue.push(turn, WORK, item, now).is_empty());
        }
        let order = all(&mut queue, now);
        assert_eq!(order, ["first known", "second known", "first stranger", "second stranger"]);
    }

    #[test]
    fn networks_take_turns() {
        let now = Instant::now();
        let mut queue = measured(100, now);
        for item in ["a", "aa", "aaa", "aaaa"] {
            queue.push(stranger(1), WORK, item, now);
        }
        queue.push(stranger(2), WORK, "b", now);
        queue.push(stranger(2), WORK, "bb", now);
        queue.push(stranger(3), WORK, "c", now);
        assert_eq!(all(&mut queue, now), ["a", "b", "c", "aa", "bb", "aaa", "aaaa"]);
    }

    #[test]
    fn whoever_comes_while_others_had_turns_before_begins_with_the_turn_that_is_under_way() {
        let now = Instant::now();
        let mut queue = measured(100, now);
        for item in ["a", "aa", "aaa"] {
            queue.push(stranger(1), WORK, item, now);
        }
        assert_eq!(queue.begin(now), Some(Next::Begin(WORK, "a")));
        assert_eq!(queue.begin(now), Some(Next::Begin(WORK, "aa")));
        queue.push(stranger(1), WORK, "aaaa", now);
        queue.push(stranger(2), WORK, "b", now);
        assert_eq!(all(&mut queue, now), ["b", "aaa", "aaaa"]);
    }

    #[test]
    fn a_thousand_tries_from_one_address_delay_no_other() {
        let now = Instant::now();
        let mut queue = measured(1000, now);
        for _ in 0..1000 {
            queue.push(stranger(1), WORK, "crowd", now);
        }
        // Two seconds are 20 passwords, less the half of the one that is at work.
        assert_eq!(queue.len(), 19);
        assert!(!queue.has_room(stranger(1), WORK));
        assert!(queue.has_room(stranger(2), WORK));
        assert_eq!(queue.push(stranger(2), WORK, "alone", now), ["crowd"]);
        queue.begin(now);
        assert_eq!(queue.begin(now), Some(Next::Begin(WORK, "alone")));
    }

    #[test]
    fn who_cannot_be_answered_in_time_is_turned_away_at_once() {
        let now = Instant::now();
        let mut queue = measured(1000, now);
        let hosts = 1..=19;
        assert!(hosts.clone().all(|host| queue.push(stranger(host), WORK, "in time", now).is_empty()));
        assert!(!queue.has_room(stranger(20), WORK));
        assert_eq!(queue.push(stranger(20), WORK, "too late", now), ["too late"]);
        // Somebody known goes first, and it is the last stranger who cannot be answered in time any more.
        assert!(queue.has_room(known(20), WORK));
        assert_eq!(queue.push(known(20), WORK, "known", now), ["in time"]);
        assert_eq!(queue.begin(now), Some(Next::Begin(WORK, "known")));
    }

    #[test]
    fn who_would_be_turned_away_by_the_next_who_goes_first_is_not_let_in() {
        let now = Instant::now();
        let mut queue = measured(1000, now);
        let mut let_in = 0;
        while queue.has_room(stranger(let_in), WORK) {
            assert!(queue.push(stranger(let_in), WORK, "let in", now).is_empty());
            let_in += 1;
        }
        // A second and a half are 15 passwords, less the half of the one that is at work.
        assert_eq!(let_in, 14);
        for host in 0..5 {
            assert!(queue.push(known(host), WORK, "known", now).is_empty());
        }
    }

    #[test]
    fn patience_runs_out_while_one_waits() {
        let now = Instant::now();
        let mut queue = measured(1000, now);
        queue.push(stranger(1), WORK, "early", now);
        assert_eq!(queue.push(stranger(2), WORK, "later", now + 2 * SECOND), ["early"]);
        assert_eq!(queue.begin(now + 4 * SECOND), Some(Next::TooLate("later")));
    }

    #[test]
    fn when_the_places_are_taken_the_last_one_goes() {
        let now = Instant::now();
        let mut queue = Queue::new(1, 2);
        queue.push(stranger(1), WORK, "a", now);
        queue.push(stranger(1), WORK, "aa", now);
        assert_eq!(queue.push(stranger(1), WORK, "aaa", now), ["aaa"]);
        assert_eq!(queue.push(stranger(2), WORK, "b", now), ["aa"]);
        assert_eq!(queue.push(known(3), WORK, "k", now), ["b"]);
        assert!(!queue.has_room(stranger(4), WORK));
        assert_eq!(all(&mut queue, now), ["k", "a"]);
    }

    #[test]
    fn a_bad_moment_does_not_turn_everybody_away_for_ever() {
        let now = Instant::now();
        let mut queue = Queue::new(1, 100);
        queue.push(stranger(1), WORK, "the machine slept", now);
        queue.begin(now);
        queue.ended(WORK, WORK, 1000 * SECOND);
        assert!(queue.has_room(stranger(2), WORK));
        assert!(queue.push(stranger(2), WORK, "next", now).is_empty());
        assert_eq!(queue.push(stranger(3), WORK, "behind", now), ["behind"]);
        assert_eq!(queue.begin(now), Some(Next::Begin(WORK, "next")));
    }

    #[test]
    fn the_pace_is_that_of_the_last_hashes_whatever_their_size() {
        let mut queue: Queue<()> = Queue::new(1, 100);
        assert_eq!(queue.expect(WORK), Duration::ZERO);
        queue.ended(WORK, WORK, SECOND);
        assert_eq!(queue.expect(3 * WORK), 3 * SECOND);
        queue.ended(1000 * WORK, 0, SECOND);
        assert_eq!(queue.expect(3 * WORK), 3 * SECOND, "of what was given up nothing is learned");
        for _ in 0..200 {
            queue.ended(7 * WORK, 7 * WORK, 14 * SECOND);
        }
        assert!(queue.expect(WORK).abs_diff(2 * SECOND) < SECOND / 100);
    }

    #[test]
    fn several_threads_share_the_work_ahead() {
        let now = Instant::now();
        let mut queue = Queue::new(4, 1000);
        queue.pace.measured(WORK, SECOND / 10);
        let admitted = (0..200_u8).filter(|host| queue.push(stranger(*host), WORK, "one", now).is_empty());
        // Four threads do eighty in two seconds.
        assert!((76..=84).contains(&admitted.count()), "{}", queue.len());
    }
}
