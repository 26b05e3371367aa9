//! Addresses that stand beside many holders: a producer's or a branch's, and no channel to any of them.

use crate::document::Document;
use crate::email::EmailAddress;
use std::hash::{DefaultHasher, Hash, Hasher};

/// On more holders than these an address is shared.
pub const HOLDERS_AT_MOST: usize = 3;

/// Of the sixty-four bits of a pair so many are its holder's. What remains tells ten million addresses apart but for
/// some fifty pairs; two that fall together are still shared only if their holders, counted together, are too many.
const HOLDER_BITS: u32 = 24;

/// So many pairs are gathered before those that came twice are thrown out.
const PAIRS_AT_ONCE: usize = 1 << 20;

/// The holders of each address, counted while the rows of a book go by in any order.
///
/// It takes eight bytes for each address of each holder and a few megabytes besides: 80 MB for ten million holders who
/// all have one. A holder with many policies counts once.
#[derive(Debug, Default)]
pub struct SharedAddresses {
    /// Those up to `sorted` are in order and none twice.
    pairs: Vec<u64>,
    sorted: usize,
}

impl SharedAddresses {
    /// Counts a holder's address.
    pub fn count(&mut self, email: &EmailAddress, document: Document, discriminator: &str) {
        if self.pairs.len() - self.sorted >= PAIRS_AT_ONCE {
            self.compact();
        }
        if self.pairs.len() == self.pairs.capacity() {
            // The vector's own growth, to twice its size, would double what is promised.
            self.pairs.reserve_exact(PAIRS_AT_ONCE);
        }
        let holder = hash_of(&(document, discriminator)) >> (u64::BITS - HOLDER_BITS);
        self.pairs.push((address_bits(email) << HOLDER_BITS) | holder);
    }

    /// The addresses on more than so many holders.
    pub fn over(mut self, holders_at_most: usize) -> Shared {
        self.compact();
        let same_address = |one: &u64, other: &u64| one >> HOLDER_BITS == other >> HOLDER_BITS;
        let holders = self.pairs.chunk_by(same_address);
        let shared = holders.filter(|holders| holders.len() > holders_at_most);
        Shared(shared.filter_map(|holders| holders.first()).map(|pair| pair >> HOLDER_BITS).collect())
    }

    fn compact(&mut self) {
        // In place, so that no second list is needed for a moment.
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.sorted = self.pairs.len();
    }
}

/// The addresses of a book that are shared.
#[derive(Debug, Default)]
pub struct Shared(Vec<u64>);

impl Shared {
    /// Whether the address is one of them.
    pub fn contains(&self, email: &EmailAddress) -> bool {
        self.0.binary_search(&address_bits(email)).is_ok()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn address_bits(email: &EmailAddress) -> u64 {
    hash_of(email) >> HOLDER_BITS
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
