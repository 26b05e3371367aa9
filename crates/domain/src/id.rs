//! Identifiers: 128 bits, made from the time and chance that are passed in.

use rand::CryptoRng;
use std::fmt;
use uuid::Uuid;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The identifier with these bytes, as the store keeps it.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes that the store keeps.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", Uuid::from_bytes(self.0).simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

macro_rules! ordered_in_time {
    ($($name:ident),*) => {$(
        impl $name {
            /// A new identifier, ordered by time (UUID version 7), so that new rows lie together in the database.
            pub fn new(now: jiff::Timestamp, rng: &mut dyn CryptoRng) -> Self {
                let mut chance = [0; 10];
                rng.fill_bytes(&mut chance);
                let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &chance).into_uuid().into_bytes())
            }
        }
    )*};
}

identifier! {
    /// Names an account for ever, and tells nothing of its holder: it is the subject that other applications see.
    AccountId
}
identifier! {
    /// Names a flow: one browser's way through registration or recovery.
    FlowId
}
identifier! {
    /// Names a temporary key; the key itself is derived from it and never stored.
    KeyId
}
identifier! {
    /// Names a letter; its Message-ID comes from it, so a letter sent twice is recognisable.
    LetterId
}
identifier! {
    /// Names a change of an account's address; its key is derived from it and never stored.
    EmailChangeId
}
identifier! {
    /// Names what somebody asked about their data.
    DataRequestId
}
ordered_in_time!(FlowId, KeyId, LetterId, EmailChangeId, DataRequestId);

impl AccountId {
    /// A new account's identifier: all chance, because its time of birth is nobody's business.
    pub fn new(rng: &mut dyn CryptoRng) -> Self {
        let mut chance = [0; 16];
        rng.fill_bytes(&mut chance);
        Self(uuid::Builder::from_random_bytes(chance).into_uuid().into_bytes())
    }
}
