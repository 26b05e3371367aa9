//! A portal for tests: real parts, a form-filling client and a mailbox.
