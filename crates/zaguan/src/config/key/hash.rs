//! The keys that say what hashing a password costs.

use super::Kind::{Number, Text};
use super::Preset::{Absent, Value};
use super::{Key, key};

/// The keys of the section `hash`.
pub(super) const HASH: [Key; 6] = [
    key(
        "hash.memory_kib",
        Number,
        Value("19456"),
        "The memory that hashing one password fills, in KiB, with argon2id. With passes it is what guessing at\na stolen database costs. At least what OWASP recommends: 19456 with 2 passes, 47104 with 1, 12288\nwith 3, 9216 with 4 or 7168 with 5. When it rises, passwords are hashed anew as people sign in.",
    ),
    key("hash.passes", Number, Value("2"), "How often the memory is filled, 1 to 20."),
    key(
        "hash.lanes",
        Number,
        Value("1"),
        "In how many lanes, 1 to 16. They are computed one after the other, so more gain nothing here.",
    ),
    key(
        "hash.threads",
        Number,
        Absent("2"),
        "How many passwords are hashed at a time, each with its memory. When nobody sets it, as many as there\nare cores.",
    ),
    key(
        "hash.waiting_at_most",
        Number,
        Value("1000"),
        "How many passwords may wait for that. Whoever could not be answered in two seconds is asked to come\nagain before this is reached; it bounds the memory of a crowd.",
    ),
    key(
        "hash.profile",
        Text,
        Value("\"normal\""),
        "normal; or test, which lets hashing be weaker than OWASP's minimum, where nobody's real password is.",
    ),
];
