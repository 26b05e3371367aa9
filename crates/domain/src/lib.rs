//! The rules of the front hall: pure, without I/O, clock or chance of its own.
