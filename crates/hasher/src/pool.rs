//! The pool: threads that hash, each with its memory kept, and the bounded queue before them.

use crate::hasher::HashFault;
use crate::stored::Recipe;
use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;
use tokio::sync::oneshot;
use zaguan_domain::password::Password;
use zaguan_domain::secret::Secrets;

/// One password, to be hashed by each of the recipes.
pub(crate) struct Job {
    pub(crate) password: Password,
    pub(crate) recipes: Vec<Recipe>,
    /// When it is too late to begin; nothing for never.
    pub(crate) begin_before: Option<Instant>,
    pub(crate) reply: oneshot::Sender<Result<Vec<Output>, HashFault>>,
}

impl Job {
    fn is_late(&self) -> bool {
        self.begin_before.is_some_and(|latest| Instant::now() >= latest)
    }
}

/// The threads and their queue. Dropped, the threads end.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    places: usize,
    secrets: Arc<Secrets>,
    hashes: AtomicU64,
    turned_away: AtomicU64,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl Pool {
    /// Starts the threads. Each allocates the memory for this cost at its first hash and keeps it.
    pub(crate) fn start(
        threads: usize,
        places: usize,
        cost: &Params,
        secrets: Arc<Secrets>,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            arrived: Condvar::new(),
            places,
            secrets,
            hashes: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
        });
        let pool = Self { shared };
        for number in 0..threads {
            let shared = Arc::clone(&pool.shared);
            let blocks = cost.block_count();
            thread::Builder::new()
                .name(format!("hasher-{number}"))
                .spawn(move || shared.work(&mut Memory { blocks, kept: Vec::new() }))?;
        }
        Ok(pool)
    }

    /// Puts a job in the queue. Where it is full, those who went away and those who are late make room first.
    pub(crate) fn push(&self, job: Job) {
        let mut queue = self.shared.lock();
        if queue.jobs.len() >= self.shared.places {
            self.shared.make_room(&mut queue);
        }
        if queue.jobs.len() >= self.shared.places {
            drop(queue);
            self.shared.turn_away(job);
        } else {
            queue.jobs.push_back(job);
            drop(queue);
            self.shared.arrived.notify_one();
        }
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
        self.shared.lock().jobs.len()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.arrived.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, memory: &mut Memory) {
        while let Some(job) = self.next() {
            if job.reply.is_closed() {
                continue;
            }
            if job.is_late() {
                self.turn_away(job);
                continue;
            }
            let outputs = self.hash(&job, memory);
            // Whoever went away meanwhile does not want to know.
            let _ = job.reply.send(outputs);
        }
    }

    fn next(&self) -> Option<Job> {
        let queue = self.lock();
        let mut queue = self
            .arrived
            .wait_while(queue, |queue| queue.jobs.is_empty() && !queue.is_closed)
            .unwrap_or_else(PoisonError::into_inner);
        queue.jobs.pop_front()
    }

    fn make_room(&self, queue: &mut Queue) {
        for job in std::mem::take(&mut queue.jobs) {
            if job.reply.is_closed() {
                continue;
            }
            if job.is_late() {
                self.turn_away(job);
            } else {
                queue.jobs.push_back(job);
            }
        }
    }

    fn turn_away(&self, job: Job) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        // Whoever went away meanwhile does not want to know.
        let _ = job.reply.send(Err(HashFault::Busy));
    }

    fn hash(&self, job: &Job, memory: &mut Memory) -> Result<Vec<Output>, HashFault> {
        job.recipes.iter().map(|recipe| self.hash_once(&job.password, recipe, memory)).collect()
    }

    fn hash_once(
        &self,
        password: &Password,
        recipe: &Recipe,
        memory: &mut Memory,
    ) -> Result<Output, HashFault> {
        let pepper = self.secrets.pepper(recipe.pepper).ok_or(HashFault::Broken)?;
        let mut bytes = [0; Output::MAX_LENGTH];
        let length = recipe.cost.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let bytes = bytes.get_mut(..length).ok_or(HashFault::Broken)?;
        let argon2 =
            Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, recipe.cost.clone())
                .map_err(|_| HashFault::Broken)?;
        memory.with(recipe.cost.block_count(), |blocks| {
            argon2.hash_password_into_with_memory(password.as_bytes(), &recipe.salt, bytes, blocks)
        })?;
        self.hashes.fetch_add(1, Ordering::Relaxed);
        Output::new(bytes).map_err(|_| HashFault::Broken)
    }
}

/// The memory of a thread. It is kept from one hash to the next, which is worth a third of the speed, and keeps the
/// process from growing with the fragments of freed memory.
struct Memory {
    blocks: usize,
    kept: Vec<Block>,
}

impl Memory {
    /// Lends as many blocks as a hash needs. A stored hash that needs more than the current cost gets them for itself.
    fn with(
        &mut self,
        blocks: usize,
        hash: impl FnOnce(&mut [Block]) -> argon2::Result<()>,
    ) -> Result<(), HashFault> {
        let done = if blocks <= self.blocks {
            if self.kept.is_empty() {
                self.kept = allocate(self.blocks)?;
            }
            hash(&mut self.kept)
        } else {
            hash(&mut allocate(blocks)?)
        };
        done.map_err(|_| HashFault::Broken)
    }
}

fn allocate(blocks: usize) -> Result<Vec<Block>, HashFault> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(blocks).map_err(|_| HashFault::Broken)?;
    memory.resize(blocks, Block::new());
    Ok(memory)
}
