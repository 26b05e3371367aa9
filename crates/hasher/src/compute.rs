//! Computing: one hash, in memory that is kept for the next one.

use crate::hasher::HashFault;
use crate::memory::Memory;
use argon2::password_hash::phc::Output;
use argon2::{Algorithm, Argon2, Params, Version};

/// Computes one hash with argon2id. The salt has 8 to 48 bytes.
pub(crate) fn compute(
    password: &[u8],
    salt: &[u8],
    cost: &Params,
    pepper: &[u8],
    memory: &mut Kept,
) -> Result<Output, HashFault> {
    let mut bytes = [0; Output::MAX_LENGTH];
    let length = cost.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let bytes = bytes.get_mut(..length).ok_or(HashFault::Broken)?;
    let argon2 = Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, cost.clone())
        .map_err(|_| HashFault::Broken)?;
    memory.lend(cost.block_count(), |memory| {
        argon2.hash_password_into_with_memory(password, salt, bytes, memory.blocks())
    })?;
    Output::new(bytes).map_err(|_| HashFault::Broken)
}

/// The memory that a thread keeps from one hash to the next: as much as the present cost needs.
#[derive(Debug)]
pub(crate) struct Kept {
    blocks: usize,
    memory: Option<Memory>,
}

impl Kept {
    /// Nothing yet; at the first hash memory for this cost.
    pub(crate) fn for_cost(cost: &Params) -> Self {
        Self { blocks: cost.block_count(), memory: None }
    }

    /// How many bytes are kept.
    pub(crate) fn bytes(&self) -> usize {
        self.memory.as_ref().map_or(0, Memory::bytes)
    }

    /// Hands the memory back to the system.
    pub(crate) fn hand_back(&mut self) {
        self.memory = None;
    }

    /// Lends as many blocks as a hash needs. A stored hash that needs more than the present cost gets them for itself.
    fn lend(
        &mut self,
        blocks: usize,
        hash: impl FnOnce(&mut Memory) -> argon2::Result<()>,
    ) -> Result<(), HashFault> {
        let allocate = |blocks| Memory::new(blocks).map_err(|_| HashFault::Broken);
        let done = if blocks > self.blocks {
            hash(&mut allocate(blocks)?)
        } else if let Some(kept) = &mut self.memory {
            hash(kept)
        } else {
            hash(self.memory.insert(allocate(self.blocks)?))
        };
        done.map_err(|_| HashFault::Broken)
    }
}
