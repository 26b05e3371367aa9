//! Verifying the audit trail: every record is hashed again, and whatever was altered, lost or moved is named.

use super::{AuditHead, CHAIN, Kept, hash_of_address, head};
use crate::database::{Ask, Database};
use crate::fault::StoreFault;
use crate::value::{Columns, Value};

/// What is wrong with the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditFault {
    /// A record was altered, or put in the place of another.
    Altered {
        /// Its number.
        number: u64,
    },
    /// The address of a record was altered, or was taken out before its time.
    AddressAltered {
        /// Its number.
        number: u64,
    },
    /// Records are missing.
    Missing {
        /// The first one's number.
        from: u64,
        /// The last one's number.
        to: u64,
    },
    /// The trail does not end where its end is noted: its last records are missing, or there are too many.
    OtherEnd {
        /// The last record that is there.
        found: u64,
        /// The last record as noted.
        noted: u64,
    },
    /// The trail is not the one whose end was noted elsewhere.
    OtherChain {
        /// The record that was noted.
        number: u64,
    },
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many records there are.
    pub records: u64,
    /// Where the trail ends.
    pub head: AuditHead,
    /// What is wrong, the first hundred faults; nothing where the trail is whole.
    pub faults: Vec<AuditFault>,
}

/// So many faults tell enough.
const FAULTS_TOLD: usize = 100;

/// Records are read so many at a time.
const PAGE: u32 = 1_000;

struct Walk {
    last: AuditHead,
    records: u64,
    oldest_address: Option<i64>,
    faults: Vec<AuditFault>,
}

/// Walks the trail from its first record to its end. `noted` is an end that was kept elsewhere.
pub(crate) fn verify(db: &dyn Database, noted: Option<AuditHead>) -> Result<Verified, StoreFault> {
    let first = AuditHead { number: 0, hash: [0; 32] };
    let mut walk = Walk { last: first, records: 0, oldest_address: None, faults: Vec::new() };
    let mut noted_is_there = noted.is_none_or(|noted| noted == first);
    let mut after = i64::MIN;
    loop {
        let page = db.rows(CHAIN, &[Value::Integer(after), PAGE.into()], kept)?;
        let Some(last) = page.last() else { break };
        after = last.number;
        for record in &page {
            walk.visit(record);
            noted_is_there |= noted == Some(walk.last);
        }
    }
    let end = head(db)?;
    if end != walk.last {
        walk.tell(AuditFault::OtherEnd { found: walk.last.number, noted: end.number });
    }
    if let Some(noted) = noted.filter(|_| !noted_is_there) {
        walk.tell(AuditFault::OtherChain { number: noted.number });
    }
    Ok(Verified { records: walk.records, head: walk.last, faults: walk.faults })
}

impl Walk {
    fn visit(&mut self, record: &Kept) {
        self.records += 1;
        let number = u64::try_from(record.number).unwrap_or(0);
        let expected = self.last.number + 1;
        if number > expected {
            self.tell(AuditFault::Missing { from: expected, to: number - 1 });
        }
        // After a gap the hash before is unknown, so the gap is told and not the record behind it.
        let is_next = number == expected;
        if number == 0 || (is_next && record.hash != record.hash_after(&self.last.hash)) {
            self.tell(AuditFault::Altered { number });
        }
        if !self.has_right_address(record) {
            self.tell(AuditFault::AddressAltered { number });
        }
        self.last = AuditHead { number, hash: record.hash.as_slice().try_into().unwrap_or([0; 32]) };
    }

    /// Addresses are taken out the oldest first, so of what is newer than one that is still there none is out.
    fn has_right_address(&mut self, record: &Kept) -> bool {
        match (&record.address, &record.address_chance, &record.address_hash) {
            (None, None, None) => true,
            (None, None, Some(_)) => self.oldest_address.is_none_or(|oldest| record.at <= oldest),
            (Some(address), Some(chance), Some(hash)) => {
                self.oldest_address =
                    Some(self.oldest_address.map_or(record.at, |oldest| oldest.min(record.at)));
                hash.as_slice() == hash_of_address(chance, address)
            }
            _ => false,
        }
    }

    fn tell(&mut self, fault: AuditFault) {
        if self.faults.len() < FAULTS_TOLD {
            self.faults.push(fault);
        }
    }
}

fn kept(columns: &mut Columns<'_>) -> Result<Kept, StoreFault> {
    Ok(Kept {
        number: columns.value()?,
        at: columns.value()?,
        event: columns.value()?,
        actor: columns.value()?,
        document: columns.value()?,
        account: columns.value()?,
        browser: columns.value()?,
        detail: columns.value()?,
        address: columns.value()?,
        address_chance: columns.value()?,
        address_hash: columns.value()?,
        hash: columns.value()?,
    })
}
