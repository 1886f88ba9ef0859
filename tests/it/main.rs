//! The whole system, tested as one: every role, on real servers.

mod boundaries;
