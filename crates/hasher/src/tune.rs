//! Tuning: how fast this machine hashes, and which cost to choose for it.

use crate::compute::{Kept, compute};
use crate::hasher::HashFault;
use crate::settings::{HashSettings, HasherError, MINIMUM};
use argon2::Params;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// What was measured at one cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The memory that one hash fills, in KiB.
    pub memory_kib: u32,
    /// How often it is filled.
    pub passes: u32,
    /// In how many lanes.
    pub lanes: u32,
    /// Hashes a second, of all threads together: as many sign-ins a second are possible at most.
    pub per_second: f64,
    /// How long one hash takes while all threads are at work: what a person waits for at least.
    pub one_takes: Duration,
}

/// What is wanted of a cost.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How many threads hash.
    pub threads: usize,
    /// Sign-ins a second at the busiest hour.
    pub per_second: f64,
    /// The memory that all threads together may fill, in KiB.
    pub memory_kib: u64,
    /// How long each cost is measured for. A second is enough on a quiet machine.
    pub time_for_each: Duration,
}

/// The cost to choose.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The strongest cost that does what is wanted; where none does, the fastest of those that OWASP lets pass.
    pub chosen: Measured,
    /// Whether it does what is wanted.
    pub is_enough: bool,
    /// All that was measured, in order.
    pub measured: Vec<Measured>,
}

/// The memory of the costs that are tried, in KiB, all of them at two passes: from OWASP's minimum up. Where there is
/// time for more, more memory is worth more than more passes, for it is what an attacker's machines have least of
/// (RFC 9106, section 4).
const LADDER: [u32; 9] = [19_456, 32_768, 47_104, 65_536, 98_304, 131_072, 196_608, 262_144, 524_288];
const LADDER_PASSES: u32 = 2;

/// Measures hashing with these settings, for that time, on threads of its own with their memory kept, as the hasher
/// hashes. All cores are busy meanwhile.
///
/// A cost that no hasher would be started with is refused.
pub fn measure(settings: &HashSettings, time: Duration) -> Result<Measured, HasherError> {
    let cost = settings.cost()?;
    if settings.threads == 0 {
        return Err(HasherError::NoRoom);
    }
    let ready = Barrier::new(settings.threads);
    let counted: Result<Vec<(u32, Duration)>, HashFault> = thread::scope(|scope| {
        let hash = || hash_for(time, &cost, &ready);
        let threads: Vec<_> = (0..settings.threads).map(|_| scope.spawn(hash)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Err(HashFault::Broken))).collect()
    });
    let HashSettings { memory_kib, threads, .. } = *settings;
    let counted = counted.map_err(|_| HasherError::NoMemory { memory_kib, threads })?;
    let per_second = counted.iter().map(|(hashes, took)| f64::from(*hashes) / took.as_secs_f64()).sum();
    let hashes: u32 = counted.iter().map(|(hashes, _)| hashes).sum();
    let took: Duration = counted.iter().map(|(_, took)| took).sum();
    Ok(Measured {
        memory_kib: settings.memory_kib,
        passes: settings.passes,
        lanes: settings.lanes,
        per_second,
        one_takes: took / hashes.max(1),
    })
}

/// Hashes one after the other until the time is over, at least one: how many, and how long they took.
fn hash_for(time: Duration, cost: &Params, ready: &Barrier) -> Result<(u32, Duration), HashFault> {
    let mut memory = Kept::for_cost(cost);
    let mut hash = || compute(b"cuatro mates amargos", &[7; 16], cost, &[7; 32], &mut memory);
    // The first one takes the memory, which the hasher does once in a while and not for each hash.
    let first = hash();
    ready.wait();
    first?;
    let begun = Instant::now();
    let mut hashes = 0;
    while hashes == 0 || begun.elapsed() < time {
        hash()?;
        hashes += 1;
    }
    Ok((hashes, begun.elapsed()))
}

/// Measures costs from OWASP's minimum up, for as long as they do what is wanted, and proposes the last that did.
/// `tell` hears of each as it is measured.
pub fn tune(wanted: Wanted, mut tell: impl FnMut(&Measured)) -> Result<Proposal, HasherError> {
    let mut measured = Vec::new();
    let mut try_cost = |memory_kib, passes| {
        let settings =
            HashSettings { memory_kib, passes, threads: wanted.threads, ..HashSettings::default() };
        let one = measure(&settings, wanted.time_for_each)?;
        tell(&one);
        measured.push(one);
        Ok(one)
    };
    let mut chosen = None;
    for memory_kib in LADDER {
        let fits = u64::from(memory_kib) * wanted.threads as u64 <= wanted.memory_kib;
        if !fits && chosen.is_some() {
            break;
        }
        let one = try_cost(memory_kib, LADDER_PASSES)?;
        if !fits || one.per_second < wanted.per_second {
            break;
        }
        chosen = Some(one);
    }
    if let Some(chosen) = chosen {
        return Ok(Proposal { chosen, is_enough: true, measured });
    }
    for (memory_kib, passes) in MINIMUM {
        if (memory_kib, passes) != (LADDER[0], LADDER_PASSES) {
            try_cost(memory_kib, passes)?;
        }
    }
    let fastest = measured.iter().copied().max_by(|one, other| one.per_second.total_cmp(&other.per_second));
    let chosen = fastest.ok_or(HasherError::NoRoom)?;
    let fits = u64::from(chosen.memory_kib) * wanted.threads as u64 <= wanted.memory_kib;
    Ok(Proposal { chosen, is_enough: fits && chosen.per_second >= wanted.per_second, measured })
}
