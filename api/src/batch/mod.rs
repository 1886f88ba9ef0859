//! Several operations on records of any collections, done all or not at all.

mod operation;
pub mod run;
