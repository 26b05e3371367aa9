//! The tally: what is in a generation, counted while its rows go by in the order of their documents.

use crate::book::GenerationCounts;
use crate::book::addresses::Addresses;
use crate::book::record::{DISCRIMINATOR, EMAIL, RecordColumns};
use crate::fault::StoreFault;
use std::collections::BTreeSet;

/// What was counted so far.
pub(crate) struct Tally {
    counts: GenerationCounts,
    lines: BTreeSet<String>,
    addresses: Addresses,
    document: String,
    discriminators: BTreeSet<String>,
    /// The addresses of the document's holders, each with the discriminator of who has it.
    holders: BTreeSet<(String, String)>,
}

impl Tally {
    pub(crate) fn new(addresses: Addresses) -> Self {
        Self {
            counts: GenerationCounts::default(),
            lines: BTreeSet::new(),
            addresses,
            document: String::new(),
            discriminators: BTreeSet::new(),
            holders: BTreeSet::new(),
        }
    }

    /// Counts a row. Those of a document come one after the other.
    pub(crate) fn count(&mut self, row: &RecordColumns<'_>) -> Result<(), StoreFault> {
        let [document, line, _] = row.key;
        let discriminator = row.value[DISCRIMINATOR].unwrap_or_default();
        if self.document != document {
            document.clone_into(&mut self.document);
            self.discriminators.clear();
            self.holders.clear();
        }
        if !self.discriminators.contains(discriminator) {
            self.discriminators.insert(discriminator.to_owned());
            self.counts.holders += 1;
        }
        if !self.lines.contains(line) {
            self.lines.insert(line.to_owned());
        }
        self.counts.policies += 1;
        if let Some(address) = row.value[EMAIL] {
            self.counts.with_email += 1;
            let holder = (address.to_ascii_lowercase(), discriminator.to_owned());
            if !self.holders.contains(&holder) {
                self.addresses.add(&holder.0)?;
                self.holders.insert(holder);
            }
        }
        Ok(())
    }

    /// The counts, the lines of business, and the addresses that more holders have than this.
    pub(crate) fn finish(
        self,
        over: u32,
    ) -> Result<(GenerationCounts, BTreeSet<String>, Vec<String>), StoreFault> {
        let shared = self.addresses.shared(over)?;
        let shared_addresses = u64::try_from(shared.len()).unwrap_or(u64::MAX);
        Ok((GenerationCounts { shared_addresses, ..self.counts }, self.lines, shared))
    }
}
