//! Time and chance, as the process gives them to the portal.

use jiff::Timestamp;
use rand::rand_core::Infallible;
use rand::{CryptoRng, TryCryptoRng, TryRng};
use std::fmt::Debug;
use zaguan_domain::limit::Rules;
use zaguan_domain::moment::Moment;
use zaguan_domain::origin::Origin;
use zaguan_domain::secret::Secrets;

/// The only source of time and chance. The process has the real one; tests have one whose time they set.
pub trait World: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Fills the bytes with chance fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

/// A world's chance, as a random number generator.
#[derive(Debug)]
pub struct Chance<'a>(pub &'a dyn World);

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}

/// Calls `step` with this moment.
pub fn at_this_moment<T>(
    world: &dyn World,
    rules: &Rules,
    secrets: &Secrets,
    origin: Origin,
    step: impl FnOnce(&mut Moment<'_>) -> T,
) -> T {
    let mut chance = Chance(world);
    let rng: &mut dyn CryptoRng = &mut chance;
    step(&mut Moment { now: world.now(), rng, rules, secrets, origin })
}
