//! The keys that say how often things may be tried.

use super::Kind::{Number, Text};
use super::Preset::Value;
use super::{Key, key};

/// The keys of the section `limits`.
pub(super) const LIMITS: [Key; 16] = [
    key(
        "limits.door_at_once",
        Number,
        Value("50"),
        "How many forms one network may send at once: an IPv4 address, a /64 of IPv6; four times as many a\n/48. Pages may be opened ten times as often. Beyond, people are asked to wait (429).",
    ),
    key("limits.door_per_second", Number, Value("20"), "How many more it may send each second, 1 to 10000."),
    key(
        "limits.sign_in_document",
        Text,
        Value("\"10, one more each 2h\""),
        "How many passwords may be tried for one user name in browsers that it does not know: so many at once,\nand one more after each wait (ms, s, m, h or d). This one is less than a hundred in a week, as NIST SP\n800-63B-4 wants it. What is above a limit is answered 429 and not looked at.",
    ),
    key(
        "limits.sign_in_device",
        Text,
        Value("\"10, one more each 1m\""),
        "The same in one browser that the user signed in with before. It is counted apart from all others, so\nthat nobody locks anybody out.",
    ),
    key(
        "limits.sign_in_network",
        Text,
        Value("\"60, one more each 10s\""),
        "The same from one network: an IPv4 address or an IPv6 /64; an IPv6 /48 has four times as much.",
    ),
    key(
        "limits.sign_in_portal",
        Text,
        Value("\"2000, one more each 50ms\""),
        "The same in the whole portal, but for browsers that are known.",
    ),
    key(
        "limits.register_document",
        Text,
        Value("\"10, one more each 30m\""),
        "How many registrations may be tried for one document.",
    ),
    key(
        "limits.register_policy",
        Text,
        Value("\"10, one more each 30m\""),
        "The same with one policy number.",
    ),
    key("limits.register_network", Text, Value("\"30, one more each 1m\""), "The same from one network."),
    key(
        "limits.recover_network",
        Text,
        Value("\"30, one more each 1m\""),
        "How many recoveries may be asked for from one network.",
    ),
    key(
        "limits.key_network",
        Text,
        Value("\"60, one more each 30s\""),
        "How many claves transitorias may be typed, and links of letters pressed, from one network.",
    ),
    key(
        "limits.proof",
        Text,
        Value("\"5, one more each 5m\""),
        "How often somebody who is signed in may type their present clave wrong.",
    ),
    key(
        "limits.letters_per_hour",
        Number,
        Value("5"),
        "How many letters one mailbox may get in an hour, of all kinds together, 1 to 100.",
    ),
    key("limits.letters_per_day", Number, Value("10"), "The same in a day, 1 to 1000."),
    key(
        "limits.letters_by_strangers_per_hour",
        Number,
        Value("3"),
        "How many of them in an hour people may cause whose browser the user does not know; the rest is kept\nfor the user and for what they must hear of.",
    ),
    key("limits.letters_by_strangers_per_day", Number, Value("6"), "The same in a day."),
];
