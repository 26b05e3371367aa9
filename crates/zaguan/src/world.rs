//! The real time and chance: the only clock and the only source of randomness of the whole portal.

use jiff::Timestamp;
use zaguan_web::World;

/// The machine's clock and the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealWorld;

impl World for RealWorld {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
        Timestamp::now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without chance there are no secrets, and nothing can go on")]
        getrandom::fill(bytes).expect("the operating system gives chance");
    }
}
