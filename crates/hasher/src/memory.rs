//! The memory that a hash fills: taken from the system in huge pages, kept between hashes, handed back when asked.

use argon2::Block;
use memmap2::MmapMut;
use std::io;

/// Memory for one hash.
///
/// It is a mapping of its own, so that it goes back to the system whole and leaves no fragments in the allocator, and in
/// huge pages where the system has them: argon2 jumps about in it, and with pages of 4 KiB each jump misses the
/// processor's table of addresses. Hashes a second on two cores, medians of five rounds: at 19,456 KiB and 2 passes 87
/// with fresh memory, 124 with kept memory, 140 in huge pages; at 47,104 KiB and 1 pass 44, 93 and 105.
#[derive(Debug)]
pub(crate) struct Memory(MmapMut);

impl Memory {
    /// Memory for so many blocks.
    pub(crate) fn new(blocks: usize) -> io::Result<Self> {
        let bytes = blocks.checked_mul(Block::SIZE).ok_or(io::ErrorKind::OutOfMemory)?;
        let mapping = MmapMut::map_anon(bytes)?;
        #[cfg(target_os = "linux")]
        // A system without huge pages refuses; then they are small, and hashing is slower.
        let _ = mapping.advise(memmap2::Advice::HugePage);
        Ok(Self(mapping))
    }

    /// How many bytes it has.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len()
    }

    /// The memory as argon2 wants it. What an earlier hash left in it is overwritten before it is read.
    #[expect(
        unsafe_code,
        reason = "argon2 offers no safe way from bytes to blocks; huge pages are worth an eighth"
    )]
    pub(crate) fn blocks(&mut self) -> &mut [Block] {
        // SAFETY: a block is an array of 128 u64, aligned to 64 bytes: it has no padding, and any bytes make one, as any
        // block makes bytes. `align_to_mut` looks after alignment and length; a mapping begins at a page, so nothing is
        // left over at either end.
        let (before, blocks, after) = unsafe { self.0.align_to_mut::<Block>() };
        debug_assert!(before.is_empty() && after.is_empty(), "a mapping is made of whole blocks");
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use argon2::{Algorithm, Argon2, Block, Params, Version};

    #[test]
    fn memory_has_as_many_blocks_as_were_asked_for_and_they_are_aligned() {
        for count in [8, 32, 1000, 19_456] {
            let mut memory = Memory::new(count).unwrap();
            let blocks = memory.blocks();
            assert_eq!(blocks.len(), count);
            assert_eq!(blocks.as_ptr().align_offset(align_of::<Block>()), 0);
            assert!(blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
            assert_eq!(memory.bytes(), count * 1024);
        }
    }

    #[test]
    fn a_hash_in_it_is_the_hash_in_any_other_memory() {
        let cost = Params::new(256, 2, 2, Some(32)).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.clone());
        let (mut here, mut there) = ([0; 32], [1; 32]);
        let mut memory = Memory::new(cost.block_count()).unwrap();
        for password in [b"one", b"two"] {
            argon2.hash_password_into_with_memory(password, &[7; 16], &mut here, memory.blocks()).unwrap();
            argon2.hash_password_into(password, &[7; 16], &mut there).unwrap();
            assert_eq!(here, there);
        }
    }

    #[test]
    fn memory_that_no_machine_has_is_not_given() {
        assert!(Memory::new(usize::MAX).is_err());
        assert!(Memory::new(usize::MAX / 2048).is_err());
    }
}
