//! What a password is looked up by in lists of passwords that were breached elsewhere.

use super::Password;
use sha1::{Digest as _, Sha1};
use std::fmt;
use zeroize::ZeroizeOnDrop;

/// The SHA-1 of a password's bytes, which is how such lists hold passwords. It is nearly as good as the password to
/// whoever finds it, so nothing of it is ever printed, and it is wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, ZeroizeOnDrop)]
pub struct BreachDigest([u8; BreachDigest::BYTES]);

impl BreachDigest {
    /// How many bytes it has.
    pub const BYTES: usize = 20;

    /// A digest out of a list.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for BreachDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BreachDigest(…)")
    }
}

impl Password {
    /// What it is looked up by in lists of breached passwords.
    pub fn breach_digest(&self) -> BreachDigest {
        BreachDigest(Sha1::digest(self.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::BreachDigest;
    use crate::password::Password;

    #[test]
    fn the_digest_is_the_one_that_the_lists_have() {
        // `printf password | sha1sum`, the first password of every list.
        let listed = [
            0x5b, 0xaa, 0x61, 0xe4, 0xc9, 0xb9, 0x3f, 0x3f, 0x06, 0x82, 0x25, 0x0b, 0x6c, 0xf8, 0x33, 0x1b,
            0x7e, 0xe6, 0x8f, 0xd8,
        ];
        assert_eq!(Password::attempt("password").breach_digest(), BreachDigest::from_bytes(listed));
        assert_eq!(format!("{:?}", BreachDigest::from_bytes(listed)), "BreachDigest(…)");
    }
}
