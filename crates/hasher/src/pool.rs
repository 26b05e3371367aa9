//! The pool: threads that hash, each with its memory kept, and the queue before them.

use crate::compute::{Kept, compute};
use crate::hasher::HashFault;
use crate::queue::{Next, Queue, Work};
use crate::settings::HashSettings;
use crate::stored::Recipe;
use crate::turn::Turn;
use argon2::Params;
use argon2::password_hash::phc::Output;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use zaguan_domain::password::Password;
use zaguan_domain::secret::Secrets;

/// One password, to be hashed by each of the recipes.
pub(crate) struct Job {
    pub(crate) password: Password,
    pub(crate) recipes: Vec<Recipe>,
    pub(crate) reply: oneshot::Sender<Result<Vec<Output>, HashFault>>,
}

/// The threads and their queue. Dropped, the threads end.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
    /// After how long without work a thread hands its memory back.
    idle: Duration,
    secrets: Arc<Secrets>,
    hashes: AtomicU64,
    turned_away: AtomicU64,
    kept_bytes: AtomicUsize,
}

struct State {
    queue: Queue<Job>,
    is_closed: bool,
}

impl Pool {
    /// Starts the threads. Each takes the memory for this cost at its first hash.
    pub(crate) fn start(settings: &HashSettings, cost: &Params, secrets: Arc<Secrets>) -> io::Result<Self> {
        let queue = Queue::new(settings.threads, settings.waiting_at_most);
        let shared = Arc::new(Shared {
            state: Mutex::new(State { queue, is_closed: false }),
            arrived: Condvar::new(),
            idle: settings.idle,
            secrets,
            hashes: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
            kept_bytes: AtomicUsize::new(0),
        });
        let pool = Self { shared };
        for number in 0..settings.threads {
            let shared = Arc::clone(&pool.shared);
            let mut memory = Kept::for_cost(cost);
            thread::Builder::new()
                .name(format!("hasher-{number}"))
                .spawn(move || shared.work(&mut memory))?;
        }
        Ok(pool)
    }

    /// Puts a job in the queue, and turns away whoever cannot be answered in time.
    pub(crate) fn push(&self, job: Job, turn: Turn) {
        let work = job.recipes.iter().map(|recipe| work_of(&recipe.cost)).sum();
        let mut state = self.shared.lock();
        state.queue.remove_gone(is_gone);
        let away = state.queue.push(turn, work, job, Instant::now());
        drop(state);
        self.shared.arrived.notify_one();
        for job in away {
            self.shared.turn_away(job);
        }
    }

    /// Whether somebody who came now with one hash of this cost could be answered in time.
    pub(crate) fn has_room(&self, turn: Turn, cost: &Params) -> bool {
        let mut state = self.shared.lock();
        state.queue.remove_gone(is_gone);
        state.queue.has_room(turn, work_of(cost))
    }

    /// How many hashes were computed.
    pub(crate) fn hashes(&self) -> u64 {
        self.shared.hashes.load(Ordering::Relaxed)
    }

    /// How many jobs were turned away, for want of room or of time.
    pub(crate) fn turned_away(&self) -> u64 {
        self.shared.turned_away.load(Ordering::Relaxed)
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// How many jobs are hashed now.
    pub(crate) fn running(&self) -> usize {
        self.shared.lock().queue.running()
    }

    /// How long a hash of this cost takes a thread, as far as is known.
    pub(crate) fn expect(&self, cost: &Params) -> Duration {
        self.shared.lock().queue.expect(work_of(cost))
    }

    /// How many bytes the threads keep.
    pub(crate) fn kept_bytes(&self) -> usize {
        self.shared.kept_bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.arrived.notify_all();
    }
}

pub(crate) fn work_of(cost: &Params) -> Work {
    Work::from(cost.m_cost()) * Work::from(cost.t_cost())
}

/// Whether whoever asked went away.
fn is_gone(job: &Job) -> bool {
    job.reply.is_closed()
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, memory: &mut Kept) {
        while let Some((work, job)) = self.next(memory) {
            let begun = Instant::now();
            let before = memory.bytes();
            let mut done = 0;
            let outputs = self.hash(&job, memory, &mut done);
            self.kept_bytes.fetch_add(memory.bytes() - before, Ordering::Relaxed);
            self.lock().queue.ended(work, done, begun.elapsed());
            // Whoever went away meanwhile does not want to know.
            let _ = job.reply.send(outputs);
        }
    }

    /// The next job; nothing when there will be none any more.
    fn next(&self, memory: &mut Kept) -> Option<(Work, Job)> {
        let mut state = self.lock();
        loop {
            state.queue.remove_gone(is_gone);
            match state.queue.begin(Instant::now()) {
                Some(Next::Begin(work, job)) => return Some((work, job)),
                Some(Next::TooLate(job)) => self.turn_away(job),
                None if state.is_closed => return None,
                None => state = self.wait(state, memory),
            }
        }
    }

    /// Waits for a job. When none comes for long, the memory is handed back.
    fn wait<'a>(&'a self, state: MutexGuard<'a, State>, memory: &mut Kept) -> MutexGuard<'a, State> {
        if memory.bytes() == 0 {
            return self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let (state, waited) =
            self.arrived.wait_timeout(state, self.idle).unwrap_or_else(PoisonError::into_inner);
        if !waited.timed_out() {
            return state;
        }
        drop(state);
        self.kept_bytes.fetch_sub(memory.bytes(), Ordering::Relaxed);
        memory.hand_back();
        self.lock()
    }

    fn turn_away(&self, job: Job) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        // Whoever went away meanwhile does not want to know.
        let _ = job.reply.send(Err(HashFault::Busy));
    }

    /// Hashes by each of the recipes, and counts the work that was done. When whoever asked goes away meanwhile, the rest
    /// is not begun.
    fn hash(&self, job: &Job, memory: &mut Kept, done: &mut Work) -> Result<Vec<Output>, HashFault> {
        let hash_one = |recipe: &Recipe| {
            if is_gone(job) {
                return Err(HashFault::Busy);
            }
            let pepper = self.secrets.pepper(recipe.pepper).ok_or(HashFault::Broken)?;
            let output = compute(job.password.as_bytes(), &recipe.salt, &recipe.cost, pepper, memory)?;
            self.hashes.fetch_add(1, Ordering::Relaxed);
            *done += work_of(&recipe.cost);
            Ok(output)
        };
        job.recipes.iter().map(hash_one).collect()
    }
}
