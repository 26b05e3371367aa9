//! Hashes passwords: a bounded pool with its memory kept and a queue with deadlines.
