//! The fault harness: real processes under a seeded load, killed and stopped at will, and the checkers that judge what
//! became of it (docs/testing.md).

pub mod check;
pub mod history;
