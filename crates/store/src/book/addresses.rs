//! Shared addresses: which of a book's addresses more holders have than may be one person's.
//!
//! Sixteen million small counters say which addresses may be shared, however many there are; the addresses themselves
//! wait in a file, and only of those that may be, a second reading counts the holders exactly.

use crate::book::directory::fault;
use crate::fault::StoreFault;
use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;

const COUNTERS: usize = 1 << 24;

/// The addresses of a book, each as often as it has holders.
pub(crate) struct Addresses {
    counters: Vec<u8>,
    path: PathBuf,
    file: BufWriter<File>,
}

impl Addresses {
    /// None yet. They wait in this file.
    pub(crate) fn new(path: PathBuf) -> Result<Self, StoreFault> {
        let file = File::create(&path).map_err(|error| fault(&path, error))?;
        Ok(Self { counters: vec![0; COUNTERS], path, file: BufWriter::new(file) })
    }

    /// Counts one holder of an address, which is in lower case.
    pub(crate) fn add(&mut self, address: &str) -> Result<(), StoreFault> {
        if let Some(counter) = self.counters.get_mut(counter_of(address)) {
            *counter = counter.saturating_add(1);
        }
        writeln!(self.file, "{address}").map_err(|error| fault(&self.path, error))
    }

    /// The addresses that have more holders than this, in order.
    pub(crate) fn shared(mut self, over: u32) -> Result<Vec<String>, StoreFault> {
        let failed = |error| fault(&self.path, error);
        self.file.flush().map_err(failed)?;
        let mut holders = BTreeMap::<String, u32>::new();
        for address in BufReader::new(File::open(&self.path).map_err(failed)?).lines() {
            let address = address.map_err(failed)?;
            // A full counter stands for any number.
            let at_least = self.counters.get(counter_of(&address)).copied().unwrap_or(u8::MAX);
            if at_least == u8::MAX || u32::from(at_least) > over {
                *holders.entry(address).or_default() += 1;
            }
        }
        Ok(holders.into_iter().filter(|(_, holders)| *holders > over).map(|(address, _)| address).collect())
    }
}

fn counter_of(address: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    // As many bits as there are counters.
    usize::try_from(hasher.finish() % (COUNTERS as u64)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(holders: &[(&str, u32)], over: u32) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let mut addresses = Addresses::new(directory.path().join("addresses")).unwrap();
        for (address, count) in holders {
            for _ in 0..*count {
                addresses.add(address).unwrap();
            }
        }
        addresses.shared(over).unwrap()
    }

    #[test]
    fn quirk_18_an_address_is_shared_when_more_holders_have_it_than_may() {
        let holders = [("three@example.com", 3), ("four@example.com", 4), ("many@example.com", 100_000)];
        assert_eq!(shared(&holders, 3), ["four@example.com", "many@example.com"]);
        assert_eq!(shared(&holders, 300), ["many@example.com"]);
        assert_eq!(shared(&holders, 100_000), [""; 0]);
    }
}
